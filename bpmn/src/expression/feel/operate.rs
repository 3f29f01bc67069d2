//! Operators over values. Two kinds that do not go together have no result; null goes with nothing but `=` and `!=`.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{self, Date};
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use rust_decimal::{Decimal, MathematicalOps};

use super::evaluate::{Answer, Wrong, null};
use super::syntax::Operator;
use super::temporal::{self, DateTime};
use super::value::{End, Range, Value};

pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Answer {
    match operator {
        Operator::Equal => equal(left, right).map(Value::Boolean),
        Operator::NotEqual => equal(left, right).map(|equal| Value::Boolean(!equal)),
        Operator::Less => ordered(left, right, Ordering::is_lt),
        Operator::LessOrEqual => ordered(left, right, Ordering::is_le),
        Operator::Greater => ordered(left, right, Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(left, right, Ordering::is_ge),
        Operator::Add => add(left, right),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply => multiply(left, right),
        Operator::Divide => divide(left, right),
        Operator::Power => match (left, right) {
            (Value::Number(left), Value::Number(right)) => power(*left, *right),
            _ => no_result("**", left, right),
        },
        // They look at their right side only if they have to, and are decided where it is evaluated.
        Operator::And | Operator::Or => no_result("and", left, right),
    }
}

fn no_result<T>(operator: &str, left: &Value, right: &Value) -> Result<T, Wrong> {
    null(format!("`{operator}` has no result for {} and {}", left.describe(), right.describe()))
}

fn ordered(left: &Value, right: &Value, wanted: fn(Ordering) -> bool) -> Answer {
    compare(left, right).map(|order| Value::Boolean(wanted(order)))
}

/// Two kinds of values are not unequal but incomparable.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, Wrong> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(left == right),
        (Value::List(left), Value::List(right)) => Ok(left.len() == right.len()
            && left.iter().zip(right.iter()).all(|(left, right)| is_same(left, right))),
        (Value::Context(left), Value::Context(right)) => {
            let same = |((left, one), (right, other))| left == right && is_same(one, other);
            Ok(left.len() == right.len() && left.iter().zip(right.iter()).all(same))
        }
        (Value::Range(left), Value::Range(right)) => Ok(is_same(&left.low, &right.low)
            && is_same(&left.high, &right.high)
            && (left.start, left.end) == (right.start, right.end)),
        (Value::DateTime(one), Value::DateTime(other)) => {
            Ok(one.is_comparable(other) && one.at_utc() == other.at_utc())
        }
        (Value::Time(one), Value::Time(other)) => {
            Ok(one.is_comparable(other) && one.nanoseconds() == other.nanoseconds())
        }
        (Value::Duration(duration), Value::Months(0)) | (Value::Months(0), Value::Duration(duration)) => {
            Ok(duration.is_zero())
        }
        _ if std::mem::discriminant(left) == std::mem::discriminant(right) => Ok(left == right),
        _ => no_result("=", left, right),
    }
}

/// Equality where kinds may differ.
pub(super) fn is_same(left: &Value, right: &Value) -> bool {
    equal(left, right).unwrap_or(false)
}

pub(super) fn compare(left: &Value, right: &Value) -> Result<Ordering, Wrong> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (Value::Months(left), Value::Months(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) if left.is_comparable(right) => {
            Some(left.nanoseconds().cmp(&right.nanoseconds()))
        }
        (Value::DateTime(left), Value::DateTime(right)) if left.is_comparable(right) => {
            left.at_utc().zip(right.at_utc()).map(|(left, right)| left.cmp(&right))
        }
        _ => None,
    };
    order.map_or_else(|| no_result("<", left, right), Ok)
}

pub(super) fn between(value: &Value, low: &Value, high: &Value) -> Result<bool, Wrong> {
    Ok(compare(value, low)?.is_ge() && compare(value, high)?.is_le())
}

/// A range whose bounds can be compared.
pub(super) fn range(range: Range) -> Answer {
    let is_bound = |value: &Value| {
        matches!(
            value,
            Value::Null
                | Value::Number(_)
                | Value::Text(_)
                | Value::Date(_)
                | Value::Time(_)
                | Value::DateTime(_)
                | Value::Duration(_)
                | Value::Months(_)
        )
    };
    if !is_bound(&range.low) || !is_bound(&range.high) {
        return null(format!("{} and {} bound no range", range.low.describe(), range.high.describe()));
    }
    if !range.low.is_null() && !range.high.is_null() {
        compare(&range.low, &range.high)?;
    }
    Ok(Value::Range(Arc::new(range)))
}

pub(super) fn is_in_range(value: &Value, range: &Range) -> Result<bool, Wrong> {
    let above = match &range.low {
        Value::Null => true,
        low => match range.start {
            End::Included => compare(value, low)?.is_ge(),
            End::Excluded => compare(value, low)?.is_gt(),
        },
    };
    let below = match &range.high {
        Value::Null => true,
        high => match range.end {
            End::Included => compare(value, high)?.is_le(),
            End::Excluded => compare(value, high)?.is_lt(),
        },
    };
    Ok(above && below)
}

