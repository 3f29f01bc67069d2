//! What is stored under the keys: typed records in the store's envelope, each with a kind and a version of its own. A
//! new field is a new version here, beside a reader for the old one.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tessera_store::record;

use super::values::Digest;
use crate::calling::{Caller, Returned};
use crate::identity::{DefinitionKey, EffectSequence, Incarnation, InstanceId, Timestamp, WaitKey};
use crate::instance::{Fact, Instance, Repeat};
use crate::message::{Message, MessageStatus};

/// A stored record cannot be used. It stays where it is; what it belongs to stands still.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// The envelope says so.
    #[error(transparent)]
    Damaged(#[from] record::RecordError),
    /// Written by something else, or by a newer program.
    #[error("a stored {expected} has kind {kind} and version {version}; use the release that wrote it")]
    Foreign { expected: &'static str, kind: u8, version: u8 },
    /// The envelope is right but not what is in it.
    #[error("a stored {what} cannot be decoded: {detail}; use the release that wrote it")]
    Undecodable { what: &'static str, detail: String },
    /// A value that a record refers to is not in the store.
    #[error("a value of a stored instance is missing; restore the store from a backup")]
    ValueMissing,
}

/// A kind of record: its number in the envelope, its version, its name in messages.
struct Kind {
    number: u8,
    version: u8,
    name: &'static str,
}

/// A record that is stored as a whole.
pub(crate) trait Stored: Serialize + DeserializeOwned {
    /// Number, version, name.
    const KIND: (u8, u8, &'static str);
    /// What version 2 has behind the end of version 1, where there is nothing of it.
    const SINCE_VERSION_1: &'static [u8] = &[];

    fn seal(&self) -> Vec<u8> {
        let (number, version, _) = Self::KIND;
        let payload = postcard::to_stdvec(self).expect("records hold nothing that postcard cannot write");
        record::seal(number, version, &payload)
    }

    fn open(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (number, version, name) = Self::KIND;
        let decode = |bytes: &[u8]| postcard::from_bytes(bytes).map_err(|error| undecodable(name, &error));
        let record = record::open(bytes)?;
        if version == 2 && (record.kind, record.version) == (number, 1) {
            return decode(&[record.payload, Self::SINCE_VERSION_1].concat());
        }
        decode(payload(bytes, &Kind { number, version, name })?)
    }
}

/// What the whole site knows about its store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) shards: u16,
    pub(crate) incarnation: Incarnation,
}

impl Stored for Meta {
    const KIND: (u8, u8, &'static str) = (1, 1, "site record");
}

/// A definition that was deployed at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) key: DefinitionKey,
    /// Position in the order of first deployments: the highest of those that are deployed is the newest.
    pub(crate) sequence: u64,
    pub(crate) first_deployed_at: Timestamp,
    /// Since version 2.
    pub(crate) deactivated: bool,
}

impl Stored for Definition {
    const KIND: (u8, u8, &'static str) = (2, 2, "definition");
    const SINCE_VERSION_1: &'static [u8] = &[0];
}

/// A message by command that waits for its conversation to wait for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) identity: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) process_id: Option<Arc<str>>,
    pub(crate) business_key: Arc<str>,
    pub(crate) correlation_key: Option<Arc<str>>,
    #[serde(with = "crate::json")]
    pub(crate) keys: Vec<(Arc<str>, Arc<Value>)>,
    #[serde(with = "crate::json")]
    pub(crate) variables: Vec<(Arc<str>, Arc<Value>)>,
    pub(crate) expires: Timestamp,
}

impl Stored for Kept {
    const KIND: (u8, u8, &'static str) = (12, 1, "kept message");
}

/// The timers that start instances of a process, as its newest definition has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StartTimers {
    pub(crate) definition: DefinitionKey,
    pub(crate) timers: Vec<StartTimer>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StartTimer {
    pub(crate) element: Arc<str>,
    /// As the model has it.
    pub(crate) text: Arc<str>,
    /// `None` when it will not fire any more.
    pub(crate) due: Option<Timestamp>,
    pub(crate) repeat: Option<Repeat>,
}

impl StartTimers {
    /// The timer that is due next.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.timers.iter().filter_map(|timer| timer.due).min()
    }
}

impl Stored for StartTimers {
    const KIND: (u8, u8, &'static str) = (11, 1, "start timers");
}

/// The number of a shard's last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head(pub(crate) u64);

impl Stored for Head {
    const KIND: (u8, u8, &'static str) = (3, 1, "shard head");
}

/// One step of an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) cause: String,
    pub(crate) facts: Vec<Fact>,
}

impl Stored for Step {
    const KIND: (u8, u8, &'static str) = (5, 1, "journal step");
}

/// A message of the mailbox that the site has seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Inbox {
    /// An instance has it; its answer is that instance's matter.
    Taken { instance: InstanceId },
    /// Nobody took it; the answer is not settled yet.
    Rejected { reason: String, business_key: Option<Arc<str>> },
    /// It waits for its conversation to wait for it. The row in the early table is `early`.
    Buffered { message: Arc<Message>, early: Vec<u8> },
    /// Another shard decides about it.
    Handed { shard: u16 },
    /// Its answer is settled. Written before that answer was kept here.
    Ended,
    /// Its answer is settled: this one. Kept for a while after the mailbox has shown it as open for the last time.
    Answered { status: MessageStatus, error: Option<String>, until: Timestamp },
    /// The mailbox shows it as open although its answer was settled: the mailbox was restored from a backup, or refused the
    /// answer. This one is given once more, by the site itself.
    Again { status: MessageStatus, error: Option<String>, business_key: Option<Arc<str>> },
}

/// An answer that the site itself gives, without an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnAnswer<'a> {
    pub(crate) status: MessageStatus,
    pub(crate) error: Option<&'a str>,
    /// The message's own key.
    pub(crate) business_key: Option<&'a str>,
}

impl Inbox {
    /// The answer that the site itself is to give, without an instance.
    pub(crate) fn own_answer(&self) -> Option<OwnAnswer<'_>> {
        match self {
            Self::Rejected { reason, business_key } => Some(OwnAnswer {
                status: MessageStatus::Failed,
                error: Some(reason),
                business_key: business_key.as_deref(),
            }),
            Self::Again { status, error, business_key } => Some(OwnAnswer {
                status: *status,
                error: error.as_deref(),
                business_key: business_key.as_deref(),
            }),
            Self::Taken { .. }
            | Self::Buffered { .. }
            | Self::Handed { .. }
            | Self::Ended
            | Self::Answered { .. } => None,
        }
    }

    /// Whether nothing is to be done for the message any more.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self, Self::Ended | Self::Answered { .. })
    }
}

