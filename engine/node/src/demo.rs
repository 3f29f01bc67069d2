//! Three organisations on loopback, each a complete site: own certificate, mailbox, engine, store and plugin. They play
//! ping-pong, which is how a DSF network tests its connections.
//!
//! Everything goes the way it goes between hospitals: configuration files, mutual TLS, an allow list, a Task that starts
//! the process. Only the certificates come from a throw-away authority.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tessera_fhir::names;
use tessera_fhir::resource::{self, Identifier, list, text};
use tessera_fhir::task::{self, Draft, Status};

use crate::certificate::{self, CertificateError, Issued, Validity};
use crate::client::{FhirClient, Timeouts, TlsIdentity, query};
use crate::clock;
use crate::config::{Config, ConfigError};
use crate::hex;
use crate::site::{Site, StartError};
use tessera_fhir::allow_list::{self, Member};

const NAMES: [&str; 3] = ["hospital-a.example", "hospital-b.example", "hospital-c.example"];
const PARENT: &str = "network.example";
const CERTIFICATE_DAYS: u32 = 30;
/// Until every ping has its answer; the model itself gives up on a pong after 20 seconds.
const DEADLINE: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const PING: &str = "http://dsf.dev/bpe/Process/ping|1.0";
const START_PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/task-start-ping|1.0";

/// Why the demonstration could not run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Somebody's files are there.
    #[error("{} is not empty; choose another --dir, or run what is there with `tessera run --config {}/{}/site.toml`", .0.display(), .0.display(), NAMES[0])]
    NotEmpty(PathBuf),
    /// A file or port.
    #[error("{what}: {source}")]
    System {
        /// What was being done.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A site's configuration; a bug.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A site did not start.
    #[error("{site} does not start: {source}")]
    Start {
        /// Which.
        site: String,
        /// Why.
        source: StartError,
    },
    /// A mailbox did not answer.
    #[error("{site}: {reason}")]
    Mailbox {
        /// Whose.
        site: String,
        /// Why.
        reason: String,
    },
}

/// One ping and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Who pinged.
    pub from: String,
    /// Whom.
    pub to: String,
    /// The BPMN message.
    pub message: &'static str,
    /// Code of `ping-status`, e.g. `pong-received`.
    pub status: String,
    /// From the start of the ping process until the pong was in the mailbox.
    pub milliseconds: Option<u64>,
}

/// Three running sites.
#[derive(Debug)]
pub struct Network {
    dir: PathBuf,
    parties: Vec<Party>,
}

#[derive(Debug)]
struct Party {
    name: &'static str,
    base: String,
    client: FhirClient,
    site: Site,
}

impl Network {
    /// Writes everything that three sites need to `dir`, which must be empty or absent, and starts them.
    pub async fn start(dir: &Path) -> Result<Self, DemoError> {
        let prepared = prepare(dir)?;
        let mut parties = Vec::new();
        for Prepared { name, base, config, identity, listener } in prepared {
            let failed = |reason: String| DemoError::Mailbox { site: name.to_owned(), reason };
            let timeouts = Timeouts { connect: Duration::from_secs(2), request: Duration::from_secs(10) };
            let client = FhirClient::new(&identity, timeouts).map_err(|error| failed(error.to_string()))?;
            let site = Site::start(&config, Some(listener))
                .await
                .map_err(|source| DemoError::Start { site: name.to_owned(), source })?;
            parties.push(Party { name, base, client, site });
        }
        Ok(Self { dir: dir.to_owned(), parties })
    }

    /// Each site pings the two others, all at the same time. One row per ping.
    pub async fn ping(&self) -> Result<Vec<Row>, DemoError> {
        let mut started = Vec::new();
        for party in &self.parties {
            started.push(party.start_ping(None).await?);
        }
        let mut rows = Vec::new();
        for (party, location) in self.parties.iter().zip(&started) {
            rows.extend(party.outcome(location).await?);
        }
        Ok(rows)
    }

    /// The first site pings the second one; milliseconds from the start of the process until the pong is there.
    pub async fn ping_one(&self) -> Result<u64, DemoError> {
        let [from, to, ..] = self.parties.as_slice() else { unreachable!("a network has three parties") };
        let targets = format!("Endpoint?identifier={}|{}", names::ENDPOINT_IDENTIFIER, to.name);
        let location = from.start_ping(Some(&targets)).await?;
        let rows = from.outcome(&location).await?;
        let took = rows.first().and_then(|row| row.milliseconds);
        took.ok_or_else(|| from.failed(format!("{} did not answer: {rows:?}", to.name)))
    }

