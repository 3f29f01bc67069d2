//! All references in a resource, wherever they stand, and their replacement inside a Bundle.

use serde_json::Value;

use crate::resource::{Reference, ResourceType, resource_type, text};

/// A reference and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Path of elements, for the error text.
    pub path: String,
    /// What it points at.
    pub reference: Reference,
}

/// The references of a resource. A stored Bundle is a document of its own: what is in it refers to somewhere else.
pub fn of(resource: &Value, base: &str) -> Vec<Found> {
    if resource_type(resource) == Some(ResourceType::Bundle) {
        return Vec::new();
    }
    let type_name = text(resource, "resourceType").unwrap_or_default();
    let mut found = Vec::new();
    let mut open = vec![(type_name.to_owned(), resource)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                if !members.contains_key("resourceType") && is_reference(value) {
                    found.push(Found { path, reference: Reference::of(value, base) });
                    continue;
                }
                open.extend(members.iter().map(|(name, member)| (format!("{path}.{name}"), member)));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Replaces the text of each literal reference for which `replace` knows another.
pub fn rewrite(resource: &mut Value, replace: &dyn Fn(&str) -> Option<String>) {
    let mut open = vec![resource];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(literal)) = members.get_mut("reference")
                    && let Some(other) = replace(literal)
                {
                    *literal = other;
                }
                open.extend(members.values_mut());
            }
            Value::Array(items) => open.extend(items.iter_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn is_reference(value: &Value) -> bool {
    text(value, "reference").is_some() || value.get("identifier").is_some_and(Value::is_object)
}
