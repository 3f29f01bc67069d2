//! From one kind of value to another.

use jiff::SignedDuration;
use jiff::civil::{self, Date};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{BuiltIn, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, null};
use crate::expression::feel::temporal::{self, DateTime, Time, Zone};
use crate::expression::feel::token::decimal;
use crate::expression::feel::value::Value;

pub(super) static TABLE: &[BuiltIn] = &[
    of("string", &[&["from"], &["value"]], 1, 1, |evaluation, arguments| {
        let text = arguments.first().and_then(Value::plain);
        evaluation.grow(text.as_ref().map_or(0, String::len))?;
        Ok(text.map_or(Value::Null, Value::text))
    }),
    of("number", &[&["from", "grouping separator", "decimal separator"]], 1, 3, number),
    of("date", &[&["year", "month", "day"], &["from"]], 1, 3, date),
    of("time", &[&["hour", "minute", "second", "offset"], &["from"]], 1, 4, time),
    of("date and time", &[&["date", "time"], &["from"]], 1, 2, date_and_time),
    of("duration", &[&["from"]], 1, 1, |_, arguments| match arguments {
        [Value::Text(text)] => {
            temporal::duration(text).map_or_else(|| null("the text is no duration such as P1DT2H"), Ok)
        }
        [duration @ (Value::Duration(_) | Value::Months(_))] => Ok(duration.clone()),
        _ => refuse("duration", "a text", arguments),
    }),
    of("years and months duration", &[&["from", "to"]], 2, 2, |_, arguments| {
        let moment = |value: &Value| match value {
            Value::Date(date) => Some(date.to_datetime(civil::Time::MIN)),
            Value::DateTime(moment) => Some(moment.moment),
            _ => None,
        };
        match arguments {
            [from, to] => match moment(from).zip(moment(to)) {
                Some((from, to)) => temporal::months_between(from, to)
                    .map_or_else(|| null("the result is too large"), |months| Ok(Value::Months(months))),
                None => refuse("years and months duration", "two dates", arguments),
            },
            _ => refuse("years and months duration", "two dates", arguments),
        }
    }),
];

fn number(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let separator = |index: usize| match arguments.get(index) {
        None | Some(Value::Null) => Some(None),
        Some(Value::Text(text)) => Some(Some(&**text)),
        Some(_) => None,
    };
    let (text, grouping, point) = match (arguments, separator(1), separator(2)) {
        ([number @ Value::Number(_)], ..) => return Ok(number.clone()),
        ([Value::Text(text), ..], Some(grouping), Some(point)) => (text, grouping, point),
        _ => {
            return refuse(
                "number",
                "a text, and perhaps what groups digits and what is the point",
                arguments,
            );
        }
    };
    let known = |separator: Option<&str>, known: &[&str]| separator.is_none_or(|mark| known.contains(&mark));
    if !known(grouping, &[" ", ",", "."])
        || !known(point, &[",", "."])
        || (grouping.is_some() && grouping == point)
    {
        return null("digits are grouped by a space, comma or point, and the point is a comma or point");
    }
    let mut plain = text.to_string();
    if let Some(grouping) = grouping {
        plain = plain.replace(grouping, "");
    }
    if let Some(point) = point.filter(|point| *point != ".") {
        plain = plain.replace(point, ".");
    }
    let is_number = plain.starts_with(['-', '.']) || plain.starts_with(|first: char| first.is_ascii_digit());
    let parsed = Some(plain.as_str()).filter(|plain| is_number && !plain.contains('_')).and_then(decimal);
    parsed.map_or_else(|| null("the text is no number"), |number| Ok(Value::Number(number)))
}

fn date(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let date = match arguments {
        [Value::Text(text)] => temporal::date(text),
        [Value::Date(date)] => Some(*date),
        [Value::DateTime(moment)] => Some(moment.moment.date()),
        [Value::Number(year), Value::Number(month), Value::Number(day)] => date_of(*year, *month, *day),
        _ => return refuse("date", "a text, or year, month and day", arguments),
    };
    date.map_or_else(|| null("this is no date such as 2030-01-31"), |date| Ok(Value::Date(date)))
}

fn date_of(year: Decimal, month: Decimal, day: Decimal) -> Option<Date> {
    Date::new(whole(year)?, whole(month)?, whole(day)?).ok()
}

fn whole<N: TryFrom<i64>>(number: Decimal) -> Option<N> {
    number.is_integer().then(|| number.to_i64()).flatten().and_then(|number| N::try_from(number).ok())
}

fn time(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let time = match arguments {
        [Value::Text(text)] => temporal::time(text),
        [Value::Time(time)] => Some(time.clone()),
        [Value::DateTime(moment)] => Some(Time { clock: moment.moment.time(), zone: moment.zone.clone() }),
        [Value::Date(_)] => Some(Time { clock: civil::Time::MIN, zone: Zone::Offset(0) }),
        [Value::Number(hour), Value::Number(minute), Value::Number(second), rest @ ..] => {
            let zone = match rest {
                [] | [Value::Null] => Some(Zone::Local),
                [Value::Duration(offset)] => offset_of(*offset),
                _ => return refuse("time", "an offset that is a duration", arguments),
            };
            zone.and_then(|zone| Some(Time { clock: clock_of(*hour, *minute, *second)?, zone }))
        }
        _ => return refuse("time", "a text, or hour, minute, second and perhaps an offset", arguments),
    };
    time.map_or_else(|| null("this is no time such as 12:30:00Z"), |time| Ok(Value::Time(time)))
}

fn offset_of(offset: SignedDuration) -> Option<Zone> {
    let seconds = i32::try_from(offset.as_secs()).ok().filter(|seconds| seconds.abs() <= 18 * 3600);
    seconds.filter(|_| offset.subsec_nanos() == 0).map(Zone::Offset)
}

fn clock_of(hour: Decimal, minute: Decimal, second: Decimal) -> Option<civil::Time> {
    let nanoseconds = second.fract().checked_mul(Decimal::from(1_000_000_000))?.trunc().to_i32()?;
    civil::Time::new(whole(hour)?, whole(minute)?, whole(second.trunc())?, nanoseconds).ok()
}

fn date_and_time(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let midnight = |date: &Date| DateTime { moment: date.to_datetime(civil::Time::MIN), zone: Zone::Local };
    let moment = match arguments {
        [Value::Text(text)] => {
            temporal::date_time(text).or_else(|| temporal::date(text).as_ref().map(midnight))
        }
        [Value::DateTime(moment)] => Some(moment.clone()),
        [Value::Date(date)] => Some(midnight(date)),
        [Value::Date(date), Value::Time(time)] => at(*date, time),
        [Value::DateTime(moment), Value::Time(time)] => at(moment.moment.date(), time),
        _ => return refuse("date and time", "a text, or a date and a time", arguments),
    };
    moment.map_or_else(
        || null("this is no date and time such as 2030-01-31T12:30:00Z"),
        |moment| Ok(Value::DateTime(moment)),
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the arms of its caller have one type")]
fn at(date: Date, time: &Time) -> Option<DateTime> {
    Some(DateTime { moment: date.to_datetime(time.clock), zone: time.zone.clone() })
}
