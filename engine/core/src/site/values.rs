//! Large values live beside their instance's record, under the digest of their JSON text: a step that does not touch
//! them does not write them again. In the record a reference stands for the value while it is encoded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::records::Unreadable;
use crate::instance::{Fact, Instance};
use crate::limits::INLINE_VALUE_BYTES_MAX;

/// SHA-256 of a value's JSON text.
pub(crate) type Digest = [u8; 32];

/// The only member of a reference. A plain value that looks like a reference is put aside too, so none is mistaken.
const REFERENCE: &str = "$beside";

/// The values of one instance that are stored beside its record.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    stored: BTreeMap<Digest, Arc<Value>>,
}

/// A value that is not stored yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewValue {
    pub(crate) digest: Digest,
    pub(crate) text: Vec<u8>,
}

impl Beside {
    /// The values as they were loaded.
    pub(crate) fn loaded(texts: Vec<(Digest, Vec<u8>)>) -> Result<Self, Unreadable> {
        let mut stored = BTreeMap::new();
        for (digest, text) in texts {
            if Digest::from(Sha256::digest(&text)) != digest {
                return Err(Unreadable::ValueMissing);
            }
            let value = serde_json::from_slice(&text).map_err(|error| Unreadable::Undecodable {
                what: "value of an instance",
                detail: error.to_string(),
            })?;
            stored.insert(digest, Arc::new(value));
        }
        Ok(Self { stored })
    }

    /// Puts the large values of `instance` aside while `encode` runs. Returns what it said, the digests of the values
    /// put aside, and adds those that are not stored yet to `new`.
    pub(crate) fn without<R>(
        &mut self,
        instance: &mut Instance,
        new: &mut Vec<NewValue>,
        encode: impl FnOnce(&Instance, Vec<Digest>) -> R,
    ) -> R {
        let mut used = BTreeSet::new();
        instance.values_mut(&mut |value| {
            if let Some(digest) = self.put_aside(value, new) {
                used.insert(digest);
            }
        });
        let anything = !used.is_empty();
        let result = encode(instance, used.into_iter().collect());
        if anything {
            // Every reference in there is one of ours: a look-alike was put aside as well.
            instance.values_mut(&mut |value| {
                if let Some(original) = referenced(value).and_then(|digest| self.stored.get(&digest)) {
                    *value = original.clone();
                }
            });
        }
        result
    }

    /// Puts the large values of facts aside for good: the journal shares them with the record.
    pub(crate) fn put_aside_facts(&mut self, facts: &mut [Fact], new: &mut Vec<NewValue>) {
        for fact in facts {
            fact.values_mut(&mut |value| {
                self.put_aside(value, new);
            });
        }
    }

    /// Brings the values back into a decoded instance.
    pub(crate) fn restore(&self, instance: &mut Instance) -> Result<(), Unreadable> {
        let mut missing = false;
        instance.values_mut(&mut |value| {
            if let Some(digest) = referenced(value) {
                match self.stored.get(&digest) {
                    Some(original) => *value = original.clone(),
                    None => missing = true,
                }
            }
        });
        if missing { Err(Unreadable::ValueMissing) } else { Ok(()) }
    }

    /// Forgets the values that the record does not use any more; they stay in the store for the journal.
    pub(crate) fn keep_only(&mut self, used: &[Digest]) {
        self.stored.retain(|digest, _| used.contains(digest));
    }

    fn put_aside(&mut self, value: &mut Arc<Value>, new: &mut Vec<NewValue>) -> Option<Digest> {
        if !is_large(value) && referenced(value).is_none() {
            return None;
        }
        let known =
            self.stored.iter().find(|(_, stored)| Arc::ptr_eq(stored, value)).map(|(digest, _)| *digest);
        let digest = known.unwrap_or_else(|| {
            let text = serde_json::to_vec(&**value).expect("JSON values can be written");
            let digest = Digest::from(Sha256::digest(&text));
            if self.stored.insert(digest, value.clone()).is_none() {
                new.push(NewValue { digest, text });
            }
            digest
        });
        *value = Arc::new(json!({ REFERENCE: hexadecimal(&digest) }));
        Some(digest)
    }
}

/// Whether the JSON text may be longer than what a record keeps. Stops counting as soon as it is.
fn is_large(value: &Value) -> bool {
    let mut bytes = 0_usize;
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        bytes = bytes.saturating_add(match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 8,
            Value::String(text) => text.len().saturating_add(2),
            Value::Array(items) => {
                rest.extend(items);
                items.len().saturating_add(2)
            }
            Value::Object(members) => {
                rest.extend(members.values());
                members.keys().fold(2, |sum: usize, name| sum.saturating_add(name.len()).saturating_add(4))
            }
        });
        if bytes > INLINE_VALUE_BYTES_MAX {
            return true;
        }
    }
    false
}

fn referenced(value: &Value) -> Option<Digest> {
    let members = value.as_object()?;
    if members.len() != 1 {
        return None;
    }
    let text = members.get(REFERENCE)?.as_str()?;
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut digest = [0; 32];
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(digest)
}

fn hexadecimal(digest: &Digest) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        for nibble in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
        text
    })
}
