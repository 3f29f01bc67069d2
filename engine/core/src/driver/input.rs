//! What one shard is asked to decide, in the order of its queue. Most come from events; some a shard asks of itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Correlation, Counts, Filter, Row, Ticket};
use crate::effect::Outcome;
use crate::identity::{EffectSequence, IncidentKey, Timestamp, WaitKey};
use crate::instance::Modification;
use crate::message::Message;
use crate::site::keys::Table;
use crate::site::placement::InstanceKey;

/// One thing to decide. It is decided as often as it takes to have all reads, and then once.
#[derive(Debug)]
pub(super) enum Input {
    Message {
        ticket: Ticket,
        message: Arc<Message>,
    },
    InProgress {
        ticket: Ticket,
        message: Arc<Message>,
    },
    Start(Box<StartCommand>),
    Change {
        ticket: Ticket,
        instance: InstanceKey,
        change: Change,
    },
    BroadcastSignal {
        ticket: Ticket,
        name: Arc<str>,
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    Settled {
        instance: InstanceKey,
        sequence: EffectSequence,
        outcome: Outcome,
    },
    RejectionSettled {
        message: Arc<str>,
    },
    /// Look for what is due.
    Timers,
    /// Another shard has written a timer here, which is due then.
    Due {
        at: Timestamp,
    },
    WaitDue {
        row: Vec<u8>,
        instance: InstanceKey,
        wait: WaitKey,
    },
    EarlyDue {
        row: Vec<u8>,
        early: Vec<u8>,
    },
    /// A conversation with early messages waits for another message than before, or ended.
    Early {
        business_key: Arc<str>,
    },
    /// Another shard left something here. `ticket` waits for what becomes of it.
    Crossing {
        row: Vec<u8>,
        ticket: Option<Ticket>,
    },
    /// The newest definition of a process may be another than before.
    Starts {
        process: Arc<str>,
    },
    /// The time of a timer that starts instances has come.
    StartDue {
        row: Vec<u8>,
        about: Vec<u8>,
    },
    /// The history of an ended instance is over.
    DeleteDue {
        row: Vec<u8>,
        instance: InstanceKey,
        from: Option<Vec<u8>>,
    },
    Correlate(Box<Correlating>),
    StartByCondition(Box<ConditionalStart>),
    /// A conversation may have messages by command that wait for it.
    Kept {
        business_key: Arc<str>,
    },
    /// Perform again what an instance has queued.
    Resume {
        instance: InstanceKey,
    },
    Recover(Recovery),
    Show {
        ticket: Ticket,
        instance: InstanceKey,
    },
    Explain {
        ticket: Ticket,
        instance: InstanceKey,
    },
    AwaitEnd {
        ticket: Ticket,
        instance: InstanceKey,
    },
    Journal {
        ticket: Ticket,
        instance: InstanceKey,
        from: u64,
        limit: usize,
    },
    List(Box<Listing>),
    Count(Box<Counting>),
}

/// A start without a message from the mailbox.
#[derive(Debug)]
pub(super) struct StartCommand {
    pub(super) ticket: Ticket,
    pub(super) process_id: Arc<str>,
    pub(super) version: Option<Arc<str>>,
    pub(super) message_name: Option<Arc<str>>,
    pub(super) business_key: Arc<str>,
    pub(super) variables: Vec<(Arc<str>, Arc<Value>)>,
    pub(super) before: Vec<Arc<str>>,
}

/// Starts by conditions that hold.
#[derive(Debug)]
pub(super) struct ConditionalStart {
    pub(super) ticket: Ticket,
    pub(super) process_id: Option<Arc<str>>,
    pub(super) business_key: Option<Arc<str>>,
    pub(super) variables: Vec<(Arc<str>, Arc<Value>)>,
}

/// A correlation in the making; it walks from shard to shard and collects who waits.
#[derive(Debug)]
pub(super) struct Correlating {
    pub(super) ticket: Ticket,
    pub(super) correlation: Correlation,
    pub(super) found: Vec<(InstanceKey, WaitKey)>,
}

/// What an operator changes about an instance.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Cancel { reason: String },
    Suspend,
    Resume,
    Modify { changes: Vec<Modification> },
    Migrate { version: Option<Arc<str>>, mapping: BTreeMap<Arc<str>, Arc<str>>, dry_run: bool },
    Continue { wait: WaitKey },
    Delete,
    Retry { incident: IncidentKey },
    SetVariables { variables: Vec<(Arc<str>, Arc<Value>)> },
    Deliver { wait: WaitKey, name: Arc<str>, variables: Vec<(Arc<str>, Arc<Value>)> },
    Complete { wait: WaitKey, variables: Vec<(Arc<str>, Arc<Value>)> },
    Throw { wait: WaitKey, code: String, message: String, variables: Vec<(Arc<str>, Arc<Value>)> },
}

