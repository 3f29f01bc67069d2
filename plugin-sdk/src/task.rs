//! Reads a received message: a FHIR Task with the DSF's inputs.

use serde_json::Value;

use crate::parameter::naming;
use crate::{Error, Result, ResultExt};

/// A FHIR Task.
///
/// ```
/// use tessera_plugin_sdk::Task;
///
/// let task = Task::from_json(r#"{
///     "resourceType": "Task",
///     "requester": { "identifier": { "system": "http://dsf.dev/sid/organization-identifier", "value": "dic1.example" } },
///     "input": [ { "type": { "coding": [ { "system": "http://dsf.dev/fhir/CodeSystem/bpmn-message", "code": "message-name" } ] },
///                  "valueString": "ping" } ]
/// }"#).unwrap();
/// assert_eq!(task.requester().unwrap(), "dic1.example");
/// assert_eq!(task.message_name(), Some("ping"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Task(Value);

impl Task {
    /// Reads JSON text.
    pub fn from_json(text: &str) -> Result<Self> {
        Ok(Self(serde_json::from_str(text)?))
    }

    /// The resource itself.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Identifier of the organization that sent the Task.
    pub fn requester(&self) -> Result<&str> {
        self.0
            .pointer("/requester/identifier/value")
            .and_then(Value::as_str)
            .required("Task.requester.identifier")
    }

    /// Identifier of the organization that received it.
    pub fn recipient(&self) -> Result<&str> {
        self.0
            .pointer("/restriction/recipient/0/identifier/value")
            .and_then(Value::as_str)
            .required("Task.restriction.recipient.identifier")
    }

    /// Input `message-name`.
    pub fn message_name(&self) -> Option<&str> {
        self.input_str(naming::BPMN_MESSAGE, "message-name")
    }

    /// Input `business-key`.
    pub fn business_key(&self) -> Option<&str> {
        self.input_str(naming::BPMN_MESSAGE, "business-key")
    }

    /// Input `correlation-key`.
    pub fn correlation_key(&self) -> Option<&str> {
        self.input_str(naming::BPMN_MESSAGE, "correlation-key")
    }

    /// All inputs of a kind, as JSON.
    pub fn inputs<'a>(&'a self, system: &'a str, code: &'a str) -> impl Iterator<Item = &'a Value> {
        let inputs = self.0.get("input").and_then(Value::as_array).into_iter().flatten();
        inputs.filter(move |input| is_kind(input, system, code))
    }

    /// The first text of a kind, whatever FHIR's name for its type of text is.
    pub fn input_str<'a>(&'a self, system: &'a str, code: &'a str) -> Option<&'a str> {
        self.inputs(system, code).find_map(|input| {
            let members = input.as_object()?;
            members.iter().find(|(name, _)| name.starts_with("value"))?.1.as_str()
        })
    }

    /// Like [`Self::input_str`], but the handler cannot go on without it.
    pub fn require_input<'a>(&'a self, system: &'a str, code: &'a str) -> Result<&'a str> {
        self.input_str(system, code)
            .ok_or_else(|| Error::missing(format_args!("input {system}|{code} of the Task")))
    }

    /// The identifier in the first Reference of a kind.
    pub fn input_reference_identifier<'a>(&'a self, system: &'a str, code: &'a str) -> Option<&'a str> {
        self.inputs(system, code)
            .find_map(|input| input.pointer("/valueReference/identifier/value")?.as_str())
    }
}

fn is_kind(parameter: &Value, system: &str, code: &str) -> bool {
    let codings = parameter.pointer("/type/coding").and_then(Value::as_array).into_iter().flatten();
    codings.into_iter().any(|coding| {
        coding.get("system").and_then(Value::as_str) == Some(system)
            && coding.get("code").and_then(Value::as_str) == Some(code)
    })
}
