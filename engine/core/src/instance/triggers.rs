//! What events wait for: from the model's trigger to an open wait, and from a wait that came true to what it moves.

use std::sync::Arc;

use tessera_bpmn::compile::{Kind, MessageTrigger, Trigger};
use tessera_bpmn::expression::Scope;

use super::elements::boundary_event;
use super::fact::Fact;
use super::occurrence::{Next, Occurrence, Trouble};
use super::state::State;
use super::step::{At, Place, Step};
use super::timers;
use super::variables::{Named, View};
use super::wait::{Wait, WaitKind};
use crate::identity::{NodeKey, WaitKey};
use crate::message::Message;

/// The variable that tells parallel branches of one conversation apart.
const CORRELATION_KEY: &str = "correlationKey";

/// What a trigger waits for, seen from an activation. `None`: it is not waited for, but thrown at (errors) or nothing.
pub(super) fn wait_kind(
    step: &Step<'_>,
    node: NodeKey,
    trigger: &Trigger,
) -> Result<Option<WaitKind>, Trouble> {
    let view = View::new(step.instance, step.program, node);
    match trigger {
        Trigger::Message(message) => message_wait(&view, message).map(Some),
        Trigger::Timer(timer) => timers::wait(&view, timer, step.now).map(Some),
        Trigger::Signal { name } => Ok(Some(WaitKind::Signal { name: name.evaluate_text(&view)?.into() })),
        Trigger::None | Trigger::Error(_) => Ok(None),
    }
}

fn message_wait(view: &View<'_>, message: &MessageTrigger) -> Result<WaitKind, Trouble> {
    let name = message.name.evaluate_text(view)?.into();
    let correlation_key = match &message.correlation_key {
        Some(template) => Some(template.evaluate_text(view)?.into()),
        None => match view.variable(CORRELATION_KEY) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(key)) => Some(key.as_str().into()),
            Some(other) => Some(other.to_string().into()),
        },
    };
    Ok(WaitKind::Message { name, correlation_key })
}

/// Opens the waits of an activity's boundary events, or none of them.
pub(super) fn open_boundary(step: &mut Step<'_>, at: At<'_>) -> Result<(), Trouble> {
    let mut waits = Vec::new();
    for index in &at.element.boundary_events {
        let event = step.program.element(*index);
        if let Kind::BoundaryEvent { trigger, .. } = &event.kind
            && let Some(kind) = wait_kind(step, at.node, trigger)?
        {
            waits.push((&event.id, kind));
        }
    }
    for (element, kind) in waits {
        step.open_wait(at.node, element, kind);
    }
    Ok(())
}

/// Waits for a trigger; behind an event-based gateway it has come already.
pub(super) fn begin_waiting(step: &mut Step<'_>, at: At<'_>, trigger: &Trigger) -> Result<Next, Trouble> {
    let by = step.instance.node(at.node).and_then(|node| node.by.as_ref());
    let source = by.and_then(|flow| step.program.find_flow(flow)).map(|flow| step.program.flow(flow).source);
    if source.is_some_and(|source| step.program.element(source).kind == Kind::EventBasedGateway) {
        return Ok(Next::DONE);
    }
    match wait_kind(step, at.node, trigger)? {
        Some(kind) => {
            step.open_wait(at.node, &at.element.id, kind);
            Ok(Next::Stay(State::Waiting))
        }
        None => Ok(Next::DONE),
    }
}

/// What came true.
pub(super) enum Payload {
    Message(Arc<Message>),
    Variables(Named),
    Nothing,
}

/// Moves what an open wait holds back.
pub(super) fn fire(step: &mut Step<'_>, key: WaitKey, wait: &Wait, waiting: &Waiting<'_>, payload: Payload) {
    match *waiting {
        Waiting::Activity { at, event, interrupting } => {
            accept(step, at.parent, payload);
            if interrupting {
                step.cancel(at.node);
            } else {
                boundary_event::rearm(step, at, key, wait);
            }
            step.enter(at.parent, event, None);
        }
        Waiting::Event { node, place } => {
            let parent = step.instance.node(node).map_or(NodeKey::ROOT, |node| node.parent);
            accept(step, parent, payload);
            step.close_waits(node);
            step.due(node, place, Occurrence::Triggered(wait.element.clone()));
        }
    }
}

/// Who waits.
pub(super) enum Waiting<'a> {
    /// A boundary event, at its activity.
    Activity { at: At<'a>, event: tessera_bpmn::compile::ElementIndex, interrupting: bool },
    /// An event, task or gateway for itself.
    Event { node: NodeKey, place: Place },
}

/// Finds out who waits; `None` if the program does not have it.
pub(super) fn waiting<'a>(step: &Step<'a>, wait: &Wait) -> Option<Waiting<'a>> {
    let event = step.program.find(&wait.element)?;
    if let Kind::BoundaryEvent { interrupting, .. } = step.program.element(event).kind {
        return Some(Waiting::Activity { at: step.at(wait.node)?, event, interrupting });
    }
    Some(Waiting::Event { node: wait.node, place: step.place(wait.node)? })
}

fn accept(step: &mut Step<'_>, scope: NodeKey, payload: Payload) {
    match payload {
        Payload::Message(message) => step.take_message(scope, message, false),
        Payload::Variables(variables) => {
            for (name, value) in variables {
                step.set_visible(scope, name, value);
            }
        }
        Payload::Nothing => {}
    }
}

/// Closes one wait.
pub(super) fn close(step: &mut Step<'_>, wait: WaitKey) {
    step.emit(Fact::WaitClosed { wait });
}
