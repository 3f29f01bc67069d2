//! Numbers: whole ones stay whole and exact, division yields a fraction, overflow is an error, null counts as 0.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::describe;
use crate::expression::syntax::Arithmetic;

#[derive(Clone, Copy)]
enum Amount {
    Whole(i64),
    Fraction(f64),
}

pub(super) fn calculate(operator: Arithmetic, left: &Value, right: &Value) -> Result<Value, String> {
    let result = match (amount(left)?, amount(right)?) {
        (Amount::Whole(left), Amount::Whole(right)) => match operator {
            Arithmetic::Add => left.checked_add(right).map(Amount::Whole),
            Arithmetic::Subtract => left.checked_sub(right).map(Amount::Whole),
            Arithmetic::Multiply => left.checked_mul(right).map(Amount::Whole),
            Arithmetic::Divide | Arithmetic::Remainder if right == 0 => {
                return Err("division by zero".to_owned());
            }
            Arithmetic::Divide => Some(fractional(operator, Amount::Whole(left), Amount::Whole(right))),
            Arithmetic::Remainder => left.checked_rem(right).map(Amount::Whole),
        },
        (left, right) => Some(fractional(operator, left, right)),
    };
    result.and_then(Amount::value).ok_or_else(|| "the result is not a number that JSON can hold".to_owned())
}

fn fractional(operator: Arithmetic, left: Amount, right: Amount) -> Amount {
    let (left, right) = (left.fraction(), right.fraction());
    Amount::Fraction(match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Remainder => left % right,
    })
}

pub(super) fn negate(value: &Value) -> Result<Value, String> {
    let negated = match amount(value)? {
        Amount::Whole(number) => number.checked_neg().map(Amount::Whole),
        Amount::Fraction(number) => Some(Amount::Fraction(-number)),
    };
    negated.and_then(Amount::value).ok_or_else(|| "the result is not a number that JSON can hold".to_owned())
}

/// Exact for whole numbers.
pub(super) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    Ok(match (amount(left)?, amount(right)?) {
        (Amount::Whole(left), Amount::Whole(right)) => Some(left.cmp(&right)),
        (left, right) => left.fraction().partial_cmp(&right.fraction()),
    })
}

/// The whole number that a value is or spells.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match amount(value).ok()? {
        Amount::Whole(number) => Some(number),
        Amount::Fraction(_) => None,
    }
}

/// A number without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::as_conversions, reason = "checked to be within the range")]
pub(super) fn truncated(value: &Value) -> Option<i64> {
    const BOUND: f64 = 9_223_372_036_854_775_000.0;
    match amount(value).ok()? {
        Amount::Whole(number) => Some(number),
        Amount::Fraction(number) => (number.abs() < BOUND).then_some(number as i64),
    }
}

fn amount(value: &Value) -> Result<Amount, String> {
    let amount = match value {
        Value::Null => Some(Amount::Whole(0)),
        Value::Number(number) => {
            number.as_i64().map(Amount::Whole).or_else(|| number.as_f64().map(Amount::Fraction))
        }
        Value::String(text) => {
            let text = text.trim();
            text.parse().map(Amount::Whole).or_else(|_| text.parse().map(Amount::Fraction)).ok()
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let help = if value.is_string() { "; to join texts write them side by side: `${a}${b}`" } else { "" };
    amount.ok_or_else(|| format!("{} is not a number{help}", describe(value)))
}

impl Amount {
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "fractions are approximate by their nature"
    )]
    fn fraction(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Fraction(number) => number,
        }
    }

    /// `None` if it is infinite or undefined: JSON has no such numbers.
    fn value(self) -> Option<Value> {
        match self {
            Self::Whole(number) => Some(Value::from(number)),
            Self::Fraction(number) => Number::from_f64(number).map(Value::Number),
        }
    }
}
