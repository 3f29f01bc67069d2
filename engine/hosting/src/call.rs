//! Calls plugins, and turns what they plan to send into the FHIR Task that goes out.
//!
//! The plugin shapes a message; the host writes it: requester, recipient, profile, message name and identity are never
//! the plugin's to choose. The target's address is looked up in the allow list, whatever the plugin or the model says.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_core::identity::{DefinitionKey, EffectId, Timestamp};
use tessera_core::plugin::{
    Call, CallOutcome, Execution, Failure, FailureKind, Hook, MessageSpec, RetryAdvice, Writes,
};
use tessera_exchange::writing::{self, Endpoint, Plan};
use tessera_plugin_host::{Answer, Plugin, ServiceError};

use crate::directory::Directory;

/// Calls the plugins of a site.
#[derive(Debug)]
pub struct Caller {
    /// Which plugin serves which definition.
    pub plugins: BTreeMap<DefinitionKey, Arc<Plugin>>,
    /// What plugins may ask.
    pub directory: Arc<Directory>,
}

impl Caller {
    /// Calls a handler.
    pub async fn call(&self, effect: &EffectId, definition: &DefinitionKey, call: Call) -> CallOutcome {
        match self.plugins.get(definition) {
            Some(plugin) => ask(plugin, &self.directory, effect, call).await,
            None => CallOutcome::Failed(failure(
                FailureKind::HandlerMissing,
                format!("no active plugin brings process {definition}; see `tessera plugin list`"),
            )),
        }
    }
}

/// Calls a handler of a plugin. A message that it plans is written.
pub async fn ask(plugin: &Plugin, directory: &Arc<Directory>, effect: &EffectId, call: Call) -> CallOutcome {
    let message = match &call.hook {
        Hook::Prepare(message) => Some(message.clone()),
        Hook::ServiceTask | Hook::Listener(_) | Hook::Failed(..) => None,
    };
    let now = call.execution.now;
    let services: Arc<Directory> = Arc::clone(directory);
    match (plugin.call(call, services).await, message) {
        (Answer::Outcome(outcome), _) => outcome,
        (Answer::Plan(shaped), Some(message)) => {
            let plan = Plan {
                target: shaped.target,
                business_key: shaped.business_key,
                correlation_key: shaped.correlation_key,
                additional_inputs: shaped.additional_inputs,
            };
            write(directory, effect, now, &message, shaped.writes, plan).await
        }
        (Answer::Plan(_), None) => CallOutcome::Failed(failure(
            FailureKind::Host,
            "the plugin host answered a call with a message plan that nobody asked for".to_owned(),
        )),
    }
}

/// Writes a message that no handler shapes.
pub async fn build(
    directory: &Directory,
    effect: &EffectId,
    message: &MessageSpec,
    execution: &Execution,
) -> CallOutcome {
    match writing::unshaped(message) {
        Ok(plan) => write(directory, effect, execution.now, message, Writes::default(), plan).await,
        Err(failure) => CallOutcome::Failed(failure),
    }
}

async fn write(
    directory: &Directory,
    effect: &EffectId,
    now: Timestamp,
    message: &MessageSpec,
    writes: Writes,
    plan: Plan,
) -> CallOutcome {
    if let Err(failure) = writing::check(message) {
        return CallOutcome::Failed(failure);
    }
    let endpoint = match directory.endpoint(&plan.target.endpoint).await {
        Ok(endpoint) => {
            endpoint.map(|found| Endpoint { address: found.address, organization: found.organization })
        }
        Err(error) => {
            let is_away = matches!(error, ServiceError::Unreachable(_));
            let kind = if is_away { FailureKind::MailboxAway } else { FailureKind::Host };
            let reason = format!("cannot look up endpoint {}: {error}", plan.target.endpoint);
            return CallOutcome::Failed(Failure { retry: RetryAdvice::ByPolicy, ..failure(kind, reason) });
        }
    };
    match writing::write(effect, directory.organization(), now, message, plan, endpoint) {
        Ok((document, target)) => CallOutcome::Prepared { writes, document, target },
        Err(failure) => CallOutcome::Failed(failure),
    }
}

fn failure(kind: FailureKind, message: String) -> Failure {
    Failure { kind, message, causes: Vec::new(), log: Vec::new(), retry: RetryAdvice::Never }
}
