//! Send task: sends a message, see [`super::sending`].

use super::sending;
use crate::instance::occurrence::{Leaves, Table};

pub(super) static TABLE: Table =
    Table { element: "send task", rows: sending::ROWS, leaves: Leaves::ByEveryThatHolds };
