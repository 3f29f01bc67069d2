//! Intermediate throw event: throws and goes on.

use tessera_bpmn::compile::{Kind, Throw};
use tessera_bpmn::expression::Template;

use super::{pass, sending};
use crate::effect::Effect;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::variables::View;

pub(super) static NONE: Table = Table {
    element: "throw event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::ByEveryThatHolds,
};

pub(super) static MESSAGE: Table =
    Table { element: "message throw event", rows: sending::ROWS, leaves: Leaves::ByEveryThatHolds };

pub(super) static SIGNAL: Table = Table {
    element: "signal throw event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: throw_signal }],
    leaves: Leaves::ByEveryThatHolds,
};

fn throw_signal(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    match &at.element.kind {
        Kind::ThrowEvent(Throw::Signal { name }) => broadcast(step, at, name),
        _ => Ok(Next::DONE),
    }
}

/// Everybody at the site who waits for the signal is to hear it; the thrower does not wait for that.
pub(super) fn broadcast(step: &mut Step<'_>, at: At<'_>, name: &Template) -> Result<Next, Trouble> {
    let name = name.evaluate_text(&View::new(step.instance, step.program, at.node))?.into();
    step.queue(Effect::Broadcast { name, variables: Vec::new() });
    Ok(Next::DONE)
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
        let broadcast = |fact: &Fact| match fact {
            Fact::EffectQueued { effect, .. } => {
                matches!(&**effect, Effect::Broadcast { name, .. } if &**name == "s")
            }
            _ => false,
        };
        assert_eq!(run.facts.iter().filter(|fact| broadcast(fact)).count(), 1);
    }
}
