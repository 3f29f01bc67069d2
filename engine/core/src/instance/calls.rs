//! Work outside: handlers are asked, messages are delivered; each answer comes back exactly once and moves its node.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{self, Field, Listener, RetryCycle};
use tessera_canary::{Canary, is_planted};

use super::apply::owner;
use super::errors;
use super::fact::{Fact, Settlement};
use super::incident::{self, Code};
use super::input::Refused;
use super::occurrence::{Occurrence, Trouble};
use super::state::{Role, State};
use super::step::{Place, Step};
use super::variables::{View, is_storable};
use super::wait::WaitKind;
use crate::effect::{Effect, Outcome};
use crate::identity::{EffectSequence, NodeKey};
use crate::limits::{CALL_ATTEMPTS_DEFAULT, CALL_RETRY_INTERVAL_MS_DEFAULT, VALUE_DEPTH_MAX};
use crate::plugin::{CallOutcome, Failure, FailureKind, Hook, ListenerEvent, RetryAdvice, Writes};

/// When a listener of the model wants to be called.
pub(super) fn event_of(listener: &Listener) -> ListenerEvent {
    match listener.event {
        compile::ListenerEvent::Start => ListenerEvent::Start,
        compile::ListenerEvent::End => ListenerEvent::End,
        compile::ListenerEvent::Take => ListenerEvent::Take,
    }
}

/// Calls a listener's handler.
pub(super) fn queue_listener(
    step: &mut Step<'_>,
    node: NodeKey,
    listener: &Listener,
    event: ListenerEvent,
) -> Result<(), Trouble> {
    let fields = evaluate_fields(step, node, &listener.fields)?;
    let handler = listener.handler.as_deref().map(Arc::from);
    step.queue(Effect::Call { node, handler, hook: Hook::Listener(event), fields, attempt: 1 });
    Ok(())
}

/// The values that the model injects into a handler.
pub(super) fn evaluate_fields<'f>(
    step: &Step<'_>,
    node: NodeKey,
    fields: impl IntoIterator<Item = &'f Field>,
) -> Result<Vec<(Arc<str>, Value)>, Trouble> {
    let view = View::of(step, node);
    fields.into_iter().map(|field| Ok((field.name.as_str().into(), field.value.evaluate(&view)?))).collect()
}

/// Takes in how an effect ended.
pub(super) fn settle(step: &mut Step<'_>, sequence: EffectSequence, outcome: Outcome) -> Result<(), Refused> {
    let effect = step.instance.effects.get(&sequence).cloned().ok_or(Refused::AlreadySettled(sequence))?;
    if !fits(&effect, &outcome) {
        return Err(Refused::WrongOutcome(sequence));
    }
    let asker = match owner(&effect) {
        Some(node) => {
            let unknown = || {
                let element = step.instance.node(node).map_or_else(|| "".into(), |node| node.element.clone());
                Refused::UnknownElement { process: step.program.process_id.clone(), element }
            };
            Some((node, step.place(node).ok_or_else(unknown)?))
        }
        None => None,
    };
    let outcome = refuse_deep_values(outcome);
    step.emit(Fact::EffectSettled { sequence, settlement: Box::new(settlement(&outcome)) });
    if let Some((node, place)) = asker {
        resume(step, node, place, &effect, outcome);
    }
    Ok(())
}

fn resume(step: &mut Step<'_>, node: NodeKey, place: Place, effect: &Arc<Effect>, outcome: Outcome) {
    let occurrence = match outcome {
        Outcome::Call(CallOutcome::Completed(writes)) => {
            step.write(node, writes);
            Occurrence::Answered
        }
        Outcome::Call(CallOutcome::Prepared { writes, document, target }) => {
            step.write(node, writes);
            Occurrence::Prepared(Box::new((document, target)))
        }
        Outcome::Call(CallOutcome::DefaultDisposition(writes)) => {
            step.write(node, writes);
            Occurrence::LeftToDefault
        }
        Outcome::Call(CallOutcome::BpmnError { code, message, writes }) => {
            if !is_planted(Canary::ErrorWritesLost) {
                step.write(node, writes);
            }
            if let Err(trouble) = errors::raise(step, node, &code, &message) {
                step.open_incident(node, trouble, Some(first_attempt(effect)));
            }
            return;
        }
        Outcome::Call(CallOutcome::Failed(failure)) => return fail(step, node, place, effect, failure),
        Outcome::Delivered { reference: _ } => Occurrence::Delivered,
        Outcome::NotDelivered(error) => match &**effect {
            Effect::Deliver { target, .. } => Occurrence::NotDelivered(Box::new((error, target.clone()))),
            Effect::Call { .. } | Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_) => {
                return;
            }
        },
        Outcome::Done | Outcome::AnswerRefused { .. } => return,
    };
    step.due(node, place, occurrence);
}

