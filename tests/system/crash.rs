//! `kill -9` at any moment: what was acknowledged still happens, and happens once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tessera_tests::chance::Chance;
use tessera_tests::network::Roles;
use tessera_tests::ping::Ping;

use crate::federation::received;

const NAMES: [&str; 3] = ["a.example", "b.example", "c.example"];
const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_site_loses_nothing_and_does_nothing_twice() {
    let mut chance = Chance::new();
    let network = crate::network(&NAMES);
    let mut sites = network.start();

    // An undisturbed round shows how long a conversation takes; the kills are spread over that time and a bit more.
    let mut longest = Duration::ZERO;
    for round in 0..=KILLS {
        let started = Instant::now();
        let mut pings = Vec::new();
        for party in network.parties() {
            pings.push(Ping::start(party, &format!("round-{round}-{}", party.name())).await);
        }
        if round > 0 {
            let victim = chance.below(sites.len());
            // Not a wait for something, but the random moment itself.
            tokio::time::sleep(chance.duration(longest)).await;
            sites[victim].kill();
            sites[victim] = network.parties()[victim].start(Roles::All);
        }
        for (party, ping) in network.parties().iter().zip(&pings) {
            let others = NAMES.into_iter().filter(|name| *name != party.name());
            assert_eq!(ping.results().await, received(others), "round {round}, {} pings", party.name());
        }
        if round == 0 {
            longest = started.elapsed() * 5 / 4;
        }
    }

    for party in network.parties() {
        let messages = party.messages().await;
        for (message, statuses) in &messages {
            assert_eq!(*statuses, ["completed"], "{message} at {}", party.name());
        }
        // One start, two pings and two pongs in each round.
        assert_eq!(messages.len(), 5 * (KILLS + 1), "at {}", party.name());

        let listed = party.ask(Roles::All, &["instance", "list", "--limit", "1000"]);
        let mut instances: BTreeMap<String, usize> = BTreeMap::new();
        for instance in listed.as_array().expect("a list") {
            assert_eq!(instance["state"], "completed", "{instance} at {}", party.name());
            *instances
                .entry(format!("{} {}", instance["process_id"], instance["business_key"]))
                .or_default() += 1;
        }
        assert_eq!(instances.len(), 3 * (KILLS + 1), "one ping, two pongs in each round");
        let twice: Vec<_> = instances.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?} at {}", party.name());
    }
}
