//! FEEL, the expression language of DMN 1.5, as far as processes use it: our own, because the one library that passes the
//! public conformance suite (`dsntk`) brings 219 packages, an HTTP client and C code. `README.md` beside this file says what
//! is covered, what differs from the standard and what is left out.
//!
//! Evaluation is pure and total. What the standard calls an error is null; each reason is kept as a remark, which whoever
//! needs another value reports. Steps, depth and bytes are limited (see [`crate::limits`]), and a limit is an error.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what a rule of FEEL does not name is null or is left alone, whatever kind of value it is"
)]

mod evaluate;
mod function;
mod operate;
mod parse;
mod property;
mod syntax;
mod temporal;
mod token;
mod value;

use serde_json::Value as Json;

use super::Scope;
use super::evaluate::Failure;
use evaluate::Evaluation;
pub(super) use parse::Wrong;
pub(super) use syntax::Node;

/// Parses one expression, without the `=` in front of it.
pub(super) fn parse(source: &str) -> Result<Node, Wrong> {
    parse::parse(source)
}

/// Parses the tests of a cell of a decision table, over what an input yields. Variables hold dates and durations as texts,
/// so that an input of such a type is read as one.
pub(super) fn parse_tests(input: &Node, type_name: Option<&str>, source: &str) -> Result<Node, Wrong> {
    let conversion = match type_name.map(|name| name.rsplit(':').next().unwrap_or(name)) {
        Some("date") => Some("date"),
        Some("time") => Some("time"),
        Some("dateTime" | "date and time") => Some("date and time"),
        Some(
            "dayTimeDuration" | "yearMonthDuration" | "days and time duration" | "years and months duration",
        ) => Some("duration"),
        _ => None,
    };
    let node = |form| Node { offset: 0, form };
    let input = match conversion {
        Some(function) => {
            let function = node(syntax::Form::Name(function.into()));
            node(syntax::Form::Call(Box::new(function), vec![input.clone()]))
        }
        None => input.clone(),
    };
    parse::parse_tests(input, source)
}

/// The value in a scope, and why what is null in it is null.
pub(super) fn evaluate(root: &Node, scope: &dyn Scope) -> Result<(Json, Vec<Failure>), Failure> {
    let mut evaluation = Evaluation::new(scope);
    let value = evaluation.node(root)?;
    match value.into_json() {
        Ok(json) => Ok((json, evaluation.remarks)),
        Err(value::NoJson(what)) => Err(Failure {
            message: format!("{what} cannot be the value of a variable"),
            offset: root.offset(),
        }),
    }
}

impl Node {
    fn offset(&self) -> usize {
        self.offset
    }
}

#[cfg(test)]
mod tests;
