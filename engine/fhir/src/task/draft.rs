//! Building the Task that carries a message to another organization, exactly as DSF expects it.

use serde_json::{Value, json};

use crate::names;
use crate::resource::Identifier;

/// Everything that decides how a message looks on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Profile of the Task, `url|version`.
    pub profile: String,
    /// Process of the receiver, `url|version`.
    pub instantiates_canonical: String,
    /// Name of the BPMN message.
    pub message_name: String,
    /// Business key; absent only for messages that start a process at the own site.
    pub business_key: Option<String>,
    /// Correlation key.
    pub correlation_key: Option<String>,
    /// Organization identifier of this site.
    pub requester: String,
    /// Organization identifier of the receiver.
    pub recipient: String,
    /// When the message was decided.
    pub authored_on: jiff::Timestamp,
    /// Identity of the message, the same for each delivery attempt. The system must not be DSF's task-identifier.
    pub identifier: Identifier,
    /// Inputs of the process, as FHIR JSON, after the envelope.
    pub additional_inputs: Vec<Value>,
}

/// Writes the Task. The three inputs of the envelope come first, because DSF's slicing is open at the end only.
pub fn build(draft: &Draft) -> Value {
    let mut inputs = vec![envelope(names::MESSAGE_NAME, &draft.message_name)];
    inputs.extend(draft.business_key.as_deref().map(|key| envelope(names::BUSINESS_KEY, key)));
    inputs.extend(draft.correlation_key.as_deref().map(|key| envelope(names::CORRELATION_KEY, key)));
    inputs.extend(draft.additional_inputs.iter().cloned());
    json!({
        "resourceType": "Task",
        "meta": { "profile": [draft.profile] },
        "identifier": [draft.identifier.to_json()],
        "instantiatesCanonical": draft.instantiates_canonical,
        "status": "requested",
        "intent": "order",
        "authoredOn": crate::resource::instant(draft.authored_on),
        "requester": organization(&draft.requester),
        "restriction": { "recipient": [organization(&draft.recipient)] },
        "input": inputs,
    })
}

/// A Task input (or output) whose type is `system|code`, with a string value.
pub fn input(system: &str, code: &str, value: &str) -> Value {
    json!({ "type": { "coding": [{ "system": system, "code": code }] }, "valueString": value })
}

pub(super) fn envelope(code: &str, value: &str) -> Value {
    input(names::BPMN_MESSAGE, code, value)
}

fn organization(identifier: &str) -> Value {
    json!({
        "type": "Organization",
        "identifier": { "system": names::ORGANIZATION_IDENTIFIER, "value": identifier },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Message, Status};

    #[test]
    fn what_is_built_is_read_back() {
        let draft = Draft {
            profile: "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0".to_owned(),
            instantiates_canonical: "http://dsf.dev/bpe/Process/pong|1.0".to_owned(),
            message_name: "ping".to_owned(),
            business_key: Some("business".to_owned()),
            correlation_key: Some("correlation".to_owned()),
            requester: "a.example".to_owned(),
            recipient: "b.example".to_owned(),
            authored_on: "2026-05-02T08:15:00Z".parse().unwrap(),
            identifier: Identifier::new("urn:tessera:effect", "1"),
            additional_inputs: vec![input("http://example.org/codes", "count", "7")],
        };
        let task = build(&draft);
        assert_eq!(task["authoredOn"], "2026-05-02T08:15:00.000Z");
        assert!(task["requester"].get("reference").is_none());
        let message = Message::parse(&task).unwrap();
        assert_eq!(message.status, Status::Requested);
        assert_eq!(message.process_key, "dsfdev_pong");
        assert_eq!(message.instantiates_canonical(), draft.instantiates_canonical);
        assert_eq!(message.message_name, "ping");
        assert_eq!(message.business_key.as_deref(), Some("business"));
        assert_eq!(message.correlation_key.as_deref(), Some("correlation"));
        assert_eq!(message.requester.value, "a.example");
        assert_eq!(message.recipient, "b.example");
        assert_eq!(message.inputs, draft.additional_inputs);
        assert_eq!(message.identifiers, [draft.identifier]);
    }
}
