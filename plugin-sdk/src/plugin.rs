//! The trait that the attribute implements: one entry per hook of the contract.

use crate::{Context, DeliveryError, Disposition, Error, Message, MessagePlan, Outcome, Result};

pub use crate::bindings::exports::tessera::process::execution_listener::Event as ListenerEvent;

/// A plugin's handlers, by name. [`macro@crate::plugin`] implements it; the defaults know no handler.
pub trait Plugin {
    /// Runs a service task.
    fn service_task(_ctx: &Context<'_>, handler: &str) -> Outcome {
        Err(Error::unknown_handler("service task", handler))
    }

    /// Runs a listener.
    fn execution_listener(_ctx: &Context<'_>, handler: &str, _event: ListenerEvent) -> Outcome {
        Err(Error::unknown_handler("execution listener", handler))
    }

    /// Shapes a message before it is queued.
    fn prepare(_ctx: &Context<'_>, handler: &str, _message: &Message) -> Result<MessagePlan> {
        Err(Error::unknown_handler("message activity", handler))
    }

    /// Reacts to a message that could not be delivered.
    fn failed(
        _ctx: &Context<'_>,
        _handler: &str,
        _message: &Message,
        _error: &DeliveryError,
    ) -> Result<Disposition> {
        Ok(Disposition::Default)
    }
}
