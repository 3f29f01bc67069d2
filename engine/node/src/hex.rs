//! Digests as people and configuration files write them.

use std::fmt::Write as _;

/// Lowercase hex, two digits a byte.
pub fn lowercase(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}
