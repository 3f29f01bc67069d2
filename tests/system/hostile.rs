//! Callers that lie about who they are.

use std::io::Read as _;
use std::net::TcpStream;

use jiff::{Timestamp, ToSpan as _};
use rustls::{AlertDescription, ClientConnection};
use serde_json::Value;
use tessera::certificate::{self, Issued, Validity};
use tessera_tests::mailbox;
use tessera_tests::network::{Network, Party};

const PING: &str = "http://dsf.dev/bpe/Process/ping|1.0";
const PONG: &str = "http://dsf.dev/bpe/Process/pong|1.0";
const TASK_PING: &str = "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0";
const TASK_START_PING: &str = "http://dsf.dev/fhir/StructureDefinition/task-start-ping|1.0";

fn now() -> Timestamp {
    Timestamp::now()
}

fn issue(authority: &Issued, validity: Validity) -> Issued {
    certificate::issue(authority, "a.example", &[], validity).expect("the authority can issue")
}

/// The fatal alert that the site of `party` sends to a caller with this certificate [RFC 8446, 6.2]. The caller asks for nothing: in
/// TLS 1.3 its handshake is over before the server judges it, and a request could get in the alert's way.
fn alert(network: &Network, party: &Party, certificate: &Issued) -> Option<AlertDescription> {
    let mut socket = TcpStream::connect(party.address()).expect("the site listens");
    let configuration = network.presenting(certificate).config();
    let mut connection = ClientConnection::new(configuration, party.address().ip().into())
        .expect("the configuration is valid");
    let error = rustls::Stream::new(&mut connection, &mut socket).read(&mut [0]).expect_err("an alert");
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::AlertReceived(alert)) => Some(*alert),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_listed_is_refused() {
    let network = crate::network(&["a.example"]);
    let _sites = network.start();
    let a = &network.parties()[0];

    // Right authority, right name, but not the certificate that the allow list knows.
    let unlisted = network.stranger(&issue(network.authority(), Validity::days(now(), 1)));
    let answer = unlisted.get(a.base_url(), "Task").await.unwrap();
    assert_eq!(answer.status.as_u16(), 403);

    let other_authority = certificate::authority("Test CA", Validity::days(now(), 1)).unwrap();
    let foreign = issue(&other_authority, Validity::days(now(), 1));
    let over = Validity { not_before: now() - 48.hours(), not_after: now() - 24.hours() };
    let expired = issue(network.authority(), over);
    assert_eq!(alert(&network, a, &expired), Some(AlertDescription::CertificateExpired));
    assert_eq!(alert(&network, a, &foreign), Some(AlertDescription::DecryptError));

    // And the one that is listed gets in.
    assert!(a.client().get(a.base_url(), "Task").await.unwrap().status.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_in_the_name_of_another_is_refused() {
    let network = crate::network(&["a.example", "b.example", "c.example"]);
    let _a = network.party("a.example").start(tessera_tests::network::Roles::All);
    let cases = [
        ("requester forged", mailbox::task(TASK_PING, PONG, "ping", "c.example", "a.example", "forged")),
        ("for somebody else", mailbox::task(TASK_PING, PONG, "ping", "b.example", "c.example", "forged")),
        (
            "only the own organisation may",
            mailbox::task(TASK_START_PING, PING, "startPing", "b.example", "a.example", "forged"),
        ),
    ];
    for (name, task) in cases {
        let outcome = refusal(&network, &task).await;
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{name}: {outcome}");
        let said = outcome["issue"][0]["diagnostics"].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{name}: says why: {outcome}");
    }
    assert!(network.party("a.example").tasks().await.is_empty(), "nothing was kept");
}

/// What A's mailbox answers when B posts this.
async fn refusal(network: &Network, task: &Value) -> Value {
    let (a, b) = (network.party("a.example"), network.party("b.example"));
    let answer = b.client().create(a.base_url(), "Task", task, None).await.expect("A is up and trusts B");
    assert_eq!(answer.status.as_u16(), 403, "{}", answer.reason());
    answer.body
}