/// Whether an outcome is one of those that the effect can have.
pub(super) fn fits(effect: &Effect, outcome: &Outcome) -> bool {
    match (effect, outcome) {
        (Effect::Call { hook, .. }, Outcome::Call(call)) => match call {
            CallOutcome::Completed(_) => !matches!(hook, Hook::Prepare(_)),
            CallOutcome::Prepared { .. } => matches!(hook, Hook::Prepare(_)),
            CallOutcome::DefaultDisposition(_) => matches!(hook, Hook::Failed(..)),
            CallOutcome::BpmnError { .. } | CallOutcome::Failed(_) => true,
        },
        (Effect::Deliver { .. }, Outcome::Delivered { .. } | Outcome::NotDelivered(_)) => true,
        (Effect::Answer { .. }, Outcome::Done | Outcome::AnswerRefused { .. }) => true,
        (Effect::Broadcast { .. } | Effect::Notify(_), Outcome::Done) => true,
        (
            Effect::Call { .. }
            | Effect::Deliver { .. }
            | Effect::Answer { .. }
            | Effect::Broadcast { .. }
            | Effect::Notify(_),
            Outcome::Call(_)
            | Outcome::Delivered { .. }
            | Outcome::NotDelivered(_)
            | Outcome::Done
            | Outcome::AnswerRefused { .. },
        ) => false,
    }
}

/// An answer that could not be stored and read back is a failure of the handler.
fn refuse_deep_values(outcome: Outcome) -> Outcome {
    let writes = match &outcome {
        Outcome::Call(
            CallOutcome::Completed(writes)
            | CallOutcome::Prepared { writes, .. }
            | CallOutcome::DefaultDisposition(writes)
            | CallOutcome::BpmnError { writes, .. },
        ) => writes,
        Outcome::Call(CallOutcome::Failed(_))
        | Outcome::Delivered { .. }
        | Outcome::NotDelivered(_)
        | Outcome::Done
        | Outcome::AnswerRefused { .. } => return outcome,
    };
    let Some(message) = deep_value(writes) else { return outcome };
    Outcome::Call(CallOutcome::Failed(Failure {
        kind: FailureKind::OtherLimit,
        message,
        causes: Vec::new(),
        log: Vec::new(),
        retry: RetryAdvice::Never,
    }))
}

fn deep_value(writes: &Writes) -> Option<String> {
    let deep = |value: &Value| !is_storable(value);
    let variable = writes.variables.iter().find(|write| write.value.as_deref().is_some_and(deep));
    let name = match variable {
        Some(write) => format!("variable `{}`", write.name),
        None if writes.outputs.iter().any(deep) => "an output".to_owned(),
        None => return None,
    };
    Some(format!("{name} is nested more than {VALUE_DEPTH_MAX} levels deep"))
}

fn settlement(outcome: &Outcome) -> Settlement {
    match outcome {
        Outcome::Call(CallOutcome::Completed(_)) | Outcome::Done => Settlement::Done,
        Outcome::Call(CallOutcome::Prepared { .. }) => Settlement::Prepared,
        Outcome::Call(CallOutcome::DefaultDisposition(_)) => Settlement::DefaultDisposition,
        Outcome::Call(CallOutcome::BpmnError { code, message, .. }) => {
            Settlement::BpmnError { code: code.clone(), message: message.clone() }
        }
        Outcome::Call(CallOutcome::Failed(failure)) => {
            Settlement::Failed { kind: failure.kind, message: failure.message.clone() }
        }
        Outcome::Delivered { reference } => Settlement::Delivered { reference: reference.clone() },
        Outcome::NotDelivered(error) => Settlement::NotDelivered(error.clone()),
        Outcome::AnswerRefused { reason } => Settlement::AnswerRefused { reason: reason.clone() },
    }
}

/// A technical failure: again after a pause, or a human is needed.
fn fail(step: &mut Step<'_>, node: NodeKey, place: Place, effect: &Arc<Effect>, failure: Failure) {
    if let Effect::Call { attempt, .. } = &**effect
        && let Some(pause_ms) = pause_ms(step, node, place, *attempt, &failure)
        && let Some(element) = step.instance.node(node).map(|node| node.element.clone())
    {
        let counts = failure.kind != FailureKind::MailboxAway;
        let effect = if counts { next_attempt(effect) } else { Arc::clone(effect) };
        let kind = WaitKind::Retry { due: step.now.plus_ms(pause_ms), effect };
        step.open_wait(node, &element, kind);
        return;
    }
    let mut evidence = failure.causes;
    evidence.extend(failure.log);
    let trouble = Trouble { code: code_of(failure.kind), message: failure.message, evidence };
    step.open_incident(node, trouble, Some(first_attempt(effect)));
}

