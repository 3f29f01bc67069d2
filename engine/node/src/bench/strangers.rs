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
use crate::bench::{Options, median, resident_bytes};
use crate::certificate::{self, Issued, Validity};
use crate::client::{FhirClient, Timeouts, TlsIdentity};
use crate::clock;
use crate::commands::Failure;
use crate::descriptors;

const STRANGERS: usize = 2_000;
const ROUNDS: usize = 5;
const REQUESTS: usize = 200;
/// As many strangers are open at one time; one more pushes another out.
const HELD_MAX: usize = tessera_mailbox::limits::HANDSHAKES_MAX;
/// A stranger that is not pushed out has come to its end by then.
const STAY: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What takes longer than all strangers together may take is no slow peer, it is a mailbox that serves nobody.
const GATHERING_MAX: Duration = Duration::from_mins(1);
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(10), request: Duration::from_secs(30) };
const SITE: &str = "a.example";
const PEER: &str = "b.example";

/// The figures.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Strangers {
    /// Strangers that held connections or tried to.
    pub strangers: usize,
    /// As many of them the mailbox keeps open at one time.
    pub open: usize,
    /// Connections that they made while the honest peer was served; all rounds.
    pub connections: usize,
    /// Growth of the mailbox's resident memory for each connection that it keeps open at one time; median of the rounds.
    pub kib_each: u64,
    /// The longest time that one stranger's connection was open, of all rounds.
    pub longest_s: f64,
    /// Requests of a listed peer, each on a connection of its own, while nobody else is there; medians of the rounds.
    pub undisturbed: Latency,
    /// The same among the strangers.
    pub honest: Latency,
}

pub(super) async fn measure(options: &Options, progress: &impl Fn(&str)) -> Result<Strangers, Failure> {
    let strangers = options.scaled(STRANGERS);
    // A stranger has a socket; the rest is what everybody has open.
    descriptors::ensure(strangers + 100).map_err(failed)?;
    let mut rounds = Vec::new();
    for number in 1..=ROUNDS {
        progress(&format!("strangers at a mailbox, round {number} of {ROUNDS}"));
        let round = measure_once(options, strangers).await?;
        progress(&format!(
            "    p99 {:.1} ms, undisturbed {:.1} ms, {} KiB each, {} connections",
            round.honest.p99_ms, round.undisturbed.p99_ms, round.kib_each, round.connections
        ));
        rounds.push(round);
    }
    let middle = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure), f64::total_cmp);
    Ok(Strangers {
        strangers,
        open: strangers.min(HELD_MAX),
        connections: rounds.iter().map(|round| round.connections).sum(),
        kib_each: median(rounds.iter().map(|round| round.kib_each), Ord::cmp),
        longest_s: rounded(rounds.iter().map(|round| round.longest).max().unwrap_or_default().as_secs_f64()),
        undisturbed: Latency {
            p50_ms: middle(|round| round.undisturbed.p50_ms),
            p99_ms: middle(|round| round.undisturbed.p99_ms),
        },
        honest: Latency {
            p50_ms: middle(|round| round.honest.p50_ms),
            p99_ms: middle(|round| round.honest.p99_ms),
        },
    })
}

/// One mailbox's figures.
struct Round {
    connections: usize,
    kib_each: u64,
    longest: Duration,
    undisturbed: Latency,
    honest: Latency,
}

async fn measure_once(options: &Options, strangers: usize) -> Result<Round, Failure> {
    let dir = options.dir.join("strangers");
    let scene = Scene::prepare(&dir)?;
    let mailbox = scene.start(&dir).await?;
    let process = mailbox.id().ok_or_else(|| failed("the mailbox ended at once"))?;
    let requests = options.scaled(REQUESTS);
    // Before the memory is looked at, so that what is made at the first request is not put down to strangers.
    let undisturbed = scene.ask(requests).await?;
    let before = resident_bytes(process)?;

    let crowd = Crowd::gather(scene.address, &scene.stranger, strangers);
    tokio::time::timeout(GATHERING_MAX, crowd.is_there()).await.map_err(|_| {
        failed(format!(
            "only {} of {strangers} strangers were let in within {} s",
            crowd.connections(),
            GATHERING_MAX.as_secs()
        ))
    })?;
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
    Ok(Round {
        connections,
        kib_each: peak.saturating_sub(before).div_ceil(1024 * held),
        longest,
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
