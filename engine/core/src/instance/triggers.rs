//! What events wait for: from the model's trigger to an open wait, and from a wait that came true to what it moves.

use std::sync::Arc;

use tessera_bpmn::compile::{Element, ElementIndex, Kind, MessageTrigger, Program, Trigger};
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
        Trigger::Condition(_) => Ok(Some(WaitKind::Condition)),
        Trigger::None | Trigger::Error(_) | Trigger::Escalation(_) => Ok(None),
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

/// Opens what the event subprocesses of a scope wait for, or nothing.
pub(super) fn open_event_sub_processes(step: &mut Step<'_>, at: At<'_>) -> Result<(), Trouble> {
    let mut waits = Vec::new();
    for (_, start, trigger) in handlers(step.program, at.index) {
        if let Some(kind) = wait_kind(step, at.node, trigger)? {
            waits.push((&start.id, kind));
        }
    }
    for (element, kind) in waits {
        step.open_wait(at.node, element, kind);
    }
    Ok(())
}

/// The event subprocesses of a scope: each with its start event and what that waits for.
pub(super) fn handlers(
    program: &Program,
    scope: ElementIndex,
) -> impl Iterator<Item = (ElementIndex, &Element, &Trigger)> {
    let handlers = program.element(scope).kind.scope().map(|scope| scope.event_sub_processes.as_slice());
    handlers.unwrap_or_default().iter().filter_map(|index| {
        let start = program.element(*program.scope(*index).start_events.first()?);
        let Kind::StartEvent(trigger) = &start.kind else { return None };
        Some((*index, start, trigger))
    })
}

/// Begins an event subprocess: if it interrupts, all else in the scope around it ends, and nothing else can begin there.
pub(super) fn begin_event_sub_process(step: &mut Step<'_>, scope: NodeKey, index: ElementIndex) -> NodeKey {
    if matches!(step.program.element(index).kind, Kind::EventSubProcess { interrupting: true, .. }) {
        step.cancel_children(scope);
        let waits = step.instance.node(scope).map(|scope| scope.waits.clone()).unwrap_or_default();
        for key in waits {
            let event = step.instance.wait(key).and_then(|wait| step.program.find(&wait.element));
            let is_start = |event| matches!(step.program.element(event).kind, Kind::StartEvent(_));
            if event.is_some_and(is_start) {
                close(step, key);
            }
        }
    }
    step.enter(scope, index, None)
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
        Waiting::Scope { at, sub_process, interrupting } => {
            if !interrupting {
                boundary_event::rearm(step, at, key, wait);
            }
            let entered = begin_event_sub_process(step, at.node, sub_process);
            accept(step, entered, payload);
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
    Activity { at: At<'a>, event: ElementIndex, interrupting: bool },
    /// An event subprocess, at the scope around it.
    Scope { at: At<'a>, sub_process: ElementIndex, interrupting: bool },
    /// An event, task or gateway for itself.
    Event { node: NodeKey, place: Place },
}

/// Finds out who waits; `None` if the program does not have it.
pub(super) fn waiting<'a>(step: &Step<'a>, wait: &Wait) -> Option<Waiting<'a>> {
    let event = step.program.find(&wait.element)?;
    let element = step.program.element(event);
    if let Kind::BoundaryEvent { interrupting, .. } = element.kind {
        return Some(Waiting::Activity { at: step.at(wait.node)?, event, interrupting });
    }
    if let Kind::EventSubProcess { interrupting, .. } = step.program.element(element.scope).kind
        && matches!(element.kind, Kind::StartEvent(_))
    {
        return Some(Waiting::Scope { at: step.at(wait.node)?, sub_process: element.scope, interrupting });
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
