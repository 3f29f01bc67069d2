//! Sending: the handler shapes the message, the host builds, queues and delivers it.

use std::ops::Deref;

use crate::bindings::exports::tessera::process::message_activity::{MessageSpec, Refusal};
use crate::{Parameter, Target};

pub use crate::bindings::exports::tessera::process::message_activity::{
    BusinessKey, DeliveryError, Disposition, MessagePlan,
};

/// The message that a send task, throw event or end event is about to send; derefs to what the model says about it.
///
/// ```
/// use tessera_plugin_sdk::{Coding, Context, Message, MessagePlan, Parameter, Result};
///
/// fn send_question(ctx: &Context<'_>, message: &Message) -> Result<MessagePlan> {
///     let subject: String = ctx.require("subject")?;
///     Ok(message.plan().input(Parameter::string(Coding::new("http://example.org/ask", "subject"), &subject)))
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Message(MessageSpec);

impl Message {
    /// From the model's three fields and the scope's target.
    pub fn new(spec: MessageSpec) -> Self {
        Self(spec)
    }

    /// The plan that adds nothing: same business key, the scope's target and its correlation key.
    pub fn plan(&self) -> MessagePlan {
        MessagePlan {
            business_key: BusinessKey::Same,
            additional_inputs: Vec::new(),
            correlation_key: None,
            target: None,
            more: Vec::new(),
        }
    }
}

impl Deref for Message {
    type Target = MessageSpec;

    fn deref(&self) -> &MessageSpec {
        &self.0
    }
}

impl MessagePlan {
    /// Adds an input.
    #[must_use]
    pub fn input(mut self, input: Parameter) -> Self {
        self.additional_inputs.push(input);
        self
    }

    /// Sends to this partner instead of the scope's `target`.
    #[must_use]
    pub fn to(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// Sends under this key instead of the instance's own.
    #[must_use]
    pub fn business_key(mut self, key: BusinessKey) -> Self {
        self.business_key = key;
        self
    }

    /// Sends this correlation key instead of the target's.
    #[must_use]
    pub fn correlation_key(mut self, key: impl Into<String>) -> Self {
        self.correlation_key = Some(key.into());
        self
    }
}

impl DeliveryError {
    /// What a handler is told when the receiver refuses: for tests.
    pub fn refused(status: u16, reason: impl Into<String>) -> Self {
        Self::Refused(Refusal { status, reason: reason.into() })
    }

    /// The receiver refused: it knows the sender, and will never accept this message.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// In words.
    pub fn reason(&self) -> String {
        match self {
            Self::Refused(refusal) => format!("HTTP {}: {}", refusal.status, refusal.reason),
            Self::Unreachable(reason) => reason.clone(),
            Self::Other((code, message)) => format!("{code}: {message}"),
        }
    }
}
