//! Search over the resources of a mock: types, ids, and tokens on members of the resource's top level.

use serde_json::Value;

use crate::host::{HostError, SearchParam, SearchRequest};

/// Whether a resource matches. A parameter that the mock cannot judge is refused rather than ignored.
pub(super) fn matches(resource: &Value, request: &SearchRequest) -> Result<bool, HostError> {
    if resource["resourceType"] != *request.resource_type {
        return Ok(false);
    }
    for param in &request.params {
        if !has(resource, param)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn has(resource: &Value, param: &SearchParam) -> Result<bool, HostError> {
    let member = match param.name.as_str() {
        "_id" => "id",
        "status" | "active" | "identifier" | "url" | "version" | "name" | "address" => param.name.as_str(),
        name => return Err(HostError::Invalid(format!("MockHost knows no search parameter '{name}'"))),
    };
    Ok(param.values.iter().any(|wanted| match &resource[member] {
        Value::String(text) => text == wanted,
        Value::Bool(flag) => wanted == if *flag { "true" } else { "false" },
        Value::Array(identifiers) => identifiers.iter().any(|identifier| is_token(identifier, wanted)),
        Value::Null | Value::Number(_) | Value::Object(_) => false,
    }))
}

/// `system|value`, `system|` or `value`.
fn is_token(identifier: &Value, wanted: &str) -> bool {
    match wanted.split_once('|') {
        Some((system, "")) => identifier["system"] == *system,
        Some((system, value)) => identifier["system"] == *system && identifier["value"] == *value,
        None => identifier["value"] == *wanted,
    }
}
