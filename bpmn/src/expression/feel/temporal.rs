//! Dates, times and durations as FEEL writes them, and what may be calculated with them. Days have 24 hours: there is no
//! time zone database here, so a zone is an offset; one that has a name keeps it, and has no offset unless it is UTC.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::{self, Date};
use jiff::{SignedDuration, Span, ToSpan};

use super::value::Value;

const DAY_SECONDS: i64 = 86_400;

/// Where on earth a time is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Zone {
    /// Wherever the process runs: unknown.
    Local,
    /// Seconds east of UTC.
    Offset(i32),
    /// By name.
    Named(Arc<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) clock: civil::Time,
    pub(super) zone: Zone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateTime {
    pub(super) moment: civil::DateTime,
    pub(super) zone: Zone,
}

impl Zone {
    pub(super) fn offset_seconds(&self) -> Option<i32> {
        match self {
            Self::Local => None,
            Self::Offset(seconds) => Some(*seconds),
            Self::Named(name) => matches!(&**name, "UTC" | "Etc/UTC" | "Etc/GMT" | "GMT" | "Z").then_some(0),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Local);
        }
        if text == "Z" || text == "z" {
            return Some(Self::Offset(0));
        }
        if let Some(name) = text.strip_prefix('@') {
            let plain = |character: char| character.is_ascii_alphanumeric() || "/_-+".contains(character);
            let is_name =
                name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(plain);
            return is_name.then(|| Self::Named(name.into()));
        }
        let (sign, rest) = match text.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let numbers: Option<Vec<i32>> = rest.split(':').map(two_digits).collect();
        let seconds = match *numbers?.as_slice() {
            [hours, minutes] if hours <= 18 && minutes < 60 => hours * 3600 + minutes * 60,
            [hours, minutes, seconds] if hours <= 18 && minutes < 60 && seconds < 60 => {
                hours * 3600 + minutes * 60 + seconds
            }
            _ => return None,
        };
        Some(Self::Offset(sign * seconds))
    }
}

fn two_digits(text: &str) -> Option<i32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => Ok(()),
            Self::Offset(0) => formatter.write_char('Z'),
            Self::Offset(seconds) => {
                let (sign, east) = if *seconds < 0 { ('-', -seconds) } else { ('+', *seconds) };
                write!(formatter, "{sign}{:02}:{:02}", east / 3600, east / 60 % 60)?;
                if east % 60 == 0 { Ok(()) } else { write!(formatter, ":{:02}", east % 60) }
            }
            Self::Named(name) => write!(formatter, "@{name}"),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.clock, self.zone)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}T{}{}", date_text(self.moment.date()), self.moment.time(), self.zone)
    }
}

impl DateTime {
    /// The same point in time at UTC, or the local one as it is.
    pub(super) fn at_utc(&self) -> Option<civil::DateTime> {
        match self.zone.offset_seconds() {
            Some(seconds) => self.moment.checked_sub(SignedDuration::from_secs(seconds.into())).ok(),
            None => Some(self.moment),
        }
    }

    pub(super) fn of_epoch_ms(milliseconds: i64) -> Option<Self> {
        let moment = jiff::Timestamp::from_millisecond(milliseconds).ok()?;
        Some(Self { moment: jiff::tz::Offset::UTC.to_datetime(moment), zone: Zone::Offset(0) })
    }

    /// Whether two can be compared: both say where on earth, or neither.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        self.zone == other.zone
            || (self.zone.offset_seconds().is_some() && other.zone.offset_seconds().is_some())
    }
}

impl Time {
    /// Nanoseconds since midnight at UTC, or at the local place.
    pub(super) fn nanoseconds(&self) -> i128 {
        let local = self.clock.duration_since(civil::Time::MIN).as_nanos();
        local - i128::from(self.zone.offset_seconds().unwrap_or_default()) * 1_000_000_000
    }

    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        self.zone == other.zone
            || (self.zone.offset_seconds().is_some() && other.zone.offset_seconds().is_some())
    }

    /// Goes round the clock.
    pub(super) fn plus(&self, duration: SignedDuration) -> Self {
        Self { clock: self.clock.wrapping_add(duration), zone: self.zone.clone() }
    }
}

/// What follows `@`.
pub(super) fn literal(text: &str) -> Option<Value> {
    date_time(text)
        .map(Value::DateTime)
        .or_else(|| date(text).map(Value::Date))
        .or_else(|| time(text).map(Value::Time))
        .or_else(|| duration(text))
}

