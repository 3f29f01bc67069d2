//! Start event: the trigger was what made the site (or the subprocess) begin; the token goes on.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "start event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::ByEveryThatHolds,
};
