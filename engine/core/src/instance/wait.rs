//! What a node waits for. Every wait is an index entry of the site: it is moved by exactly one kind of input.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::effect::Effect;
use crate::identity::{EffectSequence, NodeKey, Timestamp};

/// One open wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// The activation that waits. For a boundary event the activity, for an event-based gateway the gateway.
    pub node: NodeKey,
    /// BPMN id of the event or task that gives the condition.
    pub element: Arc<str>,
    /// Since when.
    pub since: Timestamp,
    /// For what.
    pub kind: WaitKind,
}

/// The things that can be waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WaitKind {
    /// A message; moved by [`super::Input::Message`].
    Message {
        /// BPMN message name.
        name: Arc<str>,
        /// What the message's correlation key must equal; `None` accepts any.
        correlation_key: Option<Arc<str>>,
    },
    /// A point in time; moved by [`super::Input::Timer`].
    Timer {
        /// Not before this.
        due: Timestamp,
        /// What is left of a cycle.
        repeat: Option<Repeat>,
    },
    /// A broadcast; moved by [`super::Input::Signal`].
    Signal {
        /// Signal name.
        name: Arc<str>,
    },
    /// Somebody outside who says that the work is done; moved by [`super::Input::Complete`] or [`super::Input::Throw`].
    Completion,
    /// Variables that make the event's condition hold; looked at whenever one of them changes.
    Condition,
    /// The pause before failed work is tried again; moved by [`super::Input::Timer`].
    Retry {
        /// Not before this.
        due: Timestamp,
        /// What will be queued, its attempt already counted.
        effect: Arc<Effect>,
    },
    /// Its turn: what comes next is a step, and a commit, of its own; moved by [`super::Input::Timer`].
    Continuation {
        /// Not before this: the moment in which it began to wait.
        due: Timestamp,
    },
    /// The end of an instance that was called; moved by [`super::Input::Returned`].
    Called {
        /// The process that was called.
        process_id: Arc<str>,
        /// The conversation of the called instance.
        business_key: Arc<str>,
        /// The effect that called.
        call: EffectSequence,
    },
}

impl WaitKind {
    /// When it is due by itself.
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Timer { due, .. } | Self::Retry { due, .. } | Self::Continuation { due } => Some(*due),
            Self::Message { .. }
            | Self::Signal { .. }
            | Self::Completion
            | Self::Condition
            | Self::Called { .. } => None,
        }
    }
}

/// The rest of a repeating timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// How often it fires after the next time; `None` is for ever.
    pub times: Option<u32>,
    /// ISO 8601 duration between two firings: a month is not a number of milliseconds.
    pub interval: Arc<str>,
}
