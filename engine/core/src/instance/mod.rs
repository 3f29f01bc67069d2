//! One process instance: its state, what can happen to it, what follows.
//!
//! [`handle`] decides: it takes one [`Input`], and returns the [`Fact`]s that follow, already applied. [`apply`] is all
//! that recovery needs. Nothing here knows a site, a store, a clock or another instance; indexes are derived by the
//! reader from [`Instance::waits`], [`Instance::effects`] and [`Instance::incidents`].

mod apply;
mod explain;
mod fact;
mod incident;
mod input;
mod state;
mod wait;

use tessera_bpmn::compile::Program;

use crate::identity::{EffectSequence, Timestamp};
use crate::plugin::{Call, Execution};

pub use apply::apply;
pub use explain::{Explanation, explain};
pub use fact::{Ending, Fact, Settlement, Started};
pub use incident::{CODES, Code, Incident};
pub use input::{Input, Refused, Start};
pub use state::{Activation, Instance, ReceivedMessage, Role, State, Status};
pub use wait::{Repeat, Wait, WaitKind};

/// Decides what follows from `input`, applies it, and returns it. `Err`: nothing happened.
pub fn handle(
    instance: &mut Instance,
    program: &Program,
    now: Timestamp,
    input: Input,
) -> Result<Vec<Fact>, Refused> {
    let _ = (instance, program, now, input);
    Err(Refused::NotRunning)
}

impl Instance {
    /// The call that a queued [`crate::effect::Effect::Call`] asks for, with what the handler sees now. `None` if the
    /// effect is not queued, is no call, or is the preparation of a message that no handler shapes.
    pub fn call(&self, program: &Program, effect: EffectSequence, now: Timestamp) -> Option<Call> {
        let _ = (program, effect, now);
        None
    }

    /// What a handler called by `effect` sees now.
    pub fn execution(&self, program: &Program, effect: EffectSequence, now: Timestamp) -> Option<Execution> {
        let _ = (program, effect, now);
        None
    }
}
