//! The process itself: active from the start until the last token in it has ended.

use crate::calling::Returned;
use crate::instance::called;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{State, Status};
use crate::instance::step::{At, Step};
use crate::instance::triggers;

pub(super) static TABLE: Table = Table {
    element: "process",
    rows: &[
        Row { from: State::Holding, on: Occasion::Begun, to: &[Next::Stay(State::Holding)], act: begin },
        Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::Gone], act: end },
    ],
    leaves: Leaves::Every,
};

/// Its event subprocesses begin to wait; tokens are on their way by themselves.
fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    triggers::open_event_sub_processes(step, at)?;
    Ok(Next::Stay(State::Holding))
}

fn end(step: &mut Step<'_>, _: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    called::tell(step, Returned::Completed);
    step.end(Status::Completed, None);
    Ok(Next::Gone)
}
