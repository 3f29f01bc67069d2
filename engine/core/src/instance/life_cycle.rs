//! The life of every activation: inputs, boundary events, start listeners, the element's own work (its table), end
//! listeners, outputs, outgoing flows. Each stage is a [`State`], so that any of them can be resumed.

use std::borrow::Cow;

use tessera_bpmn::compile::{FlowIndex, Listener};
use tessera_canary::{Canary, is_planted};

use super::elements::{self, ad_hoc_sub_process, multi_instance};
use super::fact::Fact;
use super::incident;
use super::mappings::Direction;
use super::occurrence::{Leaves, Next, Occurrence, Trouble};
use super::state::{Role, State};
use super::step::{At, Due, Place, Step};
use super::variables::View;
use super::wait::WaitKind;
use super::{calls, compensation, conditions, mappings, quantity, triggers};
use crate::identity::NodeKey;
use crate::plugin::ListenerEvent;

/// Drives one activation until it stays or is gone.
pub(super) fn drive(step: &mut Step<'_>, due: Due) {
    let Due { node, place, mut occurrence } = due;
    // It may have been cancelled by what ran before it.
    let Some(stored) = step.instance.node(node).map(|node| node.state) else { return };
    let mut state = stored;
    loop {
        conditions::look_at_changes(step);
        if step.instance.node(node).is_none() {
            return;
        }
        let next = match place {
            Place::Element(index) => match step.at_element(node, index) {
                Some(at) => stage(step, at, state, occurrence),
                None => return,
            },
            Place::Flow(index) => flow_stage(step, node, index, state, &occurrence),
        };
        match next {
            Ok(Next::Go(next)) => {
                state = next;
                occurrence = Occurrence::Begun;
                continue;
            }
            Ok(Next::Stay(next)) => keep(step, node, stored, next),
            Ok(Next::Gone) => {}
            Err(trouble) => {
                keep(step, node, stored, state);
                step.open_incident(node, trouble, None);
            }
        }
        return;
    }
}

fn keep(step: &mut Step<'_>, node: NodeKey, stored: State, state: State) {
    if state != stored {
        step.emit(Fact::NodeAdvanced { node, state });
    }
}

/// What one stage does.
fn stage(step: &mut Step<'_>, at: At<'_>, state: State, occurrence: Occurrence) -> Result<Next, Trouble> {
    match state {
        State::Ready if !matches!(occurrence, Occurrence::Continued) && is_async(at, Border::Before) => {
            step.open_wait(at.node, &at.element.id, WaitKind::Continuation { due: step.now });
            Ok(Next::Stay(state))
        }
        State::Leaving if !matches!(occurrence, Occurrence::Continued) && is_async(at, Border::After) => {
            step.close_waits(at.node);
            step.open_wait(at.node, &at.element.id, WaitKind::Continuation { due: step.now });
            Ok(Next::Stay(state))
        }
        State::Ready => open(step, at),
        State::Starting(next) | State::Ending(next) if matches!(occurrence, Occurrence::Answered) => {
            Ok(Next::Go(after(state, next)))
        }
        State::Starting(next) => {
            let listeners = own_listeners(at);
            listen(step, at.node, listeners, ListenerEvent::Start, next, state, State::Started)
        }
        State::Ending(next) => {
            let listeners = own_listeners(at);
            listen(step, at.node, listeners, ListenerEvent::End, next, state, State::Leaving)
        }
        State::Leaving => leave(step, at),
        State::Started
        | State::Working
        | State::Preparing
        | State::Delivering
        | State::Consulting
        | State::Waiting
        | State::Holding
        | State::Parked => elements::act(step, at, state, occurrence),
    }
}

/// Where a commit of its own may be wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    Before,
    After,
}

/// Whether the model wants one there. A multi-instance activity says it for its body and for each iteration apart.
fn is_async(at: At<'_>, border: Border) -> bool {
    let (before, after) = match (at.role, &at.element.multi_instance) {
        (Role::Iteration(_), Some(plan)) => (plan.async_before, plan.async_after),
        (Role::Iteration(_), None) | (Role::Flow | Role::Restored, _) => (false, false),
        (Role::Element | Role::Body, _) => (at.element.async_before, at.element.async_after),
    };
    match border {
        Border::Before => before,
        Border::After => after,
    }
}

/// A token on a flow with listeners: they are called, then the flow's target is entered.
fn flow_stage(
    step: &mut Step<'_>,
    node: NodeKey,
    index: FlowIndex,
    state: State,
    occurrence: &Occurrence,
) -> Result<Next, Trouble> {
    let flow = step.program.flow(index);
    match state {
        State::Ready => Ok(Next::Go(State::Starting(0))),
        State::Starting(next) if matches!(occurrence, Occurrence::Answered) => {
            Ok(Next::Go(after(state, next)))
        }
        State::Starting(next) => {
            listen(step, node, &flow.listeners, ListenerEvent::Take, next, state, State::Leaving)
        }
        State::Started
        | State::Working
        | State::Preparing
        | State::Delivering
        | State::Consulting
        | State::Waiting
        | State::Holding
        | State::Parked
        | State::Ending(_)
        | State::Leaving => {
            let Some(scope) = step.instance.node(node).map(|node| node.parent) else { return Ok(Next::Gone) };
            if !quantity::gather(step, node, scope, flow.target) {
                return Ok(Next::Stay(State::Parked));
            }
            step.complete(node);
            step.enter(scope, flow.target, Some(index));
            Ok(Next::Gone)
        }
    }
}

