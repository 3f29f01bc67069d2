//! Syntax tree to value, by the coercion rules of the unified expression language. Values are borrowed from the scope
//! until one is computed. Messages name kinds of values, never the values: they may be patient data.

mod arithmetic;
mod method;

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::syntax::{Form, Node, Operator, Order};
use super::{Scope, Write};
use crate::limits::EVALUATION_STEPS_MAX;

/// Why a part of an expression has no value, and at which byte of the source it stands.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) offset: usize,
}

type Evaluated<'a> = Result<Cow<'a, Value>, Failure>;

pub(super) fn evaluate(root: &Node, scope: &dyn Scope) -> Result<Value, Failure> {
    Evaluation { scope, steps_left: EVALUATION_STEPS_MAX, writes: None }.node(root).map(Cow::into_owned)
}

/// The same for an expression that may set variables. What it sets it does not see.
pub(super) fn perform(root: &Node, scope: &dyn Scope) -> Result<(Value, Vec<Write>), Failure> {
    let mut evaluation = Evaluation { scope, steps_left: EVALUATION_STEPS_MAX, writes: Some(Vec::new()) };
    let value = evaluation.node(root)?.into_owned();
    Ok((value, evaluation.writes.unwrap_or_default()))
}

/// A value as part of a text: lists and maps as JSON, null as nothing.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// The kind of a value, for messages.
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

struct Evaluation<'a> {
    scope: &'a dyn Scope,
    steps_left: usize,
    /// What was set; `None` where nothing may be.
    writes: Option<Vec<Write>>,
}

impl<'a> Evaluation<'a> {
    fn node(&mut self, node: &'a Node) -> Evaluated<'a> {
        self.step(1, node.offset)?;
        let fail = |message: String| Failure { message, offset: node.offset };
        match &node.form {
            Form::Literal(value) => Ok(Cow::Borrowed(value)),
            Form::Variable(name) => self.scope.variable(name).map(Cow::Borrowed).ok_or_else(|| {
                fail(format!(
                    "there is no variable `{name}`; set it before, or ask `execution.hasVariable('{name}')`"
                ))
            }),
            Form::Execution => Err(fail("`execution` is no value; use one of its methods".to_owned())),
            Form::Property(of, name) if matches!(of.form, Form::Execution) => {
                method::of_execution(self.scope, name, &[]).map_err(fail)
            }
            Form::Property(of, name) => {
                let of = self.node(of)?;
                property(of, name).map_err(fail)
            }
            Form::Index(of, index) => {
                let of = self.node(of)?;
                let index = self.node(index)?;
                element(of, &index).map_err(fail)
            }
            Form::Call(of, name, arguments) => self.call(node, of, name, arguments),
            Form::Not(of) => Ok(Cow::Owned(Value::Bool(!self.truth(of)?))),
            Form::Negate(of) => {
                let value = self.node(of)?;
                arithmetic::negate(&value).map(Cow::Owned).map_err(fail)
            }
            Form::Empty(of) => Ok(Cow::Owned(Value::Bool(is_empty(&*self.node(of)?)))),
            Form::Binary(operator, left, right) => self.binary(node, *operator, left, right),
            Form::Choice(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.node(then)
                } else {
                    self.node(otherwise)
                }
            }
        }
    }

