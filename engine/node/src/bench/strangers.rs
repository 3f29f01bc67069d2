//! What strangers cost: thousands of connections without an accepted certificate at a mailbox, each as slow as it can be, and
//! what a listed peer notices meanwhile. The mailbox is a process of its own, so that its memory is its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde::Serialize;
use tessera_fhir::allow_list::{self, Member};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::bench::crowd::Crowd;
use crate::bench::report::{Latency, percentile_ms, rounded};
use crate::bench::{Options, resident_bytes};
use crate::certificate::{self, Issued, Validity};
use crate::client::{FhirClient, Timeouts, TlsIdentity};
use crate::clock;
use crate::commands::Failure;

const STRANGERS: usize = 2_000;
const REQUESTS: usize = 500;
/// As many strangers are open at one time; one more pushes another out.
const HELD_MAX: usize = tessera_mailbox::limits::HANDSHAKES_MAX;
/// A stranger that is not pushed out has come to its end by then.
const STAY: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(10), request: Duration::from_secs(30) };
const SITE: &str = "a.example";
const PEER: &str = "b.example";

/// The figures.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Strangers {
    /// Strangers that held connections or tried to.
    pub strangers: usize,
    /// Connections that they made while the honest peer was served.
    pub connections: usize,
    /// Growth of the mailbox's resident memory for each connection that it keeps open at one time.
    pub kib_each: u64,
    /// The longest time that one stranger's connection was open.
    pub longest_s: f64,
    /// Requests of a listed peer, each on a connection of its own, while nobody else is there.
    pub undisturbed: Latency,
    /// The same among the strangers.
    pub honest: Latency,
}

pub(super) async fn measure(options: &Options) -> Result<Strangers, Failure> {
    let dir = options.dir.join("strangers");
    let scene = Scene::prepare(&dir)?;
    let mailbox = scene.start(&dir).await?;
    let process = mailbox.id().ok_or_else(|| failed("the mailbox ended at once"))?;
    let requests = options.scaled(REQUESTS);
    // Once before, so that what is made at the first request is not put down to strangers.
    let undisturbed = scene.ask(requests).await?;
    let before = resident_bytes(process)?;

    let strangers = options.scaled(STRANGERS);
    let crowd = Crowd::gather(scene.address, &scene.stranger, strangers);
    crowd.is_there().await;
    let gathered = crowd.connections();
    let honest = scene.ask(requests);
    let mut honest = std::pin::pin!(honest);
    let mut peak = before;
    let honest = loop {
        tokio::select! {
            honest = &mut honest => break honest?,
            () = tokio::time::sleep(LOOK_EVERY) => peak = peak.max(resident_bytes(process)?),
        }
    };
    let connections = crowd.connections().saturating_sub(gathered);
    if !options.quick {
        tokio::time::sleep(STAY).await;
    }
    peak = peak.max(resident_bytes(process)?);
    let longest = crowd.disperse().await;
    drop(mailbox);
    std::fs::remove_dir_all(&dir)?;
    let held = u64::try_from(strangers.clamp(1, HELD_MAX)).unwrap_or(1);
    Ok(Strangers {
        strangers,
        connections,
        kib_each: peak.saturating_sub(before).div_ceil(1024 * held),
        longest_s: rounded(longest.as_secs_f64()),
        undisturbed: latency(&undisturbed),
        honest: latency(&honest),
    })
}

/// A mailbox, a peer that it knows, and a certificate that it does not.
struct Scene {
    address: SocketAddr,
    base: String,
    peer: TlsIdentity,
    stranger: TlsIdentity,
}

impl Scene {
    fn prepare(dir: &Path) -> Result<Self, Failure> {
        let now = clock::instant(clock::now());
        let validity = || Validity::days(now, 1);
        let authority = certificate::authority("bench", validity())?;
        authority.write(dir, "ca")?;
        let roots = authority.credentials()?.chain().to_vec();
        let address = free_address()?;
        let base = format!("https://{address}/fhir");
        let issue =
            |name: &str| certificate::issue(&authority, name, &[address.ip().to_string()], validity());
        let identity = |issued: &Issued| -> Result<TlsIdentity, Failure> {
            Ok(TlsIdentity::new(&issued.credentials()?, &roots)?)
        };
        let (site, peer) = (issue(SITE)?, issue(PEER)?);
        site.write(dir, "site")?;
        let mut members = Vec::new();
        for (name, issued) in [(SITE, &site), (PEER, &peer)] {
            members.push(Member {
                organization: name.to_owned(),
                name: name.to_owned(),
                endpoint: name.to_owned(),
                address: if name == SITE { base.clone() } else { format!("https://{name}/fhir") },
                thumbprint: issued.credentials()?.thumbprint(),
                roles: vec!["DIC".to_owned()],
            });
        }
        let list = allow_list::bundle("network.example", &members);
        std::fs::write(dir.join("allow-list.json"), list.to_string())?;
        std::fs::write(
            dir.join("site.toml"),
            format!(
                "roles = [\"mailbox\"]\n[organization]\nidentifier = \"{SITE}\"\n\
                 [mailbox]\nlisten = \"{address}\"\nbase_url = \"{base}\"\ncertificate = \"site.pem\"\n\
                 key = \"site.key\"\nclient_ca = \"ca.pem\"\nallow_list = \"allow-list.json\"\n"
            ),
        )?;
        Ok(Self { address, base, peer: identity(&peer)?, stranger: identity(&issue("x.example")?)? })
    }

    /// The mailbox, ready; it is killed when dropped.
    async fn start(&self, dir: &Path) -> Result<Child, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("run")
            .arg("--config")
            .arg(dir.join("site.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(dir.join("site.log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().expect("standard output is piped");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).await?;
        if line.starts_with("ready ") {
            return Ok(child);
        }
        let log = std::fs::read_to_string(dir.join("site.log")).unwrap_or_default();
        Err(failed(format!("the mailbox does not start: {log}")))
    }

    /// Requests one after the other, each with a handshake of its own; how long each took, sorted.
    async fn ask(&self, requests: usize) -> Result<Vec<Duration>, Failure> {
        let mut took = Vec::new();
        for _ in 0..requests {
            let client = FhirClient::new(&self.peer, PATIENCE).map_err(|error| failed(error.to_string()))?;
            let started = Instant::now();
            let answer = client.get(&self.base, "Task?_count=1").await;
            took.push(started.elapsed());
            let answer = answer.map_err(|error| failed(format!("an honest peer was refused: {error}")))?;
            if !answer.status.is_success() {
                return Err(failed(format!("an honest peer was refused: {}", answer.reason())));
            }
        }
        took.sort_unstable();
        Ok(took)
    }
}

fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?.local_addr()?)
}

fn latency(sorted: &[Duration]) -> Latency {
    Latency { p50_ms: percentile_ms(sorted, 0.5), p99_ms: percentile_ms(sorted, 0.99) }
}

fn failed(reason: impl Into<String>) -> Failure {
    Failure::CouldNotRun(reason.into())
}
