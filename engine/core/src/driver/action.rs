//! What a driver wants done outside. The pump does each exactly as told and reports back by an event.

use std::sync::Arc;

use serde_json::Value;
use tessera_store::Batch;

use crate::driver::{CommitId, LoadId, Reply, Ticket};
use crate::identity::{DefinitionKey, EffectId, Incarnation};
use crate::message::{MessageStatus, Target};
use crate::plugin::{Call, Execution, MessageSpec};

/// Something to do. Actions of one list may be done at the same time; only commits keep their order.
#[expect(clippy::large_enum_variant, reason = "an action is moved once, from the driver to its pump")]
#[derive(Debug, Clone)]
pub enum Action {
    /// Read from the store; answer with [`Event::Loaded`](crate::driver::Event::Loaded).
    Load {
        /// Names the answer.
        load: LoadId,
        /// What to read.
        reads: Vec<Read>,
    },
    /// Write to the store; answer with [`Event::Committed`](crate::driver::Event::Committed). Submit in the order in
    /// which the driver asks.
    Commit {
        /// Names the answer.
        commit: CommitId,
        /// The writes.
        batch: Batch,
    },
    /// Do this; answer with [`Event::Settled`](crate::driver::Event::Settled). The effect is committed: after a
    /// restart the driver asks again.
    Perform {
        /// Equal identity means equal content.
        effect: EffectId,
        /// What to do.
        work: Work,
    },
    /// Nobody waits for this effect any more: stop if that is cheap. A late answer is refused.
    Abandon {
        /// Which one.
        effect: EffectId,
    },
    /// Answer the one who asked.
    Reply {
        /// Who.
        ticket: Ticket,
        /// What.
        reply: Reply,
    },
    /// The store cannot be used by this program. Say why and stop; nothing was changed.
    Halt {
        /// What is wrong and what to do.
        reason: String,
    },
    /// Recovery is over: what was unsettled is being performed again, timers are armed. Once per
    /// [`Event::Start`](crate::driver::Event::Start).
    Ready {
        /// Of the opened store.
        incarnation: Incarnation,
    },
}

/// One read of the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Read {
    /// One key; the answer has no row or one.
    Get {
        /// Which.
        key: Vec<u8>,
    },
    /// Keys in `from..to`, in order.
    Range {
        /// First key.
        from: Vec<u8>,
        /// Not included.
        to: Vec<u8>,
        /// At most so many rows.
        limit: usize,
    },
}

/// The outside part of an effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Ask a plugin. Settled by [`Outcome::Call`](crate::effect::Outcome::Call).
    Call {
        /// Whose plugin.
        definition: DefinitionKey,
        /// What is asked.
        call: Call,
    },
    /// Build a message that no plugin shapes. Settled by [`Outcome::Call`](crate::effect::Outcome::Call) with
    /// [`CallOutcome::Prepared`](crate::plugin::CallOutcome::Prepared), or `Failed`.
    Build {
        /// Whose message.
        definition: DefinitionKey,
        /// What to build.
        message: MessageSpec,
        /// What a handler would have seen.
        execution: Execution,
    },
    /// Create the document in the target's mailbox, once, by the identity of this effect. Settled by
    /// [`Outcome::Delivered`](crate::effect::Outcome::Delivered) or
    /// [`Outcome::NotDelivered`](crate::effect::Outcome::NotDelivered).
    Deliver {
        /// To whom.
        target: Target,
        /// The whole resource.
        document: Arc<Value>,
    },
    /// Bring a message in the own mailbox to a status. Settled by [`Outcome::Done`](crate::effect::Outcome::Done) or
    /// [`Outcome::AnswerRefused`](crate::effect::Outcome::AnswerRefused).
    Answer {
        /// Its identity in the mailbox.
        message: Arc<str>,
        /// The status to reach.
        status: MessageStatus,
        /// Set when the site drew it: added as input.
        business_key: Option<Arc<str>>,
        /// `Task.output` entries.
        outputs: Vec<Value>,
        /// Text of the error output.
        error: Option<String>,
    },
}
