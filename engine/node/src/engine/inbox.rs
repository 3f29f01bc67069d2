//! Brings Tasks from the own mailbox to the engine: bind first, then reconcile, then listen; again on every reconnect.
//!
//! Binding before reconciling closes the gap that loses messages elsewhere: a Task that arrives in between is news, is
//! found by the search, or both, and the engine takes each once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tessera_core::driver::Acceptance;
use tessera_core::message::Message;
use tessera_fhir::resource;
use tessera_fhir::task;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tracing::Instrument as _;

use crate::engine::link::{LinkError, MailboxLink};
use crate::engine::pump::Engine;
use crate::limits::{MESSAGES_OFFERED_MAX, PAGE_ENTRIES, RECONCILE_SECONDS, TASKS_RECONCILED_MAX};

/// Runs until its task is aborted.
pub async fn run(link: MailboxLink, engine: Engine) {
    let mut attempts = MailboxLink::backoff().attempts();
    loop {
        match listen(&link, &engine).await {
            Ok(()) => {
                tracing::info!("the connection to the own mailbox ended; connecting again");
                attempts = MailboxLink::backoff().attempts();
            }
            Err(error) => tracing::warn!(%error, "the own mailbox is away; trying again"),
        }
        attempts.wait().await;
    }
}

/// One connection, from bind to its end.
async fn listen(link: &MailboxLink, engine: &Engine) -> Result<(), LinkError> {
    let mut news = link.watch().await?;
    let mut offers = JoinSet::new();
    reconcile(link, engine, &mut offers).await?;
    let mut reconcile_again = tokio::time::interval(Duration::from_secs(RECONCILE_SECONDS));
    reconcile_again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    reconcile_again.reset();
    loop {
        tokio::select! {
            task = news.recv() => match task {
                Some(task) => offer(engine, &mut offers, task).await,
                None => return Ok(()),
            },
            // Tasks that were answered "busy", and whatever a mailbox of another make did not push.
            _ = reconcile_again.tick() => reconcile_requested(link, engine, &mut offers).await?,
            Some(_) = offers.join_next(), if !offers.is_empty() => {}
        }
    }
}

async fn reconcile(link: &MailboxLink, engine: &Engine, offers: &mut JoinSet<()>) -> Result<(), LinkError> {
    reconcile_requested(link, engine, offers).await?;
    for task in find(link, "in-progress").await? {
        offer(engine, offers, task).await;
    }
    Ok(())
}

async fn reconcile_requested(
    link: &MailboxLink,
    engine: &Engine,
    offers: &mut JoinSet<()>,
) -> Result<(), LinkError> {
    for task in find(link, "requested").await? {
        offer(engine, offers, task).await;
    }
    Ok(())
}

async fn find(link: &MailboxLink, status: &str) -> Result<Vec<Value>, LinkError> {
    let query = format!("Task?status={status}&_sort=_lastUpdated&_count={PAGE_ENTRIES}");
    link.search(&query, TASKS_RECONCILED_MAX).await
}

/// Hands a Task to the engine, in order, without waiting for its commit; waits only when too many are on their way.
async fn offer(engine: &Engine, offers: &mut JoinSet<()>, task: Value) {
    let envelope = match task::Message::parse(&task) {
        Ok(envelope) => envelope,
        Err(error) => {
            // The mailbox's rules do not let such a Task in; a foreign mailbox may have others.
            tracing::error!(task = resource::id(&task), %error, "a Task in the own mailbox is no message; left alone");
            return;
        }
    };
    let status = envelope.status;
    let Some(message) = message(envelope, task) else { return };
    while offers.len() >= MESSAGES_OFFERED_MAX {
        offers.join_next().await;
    }
    let id = Arc::clone(&message.id);
    match status {
        task::Status::Requested => {
            let accepted = engine.message(message);
            offers.spawn(async move { report(&id, &accepted.await) }.in_current_span());
        }
        task::Status::InProgress => {
            let accepted = engine.in_progress(message);
            offers.spawn(async move { report(&id, &accepted.await) }.in_current_span());
        }
        // An event that was overtaken: somebody has moved the Task since.
        task::Status::Draft
        | task::Status::Received
        | task::Status::Accepted
        | task::Status::Rejected
        | task::Status::Ready
        | task::Status::Cancelled
        | task::Status::OnHold
        | task::Status::Failed
        | task::Status::Completed
        | task::Status::EnteredInError => {}
    }
}

fn report(task: &str, acceptance: &Acceptance) {
    match acceptance {
        Acceptance::Taken { instance, .. } => tracing::info!(task, %instance, "message taken"),
        Acceptance::AlreadyTaken => tracing::debug!(task, "message already taken"),
        Acceptance::Buffered => tracing::info!(task, "early message buffered"),
        Acceptance::Rejected { reason } => tracing::warn!(task, reason, "message rejected"),
        Acceptance::Busy => {
            tracing::warn!(task, "the engine is busy; the message stays in the mailbox for now");
        }
    }
}

/// A Task as the core sees it.
fn message(envelope: task::Message, task: Value) -> Option<Message> {
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
