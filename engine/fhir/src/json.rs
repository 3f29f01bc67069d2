//! Strict JSON. What two readers could understand in two ways is refused: a member that is there twice, a control character in
//! a text. Depth and the number of values are bounded while reading, before there is anything to free.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::format::Unreadable;
use crate::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};

/// How much of a text that breaks a rule is repeated to whoever sent it.
const SHOWN_CHARS: usize = 40;

/// Reads one document.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, Unreadable> {
    let bounds = Bounds { values: Cell::new(0), broken: Cell::new(None) };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Strict { bounds: &bounds, depth: 1 }.deserialize(&mut reader);
    match read.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => match bounds.broken.get() {
            Some(Bound::Depth) => Err(Unreadable::Deep),
            Some(Bound::Values) => Err(Unreadable::Many),
            None => Err(Unreadable::Syntax(error.to_string())),
        },
    }
}

#[derive(Debug, Clone, Copy)]
enum Bound {
    Depth,
    Values,
}

struct Bounds {
    values: Cell<usize>,
    broken: Cell<Option<Bound>>,
}

impl Bounds {
    fn exceeded<E: Error>(&self, bound: Bound) -> E {
        self.broken.set(Some(bound));
        E::custom("a bound is exceeded")
    }
}

struct Strict<'b> {
    bounds: &'b Bounds,
    depth: usize,
}

impl Strict<'_> {
    fn inside(&self) -> Strict<'_> {
        Strict { bounds: self.bounds, depth: self.depth.saturating_add(1) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let values = self.bounds.values.get().saturating_add(1);
        self.bounds.values.set(values);
        if values > JSON_VALUES_MAX {
            return Err(self.bounds.exceeded(Bound::Values));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        plain(value).map(|text| Value::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        plain(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        if self.depth > JSON_DEPTH_MAX {
            return Err(self.bounds.exceeded(Bound::Depth));
        }
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(self.inside())? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        if self.depth > JSON_DEPTH_MAX {
            return Err(self.bounds.exceeded(Bound::Depth));
        }
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            plain(&name)?;
            if read.contains_key(&name) {
                return Err(A::Error::custom(format!("the member '{}' is there twice", shown(&name))));
            }
            let value = members.next_value_seed(self.inside())?;
            read.insert(name, value);
        }
        Ok(Value::Object(read))
    }
}

/// FHIR texts have no control characters but tab and the ends of lines.
fn plain<E: Error>(text: &str) -> Result<&str, E> {
    if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n')) {
        return Err(E::custom(format!("the text '{}' has a control character", shown(text))));
    }
    Ok(text)
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_and_what_is_refused() {
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let table: [(String, Option<&str>); 15] = [
            (r#"{"a":[1,-2,0.5,null,true,"x\ty\nz"],"b":{}}"#.to_owned(), None),
            (r#"{"a":1,"b":{"a":1}}"#.to_owned(), None),
            (deep(JSON_DEPTH_MAX), None),
            (deep(JSON_DEPTH_MAX + 1), Some("nested deeper")),
            (deep(100_000), Some("nested deeper")),
            (format!("[{}0]", "0,".repeat(JSON_VALUES_MAX)), Some("more than")),
            (r#"{"a":1,"a":1}"#.to_owned(), Some("'a' is there twice")),
            (r#"{"a":{"b":1,"\u0062":2}}"#.to_owned(), Some("'b' is there twice")),
            ("{\"a\":\"x\\u0000\"}".to_owned(), Some("control character")),
            ("{\"a\\u0001\":1}".to_owned(), Some("control character")),
            (r#"{"a":"\ud800"}"#.to_owned(), Some("hex escape")),
            (r#"{"a":"\udc00"}"#.to_owned(), Some("surrogate")),
            (r#"{"a":1e400}"#.to_owned(), Some("number out of range")),
            (r#"{"a":1}{"#.to_owned(), Some("trailing")),
            ("\u{feff}{}".to_owned(), Some("expected value")),
        ];
        for (text, expected) in table {
            let shown: String = text.chars().take(60).collect();
            match (read(text.as_bytes()), expected) {
                (Ok(value), None) => {
                    assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap(), "{shown}");
                }
                (Err(error), Some(expected)) => {
                    assert!(error.to_string().contains(expected), "{shown}: {error}");
                }
                (other, _) => panic!("{shown}: {other:?}"),
            }
        }
        assert!(read(b"{\"a\":\"\xff\"}").is_err());
    }
}
