//! A sample of the campaign, the exhaustive crash of a short history, and determinism. What the campaign has found stays as a
//! planted bug, see `canaries.rs`: a seed means another history whenever a generator changes, a bug does not.

use tessera_simulation::campaign::{Order, Watch, run, run_seed};
use tessera_simulation::fault::Fault;
use tessera_simulation::plan::{Limits, Plan};
use tessera_simulation::walk::walk;
use tessera_simulation::world::World;

#[test]
fn a_sample_of_seeds_violates_nothing() {
    let order = Order {
        first: 10_000,
        seeds: 60,
        limits: Limits::default(),
        threads: None,
        shrinks: true,
        canary: None,
    };
    let report = run(&Plan::of, &order, Watch::nobody()).unwrap();
    assert!(report.failure.is_none(), "{report}");
    assert_eq!(report.seeds, 60);
    assert!(
        report.sites_min >= 3 && report.struck_per_seed_min >= 5 && report.median_steps() >= 300,
        "{report}"
    );
}

/// Wherever one of two sites dies, or its engine or mailbox alone, and whatever it was about to do, the conversation comes to
/// its end, once.
#[test]
fn a_crash_at_every_border_of_a_ping_pong_converges() {
    for border in 1..=borders_of_a_calm_ping_pong() {
        for fault in [Fault::Crash, Fault::EngineCrash, Fault::MailboxCrash] {
            converges(&[(border, fault)]);
        }
    }
}

/// The second crash finds the site while it recovers from the first, or goes on after that.
#[test]
fn a_second_crash_soon_after_the_first_converges() {
    for border in 1..=borders_of_a_calm_ping_pong() {
        for later in 1..=SECOND_CRASH_WITHIN {
            converges(&[(border, Fault::Crash), (border + later, Fault::Crash)]);
        }
    }
}

const SECOND_CRASH_WITHIN: u64 = 8;

fn borders_of_a_calm_ping_pong() -> u64 {
    let calm = World::new(ping_pong()).run();
    assert_eq!(calm.violation, None, "{:#?}", calm.history);
    assert!(calm.borders > 100, "{} borders are no ping-pong", calm.borders);
    calm.borders
}

fn ping_pong() -> Plan {
    Plan::ping_pong().expect("the built-in plan is in order")
}

fn converges(crashes: &[(u64, Fault)]) {
    let plan = Plan { crashes: crashes.iter().copied().collect(), ..ping_pong() };
    let outcome = World::new(plan).run();
    assert_eq!(outcome.violation, None, "{crashes:?}: {:#?}", outcome.history);
}

#[test]
fn the_same_seed_has_the_same_trace() {
    for seed in [1, 2, 301] {
        let [one, other] = [(); 2].map(|()| run_seed(&Plan::of, seed, &Limits::default(), 0));
        assert_eq!(one, other, "seed {seed}");
    }
    let [one, other] = [1, 2].map(|seed| run_seed(&Plan::of, seed, &Limits::default(), 0).trace_hash);
    assert_ne!(one, other, "a trace that does not depend on the seed says nothing");
}

#[test]
fn what_is_taken_away_from_a_seed_is_gone() {
    let limits = Limits { sites: Some(3), faults: Some(vec![Fault::Loss]), ..Limits::default() };
    let outcome = run_seed(&Plan::of, 7, &limits, 0);
    assert_eq!((outcome.violation, outcome.sites), (None, 3));
    assert!(outcome.struck.keys().all(|fault| *fault == Fault::Loss), "{:?}", outcome.struck);
}

#[test]
fn generated_models_go_as_their_blocks_say() {
    for seed in 1..=200 {
        if let Err(deviation) = walk(seed, 10) {
            panic!("{deviation}");
        }
    }
}
