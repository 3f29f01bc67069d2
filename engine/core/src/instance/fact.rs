//! What happened to an instance: deltas of its state. Never named after BPMN elements, so that the interpreter may
//! change its mind about elements while old journals still replay.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::incident::Incident;
use super::state::{Role, State, Status};
use super::wait::Wait;
use crate::calling::Caller;
use crate::effect::Effect;
use crate::identity::{DefinitionKey, EffectSequence, IncidentKey, InstanceId, NodeKey, Timestamp, WaitKey};
use crate::message::{Message, MessageStatus};
use crate::plugin::{DeliveryError, FailureKind};

/// One state change. Folding all facts of an instance over [`super::Instance::empty`] yields its record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// The instance began.
    Started(Box<Started>),
    /// The instance ended; only effects and process variables are left of it.
    Ended {
        /// How.
        status: Status,
        /// When.
        at: Timestamp,
    },
    /// An activation began.
    NodeEntered {
        /// Its key.
        node: NodeKey,
        /// The activation around it.
        parent: NodeKey,
        /// BPMN id of the element, or of the flow.
        element: Arc<str>,
        /// What part it plays.
        role: Role,
        /// BPMN id of the flow by which the token came.
        by: Option<Arc<str>>,
        /// When.
        at: Timestamp,
    },
    /// An activation came further.
    NodeAdvanced {
        /// Which.
        node: NodeKey,
        /// Where to.
        state: State,
    },
    /// An activation ended, and its variables with it.
    NodeLeft {
        /// Which.
        node: NodeKey,
        /// How.
        ending: Ending,
    },
    /// A variable got a value.
    VariableSet {
        /// The activation that holds it.
        node: NodeKey,
        /// Its name.
        name: Arc<str>,
        /// Its value.
        #[serde(with = "crate::json")]
        value: Arc<Value>,
    },
    /// A variable is gone.
    VariableRemoved {
        /// The activation that held it.
        node: NodeKey,
        /// Its name.
        name: Arc<str>,
    },
    /// It was decided how often an activity is to be executed.
    IterationsPlanned {
        /// The body.
        node: NodeKey,
        /// How often.
        total: u32,
        /// The items, if they are handed out one after the other.
        #[serde(with = "crate::json::optional")]
        items: Option<Arc<Value>>,
    },
    /// Iterations began or ended.
    IterationsCounted {
        /// The body.
        node: NodeKey,
        /// Begun in all.
        started: u32,
        /// Ended in all.
        ended: u32,
    },
    /// An iteration yielded a result.
    ResultCollected {
        /// The body.
        node: NodeKey,
        /// The iteration, 0-based.
        index: u32,
        /// The result.
        #[serde(with = "crate::json")]
        value: Arc<Value>,
    },
    /// An activation waits.
    WaitOpened {
        /// Its key.
        wait: WaitKey,
        /// For what.
        opened: Wait,
    },
    /// It waits no longer.
    WaitClosed {
        /// Which.
        wait: WaitKey,
    },
    /// Something must happen outside.
    EffectQueued {
        /// Its position.
        sequence: EffectSequence,
        /// What.
        effect: Arc<Effect>,
    },
    /// It happened.
    EffectSettled {
        /// Which.
        sequence: EffectSequence,
        /// How it ended, without what it wrote: that is in facts of its own.
        settlement: Box<Settlement>,
    },
    /// It need not happen any more: what asked for it was left by another way.
    EffectWithdrawn {
        /// Which.
        sequence: EffectSequence,
    },
    /// A human is needed.
    IncidentOpened {
        /// Everything about it.
        incident: Arc<Incident>,
    },
    /// No longer.
    IncidentResolved {
        /// Which.
        incident: IncidentKey,
    },
    /// A message was taken.
    MessageTaken {
        /// The scope that answers it when it ends.
        node: NodeKey,
        /// The message.
        message: Arc<Message>,
        /// When.
        at: Timestamp,
        /// Whether it started the instance.
        started: bool,
    },
    /// Its sender is told.
    MessageAnswered {
        /// Its position among the messages taken.
        index: usize,
        /// What.
        status: MessageStatus,
    },
    /// An entry was added to what the starter gets back.
    OutputAdded {
        /// A `Task.output` entry.
        #[serde(with = "crate::json")]
        output: Arc<Value>,
    },
    /// A second key was chosen that messages may name the instance by.
    AlternativeBusinessKeySet {
        /// The key.
        key: Arc<str>,
    },
    /// Another instance called this one.
    CalledBy(Box<Caller>),
    /// An activation is about to end, and the one around it keeps what is needed to undo it.
    NodeKept {
        /// Which.
        node: NodeKey,
        /// Whether the variables that it holds are kept too.
        variables: bool,
    },
    /// What was kept of an activation is active again, to be undone.
    NodeRestored {
        /// Its key from now on.
        node: NodeKey,
        /// The activation around it from now on.
        parent: NodeKey,
        /// The activation that kept it.
        scope: NodeKey,
        /// Its position among what that keeps.
        position: usize,
        /// When.
        at: Timestamp,
    },
    /// It does not move any more, or moves again.
    SuspensionChanged {
        /// Whether it stands still from now on.
        suspended: bool,
    },
    /// It runs on another version of its process.
    Migrated(Box<Migrated>),
}

