//! Receive task: waits for a message.

use tessera_bpmn::compile::{Kind, Trigger};

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers;

pub(super) static TABLE: Table = Table {
    element: "receive task",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Waiting), Next::DONE],
            act: begin,
        },
        Row { from: State::Waiting, on: Occasion::Triggered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::ByEveryThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    match &at.element.kind {
        Kind::ReceiveTask(message) => triggers::begin_waiting(step, at, &Trigger::Message(message.clone())),
        _ => Ok(Next::DONE),
    }
}
