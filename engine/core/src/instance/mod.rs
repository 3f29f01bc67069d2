//! One process instance: its state, what can happen to it, what follows.
//!
//! [`handle`] decides: it takes one [`Input`], and returns the [`Fact`]s that follow, already applied. [`apply`] is all
//! that recovery needs. Nothing here knows a site, a store, a clock or another instance; indexes are derived by the
//! reader from [`Instance::waits`], [`Instance::effects`] and [`Instance::incidents`].
//!
//! Start reading at `handle` (inputs), then `life_cycle` (what every activation lives through), then one of `elements`.

mod apply;
mod call;
mod called;
mod calls;
mod catching;
mod compensation;
mod conditions;
mod elements;
mod errors;
mod escalations;
mod explain;
mod fact;
mod handle;
mod incident;
mod input;
mod joins;
mod life_cycle;
mod mappings;
mod messages;
mod migration;
mod modification;
mod occurrence;
mod quantity;
mod state;
mod step;
mod suspension;
#[cfg(test)]
mod tests;
pub(crate) mod timers;
mod triggers;
mod variables;
mod wait;

pub use apply::apply;
pub use explain::{Explanation, explain};
pub use fact::{Ending, Fact, Migrated, Settlement, Started};
pub use handle::handle;
pub use incident::{CODES, Code, Incident};
pub use input::{Input, Refused, Start};
pub use migration::{Migration, Plan, PlannedMove, plan as plan_migration};
pub use modification::Modification;
pub use state::{Activation, Instance, ReceivedMessage, Role, State, Status};
pub use wait::{Repeat, Wait, WaitKind};