/// The change to another version of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrated {
    /// The definition that it runs on from now on.
    pub definition: DefinitionKey,
    /// Elements that have another id there.
    pub elements: BTreeMap<Arc<str>, Arc<str>>,
}

/// The beginning of an instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// Its identity.
    pub id: InstanceId,
    /// The definition that it stays on.
    pub definition: DefinitionKey,
    /// The conversation's key.
    pub business_key: Arc<str>,
    /// When.
    pub at: Timestamp,
}

/// How an activation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// By itself.
    Completed,
    /// By something else.
    Cancelled,
    /// By something else, before it began.
    NeverBegun,
}

/// How an effect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settlement {
    /// As asked.
    Done,
    /// The message is built.
    Prepared,
    /// The handler leaves it to the engine what to do about a message that did not arrive.
    DefaultDisposition,
    /// With a BPMN error.
    BpmnError {
        /// Its code.
        code: String,
        /// For humans.
        message: String,
    },
    /// Not at all.
    Failed {
        /// What kind of failure.
        kind: FailureKind,
        /// What went wrong.
        message: String,
    },
    /// The peer has the message.
    Delivered {
        /// Its reference there.
        reference: Option<String>,
    },
    /// The message will not arrive.
    NotDelivered(DeliveryError),
    /// The mailbox refuses the answer for good.
    AnswerRefused {
        /// Why.
        reason: String,
    },
}

impl Fact {
    /// Visits every value that the fact holds, so that the store can keep large ones elsewhere.
    pub fn values_mut(&mut self, visit: &mut dyn FnMut(&mut Arc<Value>)) {
        match self {
            Self::VariableSet { value, .. } | Self::ResultCollected { value, .. } => visit(value),
            Self::IterationsPlanned { items, .. } => items.iter_mut().for_each(visit),
            Self::OutputAdded { output } => visit(output),
            Self::MessageTaken { message, .. } => visit(&mut Arc::make_mut(message).document),
            Self::EffectQueued { effect, .. } => match &**effect {
                Effect::Deliver { .. } => {
                    if let Effect::Deliver { document, .. } = Arc::make_mut(effect) {
                        visit(document);
                    }
                }
                Effect::Call { .. }
                | Effect::Answer { .. }
                | Effect::Broadcast { .. }
                | Effect::Notify(_) => {}
            },
            Self::Started(_)
            | Self::Ended { .. }
            | Self::NodeEntered { .. }
            | Self::NodeAdvanced { .. }
            | Self::NodeLeft { .. }
            | Self::VariableRemoved { .. }
            | Self::IterationsCounted { .. }
            | Self::WaitOpened { .. }
            | Self::WaitClosed { .. }
            | Self::EffectSettled { .. }
            | Self::EffectWithdrawn { .. }
            | Self::IncidentOpened { .. }
            | Self::IncidentResolved { .. }
            | Self::MessageAnswered { .. }
            | Self::AlternativeBusinessKeySet { .. }
            | Self::CalledBy(_)
            | Self::NodeKept { .. }
            | Self::NodeRestored { .. }
            | Self::SuspensionChanged { .. }
            | Self::Migrated(_) => {}
        }
    }
}
