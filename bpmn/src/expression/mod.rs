//! The languages of conditions and values: parsed once, evaluated over JSON values. No side effects, no reflection, no
//! reach beyond the [`Scope`]; total (an error, never a panic) and bounded (see [`crate::limits`]).
//!
//! Today one dialect: the `${...}` unified expression language of Camunda 7 and DSF models, as a subset in which maps
//! stand for beans. Start reading at [`Expression`]; [`Template`] is text with expressions in it.

mod evaluate;
mod parse;
mod scope;
mod syntax;
mod template;

pub use scope::Scope;
pub use template::Template;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::Position;
use syntax::Node;

/// The language that an expression is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `${...}` and `#{...}`.
    Unified,
}

/// A parsed expression.
///
/// ```
/// use std::collections::BTreeMap;
/// use serde_json::json;
/// use tessera_bpmn::{diagnostic::Position, expression::Expression};
///
/// let variables = BTreeMap::from([("stop".to_owned(), json!("yes"))]);
/// let condition = Expression::parse("${stop == 'yes'}", Position::START).unwrap();
/// assert_eq!(condition.evaluate_condition(&variables), Ok(true));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    source: Arc<str>,
    position: Position,
    dialect: Dialect,
    root: Arc<Node>,
}

/// An expression that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong, and what to do.
    pub message: String,
    /// Where.
    pub position: Position,
}

/// An expression that has no value in this scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (in the expression at {position})")]
pub struct EvaluationError {
    /// What is wrong.
    pub message: String,
    /// Where the part stands that has no value.
    pub position: Position,
}

impl Expression {
    /// Parses an expression with its delimiters, `${...}`. `position` is where the source stands in the model.
    pub fn parse(source: &str, position: Position) -> Result<Self, ParseError> {
        let leading = source.len().saturating_sub(source.trim_start().len());
        let (blank, rest) = source.split_at(leading);
        let position = position.after(blank);
        let trimmed = rest.trim_end();
        let root = parse::delimited(trimmed, position)?;
        Ok(Self { source: trimmed.into(), position, dialect: Dialect::Unified, root: Arc::new(root) })
    }

    /// The value in a scope.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        let value = evaluate::evaluate(&self.root, scope);
        value.map_err(|failure| self.locate(failure))
    }

    /// The value in a scope, which must be true or false.
    pub fn evaluate_condition(&self, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        match self.evaluate(scope)? {
            Value::Bool(holds) => Ok(holds),
            other @ (Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_)) => {
                let message = format!(
                    "the condition {self} yields {} instead of true or false",
                    evaluate::describe(&other)
                );
                Err(EvaluationError { message, position: self.position })
            }
        }
    }

    /// The text that it was parsed from, delimiters included.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where it stands in the model.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The language that it is written in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn locate(&self, failure: evaluate::Failure) -> EvaluationError {
        let before = self.source.get(..failure.offset).unwrap_or_default();
        EvaluationError { message: failure.message, position: self.position.after(before) }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
