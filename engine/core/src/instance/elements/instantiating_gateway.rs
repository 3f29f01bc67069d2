//! Event-based gateway that starts an instance. Usually the message that came is all, and no token is ever here. A parallel
//! one goes on waiting for the others; each goes its own way when it comes, and the gateway is done with the last.

use tessera_bpmn::compile::Kind;

use super::{event_based_gateway, misplaced};
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};

pub(super) static TABLE: Table = Table {
    element: "event-based gateway that starts an instance",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Waiting), Next::Gone],
            act: begin,
        },
        Row {
            from: State::Waiting,
            on: Occasion::Triggered,
            to: &[Next::Stay(State::Waiting), Next::Gone],
            act: go_on,
        },
    ],
    leaves: Leaves::Every,
};

/// Waits for all but the event that it was entered for.
fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    if !matches!(at.element.kind, Kind::InstantiatingGateway { .. }) {
        return Err(misplaced(at));
    }
    let came = step.instance.node(at.node).and_then(|node| node.by.clone());
    let mut waits = Vec::new();
    for flow in &at.element.outgoing {
        let event = step.program.element(step.program.flow(*flow).target);
        if came.as_ref() != Some(&event.id) {
            let kinds = event_based_gateway::awaited(step, at, event)?;
            waits.extend(kinds.into_iter().map(|kind| (&event.id, kind)));
        }
    }
    for (event, kind) in waits {
        step.open_wait(at.node, event, kind);
    }
    Ok(rest(step, at))
}

fn go_on(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let Occurrence::Triggered(event) = occurrence else { return Err(misplaced(at)) };
    let leads_there = |flow: &&_| step.program.element(step.program.flow(**flow).target).id == event;
    let Some(flow) = at.element.outgoing.iter().find(leads_there) else { return Err(misplaced(at)) };
    step.take(at.parent, std::slice::from_ref(flow));
    Ok(rest(step, at))
}

fn rest(step: &mut Step<'_>, at: At<'_>) -> Next {
    if step.instance.node(at.node).is_some_and(|node| !node.waits.is_empty()) {
        return Next::Stay(State::Waiting);
    }
    step.complete(at.node);
    step.token_ended(at.parent);
    Next::Gone
}

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    fn model(kind: &str) -> String {
        format!(
            r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="{kind}"/>
            <intermediateCatchEvent id="start"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><receiveTask id="r" messageRef="n"/>
            <task id="a"/><task id="b"/>
            g -> start
            g -> r
            start -> a
            r -> b"#
        )
    }

    #[test]
    fn the_first_message_is_all_or_the_others_are_waited_for() {
        let run = Run::start_by_message(&model("Exclusive"));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start a"));
        let mut run = Run::start_by_message(&model("Parallel"));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("g", "start a"));
        run.message("n", None);
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start a g r b"));
        assert_eq!(run.answers(), ["start InProgress", "n0 InProgress", "start Completed", "n0 Completed"]);
    }

    #[test]
    fn a_gateway_with_one_event_waits_for_nothing_else() {
        let run = Run::start_by_message(
            r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/><receiveTask id="start" messageRef="m"/>
            g -> start"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start g"));
    }
}
