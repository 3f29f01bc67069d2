//! Text: positions count characters from 1, or from the end if they are negative.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{BuiltIn, MANY, as_list, of, refuse};
use crate::expression::feel::evaluate::{Answer, Evaluation, Wrong, null};
use crate::expression::feel::value::Value;
use crate::limits::{PATTERN_BYTES_MAX, PATTERN_STEPS};

pub(super) static TABLE: &[BuiltIn] = &[
    of("substring", &[&["string", "start position", "length"]], 2, 3, substring),
    of("string length", &[&["string"]], 1, 1, |_, arguments| match arguments {
        [Value::Text(text)] => Ok(Value::count(text.chars().count())),
        _ => refuse("string length", "a text", arguments),
    }),
    of("upper case", &[&["string"]], 1, 1, |_, arguments| map("upper case", arguments, str::to_uppercase)),
    of("lower case", &[&["string"]], 1, 1, |_, arguments| map("lower case", arguments, str::to_lowercase)),
    of("trim", &[&["string"]], 1, 1, |_, arguments| map("trim", arguments, |text| text.trim().to_owned())),
    of("is blank", &[&["string"]], 1, 1, |_, arguments| match arguments {
        [Value::Text(text)] => Ok(Value::Boolean(text.trim().is_empty())),
        _ => refuse("is blank", "a text", arguments),
    }),
    of("substring before", &[&["string", "match"]], 2, 2, |_, arguments| {
        two("substring before", arguments, |text, part| {
            Value::text(text.split_once(part).map_or("", |(before, _)| before))
        })
    }),
    of("substring after", &[&["string", "match"]], 2, 2, |_, arguments| {
        two("substring after", arguments, |text, part| {
            Value::text(text.split_once(part).map_or("", |(_, after)| after))
        })
    }),
    of("contains", &[&["string", "match"]], 2, 2, |_, arguments| {
        two("contains", arguments, |text, part| Value::Boolean(text.contains(part)))
    }),
    of("starts with", &[&["string", "match"]], 2, 2, |_, arguments| {
        two("starts with", arguments, |text, part| Value::Boolean(text.starts_with(part)))
    }),
    of("ends with", &[&["string", "match"]], 2, 2, |_, arguments| {
        two("ends with", arguments, |text, part| Value::Boolean(text.ends_with(part)))
    }),
    of("matches", &[&["input", "pattern", "flags"]], 2, 3, matches),
    of("replace", &[&["input", "pattern", "replacement", "flags"]], 3, 4, replace),
    of("split", &[&["string", "delimiter"]], 2, 2, split),
    of("extract", &[&["string", "pattern"]], 2, 2, extract),
    of("string join", &[&["list", "delimiter", "prefix", "suffix"]], 1, MANY, string_join),
];

fn map(name: &str, arguments: &[Value], change: impl Fn(&str) -> String) -> Answer {
    match arguments {
        [Value::Text(text)] => Ok(Value::text(change(text))),
        _ => refuse(name, "a text", arguments),
    }
}

fn two(name: &str, arguments: &[Value], answer: impl Fn(&str, &str) -> Value) -> Answer {
    match arguments {
        [Value::Text(text), Value::Text(part)] => Ok(answer(text, part)),
        _ => refuse(name, "two texts", arguments),
    }
}

fn substring(_: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let (text, start, length) = match arguments {
        [Value::Text(text), Value::Number(start)] => (text, start, None),
        [Value::Text(text), Value::Number(start), Value::Number(length)] => (text, start, Some(length)),
        [Value::Text(text), Value::Number(start), Value::Null] => (text, start, None),
        _ => return refuse("substring", "a text, a start position and perhaps a length", arguments),
    };
    let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let start = start.trunc().to_i64().unwrap_or_default();
    let first = match start {
        0 => return null("the positions of a text count from 1"),
        start if start > 0 => start.saturating_sub(1),
        start => count.saturating_add(start),
    };
    let length = match length.map(Decimal::trunc).map(|length| length.to_i64().unwrap_or_default()) {
        Some(length) if length < 1 => return null("a part of a text has at least one character"),
        Some(length) => length,
        None => count,
    };
    if first < 0 || first >= count {
        return Ok(Value::text(""));
    }
    let (first, length) = (usize::try_from(first).unwrap_or(0), usize::try_from(length).unwrap_or(0));
    Ok(Value::text(text.chars().skip(first).take(length).collect::<String>()))
}

