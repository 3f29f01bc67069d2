//! Exclusive gateway: each token by itself, one way out.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "exclusive gateway",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::ByFirstThatHolds,
};
