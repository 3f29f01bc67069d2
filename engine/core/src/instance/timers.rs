//! From a timer's text to the instants when it is due: ISO 8601, or cron for cycles; without an offset, times are UTC.
//! Firings that were missed while the site was down collapse into one; a cycle then goes on in its old rhythm.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use tessera_bpmn::compile::{Timer, TimerKind};
use tessera_bpmn::cron::Cron;
use tessera_canary::{Canary, is_planted};

use super::incident;
use super::occurrence::Trouble;
use super::variables::View;
use super::wait::{Repeat, WaitKind};
use crate::identity::Timestamp;

/// The wait of a timer that begins now.
pub(super) fn wait(view: &View<'_>, timer: &Timer, now: Timestamp) -> Result<WaitKind, Trouble> {
    let text = timer.value.evaluate_text(view)?;
    if let Some((mut due, repeat)) = begin(timer.kind, &text, now) {
        if is_planted(Canary::TimerEarly) {
            due = Timestamp(due.0.saturating_sub(1_000));
        }
        return Ok(WaitKind::Timer { due, repeat });
    }
    let wanted = match timer.kind {
        TimerKind::Date => "date such as 2030-01-31T12:00:00Z",
        TimerKind::Duration => "duration such as PT20S",
        TimerKind::Cycle => "cycle such as R3/PT10M or 0 0/5 * * * ? that has a time to come",
    };
    Err(Trouble::new(&incident::TIMER, format!("`{text}` is no {wanted}")))
}

/// When a timer that begins now is due for the first time, and what is left of its cycle then.
pub(crate) fn begin(kind: TimerKind, text: &str, now: Timestamp) -> Option<(Timestamp, Option<Repeat>)> {
    let text = text.trim();
    match kind {
        TimerKind::Date => date(text).map(|due| (due, None)),
        TimerKind::Duration => later(now, text).map(|due| (due, None)),
        TimerKind::Cycle if text.starts_with('R') => cycle(text, now),
        TimerKind::Cycle => {
            let interval: Arc<str> = text.into();
            Some((cron(&interval, now)?, Some(Repeat { times: None, interval })))
        }
    }
}

/// The next firing of a cycle that has just fired.
pub(super) fn next(due: Timestamp, repeat: &Repeat, now: Timestamp) -> Option<WaitKind> {
    let (due, repeat) = after(due, repeat, now)?;
    Some(WaitKind::Timer { due, repeat: Some(repeat) })
}

/// The same, for timers that belong to no instance.
pub(crate) fn after(due: Timestamp, repeat: &Repeat, now: Timestamp) -> Option<(Timestamp, Repeat)> {
    let times = match repeat.times {
        Some(0) => return None,
        Some(times) if is_planted(Canary::CycleForEver) => Some(times),
        Some(times) => Some(times.saturating_sub(1)),
        None => None,
    };
    let rest = Repeat { times, interval: repeat.interval.clone() };
    if !repeat.interval.starts_with('P') {
        return Some((cron(&repeat.interval, now.max(due))?, rest));
    }
    let (interval, end) = match repeat.interval.split_once('/') {
        Some((interval, end)) => (interval, Some(date(end)?)),
        None => (&*repeat.interval, None),
    };
    let due = grid(due, interval, now.max(due))?.0;
    end.is_none_or(|end| due <= end).then_some((due, rest))
}

