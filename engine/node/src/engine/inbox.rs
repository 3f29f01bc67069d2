//! Brings Tasks from the own mailbox to the engine: bind first, then reconcile, then listen; again on every reconnect.
//!
//! Binding before reconciling closes the gap that loses messages elsewhere: a Task that arrives in between is news, is
//! found by the search, or both, and the engine takes each once.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tessera_core::driver::Acceptance;
use tessera_exchange::inbox::{IN_PROGRESS, Offer, REQUESTED};
use tessera_fhir::resource;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tracing::Instrument as _;

use crate::backoff::Attempts;
use crate::engine::link::{LinkError, MailboxLink};
use crate::engine::pump::Engine;
use crate::limits::{IN_PROGRESS_MAX, MESSAGES_OFFERED_MAX, RECONCILE_SECONDS, RECONCILED_BYTES_MAX};

/// Runs until its task is aborted.
pub async fn run(link: MailboxLink, engine: Engine) {
    let mut attempts = Attempts::new(MailboxLink::backoff());
    loop {
        match listen(&link, &engine).await {
            Ok(()) => {
                tracing::info!("the connection to the own mailbox ended; connecting again");
                attempts = Attempts::new(MailboxLink::backoff());
            }
            Err(error) => tracing::warn!(%error, "the own mailbox does not answer; trying again"),
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
                Some(task) => hear(engine, &mut offers, task).await,
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
    // All are named before the first is offered: offering changes what the search finds. The engine only asks whether it
    // knows them, so their documents stay where they are.
    let mut known = Vec::new();
    let name = |task: Value| {
        known.extend(read(task));
        if known.len() < IN_PROGRESS_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    link.walk(IN_PROGRESS, name).await?;
    for offered in known {
        offer(engine, offers, offered).await;
    }
    Ok(())
}

async fn reconcile_requested(
    link: &MailboxLink,
    engine: &Engine,
    offers: &mut JoinSet<()>,
) -> Result<(), LinkError> {
    let mut found = Vec::new();
    let mut bytes = 0;
    let collect = |task: Value| {
        bytes += task.to_string().len();
        found.push(task);
        if bytes < RECONCILED_BYTES_MAX { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    link.walk(REQUESTED, collect).await?;
    for task in found {
        hear(engine, offers, task).await;
    }
    Ok(())
}

/// Takes up what the mailbox says about a Task.
async fn hear(engine: &Engine, offers: &mut JoinSet<()>, task: Value) {
    if let Some(offered) = read(task) {
        offer(engine, offers, offered).await;
    }
}

fn read(task: Value) -> Option<Offer> {
    let id = resource::id(&task).map(str::to_owned);
    // The mailbox's rules do not let a malformed Task in; a foreign mailbox may have others.
    tessera_exchange::inbox::offer(task)
        .inspect_err(|error| {
            tracing::error!(task = id, %error, "a Task in the own mailbox is no message; left alone");
        })
        .ok()
        .flatten()
}

/// Hands a message to the engine, in order, without waiting for its commit; waits only when too many are on their way.
async fn offer(engine: &Engine, offers: &mut JoinSet<()>, offered: Offer) {
    while offers.len() >= MESSAGES_OFFERED_MAX {
        offers.join_next().await;
    }
    match offered {
        Offer::Requested(message) => {
            let id = Arc::clone(&message.id);
            let accepted = engine.message(message);
            offers.spawn(async move { report(&id, &accepted.await) }.in_current_span());
        }
        Offer::InProgress(message) => {
            let id = Arc::clone(&message.id);
            let accepted = engine.in_progress(message);
            offers.spawn(async move { report(&id, &accepted.await) }.in_current_span());
        }
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
