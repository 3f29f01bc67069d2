//! Cron expressions: five fields as in Unix (minute first), or six or seven as in Quartz (second first, year last), or a
//! word such as `@daily`. Times are civil: whoever asks knows the time zone. Our own, because the crates for it bring a
//! second library for dates along.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, ToSpan as _};

/// Years that are looked ahead; what does not come by then never comes.
const YEARS_AHEAD_MAX: i16 = 100;

/// A cron expression.
///
/// ```
/// use tessera_bpmn::cron::Cron;
///
/// let every_five_minutes = Cron::parse("0 0/5 * * * ?").unwrap();
/// let next = every_five_minutes.next_after("2030-01-01T00:07:30".parse().unwrap());
/// assert_eq!(next, Some("2030-01-01T00:10:00".parse().unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    seconds: BTreeSet<i8>,
    minutes: BTreeSet<i8>,
    hours: BTreeSet<i8>,
    days: Days,
    months: BTreeSet<i8>,
    weekdays: Weekdays,
    /// All if empty.
    years: BTreeSet<i16>,
    /// With days of the month and of the week both given, Unix takes either, Quartz what is both.
    either: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Days {
    any: bool,
    listed: BTreeSet<i8>,
    /// So many days before the last.
    from_last: BTreeSet<i8>,
    /// The working day nearest to it.
    nearest: BTreeSet<i8>,
    last_working_day: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Weekdays {
    any: bool,
    /// 0 is Sunday.
    listed: BTreeSet<i8>,
    last: BTreeSet<i8>,
    nth: BTreeSet<(i8, i8)>,
}

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Cron {
    /// Reads an expression; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim().to_ascii_uppercase();
        let spelled_out = match text.as_str() {
            "@YEARLY" | "@ANNUALLY" => "0 0 0 1 1 *",
            "@MONTHLY" => "0 0 0 1 * *",
            "@WEEKLY" => "0 0 0 * * SUN",
            "@DAILY" | "@MIDNIGHT" => "0 0 0 * * *",
            "@HOURLY" => "0 0 * * * *",
            other => other,
        };
        let fields: Vec<_> = spelled_out.split_whitespace().collect();
        let (unix, second, rest) = match fields.as_slice() {
            rest @ [_, _, _, _, _] => (true, "0", rest),
            [second, rest @ ..] if rest.len() == 5 || rest.len() == 6 => (false, *second, rest),
            _ => return Err(format!("`{text}` is no cron expression: it has 5, 6 or 7 fields")),
        };
        let [minute, hour, day, month, weekday, year @ ..] = rest else {
            return Err(format!("`{text}` is no cron expression"));
        };
        let wrong = |field: &str| format!("`{field}` in cron expression `{text}` is out of range or unknown");
        let number =
            |field: &str, from: i8, to: i8| numbers(field, from, to, &[], 0).ok_or_else(|| wrong(field));
        let cron = Self {
            seconds: number(second, 0, 59)?,
            minutes: number(minute, 0, 59)?,
            hours: number(hour, 0, 23)?,
            days: days(day).ok_or_else(|| wrong(day))?,
            months: numbers(month, 1, 12, &MONTHS, 1).ok_or_else(|| wrong(month))?,
            weekdays: weekdays(weekday, unix).ok_or_else(|| wrong(weekday))?,
            years: match year {
                [] | ["*" | "?"] => BTreeSet::new(),
                [year, ..] => years(year).ok_or_else(|| wrong(year))?,
            },
            either: unix,
        };
        match cron.next_after(DateTime::constant(2000, 1, 1, 0, 0, 0, 0)) {
            Some(_) => Ok(cron),
            None => Err(format!("cron expression `{text}` never comes")),
        }
    }

    /// The first instant after this one that it names.
    pub fn next_after(&self, after: DateTime) -> Option<DateTime> {
        let whole = after.with().subsec_nanosecond(0).build().ok()?;
        let from = whole.checked_add(1.second()).ok()?;
        let mut date = from.date();
        let last_year = date.year().saturating_add(YEARS_AHEAD_MAX);
        let mut time = (from.hour(), from.minute(), from.second());
        while date.year() <= last_year {
            if !self.months.contains(&date.month()) {
                date = date.first_of_month().checked_add(Span::new().months(1)).ok()?;
                time = (0, 0, 0);
                continue;
            }
            let is_year = self.years.is_empty() || self.years.contains(&date.year());
            if is_year
                && self.has_day(date)
                && let Some((hour, minute, second)) = self.time_from(time)
            {
                return Some(date.at(hour, minute, second, 0));
            }
            date = date.tomorrow().ok()?;
            time = (0, 0, 0);
        }
        None
    }

    fn has_day(&self, date: Date) -> bool {
        let (day, weekday) = (self.days.contain(date), self.weekdays.contain(date));
        match (self.days.any, self.weekdays.any) {
            (true, true) => true,
            (true, false) => weekday,
            (false, true) => day,
            (false, false) if self.either => day || weekday,
            (false, false) => day && weekday,
        }
    }

    /// The first time of day at or after this one.
    fn time_from(&self, (hour, minute, second): (i8, i8, i8)) -> Option<(i8, i8, i8)> {
        let first = |set: &BTreeSet<i8>| set.first().copied();
        if self.hours.contains(&hour) {
            if self.minutes.contains(&minute)
                && let Some(second) = self.seconds.range(second..).next()
            {
                return Some((hour, minute, *second));
            }
            if let Some(minute) = self.minutes.range(minute.saturating_add(1)..).next() {
                return Some((hour, *minute, first(&self.seconds)?));
            }
        }
        let hour = self.hours.range(hour.saturating_add(1)..).next()?;
        Some((*hour, first(&self.minutes)?, first(&self.seconds)?))
    }
}

