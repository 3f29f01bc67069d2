//! What the workloads run on: the benchmark plugin, and a real engine over a real store without peers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tessera_core::driver::{Command, Deployment, Event, Reply, Settings, State};
use tessera_core::plugin::Execution;
use tessera_hosting::call::Caller;
use tessera_hosting::directory::Directory;
use tessera_hosting::prepare::prepare;
use tessera_plugin_host::{Package, Plugin, PluginHost};
use tessera_store::{Committer, Kind, Options, Statistics};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, oneshot};

use crate::backoff::Backoff;
use crate::certificate::{self, Validity};
use crate::client::{FhirClient, Timeouts, TlsIdentity};
use crate::clock;
use crate::commands::Failure;
use crate::engine::answer::Answerer;
use crate::engine::deliver::{Deliverer, Turns};
use crate::engine::link::MailboxLink;
use crate::engine::local::LocalMailbox;
use crate::engine::perform::{Hands, Performer};
use crate::engine::pump::{Engine, Pump};
use crate::engine::workers::Workers;
use crate::failure::Alarm;

const ORGANIZATION: &str = "bench.example";
const ADDRESS: &str = "https://bench.example/fhir";

/// The benchmark plugin, compiled once.
#[derive(Debug)]
pub(super) struct Plugins {
    plugin: Arc<Plugin>,
    definitions: Vec<Deployment>,
    link: OnceCell<MailboxLink>,
    host: PluginHost,
}

impl Plugins {
    /// Compiles the plugin that comes with this program.
    pub(super) fn load() -> Result<Self, Failure> {
        let host = PluginHost::new(tessera_plugin_host::Settings::default())?;
        let package = Package::read(tessera_example_plugins::BENCHMARK)?;
        let plugin = host.load(&package)?;
        let prepared =
            prepare(&package, ORGANIZATION).map_err(|problems| Failure::CouldNotRun(problems.join("\n")))?;
        Ok(Self { plugin, definitions: prepared.definitions, link: OnceCell::new(), host })
    }

    pub(super) fn plugin(&self) -> Arc<Plugin> {
        Arc::clone(&self.plugin)
    }

    /// The same file as another plugin of the same host: it has turns of its own.
    pub(super) fn stranger(&self) -> Result<Arc<Plugin>, Failure> {
        Ok(self.host.load(&Package::read(tessera_example_plugins::BENCHMARK)?)?)
    }

    /// The definition of a process.
    pub(super) fn definition(&self, process: &str) -> Option<&Deployment> {
        self.definitions.iter().find(|definition| &*definition.key.process_id == process)
    }

    /// An empty mailbox in memory.
    async fn link(&self) -> Result<&MailboxLink, Failure> {
        self.link
            .get_or_try_init(|| async {
                let store: Arc<dyn tessera_store::Store> = Arc::new(tessera_store::Memory::new());
                let mailbox = LocalMailbox::open(store, ADDRESS, ORGANIZATION).await?;
                Ok(MailboxLink::Local(Arc::new(mailbox)))
            })
            .await
    }

    pub(super) async fn directory(&self) -> Result<Arc<Directory>, Failure> {
        Ok(Arc::new(Directory::new(
            Arc::new(self.link().await?.clone()),
            ADDRESS.to_owned(),
            ORGANIZATION.to_owned(),
        )))
    }

    async fn hands(&self) -> Result<Hands, Failure> {
        let now = clock::instant(clock::now());
        let authority = certificate::authority("bench", Validity::days(now, 1))?;
        let issued = certificate::issue(&authority, ORGANIZATION, &[], Validity::days(now, 1))?;
        let identity = TlsIdentity::new(&issued.credentials()?, &[])?;
        let second = Duration::from_secs(1);
        let backoff = Backoff { first: second, longest: second };
        let link = self.link().await?.clone();
        Ok(Hands {
            caller: Caller {
                plugins: self
                    .definitions
                    .iter()
                    .map(|definition| (definition.key.clone(), self.plugin()))
                    .collect::<BTreeMap<_, _>>(),
                directory: self.directory().await?,
            },
            deliverer: Deliverer {
                client: FhirClient::new(&identity, Timeouts { connect: second, request: second })?,
                link: link.clone(),
                own_address: ADDRESS.to_owned(),
                backoff,
                expiry: second,
                turns: Turns::default(),
            },
            answerer: Answerer { link, backoff },
        })
    }
}

