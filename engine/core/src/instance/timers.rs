//! From a timer's text to the instant when it is due. ISO 8601; without an offset, times are UTC.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use tessera_bpmn::compile::{Timer, TimerKind};

use super::incident;
use super::occurrence::Trouble;
use super::variables::View;
use super::wait::{Repeat, WaitKind};
use crate::identity::Timestamp;

/// The wait of a timer that begins now.
pub(super) fn wait(view: &View<'_>, timer: &Timer, now: Timestamp) -> Result<WaitKind, Trouble> {
    let text = timer.value.evaluate_text(view)?;
    let found = match timer.kind {
        TimerKind::Date => date(&text).map(|due| (due, None)),
        TimerKind::Duration => later(now, &text).map(|due| (due, None)),
        TimerKind::Cycle => cycle(&text, now),
    };
    if let Some((due, repeat)) = found {
        return Ok(WaitKind::Timer { due, repeat });
    }
    let wanted = match timer.kind {
        TimerKind::Date => "date such as 2030-01-31T12:00:00Z",
        TimerKind::Duration => "duration such as PT20S",
        TimerKind::Cycle => "cycle such as R3/PT10M",
    };
    Err(Trouble::new(&incident::TIMER, format!("`{text}` is no {wanted}")))
}

/// The next firing of a cycle that has just fired. Firings missed while the site was down collapse into one.
pub(super) fn next(due: Timestamp, repeat: &Repeat, now: Timestamp) -> Option<WaitKind> {
    let times = match repeat.times {
        Some(0) => return None,
        Some(times) => Some(times.saturating_sub(1)),
        None => None,
    };
    let regular = later(due, &repeat.interval)?;
    let due = if regular > now { regular } else { later(now, &repeat.interval)? };
    Some(WaitKind::Timer { due, repeat: Some(Repeat { times, interval: repeat.interval.clone() }) })
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(stamp(instant));
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|day| day.at(0, 0, 0, 0)));
    Some(stamp(civil.ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

fn later(from: Timestamp, duration: &str) -> Option<Timestamp> {
    // The parser also knows a friendly form that no model may rely on.
    let span = duration.starts_with('P').then(|| duration.parse::<Span>().ok()).flatten()?;
    Some(stamp(zoned(from)?.checked_add(span).ok()?.timestamp()))
}

/// `R3/PT10M`, `R/PT10M`, `R3/2030-01-31T12:00:00Z/PT10M`.
fn cycle(text: &str, now: Timestamp) -> Option<(Timestamp, Option<Repeat>)> {
    let mut parts = text.split('/');
    let times = match parts.next()?.strip_prefix('R')? {
        "" => None,
        times => Some(times.parse::<u32>().ok()?.checked_sub(1)?),
    };
    let (start, interval) = match (parts.next()?, parts.next()) {
        (interval, None) => (None, interval),
        (start, Some(interval)) => (Some(date(start)?), interval),
    };
    if parts.next().is_some() {
        return None;
    }
    let first = later(now, interval)?;
    if first <= now {
        return None; // It would fire for ever in one instant.
    }
    let due = start.filter(|start| *start > now).unwrap_or(first);
    Some((due, Some(Repeat { times, interval: Arc::from(interval) })))
}

fn zoned(instant: Timestamp) -> Option<Zoned> {
    let instant = jiff::Timestamp::from_millisecond(i64::try_from(instant.0).ok()?).ok()?;
    Some(instant.to_zoned(TimeZone::UTC))
}

/// An instant before the epoch is long past.
fn stamp(instant: jiff::Timestamp) -> Timestamp {
    Timestamp(u64::try_from(instant.as_millisecond()).unwrap_or(0))
}
