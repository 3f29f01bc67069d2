//! Embedded subprocess: a scope. It is done when the last token in it has ended, and then answers for the messages that
//! it took.

use std::borrow::Cow;

use tessera_bpmn::compile::{ElementIndex, Kind};

use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};

pub(super) static TABLE: Table = Table {
    element: "subprocess",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: begin,
        },
        Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::DONE], act: end },
    ],
    leaves: Leaves::ByEveryThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let program = step.program;
    let scope = program.scope(at.index);
    // Without a start event, everything that no flow leads to begins.
    let is_first = |index: &ElementIndex| {
        let element = program.element(*index);
        element.incoming.is_empty() && !matches!(element.kind, Kind::BoundaryEvent { .. })
    };
    let first = match scope.start_events.as_slice() {
        [] => scope.children.iter().copied().filter(is_first).collect(),
        events => Cow::Borrowed(events),
    };
    step.enter_all(at.node, &first);
    Ok(if first.is_empty() { Next::DONE } else { Next::Stay(State::Holding) })
}

fn end(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    step.answer_completed(at.node);
    Ok(Next::DONE)
}
