//! Abstract and manual task: nothing to do for an engine.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "task",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::ByEveryThatHolds,
};
