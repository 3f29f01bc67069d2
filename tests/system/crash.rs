//! `kill -9` and SIGSTOP at any moment, over real TLS and real disks: what was acknowledged still happens, and happens once.
//! Pings fan out, pongs come back, timers start pings of their own; posting goes on while sites are down.
//!
//! A few kills in every test run; `TESSERA_KILLS=300` sets another number, and prints what was found:
//! `TESSERA_KILLS=300 cargo test --release -p tessera-tests --test system crash -- --nocapture`

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tessera_tests::chance::Chance;
use tessera_tests::ledger::{Ledger, start_timer, stop_timer};
use tessera_tests::network::{Network, Roles};
use tessera_tests::process::Running;
use tokio::task::JoinSet;

const NAMES: [&str; 3] = ["a.example", "b.example", "c.example"];
const KILLS_VARIABLE: &str = "TESSERA_KILLS";
/// Between two blows; a conversation takes less.
const LULL_MAX: Duration = Duration::from_millis(400);
const PAUSE_MAX: Duration = Duration::from_millis(600);

/// What happens to a process.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Kill,
    Pause,
    /// Killed while it stands still.
    PauseAndKill,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_site_loses_nothing_and_does_nothing_twice() {
    let network = Arc::new(crate::network(&NAMES));
    beat(&network, &[Roles::All], kills(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_mailbox_or_engine_loses_nothing_and_does_nothing_twice() {
    let network = Arc::new(crate::network(&NAMES[..2]));
    beat(&network, &[Roles::Mailbox, Roles::Engine], kills(10)).await;
}

/// One process of a party, under the blows.
struct Victim<'n> {
    party: &'n tessera_tests::network::Party,
    roles: Roles,
    process: Running,
}

async fn beat(network: &Arc<Network>, roles: &[Roles], kills: usize) {
    let mut chance = Chance::new();
    let started = Instant::now();
    let mut victims = Vec::new();
    for party in network.parties() {
        victims.extend(roles.iter().map(|roles| Victim {
            party,
            roles: *roles,
            process: party.start(*roles),
        }));
    }
    let mut timers = Vec::new();
    for party in network.parties() {
        timers.push((party, start_timer(party).await));
    }
    let mut ledger = Ledger::default();
    let (mut killed, mut paused) = (0, 0);
    let mut round = 0;
    while killed < kills {
        // Posting and beating at the same time; the posts of a round end with their acknowledgement, not with their ping.
        let mut posts = JoinSet::new();
        for index in 0..network.parties().len() {
            let (network, lull) = (Arc::clone(network), chance.duration(2 * LULL_MAX));
            posts.spawn(async move {
                let party = &network.parties()[index];
                tokio::time::sleep(lull).await;
                let mut own = Ledger::default();
                own.ping(party, &format!("round-{round}-{}", party.name())).await;
                own
            });
        }
        let index = chance.below(victims.len());
        let blow = [Blow::Kill, Blow::Kill, Blow::Pause, Blow::PauseAndKill][chance.below(4)];
        let (lull, pause) = (chance.duration(LULL_MAX), chance.duration(PAUSE_MAX));
        strike(&mut victims[index], blow, lull, pause).await;
        posts.join_all().await.into_iter().for_each(|own| ledger.merge(own));
        match blow {
            Blow::Kill => killed += 1,
            Blow::Pause => paused += 1,
            Blow::PauseAndKill => {
                killed += 1;
                paused += 1;
            }
        }
        round += 1;
    }
    for (party, started) in &timers {
        stop_timer(party, started).await;
    }
    let engine = *roles.last().expect("a site has roles");
    let balance = ledger.balance(network, engine).await;
    let _ = writeln!(
        std::io::stderr(),
        "{killed} SIGKILLs and {paused} SIGSTOPs in {:.0?}: {} starts acknowledged after {} attempts, {} more by timers, \
         {} instances; lost: {}, double: {}",
        started.elapsed(),
        balance.acknowledged,
        balance.attempts,
        balance.from_timers,
        balance.instances,
        balance.lost.len(),
        balance.double.len(),
    );
    assert!(balance.lost.is_empty(), "lost:\n{}", balance.lost.join("\n"));
    assert!(balance.double.is_empty(), "double:\n{}", balance.double.join("\n"));
    assert!(balance.from_timers > 0, "no timer was due");
}

/// Strikes after `lull`, which is no wait for something but the random moment itself.
async fn strike(victim: &mut Victim<'_>, blow: Blow, lull: Duration, pause: Duration) {
    tokio::time::sleep(lull).await;
    match blow {
        Blow::Kill => victim.process.kill(),
        Blow::Pause | Blow::PauseAndKill => {
            victim.process.pause();
            tokio::time::sleep(pause).await;
            if matches!(blow, Blow::Pause) {
                victim.process.resume();
                return;
            }
            victim.process.kill();
        }
    }
    victim.process = tokio::task::block_in_place(|| victim.party.start(victim.roles));
}

fn kills(usual: usize) -> usize {
    let given = std::env::var(KILLS_VARIABLE).ok();
    given.map_or(usual, |kills| kills.parse().expect("TESSERA_KILLS is a number"))
}