    /// Where everything is and what to try, for people.
    pub fn guide(&self) -> String {
        let mut guide = String::new();
        for party in &self.parties {
            let config = self.dir.join(party.name).join("site.toml");
            let _ = writeln!(guide, "  {}  {}\n      {}", party.name, party.base, config.display());
        }
        let first = self.dir.join(NAMES[0]).join("site.toml");
        let _ = write!(
            guide,
            "\ntry in another terminal:\n  tessera instance list --config {0}\n  tessera plugin list --config {0}\n",
            first.display()
        );
        guide
    }

    /// Stops all sites.
    pub async fn stop(self) {
        for party in self.parties {
            party.site.stop().await;
        }
    }
}

/// One site, written but not started.
struct Prepared {
    name: &'static str,
    base: String,
    config: Config,
    identity: TlsIdentity,
    listener: tokio::net::TcpListener,
}

fn prepare(dir: &Path) -> Result<Vec<Prepared>, DemoError> {
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(DemoError::NotEmpty(dir.to_owned()));
    }
    let now = clock::instant(clock::now());
    let authority =
        certificate::authority("Tessera demonstration CA", Validity::days(now, CERTIFICATE_DAYS))?;
    let (ca, _) = authority.write(dir, "ca")?;
    let mut parts = Vec::new();
    let mut members = Vec::new();
    for name in NAMES {
        let listener = listen()?;
        let port = listener.local_addr().map_err(|source| system("asking for the port", source))?.port();
        let base = format!("https://127.0.0.1:{port}/fhir");
        let hosts = ["127.0.0.1".to_owned(), "localhost".to_owned(), name.to_owned()];
        let issued = certificate::issue(&authority, name, &hosts, Validity::days(now, CERTIFICATE_DAYS))?;
        members.push(Member {
            organization: name.to_owned(),
            name: name.to_owned(),
            endpoint: name.to_owned(),
            address: base.clone(),
            thumbprint: issued.credentials()?.thumbprint(),
            roles: vec!["DIC".to_owned()],
        });
        parts.push((name, listener, port, base, issued));
    }
    let allow_list = allow_list::bundle(PARENT, &members);
    parts.into_iter().map(|part| write_site(dir, &ca, &allow_list, part)).collect()
}

fn write_site(
    dir: &Path,
    ca: &Path,
    allow_list: &Value,
    (name, listener, port, base, issued): (&'static str, TcpListener, u16, String, Issued),
) -> Result<Prepared, DemoError> {
    let folder = dir.join(name);
    let plugins = folder.join("plugins");
    std::fs::create_dir_all(&plugins)
        .map_err(|source| system(&format!("creating {}", plugins.display()), source))?;
    issued.write(&folder, "site")?;
    write(&plugins.join("ping-pong.wasm"), tessera_example_plugins::PING_PONG)?;
    write(&folder.join("allow-list.json"), format!("{allow_list:#}").as_bytes())?;
    let pin = hex::lowercase(&Sha256::digest(tessera_example_plugins::PING_PONG));
    let content = format!(
        "# Written by `tessera demo`.\n\n\
         [organization]\nidentifier = \"{name}\"\n\n\
         [mailbox]\nlisten = \"127.0.0.1:{port}\"\nbase_url = \"{base}\"\n\
         certificate = \"site.pem\"\nkey = \"site.key\"\nclient_ca = \"../ca.pem\"\nallow_list = \"allow-list.json\"\n\n\
         [client]\ncertificate = \"site.pem\"\nkey = \"site.key\"\ntrust = \"../ca.pem\"\n\n\
         [plugins]\napproved = [\n    \"{pin}\", # ping-pong\n]\n",
    );
    let file = folder.join("site.toml");
    write(&file, content.as_bytes())?;
    let identity = TlsIdentity::new(&issued.credentials()?, &certificate::read_certificates(ca)?)
        .map_err(|error| DemoError::Mailbox { site: name.to_owned(), reason: error.to_string() })?;
    listener.set_nonblocking(true).map_err(|source| system("preparing the port", source))?;
    let listener =
        tokio::net::TcpListener::from_std(listener).map_err(|source| system("preparing the port", source))?;
    Ok(Prepared { name, base, config: Config::load(&file)?, identity, listener })
}

fn listen() -> Result<TcpListener, DemoError> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .map_err(|source| system("listening on loopback", source))
}

fn write(path: &Path, content: &[u8]) -> Result<(), DemoError> {
    std::fs::write(path, content).map_err(|source| system(&format!("writing {}", path.display()), source))
}

fn system(what: &str, source: std::io::Error) -> DemoError {
    DemoError::System { what: what.to_owned(), source }
}

impl Party {
    fn failed(&self, reason: impl Into<String>) -> DemoError {
        DemoError::Mailbox { site: self.name.to_owned(), reason: reason.into() }
    }