/// A pattern as XPath has it, as far as the crate `regex` has it too.
fn pattern(evaluation: &mut Evaluation<'_>, pattern: &str, flags: &str) -> Result<Regex, Wrong> {
    evaluation.step(PATTERN_STEPS.saturating_add(pattern.len()))?;
    let mut builder = if flags.contains('q') {
        RegexBuilder::new(&regex::escape(pattern))
    } else {
        RegexBuilder::new(pattern)
    };
    for flag in flags.chars() {
        match flag {
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            'i' => builder.case_insensitive(true),
            'x' => builder.ignore_whitespace(true),
            'q' => &mut builder,
            other => return null(format!("`{other}` is no flag of a pattern; there are s, m, i, x and q")),
        };
    }
    let built = builder.size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX).build();
    built.or_else(|_| null("the pattern is no regular expression"))
}

/// The flags are the last argument, if there are any.
fn flags(argument: Option<&Value>) -> Option<Arc<str>> {
    match argument {
        None | Some(Value::Null) => Some("".into()),
        Some(Value::Text(flags)) => Some(Arc::clone(flags)),
        Some(_) => None,
    }
}

fn matches(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let (Some(flags), [Value::Text(text), Value::Text(source), ..]) = (flags(arguments.get(2)), arguments)
    else {
        return refuse("matches", "a text, a pattern and perhaps flags", arguments);
    };
    Ok(Value::Boolean(pattern(evaluation, source, &flags)?.is_match(text)))
}

fn replace(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let (Some(flags), [Value::Text(text), Value::Text(source), Value::Text(by), ..]) =
        (flags(arguments.get(3)), arguments)
    else {
        return refuse("replace", "a text, a pattern, a replacement and perhaps flags", arguments);
    };
    let pattern = pattern(evaluation, source, &flags)?;
    let by = if flags.contains('q') { by.replace('$', "$$") } else { replacement(by) };
    // Each match may become as long as the replacement and all of the text.
    let found = pattern.find_iter(text).count();
    let captures = by.matches('$').count().saturating_mul(text.len());
    evaluation.grow(text.len().saturating_add(found.saturating_mul(by.len().saturating_add(captures))))?;
    Ok(Value::text(pattern.replace_all(text, by.as_str()).into_owned()))
}

/// `$1` and `\$` of XPath as the crate writes them.
fn replacement(by: &str) -> String {
    let mut result = String::new();
    let mut characters = by.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('$') => result.push_str("$$"),
                Some(other) => result.push(other),
                None => result.push('\\'),
            },
            '$' if characters.peek().is_some_and(char::is_ascii_digit) => {
                result.push_str("${");
                result.extend(characters.next());
                result.push('}');
            }
            '$' => result.push_str("$$"),
            other => result.push(other),
        }
    }
    result
}

fn split(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [Value::Text(text), Value::Text(delimiter)] = arguments else {
        return refuse("split", "a text and a pattern of what is between", arguments);
    };
    let pattern = pattern(evaluation, delimiter, "")?;
    Ok(Value::list(pattern.split(text).map(Value::text).collect()))
}

fn extract(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let [Value::Text(text), Value::Text(source)] = arguments else {
        return refuse("extract", "a text and a pattern", arguments);
    };
    let pattern = pattern(evaluation, source, "")?;
    Ok(Value::list(pattern.find_iter(text).map(|found| Value::text(found.as_str())).collect()))
}

fn string_join(evaluation: &mut Evaluation<'_>, arguments: &[Value]) -> Answer {
    let takes = "a list of texts and what is to stand between them, before and after";
    let [list, rest @ ..] = arguments else { return refuse("string join", takes, arguments) };
    let mut around = Vec::new();
    for argument in rest {
        match argument {
            Value::Text(text) => around.push(&**text),
            Value::Null => around.push(""),
            _ => return refuse("string join", takes, arguments),
        }
    }
    let mut texts = Vec::new();
    for item in as_list(list) {
        match item {
            Value::Text(text) => texts.push(text),
            Value::Null => {}
            _ => return refuse("string join", takes, arguments),
        }
    }
    let [delimiter, prefix, suffix] = [0, 1, 2].map(|index| around.get(index).copied().unwrap_or_default());
    let bytes =
        texts.iter().map(|text| text.len().saturating_add(delimiter.len())).fold(0, usize::saturating_add);
    evaluation.grow(bytes)?;
    Ok(Value::text(format!("{prefix}{}{suffix}", texts.join(delimiter))))
}
