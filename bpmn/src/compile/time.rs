//! Literal times in models, checked before anything runs: ISO 8601 dates, durations and repeating intervals, and the
//! retry cycles of the Camunda dialect. What is accepted here is executed.

use std::time::Duration;

use jiff::fmt::temporal::SpanParser;
use jiff::{Span, SpanRelativeTo, Timestamp, civil};

use super::{RetryCycle, TimerKind};
use crate::cron::Cron;
use crate::limits::RETRY_ATTEMPTS_MAX;

/// What is wrong with a literal timer value, if anything.
pub(crate) fn check(kind: TimerKind, value: &str) -> Result<(), String> {
    let value = value.trim();
    match kind {
        TimerKind::Date => date(value),
        TimerKind::Duration => span(value).map(drop),
        TimerKind::Cycle if value.starts_with('R') => cycle(value),
        TimerKind::Cycle => Cron::parse(value)
            .map(drop)
            .map_err(|wrong| format!("`{value}` is no repeating interval such as R3/PT10M, and {wrong}")),
    }
}

fn date(value: &str) -> Result<(), String> {
    if value.parse::<Timestamp>().is_ok() || value.parse::<civil::DateTime>().is_ok() {
        return Ok(());
    }
    Err(format!("`{value}` is not a date and time such as 2030-01-31T12:00:00Z"))
}

fn span(value: &str) -> Result<Span, String> {
    let span = SpanParser::new().parse_span(value).ok().filter(|span| !span.is_negative());
    span.ok_or_else(|| format!("`{value}` is not a duration such as PT20S or P1DT12H"))
}

fn cycle(value: &str) -> Result<(), String> {
    let (_, rest) = repetitions(value)?;
    match rest.split('/').collect::<Vec<_>>().as_slice() {
        [one] => span(one).map(drop),
        [start, duration] if duration.starts_with('P') => date(start).and_then(|()| span(duration).map(drop)),
        [duration, end] => span(duration).and_then(|_| date(end)),
        _ => Err(format!("`{value}` is not a repeating interval such as R3/PT10M")),
    }
}

/// The number in front of a repeating interval, and what follows. `R/` repeats without end.
fn repetitions(value: &str) -> Result<(Option<u32>, &str), String> {
    let wrong = || format!("`{value}` is not a repeating interval such as R3/PT10M");
    let (number, rest) = value.strip_prefix('R').and_then(|value| value.split_once('/')).ok_or_else(wrong)?;
    let number = if number.is_empty() { None } else { Some(number.parse().map_err(|_| wrong())?) };
    Ok((number, rest))
}

/// `R3/PT5S`: three tries, five seconds apart. `PT1M,PT5M`: three tries, the pauses between them as listed.
pub(super) fn retry_cycle(value: &str) -> Result<RetryCycle, String> {
    let value = value.trim();
    let pause = |text: &str| -> Result<Duration, String> {
        let duration = span(text.trim())?.to_duration(SpanRelativeTo::days_are_24_hours());
        let duration = duration.ok().and_then(|duration| Duration::try_from(duration).ok());
        duration.ok_or_else(|| {
            format!("`{text}` has no fixed length; use weeks, days, hours, minutes and seconds")
        })
    };
    let (attempts, intervals) = if value.starts_with('R') {
        let (number, rest) = repetitions(value)?;
        let number =
            number.ok_or_else(|| format!("`{value}` retries without end; say how often, such as R3/PT5S"))?;
        (number.max(1), vec![pause(rest)?])
    } else {
        let intervals = value.split(',').map(pause).collect::<Result<Vec<_>, _>>()?;
        (u32::try_from(intervals.len()).unwrap_or(u32::MAX).saturating_add(1), intervals)
    };
    if attempts > RETRY_ATTEMPTS_MAX {
        return Err(format!("`{value}` asks for more than {RETRY_ATTEMPTS_MAX} tries"));
    }
    Ok(RetryCycle { attempts, intervals })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timer_literals() {
        for (kind, value, valid) in [
            (TimerKind::Date, "2030-01-31T12:00:00Z", true),
            (TimerKind::Date, "2030-01-31T12:00:00+01:00", true),
            (TimerKind::Date, "2030-01-31T12:00:00", true),
            (TimerKind::Date, "tomorrow", false),
            (TimerKind::Duration, "PT20S", true),
            (TimerKind::Duration, " P1DT12H ", true),
            (TimerKind::Duration, "P1M", true),
            (TimerKind::Duration, "-PT5S", false),
            (TimerKind::Duration, "20 seconds", false),
            (TimerKind::Duration, "", false),
            (TimerKind::Cycle, "R3/PT10M", true),
            (TimerKind::Cycle, "R/P1D", true),
            (TimerKind::Cycle, "R3/2030-01-31T12:00:00Z/PT10M", true),
            (TimerKind::Cycle, "R3/PT10M/2030-01-31T12:00:00Z", true),
            (TimerKind::Cycle, "R3/PT10M/soon", false),
            (TimerKind::Cycle, "0 0/5 * * * ?", true),
            (TimerKind::Cycle, "@daily", true),
            (TimerKind::Cycle, "0 0 0 31 2 ?", false),
            (TimerKind::Cycle, "Rx/PT1S", false),
            (TimerKind::Cycle, "now and then", false),
        ] {
            assert_eq!(check(kind, value).is_ok(), valid, "{value}");
        }
    }

    #[test]
    fn retry_cycles() {
        let seconds = |seconds: &[u64]| seconds.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
        for (value, attempts, intervals) in [
            ("R3/PT5S", 3, seconds(&[5])),
            ("R0/PT5S", 1, seconds(&[5])),
            ("PT1M, PT5M", 3, seconds(&[60, 300])),
            ("P1D", 2, seconds(&[86400])),
        ] {
            assert_eq!(retry_cycle(value), Ok(RetryCycle { attempts, intervals }), "{value}");
        }
        for value in ["", "R/PT5S", "P1M", "R9999/PT1S", "three times"] {
            assert!(retry_cycle(value).is_err(), "{value}");
        }
        let cycle = retry_cycle("PT1M,PT5M").unwrap();
        assert_eq!(
            [1, 2, 3].map(|failures| cycle.pause_after(failures).map(|pause| pause.as_secs())),
            [Some(60), Some(300), None]
        );
    }
}
