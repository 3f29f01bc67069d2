//! Where everything lives in the ordered store: shard first, then the table, then what one looks it up by. Texts from
//! outside are bounded: a long one is represented by its digest.

use sha2::{Digest as _, Sha256};
use tessera_canary::{Canary, is_planted};

use super::placement::InstanceKey;
use crate::identity::{DefinitionKey, EffectSequence, IncidentKey, Timestamp, WaitKey};

/// The number in a key after the shard. Numbers are forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Table {
    /// Site-wide: number of shards, incarnation.
    Meta = 1,
    /// Site-wide: definitions in the order of their first deployment.
    Definition = 2,
    /// The number of the shard's last commit.
    Head = 3,
    /// Instance records.
    Instance = 4,
    /// Facts of each step of an instance.
    Journal = 5,
    /// Large values of an instance.
    Value = 6,
    /// What is due when.
    Timer = 7,
    /// Who waits for which message.
    MessageWait = 8,
    /// Who waits for which signal.
    SignalWait = 9,
    /// Which instances of a conversation are alive.
    Alive = 10,
    /// The same by alternative business key; written by the instance's shard into the alternative key's.
    Alias = 11,
    /// Messages of the mailbox that were taken.
    Inbox = 12,
    /// Messages that came before anybody waited for them.
    Early = 13,
    /// Effects that are not settled.
    Outbox = 14,
    /// Rejected messages whose answer is not settled.
    Rejection = 15,
    /// Open incidents.
    Incident = 16,
    /// Durable input from another shard; written by that one.
    Crossing = 17,
    /// Timers that start instances, by process.
    StartTimers = 18,
    /// Messages by command that wait for a conversation to wait for them.
    Kept = 19,
}

/// The shard of the site-wide tables; [`crate::limits::SHARDS_MAX`] stays below.
const SITE: u16 = u16::MAX;

/// Longest text that stands in a key as it is.
const TEXT_BYTES_MAX: usize = 200;
/// Takes the place of a length that is not there.
const DIGESTED: u16 = u16::MAX;

/// What a timer row wakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
    /// A wait of an instance.
    Wait { instance: InstanceKey, wait: WaitKey },
    /// An early message expires.
    Early,
    /// A taken message is forgotten.
    Forget,
    /// A process is started.
    Start,
    /// A message by command expires.
    Kept,
    /// An ended instance is deleted.
    Delete { instance: InstanceKey },
    /// An asynchronous continuation of an instance.
    Continue { instance: InstanceKey, wait: WaitKey },
}

const DUE_WAIT: u8 = 1;
const DUE_EARLY: u8 = 2;
const DUE_FORGET: u8 = 3;
const DUE_START: u8 = 4;
const DUE_DELETE: u8 = 5;
const DUE_CONTINUE: u8 = 6;
const DUE_KEPT: u8 = 7;

pub(crate) fn meta() -> Vec<u8> {
    table(SITE, Table::Meta)
}

pub(crate) fn definition(key: &DefinitionKey) -> Vec<u8> {
    let mut bytes = table(SITE, Table::Definition);
    for part in [&key.process_id, &key.version, &key.digest] {
        text(&mut bytes, part);
    }
    bytes
}

pub(crate) fn definitions() -> Vec<u8> {
    table(SITE, Table::Definition)
}

/// The prefix of all rows of a table in a shard.
pub(crate) fn table(shard: u16, table: Table) -> Vec<u8> {
    let [high, low] = shard.to_be_bytes();
    let mut bytes = Vec::with_capacity(64);
    bytes.extend([high, low, table as u8]);
    bytes
}

pub(crate) fn head(shard: u16) -> Vec<u8> {
    table(shard, Table::Head)
}

pub(crate) fn instance(key: InstanceKey) -> Vec<u8> {
    of_instance(Table::Instance, key)
}

/// The prefix of all steps of an instance.
pub(crate) fn journal(key: InstanceKey) -> Vec<u8> {
    of_instance(Table::Journal, key)
}

pub(crate) fn journal_step(key: InstanceKey, step: u64) -> Vec<u8> {
    number(journal(key), step)
}

