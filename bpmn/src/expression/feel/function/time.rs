//! The clock and the calendar.

use super::{BuiltIn, of, refuse};
use crate::expression::feel::evaluate::{Answer, now};
use crate::expression::feel::temporal;
use crate::expression::feel::value::Value;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) static TABLE: &[BuiltIn] = &[
    of("now", &[&[]], 0, 0, |evaluation, _| now(evaluation).map(Value::DateTime)),
    of("today", &[&[]], 0, 0, |evaluation, _| Ok(Value::Date(now(evaluation)?.moment.date()))),
    of("day of year", &[&["date"]], 1, 1, |_, arguments| {
        calendar("day of year", arguments, |date| Value::Number(date.day_of_year().into()))
    }),
    of("day of week", &[&["date"]], 1, 1, |_, arguments| {
        calendar("day of week", arguments, |date| {
            let day = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
            DAYS.get(day).map_or(Value::Null, |name| Value::text(*name))
        })
    }),
    of("month of year", &[&["date"]], 1, 1, |_, arguments| {
        calendar("month of year", arguments, |date| {
            let month = usize::try_from(date.month() - 1).unwrap_or_default();
            MONTHS.get(month).map_or(Value::Null, |name| Value::text(*name))
        })
    }),
    of("week of year", &[&["date"]], 1, 1, |_, arguments| {
        calendar("week of year", arguments, |date| Value::Number(temporal::week_of_year(date).into()))
    }),
    of("last day of month", &[&["date"]], 1, 1, |_, arguments| {
        calendar("last day of month", arguments, |date| Value::Date(temporal::last_day_of_month(date)))
    }),
    of("is", &[&["value1", "value2"]], 2, 2, |_, arguments| match arguments {
        [left, right] => {
            // The same in kind, value and zone: stricter than `=`.
            Ok(Value::Boolean(left == right))
        }
        _ => refuse("is", "two values", arguments),
    }),
];

fn calendar(name: &str, arguments: &[Value], answer: impl Fn(jiff::civil::Date) -> Value) -> Answer {
    match arguments {
        [Value::Date(date)] => Ok(answer(*date)),
        [Value::DateTime(moment)] => Ok(answer(moment.moment.date())),
        _ => refuse(name, "a date", arguments),
    }
}
