//! Lists: positions count from 1, or from the end if they are negative. What is no list is a list of itself.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{BuiltIn, MANY, as_list, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, Wrong, null};
use crate::expression::feel::operate::{compare, is_same};
use crate::expression::feel::value::{Function, Value};

pub(super) static TABLE: &[BuiltIn] = &[
    of("list contains", &[&["list", "element"]], 2, 2, |_, arguments| match arguments {
        [Value::List(items), element] => Ok(Value::Boolean(items.iter().any(|item| is_same(item, element)))),
        _ => refuse("list contains", "a list and an element", arguments),
    }),
    of("is empty", &[&["list"]], 1, 1, |_, arguments| match arguments {
        [Value::List(items)] => Ok(Value::Boolean(items.is_empty())),
        _ => refuse("is empty", "a list", arguments),
    }),
    of("sublist", &[&["list", "start position", "length"]], 2, 3, sublist),
    of("append", &[&["list", "items"]], 1, MANY, |_, arguments| match arguments {
        [list, more @ ..] => Ok(Value::list(as_list(list).into_iter().chain(more.iter().cloned()).collect())),
        [] => refuse("append", "a list and items", arguments),
    }),
    of("concatenate", &[&["list"]], 1, MANY, |_, arguments| {
        Ok(Value::list(arguments.iter().flat_map(as_list).collect()))
    }),
    of("insert before", &[&["list", "position", "newItem"]], 3, 3, insert_before),
    of("remove", &[&["list", "position"]], 2, 2, remove),
    of(
        "list replace",
        &[&["list", "position", "newItem"], &["list", "match", "newItem"]],
        3,
        3,
        list_replace,
    ),
    of("reverse", &[&["list"]], 1, 1, |_, arguments| match arguments {
        [list] => Ok(Value::list(as_list(list).into_iter().rev().collect())),
        _ => refuse("reverse", "a list", arguments),
    }),
    of("index of", &[&["list", "match"]], 2, 2, |_, arguments| match arguments {
        [Value::List(items), wanted] => {
            let places = items.iter().zip(1_usize..).filter(|(item, _)| is_same(item, wanted));
            Ok(Value::list(places.map(|(_, place)| Value::count(place)).collect()))
        }
        _ => refuse("index of", "a list and an element", arguments),
    }),
    of("union", &[&["list"]], 1, MANY, |evaluation, arguments| {
        distinct(evaluation, &arguments.iter().flat_map(as_list).collect::<Vec<_>>())
    }),
    of("distinct values", &[&["list"]], 1, 1, |evaluation, arguments| match arguments {
        [list] => distinct(evaluation, &as_list(list)),
        _ => refuse("distinct values", "a list", arguments),
    }),
    of("duplicate values", &[&["list"]], 1, 1, duplicate_values),
    of("flatten", &[&["list"]], 1, 1, flatten),
    of("partition", &[&["list", "size"]], 2, 2, |_, arguments| match arguments {
        [list, Value::Number(size)] => match size.to_usize().filter(|size| *size > 0) {
            Some(size) => {
                let parts = as_list(list).chunks(size).map(|part| Value::list(part.to_vec())).collect();
                Ok(Value::list(parts))
            }
            None => null("the parts of a list have at least one item"),
        },
        _ => refuse("partition", "a list and a number", arguments),
    }),
    of("sort", &[&["list", "precedes"]], 1, 2, sort),
];

/// The index that a position stands for; `None` if it is not one of the first `limit`.
fn index(position: &Decimal, length: usize, limit: usize) -> Option<usize> {
    let position = position.is_integer().then(|| position.to_i64()).flatten()?;
    let index = if position > 0 {
        usize::try_from(position - 1).ok()?
    } else {
        length.checked_sub(usize::try_from(position.unsigned_abs()).ok()?)?
    };
    (position != 0 && index < limit).then_some(index)
}

const NO_POSITION: &str = "the list has no such position";

fn sublist(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let (list, start, length) = match arguments {
        [list, Value::Number(start)] => (as_list(list), start, None),
        [list, Value::Number(start), Value::Number(length)] => (as_list(list), start, Some(length)),
        _ => return refuse("sublist", "a list, a position and perhaps a length", arguments),
    };
    let Some(first) = index(start, list.len(), list.len()) else { return null(NO_POSITION) };
    let rest = list.len().saturating_sub(first);
    let length = match length.map(ToPrimitive::to_usize) {
        None => rest,
        Some(Some(length)) if length <= rest => length,
        Some(_) => return null("the list has not so many items"),
    };
    Ok(Value::list(list.into_iter().skip(first).take(length).collect()))
}

