//! Hostile peers against a real mailbox behind real TLS, as one table in four parts: what TLS, HTTP, JSON and FHIR let a caller
//! try. Each case states how it ends and with which code. The suite adds what all have in common: exactly one audit line, which
//! holds nothing of the content; an unchanged store; bounds on time and memory; no panic; and a legitimate twin that succeeds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking and says where")]

mod audit;
mod case;
mod certificates;
mod connection;
mod http;
mod meaning;
mod network;
mod payload;
mod races;
mod site;
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use case::{Case, Ending};
use site::Site;

/// One case, its wait for a deliberate timeout included, on a machine that does other things, too.
const CASE_TIME_MAX: Duration = Duration::from_secs(10);
/// All cases together, client included: the largest body has 4 MiB, and exists a few times over.
const MEMORY_GROWTH_KIB_MAX: u64 = 192 * 1024;
/// What the contract asks for.
const CASES_MIN: usize = 80;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// One thread for everything, so that the audit log of this test is its own.
#[tokio::test]
async fn every_case_ends_as_stated_and_its_twin_succeeds() {
    count_panics();
    let log = audit::Log::start();
    let site = Site::start(|settings| {
        // Short for those who wait for them, long for those who are only slowed down by other work of this machine.
        settings.header_timeout = Duration::from_millis(700);
        settings.body_timeout = Duration::from_millis(700);
        settings.handshake_timeout = Duration::from_millis(1_500);
        settings.body_bytes_max = 1024 * 1024;
    })
    .await;
    let cases: Vec<Case> =
        [tls::cases(), http::cases(), payload::cases(), meaning::cases()].into_iter().flatten().collect();
    assert!(cases.len() >= CASES_MIN, "{} cases", cases.len());

    let before = peak_memory_kib();
    let mut problems = Vec::new();
    for case in &cases {
        if let Err(problem) = run(&site, &log, case).await {
            let problem: String = problem.chars().take(800).collect();
            problems.push(format!("{}: {problem}", case.name));
        }
    }
    assert!(problems.is_empty(), "{} of {}\n{}", problems.len(), cases.len(), problems.join("\n"));
    let growth = peak_memory_kib().saturating_sub(before);
    assert!(growth < MEMORY_GROWTH_KIB_MAX, "memory grew by {growth} KiB");
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a task panicked");
}

async fn run(site: &Site, log: &audit::Log, case: &Case) -> Result<(), String> {
    let stored = site.digest();
    log.clear();
    let started = Instant::now();
    let ending = site.perform(&case.deed).await;
    let took = started.elapsed();
    if !case.ending.fits(&ending) {
        return Err(format!("expected {:?}, found {ending:?}", case.ending));
    }
    if took > CASE_TIME_MAX {
        return Err(format!("took {took:?}"));
    }
    let line = log.only_line().await?;
    line.is_refusal(case.ending.code(), &site.client_of(&case.deed))?;
    if site.digest() != stored {
        return Err("the store has changed".to_owned());
    }
    let twin = site.perform(&case.twin).await;
    if !matches!(twin, Ending::Answer { status: 200..=299, .. }) {
        return Err(format!("the twin failed: {twin:?}"));
    }
    // The second line is the twin's, so the first deed wrote no other meanwhile.
    log.line(1).await?.is_acceptance()
}

fn count_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        usual(panic);
    }));
}

fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
