//! Process variables are JSON values; plugins see the common scalars without quoting. This file is the whole mapping.

use std::sync::Arc;

use serde_json::{Map, Number, Value, json};
use tessera_core::message::Target;

use crate::bindings::tessera::process::execution::TaskParameter;
use crate::bindings::tessera::process::types as wit;
use crate::limits::{JSON_OBJECT_BYTES, JSON_VALUE_BYTES};

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

/// As the instance stores it. The error is a sentence for the plugin's author.
pub(crate) fn from_guest(value: wit::Value) -> Result<Value, String> {
    Ok(match value {
        wit::Value::Null => Value::Null,
        wit::Value::Boolean(boolean) => Value::Bool(boolean),
        wit::Value::Integer(integer) => integer.into(),
        wit::Value::Double(double) => {
            Value::Number(Number::from_f64(double).ok_or("NaN and infinity cannot be stored as JSON")?)
        }
        wit::Value::Text(text) => Value::String(text),
        wit::Value::Json(text) => parse(&text)?,
        wit::Value::Other((media_type, _)) => {
            return Err(format!("this host knows no values of kind {media_type:?}"));
        }
    })
}

/// About how many bytes of memory the value will take here.
pub(crate) fn weight(value: &wit::Value) -> usize {
    match value {
        wit::Value::Null | wit::Value::Boolean(_) | wit::Value::Integer(_) | wit::Value::Double(_) => {
            JSON_VALUE_BYTES
        }
        wit::Value::Text(text) => text.len().saturating_add(JSON_VALUE_BYTES),
        wit::Value::Json(text) => json_weight(text),
        wit::Value::Other((_, bytes)) => bytes.len(),
    }
}

/// About how many bytes the value of this JSON text will take, without building it: `[[],[],[]]` takes ten times as much
/// as its text, and an object a hundred times.
pub(crate) fn json_weight(text: &str) -> usize {
    let (mut values, mut objects, mut quoted, mut escaped) = (1_usize, 0_usize, false, false);
    for byte in text.bytes() {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
        } else {
            quoted = byte == b'"';
            values += usize::from(matches!(byte, b',' | b'['));
            objects += usize::from(byte == b'{');
        }
    }
    let nodes =
        values.saturating_mul(JSON_VALUE_BYTES).saturating_add(objects.saturating_mul(JSON_OBJECT_BYTES));
    text.len().saturating_add(nodes)
}

/// Bytes of a text or JSON value on its way to the guest.
pub(crate) fn guest_bytes(value: &wit::Value) -> usize {
    match value {
        wit::Value::Null | wit::Value::Boolean(_) | wit::Value::Integer(_) | wit::Value::Double(_) => 0,
        wit::Value::Text(text) | wit::Value::Json(text) => text.len(),
        wit::Value::Other((_, bytes)) => bytes.len(),
    }
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

/// About how many bytes of memory the entry will take here.
pub(crate) fn task_parameter_weight(parameter: &TaskParameter) -> usize {
    let TaskParameter { kind, value_json, extensions_json } = parameter;
    let texts = [Some(&kind.system), Some(&kind.code), kind.version.as_ref(), kind.display.as_ref()];
    let texts = texts.into_iter().flatten().map(String::len);
    let json = [Some(value_json), extensions_json.as_ref()];
    texts.chain(json.into_iter().flatten().map(|text| json_weight(text))).fold(0, usize::saturating_add)
}

/// An entry of `Task.input` or `Task.output` as FHIR JSON.
pub(crate) fn task_parameter(parameter: TaskParameter) -> Result<Value, String> {
    let TaskParameter { kind, value_json, extensions_json } = parameter;
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
    Ok(Value::Object(entry))
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

#[cfg(test)]
mod tests {
    use super::{json_weight, parse};
    use crate::limits::{JSON_OBJECT_BYTES, JSON_VALUE_BYTES};

    #[test]
    fn the_weight_of_json_is_known_before_it_is_parsed() {
        let cases = [
            ("1", 1, 0),
            ("[1,2,3]", 4, 0),
            (r#"["a,[{b",2]"#, 3, 0),
            (r#"["\"[,",{}]"#, 3, 1),
            (r#"["\\",[]]"#, 4, 0),
            (r#"{"a":{"b":1},"c":2}"#, 2, 2),
        ];
        for (text, values, objects) in cases {
            parse(text).unwrap();
            let expected = text.len() + values * JSON_VALUE_BYTES + objects * JSON_OBJECT_BYTES;
            assert_eq!(json_weight(text), expected, "{text}");
        }
    }
}