    /// Puts the start Task into the own mailbox, as the site's own organisation; its location. `targets` is a search for
    /// the endpoints to ping; all if absent.
    async fn start_ping(&self, targets: Option<&str>) -> Result<String, DemoError> {
        let task = task::build(&Draft {
            profile: START_PROFILE.to_owned(),
            instantiates_canonical: PING.to_owned(),
            message_name: "startPing".to_owned(),
            business_key: Some(clock::uuid().to_string()),
            correlation_key: None,
            requester: self.name.to_owned(),
            recipient: self.name.to_owned(),
            authored_on: clock::instant(clock::now()),
            identifier: Identifier::new("https://tessera.dev/sid/demo", clock::uuid().to_string()),
            additional_inputs: targets
                .map(|targets| {
                    task::input("http://dsf.dev/fhir/CodeSystem/ping", "target-endpoints", targets)
                })
                .into_iter()
                .collect(),
        });
        let answer = self
            .client
            .create(&self.base, "Task", &task, None)
            .await
            .map_err(|error| self.failed(error.to_string()))?;
        if !answer.status.is_success() {
            return Err(self.failed(format!("the start Task was refused: {}", answer.reason())));
        }
        let location = answer.location.ok_or_else(|| self.failed("no Location for the start Task"))?;
        reference(&location).ok_or_else(|| self.failed(format!("strange Location {location}")))
    }

    /// Waits for the start Task's end and reads the rows out of its outputs.
    async fn outcome(&self, location: &str) -> Result<Vec<Row>, DemoError> {
        let deadline = tokio::time::Instant::now() + DEADLINE;
        let mut look = tokio::time::interval(LOOK_EVERY);
        let task = loop {
            look.tick().await;
            let task = self.get(location).await?;
            match text(&task, "status").and_then(Status::parse) {
                Some(Status::Completed | Status::Failed) => break task,
                _ if tokio::time::Instant::now() > deadline => break task,
                _ => {}
            }
        };
        let key =
            task::Message::parse(&task).ok().and_then(|message| message.business_key).unwrap_or_default();
        let authored =
            text(&task, "authoredOn").and_then(|time| time.parse().ok()).unwrap_or(Timestamp::UNIX_EPOCH);
        let pongs = self.pongs(&key, authored).await?;
        let rows: Vec<Row> =
            list(&task, "output").iter().filter_map(|output| self.row(output, &pongs)).collect();
        if rows.is_empty() {
            let status = text(&task, "status").unwrap_or("unknown");
            return Err(self.failed(format!("the start Task is {status} without a ping-status")));
        }
        Ok(rows)
    }

    /// The pongs of a conversation: sender, and milliseconds from its start until the Task was created here.
    async fn pongs(&self, business_key: &str, started: Timestamp) -> Result<Vec<(String, u64)>, DemoError> {
        let found =
            self.get(&format!("Task?{}", query([("_count", "100"), ("_sort", "-_lastUpdated")]))).await?;
        let mut pongs = Vec::new();
        for entry in list(&found, "entry") {
            let Some(Ok(message)) = entry.get("resource").map(task::Message::parse) else { continue };
            if message.message_name != "pong" || message.business_key.as_deref() != Some(business_key) {
                continue;
            }
            let first = self.get(&format!("Task/{}/_history/1", message.id.unwrap_or_default())).await?;
            let took =
                resource::last_updated(&first).map(|created| created.duration_since(started).as_millis());
            if let Some(Ok(milliseconds)) = took.map(u64::try_from) {
                pongs.push((message.requester.value, milliseconds));
            }
        }
        Ok(pongs)
    }

    fn row(&self, output: &Value, pongs: &[(String, u64)]) -> Option<Row> {
        let status = output.get("valueCoding").and_then(|coding| text(coding, "code"))?;
        let details = list(output, "extension").first()?;
        let detail = |url| resource::extensions(details, url).next();
        let to = detail("organization-identifier")?
            .get("valueIdentifier")
            .and_then(|value| text(value, "value"))?;
        Some(Row {
            from: self.name.to_owned(),
            to: to.to_owned(),
            message: "ping",
            status: status.to_owned(),
            milliseconds: pongs
                .iter()
                .find(|(sender, _)| sender == to)
                .map(|(_, milliseconds)| *milliseconds),
        })
    }

    async fn get(&self, path: &str) -> Result<Value, DemoError> {
        let answer =
            self.client.get(&self.base, path).await.map_err(|error| self.failed(error.to_string()))?;
        if answer.status.is_success() { Ok(answer.body) } else { Err(self.failed(answer.reason())) }
    }
}

/// `Type/id` of an absolute, versioned location.
fn reference(location: &str) -> Option<String> {
    let versionless = location.split("/_history/").next()?;
    let mut parts = versionless.rsplit('/');
    let (id, resource_type) = (parts.next()?, parts.next()?);
    Some(format!("{resource_type}/{id}"))
}
