//! Event-based gateway: waits for several things at once, the first that comes decides the way. It does not complete: the
//! event takes its place, as in Operaton's history.

use std::sync::Arc;

use tessera_bpmn::compile::{Element, Kind, Trigger};

use super::misplaced;
use crate::identity::NodeKey;
use crate::instance::fact::{Ending, Fact};
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers;
use crate::instance::wait::WaitKind;

pub(super) static TABLE: Table = Table {
    element: "event-based gateway",
    rows: &[
        Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Waiting)], act: begin },
        Row { from: State::Waiting, on: Occasion::Triggered, to: &[Next::Gone], act: decide },
    ],
    leaves: Leaves::Every,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let mut waits: Vec<(&Arc<str>, _)> = Vec::new();
    for flow in &at.element.outgoing {
        let event = step.program.element(step.program.flow(*flow).target);
        waits.extend(awaited(step, at, event)?.into_iter().map(|kind| (&event.id, kind)));
    }
    for (event, kind) in waits {
        step.open_wait(at.node, event, kind);
    }
    Ok(Next::Stay(State::Waiting))
}

/// What an event or task behind a gateway waits for.
pub(super) fn awaited(step: &Step<'_>, at: At<'_>, event: &Element) -> Result<Vec<WaitKind>, Trouble> {
    if let Kind::CatchEvent(trigger) = &event.kind {
        triggers::wait_kinds(step, at.node, trigger)
    } else if let Kind::ReceiveTask(message) = &event.kind {
        triggers::wait_kinds(step, at.node, &Trigger::Message(message.clone()))
    } else {
        Ok(Vec::new())
    }
}

fn decide(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let Occurrence::Triggered(event) = occurrence else { return Err(misplaced(at)) };
    let leads_there = |flow: &&_| step.program.element(step.program.flow(**flow).target).id == event;
    let Some(flow) = at.element.outgoing.iter().find(leads_there) else { return Err(misplaced(at)) };
    step.emit(Fact::NodeLeft { node: at.node, ending: Ending::Cancelled });
    let entered = NodeKey(step.instance.next.node);
    step.take(at.parent, std::slice::from_ref(flow));
    let handed = std::mem::take(&mut step.handed);
    step.set_own(entered, handed);
    Ok(Next::Gone)
}

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    const MODEL: &str = r#"<startEvent id="start"/><eventBasedGateway id="g"/>
        <intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT20S</timeDuration></timerEventDefinition></intermediateCatchEvent>
        <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <intermediateCatchEvent id="s1"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
        <receiveTask id="r" messageRef="n"/><exclusiveGateway id="x"/><endEvent id="end"/>
        start -> g
        g -> t
        g -> c
        g -> s1
        g -> r
        t -> x
        c -> x
        s1 -> x
        r -> x
        x -> end"#;

    #[test]
    fn the_first_event_decides_and_disarms_the_others() {
        type Occurs = fn(&mut Run);
        let cases: [(Occurs, &str); 4] = [
            (|run| run.advance(20), "start -g t x end"),
            (|run| run.message("m", None), "start -g c x end"),
            (|run| run.signal("s", serde_json::json!({})), "start -g s1 x end"),
            (|run| run.message("n", None), "start -g r x end"),
        ];
        for (occurs, path) in cases {
            let mut run = Run::start(MODEL);
            assert_eq!((run.places().as_str(), run.instance.waits().count()), ("g", 4));
            run.advance(19);
            assert_eq!(run.places(), "g");
            occurs(&mut run);
            assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", path));
        }
    }
}
