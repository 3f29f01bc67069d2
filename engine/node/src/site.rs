//! One running site: its roles in their order, and a graceful end.
//!
//! Start: stores, mailbox (so that peers can deliver), plugins, engine, inbox, control socket. Stop: the other way round;
//! what was acknowledged is on disk, what was not will be asked for again.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tessera_core::driver::{Event, Settings};
use tessera_fhir::resource::{list, text, type_name};
use tessera_hosting::call::Caller;
use tessera_hosting::directory::Directory;
use tessera_plugin_host::{CompilationLimits, HostError, Limits, PluginHost};
use tessera_store::{Committer, OpenError, Options, Store};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::backoff::{Attempts, Backoff};
use crate::client::{FhirClient, Timeouts, TlsError, TlsIdentity, TransportError};
use crate::commands::compile_plugin;
use crate::config::{self, Config};
use crate::control;
use crate::engine::answer::Answerer;
use crate::engine::deliver::{Deliverer, Turns};
use crate::engine::deployment::{self, Deployed, FolderError};
use crate::engine::inbox;
use crate::engine::link::{MailboxLink, RemoteMailbox};
use crate::engine::local::{LocalMailbox, MailboxError};
use crate::engine::operator::Operator;
use crate::engine::perform::{Hands, Performer};
use crate::engine::pump::{Engine, Pump};
use crate::engine::workers::Workers;
use crate::failure::{Alarm, WatchedStore};
use crate::limits::{LISTEN_BACKLOG, SHUTDOWN_SECONDS};
use crate::logging;

