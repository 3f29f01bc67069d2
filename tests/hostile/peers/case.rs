//! What a case is made of: a deed, how it must end, and the twin that must succeed.

use serde_json::Value;
use tessera_fhir::task::{Draft, build};
use tessera_fhir::{Identifier, Timestamp};

use super::certificates::Who;
use super::site::{LOCAL, PEER, Site};

/// In the content of every deed; never in the audit log.
pub(super) const SECRET: &str = "patient-4711";

pub(super) struct Case {
    pub(super) name: String,
    pub(super) deed: Deed,
    pub(super) ending: Expected,
    pub(super) twin: Deed,
}

type Bytes = Box<dyn Fn(&Site) -> Vec<u8>>;

/// Something that a caller does with one connection.
pub(super) struct Deed {
    pub(super) who: Who,
    pub(super) layer: Layer,
    /// What is sent, made when the site is there.
    pub(super) bytes: Bytes,
    pub(super) then: Then,
}

/// Below the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// TLS as everybody speaks it.
    Tls,
    /// TLS 1.2 at most.
    Tls12,
    /// TLS with only this protocol offered.
    Alpn(&'static [u8]),
    /// The bytes go onto the socket as they are.
    Socket,
}

/// What follows the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Reading until the other side closes.
    Read,
    /// Closing, in the middle of things.
    Leave,
}

/// How a deed ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Answer {
        status: u16,
        text: String,
    },
    /// Closed without an answer.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// An answer that names the code.
    Answer(u16, &'static str),
    /// An answer without a body.
    Bare(u16, &'static str),
    /// A WebSocket whose first message says no.
    Upgraded(&'static str),
    /// The connection ends without an answer.
    Closed(&'static str),
}

impl Expected {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Answer(_, code) | Self::Bare(_, code) | Self::Upgraded(code) | Self::Closed(code) => code,
        }
    }

    pub(super) fn fits(self, ending: &Ending) -> bool {
        match (self, ending) {
            (Self::Answer(expected, code), Ending::Answer { status, text }) => {
                expected == *status && text.contains(code) && text.contains("OperationOutcome")
            }
            (Self::Bare(expected, _), Ending::Answer { status, text }) => {
                expected == *status && text.ends_with("\r\n\r\n")
            }
            (Self::Upgraded(_), Ending::Answer { status: 101, text }) => text.ends_with("Forbidden"),
            (Self::Closed(_), Ending::Closed) => true,
            (Self::Answer(..) | Self::Bare(..) | Self::Upgraded(_) | Self::Closed(_), _) => false,
        }
    }
}

impl Deed {
    pub(super) fn new(who: Who, bytes: impl Fn(&Site) -> Vec<u8> + 'static) -> Self {
        Self { who, layer: Layer::Tls, bytes: Box::new(bytes), then: Then::Read }
    }

    pub(super) fn on(self, layer: Layer) -> Self {
        Self { layer, ..self }
    }

    pub(super) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// A request without a body.
pub(super) fn get(who: Who, path: &'static str) -> Deed {
    Deed::new(who, move |_| request(&format!("GET {path} HTTP/1.1"), b""))
}

/// A request with a body of JSON.
pub(super) fn send(who: Who, line: &'static str, body: impl Fn(&Site) -> String + 'static) -> Deed {
    Deed::new(who, move |site| json(line, body(site).as_bytes()))
}

/// The ping that the peer may send.
pub(super) fn legitimate() -> Deed {
    send(Who::Peer, "POST /fhir/Task", |site| ping(PEER, site.number()).to_string())
}

pub(super) fn json(line: &str, body: &[u8]) -> Vec<u8> {
    request(&format!("{line} HTTP/1.1\r\nContent-Type: application/fhir+json"), body)
}

/// A complete request, whose head begins so.
pub(super) fn request(head: &str, body: &[u8]) -> Vec<u8> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let mut bytes = format!("{head}\r\nHost: localhost\r\nConnection: close\r\n{length}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The ping of `requester`, as message number `number`, with something in it that is nobody's business.
pub(super) fn ping(requester: &str, number: u32) -> Value {
    let mut task = build(&Draft {
        profile: "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0".to_owned(),
        instantiates_canonical: "http://dsf.dev/bpe/Process/pong|1.0".to_owned(),
        message_name: "ping".to_owned(),
        business_key: Some(format!("{SECRET}-{number}")),
        correlation_key: Some(format!("correlation-{number}")),
        requester: requester.to_owned(),
        recipient: LOCAL.to_owned(),
        authored_on: Timestamp::UNIX_EPOCH,
        identifier: Identifier::new("urn:tessera:message", format!("{requester}-{number}")),
        additional_inputs: vec![],
    });
    task["description"] = serde_json::json!(SECRET);
    task
}
