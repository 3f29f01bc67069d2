//! Events that throw several things: one after the other, in the order in which the model names them, each as an event that
//! throws it alone [10.5.3, 13.5.2]. How many are done is counted, so that whatever interrupts the row, a restart or a
//! repair, goes on at the one that was due. One that ends the thrower ends the row.

use tessera_bpmn::compile::{Kind, Throw};

use super::{end_event, misplaced, sending, throw_event};
use crate::instance::fact::Fact;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};

pub(super) static THROW: Table =
    Table { element: "multiple throw event", rows: THROWING, leaves: Leaves::EachThatHolds };

pub(super) static END: Table = Table { element: "multiple end event", rows: ENDING, leaves: Leaves::Every };

const THROWING: &[Row] = &[
    BEGUN,
    PREPARED,
    DELIVERED,
    NOT_DELIVERED,
    ANSWERED,
    LEFT,
    Row { from: State::Holding, on: Occasion::Emptied, to: &[ON, Next::DONE], act: go_on },
];

/// The last of several may cancel the transaction.
const ENDING: &[Row] = &[
    BEGUN,
    PREPARED,
    DELIVERED,
    NOT_DELIVERED,
    ANSWERED,
    LEFT,
    Row { from: State::Holding, on: Occasion::Emptied, to: &[ON, Next::DONE, Next::Gone], act: go_on },
];

/// The next is due.
const ON: Next = Next::Go(State::Started);

const BEGUN: Row = Row {
    from: State::Started,
    on: Occasion::Begun,
    to: &[ON, Next::Stay(State::Preparing), Next::Stay(State::Holding), Next::DONE, Next::Gone],
    act: begin,
};
const PREPARED: Row =
    Row { from: State::Preparing, on: Occasion::Prepared, to: &[Next::Stay(State::Delivering)], act: go_on };
const DELIVERED: Row =
    Row { from: State::Delivering, on: Occasion::Delivered, to: &[ON, Next::DONE], act: go_on };
const NOT_DELIVERED: Row = Row {
    from: State::Delivering,
    on: Occasion::NotDelivered,
    to: &[Next::Stay(State::Consulting), Next::Gone],
    act: go_on,
};
const ANSWERED: Row =
    Row { from: State::Consulting, on: Occasion::Answered, to: &[ON, Next::DONE], act: go_on };
const LEFT: Row = Row { from: State::Consulting, on: Occasion::LeftToDefault, to: &[Next::Gone], act: go_on };

/// What an event throws: of several the one that is due.
pub(super) fn thrown<'a>(step: &Step<'_>, at: At<'a>) -> Option<&'a Throw> {
    let throw = all(at)?;
    let Throw::Several(throws) = throw else { return Some(throw) };
    let plan = step.instance.node(at.node).and_then(|node| node.iterations.as_deref());
    throws.get(usize::try_from(plan.map_or(0, |plan| plan.ended)).unwrap_or(usize::MAX))
}

fn all(at: At<'_>) -> Option<&Throw> {
    if let Kind::ThrowEvent(throw) | Kind::EndEvent(throw) = &at.element.kind { Some(throw) } else { None }
}

fn begin(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let Some(Throw::Several(throws)) = all(at) else { return Err(misplaced(at)) };
    if step.instance.node(at.node).is_some_and(|node| node.iterations.is_none()) {
        let total = u32::try_from(throws.len()).unwrap_or(u32::MAX);
        step.emit(Fact::IterationsPlanned { node: at.node, total, items: None });
    }
    go_on(step, at, occurrence)
}