pub(super) fn date(text: &str) -> Option<Date> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = year.len() >= 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !plain || (year.len() > 4 && year.starts_with('0')) {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    Date::new(if negative { -year } else { year }, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

pub(super) fn time(text: &str) -> Option<Time> {
    let text = text.strip_prefix('T').unwrap_or(text);
    let (clock, zone) = text.split_at(text.find(['Z', 'z', '+', '-', '@']).unwrap_or(text.len()));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let misplaced = !fraction.bytes().all(|byte| byte.is_ascii_digit()) || parts.next().is_some();
    if misplaced || (text.contains('.') && fraction.is_empty()) {
        return None;
    }
    let nanosecond: i32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let eight = |number: i32| i8::try_from(number).ok();
    let clock = civil::Time::new(eight(hour)?, eight(minute)?, eight(second)?, nanosecond).ok()?;
    Some(Time { clock, zone: Zone::parse(zone)? })
}

pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let (day, clock) = text.split_once('T')?;
    let (date, time) = (date(day)?, time(clock)?);
    Some(DateTime { moment: date.to_datetime(time.clock), zone: time.zone })
}

/// `P1Y2M` or `P1DT2H3M4.5S`, with a sign.
pub(super) fn duration(text: &str) -> Option<Value> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1_i64, rest),
        None => (1, text),
    };
    let rest = rest.strip_prefix('P')?;
    let (days, clock) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, Some(clock)),
        None => (rest, None),
    };
    if clock.is_none() && days.ends_with(['Y', 'M']) {
        let months = amounts(days, &[('Y', 12), ('M', 1)])?;
        return Some(Value::Months(months.checked_mul(sign)?));
    }
    if days.is_empty() && clock.is_none() {
        return None;
    }
    let day_seconds = amounts(days, &[('D', DAY_SECONDS)])?;
    let clock = clock.unwrap_or_default();
    let (clock, nanoseconds) = match clock.strip_suffix('S').and_then(|clock| clock.split_once('.')) {
        Some((whole, fraction))
            if !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (format!("{whole}S"), format!("{fraction:0<9}").get(..9)?.parse::<i64>().ok()?)
        }
        Some(_) => return None,
        None => (clock.to_owned(), 0),
    };
    let seconds = amounts(&clock, &[('H', 3600), ('M', 60), ('S', 1)])?.checked_add(day_seconds)?;
    let duration = SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_nanos(nanoseconds))?;
    Some(Value::Duration(if sign < 0 { duration.checked_neg()? } else { duration }))
}

/// The sum of `12H3M`, each unit at most once and in this order.
fn amounts(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut rest, mut sum) = (text, 0_i64);
    for (unit, worth) in units {
        let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if let Some(after) = after.strip_prefix(*unit) {
            sum = sum.checked_add(digits.parse::<i64>().ok()?.checked_mul(*worth)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(sum)
}

pub(super) fn date_text(date: Date) -> String {
    if date.year() < 0 {
        return format!("-{:04}-{:02}-{:02}", -date.year(), date.month(), date.day());
    }
    date.to_string()
}

pub(super) fn months_text(months: i64) -> String {
    let (sign, count) = if months < 0 { ("-", months.unsigned_abs()) } else { ("", months.unsigned_abs()) };
    match (count / 12, count % 12) {
        (0, 0) => "P0M".to_owned(),
        (0, months) => format!("{sign}P{months}M"),
        (years, 0) => format!("{sign}P{years}Y"),
        (years, months) => format!("{sign}P{years}Y{months}M"),
    }
}

pub(super) fn duration_text(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let (days, rest) = (seconds / DAY_SECONDS.unsigned_abs(), seconds % DAY_SECONDS.unsigned_abs());
    let nanoseconds = duration.subsec_nanos().unsigned_abs();
    if seconds == 0 && nanoseconds == 0 {
        return "PT0S".to_owned();
    }
    let mut text = if duration.is_negative() { "-P".to_owned() } else { "P".to_owned() };
    let part = |number: u64, unit: char| if number > 0 { format!("{number}{unit}") } else { String::new() };
    text.push_str(&part(days, 'D'));
    let mut clock = part(rest / 3600, 'H') + &part(rest / 60 % 60, 'M');
    if nanoseconds > 0 {
        let fraction = format!("{nanoseconds:09}");
        let _ = write!(clock, "{}.{}S", rest % 60, fraction.trim_end_matches('0'));
    } else {
        clock.push_str(&part(rest % 60, 'S'));
    }
    if !clock.is_empty() {
        text.push('T');
        text.push_str(&clock);
    }
    text
}

/// A number of months as a span; `None` beyond the calendar.
pub(super) fn months(count: i64) -> Option<Span> {
    Span::new().try_months(count).ok()
}

pub(super) fn date_plus_months(date: Date, count: i64) -> Option<Date> {
    date.checked_add(months(count)?).ok()
}

/// A date and a duration of hours is a date: FEEL counts from midnight UTC and drops the time.
pub(super) fn date_plus(date: Date, duration: SignedDuration) -> Option<Date> {
    date.to_datetime(civil::Time::MIN).checked_add(duration).ok().map(civil::DateTime::date)
}

/// Whole months from one date and time to another.
pub(super) fn months_between(from: civil::DateTime, to: civil::DateTime) -> Option<i64> {
    let span = from.until((jiff::Unit::Month, to)).ok()?;
    Some(span.get_months().into())
}

/// The last day of the month of a date.
pub(super) fn last_day_of_month(date: Date) -> Date {
    date.last_of_month()
}

/// The number of the week by ISO 8601.
pub(super) fn week_of_year(date: Date) -> i8 {
    date.iso_week_date().week()
}

/// One day, for steps through ranges of dates.
pub(super) fn next_day(date: Date, forward: bool) -> Option<Date> {
    date.checked_add(if forward { 1.day() } else { (-1).day() }).ok()
}
