//! What must happen outside, and how it ended. An effect is committed before it is performed; performing it twice is
//! harmless, settling it twice is refused.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::calling::Notice;
use crate::identity::NodeKey;
use crate::message::{MessageStatus, Target};
use crate::plugin::{CallOutcome, DeliveryError, Hook};

/// An effect as it is stored with its instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Call a plugin's handler. `handler: None` with [`Hook::Prepare`] means: build the message without asking a plugin.
    Call {
        /// The activation that asks.
        node: NodeKey,
        /// Name used by the model.
        handler: Option<Arc<str>>,
        /// Which hook.
        hook: Hook,
        /// Evaluated fields.
        #[serde(with = "crate::json")]
        fields: Vec<(Arc<str>, Value)>,
        /// 1-based.
        attempt: u32,
    },
    /// Deliver a committed message to a peer's mailbox.
    Deliver {
        /// The activation that sends.
        node: NodeKey,
        /// To whom.
        target: Target,
        /// The committed document.
        #[serde(with = "crate::json")]
        document: Arc<Value>,
    },
    /// Bring a received message (Task) in the own mailbox to a status.
    Answer {
        /// `Task/<id>` in the own mailbox.
        message: Arc<str>,
        /// The status to reach; the way there is walked as the Task life cycle demands.
        status: MessageStatus,
        /// Set when the site drew the key itself: added as input on `in-progress`.
        business_key: Option<Arc<str>>,
        /// `Task.output` entries.
        #[serde(with = "crate::json")]
        outputs: Vec<Value>,
        /// Text of the error output; only with [`MessageStatus::Failed`].
        error: Option<String>,
    },
    /// Broadcast a signal to every shard of the site.
    Broadcast {
        /// Signal name.
        name: Arc<str>,
        /// Variables that travel with it.
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Tell another instance of the site: one that is called, or the caller.
    Notify(Box<Notice>),
}

/// How an effect ended. The variant must fit the effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Of a [`Effect::Call`].
    Call(CallOutcome),
    /// Of a [`Effect::Deliver`]: the peer has it (201, or 200 for a repetition). Carries its reference there.
    Delivered {
        /// `Location` at the peer, if it told one.
        reference: Option<String>,
    },
    /// Of a [`Effect::Deliver`]: it will not arrive.
    NotDelivered(DeliveryError),
    /// Of [`Effect::Answer`], [`Effect::Broadcast`] and [`Effect::Notify`].
    Done,
    /// Of [`Effect::Answer`]: the mailbox refuses the transition for good (the Task is gone or terminal in another way).
    AnswerRefused {
        /// Why.
        reason: String,
    },
}
