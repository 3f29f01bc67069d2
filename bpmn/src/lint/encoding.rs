//! Bytes to text and back: UTF-8, UTF-16 with a byte order mark, Latin-1 where the file declares it. What cannot be decoded
//! is replaced, and the place is kept, so that the rest of the file can still be checked.

use crate::read::encoding::is_latin1;

/// How a file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without mark.
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8Marked,
    /// UTF-16, little end first, with a byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with a byte order mark.
    Utf16Be,
    /// UTF-16 without a byte order mark, little end first.
    Utf16LeUnmarked,
    /// The same, big end first.
    Utf16BeUnmarked,
    /// ISO-8859-1, because the file says so.
    Latin1,
}

/// A decoded file.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    /// Where the first bytes were that could not be decoded, and what to say about them.
    pub(super) problem: Option<(usize, String)>,
}

impl Encoding {
    /// A text as bytes; `None` if a character does not exist in this encoding.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let units = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Utf8Marked => Some([b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            Self::Utf16Le => Some(units(&[0xFF, 0xFE], u16::to_le_bytes)),
            Self::Utf16Be => Some(units(&[0xFE, 0xFF], u16::to_be_bytes)),
            Self::Utf16LeUnmarked => Some(units(&[], u16::to_le_bytes)),
            Self::Utf16BeUnmarked => Some(units(&[], u16::to_be_bytes)),
            Self::Latin1 => text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect(),
        }
    }
}

/// Decodes by the byte order mark, or by what `<` looks like (XML 1.0, appendix F), or by what the file declares.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    match bytes {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => {
            Decoded {
                text: String::new(),
                encoding: Encoding::Utf8,
                problem: Some((0, "UTF-32 is not read; save the file as UTF-8".to_owned())),
            }
        }
        [0xFF, 0xFE, units @ ..] => truthful(utf16(units, u16::from_le_bytes, Encoding::Utf16Le), is_utf16),
        [0xFE, 0xFF, units @ ..] => truthful(utf16(units, u16::from_be_bytes, Encoding::Utf16Be), is_utf16),
        [0xEF, 0xBB, 0xBF, rest @ ..] => truthful(utf8(rest, Encoding::Utf8Marked), is_utf8),
        [b'<', 0, ..] => unmarked(utf16(bytes, u16::from_le_bytes, Encoding::Utf16LeUnmarked)),
        [0, b'<', ..] => unmarked(utf16(bytes, u16::from_be_bytes, Encoding::Utf16BeUnmarked)),
        _ => match declared(bytes) {
            Some(name) if is_latin1(name) => {
                let text = bytes.iter().map(|byte| char::from(*byte)).collect();
                Decoded { text, encoding: Encoding::Latin1, problem: None }
            }
            Some(name) if !(is_utf8(name) || is_utf16(name) || bytes.is_ascii() && is_of_ascii(name)) => {
                let mut decoded = utf8(bytes, Encoding::Utf8);
                decoded.problem =
                    Some((0, format!("the encoding {name} is not read; save the file as UTF-8")));
                decoded
            }
            Some(name) if is_utf16(name) => truthful(utf8(bytes, Encoding::Utf8), is_utf8),
            _ => utf8(bytes, Encoding::Utf8),
        },
    }
}

/// Reports a declaration that says something else than the bytes; readers take one or the other.
fn truthful(mut decoded: Decoded, is_it: fn(&str) -> bool) -> Decoded {
    let name = declared(decoded.text.as_bytes()).filter(|name| !is_it(name)).map(str::to_owned);
    if let (None, Some(name)) = (&decoded.problem, name) {
        decoded.problem = Some((0, format!("the file declares {name}, and is encoded otherwise")));
    }
    decoded
}

fn unmarked(mut decoded: Decoded) -> Decoded {
    let missing = || (0, "UTF-16 begins with a byte order mark, which is missing".to_owned());
    decoded.problem.get_or_insert_with(missing);
    decoded
}

fn utf8(bytes: &[u8], encoding: Encoding) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), encoding, problem: None },
        Err(error) => Decoded {
            text: String::from_utf8_lossy(bytes).into_owned(),
            encoding,
            problem: Some((error.valid_up_to(), "these bytes are not UTF-8".to_owned())),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, encoding: Encoding) -> Decoded {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut decoded = Decoded { text: String::with_capacity(pairs.len()), encoding, problem: None };
    let mut broken = None;
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        decoded.text.push(character.unwrap_or_else(|_| {
            broken.get_or_insert(decoded.text.len());
            char::REPLACEMENT_CHARACTER
        }));
    }
    if !rest.is_empty() {
        broken.get_or_insert(decoded.text.len());
    }
    decoded.problem = broken.map(|at| (at, "these bytes are not UTF-16".to_owned()));
    decoded
}

/// The encoding that a text of ASCII declares, if it is one of the many that extend ASCII and are not read.
pub(super) fn declares_unread(text: &str) -> Option<&str> {
    declared(text.as_bytes()).filter(|name| is_of_ascii(name) && !is_utf8(name) && !is_latin1(name))
}

/// The encoding that the XML declaration names.
fn declared(bytes: &[u8]) -> Option<&str> {
    let start = bytes.get(..bytes.len().min(200))?;
    let start = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(start.get(..error.valid_up_to())?).ok()?,
    };
    let declaration = start.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value.get(1..)?.split_once(quote)?.0)
}

/// Whether a file of ASCII alone is the same in an encoding with this name: one of the many that extend it.
fn is_of_ascii(name: &str) -> bool {
    let families = [
        "windows-", "cp", "iso-8859", "iso8859", "iso_8859", "latin", "koi8", "gb", "euc", "big5", "shift",
        "mac",
    ];
    let name = name.to_ascii_lowercase();
    families.iter().any(|family| name.starts_with(family))
}

fn is_utf8(name: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn is_utf16(name: &str) -> bool {
    ["utf-16", "utf-16le", "utf-16be"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decoded_is_encoded_to_the_same_bytes() {
        let latin1: &[u8] = b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xE4'/>";
        let utf16: &[u8] = &[0xFF, 0xFE, b'<', 0, b'a', 0, b'/', 0, b'>', 0];
        for bytes in [latin1, utf16, b"\xEF\xBB\xBF<a/>", "<\u{e4}/>".as_bytes()] {
            let decoded = decode(bytes);
            assert_eq!(decoded.problem, None);
            assert_eq!(decoded.encoding.encode(&decoded.text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_says_something_else_than_it_is_has_one_problem() {
        let units = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let marked = |text: &str| [&[0xFF, 0xFE][..], &units(text)].concat();
        for bytes in [
            units("<a/>"),
            marked("<?xml version='1.0' encoding='UTF-8'?><a/>"),
            b"<?xml version='1.0' encoding='UTF-16'?><a/>".to_vec(),
            b"\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a/>".to_vec(),
        ] {
            let decoded = decode(&bytes);
            assert!(decoded.problem.is_some() && decoded.text.ends_with("<a/>"), "{bytes:?}");
            assert_eq!(decoded.encoding.encode(&decoded.text).as_deref(), Some(&*bytes));
        }
        assert!(decode(&marked("<?xml version='1.0' encoding='UTF-16'?><a/>")).problem.is_none());
        assert!(decode(b"<\0\0\0a\0\0\0/\0\0\0>\0\0\0").problem.is_some());
    }
}
