//! Keys are plain bytes in byte order; this is the only arithmetic on them.

use crate::limits::KEY_BYTES_MAX;

/// The end of the range that holds exactly the keys beginning with `prefix`.
///
/// ```
/// assert_eq!(tessera_store::prefix_end(b"inbox/"), b"inbox0");
/// ```
pub fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX);
    match kept {
        Some(last) => {
            let mut end = prefix[..=last].to_vec();
            end[last] += 1;
            end
        }
        // No key is longer than the limit, so this is above them all.
        None => vec![u8::MAX; KEY_BYTES_MAX + 1],
    }
}

/// A key as a person can read it in a message.
pub(crate) fn readable(key: &[u8]) -> String {
    format!("\"{}\"", key.escape_ascii())
}
