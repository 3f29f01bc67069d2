//! Strangers at a real site: while they hold as many connections as they can, a listed peer is served on new connections, one
//! after the other, and none of them stays. What they cost is measured by `tessera bench`.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use tessera::bench::Crowd;
use tessera::certificate::{self, Validity};
use tessera::client::TlsIdentity;
use tessera_tests::network::Roles;

/// More than the site lets be open at one time.
const STRANGERS: usize = tessera_mailbox::limits::HANDSHAKES_MAX + 100;
const REQUESTS: usize = 50;
/// The promise.
const STAY_MAX: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn strangers_keep_nobody_from_being_served_and_have_to_go() {
    let network = crate::network(&["a.example", "b.example"]);
    let (a, b) = (network.party("a.example"), network.party("b.example"));
    let _site = a.start(Roles::Mailbox);
    let address = a.base_url().trim_start_matches("https://").trim_end_matches("/fhir");
    let address: SocketAddr = address.parse().expect("the base url has an address");
    let validity = Validity::days(Timestamp::now(), 1);
    let unlisted =
        certificate::issue(network.authority(), "x.example", &[], validity).expect("can be issued");
    let roots = network.authority().credentials().expect("made by this harness");
    let credentials = unlisted.credentials().expect("just issued");
    let identity = TlsIdentity::new(&credentials, roots.chain()).expect("the certificate can be presented");

    let crowd = Crowd::gather(address, &identity, STRANGERS);
    crowd.is_there().await;
    let before = crowd.connections();
    for _ in 0..REQUESTS {
        let answer = b.new_client().get(a.base_url(), "Task?_count=1").await;
        let answer = answer.expect("an honest peer is answered");
        assert!(answer.status.is_success(), "{}", answer.reason());
    }
    // All of them had to go once, and came back.
    while crowd.connections() < before + STRANGERS {
        tokio::task::yield_now().await;
    }
    let longest = crowd.disperse().await;
    assert!(longest < STAY_MAX, "a stranger stayed for {longest:?}");
}
