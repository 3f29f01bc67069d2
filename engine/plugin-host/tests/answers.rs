//! What handlers that behave see of the site, and how their answers reach the core.
#![allow(clippy::panic, reason = "a helper that panics fails the test")]

mod support;

use std::sync::Arc;

use serde_json::{Value, json};
use support::{Site, call_hook, execution, load, message_spec, target};
use tessera_core::plugin::{
    Call, CallOutcome, DeliveryError, Execution, Hook, ListenerEvent, MessageSpec, VariableScope, Writes,
};
use tessera_example_plugins::{BENCHMARK, HELLO_WORLD, PING_PONG};
use tessera_plugin_host::{Answer, Limits, Plugin};

async fn call(plugin: &Plugin, handler: &str, hook: Hook, execution: Execution) -> Answer {
    plugin.call(Call { handler: handler.into(), hook, execution }, Arc::new(Site::default())).await
}

fn writes(answer: Answer) -> Writes {
    let Answer::Outcome(CallOutcome::Completed(writes)) = answer else {
        panic!("expected writes, got {answer:#?}")
    };
    writes
}

fn written(writes: &Writes) -> Vec<(VariableScope, &str, Value)> {
    let value = |value: &Option<Arc<Value>>| value.as_deref().cloned().unwrap_or_default();
    writes.variables.iter().map(|write| (write.scope, &*write.name, value(&write.value))).collect()
}

#[tokio::test]
async fn a_service_task_reads_the_start_message_and_writes_variables() {
    let (_host, plugin) = load(Limits::default(), HELLO_WORLD);
    let task = json!({"resourceType": "Task", "requester": {"type": "Organization",
        "identifier": {"system": "http://dsf.dev/sid/organization-identifier", "value": "dic1.example"}}});
    let execution = Execution { start_message: Some(Arc::new(task)), ..execution() };
    let writes = writes(call(&plugin, "dev.dsf.bpe.service.HelloWorld", Hook::ServiceTask, execution).await);
    let expected = json!("Hello dic1.example, you said: nothing");
    assert_eq!(written(&writes), [(VariableScope::Process, "greeting", expected)]);
}

#[tokio::test]
async fn variables_keep_their_types() {
    let (_host, plugin) = load(Limits::default(), BENCHMARK);
    for (given, expected) in [(None, 1), (Some(json!(41)), 42)] {
        let variables = given.into_iter().map(|value| ("count".into(), Arc::new(value))).collect();
        let answer = call(&plugin, "count", Hook::ServiceTask, Execution { variables, ..execution() }).await;
        assert_eq!(written(&writes(answer)), [(VariableScope::Process, "count", json!(expected))]);
    }
}

#[tokio::test]
async fn the_directory_reaches_the_plugin_and_targets_get_stable_keys() {
    let (_host, plugin) = load(Limits::default(), PING_PONG);
    let select = || async {
        let task = json!({"resourceType": "Task", "input": []});
        let execution = Execution { start_message: Some(Arc::new(task)), ..execution() };
        writes(call(&plugin, "select-ping-targets", Hook::ServiceTask, execution).await)
    };
    let first = select().await;
    let [(scope, "targets", targets)] = &written(&first)[..] else {
        panic!("expected targets, got {first:#?}")
    };
    assert_eq!(*scope, VariableScope::Process);
    let entry = &targets["entries"][0];
    assert_eq!(entry["organizationIdentifierValue"], "partner.example");
    assert_eq!(entry["endpointUrl"], "https://partner.example/fhir");
    assert_eq!(entry["correlationKey"].as_str().map(str::len), Some(36));
    // A crash between the answer and its commit repeats the call: the partner must not see two keys.
    assert_eq!(select().await, first);
}

#[tokio::test]
async fn a_listener_reads_the_target_and_writes_locally() {
    let (_host, plugin) = load(Limits::default(), PING_PONG);
    let target = json!({"organizationIdentifierValue": "o", "endpointIdentifierValue": "e", "endpointUrl": "u",
        "correlationKey": "k-1"});
    let execution = Execution { variables: [("target".into(), Arc::new(target))].into(), ..execution() };
    let answer = call(&plugin, "set-correlation-key", Hook::Listener(ListenerEvent::Start), execution).await;
    assert_eq!(written(&writes(answer)), [(VariableScope::Local, "correlationKey", json!("k-1"))]);
}

#[tokio::test]
async fn prepare_answers_with_a_resolved_plan() {
    let (_host, plugin) = load(Limits::default(), PING_PONG);
    let spec = MessageSpec {
        target: Some(tessera_core::message::Target { correlation_key: Some("k-1".into()), ..target() }),
        ..message_spec()
    };
    let Answer::Plan(plan) = call_hook(&plugin, "send-ping", Hook::Prepare(spec), Site::default()).await
    else {
        panic!("expected a plan");
    };
    assert_eq!((plan.business_key.as_str(), plan.correlation_key.as_deref()), ("b-1", Some("k-1")));
    assert_eq!(plan.target.organization, "partner.example");
    let expected = json!([{
        "type": {"coding": [{"system": "http://dsf.dev/fhir/CodeSystem/ping", "code": "endpoint-identifier"}]},
        "valueReference": {"type": "Endpoint",
            "identifier": {"system": "http://dsf.dev/sid/endpoint-identifier", "value": "endpoint.own.example"}},
    }]);
    assert_eq!(Value::Array(plan.additional_inputs), expected);
}

#[tokio::test]
async fn a_message_without_target_is_the_plugins_mistake() {
    let (_host, plugin) = load(Limits::default(), PING_PONG);
    let spec = MessageSpec { target: None, ..message_spec() };
    let Answer::Outcome(outcome) =
        call_hook(&plugin, "send-pong", Hook::Prepare(spec), Site::default()).await
    else {
        panic!("expected a failure");
    };
    let failure = support::failure(outcome);
    assert!(
        failure.message.contains("there is no target: set the variable `target` before"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn failed_proceeds_or_leaves_it_to_the_model() {
    let (_host, plugin) = load(Limits::default(), PING_PONG);
    let refused = DeliveryError::Refused { status: 403, reason: "not on the list".into() };
    let variables = [("target".into(), Arc::new(serde_json::to_value(target()).unwrap()))];

    let hook = Hook::Failed(message_spec(), refused.clone());
    let proceeded = writes(call(&plugin, "send-ping", hook, execution()).await);
    assert_eq!(written(&proceeded)[0], (VariableScope::Local, "statusCode", json!("not-allowed")));

    let hook = Hook::Failed(message_spec(), refused);
    let execution = Execution { variables: variables.into(), ..execution() };
    let answer = call(&plugin, "send-pong", hook, execution).await;
    let Answer::Outcome(CallOutcome::DefaultDisposition(writes)) = answer else {
        panic!("expected the default disposition, got {answer:#?}");
    };
    assert_eq!(writes.outputs.len(), 1);
}
