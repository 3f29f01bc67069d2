//! The whole plugin in a network: three hospitals in virtual time, one of them away, and histories full of faults.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what is missing is a failure")]

use std::time::Duration;

use tessera_plugin_sdk::testing::Federation;
use tessera_plugin_sdk::testing::federation::{End, Instance};

const PING: &str = "http://dsf.dev/fhir/CodeSystem/ping";
const OTHERS: [&str; 2] = ["hospital-b.example", "hospital-c.example"];
const SEEDS: u64 = 5;

/// Hospital A pings the two others.
fn federation() -> Federation {
    let plugins = [tessera_example_plugins::PING_PONG];
    let own = Federation::new().organization("hospital-a.example", &plugins);
    let all = OTHERS.iter().fold(own, |federation, other| federation.organization(other, &plugins));
    all.start("hospital-a.example", "dsfdev_ping", "startPing")
}

fn ping(end: &End) -> &Instance {
    let [ping] = of(end, "dsfdev_ping")[..] else { panic!("there is one ping: {end:#?}") };
    ping
}

fn of<'a>(end: &'a End, process: &str) -> Vec<&'a Instance> {
    end.instances.iter().filter(|instance| instance.process == process).collect()
}

#[test]
fn everybody_answers() {
    let end = federation().run(1).unwrap();
    assert_eq!((ping(&end).completed("note-pong"), ping(&end).status), (2, "completed"));
    assert_eq!(of(&end, "dsfdev_pong").len(), 2);
    assert!(end.messages.iter().all(|message| message.status == "completed"), "{:#?}", end.messages);
}

#[test]
fn only_those_are_pinged_that_the_search_finds() {
    let query = "Endpoint?status=active&identifier=http://dsf.dev/sid/endpoint-identifier|endpoint.hospital-c.example";
    let end = federation().input(PING, "target-endpoints", query).run(1).unwrap();
    let pongs = of(&end, "dsfdev_pong");
    assert_eq!(pongs.iter().map(|pong| &*pong.organization).collect::<Vec<_>>(), ["hospital-c.example"]);
}

#[test]
fn a_site_that_is_away_for_an_hour_is_pinged_when_it_is_back() {
    let hour = Duration::from_hours(1);
    let end = federation().offline("hospital-b.example", Duration::ZERO, hour).run(1).unwrap();
    // The ping waits until it is delivered, and only then for the pong.
    assert_eq!(ping(&end).completed("note-pong"), 2, "{:#?}", ping(&end).way);
}

#[test]
fn a_pong_that_is_lost_is_silence() {
    let (from, to) = ("hospital-b.example", "hospital-a.example");
    let end = federation().lost(from, to, Duration::ZERO, Duration::from_mins(10)).run(1).unwrap();
    assert_eq!((ping(&end).completed("note-pong"), ping(&end).completed("note-silence")), (1, 1));
}

#[test]
fn whatever_strikes_each_site_is_asked_and_answers_once() {
    let federation = federation().all_faults();
    for seed in 1..=SEEDS {
        let end = federation.run(seed).unwrap();
        let ways: [usize; 3] =
            ["note-pong", "note-silence", "note-failure"].map(|way| ping(&end).completed(way));
        assert_eq!(ways.iter().sum::<usize>(), OTHERS.len(), "seed {seed}: {:?}", ping(&end).way);
        assert_eq!(of(&end, "dsfdev_pong").len(), OTHERS.len(), "seed {seed}");
    }
}