fn insert_before(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [list, Value::Number(position), item] = arguments else {
        return refuse("insert before", "a list, a position and an item", arguments);
    };
    let mut list = as_list(list);
    let Some(index) = index(position, list.len(), list.len().saturating_add(1)) else {
        return null(NO_POSITION);
    };
    list.insert(index, item.clone());
    Ok(Value::list(list))
}

fn remove(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [list, Value::Number(position)] = arguments else {
        return refuse("remove", "a list and a position", arguments);
    };
    let mut list = as_list(list);
    let Some(index) = index(position, list.len(), list.len()) else { return null(NO_POSITION) };
    list.remove(index);
    Ok(Value::list(list))
}

fn list_replace(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    match arguments {
        [list, Value::Number(position), item] => {
            let mut list = as_list(list);
            let place = index(position, list.len(), list.len()).and_then(|index| list.get_mut(index));
            let Some(place) = place else { return null(NO_POSITION) };
            *place = item.clone();
            Ok(Value::list(list))
        }
        [list, Value::Function(matches), item] => {
            let mut list = as_list(list);
            for place in &mut list {
                if ask(evaluation, matches, vec![place.clone(), item.clone()])? == Value::Boolean(true) {
                    *place = item.clone();
                }
            }
            Ok(Value::list(list))
        }
        _ => refuse("list replace", "a list, a position or a function, and an item", arguments),
    }
}

fn ask(evaluation: &mut Evaluation<'_>, function: &Function, arguments: Vec<Value>) -> Answer {
    match evaluation.call(function.clone(), arguments) {
        Ok(answer) => answer,
        Err(limit) => Err(Wrong::Limit(limit.message)),
    }
}

fn distinct(evaluation: &mut Evaluation<'_>, items: &[Value]) -> Answer {
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        evaluation.step(kept.len())?;
        if !kept.iter().any(|other| is_same(other, item)) {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn duplicate_values(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [list] = arguments else { return refuse("duplicate values", "a list", arguments) };
    let list = as_list(list);
    let mut repeated = Vec::new();
    for item in &list {
        evaluation.step(list.len())?;
        if list.iter().filter(|other| is_same(other, item)).count() > 1 {
            repeated.push(item.clone());
        }
    }
    distinct(evaluation, &repeated)
}

fn flatten(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [list] = arguments else { return refuse("flatten", "a list", arguments) };
    let (mut flat, mut ahead) = (Vec::new(), as_list(list));
    ahead.reverse();
    while let Some(item) = ahead.pop() {
        evaluation.step(1)?;
        match item {
            Value::List(inner) => ahead.extend(inner.iter().rev().cloned()),
            other => flat.push(other),
        }
    }
    Ok(Value::list(flat))
}

/// Keeps the order of what is equal. Without a function the items must be comparable.
fn sort(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let (list, precedes) = match arguments {
        [list] | [list, Value::Null] => (as_list(list), None),
        [list, Value::Function(precedes)] => (as_list(list), Some(precedes)),
        _ => return refuse("sort", "a list and a function that says which of two comes first", arguments),
    };
    let mut runs: Vec<Vec<Value>> = list.into_iter().map(|item| vec![item]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            match pairs.next() {
                Some(right) => merged.push(merge(evaluation, left, right, precedes)?),
                None => merged.push(left),
            }
        }
        runs = merged;
    }
    Ok(Value::list(runs.pop().unwrap_or_default()))
}

fn merge(
    evaluation: &mut Evaluation<'_>,
    left: Vec<Value>,
    right: Vec<Value>,
    precedes: Option<&Function>,
) -> Result<Vec<Value>, Wrong> {
    let mut merged = Vec::with_capacity(left.len().saturating_add(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        evaluation.step(1)?;
        let right_first = match precedes {
            Some(precedes) => {
                ask(evaluation, precedes, vec![other.clone(), one.clone()])? == Value::Boolean(true)
            }
            None => compare(other, one)? == Ordering::Less,
        };
        merged.extend(if right_first { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
