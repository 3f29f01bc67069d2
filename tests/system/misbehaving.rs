//! Plugins that break every rule: each becomes an incident that says so, and nobody else notices.

use std::collections::BTreeMap;
use std::time::Duration;

use tessera_tests::network::{Network, Party, Roles};
use tessera_tests::ping::Ping;
use tessera_tests::{MISBEHAVING, mailbox};
use tokio::time::{Instant, interval};

use crate::federation::received;

const PROCESS: &str = "http://test.tessera/bpe/Process/misbehave|1.0";
const PROFILE: &str = "http://test.tessera/fhir/StructureDefinition/task-misbehave|1.0";
/// The longest sin retries twice before it gives up.
const DEADLINE: Duration = Duration::from_mins(2);

/// The sin, which is the name of the start message and of the element; the code of its incident; what is said about it.
const SINS: [(&str, &str, &str); 13] = [
    ("loop-forever", "W103", "computed for more than 500 ms"),
    ("pester-the-host", "W103", "computed for more than 500 ms"),
    ("eat-memory", "W105", "the limit is 32 MiB"),
    ("flood-the-log", "W106", "it logged more than"),
    ("hoard-a-value", "W106", "of variables and outputs"),
    ("recurse-deeply", "W106", "called itself until its call stack was exhausted"),
    ("panic-with-message", "W102", "panicked: the cat is on the keyboard"),
    ("panic-while-preparing", "W102", "panicked: no message today"),
    ("divide-by-zero", "W102", "panicked: attempt to divide by zero"),
    ("trap", "W102", "trapped: wasm `unreachable` instruction executed"),
    ("fail", "W101", "the answer is no number"),
    ("fail-for-good", "W101", "this will never work"),
    ("throw-uncaught-error", "P503", "nobody expects this"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_sin_is_an_incident_in_plain_words_and_the_others_go_on() {
    let plugins = [("ping-pong", tessera_example_plugins::PING_PONG), ("misbehaving", MISBEHAVING)];
    let network = Network::new(crate::program(), &["a.example", "b.example"], &plugins);
    let _sites = network.start();
    let [a, b] = network.parties() else { unreachable!("two names, two parties") };

    let mut tasks = BTreeMap::new();
    for (sin, _, _) in SINS {
        tasks.insert(sin, sin_at(a, sin).await);
    }
    // While those sin, others work: the same plugin, and another one.
    let good = sin_at(a, "do-nothing").await;
    let ping = Ping::start(a, "among-sinners").await;
    a.until(&good, &["completed"]).await;
    assert_eq!(ping.results().await, received([b.name()]));

    let instances = with_incidents(a).await;
    let mut wrong = Vec::new();
    for (sin, code, words) in SINS {
        let explained = a.tell(Roles::All, &["instance", "explain", &instances[sin]]);
        if ![sin, code, words].iter().all(|expected| explained.contains(expected)) {
            wrong.push(format!("{sin}: {code} and {words:?} expected in\n{explained}"));
        }
        // An incident leaves the decision to the operator; until then the sender is told nothing.
        let task = a.until(&tasks[sin], &["in-progress", "completed", "failed"]).await;
        if task["status"] != "in-progress" {
            wrong.push(format!("{sin}: the Task is {}", task["status"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Makes the site commit a sin; its `Task/id`.
async fn sin_at(party: &Party, sin: &str) -> String {
    party.post(&mailbox::task(PROFILE, PROCESS, sin, party.name(), party.name(), sin)).await
}

/// Instances that wait for an operator, by business key, once all sins have come to that.
async fn with_incidents(party: &Party) -> BTreeMap<String, String> {
    let deadline = Instant::now() + DEADLINE;
    let mut look = interval(Duration::from_millis(200));
    loop {
        look.tick().await;
        let listed = party.ask(Roles::All, &["instance", "list", "--running"]);
        let rows = listed.as_array().expect("a list of instances").iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let instances: BTreeMap<_, _> = rows
            .filter(|row| row["incidents"].as_u64().is_some_and(|count| count > 0))
            .map(|row| (text(&row["business_key"]), text(&row["instance"])))
            .collect();
        if SINS.iter().all(|(sin, _, _)| instances.contains_key(*sin)) {
            return instances;
        }
        assert!(Instant::now() < deadline, "not every sin became an incident: {listed:#}");
    }
}
