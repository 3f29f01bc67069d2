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

    /// The scope that this one only adds variables to: it answers whatever else is asked.
    fn around(&self) -> Option<&dyn Scope> {
        None
    }

    /// What the clock says, in milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> Option<i64> {
        self.around()?.now_ms()
    }

    /// The business key of the process instance.
    fn business_key(&self) -> Option<&str> {
        self.around()?.business_key()
    }

    /// The id of the process instance.
    fn instance_id(&self) -> Option<&str> {
        self.around()?.instance_id()
    }

    /// The BPMN id of the current element.
    fn activity_id(&self) -> Option<&str> {
        self.around()?.activity_id()
    }

    /// The name of the current element.
    fn activity_name(&self) -> Option<&str> {
        self.around()?.activity_name()
    }

    /// The id of the process definition, version included.
    fn process_definition_id(&self) -> Option<&str> {
        self.around()?.process_definition_id()
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
