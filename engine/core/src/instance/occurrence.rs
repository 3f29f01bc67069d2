//! What can occur to an activation within a step, the tables that say what follows, and what can stand in the way.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::expression::EvaluationError;

use super::incident::{self, Code};
use super::state::State;
use super::step::{At, Step};
use crate::message::Target;
use crate::plugin::DeliveryError;

/// What occurs to an activation.
#[derive(Debug)]
pub(super) enum Occurrence {
    /// It is its turn to do what its state says.
    Begun,
    /// It is its turn again after a pause between two commits.
    Continued,
    /// The handler is done; what it wrote is applied.
    Answered,
    /// The handler has shaped the message.
    Prepared(Box<(Arc<Value>, Target)>),
    /// The handler leaves the message that did not arrive to the engine.
    LeftToDefault,
    /// The message has arrived.
    Delivered,
    /// The message will not arrive.
    NotDelivered(Box<(DeliveryError, Target)>),
    /// What was waited for came; by the event with this id.
    Triggered(Arc<str>),
    /// The last token in it has ended.
    Emptied,
    /// One of its iterations has ended; whether the rest is not needed any more.
    IterationEnded {
        /// The completion condition holds.
        satisfied: bool,
    },
}

/// The kinds of [`Occurrence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Occasion {
    Begun,
    Continued,
    Answered,
    Prepared,
    LeftToDefault,
    Delivered,
    NotDelivered,
    Triggered,
    Emptied,
    IterationEnded,
}

impl Occurrence {
    pub(super) fn occasion(&self) -> Occasion {
        match self {
            Self::Begun => Occasion::Begun,
            Self::Continued => Occasion::Continued,
            Self::Answered => Occasion::Answered,
            Self::Prepared(_) => Occasion::Prepared,
            Self::LeftToDefault => Occasion::LeftToDefault,
            Self::Delivered => Occasion::Delivered,
            Self::NotDelivered(_) => Occasion::NotDelivered,
            Self::Triggered(_) => Occasion::Triggered,
            Self::Emptied => Occasion::Emptied,
            Self::IterationEnded { .. } => Occasion::IterationEnded,
        }
    }
}

/// The life cycle of a kind of element, between its start and its end listeners.
pub(super) struct Table {
    /// What it is called in explanations.
    pub(super) element: &'static str,
    pub(super) rows: &'static [Row],
    pub(super) leaves: Leaves,
}

/// One row: in this state, when this occurs, do that; then it is in one of these states.
pub(super) struct Row {
    pub(super) from: State,
    pub(super) on: Occasion,
    pub(super) to: &'static [Next],
    pub(super) act: Act,
}

pub(super) type Act = fn(&mut Step<'_>, At<'_>, Occurrence) -> Result<Next, Trouble>;

/// What comes next for an activation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Goes on at once with what this state says.
    Go(State),
    /// Stays there until something occurs.
    Stay(State),
    /// It has ended.
    Gone,
}

impl Next {
    /// Its work is done: end listeners, outputs and outgoing flows follow.
    pub(super) const DONE: Self = Self::Go(State::Ending(0));
}

/// Which outgoing flows are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// All, whatever their conditions.
    Every,
    /// All that have a condition that holds, else the default flow, else none.
    WhicheverHold,
    /// All whose condition holds, else the default flow.
    EachThatHolds,
    /// The first whose condition holds, else the default flow.
    FirstThatHolds,
}

/// Why an activation can not go on; becomes an incident.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) code: &'static Code,
    pub(super) message: String,
    pub(super) evidence: Vec<String>,
}

impl Trouble {
    pub(super) fn new(code: &'static Code, message: String) -> Self {
        Self { code, message, evidence: Vec::new() }
    }
}

impl From<EvaluationError> for Trouble {
    fn from(error: EvaluationError) -> Self {
        Self::new(&incident::EXPRESSION, error.to_string())
    }
}
