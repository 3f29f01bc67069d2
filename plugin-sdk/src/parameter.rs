//! Builds entries of `Task.input` and `Task.output`.

use serde_json::{Value, json};

pub use crate::bindings::tessera::process::execution::TaskParameter as Parameter;
pub use crate::bindings::tessera::process::types::Coding;

/// Names that every DSF process uses.
pub mod naming {
    /// Code system of `message-name`, `business-key`, `correlation-key` and `error`.
    pub const BPMN_MESSAGE: &str = "http://dsf.dev/fhir/CodeSystem/bpmn-message";
    /// Naming system of organizations.
    pub const ORGANIZATION: &str = "http://dsf.dev/sid/organization-identifier";
    /// Naming system of endpoints.
    pub const ENDPOINT: &str = "http://dsf.dev/sid/endpoint-identifier";
}

impl Coding {
    /// A code of a code system.
    pub fn new(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self { system: system.into(), code: code.into(), version: None, display: None }
    }
}

impl Parameter {
    /// A text.
    ///
    /// ```
    /// use tessera_plugin_sdk::{Coding, Parameter};
    ///
    /// let parameter = Parameter::string(Coding::new("http://example.org/count", "unit"), "patients");
    /// assert_eq!(parameter.value_json, r#"{"valueString":"patients"}"#);
    /// ```
    pub fn string(kind: Coding, value: &str) -> Self {
        Self::of(kind, &json!({ "valueString": value }))
    }

    /// A code.
    pub fn coding(kind: Coding, value: &Coding) -> Self {
        Self::of(kind, &json!({ "valueCoding": { "system": value.system, "code": value.code } }))
    }

    /// A reference by identifier, e.g. to an `Endpoint`.
    pub fn reference(kind: Coding, resource_type: &str, system: &str, value: &str) -> Self {
        let identifier = json!({ "system": system, "value": value });
        Self::of(kind, &json!({ "valueReference": { "type": resource_type, "identifier": identifier } }))
    }

    /// Any FHIR data type: `value` is an object with one member `value[x]`.
    pub fn of(kind: Coding, value: &Value) -> Self {
        Self { kind, value_json: value.to_string(), extensions_json: None }
    }

    /// Replaces the entry's extensions by these FHIR Extension objects.
    #[must_use]
    pub fn with_extensions(mut self, extensions: &[Value]) -> Self {
        self.extensions_json = Some(Value::from(extensions).to_string());
        self
    }
}
