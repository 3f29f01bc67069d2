//! What an expression can see: variables and the identity of the execution. Implemented by the engine; a map of
//! variables is a scope too.

use std::collections::BTreeMap;

use serde_json::Value;

/// What an expression can see.
pub trait Scope {
    /// A variable of this scope or the nearest one around it.
    fn variable(&self, name: &str) -> Option<&Value>;

    /// A variable of this scope alone.
    fn local_variable(&self, name: &str) -> Option<&Value>;

    /// What the clock says, in milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> Option<i64> {
        None
    }

    /// The business key of the process instance.
    fn business_key(&self) -> Option<&str> {
        None
    }

    /// The id of the process instance.
    fn instance_id(&self) -> Option<&str> {
        None
    }

    /// The BPMN id of the current element.
    fn activity_id(&self) -> Option<&str> {
        None
    }

    /// The name of the current element.
    fn activity_name(&self) -> Option<&str> {
        None
    }

    /// The id of the process definition, version included.
    fn process_definition_id(&self) -> Option<&str> {
        None
    }
}

impl Scope for BTreeMap<String, Value> {
    fn variable(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}
