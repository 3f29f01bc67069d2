//! The handlers of built-in collaborations. What they decide depends on the conversation alone; what else they write
//! differs from call to call, so that it shows when two answers are mixed up.

use std::sync::Arc;

use serde_json::{Value, json};
use tessera_core::plugin::{
    CallOutcome, Failure, FailureKind, Hook, RetryAdvice, VariableScope, VariableWrite, Writes,
};
use tessera_exchange::writing;
use tessera_fhir::task::Message;

use crate::block::{Id, decision};
use crate::content;
use crate::model;
use crate::network::Network;
use crate::plan::Roles;
use crate::plugins::{Plugins, Request};

/// Handlers of a built-in collaboration.
#[derive(Debug)]
pub(crate) struct Scripted {
    /// Where its processes run, and who asks whom.
    pub(crate) roles: Roles,
}

impl Plugins for Scripted {
    fn call(&self, request: &Request<'_>) -> CallOutcome {
        answer(request, &self.roles)
    }
}

/// Answers a call as a well-behaved handler does.
fn answer(request: &Request<'_>, roles: &Roles) -> CallOutcome {
    let Request { call, network, nonce, .. } = *request;
    let execution = &call.execution;
    let conversation = &*execution.business_key;
    let id = number_of(&execution.activity_id);
    let mark = json!(format!("{conversation}#{nonce}"));
    // Two writes of one answer: they are committed together or not at all.
    let mut writes =
        vec![write(&format!("one{id}"), mark.clone()), write(&format!("other{id}"), mark.clone())];
    if request.differs {
        writes.push(write(&format!("extra{nonce}"), mark));
    }
    let field = |name: &str| {
        let found = execution.fields.iter().find(|(known, _)| **known == *name);
        found.and_then(|(_, value)| value.as_str()?.parse::<usize>().ok()).unwrap_or(0)
    };
    match (&call.hook, &*call.handler) {
        (Hook::Prepare(message), _) => {
            return match writing::unshaped(message) {
                Ok(mut plan) => {
                    writes.push(write(
                        &format!("shaped{id}"),
                        content::value(&format!("shaped{id}"), conversation, None).unwrap_or_default(),
                    ));
                    if &*call.handler == "alias" {
                        plan.business_key = model::alias(conversation, id);
                    }
                    plan.additional_inputs.push(said(&execution.activity_id, conversation));
                    request.written(message, wrapped(writes), plan)
                }
                Err(failure) => CallOutcome::Failed(failure),
            };
        }
        (_, "risky") if decision::fails(conversation, id) => {
            return CallOutcome::BpmnError {
                code: "no".to_owned(),
                message: "it was decided so".to_owned(),
                writes: wrapped(writes),
            };
        }
        (_, "tell") => {
            let text = |name: &str| {
                let found = execution.fields.iter().find(|(known, _)| **known == *name);
                found.and_then(|(_, value)| value.as_str()).unwrap_or_default()
            };
            for write in text("writes").split("; ").filter(|write| !write.is_empty()) {
                let mut words = write.split(' ');
                let (Some(scope), Some(name), Some(word)) = (words.next(), words.next(), words.next()) else {
                    return failed(&format!("the model does not say what to write: {write}"));
                };
                let scope = if scope == "process" { VariableScope::Process } else { VariableScope::Local };
                let value = content::value(word, conversation, execution.loop_counter).map(Arc::new);
                writes.push(VariableWrite { scope, name: name.into(), value });
            }
            let codes: Vec<&str> = text("error").split('|').collect();
            let code = codes[decision::pick(conversation, &execution.activity_id, codes.len())];
            if !matches!(code, "" | "-") {
                return CallOutcome::BpmnError {
                    code: code.to_owned(),
                    message: "it was decided so".to_owned(),
                    writes: wrapped(writes),
                };
            }
        }
        (Hook::ServiceTask, "alias") => {
            let alternative_business_key = Some(model::alias(conversation, id));
            return CallOutcome::Completed(Writes { alternative_business_key, ..wrapped(writes) });
        }
        (_, "choose") => {
            let branches = field("branches");
            writes.push(write(&format!("choice{id}"), json!(decision::branch(conversation, id, branches))));
            for branch in 0..branches {
                let takes = decision::takes(conversation, id, branches, branch);
                writes.push(write(&format!("takes{id}_{branch}"), json!(takes)));
            }
        }
        (_, "repeat") => {
            let name = format!("round{id}");
            let round = execution.variables.get(&*name).and_then(|value| value.as_u64()).unwrap_or(0) + 1;
            let more = round < decision::rounds(conversation, id);
            writes.push(write(&name, json!(if more { round } else { 0 })));
            writes.push(write(&format!("more{id}"), json!(more)));
        }
        (_, "address") => {
            let site = roles.sites.get(field("process")).copied().unwrap_or(0);
            let key = &execution.idempotency_key;
            writes.push(write("target", target(network, site, Some(key))));
            writes.push(write("correlationKey", json!(key)));
        }
        (_, "answer") => {
            let asked = execution.start_message.as_deref().and_then(|task| Message::parse(task).ok());
            let Some(asked) = asked else { return failed("the message that started it is gone") };
            let process = execution
                .process_id
                .strip_prefix("dsfdev_simulated")
                .and_then(|number| number.parse::<usize>().ok());
            let asker = process.and_then(|process| roles.askers.get(process)).copied().unwrap_or(0);
            let site = network.site_of(&asked.requester.value).unwrap_or(0);
            writes.push(write("target", target(network, site, asked.correlation_key.as_deref())));
            writes.push(write("asker", json!(model::canonical(asker))));
            let outputs = vec![said("replied", conversation)];
            return CallOutcome::Completed(Writes { outputs, ..wrapped(writes) });
        }
        _ => {}
    }
    CallOutcome::Completed(wrapped(writes))
}

/// An input or output of a Task by which a handler tells something.
fn said(word: &str, conversation: &str) -> Value {
    let coding = json!({ "system": "http://dsf.dev/fhir/CodeSystem/simulation", "code": model::SAID });
    json!({ "type": { "coding": [coding] }, "valueString": content::value(word, conversation, None) })
}

fn failed(message: &str) -> CallOutcome {
    CallOutcome::Failed(Failure {
        kind: FailureKind::Technical,
        message: message.to_owned(),
        causes: Vec::new(),
        log: Vec::new(),
        retry: RetryAdvice::Never,
    })
}

fn target(network: &Network, site: usize, correlation_key: Option<&str>) -> Value {
    json!({
        "organizationIdentifierValue": network.organization(site),
        "endpointIdentifierValue": network.endpoint(site),
        "endpointUrl": network.address(site),
        "correlationKey": correlation_key,
    })
}

fn write(name: &str, value: Value) -> VariableWrite {
    VariableWrite { scope: VariableScope::Local, name: name.into(), value: Some(Arc::new(value)) }
}

fn wrapped(variables: Vec<VariableWrite>) -> Writes {
    Writes { variables, ..Writes::default() }
}

/// The block of an element.
fn number_of(element: &str) -> Id {
    element.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or(0)
}
