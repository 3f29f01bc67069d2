//! Bytes to text: UTF-8, or UTF-16 with a byte order mark. What FHIR does not allow is refused.

use std::borrow::Cow;

use super::position::{Cursor, Position};
use super::{Problem, ProblemKind};
use crate::limits::SOURCE_BYTES_MAX;

/// The text of a file, which places of its resource refer to; without byte order mark.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if bytes.len() > SOURCE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {SOURCE_BYTES_MAX} are read", bytes.len());
        return Err(Problem { kind: ProblemKind::Limit, message, position: Position::START });
    }
    match bytes {
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
        broken("UTF-8", valid.unwrap_or_default())
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Problem> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(broken("UTF-16", &text)),
        }
    }
    if rest.is_empty() { Ok(Cow::Owned(text)) } else { Err(broken("UTF-16", &text)) }
}

fn broken(encoding: &str, valid: &str) -> Problem {
    let message = format!("the file is not {encoding} from here on; save it as UTF-8");
    Problem { kind: ProblemKind::Syntax, message, position: Cursor::new(valid).at(valid.len()) }
}