/// An engine over a store of its own.
#[derive(Debug)]
pub(super) struct EngineOnly {
    pump: Pump,
    committer: Arc<Committer>,
    calls: Handle,
}

impl EngineOnly {
    /// Opens the store in `dir`, recovers what is there, and is ready.
    pub(super) async fn start(kind: Kind, dir: &Path, plugins: &Plugins) -> Result<Self, Failure> {
        let store = tessera_store::open(kind, dir, Options { cache_bytes: 64 * 1024 * 1024 })?;
        let committer = Arc::new(Committer::start(Arc::clone(&store))?);
        let hands = Arc::new(plugins.hands().await?);
        let (ready, recovered) = oneshot::channel();
        let settings = Settings { shards: 8, ..Settings::default() };
        let (runtime, workers) = (Handle::current(), Workers::start()?);
        let calls = workers.handle().clone();
        let performer = |engine| Performer::new(runtime, workers, engine, hands, tracing::Span::none());
        let pump = Pump::start(settings, store, Arc::clone(&committer), performer, ready, Alarm::default())?;
        for definition in &plugins.definitions {
            pump.engine().tell(Event::Deploy(definition.clone()));
        }
        pump.engine().tell(Event::Start);
        let failed = Failure::CouldNotRun;
        recovered
            .await
            .map_err(|_| failed("the engine stopped while it recovered".to_owned()))?
            .map_err(failed)?;
        Ok(Self { pump, committer, calls })
    }

    pub(super) fn engine(&self) -> &Engine {
        self.pump.engine()
    }

    /// Where its plugin calls run.
    pub(super) fn calls(&self) -> &Handle {
        &self.calls
    }

    pub(super) fn statistics(&self) -> Statistics {
        self.committer.statistics()
    }

    /// Starts one instance and waits for its end.
    pub(super) async fn run(&self, process: &str) -> Result<(), Failure> {
        let start = Command::Start {
            process_id: process.into(),
            version: None,
            message_name: None,
            business_key: None,
            variables: Vec::new(),
            before: Vec::new(),
        };
        let unexpected = |reply: &Reply| Failure::CouldNotRun(format!("{process}: {reply:?}"));
        let reply = self.engine().command(start).await;
        let Reply::Started { instance, .. } = reply else { return Err(unexpected(&reply)) };
        let reply = self.engine().command(Command::AwaitEnd { instance }).await;
        if matches!(reply, Reply::Ended { state: State::Completed }) {
            Ok(())
        } else {
            Err(unexpected(&reply))
        }
    }

    /// Stops the engine; the store is closed afterwards.
    pub(super) async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(move || {
            self.pump.stop();
            self.committer.shutdown();
        });
        if stopped.await.is_err() {
            tracing::error!("the benchmark's engine panicked while it stopped");
        }
    }
}

/// What a handler sees that is called without an instance.
pub(super) fn execution() -> Execution {
    Execution {
        instance_id: "bench".into(),
        business_key: "bench".into(),
        process_id: "bench".into(),
        process_version: "1.0".into(),
        definition_id: "bench:1.0".into(),
        activity_id: "bench".into(),
        activity_name: None,
        activity_instance_id: "bench:1".into(),
        fields: Vec::new(),
        attempt: 1,
        loop_counter: None,
        idempotency_key: "bench".to_owned(),
        now: clock::now(),
        variables: BTreeMap::new(),
        local: Vec::new(),
        start_message: None,
        messages: Vec::new(),
    }
}
