//! Text with expressions in it: `PT20S`, `${timerInterval}`, `stop_${name}`. Attribute and field values of models are this.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::{EvaluationError, Expression, ParseError, Scope, evaluate, parse};
use crate::diagnostic::Position;
use crate::limits::EVALUATION_TEXT_BYTES_MAX;

/// Text that may hold expressions.
///
/// ```
/// use std::collections::BTreeMap;
/// use serde_json::json;
/// use tessera_bpmn::{diagnostic::Position, expression::Template};
///
/// let variables = BTreeMap::from([("days".to_owned(), json!(3))]);
/// let template = |source| Template::parse(source, Position::START).unwrap();
/// assert_eq!(template("${days}").evaluate(&variables), Ok(json!(3)));
/// assert_eq!(template("P${days}D").evaluate(&variables), Ok(json!("P3D")));
/// assert_eq!(template("P1D").literal(), Some("P1D"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    source: Arc<str>,
    position: Position,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Literal(Arc<str>),
    Expression(Expression),
}

impl Template {
    /// The expressions in it.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expression(expression) => Some(expression),
            Part::Literal(_) => None,
        })
    }

    /// Whether it is text, around expressions or without any, and not an expression alone.
    pub(crate) fn is_text(&self) -> bool {
        !matches!(self.parts.as_slice(), [Part::Expression(_)])
    }

    /// Parses text that may hold `${...}`; text that begins with `=` is FEEL. `position` is where the text stands in the model.
    /// `\${` stands for `${`.
    pub fn parse(source: &str, position: Position) -> Result<Self, ParseError> {
        if source.trim_start().starts_with('=') {
            let parts = vec![Part::Expression(Expression::parse(source, position)?)];
            return Ok(Self { source: source.into(), position, parts });
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        let mut here = position;
        while let Some(at) = rest.find(['$', '#', '\\']) {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            here = here.after(before);
            if let Some(escaped) = from.strip_prefix('\\').and_then(parse::opening) {
                literal.push_str(escaped);
                (rest, here) = step(from, escaped.len().saturating_add(1), here);
            } else if parse::opening(from).is_some() {
                let end = parse::closing(from, here)?;
                let (inner, _) = from.split_at(end);
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal).into()));
                }
                parts.push(Part::Expression(Expression::parse(inner, here)?));
                (rest, here) = step(from, end, here);
            } else {
                let (inert, _) = from.split_at(1);
                literal.push_str(inert);
                (rest, here) = step(from, 1, here);
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() || parts.is_empty() {
            parts.push(Part::Literal(literal.into()));
        }
        Ok(Self { source: source.into(), position, parts })
    }

    /// One expression and nothing else.
    pub fn expression(expression: Expression) -> Self {
        Self {
            source: expression.source().into(),
            position: expression.position(),
            parts: vec![Part::Expression(expression)],
        }
    }

    /// Text without expressions.
    pub fn text(text: &str, position: Position) -> Self {
        Self { source: text.into(), position, parts: vec![Part::Literal(text.into())] }
    }

    /// The text, if there is no expression in it.
    pub fn literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The value in a scope: that of the expression if there is nothing else, text otherwise.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, EvaluationError> {
        if let [Part::Expression(expression)] = self.parts.as_slice() {
            return expression.evaluate(scope);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Expression(expression) => text.push_str(&evaluate::text(&expression.evaluate(scope)?)),
            }
            if text.len() > EVALUATION_TEXT_BYTES_MAX {
                let message = format!("the text grows beyond {EVALUATION_TEXT_BYTES_MAX} bytes");
                return Err(EvaluationError { message, position: self.position });
            }
        }
        Ok(Value::String(text))
    }

    /// The value in a scope as text: lists and maps as JSON, null as nothing.
    pub fn evaluate_text(&self, scope: &dyn Scope) -> Result<String, EvaluationError> {
        Ok(evaluate::text(&self.evaluate(scope)?))
    }

    /// The text that it was parsed from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where it stands in the model.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

/// What follows the first `bytes` of `text`, and where.
fn step(text: &str, bytes: usize, position: Position) -> (&str, Position) {
    let (passed, rest) = text.split_at(bytes);
    (rest, position.after(passed))
}
