//! The values of FEEL, and how they come from and go to JSON: numbers are decimals, dates and durations become texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Number, Value as Json};

use super::evaluate::Binding;
use super::function::BuiltIn;
use super::temporal::{DateTime, Time};
use super::token::decimal;
use super::{syntax, temporal};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Number(Decimal),
    Text(Arc<str>),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    /// A days and time duration.
    Duration(SignedDuration),
    /// A years and months duration, in months.
    Months(i64),
    List(Arc<Vec<Self>>),
    Context(Arc<Entries>),
    Range(Arc<Range>),
    Function(Function),
}

pub(super) type Entries = BTreeMap<Arc<str>, Value>;

/// Whether a bound of a range is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Included,
    Excluded,
}

/// All values between two; null does not bound.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    pub(super) low: Value,
    pub(super) high: Value,
    pub(super) start: End,
    pub(super) end: End,
}

#[derive(Debug, Clone)]
pub(super) enum Function {
    BuiltIn(&'static BuiltIn),
    /// Written in the expression, together with what was visible there.
    Defined(Arc<syntax::Function>, Arc<Vec<Binding>>),
}

/// Two functions are the same if they are the same text.
impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::BuiltIn(left), Self::BuiltIn(right)) => left.name == right.name,
            (Self::Defined(left, _), Self::Defined(right, _)) => Arc::ptr_eq(left, right),
            (Self::BuiltIn(_), Self::Defined(..)) | (Self::Defined(..), Self::BuiltIn(_)) => false,
        }
    }
}

/// A value that JSON cannot hold.
pub(super) struct NoJson(pub(super) &'static str);

impl Value {
    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items))
    }

    /// A whole number.
    pub(super) fn count(number: usize) -> Self {
        Self::Number(Decimal::from(number))
    }

    /// What messages call it; never what it is, which may be patient data.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::DateTime(_) => "a date and time",
            Self::Duration(_) => "a days and time duration",
            Self::Months(_) => "a years and months duration",
            Self::List(_) => "a list",
            Self::Context(_) => "a context",
            Self::Range(_) => "a range",
            Self::Function(_) => "a function",
        }
    }

    pub(super) fn is_null(&self) -> bool {
        *self == Self::Null
    }

    pub(super) fn from_json(json: &Json) -> Result<Self, &'static str> {
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Boolean(*truth),
            Json::Number(number) => {
                Self::Number(from_number(number).ok_or("a number is too large for FEEL")?)
            }
            Json::String(text) => Self::text(text.as_str()),
            Json::Array(items) => Self::list(items.iter().map(Self::from_json).collect::<Result<_, _>>()?),
            Json::Object(members) => {
                let entry =
                    |(name, value): (&String, &Json)| Ok((Arc::from(name.as_str()), Self::from_json(value)?));
                Self::Context(Arc::new(members.iter().map(entry).collect::<Result<_, &'static str>>()?))
            }
        })
    }

    pub(super) fn into_json(self) -> Result<Json, NoJson> {
        Ok(match self {
            Self::Null => Json::Null,
            Self::Boolean(truth) => Json::Bool(truth),
            Self::Number(number) => Json::Number(to_number(number).ok_or(NoJson("a number"))?),
            Self::List(items) => {
                items.iter().map(|item| item.clone().into_json()).collect::<Result<_, _>>()?
            }
            Self::Context(entries) => {
                let member =
                    |(name, value): (&Arc<str>, &Self)| Ok((name.to_string(), value.clone().into_json()?));
                Json::Object(entries.iter().map(member).collect::<Result<_, NoJson>>()?)
            }
            Self::Range(_) => return Err(NoJson("a range")),
            Self::Function(_) => return Err(NoJson("a function")),
            other @ (Self::Text(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::DateTime(_)
            | Self::Duration(_)
            | Self::Months(_)) => Json::String(other.plain().unwrap_or_default()),
        })
    }

    /// As `string()` writes it outside of lists and contexts; null has no text.
    pub(super) fn plain(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Text(text) => text.to_string(),
            Self::Date(date) => temporal::date_text(*date),
            Self::Time(time) => time.to_string(),
            Self::DateTime(moment) => moment.to_string(),
            Self::Duration(duration) => temporal::duration_text(*duration),
            Self::Months(months) => temporal::months_text(*months),
            Self::Boolean(truth) => truth.to_string(),
            Self::Number(number) => number_text(*number),
            Self::List(_) | Self::Context(_) | Self::Range(_) | Self::Function(_) => {
                let mut text = String::new();
                self.nested(&mut text);
                text
            }
        })
    }

    /// As it stands within a list or context.
    fn nested(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Text(text) => {
                out.push('"');
                out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
                out.push('"');
            }
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.nested(out);
                }
                out.push(']');
            }
            Self::Context(entries) => {
                out.push('{');
                for (index, (name, value)) in entries.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    out.push_str(name);
                    out.push_str(": ");
                    value.nested(out);
                }
                out.push('}');
            }
            Self::Range(range) => {
                out.push(if range.start == End::Included { '[' } else { '(' });
                range.low.nested(out);
                out.push_str("..");
                range.high.nested(out);
                out.push(if range.end == End::Included { ']' } else { ')' });
            }
            Self::Function(_) => out.push_str("function"),
            Self::Boolean(_)
            | Self::Number(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::DateTime(_)
            | Self::Duration(_)
            | Self::Months(_) => out.push_str(&self.plain().unwrap_or_default()),
        }
    }

    /// What making or searching it costs.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(items) => items.len(),
            Self::Context(entries) => entries.len(),
            Self::Null
            | Self::Boolean(_)
            | Self::Number(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::DateTime(_)
            | Self::Duration(_)
            | Self::Months(_)
            | Self::Range(_)
            | Self::Function(_) => 1,
        }
    }
}

/// What reading a JSON value costs.
pub(super) fn json_size(json: &Json) -> usize {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 1,
        Json::String(text) => text.len().saturating_add(1),
        Json::Array(items) => items.iter().map(json_size).fold(1, usize::saturating_add),
        Json::Object(members) => members.values().map(json_size).fold(1, usize::saturating_add),
    }
}

fn from_number(number: &Number) -> Option<Decimal> {
    if let Some(whole) = number.as_i64() {
        return Some(whole.into());
    }
    number.as_u64().map(Decimal::from).or_else(|| decimal(&number.to_string()))
}

fn to_number(number: Decimal) -> Option<Number> {
    let number = number.normalize();
    if number.is_integer() {
        let whole = number.to_i64().map(Number::from);
        if let Some(whole) = whole.or_else(|| number.to_u64().map(Number::from)) {
            return Some(whole);
        }
    }
    number.to_string().parse::<f64>().ok().and_then(Number::from_f64)
}

pub(super) fn number_text(number: Decimal) -> String {
    number.normalize().to_string()
}
