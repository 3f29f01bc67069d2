//! What events wait for: from the model's trigger to an open wait, and from a wait that came true to what it moves.

use std::sync::Arc;

use tessera_bpmn::compile::{ElementIndex, Kind, MessageTrigger, Program, Trigger};
use tessera_bpmn::expression::{Scope, Template};

use super::conditions;
use super::elements::boundary_event;
use super::fact::Fact;
use super::incident;
use super::occurrence::{Next, Occurrence, Trouble};
use super::state::{Role, State};
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
    let view = View::of(step, node);
    match trigger {
        Trigger::Message(message) => message_wait(&view, message).map(Some),
        Trigger::Timer(timer) => timers::wait(&view, timer, step.now).map(Some),
        Trigger::Signal { name } => Ok(Some(WaitKind::Signal { name: name.evaluate_text(&view)?.into() })),
        Trigger::Condition(_) => Ok(Some(WaitKind::Condition)),
        Trigger::None
        | Trigger::Error(_)
        | Trigger::Escalation(_)
        | Trigger::Compensation
        | Trigger::Cancel
        | Trigger::Several { .. } => Ok(None),
    }
}

/// All that an event waits for. Its conditions are looked at together.
pub(super) fn wait_kinds(
    step: &Step<'_>,
    node: NodeKey,
    trigger: &Trigger,
) -> Result<Vec<WaitKind>, Trouble> {
    let mut kinds: Vec<WaitKind> = Vec::new();
    for trigger in trigger.each() {
        let kind = wait_kind(step, node, trigger)?;
        kinds.extend(kind.filter(|kind| *kind != WaitKind::Condition || !kinds.contains(kind)));
    }
    Ok(kinds)
}

fn message_wait(view: &View<'_>, message: &MessageTrigger) -> Result<WaitKind, Trouble> {
    let name = message.name.evaluate_text(view)?.into();
    let correlation_key = match &message.correlation_key {
        Some(template) => Some(key(template, view)?.into()),
        None => match view.variable(CORRELATION_KEY) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(key)) => Some(key.as_str().into()),
            Some(other) => Some(other.to_string().into()),
        },
    };
    Ok(WaitKind::Message { name, correlation_key })
}

/// A key that is null would match nothing, or by accident an empty one.
fn key(template: &Template, view: &View<'_>) -> Result<String, Trouble> {
    let key = template.evaluate_text(view)?;
    if key.is_empty() {
        let message = format!("the correlation key `{template}` has no value (at {})", template.position());
        return Err(Trouble::new(&incident::EXPRESSION, message));
    }
    Ok(key)
}

/// Opens the waits of an activity's boundary events, or none of them.
pub(super) fn open_boundary(step: &mut Step<'_>, at: At<'_>) -> Result<(), Trouble> {
    let mut waits = Vec::new();
    for index in &at.element.boundary_events {
        let event = step.program.element(*index);
        if let Kind::BoundaryEvent { trigger, .. } = &event.kind {
            let kinds = wait_kinds(step, at.node, trigger)?;
            waits.extend(kinds.into_iter().map(|kind| (&event.id, kind)));
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
    for handler in handlers(step.program, at.index) {
        let kinds = wait_kinds(step, at.node, handler.trigger)?;
        let start = &step.program.element(handler.start).id;
        waits.extend(kinds.into_iter().map(|kind| (start, kind)));
    }
    for (element, kind) in waits {
        step.open_wait(at.node, element, kind);
    }
    Ok(())
}

/// One way into an event subprocess of a scope.
pub(super) struct Handler<'a> {
    pub(super) sub_process: ElementIndex,
    pub(super) start: ElementIndex,
    pub(super) trigger: &'a Trigger,
}

/// The event subprocesses of a scope, by each of their start events.
pub(super) fn handlers(program: &Program, scope: ElementIndex) -> impl Iterator<Item = Handler<'_>> {
    let handlers = program.element(scope).kind.scope().map(|scope| scope.event_sub_processes.as_slice());
    let starts = handlers.unwrap_or_default().iter().flat_map(|sub_process| {
        program.scope(*sub_process).start_events.iter().map(|start| (*sub_process, *start))
    });
    starts.filter_map(|(sub_process, start)| {
        let Kind::StartEvent(trigger) = &program.element(start).kind else { return None };
        Some(Handler { sub_process, start, trigger })
    })
}