/// What a shard finds out before it decides anything else. Each page leads to the next, each to the one below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recovery {
    /// The number of the last commit.
    Head,
    /// Which conversations have early messages.
    Early { from: Option<Vec<u8>> },
    /// Which conversations have messages by command that wait for them.
    Kept { from: Option<Vec<u8>> },
    /// Effects to perform again. Repeated, with what follows, when there is room again or a definition was deployed.
    Outbox { from: Option<Vec<u8>>, then: Then },
    /// Answers to rejected messages to give again.
    Rejections { from: Option<Vec<u8>>, then: Then },
    /// What other shards left here. Repeated when another shard does not know whether it left something.
    Crossings { from: Option<Vec<u8>>, then: Then },
    /// All of the above was decided.
    Done,
}

/// Whether a walk is part of recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Stop,
}

/// A list in the making; it walks from shard to shard.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) ticket: Ticket,
    pub(super) filter: Filter,
    pub(super) limit: usize,
    pub(super) rows: Vec<Row>,
    pub(super) from: Option<Vec<u8>>,
}

/// A count in the making; it walks from table to table, then from shard to shard.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) ticket: Ticket,
    pub(super) counts: Counts,
    pub(super) table: CountedTable,
    pub(super) from: Option<Vec<u8>>,
}

/// The tables whose rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountedTable {
    Alive,
    Incidents,
    Outbox,
    Early,
}

impl CountedTable {
    pub(super) const FIRST: Self = Self::Alive;

    pub(super) fn table(self) -> Table {
        match self {
            Self::Alive => Table::Alive,
            Self::Incidents => Table::Incident,
            Self::Outbox => Table::Outbox,
            Self::Early => Table::Early,
        }
    }

    pub(super) fn next(self) -> Option<Self> {
        match self {
            Self::Alive => Some(Self::Incidents),
            Self::Incidents => Some(Self::Outbox),
            Self::Outbox => Some(Self::Early),
            Self::Early => None,
        }
    }

    pub(super) fn counter(self, counts: &mut Counts) -> &mut u64 {
        match self {
            Self::Alive => &mut counts.running,
            Self::Incidents => &mut counts.incidents,
            Self::Outbox => &mut counts.effects,
            Self::Early => &mut counts.early_messages,
        }
    }
}

impl Input {
    /// Who waits for a reply.
    pub(super) fn ticket(&self) -> Option<(Ticket, Asked)> {
        match self {
            Self::Message { ticket, .. } | Self::InProgress { ticket, .. } => Some((*ticket, Asked::Message)),
            Self::Start(start) => Some((start.ticket, Asked::Command)),
            Self::Change { ticket, .. }
            | Self::BroadcastSignal { ticket, .. }
            | Self::Show { ticket, .. }
            | Self::Explain { ticket, .. }
            | Self::AwaitEnd { ticket, .. }
            | Self::Journal { ticket, .. } => Some((*ticket, Asked::Command)),
            Self::Correlate(correlating) => Some((correlating.ticket, Asked::Command)),
            Self::StartByCondition(start) => Some((start.ticket, Asked::Command)),
            Self::List(listing) => Some((listing.ticket, Asked::Command)),
            Self::Count(counting) => Some((counting.ticket, Asked::Command)),
            Self::Crossing { ticket, .. } => ticket.map(|ticket| (ticket, Asked::Message)),
            Self::Settled { .. }
            | Self::RejectionSettled { .. }
            | Self::Timers
            | Self::Due { .. }
            | Self::WaitDue { .. }
            | Self::EarlyDue { .. }
            | Self::Early { .. }
            | Self::Starts { .. }
            | Self::StartDue { .. }
            | Self::DeleteDue { .. }
            | Self::Kept { .. }
            | Self::Resume { .. }
            | Self::Recover(_) => None,
        }
    }
}

/// What kind of reply is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Message,
    Command,
}
