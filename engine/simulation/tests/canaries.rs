//! Plants each bug in turn and lets the campaign look for it. Not part of the ordinary tests, because no ordinary build has
//! the bugs: `cargo test --release -p tessera-simulation --features canaries --test canaries`.

use tessera_simulation::campaign::{Order, Watch, run};
use tessera_simulation::canary::Canary;
use tessera_simulation::plan::{Limits, Plan};

/// Within so many seeds each must be found.
const SEEDS: u64 = 1_000;

#[test]
fn each_planted_bug_is_found() {
    let mut silent = Vec::new();
    for canary in Canary::ALL.iter().copied() {
        let order = Order {
            first: 1,
            seeds: SEEDS,
            limits: Limits::default(),
            threads: None,
            shrinks: false,
            canary: Some(canary),
        };
        let report = run(&Plan::of, &order, Watch::nobody()).unwrap();
        let violation = report.failure.as_ref().and_then(|failure| failure.outcome.violation.as_ref());
        match (&report.failure, violation) {
            (Some(failure), Some(violation)) => {
                println!("{:<20} seed {:>4}: {violation}", canary.name(), failure.seed);
            }
            _ if !report.never_met.is_empty() => {
                println!("{:<20} never met: {}", canary.name(), report.never_met.join("; "));
            }
            _ => silent.push(canary.name()),
        }
    }
    assert!(silent.is_empty(), "{SEEDS} seeds do not find {silent:?}");
}