/// Lets the one that is due do what it does alone; when it is done, the next is due.
fn go_on(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let throw = thrown(step, at).ok_or_else(|| misplaced(at))?;
    let rows = match throw {
        Throw::Message(_) => sending::ROWS,
        Throw::Compensation { .. } => throw_event::COMPENSATING,
        Throw::Signal { .. } => throw_event::SIGNAL.rows,
        Throw::Escalation { .. } => throw_event::ESCALATION.rows,
        Throw::Error { .. } => end_event::ERROR.rows,
        Throw::Terminate => end_event::TERMINATE.rows,
        Throw::Cancel => end_event::CANCEL.rows,
        Throw::None | Throw::Several(_) => return Err(misplaced(at)),
    };
    // In each of them, what occurs can do so in one state only.
    let row = rows.iter().find(|row| row.on == occurrence.occasion()).ok_or_else(|| misplaced(at))?;
    let next = (row.act)(step, at, occurrence)?;
    if next != Next::DONE {
        return Ok(next);
    }
    let plan = step.instance.node(at.node).and_then(|node| node.iterations.as_deref());
    let (done, total) = plan.map(|plan| (plan.ended, plan.total)).ok_or_else(|| misplaced(at))?;
    let done = done.saturating_add(1);
    step.emit(Fact::IterationsCounted { node: at.node, started: done, ended: done });
    Ok(if done < total { ON } else { Next::DONE })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::effect::Effect;
    use crate::instance::Fact;
    use crate::instance::tests::run::Run;

    const SIGNAL: &str = r#"<signalEventDefinition signalRef="sig"/>"#;
    const MESSAGE: &str = r#"<messageEventDefinition messageRef="m"/>"#;
    const COMPENSATE: &str = "<compensateEventDefinition/>";
    const ESCALATION: &str = r#"<escalationEventDefinition escalationRef="esc"/>"#;

    fn model(thrown: &[&str], end: &[&str]) -> String {
        format!(
            r#"<startEvent id="start"/><transaction id="sub"><startEvent id="s0"/><task id="a"/><userTask id="b"/>
              <boundaryEvent id="a1" attachedToRef="a"><compensateEventDefinition/></boundaryEvent><userTask id="undo" isForCompensation="true"/>
              <association id="as" sourceRef="a1" targetRef="undo"/>
              <intermediateThrowEvent id="t">{}</intermediateThrowEvent><endEvent id="last">{}</endEvent>
              s0 -> a
              s0 -> b
              a -> t
              t -> last
            </transaction><userTask id="after"/>
            <boundaryEvent id="b0" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>
            <boundaryEvent id="b1" attachedToRef="sub" cancelActivity="false"><escalationEventDefinition escalationRef="esc"/></boundaryEvent>
            <boundaryEvent id="b2" attachedToRef="sub"><cancelEventDefinition/></boundaryEvent>
            <userTask id="failed"/><userTask id="escalated"/><userTask id="cancelled"/>
            start -> sub
            sub -> after
            b0 -> failed
            b1 -> escalated
            b2 -> cancelled"#,
            thrown.concat(),
            end.concat()
        )
    }

    fn signals(run: &Run) -> usize {
        let broadcast = |fact: &&Fact| {
            let Fact::EffectQueued { effect, .. } = fact else { return false };
            matches!(&**effect, Effect::Broadcast { .. })
        };
        run.facts.iter().filter(broadcast).count()
    }

    #[test]
    fn each_is_thrown_in_order() {
        let mut run = Run::start(&model(&[SIGNAL, ESCALATION, COMPENSATE, SIGNAL], &[]));
        assert_eq!((run.places().as_str(), signals(&run)), ("b escalated undo", 1));
        run.complete("undo", json!({}));
        assert_eq!((run.places().as_str(), signals(&run)), ("b escalated", 2));
        assert_eq!(run.path().split(' ').filter(|element| *element == "t").count(), 1);
    }

    #[test]
    fn an_end_event_may_end_its_scope_last() {
        let cases = [
            (vec![SIGNAL, r#"<errorEventDefinition errorRef="e"/>"#], "failed"),
            (vec![SIGNAL, "<terminateEventDefinition/>"], "after"),
            (vec![SIGNAL, SIGNAL], "b"),
        ];
        for (end, places) in cases {
            let run = Run::start(&model(&[SIGNAL, SIGNAL], &end));
            assert_eq!(run.places(), places);
            assert!(signals(&run) >= 3);
        }
        let mut run = Run::start(&model(&[SIGNAL, SIGNAL], &[COMPENSATE, "<cancelEventDefinition/>"]));
        assert_eq!(run.places(), "b undo");
        run.complete("undo", json!({}));
        assert_eq!(run.places(), "cancelled");
    }

    #[test]
    fn one_that_cannot_be_thrown_is_tried_again_alone() {
        let computed = r#"<signalEventDefinition signalRef="computed"/>"#;
        let mut run = Run::start(&model(&[SIGNAL, computed, MESSAGE], &[]));
        assert_eq!((run.places().as_str(), signals(&run)), ("b t!P501", 1));
        run.set("name", json!("x"));
        run.retry();
        assert_eq!((run.places().as_str(), signals(&run)), ("b t", 2));
    }
}