impl Days {
    fn contain(&self, date: Date) -> bool {
        let (day, last) = (date.day(), date.days_in_month());
        self.listed.contains(&day)
            || self.from_last.contains(&last.saturating_sub(day))
            || (self.last_working_day && nearest_working_day(date, last) == day)
            || self.nearest.iter().any(|wanted| *wanted <= last && nearest_working_day(date, *wanted) == day)
    }
}

/// The working day nearest to a day of a date's month, in the same month.
fn nearest_working_day(date: Date, day: i8) -> i8 {
    let Ok(wanted) = date.with().day(day).build() else { return day };
    match wanted.weekday() {
        Weekday::Saturday if day > 1 => day.saturating_sub(1),
        Weekday::Saturday => day.saturating_add(2),
        Weekday::Sunday if day < date.days_in_month() => day.saturating_add(1),
        Weekday::Sunday => day.saturating_sub(2),
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => day,
    }
}

impl Weekdays {
    fn contain(&self, date: Date) -> bool {
        let weekday = date.weekday().to_sunday_zero_offset();
        let nth = date.day().saturating_add(6) / 7;
        let is_last = date.day().saturating_add(7) > date.days_in_month();
        self.listed.contains(&weekday)
            || self.nth.contains(&(weekday, nth))
            || (is_last && self.last.contains(&weekday))
    }
}

/// `*`, `7`, `1-5`, `0/10`, `1-20/3`, and lists of them. Names stand for numbers from `named_from` on.
fn numbers(field: &str, from: i8, to: i8, names: &[&str], named_from: i8) -> Option<BTreeSet<i8>> {
    let one = |text: &str| -> Option<i8> {
        let name = names.iter().position(|name| *name == text).and_then(|at| i8::try_from(at).ok());
        let number = match name {
            Some(name) => name.checked_add(named_from)?,
            None => text.parse().ok()?,
        };
        (from..=to).contains(&number).then_some(number)
    };
    let mut set = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (low, high) = match (range, range.split_once('-')) {
            ("*" | "?" | "", _) => (from, to),
            (_, Some((low, high))) => (one(low)?, one(high)?),
            (single, None) => (one(single)?, if step.is_some() { to } else { one(single)? }),
        };
        if low <= high {
            set.extend((low..=high).step_by(step.unwrap_or(1)));
        } else {
            // Over the end and on from the beginning, as in `FRI-MON`.
            let around = (low..=to).chain(from..=high);
            set.extend(around.step_by(step.unwrap_or(1)));
        }
    }
    Some(set)
}

fn years(field: &str) -> Option<BTreeSet<i16>> {
    let mut set = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (low, high) = match range.split_once('-') {
            Some((low, high)) => (low.parse().ok()?, high.parse().ok()?),
            None if part.contains('/') => (range.parse().ok()?, 2199),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        let valid = 1970..=2199_i16;
        if !valid.contains(&low) || !valid.contains(&high) {
            return None;
        }
        set.extend((low..=high).step_by(step));
    }
    Some(set)
}