pub(crate) fn is_journal(key: &[u8]) -> bool {
    key.get(2) == Some(&(Table::Journal as u8))
}

pub(crate) fn value(key: InstanceKey, digest: &[u8; 32]) -> Vec<u8> {
    let mut bytes = of_instance(Table::Value, key);
    bytes.extend(digest);
    bytes
}

pub(crate) fn timer_of_wait(due: Timestamp, key: InstanceKey, wait: WaitKey) -> Vec<u8> {
    let mut bytes = number(table(key.shard(), Table::Timer), due.0);
    bytes.push(DUE_WAIT);
    bytes.extend(key.0);
    number(bytes, wait.0)
}

pub(crate) fn timer_of_continuation(due: Timestamp, key: InstanceKey, wait: WaitKey) -> Vec<u8> {
    let mut bytes = number(table(key.shard(), Table::Timer), due.0);
    bytes.push(DUE_CONTINUE);
    bytes.extend(key.0);
    number(bytes, wait.0)
}

pub(crate) fn timer_of_deletion(due: Timestamp, key: InstanceKey) -> Vec<u8> {
    let mut bytes = number(table(key.shard(), Table::Timer), due.0);
    bytes.push(DUE_DELETE);
    with_instance(bytes, key)
}

pub(crate) fn timer_of_start(shard: u16, due: Timestamp, process: &str) -> Vec<u8> {
    timer_of_message(shard, due, DUE_START, process)
}

pub(crate) fn start_timers(shard: u16, process: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::StartTimers);
    text(&mut bytes, process);
    bytes
}

/// The prefix of the messages by command that wait for a conversation, oldest first.
pub(crate) fn kept(shard: u16, business_key: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Kept);
    text(&mut bytes, business_key);
    bytes
}

pub(crate) fn kept_message(shard: u16, business_key: &str, at: Timestamp, identity: &str) -> Vec<u8> {
    let mut bytes = number(kept(shard, business_key), at.0);
    text(&mut bytes, identity);
    bytes
}

pub(crate) fn timer_of_kept(shard: u16, due: Timestamp, identity: &str) -> Vec<u8> {
    timer_of_message(shard, due, DUE_KEPT, identity)
}

/// The prefix of all waits for a message of a process, whatever the conversation.
pub(crate) fn message_waits_named(shard: u16, process: &str, name: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::MessageWait);
    for part in [process, name] {
        text(&mut bytes, part);
    }
    bytes
}

/// The prefix of all values of an instance.
pub(crate) fn values(key: InstanceKey) -> Vec<u8> {
    of_instance(Table::Value, key)
}

pub(crate) fn timer_of_early(shard: u16, due: Timestamp, message: &str) -> Vec<u8> {
    timer_of_message(shard, due, DUE_EARLY, message)
}

pub(crate) fn timer_of_forgetting(shard: u16, due: Timestamp, message: &str) -> Vec<u8> {
    timer_of_message(shard, due, DUE_FORGET, message)
}

/// What a row of the timer table says; `None` for a row that no version of this program has written.
pub(crate) fn read_timer(key: &[u8]) -> Option<(Timestamp, Due)> {
    let (_, rest) = key.split_at_checked(3)?;
    let (due, rest) = rest.split_first_chunk::<8>()?;
    let (kind, rest) = rest.split_first()?;
    let due = Timestamp(u64::from_be_bytes(*due));
    match *kind {
        DUE_WAIT => {
            let (instance, wait) = rest.split_first_chunk::<16>()?;
            let wait = WaitKey(u64::from_be_bytes(wait.try_into().ok()?));
            Some((due, Due::Wait { instance: InstanceKey(*instance), wait }))
        }
        DUE_CONTINUE => {
            let (instance, wait) = rest.split_first_chunk::<16>()?;
            let wait = WaitKey(u64::from_be_bytes(wait.try_into().ok()?));
            Some((due, Due::Continue { instance: InstanceKey(*instance), wait }))
        }
        DUE_DELETE => Some((due, Due::Delete { instance: InstanceKey(rest.try_into().ok()?) })),
        DUE_START => Some((due, Due::Start)),
        DUE_KEPT => Some((due, Due::Kept)),
        DUE_EARLY => Some((due, Due::Early)),
        DUE_FORGET => Some((due, Due::Forget)),
        _ => None,
    }
}

