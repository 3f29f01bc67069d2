//! Writing the Task that carries a message. A plugin shapes a message; the site writes it: requester, recipient, profile,
//! message name and identity are never the plugin's to choose, and the address is that of the allow list.

use std::sync::Arc;

use serde_json::Value;
use tessera_canary::{Canary, is_planted};
use tessera_core::identity::{EffectId, Timestamp};
use tessera_core::message::Target;
use tessera_core::plugin::{Failure, FailureKind, MessageSpec, RetryAdvice};
use tessera_fhir::resource::Identifier;
use tessera_fhir::task::{self, Draft};

use crate::delivery::{MESSAGE_IDENTIFIER, instant};

/// What the sender's half of a message says.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// To whom.
    pub target: Target,
    /// The conversation's key.
    pub business_key: String,
    /// Tells parallel branches apart.
    pub correlation_key: Option<String>,
    /// After the envelope, as FHIR JSON.
    pub additional_inputs: Vec<Value>,
}

/// An active endpoint of the allow list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// FHIR base URL.
    pub address: String,
    /// Whose it is, as far as the allow list says.
    pub organization: Option<String>,
}

/// The plan of a message that no handler shapes: it goes where the model says.
pub fn unshaped(message: &MessageSpec) -> Result<Plan, Failure> {
    let target = message.target.clone().ok_or_else(|| {
        technical(format!(
            "message {:?} has nobody to go to: the variable `target` is not set",
            message.message_name
        ))
    })?;
    Ok(Plan {
        business_key: message.business_key.to_string(),
        correlation_key: target.correlation_key.clone(),
        additional_inputs: Vec::new(),
        target,
    })
}

/// Whether the model says all that a message needs.
pub fn check(message: &MessageSpec) -> Result<(), Failure> {
    let required = [
        ("instantiatesCanonical", &message.instantiates_canonical),
        ("messageName", &message.message_name),
        ("profile", &message.profile),
    ];
    match required.iter().find(|(_, value)| value.is_empty()) {
        Some((field, _)) => {
            Err(technical(format!("the element that sends has no field `{field}`; add it to the model")))
        }
        None => Ok(()),
    }
}

/// The document that goes out, and to whom. `endpoint` is what the allow list has under the target's endpoint identifier.
pub fn write(
    effect: &EffectId,
    organization: &str,
    now: Timestamp,
    message: &MessageSpec,
    plan: Plan,
    endpoint: Option<Endpoint>,
) -> Result<(Arc<Value>, Target), Failure> {
    check(message)?;
    let Some(endpoint) = endpoint
        .filter(|found| found.organization.as_ref().is_none_or(|owner| *owner == plan.target.organization))
    else {
        return Err(technical(format!(
            "the allow list has no active endpoint {} of organization {}",
            plan.target.endpoint, plan.target.organization
        )));
    };
    let document = task::build(&Draft {
        profile: message.profile.clone(),
        instantiates_canonical: message.instantiates_canonical.clone(),
        message_name: message.message_name.clone(),
        business_key: Some(plan.business_key),
        correlation_key: plan.correlation_key,
        requester: organization.to_owned(),
        recipient: plan.target.organization.clone(),
        authored_on: instant(now),
        identifier: Identifier::new(MESSAGE_IDENTIFIER, effect.to_string()),
        additional_inputs: if is_planted(Canary::PayloadLost) { Vec::new() } else { plan.additional_inputs },
    });
    Ok((Arc::new(document), Target { address: endpoint.address, ..plan.target }))
}

fn technical(message: String) -> Failure {
    Failure {
        kind: FailureKind::Technical,
        message,
        causes: Vec::new(),
        log: Vec::new(),
        retry: RetryAdvice::Never,
    }
}
