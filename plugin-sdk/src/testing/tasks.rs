//! Messages for tests.

use serde_json::{Value, json};

use crate::bindings::exports::tessera::process::message_activity::{Element, MessageSpec};
use crate::parameter::naming;
use crate::{Message, Target};

/// A received Task: who sent it, the message's name, and further inputs.
pub fn task(requester: &str, message_name: &str, inputs: &[Value]) -> Value {
    let mut all = vec![input(naming::BPMN_MESSAGE, "message-name", json!({ "valueString": message_name }))];
    all.extend_from_slice(inputs);
    json!({
        "resourceType": "Task",
        "status": "in-progress",
        "requester": { "identifier": { "system": naming::ORGANIZATION, "value": requester } },
        "input": all,
    })
}

/// One input; `value` is an object with one member `value[x]`.
pub fn input(system: &str, code: &str, mut value: Value) -> Value {
    value["type"] = json!({ "coding": [{ "system": system, "code": code }] });
    value
}

/// One text input.
pub fn text_input(system: &str, code: &str, text: &str) -> Value {
    input(system, code, json!({ "valueString": text }))
}

/// A message about to be sent by a throw event.
pub fn message(name: &str, target: Option<Target>) -> Message {
    Message::new(MessageSpec {
        element: Element::ThrowEvent,
        instantiates_canonical: format!("http://example.org/bpe/Process/{name}|1.0"),
        message_name: name.to_owned(),
        profile: format!("http://example.org/fhir/StructureDefinition/task-{name}|1.0"),
        target,
        more: Vec::new(),
    })
}
