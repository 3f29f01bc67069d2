//! The site under attack: a mailbox over a store in memory, behind real TLS, with a network, processes and a few Tasks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tessera_fhir::ResourceType;
use tessera_fhir::ResourceType::{ActivityDefinition, StructureDefinition, Task};
use tessera_fhir::task::{Status, with_status};
use tessera_mailbox::{Identity, Mailbox, Settings, TlsSettings, serve};
use tessera_store::{Committer, Memory, Store};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::case::{Deed, ping};
use super::certificates::{Certificates, Who};
use super::network::{self, party, role};

pub(super) const LOCAL: &str = "a.example";
pub(super) const PEER: &str = "b.example";
pub(super) const OTHER: &str = "c.example";
pub(super) const INACTIVE: &str = "d.example";
pub(super) const PARENT: &str = "parent.example";

pub(super) struct Site {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) certificates: Certificates,
    pub(super) address: SocketAddr,
    pub(super) tasks: Tasks,
    store: Arc<dyn Store>,
    base: String,
    number: AtomicU32,
    _stop: oneshot::Sender<()>,
}

/// Ids of Tasks that are there from the beginning.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    /// Sent by the peer, not taken yet.
    pub(super) requested: String,
    /// Sent by the peer, completed.
    pub(super) completed: String,
    /// Sent by the other organisation.
    pub(super) of_other: String,
}

impl Site {
    pub(super) async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let certificates = Certificates::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = format!("https://localhost:{}/fhir", address.port());
        let mut settings = Settings::new(&base, LOCAL);
        change(&mut settings);
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        let committer = Arc::new(Committer::start(Arc::clone(&store)).unwrap());
        let mailbox = Mailbox::open(Arc::clone(&store), committer, settings).await.unwrap();
        let tls = TlsSettings {
            certificate_chain: certificates.chain(Who::Local),
            key: certificates.server_key.clone_key(),
            client_authorities: certificates.authorities(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let served = serve(Arc::clone(&mailbox), listener, tls, async move {
            let _ = stopped.await;
        });
        tokio::spawn(async move { served.await.unwrap() });
        let number = AtomicU32::new(1_000);
        let tasks = Tasks::default();
        let mut site = Self { mailbox, certificates, address, tasks, store, base, number, _stop: stop };
        site.load_allow_list(|_| {}).await;
        site.install().await;
        site.tasks = site.send_tasks().await;
        site
    }

    /// Applies the allow list, changed.
    pub(super) async fn load_allow_list(&self, change: impl FnOnce(&mut Value)) {
        let mut list = network::allow_list(&self.base, &|who| self.certificates.thumbprint(who));
        change(&mut list);
        let answer = self.mailbox.load_allow_list(&list).await;
        assert_eq!(answer.status, 200, "{:#?}", answer.body);
    }

    /// A number that no message had yet.
    pub(super) fn number(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// Changes with anything in the store but its clock.
    pub(super) fn digest(&self) -> String {
        let entries = self.store.range(&[0], &[0xff; 8], usize::MAX).unwrap();
        let mut digest = Sha256::new();
        for (key, value) in &entries {
            digest.update(key.len().to_be_bytes());
            digest.update(key);
            digest.update(value.len().to_be_bytes());
            digest.update(value);
        }
        format!("{} {:x}", entries.len(), digest.finalize())
    }

    /// The thumbprint of whoever does this.
    pub(super) fn client_of(&self, deed: &Deed) -> String {
        self.certificates.thumbprint(deed.who)
    }

    pub(super) async fn create(&self, who: &Identity, kind: ResourceType, resource: Value) -> String {
        let answer = self.mailbox.create(who, kind, resource, None).await;
        assert_eq!(answer.status, 201, "{:#?}", answer.body);
        answer.body.unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn read(&self, id: &str) -> Value {
        self.mailbox.read(&self.mailbox.local_identity(), Task, id).body.unwrap()
    }

    async fn install(&self) {
        let local = self.mailbox.local_identity();
        self.create(&local, StructureDefinition, network::profile()).await;
        for (name, requester) in [
            ("pong", [party("REMOTE_ALL"), party("LOCAL_ALL")].to_vec()),
            ("local", [party("LOCAL_ALL")].to_vec()),
            ("role", [role("COS"), party("LOCAL_ALL")].to_vec()),
            ("peer-role", [role("HRP")].to_vec()),
        ] {
            self.create(&local, ActivityDefinition, network::process(name, &requester)).await;
        }
    }

    async fn send_tasks(&self) -> Tasks {
        let (local, peer, other) =
            (self.mailbox.local_identity(), Identity::remote(PEER), Identity::remote(OTHER));
        let requested = self.create(&peer, Task, ping(PEER, 1)).await;
        let completed = self.create(&peer, Task, ping(PEER, 2)).await;
        for status in [Status::InProgress, Status::Completed] {
            let task = with_status(self.read(&completed), status, &[], None);
            let answer = self.mailbox.update(&local, Task, &completed, task, None).await;
            assert_eq!(answer.status, 200, "{:#?}", answer.body);
        }
        let of_other = self.create(&other, Task, ping(OTHER, 3)).await;
        Tasks { requested, completed, of_other }
    }
}