/// Begins an event subprocess at one of its start events: if that interrupts, all else in the scope around it ends, and
/// nothing else can begin there.
pub(super) fn begin_event_sub_process(
    step: &mut Step<'_>,
    scope: NodeKey,
    index: ElementIndex,
    start: ElementIndex,
) -> NodeKey {
    let start = step.program.element(start);
    if start.interrupts {
        step.cancel_children(scope);
        close_starts(step, scope);
    }
    let id = step.program.element(index).id.clone();
    step.activate(scope, id, Role::Element, Some(start.id.clone()), Place::Element(index))
}

/// No event subprocess of a scope can begin any more.
pub(super) fn close_starts(step: &mut Step<'_>, scope: NodeKey) {
    let waits = step.instance.node(scope).map(|scope| scope.waits.clone()).unwrap_or_default();
    for key in waits {
        let event = step.instance.wait(key).and_then(|wait| step.program.find(&wait.element));
        let is_start = |event| matches!(step.program.element(event).kind, Kind::StartEvent(_));
        if event.is_some_and(is_start) {
            close(step, key);
        }
    }
}

/// Waits for a trigger; behind an event-based gateway it has come already.
pub(super) fn begin_waiting(step: &mut Step<'_>, at: At<'_>, trigger: &Trigger) -> Result<Next, Trouble> {
    if has_come(step, at) {
        return Ok(Next::DONE);
    }
    let kinds = wait_kinds(step, at.node, trigger)?;
    let next = if kinds.is_empty() { Next::DONE } else { Next::Stay(State::Waiting) };
    for kind in kinds {
        step.open_wait(at.node, &at.element.id, kind);
    }
    Ok(next)
}

/// Whether what an event waits for is what brought its token here: by a gateway, or as the start of the instance.
fn has_come(step: &Step<'_>, at: At<'_>) -> bool {
    let Some(by) = step.instance.node(at.node).and_then(|node| node.by.as_ref()) else { return false };
    let source = step.program.find_flow(by).map(|flow| step.program.flow(flow).source);
    *by == at.element.id
        || source.is_some_and(|source| {
            matches!(
                step.program.element(source).kind,
                Kind::EventBasedGateway | Kind::InstantiatingGateway { .. }
            )
        })
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
            let kept = match payload {
                Payload::Variables(variables) if step.program.element(event).keeps_results => variables,
                payload @ (Payload::Message(_) | Payload::Variables(_) | Payload::Nothing) => {
                    accept(step, at.parent, payload);
                    Named::new()
                }
            };
            match rest_of(step, key, wait, event) {
                Rest::Missing => return accept(step, at.parent, Payload::Variables(kept)),
                _ if interrupting => step.cancel(at.node),
                Rest::None => boundary_event::rearm(step, at, key, wait),
                Rest::Came => again(step, at.node, event),
            }
            let entered = NodeKey(step.instance.next.node);
            step.enter(at.parent, event, None);
            step.set_own(entered, kept);
        }
        Waiting::Scope { at, sub_process, start, interrupting } => {
            match rest_of(step, key, wait, start) {
                Rest::Missing => return accept(step, at.node, payload),
                _ if interrupting => {}
                Rest::None => boundary_event::rearm(step, at, key, wait),
                Rest::Came => again(step, at.node, start),
            }
            let entered = begin_event_sub_process(step, at.node, sub_process, start);
            let keeper = step.program.element(start).keeps_results.then_some(entered);
            accept_or_keep(step, keeper, entered, payload);
        }
        Waiting::Event { node, place } => {
            let parent = step.instance.node(node).map_or(NodeKey::ROOT, |node| node.parent);
            accept_for(step, node, parent, &wait.element, payload);
            conditions::look_at_changes(step);
            if step.instance.node(node).is_none() {
                return;
            }
            let own = match place {
                Place::Element(index) => index,
                Place::Flow(_) => return,
            };
            let rest = rest_of(step, key, wait, own);
            if let Rest::Missing = rest {
                return;
            }
            if waits_for_each(&step.program.element(own).kind) {
                close(step, key);
            } else {
                step.close_waits(node);
            }
            step.due(node, place, Occurrence::Triggered(wait.element.clone()));
        }
    }
}

/// What an event still waits for besides what came.
enum Rest {
    /// Nothing: one thing is enough.
    None,
    /// Nothing: all has come.
    Came,
    /// Something.
    Missing,
}

/// An event that waits for several things together notes that one of them came.
fn rest_of(step: &mut Step<'_>, key: WaitKey, wait: &Wait, event: ElementIndex) -> Rest {
    let trigger = step.program.element(event).kind.trigger();
    let Some(Trigger::Several { all: true, .. }) = trigger else { return Rest::None };
    close(step, key);
    let open = step.instance.node(wait.node).map(|node| node.waits.as_slice()).unwrap_or_default();
    let of_event =
        |key: &WaitKey| step.instance.wait(*key).is_some_and(|other| other.element == wait.element);
    if open.iter().any(of_event) { Rest::Missing } else { Rest::Came }
}