/// Whether a value passes a test: it is that value, in that range, or in that list.
pub(super) fn is_in(value: &Value, test: &Value) -> Result<bool, Wrong> {
    match test {
        Value::Range(range) if !matches!(value, Value::Range(_)) => is_in_range(value, range),
        Value::List(items) => {
            let passes = |item: &Value| match item {
                Value::Range(range) if !matches!(value, Value::Range(_)) => {
                    is_in_range(value, range).unwrap_or(false)
                }
                item => is_same(value, item),
            };
            Ok(items.iter().any(passes) || is_same(value, test))
        }
        test => equal(value, test),
    }
}

/// What an iteration goes through: the items of a list, or all whole numbers or days of a range.
pub(super) fn items(domain: &Value, to: Option<&Value>) -> Result<Box<dyn Iterator<Item = Value>>, Wrong> {
    match (domain, to) {
        (Value::List(items), None) => {
            let items = Arc::clone(items);
            Ok(Box::new((0..items.len()).filter_map(move |index| items.get(index).cloned())))
        }
        (Value::Range(range), None) => {
            let numbers = range.start == End::Included;
            let steps = steps(&range.low, &range.high)?;
            let (low, high, end) = (range.low.clone(), range.high.clone(), range.end);
            Ok(Box::new(steps.filter(move |item| {
                (numbers || !is_same(item, &low)) && (end == End::Included || !is_same(item, &high))
            })))
        }
        (Value::Null, None) => null("null has no items"),
        (one, None) => Ok(Box::new(std::iter::once(one.clone()))),
        (from, Some(to)) => steps(from, to),
    }
}

fn steps(from: &Value, to: &Value) -> Result<Box<dyn Iterator<Item = Value>>, Wrong> {
    match (from, to) {
        (Value::Number(from), Value::Number(to)) if from.is_integer() && to.is_integer() => {
            let (from, to) = (*from, *to);
            let step = if from <= to { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
            let within = move |number: &Decimal| if from <= to { *number <= to } else { *number >= to };
            let all = std::iter::successors(Some(from), move |number| number.checked_add(step));
            Ok(Box::new(all.take_while(within).map(Value::Number)))
        }
        (Value::Date(from), Value::Date(to)) => {
            let (from, to) = (*from, *to);
            let within = move |date: &Date| if from <= to { *date <= to } else { *date >= to };
            let all = std::iter::successors(Some(from), move |date| temporal::next_day(*date, from <= to));
            Ok(Box::new(all.take_while(within).map(Value::Date)))
        }
        _ => no_result("..", from, to),
    }
}

pub(super) fn negate(value: &Value) -> Answer {
    match value {
        Value::Number(number) => Ok(Value::Number(-*number)),
        Value::Months(months) => {
            months.checked_neg().map_or_else(too_large, |months| Ok(Value::Months(months)))
        }
        Value::Duration(duration) => {
            duration.checked_neg().map_or_else(too_large, |length| Ok(Value::Duration(length)))
        }
        other => null(format!("{} cannot be negated", other.describe())),
    }
}

fn too_large() -> Answer {
    null("the result is too large")
}

fn number(result: Option<Decimal>) -> Answer {
    result.map_or_else(too_large, |number| Ok(Value::Number(number)))
}

fn add(left: &Value, right: &Value) -> Answer {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number(left.checked_add(*right)),
        (Value::Text(left), Value::Text(right)) => Ok(Value::text(format!("{left}{right}"))),
        (Value::Text(_), _) | (_, Value::Text(_)) => null(format!(
            "`+` has no result for {} and {}; make both a text by `string()`",
            left.describe(),
            right.describe()
        )),
        (Value::Duration(left), Value::Duration(right)) => {
            left.checked_add(*right).map_or_else(too_large, |sum| Ok(Value::Duration(sum)))
        }
        (Value::Months(left), Value::Months(right)) => {
            left.checked_add(*right).map_or_else(too_large, |sum| Ok(Value::Months(sum)))
        }
        (Value::Duration(_) | Value::Months(_), Value::Date(_) | Value::DateTime(_) | Value::Time(_)) => {
            shift(right, left)
        }
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), Value::Duration(_) | Value::Months(_)) => {
            shift(left, right)
        }
        _ => no_result("+", left, right),
    }
}

/// A moment later by a duration.
fn shift(moment: &Value, duration: &Value) -> Answer {
    let shifted = match (moment, duration) {
        (Value::Date(date), Value::Months(months)) => {
            temporal::date_plus_months(*date, *months).map(Value::Date)
        }
        (Value::Date(date), Value::Duration(duration)) => {
            temporal::date_plus(*date, *duration).map(Value::Date)
        }
        (Value::DateTime(from), Value::Months(months)) => {
            let span = temporal::months(*months);
            let moment = span.and_then(|span| from.moment.checked_add(span).ok());
            moment.map(|moment| Value::DateTime(DateTime { moment, zone: from.zone.clone() }))
        }
        (Value::DateTime(from), Value::Duration(duration)) => {
            let moment = from.moment.checked_add(*duration).ok();
            moment.map(|moment| Value::DateTime(DateTime { moment, zone: from.zone.clone() }))
        }
        (Value::Time(time), Value::Duration(duration)) => Some(Value::Time(time.plus(*duration))),
        _ => return no_result("+", moment, duration),
    };
    shifted.map_or_else(too_large, Ok)
}

