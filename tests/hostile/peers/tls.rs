//! What TLS lets a caller try: certificates that are none, the wrong ones, or somebody else's; other protocols; and patience.

use super::case::{Case, Deed, Expected, Layer, Then, get, legitimate};
use super::certificates::Who;

const REFUSED: Expected = Expected::Closed("F1304");
const TOO_SLOW: Expected = Expected::Closed("F1305");
const NOT_LISTED: Expected = Expected::Bare(403, "F1301");

/// Each certificate, on TLS 1.3 and 1.2, and how it ends.
const CERTIFICATES: [(&str, Who, Expected); 12] = [
    ("no certificate", Who::Nobody, REFUSED),
    ("self-signed certificate", Who::SelfSigned, REFUSED),
    ("an authority that only has the right name", Who::Impostor, REFUSED),
    ("expired certificate", Who::Expired, REFUSED),
    ("certificate that is not valid yet", Who::NotYetValid, REFUSED),
    ("certificate for servers only", Who::ServerOnly, REFUSED),
    ("listed certificate with another key", Who::Stolen, REFUSED),
    ("chain of 121 certificates", Who::LongChain, REFUSED),
    ("key of 1024 bits", Who::WeakKey, REFUSED),
    ("the authority's own certificate", Who::Authority, REFUSED),
    ("right authority and name, not listed", Who::Unlisted, NOT_LISTED),
    ("listed, but not active", Who::Inactive, NOT_LISTED),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (layer, version) in [(Layer::Tls, "TLS 1.3"), (Layer::Tls12, "TLS 1.2")] {
        for (name, who, ending) in CERTIFICATES {
            cases.push(Case {
                name: format!("{version}: {name}"),
                deed: get(who, "/fhir/metadata").on(layer),
                ending,
                twin: legitimate().on(layer),
            });
        }
    }
    let mut case = |name: &str, ending, deed: Deed| {
        cases.push(Case { name: name.to_owned(), deed, ending, twin: legitimate() });
    };
    let raw = |bytes: Vec<u8>| Deed::new(Who::Nobody, move |_| bytes.clone()).on(Layer::Socket);
    case(
        "HTTP without TLS",
        REFUSED,
        raw(b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec()),
    );
    case("TLS 1.0", REFUSED, raw(client_hello(1)));
    case("TLS 1.1", REFUSED, raw(client_hello(2)));
    case("SSL 3.0", REFUSED, raw(client_hello(0)));
    case("SSL 2.0", REFUSED, raw(vec![0x80, 0x2e, 0x01, 0x00, 0x02, 0x00, 0x15, 0x00, 0x00, 0x00, 0x10]));
    case(
        "random bytes",
        REFUSED,
        raw((0..4096_u32).map(|at| at.wrapping_mul(167).to_le_bytes()[1]).collect()),
    );
    case("record of 65,535 bytes", REFUSED, raw(vec![0x16, 0x03, 0x01, 0xff, 0xff, 0x01]));
    case("endless ClientHello", REFUSED, raw(endless_client_hello()));
    case("silence", TOO_SLOW, raw(Vec::new()));
    case("half a ClientHello, then silence", TOO_SLOW, raw(client_hello(3)[..40].to_vec()));
    case("connection closed at once", REFUSED, raw(Vec::new()).then(Then::Leave));
    let only = |protocol| get(Who::Peer, "/fhir/metadata").on(Layer::Alpn(protocol));
    case("only HTTP/2 offered", REFUSED, only(b"h2"));
    case("only an unknown protocol offered", REFUSED, only(b"smtp"));
    cases
}

/// A ClientHello of an old version: `3.minor`, two old cipher suites, no extensions.
fn client_hello(minor: u8) -> Vec<u8> {
    let mut body = vec![3, minor];
    body.extend_from_slice(&[7; 32]);
    body.extend_from_slice(&[0, 0, 4, 0x00, 0x2f, 0xc0, 0x13, 1, 0]);
    let length = u8::try_from(body.len()).expect("a small message");
    let mut record = vec![0x16, 3, minor, 0, length + 4, 1, 0, 0, length];
    record.extend_from_slice(&body);
    record
}

/// A handshake message that says 16 MiB and comes in full records, far more of them than anybody needs.
fn endless_client_hello() -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in 0..64 {
        bytes.extend_from_slice(&[0x16, 3, 1, 0x40, 0x00]);
        let mut record = vec![0; 0x4000];
        if number == 0 {
            record[..4].copy_from_slice(&[1, 0xff, 0xff, 0xff]);
        }
        bytes.extend_from_slice(&record);
    }
    bytes
}
