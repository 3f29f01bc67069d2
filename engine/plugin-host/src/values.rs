//! Process variables are JSON values; plugins see the common scalars without quoting. This file is the whole mapping.

use std::sync::Arc;

use serde_json::{Map, Number, Value, json};
use tessera_core::message::Target;

use crate::bindings::tessera::process::execution::TaskParameter;
use crate::bindings::tessera::process::types as wit;

/// As a plugin sees it.
pub(crate) fn to_guest(value: &Value) -> wit::Value {
    match value {
        Value::Null => wit::Value::Null,
        Value::Bool(boolean) => wit::Value::Boolean(*boolean),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => wit::Value::Integer(integer),
            (None, Some(double)) if number.is_f64() => wit::Value::Double(double),
            // Above the range of s64: a double would lose digits.
            (None, _) => wit::Value::Json(number.to_string()),
        },
        Value::String(text) => wit::Value::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => wit::Value::Json(value.to_string()),
    }
}

/// As the instance stores it, with its size as handed over. The error is a sentence for the plugin's author.
pub(crate) fn from_guest(value: wit::Value) -> Result<(Value, usize), String> {
    Ok(match value {
        wit::Value::Null => (Value::Null, 1),
        wit::Value::Boolean(boolean) => (Value::Bool(boolean), 1),
        wit::Value::Integer(integer) => (integer.into(), 8),
        wit::Value::Double(double) => {
            let number = Number::from_f64(double).ok_or("NaN and infinity cannot be stored as JSON")?;
            (Value::Number(number), 8)
        }
        wit::Value::Text(text) => {
            let bytes = text.len();
            (Value::String(text), bytes)
        }
        wit::Value::Json(text) => (parse(&text)?, text.len()),
        wit::Value::Other((media_type, _)) => {
            return Err(format!("this host knows no values of kind {media_type:?}"));
        }
    })
}

/// JSON text from a plugin. `serde_json` bounds the nesting.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))
}

/// A FHIR resource as a plugin sees it.
pub(crate) fn resource(value: &Value) -> wit::ResourceJson {
    let resource_type = value.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
    wit::ResourceJson { resource_type, json: value.to_string() }
}

pub(crate) fn target_to_guest(target: Target) -> wit::Target {
    let Target { organization, endpoint, address, correlation_key } = target;
    wit::Target { organization, endpoint, address, correlation_key }
}

pub(crate) fn target_from_guest(target: wit::Target) -> Target {
    let wit::Target { organization, endpoint, address, correlation_key } = target;
    Target { organization, endpoint, address, correlation_key }
}

/// A `Target` as a process variable: the property names that models use (`${target.correlationKey}`).
pub(crate) fn target_variable(target: &Target) -> Value {
    json!({
        "organizationIdentifierValue": target.organization,
        "endpointIdentifierValue": target.endpoint,
        "endpointUrl": target.address,
        "correlationKey": target.correlation_key,
    })
}

/// Reads a variable that should hold a target.
pub(crate) fn target_of_variable(value: &Value) -> Option<Target> {
    serde::Deserialize::deserialize(value).ok()
}

/// Variable `targets`: a model iterates over `${targets.entries}`.
pub(crate) fn targets_variable(targets: &[Target]) -> Value {
    json!({ "entries": targets.iter().map(target_variable).collect::<Vec<_>>() })
}

/// Reads a variable that should hold targets.
pub(crate) fn targets_of_variable(value: &Value) -> Vec<Target> {
    let entries = value.get("entries").and_then(Value::as_array);
    entries.into_iter().flatten().filter_map(target_of_variable).collect()
}

/// An entry of `Task.input` or `Task.output` as FHIR JSON, with its size as handed over.
pub(crate) fn task_parameter(parameter: TaskParameter) -> Result<(Value, usize), String> {
    let TaskParameter { kind, value_json, extensions_json } = parameter;
    let bytes = value_json.len()
        + extensions_json.as_ref().map_or(0, String::len)
        + kind.system.len()
        + kind.code.len();
    let mut entry = Map::new();

    let mut coding = Map::new();
    coding.insert("system".into(), kind.system.into());
    coding.insert("code".into(), kind.code.into());
    for (name, text) in [("version", kind.version), ("display", kind.display)] {
        if let Some(text) = text {
            coding.insert(name.into(), text.into());
        }
    }
    entry.insert("type".into(), json!({ "coding": [coding] }));

    let Value::Object(members) = parse(&value_json)? else {
        return Err("value-json must be an object with one member, e.g. {\"valueString\":\"...\"}".into());
    };
    let mut members = members.into_iter();
    match (members.next(), members.next()) {
        (Some((name, value)), None) if is_choice_of_value(&name) => entry.insert(name, value),
        _ => return Err("value-json must have exactly one member named value[x], e.g. valueString".into()),
    };

    if let Some(extensions) = extensions_json {
        let extensions = parse(&extensions)?;
        if !extensions.is_array() {
            return Err("extensions-json must be an array".into());
        }
        entry.insert("extension".into(), extensions);
    }
    Ok((Value::Object(entry), bytes))
}

fn is_choice_of_value(name: &str) -> bool {
    name.strip_prefix("value").is_some_and(|choice| {
        choice.starts_with(|c: char| c.is_ascii_uppercase())
            && choice.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// A named value for `activity.fields`.
pub(crate) fn named(name: &Arc<str>, value: &Value) -> wit::NamedValue {
    wit::NamedValue { name: name.as_ref().into(), value: to_guest(value) }
}