fn after(state: State, listener: u32) -> State {
    let next = listener.saturating_add(1);
    if matches!(state, State::Ending(_)) { State::Ending(next) } else { State::Starting(next) }
}

/// Listeners are notified of each iteration, not of the body around them, and not once more of what is undone.
fn own_listeners(at: At<'_>) -> &[Listener] {
    if matches!(at.role, Role::Body | Role::Restored) { &[] } else { &at.element.listeners }
}

/// Calls the listener that is next; when there is none left, life goes on with `then`.
fn listen(
    step: &mut Step<'_>,
    node: NodeKey,
    listeners: &[Listener],
    event: ListenerEvent,
    next: u32,
    state: State,
    then: State,
) -> Result<Next, Trouble> {
    let mut due = listeners.iter().filter(|listener| calls::event_of(listener) == event);
    let position = usize::try_from(next).unwrap_or(usize::MAX);
    let Some(listener) = due.nth(position) else { return Ok(Next::Go(then)) };
    if listener.handler.is_some() {
        calls::queue_listener(step, node, listener, event)?;
        return Ok(Next::Stay(state));
    }
    if let Some(expression) = &listener.expression {
        step.perform(node, expression)?;
    }
    Ok(Next::Go(after(state, next)))
}

/// Sets the inputs and opens what the boundary events wait for. All values come first, so that a failure leaves nothing.
fn open(step: &mut Step<'_>, at: At<'_>) -> Result<Next, Trouble> {
    if at.role == Role::Restored {
        return Ok(Next::Go(State::Started));
    }
    if at.role != Role::Body && !at.element.inputs.is_empty() {
        let inputs = mappings::evaluate(step, at.node, &at.element.inputs, Direction::In)?;
        step.set_own(at.node, inputs);
    }
    if !matches!(at.role, Role::Iteration(_)) && !at.element.boundary_events.is_empty() {
        triggers::open_boundary(step, at)?;
    }
    Ok(Next::Go(if own_listeners(at).is_empty() { State::Started } else { State::Starting(0) }))
}

/// Sets the outputs and moves the token on.
fn leave(step: &mut Step<'_>, at: At<'_>) -> Result<Next, Trouble> {
    ad_hoc_sub_process::hand_out(step, at);
    if at.role != Role::Body && !at.element.outputs.is_empty() {
        for (name, value) in mappings::evaluate(step, at.node, &at.element.outputs, Direction::Out)? {
            if collects(at) {
                step.emit(Fact::VariableSet { node: at.node, name, value });
            } else {
                step.set_visible(at.parent, name, value);
            }
        }
        conditions::look_at_changes(step);
        if step.instance.node(at.node).is_none() {
            return Ok(Next::Gone);
        }
    }
    if let Role::Iteration(index) = at.role {
        return multi_instance::end_iteration(step, at, index);
    }
    let flows = choose(step, at, elements::table(at.element, at.role).leaves)?;
    let results = ad_hoc_sub_process::results(step, at, &flows)?;
    let enough = ad_hoc_sub_process::is_enough(step, at, results.as_ref())?;
    compensation::keep(step, at);
    if let Some((name, value)) = results {
        step.emit(Fact::VariableSet { node: at.parent, name, value });
    }
    step.complete(at.node);
    if enough {
        ad_hoc_sub_process::finish(step, at.parent);
        return Ok(Next::Gone);
    }
    if is_planted(Canary::TokenTwice) && flows.len() > 1 {
        step.take(at.parent, &flows[..1]);
    }
    match at.element.completion_quantity {
        1 => step.take(at.parent, &flows),
        quantity => step.take(at.parent, &quantity::times(&flows, quantity)),
    }
    Ok(Next::Gone)
}

/// Whether what an iteration yields is only for the list of results: set around it, others would overwrite it.
fn collects(at: At<'_>) -> bool {
    let plan = at.element.multi_instance.as_ref();
    matches!(at.role, Role::Iteration(_))
        && at.element.keeps_results
        && plan.is_some_and(|plan| plan.output_collection.is_some())
}

/// The outgoing flows that are to be taken.
pub(super) fn choose<'a>(
    step: &Step<'a>,
    at: At<'a>,
    leaves: Leaves,
) -> Result<Cow<'a, [FlowIndex]>, Trouble> {
    let program = step.program;
    let outgoing = at.element.outgoing.as_slice();
    if leaves == Leaves::Every || outgoing.is_empty() {
        return Ok(Cow::Borrowed(outgoing));
    }
    let view = View::of(step, at.node);
    let mut chosen: Cow<'a, [FlowIndex]> = Cow::Borrowed(&[]);
    for index in outgoing {
        if at.element.default_flow == Some(*index) {
            continue;
        }
        let condition = program.flow(*index).condition.as_ref();
        if leaves == Leaves::WhicheverHold && condition.is_none() {
            continue;
        }
        if condition.map_or(Ok(true), |condition| condition.evaluate_condition(&view))? {
            if leaves == Leaves::FirstThatHolds || outgoing.len() == 1 {
                return Ok(Cow::Borrowed(std::slice::from_ref(index)));
            }
            chosen.to_mut().push(*index);
        }
    }
    match &at.element.default_flow {
        _ if !chosen.is_empty() => Ok(chosen),
        Some(default) => Ok(Cow::Borrowed(std::slice::from_ref(default))),
        None if leaves == Leaves::WhicheverHold => Ok(chosen),
        None => {
            let message = format!("no outgoing sequence flow of `{}` can be selected", at.element.id);
            Err(Trouble::new(&incident::NO_FLOW, message))
        }
    }
}
