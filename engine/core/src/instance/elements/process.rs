//! The process itself: active from the start until the last token in it has ended.

use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{State, Status};
use crate::instance::step::{At, Step};

pub(super) static TABLE: Table = Table {
    element: "process",
    rows: &[Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::Gone], act: end }],
    leaves: Leaves::Every,
};

fn end(step: &mut Step<'_>, _: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    step.end(Status::Completed, None);
    Ok(Next::Gone)
}
