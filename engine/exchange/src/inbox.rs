//! Taking up what the own mailbox says about a Task: which of its states are news for the engine, and as what.

use std::sync::Arc;

use serde_json::Value;
use tessera_core::message::Message;
use tessera_fhir::task::{Malformed, Message as Envelope, Status};

/// What the engine listens to, and looks for when it reconciles.
pub const REQUESTED: &str = "Task?status=requested";
/// What it looks for besides when it connects: messages that its store may have lost.
pub const IN_PROGRESS: &str = "Task?status=in-progress";

/// What a Task means for the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// A message to take.
    Requested(Message),
    /// A message that it should have taken already.
    InProgress(Message),
}

/// Reads a Task. `None`: it is none of the engine's business, for example because somebody has moved it since.
pub fn offer(task: Value) -> Result<Option<Offer>, Malformed> {
    let envelope = Envelope::parse(&task)?;
    Ok(match envelope.status {
        Status::Requested => message(envelope, task).map(Offer::Requested),
        // The engine only asks whether it knows it: the document stays where it is.
        Status::InProgress => message(envelope, Value::Null).map(Offer::InProgress),
        Status::Draft
        | Status::Received
        | Status::Accepted
        | Status::Rejected
        | Status::Ready
        | Status::Cancelled
        | Status::OnHold
        | Status::Failed
        | Status::Completed
        | Status::EnteredInError => None,
    })
}

/// A Task as the core sees it.
fn message(envelope: Envelope, task: Value) -> Option<Message> {
    Some(Message {
        id: format!("Task/{}", envelope.id?).into(),
        sender: envelope.requester.value.into(),
        process_id: envelope.process_key.into(),
        process_version: envelope.process_version.into(),
        name: envelope.message_name.into(),
        business_key: envelope.business_key.map(Into::into),
        correlation_key: envelope.correlation_key.map(Into::into),
        document: Arc::new(task),
    })
}
