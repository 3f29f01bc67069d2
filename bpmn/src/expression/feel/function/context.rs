//! Contexts: names and values.

use std::sync::Arc;

use super::{BuiltIn, MANY, items, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, null};
use crate::expression::feel::value::{Entries, Value};

pub(super) static TABLE: &[BuiltIn] = &[
    of("get value", &[&["m", "key"], &["context", "key"], &["context", "keys"]], 2, 2, get_value),
    of("get entries", &[&["m"], &["context"]], 1, 1, |_, arguments| match arguments {
        [Value::Context(entries)] => {
            let entry = |(key, value): (&Arc<str>, &Value)| {
                let pair = [("key".into(), Value::Text(Arc::clone(key))), ("value".into(), value.clone())];
                Value::Context(Arc::new(Entries::from(pair)))
            };
            Ok(Value::list(entries.iter().map(entry).collect()))
        }
        _ => refuse("get entries", "a context", arguments),
    }),
    of("context", &[&["entries"]], 1, 1, from_entries),
    of(
        "context put",
        &[&["context", "key", "value"], &["context", "keys", "value"]],
        3,
        3,
        |_, arguments| match arguments {
            [Value::Context(entries), Value::Text(key), value] => {
                let mut entries = Entries::clone(entries);
                entries.insert(Arc::clone(key), value.clone());
                Ok(Value::Context(Arc::new(entries)))
            }
            [context @ Value::Context(_), Value::List(keys), value] => put_deep(context, keys, value),
            _ => refuse("context put", "a context, a name or a list of names, and a value", arguments),
        },
    ),
    of("context merge", &[&["contexts"]], 1, MANY, |_, arguments| {
        let mut merged = Entries::new();
        for context in items(arguments) {
            let Value::Context(entries) = context else {
                return refuse("context merge", "contexts", std::slice::from_ref(context));
            };
            merged.extend(entries.iter().map(|(key, value)| (Arc::clone(key), value.clone())));
        }
        Ok(Value::Context(Arc::new(merged)))
    }),
];

fn get_value(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let entry = |of: &Value, key: &Value| match (of, key) {
        (Value::Context(entries), Value::Text(key)) => entries.get(key).cloned(),
        _ => None,
    };
    let found = match arguments {
        [context @ Value::Context(_), key @ Value::Text(_)] => entry(context, key),
        [context @ Value::Context(_), Value::List(keys)] if !keys.is_empty() => {
            keys.iter().try_fold(context.clone(), |inner, key| entry(&inner, key))
        }
        _ => return refuse("get value", "a context and a name", arguments),
    };
    found.map_or_else(|| null("the context has no such entry"), Ok)
}

fn from_entries(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let mut entries = Entries::new();
    for item in items(arguments) {
        let Value::Context(entry) = item else {
            return refuse("context", "contexts that have a `key` and a `value`", arguments);
        };
        match (entry.get("key"), entry.get("value")) {
            (Some(Value::Text(key)), Some(value)) => {
                if entries.insert(Arc::clone(key), value.clone()).is_some() {
                    return null("two entries have the same key");
                }
            }
            _ => return refuse("context", "contexts that have a `key` and a `value`", arguments),
        }
    }
    Ok(Value::Context(Arc::new(entries)))
}

/// Sets an entry of a context within contexts. What is on the way and no context is replaced by one.
fn put_deep(context: &Value, keys: &[Value], value: &Value) -> Answer {
    let mut around: Vec<(Entries, Arc<str>)> = Vec::new();
    let mut inner = context.clone();
    for key in keys {
        let Value::Text(key) = key else { return null("the names of entries are texts") };
        let entries = match &inner {
            Value::Context(entries) => Entries::clone(entries),
            _ => Entries::new(),
        };
        inner = entries.get(key).cloned().unwrap_or(Value::Null);
        around.push((entries, Arc::clone(key)));
    }
    if around.is_empty() {
        return null("no name says which entry is meant");
    }
    let put = |value: Value, (mut entries, key): (Entries, Arc<str>)| {
        entries.insert(key, value);
        Value::Context(Arc::new(entries))
    };
    Ok(around.into_iter().rev().fold(value.clone(), put))
}