impl Stored for Inbox {
    const KIND: (u8, u8, &'static str) = (6, 1, "inbox entry");
}

/// Enough of an early message to correlate it; the message itself is in its inbox entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Early {
    pub(crate) message: Arc<str>,
    pub(crate) process_id: Arc<str>,
    pub(crate) name: Arc<str>,
    pub(crate) correlation_key: Option<Arc<str>>,
    pub(crate) business_key: Arc<str>,
    pub(crate) expires: Timestamp,
}

impl Stored for Early {
    const KIND: (u8, u8, &'static str) = (7, 1, "early message");
}

/// A rejected message whose sender is still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rejection {
    pub(crate) message: Arc<str>,
}

impl Stored for Rejection {
    const KIND: (u8, u8, &'static str) = (10, 1, "rejection");
}

/// The row that a timer of the site itself is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About(pub(crate) Vec<u8>);

impl Stored for About {
    const KIND: (u8, u8, &'static str) = (9, 1, "timer");
}

/// Durable input from another shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Crossing {
    /// Everybody who waits for it here is told, one instance after the other; those up to `told` have been.
    Signal {
        name: Arc<str>,
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
        told: Option<InstanceId>,
    },
    /// A message that named an instance of this shard by its alternative business key.
    Message { message: Arc<Message>, instance: InstanceId },
    /// An instance calls a process.
    Call(Box<Call>),
    /// An instance does not need one that it called, by this effect.
    Release { called: InstanceId, by: InstanceId, call: EffectSequence },
    /// A called instance tells its caller.
    Return {
        caller: InstanceId,
        wait: WaitKey,
        returned: Returned,
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// A signal that an instance threw: what waited in that very instance has heard it.
    Thrown {
        name: Arc<str>,
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
        told: Option<InstanceId>,
        thrower: InstanceId,
    },
    /// Instances that a signal starts are started, those of the processes that live here, up to `started` so far; then it
    /// becomes a [`Crossing::Signal`], or a [`Crossing::Thrown`] if an instance threw it.
    Broadcast {
        name: Arc<str>,
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
        started: Option<(Arc<str>, Arc<str>)>,
        thrower: Option<InstanceId>,
    },
    /// A message by command for one who waits for it.
    Delivery {
        instance: InstanceId,
        wait: WaitKey,
        name: Arc<str>,
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
}

/// A call that is to be heeded: everything about the new instance was decided by its caller's shard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) id: InstanceId,
    pub(crate) definition: DefinitionKey,
    pub(crate) at: Arc<str>,
    pub(crate) business_key: Arc<str>,
    pub(crate) caller: Caller,
    #[serde(with = "crate::json")]
    pub(crate) variables: Vec<(Arc<str>, Arc<Value>)>,
}

impl Stored for Crossing {
    const KIND: (u8, u8, &'static str) = (8, 1, "crossing");
}

const INSTANCE: Kind = Kind { number: 4, version: 2, name: "instance" };
/// What version 2 has behind the end of version 1, where there is nothing of it: each absent or empty.
const SINCE_VERSION_1: [u8; 4] = [0; 4];

/// What stands before the instance in its record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InstanceHeader {
    /// Steps so far: the number of the next one.
    pub(crate) steps: u64,
    /// Values that live beside the record.
    pub(crate) beside: Vec<Digest>,
}

/// The record of an instance whose large values were already put aside.
pub(crate) fn seal_instance(header: &InstanceHeader, instance: &Instance) -> Vec<u8> {
    let payload =
        postcard::to_stdvec(&(header, instance)).expect("instances hold nothing that postcard cannot write");
    record::seal(INSTANCE.number, INSTANCE.version, &payload)
}

/// The header of an instance's record, and the bytes of the instance.
pub(crate) fn open_instance(bytes: &[u8]) -> Result<(InstanceHeader, Cow<'_, [u8]>), Unreadable> {
    let record = record::open(bytes)?;
    let is_old = (record.kind, record.version) == (INSTANCE.number, 1);
    let payload = if is_old { record.payload } else { payload(bytes, &INSTANCE)? };
    let (header, instance): (_, &[u8]) =
        postcard::take_from_bytes(payload).map_err(|error| undecodable(INSTANCE.name, &error))?;
    let instance = if is_old { [instance, &SINCE_VERSION_1].concat().into() } else { instance.into() };
    Ok((header, instance))
}

/// The instance itself, with references where values live beside it.
pub(crate) fn decode_instance(bytes: &[u8]) -> Result<Instance, Unreadable> {
    postcard::from_bytes(bytes).map_err(|error| undecodable(INSTANCE.name, &error))
}

fn payload<'bytes>(bytes: &'bytes [u8], expected: &Kind) -> Result<&'bytes [u8], Unreadable> {
    let record = record::open(bytes)?;
    if (record.kind, record.version) == (expected.number, expected.version) {
        Ok(record.payload)
    } else {
        Err(Unreadable::Foreign { expected: expected.name, kind: record.kind, version: record.version })
    }
}

