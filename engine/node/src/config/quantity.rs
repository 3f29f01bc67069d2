//! Quantities as an operator writes them: durations and sizes.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// `PT30S` or `30s`, a day being 24 hours. Zero and negative durations are refused: no setting of a site means anything by them.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let invalid = || format!("{text:?} is not a duration; write it like \"30s\", \"1h 30m\" or \"PT30S\"");
    let span: Span = text.parse().map_err(|_| invalid())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| invalid())?;
    let duration = Duration::try_from(signed).map_err(|_| format!("{text:?} must not be negative"))?;
    if duration.is_zero() { Err(format!("{text:?} must be longer than zero")) } else { Ok(duration) }
}

/// `64MiB`, `512KiB`, `1GiB` or plain bytes.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor: Option<u64> = match text[digits.len()..].as_ref() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let count: Option<u64> = digits.trim_end().parse().ok();
    let product = factor.zip(count).and_then(|(factor, count)| count.checked_mul(factor));
    product
        .filter(|&bytes| bytes > 0)
        .ok_or_else(|| format!("{text:?} is not a size; write it like \"64MiB\" or \"512KiB\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601_or_friendly() {
        for (text, seconds) in [("PT30S", 30), ("30s", 30), ("1h 30m", 5_400), ("P1D", 86_400), ("PT1M", 60)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "30", "soon", "-5s", "PT0S", "P1M"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_binary() {
        for (text, count) in [("64MiB", 64 << 20), ("512 KiB", 512 << 10), ("1GiB", 1 << 30), ("4096", 4096)]
        {
            assert_eq!(bytes(text), Ok(count), "{text}");
        }
        for text in ["", "MiB", "64MB", "64 megabytes", "-1KiB", "0", "99999999999GiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