fn cron(text: &str, now: Timestamp) -> Option<Timestamp> {
    let next = Cron::parse(text).ok()?.next_after(zoned(now)?.datetime())?;
    Some(stamp(next.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(stamp(instant));
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|day| day.at(0, 0, 0, 0)));
    Some(stamp(civil.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

fn later(from: Timestamp, duration: &str) -> Option<Timestamp> {
    Some(stamp(zoned(from)?.checked_add(span(duration)?).ok()?.timestamp()))
}

/// The parser also knows a friendly form that no model may rely on.
fn span(duration: &str) -> Option<Span> {
    duration.starts_with('P').then(|| duration.parse::<Span>().ok()).flatten()
}

/// `R3/PT10M`, `R/PT10M`, `R3/2030-01-31T12:00:00Z/PT10M`, and `R3/PT10M/2030-01-31T12:00:00Z`, whose last time is the end.
fn cycle(text: &str, now: Timestamp) -> Option<(Timestamp, Option<Repeat>)> {
    let mut parts = text.split('/');
    let times = match parts.next()?.strip_prefix('R')? {
        "" => None,
        times => Some(times.parse::<u32>().ok()?.checked_sub(1)?),
    };
    let (first, second) = (parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let begins = |due, times, interval: &str| Some((due, Some(Repeat { times, interval: interval.into() })));
    match (first, second) {
        (interval, None) => {
            let due = later(now, interval)?;
            // It would fire for ever in one instant.
            if due <= now { None } else { begins(due, times, interval) }
        }
        (interval, Some(end)) if interval.starts_with('P') => {
            let end_at = date(end)?;
            let steps = u64::from(times.unwrap_or(u32::MAX));
            let due = before_end(end_at, interval, steps, now)?;
            begins(due, times, &format!("{interval}/{end}"))
        }
        (start, Some(interval)) => {
            let start = date(start)?;
            if start > now {
                later(start, interval).filter(|next| *next > start)?;
                return begins(start, times, interval);
            }
            let (due, passed) = grid(start, interval, now)?;
            let left = match times {
                Some(times) => Some(times.checked_sub(u32::try_from(passed).ok()?)?),
                None => None,
            };
            begins(due, left, interval)
        }
    }
}

/// The first instant after `now` on the grid that begins at `from`, and how many steps it is away.
fn grid(from: Timestamp, interval: &str, now: Timestamp) -> Option<(Timestamp, u64)> {
    let next = later(from, interval)?;
    let step = next.0.checked_sub(from.0).filter(|step| *step > 0)?;
    if next > now {
        return Some((next, 1));
    }
    let span = span(interval)?;
    // Months and years have no fixed length: whole steps are added to the beginning, so that the 31st stays the 31st.
    let guess = now.0.saturating_sub(from.0).checked_div(step)?;
    let at = |count: u64| -> Option<Timestamp> {
        let span = span.checked_mul(i64::try_from(count).ok()?).ok()?;
        Some(stamp(zoned(from)?.checked_add(span).ok()?.timestamp()))
    };
    let mut count = guess.saturating_sub(guess / 16).max(1);
    while at(count)? <= now {
        count = count.saturating_add(1);
    }
    while count > 1 && at(count.saturating_sub(1))? > now {
        count = count.saturating_sub(1);
    }
    Some((at(count)?, count))
}

/// The first instant after `now` on the grid that ends at `end` and has so many steps.
fn before_end(end: Timestamp, interval: &str, steps: u64, now: Timestamp) -> Option<Timestamp> {
    if end <= now {
        return None;
    }
    let span = span(interval)?;
    let at = |count: u64| -> Option<Timestamp> {
        let span = span.checked_mul(i64::try_from(count).ok()?).ok()?;
        Some(stamp(zoned(end)?.checked_sub(span).ok()?.timestamp()))
    };
    let step = end.0.checked_sub(at(1)?.0).filter(|step| *step > 0)?;
    let mut count = end.0.saturating_sub(now.0).checked_div(step)?.saturating_add(1).min(steps);
    while count > 0 && at(count)? <= now {
        count = count.saturating_sub(1);
    }
    at(count)
}

fn zoned(instant: Timestamp) -> Option<Zoned> {
    let instant = jiff::Timestamp::from_millisecond(i64::try_from(instant.0).ok()?).ok()?;
    Some(instant.to_zoned(TimeZone::UTC))
}

/// An instant before the epoch is long past.
fn stamp(instant: jiff::Timestamp) -> Timestamp {
    Timestamp(u64::try_from(instant.as_millisecond()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first few firings of a timer that begins at 2030-01-01T00:00:00Z, in seconds after that.
    fn firings(kind: TimerKind, text: &str) -> Vec<u64> {
        const NOW: Timestamp = Timestamp(1_893_456_000_000);
        let mut times = Vec::new();
        let mut next = begin(kind, text, NOW);
        while let Some((due, repeat)) = next {
            times.push(due.0.saturating_sub(NOW.0) / 1_000);
            let following = repeat.filter(|_| times.len() < 4).and_then(|repeat| after(due, &repeat, due));
            next = following.map(|(due, repeat)| (due, Some(repeat)));
        }
        times
    }

    #[test]
    fn when_cycles_fire() {
        let day = 86_400;
        let cases: [(&str, &[u64]); 15] = [
            ("R3/PT10M", &[600, 1_200, 1_800]),
            ("R/PT1H", &[3_600, 7_200, 10_800, 14_400]),
            ("R2/2030-01-01T00:01:00Z/PT1M", &[60, 120]),
            ("R3/2029-12-31T23:59:30Z/PT1M", &[30, 90]),
            ("R1/2029-12-31T23:59:30Z/PT1M", &[]),
            ("R/2029-11-30T00:00:00Z/P1M", &[29 * day, (31 + 27) * day, (59 + 27) * day, (90 + 27) * day]),
            ("R2/PT10M/2030-01-01T01:00:00Z", &[50 * 60, 60 * 60]),
            ("R/PT20M/2030-01-01T01:00:00Z", &[20 * 60, 40 * 60, 60 * 60]),
            ("R/PT20M/2029-01-01T01:00:00Z", &[]),
            ("0/2 * * * * ?", &[2, 4, 6, 8]),
            ("0 0/5 * * * ?", &[300, 600, 900, 1_200]),
            ("*/15 * * * *", &[900, 1_800, 2_700, 3_600]),
            ("R/PT0S", &[]),
            ("R0/PT1S", &[]),
            ("now and then", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(firings(TimerKind::Cycle, text), expected, "{text}");
        }
    }

    #[test]
    fn missed_firings_collapse_into_one_and_the_rhythm_stays() {
        let repeat = |interval: &str| Repeat { times: None, interval: interval.into() };
        let due = Timestamp(1_893_456_000_000);
        let late = due.plus_ms(3_700_000);
        for (interval, next) in [("PT1H", 7_200), ("0 0/30 * * * ?", 5_400), ("PT1H/2030-01-01T01:30:00Z", 0)]
        {
            let found =
                after(due, &repeat(interval), late).map(|(next, _)| next.0.saturating_sub(due.0) / 1_000);
            assert_eq!(found.unwrap_or_default(), next, "{interval}");
        }
    }
}
