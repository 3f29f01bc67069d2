//! FEEL, the expression language of DMN 1.5, as far as processes use it: our own, because the one library that passes the
//! public conformance suite (`dsntk`) brings 219 packages, an HTTP client and C code.
//!
//! **Covered:** all literals, names with spaces, arithmetic, comparison, three-valued logic, `between`, `in` with tests,
//! `if`, `for`, `some`, `every`, filters, paths, properties of dates, durations and ranges, ranges with one end, `instance
//! of`, functions that are defined in the expression, calls by position and by name, and the built-in functions of DMN 1.5
//! for text, numbers, lists, contexts, dates, conversion and ranges, together with those that Camunda adds (see [`function`]).
//!
//! **Different:** numbers are decimals of 28 digits (the standard has 34) up to 7.9e28; years go from -9999 to 9999; there is
//! no time zone database, so that a zone by name has no offset unless it is UTC; regular expressions are those of the crate
//! `regex`, whose matching takes linear time, without back references and look-around. **Left out:** the variable `partial`
//! of `for`, external functions, the types of parameters (read, not checked), functions that need randomness.
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
