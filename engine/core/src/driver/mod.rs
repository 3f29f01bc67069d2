//! The order of load, decide, commit, perform, reply: a machine without I/O. Events go in, actions come out; the pump
//! (`engine/node`, or the simulator in one thread) does what the actions say. Start reading at [`Event`] and [`Action`].

mod action;
mod command;
mod event;

pub use action::{Action, Read, Work};
pub use command::{
    Acceptance, Command, Counts, Explanation, Filter, IncidentView, JournalEntry, Reply, Row, Shown, State,
    Statistics,
};
pub use event::{CommitId, Deployment, Event, LoadId, Rows, Ticket};

use crate::entropy::Entropy;
use crate::identity::Timestamp;

/// What a site decides once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Shards of a new store. An existing store keeps the number it was made with.
    pub shards: u16,
    /// How long an early message is kept for a live conversation, in milliseconds.
    pub early_message_ttl_ms: u64,
}

/// One site's driver.
#[derive(Debug)]
pub struct Driver {
    settings: Settings,
}

impl Driver {
    /// A driver that knows nothing yet; its first event is [`Event::Start`].
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// Takes one event and says what is to be done.
    pub fn handle(
        &mut self,
        now: Timestamp,
        event: Event,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
    ) {
        let _ = (now, event, entropy, actions, &self.settings);
    }

    /// When [`Event::Tick`] is wanted next.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }

    /// What happened so far.
    pub fn statistics(&self) -> Statistics {
        Statistics::default()
    }
}
