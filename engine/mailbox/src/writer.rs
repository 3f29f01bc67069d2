//! One writer: decisions are made one after the other, each against the state that all before it leave behind, while their
//! commits are still on the way to the disk. So no update is lost, and a group of requests costs one sync.
//!
//! A decision that changes the catalog keeps the turn until it is on disk; those are rare. Everything else, Tasks above all,
//! hands the turn on as soon as its commit is queued. Answers leave after the commit's acknowledgement, never before.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use serde_json::Value;
use tessera_canary::{Canary, is_planted};
use tessera_store::{Batch, Committer, Outcome, Precondition, Store};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::answer::{Answer, Rejection};
use crate::catalog::Catalog;
use crate::event::Hub;
use crate::key;
use crate::record;
use crate::settings::Settings;
use crate::unit::Unit;
use crate::view::Pending;

pub(crate) struct Writer {
    pub(crate) store: Arc<dyn Store>,
    committer: Arc<Committer>,
    turn: Arc<Mutex<Turn>>,
    pending: Arc<Pending>,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    hub: Arc<Hub>,
    /// Set after a commit of unknown outcome: what is on disk is not what was decided, so nothing more is decided.
    broken: Arc<AtomicBool>,
}

/// What only the one whose turn it is may touch.
struct Turn {
    /// Of the last write that was decided; `None`: there was none.
    last_updated: Option<Timestamp>,
    commits: u64,
}

impl Writer {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        committer: Arc<Committer>,
        catalog: Catalog,
        last_updated: Option<Timestamp>,
        hub: Arc<Hub>,
    ) -> Self {
        Self {
            store,
            committer,
            turn: Arc::new(Mutex::new(Turn { last_updated, commits: 0 })),
            pending: Arc::default(),
            catalog: Arc::new(RwLock::new(Arc::new(catalog))),
            hub,
            broken: Arc::default(),
        }
    }

    /// The catalog as of the last commit.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Decides and commits. The answer of `decide` is returned once it is true on disk.
    pub(crate) async fn write<T>(
        &self,
        settings: &Settings,
        decide: impl FnOnce(&mut Unit<'_>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let mut turn = Arc::clone(&self.turn).lock_owned().await;
        if self.broken.load(Ordering::Acquire) {
            return Err(broken());
        }
        let former = self.catalog();
        // Strictly increasing, so that "newer than what I saw last" misses nothing.
        let now = tick(settings.clock.now(), turn.last_updated);
        let mut unit = Unit::new(settings, &*self.store, &self.pending, Arc::clone(&former), now);
        let decided = decide(&mut unit).and_then(|answer| unit.finish(&former).map(|()| answer));
        let answer = match decided {
            Ok(answer) => answer,
            Err(rejection) => {
                // A refusal may rest on what is still on its way to the disk. Told too early, it would be wrong for ever if
                // a power cut took that back: a repeated update, refused because its first copy was decided already.
                if !self.pending.is_empty() && !is_planted(Canary::RefusedEarly) {
                    let done = self.submit(resting_on(&turn, Batch::new()), Effects::default());
                    drop(turn);
                    acknowledged(done).await?;
                }
                return Err(rejection);
            }
        };
        if unit.is_empty() {
            // What was found may still be on its way to the disk; an empty commit behind it tells when it is there.
            if !self.pending.is_empty() {
                let done = self.submit(resting_on(&turn, Batch::new()), Effects::default());
                acknowledged(done).await?;
            }
            return Ok(answer);
        }
        unit.remember_clock();
        unit.within_bounds()?;
        let changes_catalog = unit.changes_catalog();
        let (batch, changes, catalog, events) = unit.into_parts();
        let batch = resting_on(&turn, batch);
        turn.last_updated = Some(now);
        turn.commits += 1;
        let commit = turn.commits;
        self.pending.add(commit, &changes);
        let mut effects =
            Effects { commit, keys: changes.into_keys().collect(), catalog, events, turn: None };
        // Queued before the turn ends: the order of commits is the order of decisions.
        let done = if changes_catalog {
            effects.turn = Some(turn);
            self.submit(batch, effects)
        } else {
            let done = self.submit(batch, effects);
            drop(turn);
            done
        };
        if !is_planted(Canary::AnsweredEarly) {
            acknowledged(done).await?;
        }
        Ok(answer)
    }

    /// Queues a batch; its effects follow on the committer's thread, whether or not somebody still waits for the answer.
    fn submit(&self, batch: Batch, effects: Effects) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        let (pending, catalog) = (Arc::clone(&self.pending), Arc::clone(&self.catalog));
        let (hub, broken) = (Arc::clone(&self.hub), Arc::clone(&self.broken));
        let on_done = move |outcome: Outcome| {
            if outcome == Outcome::Committed {
                if let Some(new) = effects.catalog {
                    *catalog.write().unwrap_or_else(PoisonError::into_inner) = new;
                }
                hub.publish(effects.events);
            } else {
                tracing::error!(
                    ?outcome,
                    "a commit of the mailbox failed; it takes nothing more until it is opened again"
                );
                broken.store(true, Ordering::Release);
            }
            pending.settle(effects.commit, &effects.keys);
            drop(effects.turn);
            // Nobody waits any more when the client has gone; the commit stands.
            let _ = sender.send(outcome);
        };
        self.committer.submit(batch, Box::new(on_done));
        receiver
    }
}

/// What follows a commit.
#[derive(Default)]
struct Effects {
    commit: u64,
    keys: Vec<Vec<u8>>,
    catalog: Option<Arc<Catalog>>,
    events: Vec<Value>,
    turn: Option<OwnedMutexGuard<Turn>>,
}

/// Makes a batch fail unless the one that was decided before it is on disk: it was decided against what that leaves behind,
/// and a store may have room for one and not for the other.
fn resting_on(turn: &Turn, batch: Batch) -> Batch {
    if is_planted(Canary::DecisionUnchained) {
        return batch;
    }
    let key = key::CLOCK.to_vec();
    batch.require(match turn.last_updated {
        None => Precondition::Absent { key },
        Some(last) => Precondition::Equals { key, value: record::seal_number(last.as_millisecond()) },
    })
}

async fn acknowledged(done: oneshot::Receiver<Outcome>) -> Result<(), Rejection> {
    match done.await {
        Ok(Outcome::Committed) => Ok(()),
        Ok(Outcome::Refused { .. } | Outcome::Fenced | Outcome::Failed(_) | Outcome::Unknown(_)) | Err(_) => {
            Err(broken())
        }
    }
}

fn broken() -> Rejection {
    Answer::unavailable(
        "The mailbox cannot write to its store; nothing was accepted. Try again after the operator restarted it",
    )
}

/// The time of the next write: now, but always later than the last one. Milliseconds, as on the wire.
fn tick(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let Some(last) = last else { return now };
    let millisecond = now.as_millisecond().max(last.as_millisecond().saturating_add(1));
    Timestamp::from_millisecond(millisecond).unwrap_or(now)
}
