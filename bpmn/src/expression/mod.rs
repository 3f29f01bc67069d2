//! The languages of conditions and values: parsed once, evaluated over JSON values. No side effects, no reflection, no
//! reach beyond the [`Scope`]; total (an error, never a panic) and bounded (see [`crate::limits`]).
//!
//! Two dialects: the `${...}` unified expression language of Camunda 7 and DSF models, as a subset in which maps stand for
//! beans, and FEEL, which Zeebe models write as `= ...` and others choose by `language`. Start reading at [`Expression`];
//! [`Template`] is text with expressions in it.

mod evaluate;
mod feel;
mod insight;
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
use crate::limits::EXPRESSION_BYTES_MAX;
use syntax::Node;

/// The language that an expression is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `${...}` and `#{...}`.
    Unified,
    /// `= ...`, the language of DMN.
    Feel,
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
    root: Root,
}

#[derive(Debug, Clone, PartialEq)]
enum Root {
    Unified(Arc<Node>),
    Feel(Arc<feel::Node>),
}

/// A variable that an expression sets: `execution.setVariable('name', value)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The variable.
    pub name: String,
    /// Its value; `None` removes it.
    pub value: Option<Value>,
    /// Whether only the scope of the current element is to have it.
    pub local: bool,
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

/// Whether there are expressions `${...}` in a text.
pub fn has_unified(text: &str) -> bool {
    // Most texts have no brace at all, and that is seen fastest.
    text.contains('{') && (text.contains("${") || text.contains("#{"))
}

/// Whether a text is evaluated before it means something: it has `${...}`, or is FEEL by its leading `=`.
pub fn is_computed(text: &str) -> bool {
    text.starts_with('=') || has_unified(text)
}

/// What is said of a call that is not of a method.
pub(crate) const NO_FUNCTIONS: &str =
    "functions cannot be called here; only methods of `execution` and of values can";

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
    /// Parses an expression: FEEL if it begins with `=`, else `${...}` with its delimiters. `position` is where the source
    /// stands in the model.
    pub fn parse(source: &str, position: Position) -> Result<Self, ParseError> {
        let dialect = if source.trim_start().starts_with('=') { Dialect::Feel } else { Dialect::Unified };
        Self::parse_as(dialect, source, position)
    }

    /// Parses an expression whose language is known. FEEL may do without the `=` then.
    pub fn parse_as(dialect: Dialect, source: &str, position: Position) -> Result<Self, ParseError> {
        let leading = source.len().saturating_sub(source.trim_start().len());
        let (blank, rest) = source.split_at(leading);
        let position = position.after(blank);
        let trimmed = rest.trim_end();
        if trimmed.len() > EXPRESSION_BYTES_MAX {
            let message = format!("the expression is longer than {EXPRESSION_BYTES_MAX} bytes");
            return Err(ParseError { message, position });
        }
        let root = match dialect {
            Dialect::Unified => Root::Unified(Arc::new(parse::delimited(trimmed, position)?)),
            Dialect::Feel => {
                let inner = trimmed.strip_prefix('=').unwrap_or(trimmed);
                let mark = trimmed.split_at(trimmed.len().saturating_sub(inner.len())).0;
                let inner_position = position.after(mark);
                let root = feel::parse(inner).map_err(|wrong| ParseError {
                    message: wrong.message,
                    position: inner_position.after(inner.get(..wrong.offset).unwrap_or(inner)),
                })?;
                Root::Feel(Arc::new(root))
            }
        };
        Ok(Self { source: trimmed.into(), position, root })
    }

    /// Parses a cell of a decision table: tests in FEEL, such as `< 5` or `"a", "b"`. It yields whether one of them holds for
    /// what `input` yields, which is of the type `type_name`.
    pub fn parse_tests(
        input: &Self,
        type_name: Option<&str>,
        source: &str,
        position: Position,
    ) -> Result<Self, ParseError> {
        if source.len() > EXPRESSION_BYTES_MAX {
            let message = format!("the test is longer than {EXPRESSION_BYTES_MAX} bytes");
            return Err(ParseError { message, position });
        }
        let Root::Feel(tested) = &input.root else {
            let message = "what is tested is not written in FEEL".to_owned();
            return Err(ParseError { message, position: input.position });
        };
        let root = feel::parse_tests(tested, type_name, source).map_err(|wrong| ParseError {
            message: wrong.message,
            position: position.after(source.get(..wrong.offset).unwrap_or(source)),
        })?;
        Ok(Self { source: source.into(), position, root: Root::Feel(Arc::new(root)) })
    }

    /// The value in a scope.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        match &self.root {
            Root::Unified(root) => evaluate::evaluate(root, scope).map_err(|failure| self.locate(failure)),
            Root::Feel(_) => Ok(self.evaluate_feel(scope)?.0),
        }
    }

    /// The value in a scope, and what the expression sets on the way. For expressions that are work; conditions and values
    /// are [evaluated](Self::evaluate), and set nothing.
    pub fn perform(&self, scope: &dyn Scope) -> Result<(Value, Vec<Write>), EvaluationError> {
        match &self.root {
            Root::Unified(root) => evaluate::perform(root, scope).map_err(|failure| self.locate(failure)),
            Root::Feel(_) => Ok((self.evaluate_feel(scope)?.0, Vec::new())),
        }
    }

    /// The value in a scope, which must be true or false.
    pub fn evaluate_condition(&self, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        let (value, reason) = match &self.root {
            Root::Unified(_) => (self.evaluate(scope)?, None),
            Root::Feel(_) => self.evaluate_feel(scope)?,
        };
        match value {
            Value::Bool(holds) => Ok(holds),
            other @ (Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_)) => {
                let kind = evaluate::describe(&other);
                let message = format!("the condition {self} yields {kind} instead of true or false");
                Err(match reason {
                    Some(reason) => {
                        EvaluationError { message: format!("{message}: {}", reason.message), ..reason }
                    }
                    None => EvaluationError { message, position: self.position },
                })
            }
        }
    }

    /// The value, and the first reason why something in it is null.
    fn evaluate_feel(&self, scope: &dyn Scope) -> Result<(Value, Option<EvaluationError>), EvaluationError> {
        let Root::Feel(root) = &self.root else { return Ok((Value::Null, None)) };
        let (value, remarks) = feel::evaluate(root, scope).map_err(|failure| self.locate(failure))?;
        Ok((value, remarks.into_iter().next().map(|remark| self.locate(remark))))
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
        match self.root {
            Root::Unified(_) => Dialect::Unified,
            Root::Feel(_) => Dialect::Feel,
        }
    }

    fn locate(&self, failure: evaluate::Failure) -> EvaluationError {
        let mark = match self.root {
            Root::Unified(_) => 0,
            Root::Feel(_) => usize::from(self.source.starts_with('=')),
        };
        let before = self.source.get(..failure.offset.saturating_add(mark)).unwrap_or_default();
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