/// The prefix of all waits of a conversation for a message, whatever their correlation key.
pub(crate) fn message_waits(shard: u16, process: &str, name: &str, business_key: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::MessageWait);
    let business_key = if is_planted(Canary::AnyConversation) { "" } else { business_key };
    for part in [process, name, business_key] {
        text(&mut bytes, part);
    }
    bytes
}

/// The prefix of those with a certain correlation key, or with none.
pub(crate) fn message_waits_with(mut prefix: Vec<u8>, correlation_key: Option<&str>) -> Vec<u8> {
    match correlation_key {
        None => prefix.push(0),
        Some(key) => {
            prefix.push(1);
            text(&mut prefix, key);
        }
    }
    prefix
}

pub(crate) fn message_wait(prefix: Vec<u8>, key: InstanceKey, wait: WaitKey) -> Vec<u8> {
    waiting(prefix, key, wait)
}

/// The prefix of all waits for a signal in a shard.
pub(crate) fn signal_waits(shard: u16, name: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::SignalWait);
    text(&mut bytes, name);
    bytes
}

pub(crate) fn signal_wait(shard: u16, name: &str, key: InstanceKey, wait: WaitKey) -> Vec<u8> {
    waiting(signal_waits(shard, name), key, wait)
}

/// The first possible wait for a signal after all those of an instance.
pub(crate) fn signal_waits_after(shard: u16, name: &str, key: InstanceKey) -> Vec<u8> {
    let mut bytes = waiting(signal_waits(shard, name), key, WaitKey(u64::MAX));
    bytes.push(0);
    bytes
}

/// Who waits, at the end of a row of a wait table.
pub(crate) fn read_waiting(key: &[u8]) -> Option<(InstanceKey, WaitKey)> {
    let (rest, wait) = key.split_last_chunk::<8>()?;
    let (_, instance) = rest.split_last_chunk::<16>()?;
    Some((InstanceKey(*instance), WaitKey(u64::from_be_bytes(*wait))))
}

/// The prefix of the instances of a process that are alive in a conversation.
pub(crate) fn alive(shard: u16, business_key: &str, process: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Alive);
    text(&mut bytes, business_key);
    text(&mut bytes, process);
    bytes
}

/// The same by alternative business key.
pub(crate) fn alias(shard: u16, alternative_business_key: &str, process: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Alias);
    text(&mut bytes, alternative_business_key);
    text(&mut bytes, process);
    bytes
}

pub(crate) fn with_instance(mut prefix: Vec<u8>, key: InstanceKey) -> Vec<u8> {
    prefix.extend(key.0);
    prefix
}

/// The instance at the end of a key that [`with_instance`] made.
pub(crate) fn read_instance(key: &[u8]) -> Option<InstanceKey> {
    key.last_chunk::<16>().copied().map(InstanceKey)
}

pub(crate) fn inbox(shard: u16, message: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Inbox);
    text(&mut bytes, message);
    bytes
}

/// The message of an inbox row; `None` if its name was too long to be a part of the key.
pub(crate) fn read_inbox(key: &[u8]) -> Option<&str> {
    let (length, text) = key.get(3..)?.split_first_chunk::<2>()?;
    if u16::from_be_bytes(*length) == DIGESTED { None } else { std::str::from_utf8(text).ok() }
}

/// The prefix of the early messages of a conversation, oldest first.
pub(crate) fn early(shard: u16, business_key: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Early);
    text(&mut bytes, business_key);
    bytes
}

pub(crate) fn early_message(shard: u16, business_key: &str, at: Timestamp, message: &str) -> Vec<u8> {
    let mut bytes = number(early(shard, business_key), at.0);
    text(&mut bytes, message);
    bytes
}

pub(crate) fn outbox(key: InstanceKey, sequence: EffectSequence) -> Vec<u8> {
    number(of_instance(Table::Outbox, key), sequence.0)
}

pub(crate) fn read_outbox(key: &[u8]) -> Option<(InstanceKey, EffectSequence)> {
    let (instance, wait) = read_waiting(key)?;
    Some((instance, EffectSequence(wait.0)))
}