    fn call(&mut self, node: &'a Node, of: &'a Node, name: &str, arguments: &'a [Node]) -> Evaluated<'a> {
        let mut values = Vec::with_capacity(arguments.len());
        let fail = |message: String| Failure { message, offset: node.offset };
        if matches!(of.form, Form::Execution) {
            for argument in arguments {
                values.push(self.node(argument)?);
            }
            if let Some(write) = method::write(name, &values).map_err(fail)? {
                let Some(writes) = &mut self.writes else {
                    let message = format!("`execution.{name}` can only be the work of a task or listener");
                    return Err(fail(message));
                };
                writes.push(write);
                return Ok(Cow::Owned(Value::Null));
            }
            return method::of_execution(self.scope, name, &values).map_err(fail);
        }
        if let Form::Variable(name_space) = &of.form
            && self.scope.variable(name_space).is_none()
        {
            return Err(fail(format!(
                "there is no variable `{name_space}`; objects of Java are not here, make it a plugin handler"
            )));
        }
        let of = self.node(of)?;
        for argument in arguments {
            values.push(self.node(argument)?);
        }
        self.step(size(&of), node.offset)?;
        method::of_value(of, name, &values).map_err(fail)
    }

    fn binary(
        &mut self,
        node: &'a Node,
        operator: Operator,
        left: &'a Node,
        right: &'a Node,
    ) -> Evaluated<'a> {
        let fail = |message: String| Failure { message, offset: node.offset };
        let value = match operator {
            Operator::Or => Value::Bool(self.truth(left)? || self.truth(right)?),
            Operator::And => Value::Bool(self.truth(left)? && self.truth(right)?),
            Operator::Equal | Operator::NotEqual => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.step(size(&left), node.offset)?;
                let equal = equal(&left, &right).map_err(fail)?;
                Value::Bool(equal == matches!(operator, Operator::Equal))
            }
            Operator::Order(wanted) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                let order = order(&left, &right).map_err(fail)?;
                Value::Bool(order.is_some_and(|order| match wanted {
                    Order::Less => order.is_lt(),
                    Order::LessOrEqual => order.is_le(),
                    Order::Greater => order.is_gt(),
                    Order::GreaterOrEqual => order.is_ge(),
                }))
            }
            Operator::Arithmetic(operator) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                arithmetic::calculate(operator, &left, &right).map_err(fail)?
            }
        };
        Ok(Cow::Owned(value))
    }

    fn truth(&mut self, node: &'a Node) -> Result<bool, Failure> {
        let value = self.node(node)?;
        as_truth(&value).map_err(|message| Failure { message, offset: node.offset })
    }

    fn step(&mut self, steps: usize, offset: usize) -> Result<(), Failure> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => {
                Err(Failure { message: format!("it takes more than {EVALUATION_STEPS_MAX} steps"), offset })
            }
        }
    }
}

/// Null is false, a text is true if it says so in any case; nothing else has a truth.
fn as_truth(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::Null => Ok(false),
        Value::String(text) => Ok(text.eq_ignore_ascii_case("true")),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("{} is neither true nor false", describe(value)))
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Where two kinds meet, a number pulls a text to itself, and so does a truth.
fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(left == right),
        (Value::Number(_), Value::Number(_) | Value::String(_)) | (Value::String(_), Value::Number(_)) => {
            Ok(arithmetic::compare(left, right)? == Some(Ordering::Equal))
        }
        (Value::Bool(_), Value::String(_)) | (Value::String(_), Value::Bool(_)) => {
            Ok(as_truth(left)? == as_truth(right)?)
        }
        _ => Ok(left == right),
    }
}

/// Null has no order: every comparison with it is false.
fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(None),
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        (Value::Number(_) | Value::String(_), Value::Number(_) | Value::String(_)) => {
            arithmetic::compare(left, right)
        }
        _ => Err(format!("{} cannot be ordered against {}", describe(left), describe(right))),
    }
}

/// The entry of a map; null if it has none, as with a Java map or an unset bean property.
fn property<'a>(of: Cow<'a, Value>, name: &str) -> Result<Cow<'a, Value>, String> {
    let missing = match &*of {
        Value::Object(entries) if entries.contains_key(name) => None,
        Value::Object(_) => Some(Cow::Owned(Value::Null)),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err(format!("{} has no property `{name}`", describe(other)));
        }
    };
    Ok(missing.unwrap_or_else(|| child(of, |value| value.get(name))))
}

fn element<'a>(of: Cow<'a, Value>, index: &Value) -> Result<Cow<'a, Value>, String> {
    match (&*of, index) {
        (Value::Object(_), Value::String(name)) => property(of, name),
        (Value::Array(_), Value::Number(_) | Value::String(_)) => {
            let place = arithmetic::whole(index).and_then(|place| usize::try_from(place).ok());
            let place = place.ok_or_else(|| "a list is indexed by a whole number from 0".to_owned())?;
            Ok(child(of, |value| value.get(place)))
        }
        (of, index) => Err(format!("{} cannot be indexed by {}", describe(of), describe(index))),
    }
}

/// A part of a value, borrowed if the value is; null if there is none.
fn child(of: Cow<'_, Value>, part: impl Fn(&Value) -> Option<&Value>) -> Cow<'_, Value> {
    match of {
        Cow::Borrowed(value) => part(value).map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        Cow::Owned(value) => Cow::Owned(part(&value).cloned().unwrap_or_default()),
    }
}

/// What looking through a value costs.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}
