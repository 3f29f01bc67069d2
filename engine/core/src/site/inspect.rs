//! What a stored row says, for those who look at a store from outside: the simulator's invariants. It reads what the
//! driver writes and decides nothing.

use std::sync::Arc;

use super::keys::{self, Due, Table};
use super::placement::InstanceKey;
use super::records::{Definition, Early, Inbox, Step, Stored as _, decode_instance, open_instance};
use crate::identity::{DefinitionKey, EffectSequence, InstanceId, Timestamp, WaitKey};
use crate::instance::{Fact, Instance};

/// A message that is kept for whoever will wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// `Task/<id>`.
    pub message: Arc<str>,
    /// The process that it is for.
    pub process_id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its conversation.
    pub business_key: Arc<str>,
    /// Tells parallel branches of a conversation apart.
    pub correlation_key: Option<Arc<str>>,
    /// When it is rejected if nobody has taken it. What came later expires later.
    pub expires: Timestamp,
}

/// One row of a site's store, as far as it is about an instance.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// The record of an instance.
    Instance {
        /// Which.
        id: InstanceId,
        /// Its state, and the bytes that it was read from; `None` when the row was deleted.
        record: Option<(Box<Instance>, Vec<u8>)>,
        /// Steps so far.
        steps: u64,
    },
    /// A step of its journal.
    Step {
        /// Whose.
        id: InstanceId,
        /// Position, from 0.
        number: u64,
        /// When it was decided.
        at: Timestamp,
        /// What set it off.
        cause: String,
        /// What followed.
        facts: Vec<Fact>,
    },
    /// The index entry of a wait that is due by itself.
    TimerIndex {
        /// Whose.
        id: InstanceId,
        /// Which.
        wait: WaitKey,
        /// When.
        due: Timestamp,
        /// Whether the entry is there now.
        present: bool,
    },
    /// The index entry of a wait for a message or signal.
    WaitIndex {
        /// Whose.
        id: InstanceId,
        /// Which.
        wait: WaitKey,
        /// Whether the entry is there now.
        present: bool,
    },
    /// The index entry of an effect that is not settled.
    OutboxIndex {
        /// Whose.
        id: InstanceId,
        /// Which.
        sequence: EffectSequence,
        /// Whether the entry is there now.
        present: bool,
    },
    /// What the site remembers of a message.
    Inbox {
        /// `Task/<id>`.
        message: String,
        /// Whether something is still to be done for it: it is not answered, or the answer is not settled.
        open: bool,
    },
    /// A message that came before anybody waited for it; `None` when the row was deleted.
    Early(Option<Kept>),
    /// A definition that the site remembers.
    Definition {
        /// Which.
        key: DefinitionKey,
        /// Position in the order of first deployments.
        sequence: u64,
        /// Whether new instances may use it.
        active: bool,
    },
    /// Something else.
    Other,
}

/// Reads one written row. `value` is `None` for a deletion. An error is a row that this program has not written.
pub fn read(key: &[u8], value: Option<&[u8]>) -> Result<Row, String> {
    let is = |table: Table| key.get(2) == Some(&(table as u8));
    let present = value.is_some();
    if is(Table::Instance) {
        let id = key_of(key)?.id();
        let Some(bytes) = value else { return Ok(Row::Instance { id, record: None, steps: 0 }) };
        let (header, encoded) = open_instance(bytes).map_err(|error| error.to_string())?;
        let instance = decode_instance(&encoded).map_err(|error| error.to_string())?;
        let record = Some((Box::new(instance), encoded.into_owned()));
        return Ok(Row::Instance { id, record, steps: header.steps });
    }
    if is(Table::Journal) {
        let Some(bytes) = value else { return Ok(Row::Other) };
        let step = Step::open(bytes).map_err(|error| error.to_string())?;
        let (instance, number) = keys::read_waiting(key).ok_or("a journal key is too short")?;
        return Ok(Row::Step {
            id: instance.id(),
            number: number.0,
            at: step.at,
            cause: step.cause,
            facts: step.facts,
        });
    }
    if is(Table::Timer) {
        return Ok(match keys::read_timer(key) {
            Some((due, Due::Wait { instance, wait } | Due::Continue { instance, wait })) => {
                Row::TimerIndex { id: instance.id(), wait, due, present }
            }
            Some((_, Due::Early | Due::Forget | Due::Start | Due::Kept | Due::Delete { .. })) => Row::Other,
            None => return Err("a timer row cannot be read".to_owned()),
        });
    }
    if is(Table::MessageWait) || is(Table::SignalWait) {
        let (instance, wait) = keys::read_waiting(key).ok_or("a wait row is too short")?;
        return Ok(Row::WaitIndex { id: instance.id(), wait, present });
    }
    if is(Table::Outbox) {
        let (instance, sequence) = keys::read_outbox(key).ok_or("an outbox row is too short")?;
        return Ok(Row::OutboxIndex { id: instance.id(), sequence, present });
    }
    if is(Table::Inbox)
        && let Some(message) = keys::read_inbox(key)
    {
        let entry = value.map(Inbox::open).transpose().map_err(|error| error.to_string())?;
        let open = entry.is_some_and(|entry| !entry.is_settled());
        return Ok(Row::Inbox { message: message.to_owned(), open });
    }
    if is(Table::Early) {
        let early = value.map(Early::open).transpose().map_err(|error| error.to_string())?;
        return Ok(Row::Early(early.map(|early| Kept {
            message: early.message,
            process_id: early.process_id,
            name: early.name,
            business_key: early.business_key,
            correlation_key: early.correlation_key,
            expires: early.expires,
        })));
    }
    if let (true, Some(bytes)) = (is(Table::Definition), value) {
        let Definition { key, sequence, deactivated, .. } =
            Definition::open(bytes).map_err(|error| error.to_string())?;
        return Ok(Row::Definition { key, sequence, active: !deactivated });
    }
    Ok(Row::Other)
}

/// The bytes of an instance as its record holds them.
pub fn encode(instance: &Instance) -> Vec<u8> {
    postcard::to_stdvec(instance).expect("instances hold nothing that postcard cannot write")
}

/// An instance from those bytes.
pub fn decode(bytes: &[u8]) -> Result<Instance, String> {
    decode_instance(bytes).map_err(|error| error.to_string())
}

fn key_of(key: &[u8]) -> Result<InstanceKey, String> {
    keys::read_instance(key).ok_or_else(|| "an instance key is too short".to_owned())
}
