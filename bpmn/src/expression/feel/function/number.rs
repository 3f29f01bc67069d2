//! Numbers: rounding and the functions of arithmetic.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};

use super::{BuiltIn, of, refuse};
use crate::expression::feel::evaluate::{Answer, null};
use crate::expression::feel::value::Value;

/// Digits behind the point that a decimal can have.
const SCALE_MAX: i64 = 28;

pub(super) static TABLE: &[BuiltIn] = &[
    of("decimal", &[&["n", "scale"]], 2, 2, |_, arguments| {
        round("decimal", arguments, RoundingStrategy::MidpointNearestEven)
    }),
    of("floor", &[&["n", "scale"]], 1, 2, |_, arguments| {
        round("floor", arguments, RoundingStrategy::ToNegativeInfinity)
    }),
    of("ceiling", &[&["n", "scale"]], 1, 2, |_, arguments| {
        round("ceiling", arguments, RoundingStrategy::ToPositiveInfinity)
    }),
    of("round up", &[&["n", "scale"]], 2, 2, |_, arguments| {
        round("round up", arguments, RoundingStrategy::AwayFromZero)
    }),
    of("round down", &[&["n", "scale"]], 2, 2, |_, arguments| {
        round("round down", arguments, RoundingStrategy::ToZero)
    }),
    of("round half up", &[&["n", "scale"]], 2, 2, |_, arguments| {
        round("round half up", arguments, RoundingStrategy::MidpointAwayFromZero)
    }),
    of("round half down", &[&["n", "scale"]], 2, 2, |_, arguments| {
        round("round half down", arguments, RoundingStrategy::MidpointTowardZero)
    }),
    of("abs", &[&["n"], &["number"]], 1, 1, |_, arguments| match arguments {
        [Value::Months(months)] => Ok(Value::Months(months.saturating_abs())),
        [Value::Duration(duration)] => Ok(Value::Duration(duration.abs())),
        _ => one("abs", arguments, |number| Some(number.abs())),
    }),
    of("modulo", &[&["dividend", "divisor"]], 2, 2, |_, arguments| match arguments {
        [_, Value::Number(zero)] if zero.is_zero() => null("division by zero"),
        // The result has the sign of the divisor.
        [Value::Number(dividend), Value::Number(divisor)] => {
            let rest = dividend.checked_rem(*divisor);
            let rest = rest.map(|rest| {
                let other_side = !rest.is_zero() && rest.is_sign_negative() != divisor.is_sign_negative();
                if other_side { rest + divisor } else { rest }
            });
            rest.map_or_else(|| null("the result is too large"), |rest| Ok(Value::Number(rest)))
        }
        _ => refuse("modulo", "two numbers", arguments),
    }),
    of("sqrt", &[&["number"]], 1, 1, |_, arguments| one("sqrt", arguments, |number| number.sqrt())),
    of("log", &[&["number"]], 1, 1, |_, arguments| {
        one("log", arguments, |number| if number > Decimal::ZERO { number.checked_ln() } else { None })
    }),
    of("exp", &[&["number"]], 1, 1, |_, arguments| one("exp", arguments, |number| number.checked_exp())),
    of("odd", &[&["number"]], 1, 1, |_, arguments| parity("odd", arguments, true)),
    of("even", &[&["number"]], 1, 1, |_, arguments| parity("even", arguments, false)),
];

fn one(name: &str, arguments: &[Value], calculate: impl Fn(Decimal) -> Option<Decimal>) -> Answer {
    let [Value::Number(number)] = arguments else { return refuse(name, "a number", arguments) };
    let result = calculate(*number);
    result.map_or_else(|| null(format!("`{name}` has no result here")), |number| Ok(Value::Number(number)))
}

fn parity(name: &str, arguments: &[Value], odd: bool) -> Answer {
    let [Value::Number(number)] = arguments else { return refuse(name, "a number", arguments) };
    if !number.is_integer() {
        return Ok(Value::Boolean(false));
    }
    let rest = number.checked_rem(Decimal::TWO).unwrap_or_default();
    Ok(Value::Boolean(rest.is_zero() != odd))
}

/// A scale below zero rounds in front of the point.
fn round(name: &str, arguments: &[Value], strategy: RoundingStrategy) -> Answer {
    let (number, scale) = match arguments {
        [Value::Number(number)] => (*number, 0),
        [Value::Number(number), Value::Number(scale)] => {
            let scale = scale.trunc().to_i64().filter(|scale| (-SCALE_MAX..=6_176).contains(scale));
            let Some(scale) = scale else { return null(format!("`{name}` cannot round to so many digits")) };
            (*number, scale.min(SCALE_MAX))
        }
        _ => return refuse(name, "a number and how many digits stay behind the point", arguments),
    };
    if let Ok(digits) = u32::try_from(scale) {
        return Ok(Value::Number(number.round_dp_with_strategy(digits, strategy)));
    }
    let unit = Decimal::TEN.checked_powi(scale.saturating_neg());
    let rounded =
        unit.and_then(|unit| number.checked_div(unit)?.round_dp_with_strategy(0, strategy).checked_mul(unit));
    rounded.map_or_else(|| null("the result is too large"), |number| Ok(Value::Number(number)))
}
