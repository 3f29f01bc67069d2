//! How ranges and points lie to each other. A point is a range from itself to itself.

use std::cmp::Ordering;

use super::{BuiltIn, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, Wrong, null};
use crate::expression::feel::operate::{self, compare};
use crate::expression::feel::syntax::{Form, Node};
use crate::expression::feel::value::{End, Range, Value};
use crate::expression::feel::{parse, temporal};

/// Every relation takes what its parameters are called in the standard.
const PAIRS: &[&[&str]] =
    &[&["point1", "point2"], &["point", "range"], &["range", "point"], &["range1", "range2"]];

macro_rules! relations {
    ($($name:literal => $relation:expr),* $(,)?) => {
        &[
            $(of($name, PAIRS, 2, 2, |_, arguments| relate($name, arguments, $relation)),)*
            of("range", &[&["from"]], 1, 1, from_text),
        ]
    };
}

pub(super) static TABLE: &[BuiltIn] = relations! {
    "before" => ends_before,
    "after" => |one, other| ends_before(other, one),
    "meets" => meets,
    "met by" => |one, other| meets(other, one),
    "overlaps" => |one, other| Ok(!ends_before(one, other)? && !ends_before(other, one)?),
    "overlaps before" => overlaps_before,
    "overlaps after" => overlaps_after,
    "finishes" => finishes,
    "finished by" => |one, other| finishes(other, one),
    "includes" => includes,
    "during" => |one, other| includes(other, one),
    "starts" => starts,
    "started by" => |one, other| starts(other, one),
    "coincides" => |one, other| Ok(low(one, other)? == Ordering::Equal && high(one, other)? == Ordering::Equal),
};

fn relate(name: &str, arguments: &[Value], relation: fn(&Range, &Range) -> Result<bool, Wrong>) -> Answer {
    let as_range = |value: &Value| match value {
        Value::Range(range) => Some(Range::clone(range)),
        Value::Null | Value::Boolean(_) | Value::List(_) | Value::Context(_) | Value::Function(_) => None,
        point => {
            Some(Range { low: point.clone(), high: point.clone(), start: End::Included, end: End::Included })
        }
    };
    let pair = match arguments {
        [one, other] => as_range(one).zip(as_range(other)),
        _ => None,
    };
    let Some((one, other)) = pair else { return refuse(name, "ranges or points", arguments) };
    if [&one.low, &one.high, &other.low, &other.high].iter().any(|end| end.is_null()) {
        return null(format!("`{name}` takes ranges that have two ends"));
    }
    relation(&one, &other).map(Value::Boolean)
}

fn ends_before(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(match compare(&one.high, &other.low)? {
        Ordering::Less => true,
        Ordering::Equal => one.end == End::Excluded || other.start == End::Excluded,
        Ordering::Greater => false,
    })
}

fn meets(one: &Range, other: &Range) -> Result<bool, Wrong> {
    let both = one.end == End::Included && other.start == End::Included;
    Ok(both && compare(&one.high, &other.low)? == Ordering::Equal)
}

/// Which starts first.
fn low(one: &Range, other: &Range) -> Result<Ordering, Wrong> {
    let by_bound = compare(&one.low, &other.low)?;
    Ok(by_bound.then_with(|| (one.start == End::Excluded).cmp(&(other.start == End::Excluded))))
}

/// Which ends first.
fn high(one: &Range, other: &Range) -> Result<Ordering, Wrong> {
    let by_bound = compare(&one.high, &other.high)?;
    Ok(by_bound.then_with(|| (one.end == End::Included).cmp(&(other.end == End::Included))))
}

fn overlaps_before(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(low(one, other)?.is_lt() && !ends_before(one, other)? && high(one, other)?.is_le())
}

fn overlaps_after(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(high(one, other)?.is_gt() && !ends_before(other, one)? && low(one, other)?.is_ge())
}

fn includes(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(low(one, other)?.is_le() && high(one, other)?.is_ge())
}

fn starts(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(low(one, other)? == Ordering::Equal && high(one, other)?.is_le())
}

fn finishes(one: &Range, other: &Range) -> Result<bool, Wrong> {
    Ok(high(one, other)? == Ordering::Equal && low(one, other)?.is_ge())
}

/// A range as it is written: `[1..10)`. Its ends are literals.
fn from_text(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [Value::Text(text)] = arguments else { return refuse("range", "a text", arguments) };
    evaluation.step(text.len())?;
    let no_range = || null("the text is no range such as [1..10]");
    match parse::parse(text) {
        Ok(Node { form: Form::Range(low, high, (start, end)), .. }) => {
            let (Some(low), Some(high)) = (bound(low.as_deref()), bound(high.as_deref())) else {
                return no_range();
            };
            operate::range(Range { low, high, start, end })
        }
        Ok(_) | Err(_) => no_range(),
    }
}

/// An end that is written as a literal, or left out.
fn bound(node: Option<&Node>) -> Option<Value> {
    match node.map(|node| &node.form) {
        None => Some(Value::Null),
        Some(Form::Literal(value)) => Some(value.clone()),
        Some(Form::Negate(of)) => match &of.form {
            Form::Literal(value) => operate::negate(value).ok(),
            _ => None,
        },
        Some(Form::Call(function, arguments)) => match (&function.form, arguments.as_slice()) {
            (Form::Name(name), [Node { form: Form::Literal(Value::Text(text)), .. }]) => match &**name {
                "date" => temporal::date(text).map(Value::Date),
                "time" => temporal::time(text).map(Value::Time),
                "date and time" => temporal::date_time(text).map(Value::DateTime),
                "duration" => temporal::duration(text),
                _ => None,
            },
            _ => None,
        },
        Some(_) => None,
    }
}
