//! Performs committed effects: plugin calls, deliveries to peers, answers to the own mailbox.
//!
//! Each effect is one tokio task that ends by telling the driver how it went. Performing twice is harmless: deliveries
//! carry an identifier that the receiver accepts once, answers compare with what is there, and plugin writes count only
//! when the driver commits them.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use tessera_core::driver::{Event, Work};
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_core::plugin::{CallOutcome, DeliveryError, Failure, FailureKind, RetryAdvice};
use tessera_exchange::answering::Goal;
use tessera_hosting::call::{Caller, build};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tracing::Instrument as _;

use crate::engine::answer::Answerer;
use crate::engine::deliver::Deliverer;
use crate::engine::pump::Engine;
use crate::engine::workers::Workers;

/// Everything that effects need, shared by their tasks.
#[derive(Debug)]
pub struct Hands {
    /// Calls plugins and builds messages.
    pub caller: Caller,
    /// Delivers messages.
    pub deliverer: Deliverer,
    /// Answers messages.
    pub answerer: Answerer,
}

/// Starts and forgets; the driver remembers.
#[derive(Debug)]
pub struct Performer {
    runtime: Handle,
    workers: Workers,
    engine: Engine,
    hands: Arc<Hands>,
    in_flight: Arc<Mutex<BTreeMap<EffectId, AbortHandle>>>,
    span: tracing::Span,
}

impl Performer {
    /// Calls plugins on `workers`, does all else on `runtime`, reports to `engine`; what is logged belongs to `span`.
    pub fn new(
        runtime: Handle,
        workers: Workers,
        engine: Engine,
        hands: Arc<Hands>,
        span: tracing::Span,
    ) -> Self {
        Self { runtime, workers, engine, hands, in_flight: Arc::default(), span }
    }

    /// Starts an effect. One that is in flight already is left alone.
    pub fn perform(&self, effect: EffectId, work: Work) {
        let mut in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if in_flight.contains_key(&effect) {
            return;
        }
        let task = {
            let effect = effect.clone();
            let engine = self.engine.clone();
            let hands = Arc::clone(&self.hands);
            let in_flight = Arc::clone(&self.in_flight);
            let runtime =
                if matches!(work, Work::Call { .. }) { self.workers.handle() } else { &self.runtime };
            let perform = async move {
                let after_panic = after_panic(&work);
                let performed = AssertUnwindSafe(hands.perform(&effect, work)).catch_unwind().await;
                let outcome = performed.unwrap_or_else(|_| {
                    tracing::error!(%effect, "performing an effect panicked; please report this as a bug");
                    after_panic
                });
                in_flight.lock().unwrap_or_else(PoisonError::into_inner).remove(&effect);
                engine.tell(Event::Settled { effect, outcome });
            };
            runtime.spawn(perform.instrument(self.span.clone()))
        };
        in_flight.insert(effect, task.abort_handle());
    }

    /// Stops an effect that nobody waits for any more.
    pub fn abandon(&self, effect: &EffectId) {
        if let Some(task) = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).remove(effect) {
            task.abort();
        }
    }

    /// Stops everything in flight; after a restart the driver asks for it again.
    pub fn stop(&self) {
        let in_flight = std::mem::take(&mut *self.in_flight.lock().unwrap_or_else(PoisonError::into_inner));
        for task in in_flight.into_values() {
            task.abort();
        }
    }
}

/// How an effect ends whose performing panicked: it fails for good, so that its instance can say so.
fn after_panic(work: &Work) -> Outcome {
    let reason = "the site's own code panicked; its log has the details".to_owned();
    match work {
        Work::Call { .. } | Work::Build { .. } => Outcome::Call(CallOutcome::Failed(Failure {
            kind: FailureKind::Host,
            message: reason,
            causes: Vec::new(),
            log: Vec::new(),
            retry: RetryAdvice::Never,
        })),
        Work::Deliver { .. } => Outcome::NotDelivered(DeliveryError::Unreachable { reason }),
        Work::Answer { .. } => Outcome::AnswerRefused { reason },
    }
}

impl Hands {
    async fn perform(&self, effect: &EffectId, work: Work) -> Outcome {
        match work {
            Work::Call { definition, call } => {
                Outcome::Call(self.caller.call(effect, &definition, call).await)
            }
            Work::Build { message, execution, .. } => {
                Outcome::Call(build(&self.caller.directory, effect, &message, &execution).await)
            }
            Work::Deliver { target, document } => self.deliverer.deliver(effect, &target, &document).await,
            Work::Answer { message, status, business_key, outputs, error } => {
                let goal = Goal { status, business_key, outputs, error };
                self.answerer.answer(effect, &message, &goal).await
            }
        }
    }
}