pub(crate) fn rejection(shard: u16, message: &str) -> Vec<u8> {
    let mut bytes = table(shard, Table::Rejection);
    text(&mut bytes, message);
    bytes
}

pub(crate) fn incident(key: InstanceKey, incident: IncidentKey) -> Vec<u8> {
    number(of_instance(Table::Incident, key), incident.0)
}

pub(crate) fn crossing(to_shard: u16, identity: &str) -> Vec<u8> {
    let mut bytes = table(to_shard, Table::Crossing);
    text(&mut bytes, identity);
    bytes
}

/// The smallest key after `key`.
pub(crate) fn after(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

fn of_instance(name: Table, key: InstanceKey) -> Vec<u8> {
    with_instance(table(key.shard(), name), key)
}

fn timer_of_message(shard: u16, due: Timestamp, kind: u8, message: &str) -> Vec<u8> {
    let mut bytes = number(table(shard, Table::Timer), due.0);
    bytes.push(kind);
    text(&mut bytes, message);
    bytes
}

fn waiting(prefix: Vec<u8>, key: InstanceKey, wait: WaitKey) -> Vec<u8> {
    number(with_instance(prefix, key), wait.0)
}

fn number(mut bytes: Vec<u8>, number: u64) -> Vec<u8> {
    bytes.extend(number.to_be_bytes());
    bytes
}

/// Length first, so that no text is a prefix of another and a prefix of components is a range of keys.
fn text(bytes: &mut Vec<u8>, text: &str) {
    match u16::try_from(text.len()) {
        Ok(length) if text.len() <= TEXT_BYTES_MAX => {
            bytes.extend(length.to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        Ok(_) | Err(_) => {
            bytes.extend(DIGESTED.to_be_bytes());
            bytes.extend(Sha256::digest(text.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: InstanceKey = InstanceKey([7; 16]);

    #[test]
    fn timers_sort_by_due_time_and_read_back() {
        let early = timer_of_wait(Timestamp(255), INSTANCE, WaitKey(9));
        let late = timer_of_wait(Timestamp(256), INSTANCE, WaitKey(1));
        assert!(early < late);
        assert_eq!(
            read_timer(&early),
            Some((Timestamp(255), Due::Wait { instance: INSTANCE, wait: WaitKey(9) }))
        );
        assert_eq!(read_timer(&timer_of_early(3, Timestamp(1), "Task/1")), Some((Timestamp(1), Due::Early)));
        assert_eq!(
            read_timer(&timer_of_forgetting(3, Timestamp(1), "Task/1")),
            Some((Timestamp(1), Due::Forget))
        );
        assert_eq!(read_timer(&timer_of_start(3, Timestamp(1), "p")), Some((Timestamp(1), Due::Start)));
        let (key, wait) = (INSTANCE, WaitKey(9));
        let deletion = read_timer(&timer_of_deletion(Timestamp(1), key));
        assert_eq!(deletion, Some((Timestamp(1), Due::Delete { instance: key })));
        let continuation = read_timer(&timer_of_continuation(Timestamp(1), key, wait));
        assert_eq!(continuation, Some((Timestamp(1), Due::Continue { instance: key, wait })));
        assert_eq!(read_timer(&[1, 2, 3]), None);
    }

    #[test]
    fn neighbouring_texts_never_share_a_range() {
        let one = message_waits(0, "p", "ab", "c");
        let other = message_waits(0, "p", "a", "bc");
        assert_ne!(one, other);
        assert!(!one.starts_with(&other) && !other.starts_with(&one));
        assert_ne!(message_waits_with(one.clone(), None), message_waits_with(one, Some("")));
    }

    #[test]
    fn keys_stay_bounded_whatever_comes_from_outside() {
        let long = "x".repeat(100_000);
        let prefix = message_waits_with(message_waits(0, &long, &long, &long), Some(&long));
        let key = message_wait(prefix, INSTANCE, WaitKey(u64::MAX));
        assert!(key.len() <= tessera_store::limits::KEY_BYTES_MAX, "{}", key.len());
        assert_eq!(read_waiting(&key), Some((INSTANCE, WaitKey(u64::MAX))));
    }
}
