//! What can happen to an instance, and why it is refused.

use std::sync::Arc;

use serde_json::Value;

use super::{Migration, Modification};
use crate::calling::{Caller, Returned};
use crate::effect::Outcome;
use crate::identity::{DefinitionKey, EffectSequence, IncidentKey, InstanceId, NodeKey, Timestamp, WaitKey};
use crate::message::Message;

/// What can happen to an instance. Closed: the site translates everything else into one of these.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The first input of every instance.
    Start(Box<Start>),
    /// A message was correlated with a wait.
    Message {
        /// A [`super::WaitKind::Message`].
        wait: WaitKey,
        /// The message.
        message: Arc<Message>,
    },
    /// A message that is no Task of the mailbox: its sender is not answered.
    Delivery {
        /// A [`super::WaitKind::Message`].
        wait: WaitKey,
        /// The message's name.
        name: Arc<str>,
        /// What travels with it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// A signal was broadcast.
    Signal {
        /// A [`super::WaitKind::Signal`].
        wait: WaitKey,
        /// The signal's name.
        name: Arc<str>,
        /// What travels with it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// The time of a [`super::WaitKind::Timer`] or [`super::WaitKind::Retry`] has come.
    Timer {
        /// Which.
        wait: WaitKey,
    },
    /// Somebody says that work is done.
    Complete {
        /// A [`super::WaitKind::Completion`].
        wait: WaitKey,
        /// What came of it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Somebody says that work ended with a BPMN error.
    Throw {
        /// A [`super::WaitKind::Completion`].
        wait: WaitKey,
        /// The error's code.
        code: String,
        /// For humans.
        message: String,
        /// What came of it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// A queued effect was performed.
    Settled {
        /// Which.
        effect: EffectSequence,
        /// How it ended.
        outcome: Outcome,
    },
    /// An instance that was called has something to tell.
    Returned {
        /// A [`super::WaitKind::Called`].
        wait: WaitKey,
        /// What.
        returned: Returned,
        /// What it brings back.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// The instance that called this one does not need it any more.
    Released,
    /// An operator stops it: nothing moves it until it is resumed.
    Suspend,
    /// An operator lets it move again.
    Resume,
    /// An operator moves it.
    Modify(Vec<Modification>),
    /// An operator brings it to another version of its process.
    Migrate(Box<Migration>),
    /// An operator ends the instance.
    Cancel {
        /// Told to the senders of messages that are not answered yet.
        reason: String,
    },
    /// An operator says that the cause is gone: what failed is tried again.
    RetryIncident {
        /// Which.
        incident: IncidentKey,
    },
    /// An operator sets variables.
    SetVariables {
        /// The scope that holds them; [`NodeKey::ROOT`] for the process.
        node: NodeKey,
        /// Names and values.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
}

/// How an instance begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// The definition that it stays on.
    pub definition: DefinitionKey,
    /// Its identity, drawn by the site.
    pub id: InstanceId,
    /// The conversation's key, from the message or drawn by the site.
    pub business_key: Arc<str>,
    /// BPMN id of the start event.
    pub at: Arc<str>,
    /// BPMN ids of the elements to begin before, instead of at the start event.
    pub before: Vec<Arc<str>>,
    /// Process variables.
    pub variables: Vec<(Arc<str>, Arc<Value>)>,
    /// The message that starts it.
    pub message: Option<Arc<Message>>,
    /// The instance that calls it.
    pub caller: Option<Caller>,
}

/// Why an input was refused. Nothing happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The instance was started before.
    #[error("the instance is already started")]
    AlreadyStarted,
    /// The instance has ended, or was never started.
    #[error("the instance is not running")]
    NotRunning,
    /// The program is not the one that the instance runs.
    #[error("the instance runs process `{expected}`, not `{given}`")]
    WrongProgram {
        /// Its process.
        expected: Arc<str>,
        /// That of the program.
        given: String,
    },
    /// The program has no such start event, flow node or flow any more.
    #[error("process `{process}` has no element `{element}`")]
    UnknownElement {
        /// Its id.
        process: String,
        /// The BPMN id.
        element: Arc<str>,
    },
    /// The wait is closed: it was moved before, or what waited was left by another way.
    #[error("wait {} is closed or never was", .0.0)]
    UnknownWait(WaitKey),
    /// The input does not fit the wait.
    #[error("wait {} is for something else", .0.0)]
    WrongWait(WaitKey),
    /// The clock went back, or the timer was fired early.
    #[error("wait {} is not due before {}", .wait.0, .due.0)]
    NotDue {
        /// Which.
        wait: WaitKey,
        /// When.
        due: Timestamp,
    },
    /// Nothing in the model catches the error.
    #[error("nothing catches BPMN error `{code}`; add an error boundary event, or complete the work")]
    Uncaught {
        /// Its code.
        code: String,
    },
    /// The effect was settled before, withdrawn, or never queued.
    #[error("effect {} is settled, withdrawn, or was never queued", .0.0)]
    AlreadySettled(EffectSequence),
    /// The outcome does not fit the effect.
    #[error("the outcome does not fit effect {}", .0.0)]
    WrongOutcome(EffectSequence),
    /// The incident is resolved or never was.
    #[error("incident {} is resolved or never was", .0.0)]
    UnknownIncident(IncidentKey),
    /// The node has ended or never was.
    #[error("activation {} has ended or never was", .0.0)]
    UnknownNode(NodeKey),
    /// Nothing moves it until it is resumed.
    #[error("the instance is suspended; resume it first")]
    Suspended,
    /// There is nothing to resume.
    #[error("the instance is not suspended")]
    NotSuspended,
    /// A token cannot be put there.
    #[error("no token can be put at `{element}`: {reason}")]
    Modification {
        /// The BPMN id.
        element: Arc<str>,
        /// Why.
        reason: String,
    },
    /// It cannot change to the other version.
    #[error("it cannot be migrated: {}", .obstacles.join("; "))]
    Migration {
        /// Everything that stands in the way.
        obstacles: Vec<String>,
    },
    /// A value is nested too deeply to be stored.
    #[error("variable `{name}` is nested more than {max} levels deep; flatten it")]
    ValueTooDeep {
        /// The variable.
        name: Arc<str>,
        /// The bound.
        max: usize,
    },
}
