//! A target with a mistake that is known: whoever looks for mistakes and does not find this one is not looking.

/// Fails for a closed bracket that nobody has opened, behind an open one. The corpus has no such text.
pub fn canary(bytes: &[u8]) {
    let mut open = 0_u32;
    let mut was_open = false;
    for byte in bytes {
        match byte {
            b'(' => {
                open += 1;
                was_open = true;
            }
            b')' => {
                assert!(open > 0 || !was_open, "the canary is found");
                open = open.saturating_sub(1);
            }
            _ => {}
        }
    }
}
