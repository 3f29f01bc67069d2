//! Boundary event: entered when what it waits for comes while its activity is active; the waiting itself belongs to the
//! activity. A non-interrupting one keeps waiting: for the next message or signal, or the next round of a cycle.

use super::pass;
use crate::identity::WaitKey;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::wait::{Wait, WaitKind};
use crate::instance::{timers, triggers};

pub(super) static TABLE: Table = Table {
    element: "boundary event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::ByEveryThatHolds,
};

/// What remains to be waited for after a non-interrupting event.
pub(in crate::instance) fn rearm(step: &mut Step<'_>, at: At<'_>, key: WaitKey, wait: &Wait) {
    match &wait.kind {
        WaitKind::Timer { due, repeat } => {
            triggers::close(step, key);
            if let Some(kind) = repeat.as_ref().and_then(|repeat| timers::next(*due, repeat, step.now)) {
                step.open_wait(at.node, &wait.element, kind);
            }
        }
        WaitKind::Message { .. } | WaitKind::Signal { .. } | WaitKind::Retry { .. } => {}
    }
}