fn days(field: &str) -> Option<Days> {
    let mut days = Days { any: matches!(field, "*" | "?"), ..Days::default() };
    for part in field.split(',') {
        let day = |text: &str| text.parse::<i8>().ok().filter(|day| (1..=31).contains(day));
        match part {
            "L" => {
                days.from_last.insert(0);
            }
            "LW" => days.last_working_day = true,
            _ => {
                if let Some(before) = part.strip_prefix("L-") {
                    days.from_last.insert(before.parse().ok().filter(|before| (0..=30).contains(before))?);
                } else if let Some(near) = part.strip_suffix('W') {
                    days.nearest.insert(day(near)?);
                } else {
                    days.listed.extend(numbers(part, 1, 31, &[], 0)?);
                }
            }
        }
    }
    Some(days)
}

/// Unix counts from Sunday, 0 or 7; Quartz from Sunday, 1.
fn weekdays(field: &str, unix: bool) -> Option<Weekdays> {
    let mut weekdays = Weekdays { any: matches!(field, "*" | "?"), ..Weekdays::default() };
    let (from, to, shift) = if unix { (0, 7, 0) } else { (1, 7, 1) };
    let plain = |number: i8| number.saturating_sub(shift) % 7;
    let one = |text: &str| numbers(text, from, to, &WEEKDAYS, shift)?.first().copied().map(plain);
    for part in field.split(',') {
        if let Some((weekday, nth)) = part.split_once('#') {
            let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
            weekdays.nth.insert((one(weekday)?, nth));
        } else if part == "L" {
            weekdays.listed.insert(6);
        } else if let Some(weekday) = part.strip_suffix('L') {
            weekdays.last.insert(one(weekday)?);
        } else {
            weekdays.listed.extend(numbers(part, from, to, &WEEKDAYS, shift)?.into_iter().map(plain));
        }
    }
    Some(weekdays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time() {
        // 2030-01-01 is a Tuesday.
        let cases = [
            ("0 0/5 * * * ?", "2030-01-01T00:00:00", "2030-01-01T00:05:00"),
            ("3 0/5 * * * ?", "2030-01-01T00:00:02", "2030-01-01T00:00:03"),
            ("0/2 * * * * ?", "2030-01-01T00:00:01.500", "2030-01-01T00:00:02"),
            ("*/15 * * * *", "2030-01-01T00:00:00", "2030-01-01T00:15:00"),
            ("30 4 1,15 * 5", "2030-01-01T05:00:00", "2030-01-04T04:30:00"),
            ("0 30 4 1,15 * FRI", "2030-01-01T05:00:00", "2030-02-01T04:30:00"),
            ("0 0 12 ? * MON-FRI", "2030-01-04T12:00:00", "2030-01-07T12:00:00"),
            ("0 0 12 ? * 2", "2030-01-01T00:00:00", "2030-01-07T12:00:00"),
            ("0 12 * * 0", "2030-01-01T00:00:00", "2030-01-06T12:00:00"),
            ("0 12 * * 7", "2030-01-01T00:00:00", "2030-01-06T12:00:00"),
            ("0 0 0 L * ?", "2030-02-01T00:00:00", "2030-02-28T00:00:00"),
            ("0 0 0 L-3 * ?", "2030-01-01T00:00:00", "2030-01-28T00:00:00"),
            ("0 0 0 LW * ?", "2030-03-01T00:00:00", "2030-03-29T00:00:00"),
            ("0 0 0 15W 6 ?", "2030-01-01T00:00:00", "2030-06-14T00:00:00"),
            ("0 0 0 ? * 6L", "2030-01-01T00:00:00", "2030-01-25T00:00:00"),
            ("0 0 0 ? * TUE#2", "2030-01-01T00:00:00", "2030-01-08T00:00:00"),
            ("0 0 0 29 2 ?", "2030-01-01T00:00:00", "2032-02-29T00:00:00"),
            ("0 0 0 1 1 ? 2035-2040/5", "2030-01-01T00:00:00", "2035-01-01T00:00:00"),
            ("0 0 22-2/2 * * ?", "2030-01-01T22:00:00", "2030-01-02T00:00:00"),
            ("0 0 0 1 nov-feb ?", "2030-03-01T00:00:00", "2030-11-01T00:00:00"),
            ("@daily", "2030-01-01T00:00:00", "2030-01-02T00:00:00"),
        ];
        for (text, after, next) in cases {
            let cron = Cron::parse(text).unwrap_or_else(|wrong| panic!("{wrong}"));
            assert_eq!(cron.next_after(after.parse().unwrap()), Some(next.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "* * * *",
            "* * * * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "0 0 0 30 2 ?",
            "a b c d e",
            "0/0 * * * *",
            "0 0 0 ? * MON#6",
            "0 0 0 1 1 ? 1969",
            "@sometimes",
            "0 0 0 32 * ?",
        ] {
            assert!(Cron::parse(text).is_err(), "{text}");
        }
    }
}
