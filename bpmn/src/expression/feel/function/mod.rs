//! The built-in functions: one table for each family, found by name. A function that does not go with its arguments has no
//! value; its message says what it takes.

mod aggregate;
mod context;
mod convert;
mod list;
mod number;
mod range;
mod text;
mod time;

use std::sync::Arc;

use super::evaluate::{Answer, Evaluation, Wrong, null};
use super::value::{Function, Value};

/// A function that is always there.
#[derive(Debug)]
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    /// The names of its parameters, for each way to call it.
    signatures: &'static [&'static [&'static str]],
    least: usize,
    most: usize,
    run: fn(&mut Evaluation<'_>, &[Value]) -> Answer,
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

const fn of(
    name: &'static str,
    signatures: &'static [&'static [&'static str]],
    least: usize,
    most: usize,
    run: fn(&mut Evaluation<'_>, &[Value]) -> Answer,
) -> BuiltIn {
    BuiltIn { name, signatures, least, most, run }
}

/// Stands in for a function that is not there, which was remarked.
pub(super) static NOTHING: &BuiltIn = &of("", &[], 0, MANY, |_, _| Ok(Value::Null));

/// Its argument is looked at, not its value.
pub(super) const IS_DEFINED: &str = "is defined";

static OTHERS: &[BuiltIn] = &[
    of("not", &[&["negand"]], 1, 1, |_, arguments| match arguments {
        [Value::Boolean(truth)] => Ok(Value::Boolean(!truth)),
        _ => refuse("not", "true or false", arguments),
    }),
    of(IS_DEFINED, &[&["value"]], 1, 1, |_, arguments| Ok(Value::Boolean(arguments != [Value::Null]))),
    of("get or else", &[&["value", "default"]], 2, 2, |_, arguments| match arguments {
        [Value::Null, default] => Ok(default.clone()),
        [value, ..] => Ok(value.clone()),
        [] => Ok(Value::Null),
    }),
];

static TABLES: [&[BuiltIn]; 9] = [
    convert::TABLE,
    text::TABLE,
    list::TABLE,
    aggregate::TABLE,
    number::TABLE,
    time::TABLE,
    context::TABLE,
    range::TABLE,
    OTHERS,
];

pub(super) fn find(name: &str) -> Option<&'static BuiltIn> {
    TABLES.iter().flat_map(|table| table.iter()).find(|built_in| built_in.name == name)
}

pub(super) fn call(
    evaluation: &mut Evaluation<'_>,
    built_in: &'static BuiltIn,
    arguments: &[Value],
) -> Answer {
    let count = arguments.len();
    if count < built_in.least || count > built_in.most {
        let wanted = match (built_in.least, built_in.most) {
            (least, MANY) => format!("at least {least}"),
            (least, most) if least == most => least.to_string(),
            (least, most) => format!("{least} to {most}"),
        };
        return null(format!("`{}` takes {wanted} arguments, not {count}", built_in.name));
    }
    (built_in.run)(evaluation, arguments)
}

/// Named arguments in the order of the parameters; what is left out between them is null.
pub(super) fn by_position(function: &Function, named: &[(Arc<str>, Value)]) -> Result<Vec<Value>, Wrong> {
    let has = |parameters: &[&str]| named.iter().all(|(name, _)| parameters.contains(&&**name));
    let parameters: Vec<&str> = match function {
        Function::Defined(defined, _) => defined.parameters.iter().map(AsRef::as_ref).collect(),
        Function::BuiltIn(built_in) => match built_in.signatures.iter().find(|signature| has(signature)) {
            Some(signature) => signature.to_vec(),
            None if built_in.name.is_empty() => return Ok(Vec::new()),
            None => {
                let known: Vec<_> =
                    built_in.signatures.iter().map(|signature| signature.join(", ")).collect();
                return null(format!("the parameters of `{}` are {}", built_in.name, known.join(" or ")));
            }
        },
    };
    if !has(&parameters) || (named.len() != parameters.len() && matches!(function, Function::Defined(..))) {
        return null(format!("the parameters of the function are {}", parameters.join(", ")));
    }
    let mut arguments: Vec<Option<Value>> = parameters
        .iter()
        .map(|parameter| named.iter().find(|(name, _)| **name == **parameter).map(|(_, value)| value.clone()))
        .collect();
    while let Some(None) = arguments.last() {
        arguments.pop();
    }
    Ok(arguments.into_iter().map(|argument| argument.unwrap_or(Value::Null)).collect())
}

/// The arguments are not what a function takes.
fn refuse(name: &str, takes: &str, arguments: &[Value]) -> Answer {
    let given: Vec<_> = arguments.iter().map(Value::describe).collect();
    null(format!("`{name}` takes {takes}, not {}", given.join(" and ")))
}

/// The items of the one list among the arguments, or the arguments themselves.
fn items(arguments: &[Value]) -> &[Value] {
    match arguments {
        [Value::List(items)] => items,
        several => several,
    }
}

/// A list; anything else is a list of itself.
fn as_list(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => Vec::clone(items),
        other => vec![other.clone()],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TABLES;

    #[test]
    fn the_page_lists_every_function_and_no_other() {
        let page = include_str!("../README.md").split("## Functions").nth(1).unwrap();
        let families = page.split("- **").filter_map(|family| family.split_once("**:"));
        let listed = families.flat_map(|(_, names)| names.split(','));
        let listed: BTreeSet<String> =
            listed.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let known = TABLES.iter().flat_map(|table| table.iter()).map(|function| function.name.to_owned());
        assert_eq!(listed, known.collect());
    }
}
