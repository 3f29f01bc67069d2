//! Calls plugins, and turns what they plan to send into the FHIR Task that goes out.
//!
//! The plugin shapes a message; the host writes it: requester, recipient, profile, message name and identity are never
//! the plugin's to choose. The target's address is looked up in the allow list, whatever the plugin or the model says.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_core::identity::{DefinitionKey, EffectId, Timestamp};
use tessera_core::message::Target;
use tessera_core::plugin::{
    Call, CallOutcome, Execution, Failure, FailureKind, Hook, MessageSpec, RetryAdvice, Writes,
};
use tessera_fhir::resource::Identifier;
use tessera_fhir::task::{self, Draft};
use tessera_plugin_host::{Answer, MessagePlan, Plugin};

use crate::clock;
use crate::engine::deliver::MESSAGE_IDENTIFIER;
use crate::engine::directory::Directory;

/// Calls the plugins of this site.
#[derive(Debug)]
pub struct Caller {
    /// Which plugin serves which definition.
    pub plugins: BTreeMap<DefinitionKey, Arc<Plugin>>,
    /// What plugins may ask.
    pub directory: Arc<Directory>,
    /// The identifier of this site.
    pub organization: String,
}

impl Caller {
    /// Calls a handler.
    pub async fn call(&self, effect: &EffectId, definition: &DefinitionKey, call: Call) -> CallOutcome {
        let Some(plugin) = self.plugins.get(definition) else {
            return CallOutcome::Failed(failure(
                FailureKind::HandlerMissing,
                format!("no active plugin brings process {definition}; see `tessera plugin list`"),
            ));
        };
        let message = match &call.hook {
            Hook::Prepare(message) => Some(message.clone()),
            Hook::ServiceTask | Hook::Listener(_) | Hook::Failed(..) => None,
        };
        let now = call.execution.now;
        let directory: Arc<Directory> = Arc::clone(&self.directory);
        match (plugin.call(call, directory).await, message) {
            (Answer::Outcome(outcome), _) => outcome,
            (Answer::Plan(plan), Some(message)) => self.write(effect, now, &message, plan).await,
            (Answer::Plan(_), None) => CallOutcome::Failed(failure(
                FailureKind::Host,
                "the plugin host answered a call with a message plan that nobody asked for".to_owned(),
            )),
        }
    }

    /// Builds a message that no handler shapes.
    pub async fn build(
        &self,
        effect: &EffectId,
        _definition: &DefinitionKey,
        message: &MessageSpec,
        execution: &Execution,
    ) -> CallOutcome {
        let Some(target) = message.target.clone() else {
            return CallOutcome::Failed(failure(
                FailureKind::Technical,
                format!(
                    "message {:?} has nobody to go to: the variable `target` is not set",
                    message.message_name
                ),
            ));
        };
        let plan = MessagePlan {
            writes: Writes::default(),
            business_key: message.business_key.to_string(),
            additional_inputs: Vec::new(),
            correlation_key: target.correlation_key.clone(),
            target,
        };
        self.write(effect, execution.now, message, plan).await
    }

    async fn write(
        &self,
        effect: &EffectId,
        now: Timestamp,
        message: &MessageSpec,
        plan: MessagePlan,
    ) -> CallOutcome {
        let required = [
            ("instantiatesCanonical", &message.instantiates_canonical),
            ("messageName", &message.message_name),
            ("profile", &message.profile),
        ];
        if let Some((field, _)) = required.iter().find(|(_, value)| value.is_empty()) {
            return CallOutcome::Failed(failure(
                FailureKind::Technical,
                format!("the element that sends has no field `{field}`; add it to the model"),
            ));
        }
        let endpoint = match self.directory.endpoint(&plan.target.endpoint).await {
            Ok(endpoint) => endpoint,
            Err(error) => {
                let reason = format!("cannot look up endpoint {}: {error}", plan.target.endpoint);
                return CallOutcome::Failed(Failure {
                    retry: RetryAdvice::ByPolicy,
                    ..failure(FailureKind::Host, reason)
                });
            }
        };
        let Some(endpoint) = endpoint.filter(|found| {
            found.organization.as_ref().is_none_or(|owner| *owner == plan.target.organization)
        }) else {
            return CallOutcome::Failed(failure(
                FailureKind::Technical,
                format!(
                    "the allow list has no active endpoint {} of organization {}",
                    plan.target.endpoint, plan.target.organization
                ),
            ));
        };
        let document = task::build(&Draft {
            profile: message.profile.clone(),
            instantiates_canonical: message.instantiates_canonical.clone(),
            message_name: message.message_name.clone(),
            business_key: Some(plan.business_key),
            correlation_key: plan.correlation_key,
            requester: self.organization.clone(),
            recipient: plan.target.organization.clone(),
            authored_on: clock::instant(now),
            identifier: Identifier::new(MESSAGE_IDENTIFIER, effect.to_string()),
            additional_inputs: plan.additional_inputs,
        });
        let target = Target { address: endpoint.address, ..plan.target };
        CallOutcome::Prepared { writes: plan.writes, document: Arc::new(document), target }
    }
}

fn failure(kind: FailureKind, message: String) -> Failure {
    Failure { kind, message, causes: Vec::new(), log: Vec::new(), retry: RetryAdvice::Never }
}