fn undecodable(what: &'static str, error: &postcard::Error) -> Unreadable {
    Unreadable::Undecodable { what, detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These bytes are in stores out there.
    #[test]
    fn golden_bytes_stay_decodable() {
        let meta = Meta { shards: 16, incarnation: Incarnation("abc".into()) };
        let sealed = meta.seal();
        assert_eq!(sealed[4..], [1, 1, 16, 3, b'a', b'b', b'c']);
        assert_eq!(Meta::open(&sealed), Ok(meta));
        let early = Early {
            message: "m".into(),
            process_id: "p".into(),
            name: "n".into(),
            correlation_key: Some("c".into()),
            business_key: "b".into(),
            expires: Timestamp(300),
        };
        let sealed = early.seal();
        assert_eq!(sealed[4..], [7, 1, 1, b'm', 1, b'p', 1, b'n', 1, 1, b'c', 1, b'b', 0xac, 0x02]);
        assert_eq!(Early::open(&sealed), Ok(early));
        assert_eq!(Inbox::Ended.seal()[4..], [6, 1, 4]);
        assert_eq!(Head(5).seal()[4..], [3, 1, 5]);
        let key = DefinitionKey { process_id: "p".into(), version: "1".into(), digest: "d".into() };
        let definition =
            Definition { key, sequence: 7, first_deployed_at: Timestamp(300), deactivated: false };
        let version_1 = record::seal(2, 1, &[1, b'p', 1, b'1', 1, b'd', 7, 0xac, 0x02]);
        assert_eq!(Definition::open(&version_1), Ok(definition.clone()));
        let sealed = Definition { deactivated: true, ..definition }.seal();
        assert_eq!(sealed[4..], [2, 2, 1, b'p', 1, b'1', 1, b'd', 7, 0xac, 0x02, 1]);
    }

    #[test]
    fn other_records_and_damage_are_told_apart() {
        let head = Head(5).seal();
        assert!(matches!(Meta::open(&head), Err(Unreadable::Foreign { kind: 3, version: 1, .. })));
        let mut damaged = head;
        *damaged.last_mut().unwrap() ^= 1;
        assert!(matches!(Head::open(&damaged), Err(Unreadable::Damaged(_))));
        assert!(matches!(Head::open(&[]), Err(Unreadable::Damaged(_))));
    }
}
