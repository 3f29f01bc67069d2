//! The methods that an expression may call: a closed list, each without effect. `execution` answers for the scope; texts,
//! lists and maps answer the few questions that models ask; a map answers `getX()`, `isX()` and `hasX()` like a bean.

use std::borrow::Cow;

use serde_json::Value;

use super::{describe, element, equal, is_empty, property, size};
use crate::expression::Scope;

type Answer<'a> = Result<Cow<'a, Value>, String>;

pub(super) fn of_execution<'a>(scope: &'a dyn Scope, name: &str, arguments: &[Cow<'a, Value>]) -> Answer<'a> {
    let variable = || match arguments {
        [argument] => argument.as_str().ok_or_else(|| {
            format!("`execution.{name}` takes the name of a variable, not {}", describe(argument))
        }),
        _ => Err(format!("`execution.{name}` takes one argument, the name of a variable in quotes")),
    };
    let found = |value: Option<&'a Value>| value.map_or(Cow::Owned(Value::Null), Cow::Borrowed);
    Ok(match name {
        "getVariable" => found(scope.variable(variable()?)),
        "getVariableLocal" => found(scope.local_variable(variable()?)),
        "hasVariable" => truth(scope.variable(variable()?).is_some()),
        "hasVariableLocal" => truth(scope.local_variable(variable()?).is_some()),
        _ if !arguments.is_empty() => return Err(unknown_of_execution(name)),
        "businessKey" | "getBusinessKey" | "processBusinessKey" | "getProcessBusinessKey" => {
            known(scope.business_key())
        }
        "processInstanceId" | "getProcessInstanceId" => known(scope.instance_id()),
        "currentActivityId" | "getCurrentActivityId" => known(scope.activity_id()),
        "currentActivityName" | "getCurrentActivityName" => known(scope.activity_name()),
        "processDefinitionId" | "getProcessDefinitionId" => known(scope.process_definition_id()),
        _ => return Err(unknown_of_execution(name)),
    })
}

pub(super) fn of_value<'a>(of: Cow<'a, Value>, name: &str, arguments: &[Cow<'a, Value>]) -> Answer<'a> {
    let arguments: Vec<&Value> = arguments.iter().map(AsRef::as_ref).collect();
    Ok(match (&*of, name, arguments.as_slice()) {
        (Value::String(_) | Value::Array(_) | Value::Object(_), "isEmpty", []) => truth(is_empty(&of)),
        (Value::Array(_) | Value::Object(_), "size", []) => Cow::Owned(Value::from(size(&of))),
        (Value::Array(items), "contains", [wanted]) => {
            truth(items.iter().any(|item| equal(item, wanted).unwrap_or(false)))
        }
        (Value::Array(_) | Value::Object(_), "get", [index]) => element(of, index)?,
        (Value::Object(entries), "containsKey", [Value::String(key)]) => truth(entries.contains_key(key)),
        (Value::String(text), "length", []) => Cow::Owned(Value::from(text.chars().count())),
        (Value::String(text), "contains", [Value::String(part)]) => truth(text.contains(part)),
        (Value::String(text), "startsWith", [Value::String(part)]) => truth(text.starts_with(part)),
        (Value::String(text), "endsWith", [Value::String(part)]) => truth(text.ends_with(part)),
        (Value::String(text), "equalsIgnoreCase", [Value::String(other)]) => {
            truth(text.to_lowercase() == other.to_lowercase())
        }
        (Value::String(text), "toLowerCase", []) => Cow::Owned(Value::String(text.to_lowercase())),
        (Value::String(text), "toUpperCase", []) => Cow::Owned(Value::String(text.to_uppercase())),
        (Value::String(text), "trim", []) => Cow::Owned(Value::String(text.trim().to_owned())),
        (_, "equals", [other]) => truth(&*of == *other),
        (Value::Object(_), _, []) => of_bean(of, name)?,
        (value, _, _) => {
            return Err(format!(
                "{} has no method `{name}` with {} arguments",
                describe(value),
                arguments.len()
            ));
        }
    })
}

/// `getX()` and `isX()` are the property `x`; `hasX()` asks whether it is there and not null.
fn of_bean<'a>(of: Cow<'a, Value>, name: &str) -> Answer<'a> {
    if let Some(property_name) = name.strip_prefix("has").and_then(decapitalized) {
        return Ok(truth(of.get(&property_name).is_some_and(|value| !value.is_null())));
    }
    let property_name = name.strip_prefix("get").or_else(|| name.strip_prefix("is")).and_then(decapitalized);
    match property_name {
        Some(property_name) => property(of, &property_name),
        None => Err(format!("a map has no method `{name}`")),
    }
}

fn decapitalized(name: &str) -> Option<String> {
    let mut characters = name.chars();
    let first = characters.next().filter(|first| first.is_uppercase())?;
    Some(first.to_lowercase().chain(characters).collect())
}

fn truth<'a>(value: bool) -> Cow<'a, Value> {
    Cow::Owned(Value::Bool(value))
}

fn known<'a>(value: Option<&str>) -> Cow<'a, Value> {
    Cow::Owned(value.map_or(Value::Null, Value::from))
}

fn unknown_of_execution(name: &str) -> String {
    format!(
        "`execution` has no `{name}` here; it has getVariable, hasVariable, getVariableLocal, hasVariableLocal, businessKey, \
         processInstanceId, processDefinitionId, currentActivityId and currentActivityName"
    )
}
