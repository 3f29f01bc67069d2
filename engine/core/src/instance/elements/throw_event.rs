//! Intermediate throw event: throws and goes on.

use std::sync::Arc;

use tessera_bpmn::compile::{Passing, Throw};
use tessera_bpmn::expression::Template;

use super::multiple_throw::thrown;
use super::{call_activity, misplaced, pass, sending};
use crate::effect::Effect;
use crate::instance::compensation;
use crate::instance::escalations;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers::{self, Payload};
use crate::instance::variables::View;
use crate::instance::wait::WaitKind;

pub(super) static NONE: Table = Table {
    element: "throw event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::EachThatHolds,
};

pub(super) static MESSAGE: Table =
    Table { element: "message throw event", rows: sending::ROWS, leaves: Leaves::EachThatHolds };

pub(super) static SIGNAL: Table = Table {
    element: "signal throw event",
    rows: &[Row {
        from: State::Started,
        on: Occasion::Begun,
        to: &[Next::DONE, Next::Gone],
        act: throw_signal,
    }],
    leaves: Leaves::EachThatHolds,
};

pub(super) static COMPENSATION: Table =
    Table { element: "compensation throw event", rows: COMPENSATING, leaves: Leaves::EachThatHolds };

/// The life of an event that undoes: it holds what is undone until that is done.
pub(super) static COMPENSATING: &[Row] = &[
    Row {
        from: State::Started,
        on: Occasion::Begun,
        to: &[Next::Stay(State::Holding), Next::DONE],
        act: compensate,
    },
    Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::DONE], act: pass },
];

pub(super) static ESCALATION: Table = Table {
    element: "escalation throw event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE, Next::Gone], act: escalate }],
    leaves: Leaves::EachThatHolds,
};

pub(super) fn escalate(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(Throw::Escalation { code }) = thrown(step, at) else { return Err(misplaced(at)) };
    let code = code.evaluate_text(&View::of(step, at.node))?;
    Ok(escalations::escalate(step, at.node, &code))
}

fn compensate(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(Throw::Compensation { activity }) = thrown(step, at) else { return Err(misplaced(at)) };
    let any = compensation::undo(step, at, *activity);
    Ok(if any { Next::Stay(State::Holding) } else { Next::DONE })
}

pub(super) fn throw_signal(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(Throw::Signal { name, payload }) = thrown(step, at) else { return Err(misplaced(at)) };
    broadcast(step, at, name, payload)
}

/// Everybody at the site who waits for the signal is to hear it. What waits for it in this very instance hears it at once,
/// and may end the thrower; the others are told when this step is committed, and the thrower does not wait for that.
fn broadcast(step: &mut Step<'_>, at: At<'_>, name: &Template, payload: &[Passing]) -> Result<Next, Trouble> {
    let name: Arc<str> = name.evaluate_text(&View::of(step, at.node))?.into();
    let variables = call_activity::passed(step, at, payload)?;
    let first = step.ahead();
    step.queue(Effect::Broadcast { name: name.clone(), variables: variables.clone() });
    let waits = step
        .instance
        .waits()
        .filter(|(_, wait)| matches!(&wait.kind, WaitKind::Signal { name: awaited } if *awaited == name));
    for key in waits.map(|(key, _)| key).collect::<Vec<_>>() {
        // One before may have ended it.
        let Some(wait) = step.instance.wait(key).cloned() else { continue };
        if let Some(waiting) = triggers::waiting(step, &wait) {
            triggers::fire(step, key, &wait, &waiting, Payload::Variables(variables.clone()));
        }
    }
    step.first_come_first(first);
    Ok(if step.instance.node(at.node).is_some() { Next::DONE } else { Next::Gone })
}

#[cfg(test)]
mod tests {
    use crate::effect::Effect;
    use crate::instance::Fact;
    use crate::instance::tests::run::Run;

    #[test]
    fn signals_are_broadcast_and_the_thrower_goes_on() {
        let run = Run::start(
            r#"<startEvent id="start"/><intermediateThrowEvent id="none"/>
            <intermediateThrowEvent id="t"><signalEventDefinition signalRef="sig"/></intermediateThrowEvent><endEvent id="end"/>
            start -> none
            none -> t
            t -> end"#,
        );
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start none t end"));
        let broadcast = |fact: &&Fact| {
            let Fact::EffectQueued { effect, .. } = fact else { return false };
            matches!(&**effect, Effect::Broadcast { name, .. } if &**name == "s")
        };
        assert_eq!(run.facts.iter().filter(broadcast).count(), 1);
    }
}
