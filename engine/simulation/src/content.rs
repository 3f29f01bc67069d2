//! What handlers of scenes write, and what they must see: the same word means the same value in a conversation, whoever
//! computes it. A value that was lost, hidden, kept too long or taken from elsewhere differs from what is expected.

use serde_json::Value;
use tessera_core::plugin::{Call, Execution, Hook, ListenerEvent};

use crate::model::Model;

/// The value that a word stands for: `nothing` for none, digits for a number, `'text` for a text, `[a,b]` for a list, and
/// every other word for a text that names the conversation too. `*` is the number of the iteration.
pub(crate) fn value(word: &str, conversation: &str, iteration: Option<u32>) -> Option<Value> {
    if word == "nothing" {
        return None;
    }
    if let Some(items) = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Some(items.split(',').map(|item| value(item, conversation, iteration)).collect());
    }
    if let Some(text) = word.strip_prefix('\'') {
        return Some(text.into());
    }
    let word = iteration.map_or_else(|| word.to_owned(), |number| word.replace('*', &number.to_string()));
    if let Ok(number) = word.parse::<i64>() {
        return Some(number.into());
    }
    Some(format!("{conversation}#{word}").into())
}

/// Whether a call shows its handler what it must.
pub(crate) fn check(model: &Model, call: &Call) -> Result<(), String> {
    let Execution { activity_id, business_key, loop_counter, variables, .. } = &call.execution;
    let place = match &call.hook {
        Hook::ServiceTask | Hook::Prepare(_) => activity_id.to_string(),
        Hook::Listener(ListenerEvent::Start) => format!("{activity_id}@start"),
        Hook::Listener(ListenerEvent::End) => format!("{activity_id}@end"),
        Hook::Listener(ListenerEvent::Take) | Hook::Failed(..) => return Ok(()),
    };
    for (name, word) in model.sees.get(&place).into_iter().flatten() {
        let expected = value(word, business_key, *loop_counter);
        let seen = variables.get(&**name).map(|value| Value::clone(value));
        if seen != expected {
            return Err(format!("{place} sees {name} as {seen:?}, {expected:?} is expected"));
        }
    }
    Ok(())
}
