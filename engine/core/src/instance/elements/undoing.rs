//! What was kept of an activity that has completed, while it is undone: its handler is active in it, or, if it is a
//! subprocess without one, everything that is to be undone in it.

use crate::instance::compensation;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};

pub(super) static TABLE: Table = Table {
    element: "undone activity",
    rows: &[
        Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Holding)], act: begin },
        Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::Gone], act: end },
    ],
    leaves: Leaves::Every,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    match at.element.compensated_by {
        Some(handler) => drop(step.enter(at.node, handler, None)),
        None => compensation::undo_contents(step, at.node),
    }
    Ok(Next::Stay(State::Holding))
}

fn end(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    step.complete(at.node);
    step.token_ended(at.parent);
    Ok(Next::Gone)
}
