//! Ping-pong between organisations, with the roles of a site together and apart.

use std::collections::BTreeMap;

use tessera_tests::network::{Network, Party, Roles};
use tessera_tests::ping::Ping;

const NAMES: [&str; 3] = ["a.example", "b.example", "c.example"];

#[tokio::test(flavor = "multi_thread")]
async fn three_sites_ping_each_other() {
    let network = crate::network(&NAMES);
    let sites = network.start();
    ping_each_other(&network).await;
    assert_no_instance_is_left(&network, Roles::All);
    for site in sites {
        assert!(site.terminate().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mailbox_and_engine_may_be_two_processes() {
    let network = crate::network(&NAMES[..2]);
    let mailboxes: Vec<_> = network.parties().iter().map(|party| party.start(Roles::Mailbox)).collect();
    let engines: Vec<_> = network.parties().iter().map(|party| party.start(Roles::Engine)).collect();
    ping_each_other(&network).await;
    assert_no_instance_is_left(&network, Roles::Engine);
    for process in engines.into_iter().chain(mailboxes) {
        assert!(process.terminate().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_was_away_finds_what_came_meanwhile() {
    let network = crate::network(&NAMES[..2]);
    let [a, b] = network.parties() else { unreachable!("two names, two parties") };
    let _a = a.start(Roles::All);
    let _mailbox = b.start(Roles::Mailbox);
    // Once, so that the mailbox knows which processes are played here.
    b.start(Roles::Engine).kill();
    let ping = Ping::start(a, "before-the-engine").await;
    let _engine = b.start(Roles::Engine);
    assert_eq!(ping.results().await, received([b.name()]));
}

async fn ping_each_other(network: &Network) {
    let mut pings = Vec::new();
    for party in network.parties() {
        pings.push(Ping::start(party, party.name()).await);
    }
    for (party, ping) in network.parties().iter().zip(&pings) {
        let others = network.parties().iter().map(Party::name).filter(|name| *name != party.name());
        assert_eq!(ping.results().await, received(others), "{} pings", party.name());
    }
    for party in network.parties() {
        for (message, statuses) in party.messages().await {
            assert_eq!(statuses, ["completed"], "{message} at {}", party.name());
        }
    }
}

/// What a ping process says when everybody has answered.
pub(crate) fn received<'n>(names: impl IntoIterator<Item = &'n str>) -> BTreeMap<String, String> {
    names.into_iter().map(|name| (name.to_owned(), "pong-received".to_owned())).collect()
}

fn assert_no_instance_is_left(network: &Network, roles: Roles) {
    for party in network.parties() {
        let running = party.ask(roles, &["instance", "list", "--running"]);
        assert_eq!(running, serde_json::json!([]), "at {}", party.name());
    }
}
