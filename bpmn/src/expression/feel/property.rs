//! What follows a dot, and what kind of value something is.

use std::sync::Arc;

use jiff::{SignedDuration, civil};

use super::evaluate::{Answer, Evaluation, null};
use super::syntax::Type;
use super::temporal::Zone;
use super::value::{End, Value};

/// `of.name`. Over a list it is taken of each item.
pub(super) fn path(evaluation: &mut Evaluation<'_>, of: &Value, name: &str) -> Answer {
    let missing = || null(format!("{} has no `{name}`", of.describe()));
    match of {
        Value::Context(entries) => entries
            .get(name)
            .map_or_else(|| null(format!("the context has no entry `{name}`")), |value| Ok(value.clone())),
        Value::List(items) => {
            evaluation.step(items.len())?;
            let property = |item: &Value| match item {
                Value::Context(entries) => Ok(entries.get(name).cloned().unwrap_or(Value::Null)),
                Value::List(_) | Value::Null => Ok(Value::Null),
                item => path(evaluation, item, name),
            };
            items.iter().map(property).collect::<Result<_, _>>().map(Value::list)
        }
        Value::Range(range) => match name {
            "start" => Ok(range.low.clone()),
            "end" => Ok(range.high.clone()),
            "start included" => Ok(Value::Boolean(range.start == End::Included)),
            "end included" => Ok(Value::Boolean(range.end == End::Included)),
            _ => missing(),
        },
        Value::Date(date) => of_date(*date, name).map_or_else(missing, Ok),
        Value::DateTime(moment) => of_date(moment.moment.date(), name)
            .or_else(|| of_time(moment.moment.time(), &moment.zone, name))
            .map_or_else(missing, Ok),
        Value::Time(time) => of_time(time.clock, &time.zone, name).map_or_else(missing, Ok),
        Value::Months(months) => match name {
            "years" => Ok(Value::Number((months / 12).into())),
            "months" => Ok(Value::Number((months % 12).into())),
            _ => missing(),
        },
        Value::Duration(duration) => {
            let seconds = duration.as_secs();
            let part = match name {
                "days" => seconds / 86_400,
                "hours" => seconds / 3_600 % 24,
                "minutes" => seconds / 60 % 60,
                "seconds" => seconds % 60,
                _ => return missing(),
            };
            Ok(Value::Number(part.into()))
        }
        Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Text(_) | Value::Function(_) => missing(),
    }
}

fn of_date(date: civil::Date, name: &str) -> Option<Value> {
    Some(Value::Number(match name {
        "year" => date.year().into(),
        "month" => date.month().into(),
        "day" => date.day().into(),
        "weekday" => date.weekday().to_monday_one_offset().into(),
        _ => return None,
    }))
}

fn of_time(clock: civil::Time, zone: &Zone, name: &str) -> Option<Value> {
    Some(match name {
        "hour" => Value::Number(clock.hour().into()),
        "minute" => Value::Number(clock.minute().into()),
        "second" => Value::Number(clock.second().into()),
        "time offset" => {
            let seconds = zone.offset_seconds();
            seconds.map_or(Value::Null, |seconds| Value::Duration(SignedDuration::from_secs(seconds.into())))
        }
        "timezone" => match zone {
            Zone::Named(name) => Value::Text(Arc::clone(name)),
            Zone::Local | Zone::Offset(_) => Value::Null,
        },
        _ => return None,
    })
}

/// Null is an instance of nothing but `Null` and, as the standard has it, not even of `Any`.
pub(super) fn is_instance(value: &Value, wanted: &Type) -> bool {
    match (wanted, value) {
        (Type::Null, value) => value.is_null(),
        (_, Value::Null) => false,
        (Type::Any, _)
        | (Type::Number, Value::Number(_))
        | (Type::Text, Value::Text(_))
        | (Type::Boolean, Value::Boolean(_))
        | (Type::Date, Value::Date(_))
        | (Type::Time, Value::Time(_))
        | (Type::DateAndTime, Value::DateTime(_))
        | (Type::DaysAndTimeDuration, Value::Duration(_))
        | (Type::YearsAndMonthsDuration, Value::Months(_))
        | (Type::Function, Value::Function(_)) => true,
        (Type::List(inner), Value::List(items)) => {
            **inner == Type::Any || items.iter().all(|item| is_instance(item, inner))
        }
        (Type::Range(inner), Value::Range(range)) => {
            [&range.low, &range.high].into_iter().all(|end| **inner == Type::Any || is_instance(end, inner))
        }
        (Type::Context(wanted), Value::Context(entries)) => wanted.iter().all(|(name, wanted)| {
            entries.get(name).is_some_and(|entry| *wanted == Type::Any || is_instance(entry, wanted))
        }),
        _ => false,
    }
}