/// Memory for entries that were read recently, per store.
const STORE_CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// Why a site did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or socket.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A store.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The mailbox.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The TLS identity of the client.
    #[error("client certificate: {0}")]
    Tls(#[from] TlsError),
    /// The HTTP client.
    #[error("HTTP client: {0}")]
    Client(#[from] TransportError),
    /// The plugin folder.
    #[error(transparent)]
    Plugins(#[from] FolderError),
    /// WebAssembly.
    #[error(transparent)]
    PluginHost(#[from] HostError),
    /// The engine cannot work with its store.
    #[error("the engine does not start: {0}")]
    Engine(String),
}

/// A running site.
#[derive(Debug)]
pub struct Site {
    base_url: String,
    mailbox: Option<MailboxRole>,
    engine: Option<EngineRole>,
    alarm: Alarm,
}

#[derive(Debug)]
struct MailboxRole {
    local: Arc<LocalMailbox>,
    shutdown: watch::Sender<bool>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct EngineRole {
    pump: Pump,
    committer: Arc<Committer>,
    inbox: JoinHandle<()>,
    control: JoinHandle<()>,
    socket: PathBuf,
    // Kept for its ticker: without it no plugin call is ever interrupted.
    _plugins: Arc<PluginHost>,
}

impl Site {
    /// Starts the roles that the configuration names. A `listener` stands in for `mailbox.listen`.
    pub async fn start(config: &Config, listener: Option<TcpListener>) -> Result<Self, StartError> {
        let span = logging::site(&config.organization_identifier);
        Self::start_roles(config, listener).instrument(span).await
    }

    async fn start_roles(config: &Config, listener: Option<TcpListener>) -> Result<Self, StartError> {
        create_private(&config.data)?;
        // One that was there before may be open to others: what lies in it is patient data.
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(&config.data, private)
            .map_err(|source| system(format!("closing {} to others", config.data.display()), source))?;
        let alarm = Alarm::default();
        let mailbox = match &config.mailbox {
            Some(mailbox) => Some(MailboxRole::start(config, mailbox, listener, &alarm).await?),
            None => None,
        };
        let base_url = match (&config.mailbox, &config.engine) {
            (Some(mailbox), _) => mailbox.base_url.clone(),
            (None, Some(config::Engine { mailbox: config::MailboxLink::Remote { base_url }, .. })) => {
                base_url.clone()
            }
            (None, _) => String::new(),
        };
        let engine = match &config.engine {
            Some(engine) => {
                let local = mailbox.as_ref().map(|mailbox| Arc::clone(&mailbox.local));
                Some(EngineRole::start(config, engine, &base_url, local, &alarm).await?)
            }
            None => None,
        };
        tracing::info!(base_url, "site ready");
        Ok(Self { base_url, mailbox, engine, alarm })
    }

    /// The FHIR base URL of the site's mailbox.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The running engine, when this process has that role.
    pub fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref().map(|role| role.pump.engine())
    }

    /// The engine's committer, for its statistics.
    pub fn committer(&self) -> Option<&Committer> {
        self.engine.as_ref().map(|role| &*role.committer)
    }

    /// Waits until the site cannot go on, if that ever happens; the reason.
    pub async fn failed(&self) -> String {
        self.alarm.heard().await
    }

    /// Stops gracefully: no new work, commits drained, connections closed.
    pub async fn stop(self) {
        if let Some(engine) = self.engine {
            engine.stop().await;
        }
        if let Some(mailbox) = self.mailbox {
            mailbox.stop().await;
        }
    }
}

impl MailboxRole {
    async fn start(
        config: &Config,
        mailbox: &config::Mailbox,
        listener: Option<TcpListener>,
        alarm: &Alarm,
    ) -> Result<Self, StartError> {
        let store = open(config, "mailbox", alarm)?;
        let local = LocalMailbox::open(store, &mailbox.base_url, &config.organization_identifier).await?;
        if let Some(file) = &mailbox.allow_list {
            local.load_allow_list(file).await?;
        }
        let listener = match listener {
            Some(listener) => listener,
            None => listen(mailbox.listen).map_err(|source| {
                system(format!("listening on {} (mailbox.listen)", mailbox.listen), source)
            })?,
        };
        let (shutdown, stopped) = watch::channel(false);
        let serving = local.serve(listener, mailbox, stopped);
        let server = async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the mailbox is not served");
            }
        };
        let server = tokio::spawn(server.in_current_span());
        Ok(Self { local: Arc::new(local), shutdown, server })
    }

    async fn stop(self) {
        let _ = self.shutdown.send(true);
        finish(self.server, "the mailbox server").await;
        self.local.stop();
    }
}

impl EngineRole {
    async fn start(
        config: &Config,
        engine: &config::Engine,
        base_url: &str,
        local: Option<Arc<LocalMailbox>>,
        alarm: &Alarm,
    ) -> Result<Self, StartError> {
        let identity = TlsIdentity::new(&engine.client.credentials, &engine.client.server_authorities)?;
        let timeouts = Timeouts { connect: engine.client.connect_timeout, request: engine.client.timeout };
        let client = FhirClient::new(&identity, timeouts)?;
        let link = match local {
            Some(local) => MailboxLink::Local(local),
            None => MailboxLink::Remote(Arc::new(RemoteMailbox {
                client: client.clone(),
                identity,
                base: base_url.to_owned(),
            })),
        };

        let plugins = Arc::new(PluginHost::new(plugin_settings(&engine.plugins.limits)?)?);
        let mut deployed = {
            let (settings, organization) = (engine.plugins.clone(), config.organization_identifier.clone());
            let plugins = Arc::clone(&plugins);
            create_private(&settings.folder)?;
            let span = tracing::Span::current();
            tokio::task::spawn_blocking(move || {
                span.in_scope(|| deployment::deploy(&settings, &organization, &plugins))
            })
            .await
            .expect("deployment does not panic, and nobody aborts it")?
        };
        publish(&link, &mut deployed).await;

        let store = open(config, "engine", alarm)?;
        let committer = Arc::new(
            Committer::start(Arc::clone(&store))
                .map_err(|source| system("starting the committer".to_owned(), source))?,
        );
        let retry = Backoff { first: engine.delivery.first_retry, longest: engine.delivery.longest_retry };
        let hands = Arc::new(Hands {
            caller: Caller {
                plugins: deployed.plugins,
                directory: Arc::new(Directory::new(
                    Arc::new(link.clone()),
                    base_url.to_owned(),
                    config.organization_identifier.clone(),
                )),
            },
            deliverer: Deliverer {
                client,
                link: link.clone(),
                own_address: base_url.to_owned(),
                backoff: retry,
                expiry: engine.delivery.expiry,
                turns: Turns::default(),
            },
            answerer: Answerer { link: link.clone(), backoff: MailboxLink::backoff() },
        });
        let settings = Settings { shards: engine.shards, ..Settings::default() };
        let (ready, recovered) = oneshot::channel();
        let runtime = Handle::current();
        let workers = Workers::start()
            .map_err(|source| system("starting the threads of plugins".to_owned(), source))?;
        let span = tracing::Span::current();
        let pump = Pump::start(
            settings,
            store,
            Arc::clone(&committer),
            |engine| Performer::new(runtime, workers, engine, hands, span),
            ready,
            alarm.clone(),
        )
        .map_err(|source| system("starting the engine's thread".to_owned(), source))?;
        for definition in deployed.definitions {
            tracing::info!(process = %definition.key, "process deployed");
            pump.engine().tell(Event::Deploy(definition));
        }
        pump.engine().tell(Event::Start);
        let stopped = |_| StartError::Engine("it stopped while it recovered; the log says why".to_owned());
        let incarnation = recovered.await.map_err(stopped)?.map_err(StartError::Engine)?;
        tracing::info!(incarnation = %incarnation.0, "engine recovered");

        let inbox = tokio::spawn(inbox::run(link, pump.engine().clone()).in_current_span());
        let socket = config.data.join(control::SOCKET);
        let listener = control::listen(&config.data)
            .map_err(|source| system(format!("listening on {}", socket.display()), source))?;
        let operator = Operator { engine: pump.engine().clone(), plugins: deployed.listed };
        let control = tokio::spawn(control::serve(listener, Arc::new(operator)).in_current_span());
        Ok(Self { pump, committer, inbox, control, socket, _plugins: plugins })
    }

    async fn stop(self) {
        self.control.abort();
        self.inbox.abort();
        let _ = std::fs::remove_file(&self.socket);
        let (pump, committer) = (self.pump, self.committer);
        let stopped = tokio::task::spawn_blocking(move || {
            pump.stop();
            committer.shutdown();
        });
        finish(stopped, "the engine").await;
    }
}

/// What does not fit the queue is not refused by the kernel: to a caller it looks like a connection, for seconds.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Brings the plugins' FHIR resources to the own mailbox; waits for one that is away. What is refused is noted with its
/// plugin.
async fn publish(link: &MailboxLink, deployed: &mut Deployed) {
    if deployed.resources.is_empty() {
        return;
    }
    let batch = deployment::batch(&deployed.resources);
    let mut attempts = Attempts::new(MailboxLink::backoff());
    let answer = loop {
        match link.bundle(&batch).await {
            Ok(answer) if !answer.status.is_server_error() => break answer,
            Ok(answer) => tracing::warn!(
                reason = answer.reason(),
                "the own mailbox does not take the plugins' resources"
            ),
            Err(error) => {
                tracing::warn!(%error, "the own mailbox is away; publishing the plugins' resources later");
            }
        }
        attempts.wait().await;
    };
    if !answer.status.is_success() {
        tracing::error!(reason = answer.reason(), "the own mailbox refuses the plugins' resources");
    }
    for (entry, (plugin, resource)) in list(&answer.body, "entry").iter().zip(&deployed.resources) {
        let response = entry.get("response").unwrap_or(&Value::Null);
        let status = text(response, "status").unwrap_or_default();
        if status.starts_with('2') {
            continue;
        }
        let issues = response.get("outcome").map_or(&[][..], |outcome| list(outcome, "issue"));
        let reasons: Vec<_> = issues.iter().filter_map(|issue| text(issue, "diagnostics")).collect();
        let note = format!(
            "the mailbox refuses {} {}: {status} {}",
            type_name(resource).unwrap_or_default(),
            text(resource, "url").unwrap_or_default(),
            reasons.join("; "),
        );
        tracing::error!(note, "a plugin's resource was refused");
        if let Some(listed) = deployed.listed.get_mut(*plugin) {
            listed.notes.push(note);
        }
    }
}

fn open(config: &Config, name: &str, alarm: &Alarm) -> Result<Arc<dyn Store>, StartError> {
    let options = Options { cache_bytes: STORE_CACHE_BYTES };
    let store = tessera_store::open(config.store, &config.data.join(name), options)?;
    Ok(Arc::new(WatchedStore::new(store, alarm.clone())))
}

fn plugin_settings(limits: &config::PluginLimits) -> Result<tessera_plugin_host::Settings, StartError> {
    let compiler = compile_plugin::compiler(CompilationLimits::default());
    let compiler = compiler
        .map_err(|source| system("finding this program, which also compiles plugins".to_owned(), source))?;
    let mut settings = tessera_plugin_host::Settings { compiler, ..tessera_plugin_host::Settings::default() };
    settings.limits = Limits {
        memory_bytes: usize::try_from(limits.memory_bytes).unwrap_or(usize::MAX),
        cpu: limits.cpu,
        wall: limits.wall,
        concurrent_calls: usize::try_from(limits.concurrent_calls).unwrap_or(usize::MAX),
        ..settings.limits
    };
    Ok(settings)
}

/// A folder that only this user reads.
fn create_private(folder: &std::path::Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| system(format!("creating {}", folder.display()), source))
}

fn system(what: String, source: std::io::Error) -> StartError {
    StartError::System { what, source }
}

async fn finish(task: JoinHandle<()>, what: &str) {
    if tokio::time::timeout(Duration::from_secs(SHUTDOWN_SECONDS), task).await.is_err() {
        tracing::warn!("{what} did not stop within {SHUTDOWN_SECONDS} seconds; ending anyway");
    }
}
