//! The methods that an expression may call: a closed list, each without effect. `execution` answers for the scope; texts,
//! lists and maps answer the few questions that models ask; a map answers `getX()`, `isX()` and `hasX()` like a bean.

use std::borrow::Cow;

use serde_json::Value;

use super::{describe, element, equal, is_empty, property, size, text as text_of};
use crate::expression::{Scope, Write};
use crate::limits::EVALUATION_TEXT_BYTES_MAX;

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
        "processInstanceId" | "getProcessInstanceId" | "id" | "getId" => known(scope.instance_id()),
        "currentActivityId" | "getCurrentActivityId" => known(scope.activity_id()),
        "currentActivityName" | "getCurrentActivityName" => known(scope.activity_name()),
        "processDefinitionId" | "getProcessDefinitionId" => known(scope.process_definition_id()),
        _ => return Err(unknown_of_execution(name)),
    })
}

/// What `setVariable` and its like set, if it is one of them.
pub(super) fn write(name: &str, arguments: &[Cow<'_, Value>]) -> Result<Option<Write>, String> {
    let (removes, local) = match name {
        "setVariable" => (false, false),
        "setVariableLocal" => (false, true),
        "removeVariable" => (true, false),
        "removeVariableLocal" => (true, true),
        _ => return Ok(None),
    };
    let (variable, value) = match (arguments, removes) {
        ([variable, value], false) => (variable, Some(Value::clone(value))),
        ([variable], true) => (variable, None),
        _ => return Err(format!("`execution.{name}` takes the name of a variable and, to set it, a value")),
    };
    match variable.as_str() {
        Some(variable) => Ok(Some(Write { name: variable.to_owned(), value, local })),
        None => Err(format!("`execution.{name}` takes the name of a variable, not {}", describe(variable))),
    }
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
        (Value::Array(items), "indexOf", [wanted]) => {
            let place = items.iter().position(|item| equal(item, wanted).unwrap_or(false));
            Cow::Owned(place.map_or_else(|| Value::from(-1), Value::from))
        }
        (Value::Array(items), "containsAll", [Value::Array(wanted)]) => {
            truth(wanted.iter().all(|wanted| items.iter().any(|item| equal(item, wanted).unwrap_or(false))))
        }
        (Value::Object(_), "getOrDefault", [Value::String(key), otherwise]) => match of.get(key.as_str()) {
            Some(_) => property(of, key)?,
            None => Cow::Owned((*otherwise).clone()),
        },
        (Value::Object(entries), "keySet", []) => Cow::Owned(entries.keys().cloned().collect()),
        (Value::Object(entries), "values", []) => Cow::Owned(entries.values().cloned().collect()),
        (Value::Object(entries), "containsKey", [Value::String(key)]) => truth(entries.contains_key(key)),
        (Value::String(text), "length", []) => Cow::Owned(Value::from(text.chars().count())),
        (Value::String(text), "contains", [Value::String(part)]) => truth(text.contains(part)),
        (Value::String(text), "startsWith", [Value::String(part)]) => truth(text.starts_with(part)),
        (Value::String(text), "endsWith", [Value::String(part)]) => truth(text.ends_with(part)),
        (Value::String(text), "equalsIgnoreCase", [Value::String(other)]) => {
            truth(text.to_lowercase() == other.to_lowercase())
        }
        (Value::String(text), "indexOf", [Value::String(part)]) => {
            let place =
                text.find(part.as_str()).map(|byte| text.get(..byte).unwrap_or_default().chars().count());
            Cow::Owned(place.map_or_else(|| Value::from(-1), Value::from))
        }
        (Value::String(text), "charAt", [_]) => substring(text, &arguments, Some(1))?,
        (Value::String(text), "substring", [_] | [_, _]) => substring(text, &arguments, None)?,
        (Value::String(text), "replace", [Value::String(part), Value::String(by)]) => {
            if text.len().saturating_mul(by.len().saturating_add(1)) > EVALUATION_TEXT_BYTES_MAX {
                return Err(format!("the text grows beyond {EVALUATION_TEXT_BYTES_MAX} bytes"));
            }
            Cow::Owned(Value::String(text.replace(part.as_str(), by)))
        }
        (Value::String(text), "concat", [Value::String(more)]) => {
            Cow::Owned(Value::String(format!("{text}{more}")))
        }
        (Value::String(text), "split", [Value::String(delimiter)]) => {
            if delimiter.chars().any(|character| r".$|()[{^?*+\".contains(character)) {
                return Err("`split` takes a plain text here, no pattern".to_owned());
            }
            Cow::Owned(text.split(delimiter.as_str()).collect())
        }
        (Value::String(left), "compareTo", [Value::String(right)]) => {
            Cow::Owned(Value::from(i8::from(left > right) - i8::from(left < right)))
        }
        (_, "toString", []) => Cow::Owned(Value::String(text_of(&of))),
        (_, "hashCode" | "getClass" | "notify" | "wait" | "clone", _) => {
            return Err(format!("`{name}` looks behind values, which expressions cannot"));
        }
        (Value::Number(number), "intValue" | "longValue", []) => {
            let whole = number.as_i64().or_else(|| super::arithmetic::truncated(&of));
            Cow::Owned(whole.map_or(Value::Null, Value::from))
        }
        (Value::Number(_), "doubleValue", []) | (Value::Bool(_), "booleanValue", []) => of,
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

/// From one index to another, or one character.
fn substring<'a>(text: &str, arguments: &[&Value], length: Option<usize>) -> Answer<'a> {
    let index =
        |value: &&Value| super::arithmetic::whole(value).and_then(|index| usize::try_from(index).ok());
    let wrong = || "a text has no such place; its characters are counted from 0".to_owned();
    let count = text.chars().count();
    let first = arguments.first().and_then(index).ok_or_else(wrong)?;
    let last = match (arguments.get(1), length) {
        (Some(last), _) => index(last).ok_or_else(wrong)?,
        (None, Some(length)) => first.saturating_add(length),
        (None, None) => count,
    };
    if last > count || first > last {
        return Err(wrong());
    }
    Ok(Cow::Owned(Value::String(text.chars().skip(first).take(last.saturating_sub(first)).collect())))
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