/// Milliseconds until the next try; `None` if there is none.
fn pause_ms(step: &Step<'_>, node: NodeKey, place: Place, attempt: u32, failure: &Failure) -> Option<u64> {
    match failure.kind {
        FailureKind::Technical | FailureKind::Host => {}
        FailureKind::MailboxAway => return retry_advised(failure.retry, CALL_RETRY_INTERVAL_MS_DEFAULT),
        FailureKind::PluginBug
        | FailureKind::CpuLimit
        | FailureKind::WallLimit
        | FailureKind::MemoryLimit
        | FailureKind::OtherLimit
        | FailureKind::HandlerMissing => return None,
    }
    let policy = match retry_cycle(step, node, place) {
        Some(cycle) => {
            let pause = cycle.pause_after(attempt)?;
            u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
        }
        None if attempt < CALL_ATTEMPTS_DEFAULT => CALL_RETRY_INTERVAL_MS_DEFAULT,
        None => return None,
    };
    retry_advised(failure.retry, policy)
}

/// The pause of the policy, as the plugin wants it.
fn retry_advised(advice: RetryAdvice, policy_ms: u64) -> Option<u64> {
    match advice {
        RetryAdvice::ByPolicy => Some(policy_ms),
        RetryAdvice::Never => None,
        RetryAdvice::AfterMs(pause) => Some(pause.max(policy_ms)),
    }
}

/// What the model says about trying again; an iteration's own word counts before the element's.
fn retry_cycle<'a>(step: &Step<'a>, node: NodeKey, place: Place) -> Option<&'a RetryCycle> {
    let Place::Element(index) = place else { return None };
    let element = step.program.element(index);
    let iterated = matches!(step.instance.node(node)?.role, Role::Iteration(_));
    let of_iteration = element.multi_instance.as_ref().filter(|_| iterated);
    of_iteration.and_then(|iterations| iterations.retry_cycle.as_ref()).or(element.retry_cycle.as_ref())
}

/// The same work as if it had never been tried: what a human repaired gets all attempts again.
fn first_attempt(effect: &Arc<Effect>) -> Arc<Effect> {
    with_attempt(effect, |_| 1)
}

fn next_attempt(effect: &Arc<Effect>) -> Arc<Effect> {
    with_attempt(effect, |attempt| attempt.saturating_add(1))
}

fn with_attempt(effect: &Arc<Effect>, change: impl FnOnce(u32) -> u32) -> Arc<Effect> {
    let mut effect = Effect::clone(effect);
    if let Effect::Call { attempt, .. } = &mut effect {
        *attempt = change(*attempt);
    }
    Arc::new(effect)
}

fn code_of(kind: FailureKind) -> &'static Code {
    match kind {
        FailureKind::Technical => &incident::WORK_FAILED,
        FailureKind::PluginBug => &incident::PLUGIN_BUG,
        FailureKind::CpuLimit => &incident::CPU_LIMIT,
        FailureKind::WallLimit => &incident::WALL_LIMIT,
        FailureKind::MemoryLimit => &incident::MEMORY_LIMIT,
        FailureKind::OtherLimit => &incident::OTHER_LIMIT,
        FailureKind::HandlerMissing => &incident::HANDLER_MISSING,
        FailureKind::Host | FailureKind::MailboxAway => &incident::HOST_FAILED,
    }
}

/// Which handler call an activation is at, so that a key made of it never stands for two pieces of work.
pub(super) fn stage_of(state: State, hook: &Hook) -> String {
    match (hook, state) {
        (Hook::ServiceTask, _) => "execute".to_owned(),
        (Hook::Prepare(_), _) => "prepare".to_owned(),
        (Hook::Failed(..), _) => "failed".to_owned(),
        (Hook::Listener(ListenerEvent::Start), State::Starting(position)) => format!("start-{position}"),
        (Hook::Listener(ListenerEvent::Take), State::Starting(position)) => format!("take-{position}"),
        (Hook::Listener(ListenerEvent::End), State::Ending(position)) => format!("end-{position}"),
        (Hook::Listener(event), _) => format!("{event:?}").to_lowercase(),
    }
}
