//! Dates in searches: a prefix, and a moment that is as long as its precision.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// How a moment is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

const PREFIXES: &[(&str, Comparison)] = &[
    ("eq", Comparison::Equal),
    ("ne", Comparison::NotEqual),
    ("gt", Comparison::Greater),
    ("lt", Comparison::Less),
    ("ge", Comparison::GreaterOrEqual),
    ("le", Comparison::LessOrEqual),
];

/// A comparison with a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateTest {
    pub(super) comparison: Comparison,
    /// First instant.
    pub(super) start: Timestamp,
    /// First instant after it.
    end: Timestamp,
    /// Whether the value is a whole day or longer: then "greater" means after its end.
    whole_days: bool,
    zone: TimeZone,
}

impl DateTest {
    /// Reads `[prefix]value`. A value without zone is in `zone`.
    pub(super) fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        let (comparison, text) = PREFIXES
            .iter()
            .find_map(|(prefix, comparison)| text.strip_prefix(prefix).map(|rest| (*comparison, rest)))
            .unwrap_or((Comparison::Equal, text));
        // A '+' of an offset that was not encoded arrives as a space.
        let text = text.trim().replace(' ', "+");
        let moment = Moment::parse(&text, zone)?;
        if moment.longer_than_a_day && comparison != Comparison::Equal {
            return None;
        }
        Some(Self {
            comparison,
            start: moment.start,
            end: moment.end,
            whole_days: moment.whole_days,
            zone: zone.clone(),
        })
    }

    /// Whether a date, dateTime or instant of a resource passes.
    pub(super) fn passes(&self, value: &str) -> bool {
        let Some(moment) = Moment::parse(value, &self.zone) else { return false };
        let time = moment.start;
        let inside = self.start <= time && time < self.end;
        match self.comparison {
            Comparison::Equal => inside,
            Comparison::NotEqual => !inside,
            Comparison::Greater if self.whole_days => time >= self.end,
            // Not "after the second": a client that saw 05.000 sends 'gt…:05' and must be told of 05.100.
            Comparison::Greater => time > self.start,
            Comparison::Less => time < self.start,
            Comparison::GreaterOrEqual => time >= self.start,
            Comparison::LessOrEqual if self.whole_days => time < self.end,
            Comparison::LessOrEqual => time <= self.start,
        }
    }
}

/// The first instant of a date, dateTime or instant, in UTC unless it says otherwise.
pub(super) fn start_of(text: &str) -> Option<Timestamp> {
    Moment::parse(text, &TimeZone::UTC).map(|moment| moment.start)
}

struct Moment {
    start: Timestamp,
    end: Timestamp,
    whole_days: bool,
    longer_than_a_day: bool,
}

impl Moment {
    fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        match text.len() {
            4 => Self::days(&format!("{text}-01-01"), Span::new().years(1), true, zone),
            7 => Self::days(&format!("{text}-01"), Span::new().months(1), true, zone),
            10 => Self::days(text, Span::new().days(1), false, zone),
            _ => Self::time(text, zone),
        }
    }

    fn days(text: &str, length: Span, longer_than_a_day: bool, zone: &TimeZone) -> Option<Self> {
        let first: Date = text.parse().ok()?;
        let after = first.checked_add(length).ok()?;
        Some(Self {
            start: first.to_zoned(zone.clone()).ok()?.timestamp(),
            end: after.to_zoned(zone.clone()).ok()?.timestamp(),
            whole_days: true,
            longer_than_a_day,
        })
    }

    fn time(text: &str, zone: &TimeZone) -> Option<Self> {
        let (_, clock) = text.split_once('T')?;
        let start = match text.parse::<Timestamp>() {
            Ok(instant) => instant,
            Err(_) => text.parse::<DateTime>().ok()?.to_zoned(zone.clone()).ok()?.timestamp(),
        };
        let local: String =
            clock.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ':' | '.')).collect();
        let precision = match (local.contains('.'), local.matches(':').count()) {
            (true, _) => Span::new().milliseconds(1),
            (false, 2) => Span::new().seconds(1),
            (false, _) => Span::new().minutes(1),
        };
        let end = start.checked_add(precision).ok()?;
        Some(Self { start, end, whole_days: false, longer_than_a_day: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons() {
        let table = [
            ("gt2026-05-01T10:00:05", "2026-05-01T10:00:05.100Z", true),
            ("gt2026-05-01T10:00:05.100", "2026-05-01T10:00:05.100Z", false),
            ("ge2026-05-01T10:00:05.100", "2026-05-01T10:00:05.100Z", true),
            ("2026-05-01T10:00:05", "2026-05-01T10:00:05.100Z", true),
            ("2026-05-01T10:00", "2026-05-01T10:00:05.100Z", true),
            ("2026-05-01T12:00:05 02:00", "2026-05-01T10:00:05Z", true),
            ("gt2026-05-01", "2026-05-01T10:00:05Z", false),
            ("gt2026-05-01", "2026-05-02T00:00:00Z", true),
            ("le2026-05-01", "2026-05-01T23:00:05Z", true),
            ("ne2026-05-01", "2026-05-01", false),
            ("2026-05", "2026-05-31T23:00:00Z", true),
            ("2026", "2027-01-01", false),
        ];
        for (test, value, expected) in table {
            let parsed = DateTest::parse(test, &TimeZone::UTC).unwrap_or_else(|| panic!("{test}"));
            assert_eq!(parsed.passes(value), expected, "{test} on {value}");
        }
        for wrong in ["gt2026-05", "sa2026-05-01", "yesterday", "gt", "2026-13-01"] {
            assert_eq!(DateTest::parse(wrong, &TimeZone::UTC), None, "{wrong}");
        }
    }
}
