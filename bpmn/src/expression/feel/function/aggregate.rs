//! One value out of many: given as one list, or as arguments.

use std::cmp::Ordering;

use rust_decimal::{Decimal, MathematicalOps};

use super::{BuiltIn, MANY, items, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, Wrong, null};
use crate::expression::feel::operate::{compare, is_same};
use crate::expression::feel::value::Value;

pub(super) static TABLE: &[BuiltIn] = &[
    of("count", &[&["list"]], 1, 1, |_, arguments| match arguments {
        [Value::List(items)] => Ok(Value::count(items.len())),
        [Value::Null] | [] => refuse("count", "a list", arguments),
        _ => Ok(Value::count(1)),
    }),
    of("min", &[&["list"]], 1, MANY, |_, arguments| extreme(arguments, Ordering::Less)),
    of("max", &[&["list"]], 1, MANY, |_, arguments| extreme(arguments, Ordering::Greater)),
    of("sum", &[&["list"]], 1, MANY, |_, arguments| {
        let numbers = numbers("sum", arguments)?;
        number(numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number)))
    }),
    of("product", &[&["list"]], 1, MANY, |_, arguments| {
        let numbers = numbers("product", arguments)?;
        number(numbers.iter().try_fold(Decimal::ONE, |product, number| product.checked_mul(*number)))
    }),
    of("mean", &[&["list"]], 1, MANY, |_, arguments| {
        let numbers = numbers("mean", arguments)?;
        number(mean(&numbers))
    }),
    of("median", &[&["list"]], 1, MANY, |_, arguments| {
        let mut numbers = numbers("median", arguments)?;
        numbers.sort();
        let middle = numbers.len() / 2;
        let upper = numbers.get(middle).copied();
        if numbers.len() % 2 == 1 {
            return number(upper);
        }
        let lower = middle.checked_sub(1).and_then(|index| numbers.get(index)).copied();
        number(
            lower.zip(upper).and_then(|(lower, upper)| lower.checked_add(upper)?.checked_div(Decimal::TWO)),
        )
    }),
    of("stddev", &[&["list"]], 1, MANY, |_, arguments| {
        let numbers = numbers("stddev", arguments)?;
        let divisor = numbers.len().checked_sub(1).filter(|divisor| *divisor > 0);
        let Some(divisor) = divisor else { return null("`stddev` takes at least two numbers") };
        let squares = mean(&numbers).and_then(|mean| {
            numbers.iter().try_fold(Decimal::ZERO, |sum, number| {
                let distance = number.checked_sub(mean)?;
                sum.checked_add(distance.checked_mul(distance)?)
            })
        });
        number(squares.and_then(|squares| squares.checked_div(Decimal::from(divisor))?.sqrt()))
    }),
    of("mode", &[&["list"]], 1, MANY, mode),
    of("all", &[&["list"]], 1, MANY, |_, arguments| connect(arguments, false)),
    of("and", &[&["list"]], 1, MANY, |_, arguments| connect(arguments, false)),
    of("any", &[&["list"]], 1, MANY, |_, arguments| connect(arguments, true)),
    of("or", &[&["list"]], 1, MANY, |_, arguments| connect(arguments, true)),
];

fn number(result: Option<Decimal>) -> Answer {
    result.map_or_else(|| null("the result is too large"), |number| Ok(Value::Number(number)))
}

fn numbers(name: &str, arguments: &[Value]) -> Result<Vec<Decimal>, Wrong> {
    let mut numbers = Vec::new();
    for item in items(arguments) {
        let Value::Number(number) = item else {
            return null(format!("`{name}` takes numbers, not {}", item.describe()));
        };
        numbers.push(*number);
    }
    if numbers.is_empty() {
        return null(format!("`{name}` of nothing has no value"));
    }
    Ok(numbers)
}

fn mean(numbers: &[Decimal]) -> Option<Decimal> {
    let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number))?;
    sum.checked_div(Decimal::from(numbers.len()))
}

fn extreme(arguments: &[Value], wanted: Ordering) -> Answer {
    let mut found: Option<&Value> = None;
    for item in items(arguments) {
        match found {
            None => {
                compare(item, item)?;
                found = Some(item);
            }
            Some(best) if compare(item, best)? == wanted => found = Some(item),
            Some(_) => {}
        }
    }
    found.cloned().map_or_else(|| null("nothing has no smallest or largest value"), Ok)
}

fn mode(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let mut counts: Vec<(&Value, usize)> = Vec::new();
    for item in items(arguments) {
        evaluation.step(counts.len())?;
        if !matches!(item, Value::Number(_)) {
            return refuse("mode", "numbers", arguments);
        }
        match counts.iter_mut().find(|(other, _)| is_same(other, item)) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counts.push((item, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    let mut modes: Vec<Value> =
        counts.iter().filter(|(_, count)| Some(*count) == most).map(|(item, _)| (*item).clone()).collect();
    modes.sort_by(|left, right| compare(left, right).unwrap_or(Ordering::Equal));
    Ok(Value::list(modes))
}

/// Whether all are true, or one is; what is neither true nor false makes it unknown.
fn connect(arguments: &[Value], decisive: bool) -> Answer {
    let items = match arguments {
        [Value::Null] => return refuse("all", "a list", arguments),
        arguments => items(arguments),
    };
    let mut answer = Value::Boolean(!decisive);
    for item in items {
        match item {
            Value::Boolean(truth) if *truth == decisive => return Ok(Value::Boolean(decisive)),
            item if !matches!(item, Value::Boolean(_)) => answer = Value::Null,
            _ => {}
        }
    }
    Ok(answer)
}
