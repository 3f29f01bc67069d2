//! Bytes to text: UTF-8, UTF-16 with a byte order mark, or ISO-8859-1 where the file declares it and is not UTF-8. Everything else
//! is refused, by name where the file gives one.

use std::borrow::Cow;

use super::Fatal;
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::limits::DOCUMENT_BYTES_MAX;

const HELP: &str = "save the file as UTF-8";

pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fatal> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {DOCUMENT_BYTES_MAX} are read", bytes.len());
        return Err(Diagnostic::error(codes::LIMIT, message, Position::START).into());
    }
    match bytes {
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Fatal> {
    match std::str::from_utf8(bytes) {
        Ok(text) => match foreign_encoding(text) {
            Some(name) if !text.is_ascii() => {
                let message = format!("the file says that its encoding is {name}");
                Err(Diagnostic::error(codes::ENCODING, message, Position::START).help(HELP).into())
            }
            _ => Ok(Cow::Borrowed(text)),
        },
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
            let valid = valid.unwrap_or_default();
            if foreign_encoding(valid).is_some_and(is_latin1) {
                return Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()));
            }
            let named = foreign_encoding(valid)
                .map(|name| format!("; it says that it is {name}"))
                .unwrap_or_default();
            let message = format!("the file is not UTF-8 from here on{named}");
            let position = Position::START.after(valid);
            Err(Diagnostic::error(codes::ENCODING, message, position).help(HELP).into())
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Fatal> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(broken_utf16(&text)),
        }
    }
    if rest.is_empty() { Ok(Cow::Owned(text)) } else { Err(broken_utf16(&text)) }
}

fn broken_utf16(before: &str) -> Fatal {
    let position = Position::START.after(before);
    Diagnostic::error(codes::ENCODING, "the file is not UTF-16 from here on", position).help(HELP).into()
}

/// Whether an encoding with this name has a character for each byte, the one with its number.
pub(crate) fn is_latin1(name: &str) -> bool {
    ["iso-8859-1", "latin1", "iso8859-1", "latin-1"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The encoding that the XML declaration names, unless it is one that reads as UTF-8.
fn foreign_encoding(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let name = value.get(1..)?.split_once(quote)?.0;
    let known = ["utf-8", "utf8", "us-ascii", "ascii", "utf-16"];
    (!known.iter().any(|known| name.eq_ignore_ascii_case(known))).then_some(name)
}
