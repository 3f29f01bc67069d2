//! FEEL syntax tree to value. What has no value is null, as the standard wants it; why is kept as a remark, so that whoever
//! needs a value can say what is missing. Only limits stop an evaluation.

use std::sync::Arc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value as Json;

use super::super::Scope;
use super::super::evaluate::Failure;
use super::function;
use super::operate;
use super::property;
use super::syntax::{Form, Iterator, Node, Operator};
use super::temporal;
use super::value::{Entries, Function, Range, Value, json_size};
use crate::limits::{
    EVALUATION_DEPTH_MAX, EVALUATION_REMARKS_MAX, EVALUATION_STEPS_MAX, EVALUATION_TEXT_BYTES_MAX,
};

/// Something that an inner part of the expression can see.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Binding {
    One(Arc<str>, Value),
    /// The entries of the item that a filter looks at.
    All(Arc<Entries>),
}

/// Why a part has no value.
pub(super) enum Wrong {
    /// Then it is null.
    Null(String),
    /// Then nothing has a value.
    Limit(String),
}

pub(super) type Answer = Result<Value, Wrong>;

/// No value, for this reason.
pub(super) fn null<T>(reason: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong::Null(reason.into()))
}

pub(super) struct Evaluation<'a> {
    scope: &'a dyn Scope,
    bindings: Vec<Binding>,
    steps_left: usize,
    depth: usize,
    /// How many parts had no value.
    missing: usize,
    /// Why something is null, and where.
    pub(super) remarks: Vec<Failure>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(scope: &'a dyn Scope) -> Self {
        Self {
            scope,
            bindings: Vec::new(),
            steps_left: EVALUATION_STEPS_MAX,
            depth: 0,
            missing: 0,
            remarks: Vec::new(),
        }
    }

    pub(super) fn node(&mut self, node: &Node) -> Result<Value, Failure> {
        self.depth = self.depth.saturating_add(1);
        let answer = self.bounded(node);
        self.depth = self.depth.saturating_sub(1);
        self.or_null(answer?, node.offset)
    }

    fn bounded(&mut self, node: &Node) -> Result<Answer, Failure> {
        if self.depth > EVALUATION_DEPTH_MAX {
            return Ok(Err(Wrong::Limit("functions call each other too deeply".to_owned())));
        }
        match self.step(1) {
            Ok(()) => self.form(node),
            Err(limit) => Ok(Err(limit)),
        }
    }

    /// A value that is missing is null; why is remembered.
    fn or_null(&mut self, result: Answer, offset: usize) -> Result<Value, Failure> {
        match result {
            Ok(value) => Ok(value),
            Err(Wrong::Limit(message)) => Err(Failure { message, offset }),
            Err(Wrong::Null(message)) => {
                self.missing = self.missing.saturating_add(1);
                if self.remarks.len() < EVALUATION_REMARKS_MAX {
                    self.remarks.push(Failure { message, offset });
                }
                Ok(Value::Null)
            }
        }
    }

    fn form(&mut self, node: &Node) -> Result<Answer, Failure> {
        Ok(match &node.form {
            Form::Literal(value) => Ok(value.clone()),
            Form::Name(name) => self.name(name),
            Form::List(items) => {
                let items = items.iter().map(|item| self.node(item)).collect::<Result<_, _>>()?;
                Ok(Value::list(items))
            }
            Form::Context(entries) => Ok(self.context(entries)?),
            Form::Range(low, high, (start, end)) => {
                let low = low.as_ref().map_or(Ok(Value::Null), |low| self.node(low))?;
                let high = high.as_ref().map_or(Ok(Value::Null), |high| self.node(high))?;
                operate::range(Range { low, high, start: *start, end: *end })
            }
            Form::OtherThan(of) => {
                // Outside of a test it is the comparison with `?`, the value that is tested.
                let (tested, other) = (self.tested(), self.node(of)?);
                operate::equal(&tested, &other).map(|equal| Value::Boolean(!equal))
            }
            Form::Holds(of) => Ok(self.node(of)?),
            Form::Negate(of) => operate::negate(&self.node(of)?),
            Form::Binary(Operator::And, left, right) => Ok(self.connect(left, right, false)?),
            Form::Binary(Operator::Or, left, right) => Ok(self.connect(left, right, true)?),
            Form::Binary(operator, left, right) => {
                let (left, right) = (self.node(left)?, self.node(right)?);
                self.binary(*operator, &left, &right)
            }
            Form::Between(value, bounds) => {
                let (value, low, high) = (self.node(value)?, self.node(&bounds.0)?, self.node(&bounds.1)?);
                operate::between(&value, &low, &high).map(Value::Boolean)
            }
            Form::In(value, tests) => {
                let value = self.node(value)?;
                return self.any_test(&value, tests);
            }
            Form::InstanceOf(of, wanted) => {
                let value = self.node(of)?;
                Ok(Value::Boolean(property::is_instance(&value, wanted)))
            }
            Form::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                let taken = if self.node(condition)? == Value::Boolean(true) { then } else { otherwise };
                Ok(self.node(taken)?)
            }
            Form::For(iterators, body) => {
                let mut results = Vec::new();
                match self.iterate(iterators, &mut |evaluation| {
                    let value = evaluation.node(body)?;
                    results.push(value);
                    Ok(true)
                })? {
                    Ok(()) => Ok(Value::list(results)),
                    Err(wrong) => Err(wrong),
                }
            }
            Form::Some(iterators, condition) => self.quantified(iterators, condition, true)?,
            Form::Every(iterators, condition) => self.quantified(iterators, condition, false)?,
            Form::Path(of, name) => {
                if let Some(json) = self.json(node) {
                    self.read_json(json)
                } else {
                    let of = self.node(of)?;
                    property::path(self, &of, name)
                }
            }
            Form::Filter(of, filter) => {
                let list = self.node(of)?;
                return self.filter(list, filter);
            }
            Form::Call(function, arguments) => {
                let function = self.callee(function)?;
                if let (Function::BuiltIn(built_in), [argument]) = (&function, arguments.as_slice())
                    && built_in.name == function::IS_DEFINED
                {
                    return self.is_defined(argument).map(Ok);
                }
                let arguments = arguments.iter().map(|argument| self.node(argument));
                let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
                return self.call(function, arguments);
            }
            Form::CallByName(function, arguments) => {
                let function = self.callee(function)?;
                let mut named = Vec::with_capacity(arguments.len());
                for (name, argument) in arguments {
                    named.push((Arc::clone(name), self.node(argument)?));
                }
                match function::by_position(&function, &named) {
                    Ok(arguments) => return self.call(function, arguments),
                    Err(wrong) => Err(wrong),
                }
            }
            Form::Function(function) => {
                let visible = Arc::new(self.bindings.clone());
                match self.step(visible.len()) {
                    Ok(()) => Ok(Value::Function(Function::Defined(Arc::clone(function), visible))),
                    Err(limit) => Err(limit),
                }
            }
        })
    }

    fn name(&mut self, name: &Arc<str>) -> Answer {
        self.step(self.bindings.len())?;
        for binding in self.bindings.iter().rev() {
            match binding {
                Binding::One(bound, value) if bound == name => return Ok(value.clone()),
                Binding::All(entries) => {
                    if let Some(value) = entries.get(name) {
                        return Ok(value.clone());
                    }
                }
                Binding::One(..) => {}
            }
        }
        if let Some(json) = self.scope.variable(name) {
            return self.read_json(json);
        }
        match function::find(name) {
            Some(built_in) => Ok(Value::Function(Function::BuiltIn(built_in))),
            None => null(format!("there is no variable `{name}`")),
        }
    }

    /// Whether a name stands for something.
    pub(super) fn is_bound(&self, name: &str) -> bool {
        let bound = |binding: &Binding| match binding {
            Binding::One(bound, _) => **bound == *name,
            Binding::All(entries) => entries.contains_key(name),
        };
        self.bindings.iter().any(bound) || self.scope.variable(name).is_some()
    }

    /// Whether a value is there, be it null.
    fn is_defined(&mut self, node: &Node) -> Result<Value, Failure> {
        let remarks = self.remarks.len();
        let before = self.missing;
        let value = self.node(node)?;
        let missing = value.is_null() && self.missing > before;
        self.remarks.truncate(remarks);
        Ok(Value::Boolean(!missing))
    }

    /// The value that `?` stands for.
    fn tested(&mut self) -> Value {
        self.name(&Arc::from("?")).unwrap_or(Value::Null)
    }

    /// What a path through variables leads to, without reading more of them than that.
    fn json(&self, node: &Node) -> Option<&'a Json> {
        match &node.form {
            Form::Name(name) => {
                let own = self.bindings.iter().any(|binding| match binding {
                    Binding::One(bound, _) => bound == name,
                    Binding::All(entries) => entries.contains_key(name),
                });
                if own { None } else { self.scope.variable(name) }
            }
            Form::Path(of, name) => self.json(of)?.as_object()?.get(&**name),
            _ => None,
        }
    }

    fn read_json(&mut self, json: &Json) -> Answer {
        self.step(json_size(json))?;
        Value::from_json(json).or_else(null)
    }

    fn context(&mut self, entries: &[(Arc<str>, Node)]) -> Result<Value, Failure> {
        let outer = self.bindings.len();
        let mut result = Entries::new();
        for (name, node) in entries {
            let value = self.node(node);
            match value {
                Ok(value) => {
                    self.bindings.push(Binding::One(Arc::clone(name), value.clone()));
                    result.insert(Arc::clone(name), value);
                }
                Err(failure) => {
                    self.bindings.truncate(outer);
                    return Err(failure);
                }
            }
        }
        self.bindings.truncate(outer);
        Ok(Value::Context(Arc::new(result)))
    }

    /// `and` and `or` with a third truth: not known. `decisive` is the truth that decides alone.
    fn connect(&mut self, left: &Node, right: &Node, decisive: bool) -> Result<Value, Failure> {
        let left = self.node(left)?;
        if left == Value::Boolean(decisive) {
            return Ok(left);
        }
        let right = self.node(right)?;
        Ok(match (left, right) {
            (_, Value::Boolean(right)) if right == decisive => Value::Boolean(decisive),
            (Value::Boolean(_), Value::Boolean(_)) => Value::Boolean(!decisive),
            _ => Value::Null,
        })
    }

    fn binary(&mut self, operator: Operator, left: &Value, right: &Value) -> Answer {
        self.step(left.size())?;
        let value = operate::binary(operator, left, right)?;
        if let Value::Text(text) = &value {
            self.grow(text.len())?;
        }
        Ok(value)
    }

    fn any_test(&mut self, value: &Value, tests: &[Node]) -> Result<Answer, Failure> {
        let mut outcome = Ok(Value::Boolean(false));
        for test in tests {
            let outer = self.bindings.len();
            self.bindings.push(Binding::One("?".into(), value.clone()));
            let decides = matches!(test.form, Form::OtherThan(_) | Form::Holds(_));
            let tested = self.node(test);
            self.bindings.truncate(outer);
            let tested = tested?;
            if let Err(limit) = self.step(tested.size()) {
                return Ok(Err(limit));
            }
            let holds = match tested {
                Value::Boolean(truth) if decides => Ok(truth),
                Value::Null if matches!(test.form, Form::Holds(_)) => Ok(false),
                tested => operate::is_in(value, &tested),
            };
            match holds {
                Ok(true) => return Ok(Ok(Value::Boolean(true))),
                Ok(false) => {}
                Err(wrong) => outcome = Err(wrong),
            }
        }
        Ok(outcome)
    }

    /// Does something for each combination of items, until it says that this is enough.
    fn iterate(
        &mut self,
        iterators: &[Iterator],
        each: &mut dyn FnMut(&mut Self) -> Result<bool, Failure>,
    ) -> Result<Result<(), Wrong>, Failure> {
        let outer = self.bindings.len();
        let result = self.iterate_over(iterators, each);
        self.bindings.truncate(outer);
        match result {
            Ok(outcome) => Ok(outcome.map(drop)),
            Err(failure) => Err(failure),
        }
    }

    fn iterate_over(
        &mut self,
        iterators: &[Iterator],
        each: &mut dyn FnMut(&mut Self) -> Result<bool, Failure>,
    ) -> Result<Result<bool, Wrong>, Failure> {
        let [first, rest @ ..] = iterators else { return each(self).map(Ok) };
        let domain = self.node(&first.domain)?;
        let to = first.to.as_ref().map(|to| self.node(to)).transpose()?;
        let items = match operate::items(&domain, to.as_ref()) {
            Ok(items) => items,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let outer = self.bindings.len();
        for item in items {
            if let Err(limit) = self.step(1) {
                return Ok(Err(limit));
            }
            self.bindings.push(Binding::One(Arc::clone(&first.name), item));
            let goes_on = self.iterate_over(rest, each);
            self.bindings.truncate(outer);
            match goes_on? {
                Ok(true) => {}
                other => return Ok(other),
            }
        }
        Ok(Ok(true))
    }

    /// `some` looks for true, `every` for false; what is neither makes the answer unknown.
    fn quantified(
        &mut self,
        iterators: &[Iterator],
        condition: &Node,
        wanted: bool,
    ) -> Result<Answer, Failure> {
        let mut answer = Value::Boolean(!wanted);
        let outcome = self.iterate(iterators, &mut |evaluation| {
            match evaluation.node(condition)? {
                Value::Boolean(truth) if truth == wanted => {
                    answer = Value::Boolean(wanted);
                    return Ok(false);
                }
                Value::Boolean(_) => {}
                _ => answer = Value::Null,
            }
            Ok(true)
        })?;
        Ok(outcome.map(|()| answer))
    }

    /// `list[2]` is an item, `list[item > 2]` a list.
    fn filter(&mut self, list: Value, filter: &Node) -> Result<Answer, Failure> {
        let items = match list {
            Value::List(items) => items,
            Value::Null => Arc::new(Vec::new()),
            other => Arc::new(vec![other]),
        };
        let mut kept = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match self.with_item(item, filter)? {
                Value::Number(number) if index == 0 => return Ok(nth(&items, number)),
                Value::Boolean(true) => kept.push(item.clone()),
                _ => {}
            }
        }
        if items.is_empty()
            && let Value::Number(_) = self.node(filter)?
        {
            return Ok(null("the list has no such item"));
        }
        Ok(Ok(Value::list(kept)))
    }

    fn with_item(&mut self, item: &Value, filter: &Node) -> Result<Value, Failure> {
        let outer = self.bindings.len();
        if let Value::Context(entries) = item {
            self.bindings.push(Binding::All(Arc::clone(entries)));
        }
        let names_it = matches!(item, Value::Context(entries) if entries.contains_key("item"));
        if !names_it {
            self.bindings.push(Binding::One("item".into(), item.clone()));
        }
        let value = self.node(filter);
        self.bindings.truncate(outer);
        value
    }

    fn callee(&mut self, node: &Node) -> Result<Function, Failure> {
        // A variable may bear the name of a built-in function without hiding it.
        let named = match &node.form {
            Form::Name(name) => function::find(name).map(|found| (name, found)),
            _ => None,
        };
        match self.node(node)? {
            Value::Function(function) => Ok(function),
            _ if named.is_some_and(|(name, _)| self.is_bound(name)) => {
                Ok(Function::BuiltIn(named.map_or(function::NOTHING, |(_, found)| found)))
            }
            _ => {
                let message = match &node.form {
                    Form::Name(name) => format!("there is no function `{name}`"),
                    _ => "this is no function".to_owned(),
                };
                self.remarks.retain(|remark| remark.offset != node.offset);
                self.or_null(null(message), node.offset)?;
                Ok(Function::BuiltIn(function::NOTHING))
            }
        }
    }

    /// Calls a function.
    pub(super) fn call(&mut self, function: Function, arguments: Vec<Value>) -> Result<Answer, Failure> {
        match function {
            Function::BuiltIn(built_in) => {
                let cost = arguments.iter().map(Value::size).fold(1, usize::saturating_add);
                if let Err(limit) = self.step(cost) {
                    return Ok(Err(limit));
                }
                Ok(function::call(self, built_in, &arguments))
            }
            Function::Defined(defined, visible) => {
                if defined.parameters.len() != arguments.len() {
                    let wanted = defined.parameters.len();
                    return Ok(null(format!(
                        "the function takes {wanted} arguments, not {}",
                        arguments.len()
                    )));
                }
                if let Err(limit) = self.step(visible.len()) {
                    return Ok(Err(limit));
                }
                let mut bindings = Vec::clone(&visible);
                let parameters = defined.parameters.iter().cloned().zip(arguments);
                bindings.extend(parameters.map(|(name, value)| Binding::One(name, value)));
                let outer = std::mem::replace(&mut self.bindings, bindings);
                let value = self.node(&defined.body);
                self.bindings = outer;
                value.map(Ok)
            }
        }
    }

    /// Counts work that was or will be done.
    pub(super) fn step(&mut self, steps: usize) -> Result<(), Wrong> {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                Ok(())
            }
            None => Err(Wrong::Limit(format!("it takes more than {EVALUATION_STEPS_MAX} steps"))),
        }
    }

    /// Counts a text that was built.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Wrong> {
        if bytes > EVALUATION_TEXT_BYTES_MAX {
            return Err(Wrong::Limit(format!("a text grows beyond {EVALUATION_TEXT_BYTES_MAX} bytes")));
        }
        self.step(bytes)
    }
}

/// The item at a position that counts from 1, or from the end if it is negative.
fn nth(items: &[Value], position: Decimal) -> Answer {
    let missing = || null("the list has no such item");
    let Some(position) = position.is_integer().then(|| position.to_i64()).flatten() else { return missing() };
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let index = if position > 0 { position - 1 } else { length.saturating_add(position) };
    let found = usize::try_from(index).ok().filter(|_| position != 0).and_then(|index| items.get(index));
    found.map_or_else(missing, |item| Ok(item.clone()))
}

/// What the clock says, if there is one here.
pub(super) fn now(evaluation: &Evaluation<'_>) -> Result<temporal::DateTime, Wrong> {
    let now = evaluation.scope.now_ms().and_then(temporal::DateTime::of_epoch_ms);
    now.ok_or_else(|| Wrong::Null("there is no clock here".to_owned()))
}
