//! Who does the work of handlers: one of the seams of the simulator. Built-in collaborations have handlers that decide
//! by their conversation alone (`scripted`); a process developer brings real plugins.

use std::fmt;
use std::sync::Arc;

use tessera_core::identity::{DefinitionKey, EffectId, Timestamp};
use tessera_core::plugin::{Call, CallOutcome, Failure, FailureKind, MessageSpec, RetryAdvice, Writes};
use tessera_exchange::writing::{self, Plan};
use tessera_mailbox::Mailbox;

use crate::network::Network;

/// Calls handlers. The same call may come again, and the answer may be lost.
pub trait Plugins: fmt::Debug + Send + Sync {
    /// The answer to a call. It must depend on nothing but the request.
    fn call(&self, request: &Request<'_>) -> CallOutcome;
}

/// A call, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The site that calls.
    pub site: usize,
    /// What is being performed.
    pub effect: &'a EffectId,
    /// On whose behalf.
    pub definition: &'a DefinitionKey,
    /// What is asked.
    pub call: &'a Call,
    /// All sites.
    pub network: &'a Network,
    /// The own mailbox, while it is open.
    pub mailbox: Option<&'a Arc<Mailbox>>,
    /// Never twice the same.
    pub nonce: u64,
    /// Whether the answer should have something that no other has.
    pub differs: bool,
}

impl Request<'_> {
    /// The answer to a call that shapes a message: the Task that goes out.
    pub fn written(&self, message: &MessageSpec, writes: Writes, plan: Plan) -> CallOutcome {
        write(self.network, self.site, self.effect, self.call.execution.now, message, writes, plan)
    }
}

/// A message that no handler shapes.
pub(crate) fn build(
    network: &Network,
    site: usize,
    effect: &EffectId,
    now: Timestamp,
    message: &MessageSpec,
) -> CallOutcome {
    match writing::unshaped(message) {
        Ok(plan) => write(network, site, effect, now, message, Writes::default(), plan),
        Err(failure) => CallOutcome::Failed(failure),
    }
}

fn write(
    network: &Network,
    site: usize,
    effect: &EffectId,
    now: Timestamp,
    message: &MessageSpec,
    writes: Writes,
    plan: Plan,
) -> CallOutcome {
    let endpoint = network.listed(&plan.target.endpoint);
    match writing::write(effect, network.organization(site), now, message, plan, endpoint) {
        Ok((document, target)) => CallOutcome::Prepared { writes, document, target },
        Err(failure) => CallOutcome::Failed(failure),
    }
}

/// A call that no plugin has a handler for.
pub fn handler_missing(handler: &str) -> CallOutcome {
    broken(FailureKind::HandlerMissing, &format!("no plugin has a handler {handler:?}"))
}

/// A handler that traps.
pub(crate) fn trap() -> CallOutcome {
    broken(FailureKind::PluginBug, "wasm trap: unreachable")
}

/// A handler that cannot do its work now.
pub(crate) fn fail() -> CallOutcome {
    broken(FailureKind::Technical, "the database is away")
}

/// A handler that asks its mailbox, which is not there.
pub(crate) fn mailbox_away() -> CallOutcome {
    broken(FailureKind::MailboxAway, "the mailbox cannot be reached")
}

fn broken(kind: FailureKind, message: &str) -> CallOutcome {
    CallOutcome::Failed(Failure {
        kind,
        message: message.to_owned(),
        causes: Vec::new(),
        log: Vec::new(),
        retry: RetryAdvice::ByPolicy,
    })
}