/// An event that interrupts nothing waits for everything anew. What has no value any more is not waited for.
fn again(step: &mut Step<'_>, node: NodeKey, event: ElementIndex) {
    let element = step.program.element(event);
    let Some(trigger) = element.kind.trigger() else { return };
    for kind in wait_kinds(step, node, trigger).unwrap_or_default() {
        step.open_wait(node, &element.id, kind);
    }
}

/// Whether what has not come yet is still waited for.
fn waits_for_each(kind: &Kind) -> bool {
    matches!(kind, Kind::InstantiatingGateway { parallel: true })
}

/// Who waits.
pub(super) enum Waiting<'a> {
    /// A boundary event, at its activity.
    Activity { at: At<'a>, event: ElementIndex, interrupting: bool },
    /// An event subprocess, at the scope around it.
    Scope { at: At<'a>, sub_process: ElementIndex, start: ElementIndex, interrupting: bool },
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
    if matches!(step.program.element(element.scope).kind, Kind::EventSubProcess { .. })
        && matches!(element.kind, Kind::StartEvent(_))
    {
        let (sub_process, interrupting) = (element.scope, element.interrupts);
        return Some(Waiting::Scope { at: step.at(wait.node)?, sub_process, start: event, interrupting });
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

/// Takes what came for an event: its variables stay with the event where the model hands them out by outputs alone.
fn accept_for(step: &mut Step<'_>, node: NodeKey, parent: NodeKey, event: &str, payload: Payload) {
    let keeper = step.keeper(node);
    match payload {
        // The event behind a gateway is entered in this step, and gets them then.
        Payload::Variables(variables) if keeper.is_none() && step.is_kept_behind(node, event) => {
            step.handed = variables;
        }
        // What the event has as inputs is set there.
        Payload::Variables(_) => accept_or_keep(step, keeper, node, payload),
        Payload::Message(_) | Payload::Nothing => accept(step, parent, payload),
    }
}

/// Takes what came into a scope; variables stay with the keeper, if there is one.
fn accept_or_keep(step: &mut Step<'_>, keeper: Option<NodeKey>, scope: NodeKey, payload: Payload) {
    match (keeper, payload) {
        (Some(node), Payload::Variables(variables)) => step.set_own(node, variables),
        (_, payload) => accept(step, scope, payload),
    }
}

/// Closes one wait.
pub(super) fn close(step: &mut Step<'_>, wait: WaitKey) {
    step.emit(Fact::WaitClosed { wait });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    const DEFINITIONS: &str = r#"<messageEventDefinition messageRef="m"/><signalEventDefinition signalRef="sig"/>
        <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
        <conditionalEventDefinition><condition>${x == 1}</condition></conditionalEventDefinition>"#;

    #[test]
    fn a_key_without_a_value_needs_a_human() {
        let model = r#"<startEvent id="start"/><receiveTask id="r" messageRef="m" t:correlationKey="${execution.getVariable('k')}" xmlns:t="https://tessera.dev/bpmn/1"/>
            start -> r"#;
        assert_eq!(Run::start(model).places(), "r!P501");
        assert_eq!(Run::start_with(model, json!({"k": 7})).places(), "r");
    }

    type Occurs = fn(&mut Run);
    const OCCURRENCES: [Occurs; 4] = [
        |run| run.message("m", None),
        |run| run.signal("s", json!({"y": 1})),
        |run| run.advance(3_600),
        |run| run.set("x", json!(1)),
    ];

    fn catch_event(all: bool) -> String {
        format!(
            r#"<startEvent id="start"/><intermediateCatchEvent id="c" parallelMultiple="{all}">{DEFINITIONS}</intermediateCatchEvent>
            start -> c"#
        )
    }

    #[test]
    fn one_of_several_is_enough() {
        for occurs in OCCURRENCES {
            let mut run = Run::start(&catch_event(false));
            assert_eq!((run.places().as_str(), run.instance.waits().count()), ("c", 4));
            occurs(&mut run);
            assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start c"));
        }
    }

    #[test]
    fn several_together_come_in_any_order() {
        for first in 0..OCCURRENCES.len() {
            let mut run = Run::start(&catch_event(true));
            for turn in 0..OCCURRENCES.len() {
                assert_eq!(run.places(), "c", "{first} {turn}");
                OCCURRENCES[(first + turn) % OCCURRENCES.len()](&mut run);
            }
            assert_eq!((run.places().as_str(), run.variable("y")), ("Completed", json!(1)));
        }
    }

    fn boundary(cancel: bool, all: bool) -> String {
        format!(
            r#"<startEvent id="start"/><userTask id="u"/><task id="x"/>
            <boundaryEvent id="b" attachedToRef="u" cancelActivity="{cancel}" parallelMultiple="{all}">{DEFINITIONS}</boundaryEvent>
            start -> u
            b -> x"#
        )
    }

    fn handler(interrupting: bool, all: bool) -> String {
        format!(
            r#"<startEvent id="start"/><userTask id="u"/>
            <subProcess id="h" triggeredByEvent="true"><startEvent id="b" isInterrupting="{interrupting}" parallelMultiple="{all}">{DEFINITIONS}</startEvent><task id="x"/>
              b -> x
            </subProcess>
            start -> u"#
        )
    }

    #[test]
    fn boundary_events_and_event_subprocesses_wait_for_several() {
        for model in [boundary(true, false), handler(true, false)] {
            for occurs in OCCURRENCES {
                let mut run = Run::start(&model);
                occurs(&mut run);
                assert_eq!(run.places(), "Completed", "{model}");
                assert!(run.path().starts_with("start -u b x"), "{}", run.path());
            }
        }
        for model in [boundary(true, true), handler(true, true)] {
            let mut run = Run::start(&model);
            for occurs in OCCURRENCES {
                assert_eq!(run.places(), "u", "{model}");
                occurs(&mut run);
            }
            assert_eq!(run.places(), "Completed", "{model}");
        }
        for model in [boundary(false, true), handler(false, true)] {
            let mut run = Run::start(&model);
            for round in 1..=2 {
                for occurs in OCCURRENCES {
                    occurs(&mut run);
                }
                assert_eq!(run.path().matches("b x").count(), round, "{model}: {}", run.path());
                run.set("x", json!(0));
            }
            assert_eq!(run.places(), "u");
        }
    }

    #[test]
    fn an_event_subprocess_begins_at_the_start_event_that_was_met() {
        let model = r#"<startEvent id="start"/><userTask id="u"/>
            <subProcess id="h" triggeredByEvent="true"><startEvent id="h0" isInterrupting="false"><messageEventDefinition messageRef="m"/></startEvent>
              <startEvent id="h1"><errorEventDefinition errorRef="e"/></startEvent><task id="a"/><task id="b"/>
              h0 -> a
              h1 -> b
            </subProcess><boundaryEvent id="b0" attachedToRef="u" cancelActivity="false"><signalEventDefinition signalRef="sig"/></boundaryEvent>
            <endEvent id="wrong"><errorEventDefinition errorRef="e"/></endEvent>
            start -> u
            b0 -> wrong"#;
        let mut run = Run::start(model);
        run.message("m", None);
        assert_eq!((run.places().as_str(), run.path().as_str()), ("u", "start h0 a h"));
        run.signal("s", json!({}));
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start h0 a h b0 -u -wrong h1 b h")
        );
    }

    #[test]
    fn a_signal_is_heard_in_its_own_instance_at_once_and_may_end_the_thrower() {
        let model = |interrupting: bool| {
            format!(
                r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/><intermediateThrowEvent id="t"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent>
                  <intermediateCatchEvent id="late"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
                  s0 -> t
                  t -> late
                </subProcess><boundaryEvent id="b" attachedToRef="sub" cancelActivity="{interrupting}"><signalEventDefinition signalRef="sig"/></boundaryEvent><task id="x"/>
                start -> sub
                b -> x"#
            )
        };
        let run = Run::start(&model(true));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start s0 -t -sub b x"));
        let run = Run::start(&model(false));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("late", "start s0 t b x"));
    }

    #[test]
    fn a_process_or_subprocess_without_start_event_begins_where_no_flow_leads_to() {
        let run = Run::start_without_event(
            r#"<task id="a"/><userTask id="b"/><subProcess id="sub"><task id="c"/><task id="d"/><userTask id="f"/>
              d -> f
            </subProcess>
            a -> sub"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("b f", "a c d"));
    }

    #[test]
    fn a_receive_task_starts_an_instance() {
        let mut run = Run::start_by_message(
            r#"<receiveTask id="start" messageRef="m" instantiate="true"/><receiveTask id="r" messageRef="n"/>
            start -> r"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("r", "start"));
        run.message("n", None);
        assert_eq!(run.places(), "Completed");
    }
}