fn subtract(left: &Value, right: &Value) -> Answer {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number(left.checked_sub(*right)),
        (Value::Duration(left), Value::Duration(right)) => {
            left.checked_sub(*right).map_or_else(too_large, |rest| Ok(Value::Duration(rest)))
        }
        (Value::Months(left), Value::Months(right)) => {
            left.checked_sub(*right).map_or_else(too_large, |rest| Ok(Value::Months(rest)))
        }
        (Value::Date(_) | Value::DateTime(_) | Value::Time(_), Value::Duration(_) | Value::Months(_)) => {
            shift(left, &negate(right)?)
        }
        (Value::Time(one), Value::Time(other)) if one.is_comparable(other) => {
            let nanoseconds = one.nanoseconds() - other.nanoseconds();
            Ok(Value::Duration(SignedDuration::from_nanos_i128(nanoseconds)))
        }
        (Value::Date(_) | Value::DateTime(_), Value::Date(_) | Value::DateTime(_)) => {
            match (at_utc(left, right), at_utc(right, left)) {
                (Some(one), Some(other)) => Ok(Value::Duration(one.duration_since(other))),
                _ => no_result("-", left, right),
            }
        }
        _ => no_result("-", left, right),
    }
}

/// A date or date and time at UTC, if the other one can be brought there too. A date begins at midnight UTC.
fn at_utc(value: &Value, other: &Value) -> Option<civil::DateTime> {
    match (value, other) {
        (Value::DateTime(one), Value::DateTime(other)) if !one.is_comparable(other) => None,
        (Value::DateTime(one), Value::Date(_)) if one.zone.offset_seconds().is_none() => None,
        (Value::DateTime(one), _) => one.at_utc(),
        (Value::Date(_), Value::DateTime(other)) if other.zone.offset_seconds().is_none() => None,
        (Value::Date(date), _) => Some(date.to_datetime(civil::Time::MIN)),
        _ => None,
    }
}

fn multiply(left: &Value, right: &Value) -> Answer {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number(left.checked_mul(*right)),
        (Value::Duration(duration), Value::Number(factor))
        | (Value::Number(factor), Value::Duration(duration)) => {
            scaled(*duration, |nanoseconds| nanoseconds.checked_mul(*factor))
        }
        (Value::Months(months), Value::Number(factor)) | (Value::Number(factor), Value::Months(months)) => {
            whole_months(Decimal::from(*months).checked_mul(*factor))
        }
        _ => no_result("*", left, right),
    }
}

fn divide(left: &Value, right: &Value) -> Answer {
    match (left, right) {
        (_, Value::Number(zero)) if zero.is_zero() => null("division by zero"),
        (Value::Number(left), Value::Number(right)) => number(left.checked_div(*right)),
        (Value::Duration(duration), Value::Number(by)) => {
            scaled(*duration, |nanoseconds| nanoseconds.checked_div(*by))
        }
        (Value::Months(months), Value::Number(by)) => whole_months(Decimal::from(*months).checked_div(*by)),
        (Value::Duration(left), Value::Duration(right)) => number(
            Decimal::from_i128(left.as_nanos())
                .zip(Decimal::from_i128(right.as_nanos()).filter(|right| !right.is_zero()))
                .and_then(|(left, right)| left.checked_div(right)),
        ),
        (Value::Months(left), Value::Months(right)) if *right != 0 => {
            number(Decimal::from(*left).checked_div(Decimal::from(*right)))
        }
        _ => no_result("/", left, right),
    }
}

fn scaled(duration: SignedDuration, scale: impl Fn(Decimal) -> Option<Decimal>) -> Answer {
    let nanoseconds = Decimal::from_i128(duration.as_nanos()).and_then(scale);
    let nanoseconds = nanoseconds.and_then(|number| number.trunc().to_i128());
    let seconds = nanoseconds.filter(|number| i64::try_from(number / 1_000_000_000).is_ok());
    seconds.map_or_else(too_large, |number| Ok(Value::Duration(SignedDuration::from_nanos_i128(number))))
}

fn whole_months(months: Option<Decimal>) -> Answer {
    let months = months.and_then(|months| months.trunc().to_i64());
    months.map_or_else(too_large, |months| Ok(Value::Months(months)))
}

fn power(base: Decimal, exponent: Decimal) -> Answer {
    let whole = exponent.is_integer().then(|| exponent.to_i64()).flatten();
    number(match whole {
        Some(exponent) => base.checked_powi(exponent),
        None if base.is_sign_negative() => None,
        None => base.checked_powd(exponent),
    })
}
