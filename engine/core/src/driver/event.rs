//! What can happen to a site, as its driver hears it. Closed: a new kind of event is a new variant here, and the
//! compiler lists what it touches.

use std::sync::Arc;

use tessera_bpmn::compile::Program;
use tessera_store::Outcome as CommitOutcome;

use crate::driver::Command;
use crate::effect::Outcome;
use crate::identity::{DefinitionKey, EffectId};
use crate::message::Message;

/// Chosen by the pump for each message and command; its reply carries it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// One [`Action::Load`](crate::driver::Action::Load). Chosen by the driver, never reused by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadId(pub u64);

/// One [`Action::Commit`](crate::driver::Action::Commit). Chosen by the driver, never reused by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub u64);

/// Keys and values in key order: the answer to one [`Read`](crate::driver::Read).
pub type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// Something that happened outside.
#[derive(Debug, Clone)]
pub enum Event {
    /// First event after the store was opened. Deployments may come before or after; effects of a definition that is
    /// not deployed are held until it is. The driver answers with [`Action::Ready`](crate::driver::Action::Ready).
    Start,
    /// A definition can be executed from now on. Repeating it replaces the program.
    Deploy(Deployment),
    /// A definition can no longer be executed. Its instances stay and say so.
    Withdraw {
        /// Which one.
        definition: DefinitionKey,
    },
    /// A message of the own mailbox in status `requested`; may come any number of times.
    Message {
        /// For the reply.
        ticket: Ticket,
        /// What arrived.
        message: Message,
    },
    /// A message that the mailbox already shows as `in-progress`, found when reconciling. One that the site does not
    /// know (its store was lost) is failed.
    InProgress {
        /// For the reply.
        ticket: Ticket,
        /// What the mailbox holds.
        message: Message,
    },
    /// An operator or a test asks for something.
    Command {
        /// For the reply.
        ticket: Ticket,
        /// For what.
        command: Command,
    },
    /// The answer to an [`Action::Load`](crate::driver::Action::Load).
    Loaded {
        /// Which one.
        load: LoadId,
        /// One entry per read, in their order; or why the store could not be read.
        result: Result<Vec<Rows>, String>,
    },
    /// The answer to an [`Action::Commit`](crate::driver::Action::Commit). Commits of one shard are acknowledged in
    /// the order in which they were asked for.
    Committed {
        /// Which one.
        commit: CommitId,
        /// Its fate.
        outcome: CommitOutcome,
    },
    /// The answer to an [`Action::Perform`](crate::driver::Action::Perform). May come twice, late, or after a restart.
    Settled {
        /// Which effect.
        effect: EffectId,
        /// How it ended.
        outcome: Outcome,
    },
    /// Time has passed: [`next_wakeup`](crate::driver::Driver::next_wakeup) was reached.
    Tick,
}

/// One executable process definition.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its identity; instances name it.
    pub key: DefinitionKey,
    /// What is executed.
    pub program: Arc<Program>,
}
