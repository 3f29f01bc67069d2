//! Decision tables: which rules hold, and what the hit policy makes of their outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{DecisionError, Outcome};
use crate::expression::{EvaluationError, Expression, Scope};

/// A decision table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) policy: HitPolicy,
    pub(super) outputs: Vec<Output>,
    pub(super) rules: Vec<Rule>,
}

/// A column of results.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Output {
    pub(super) name: String,
    /// The values that it may have, the most important first.
    pub(super) values: Vec<Value>,
    /// Its value if no rule holds.
    pub(super) default: Option<Expression>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    /// A condition for each input.
    pub(super) tests: Vec<Expression>,
    /// A value for each output.
    pub(super) entries: Vec<Expression>,
}

/// What is made of the rules that hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HitPolicy {
    Unique,
    First,
    Any,
    Priority,
    RuleOrder,
    OutputOrder,
    Collect(Aggregation),
}

/// What is made of collected values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregation {
    List,
    Sum,
    Minimum,
    Maximum,
    Count,
}

impl HitPolicy {
    /// By the name that a file gives it.
    pub(super) fn named(policy: &str, aggregation: Option<&str>) -> Option<Self> {
        Some(match (policy, aggregation) {
            ("UNIQUE", None) => Self::Unique,
            ("FIRST", None) => Self::First,
            ("ANY", None) => Self::Any,
            ("PRIORITY", None) => Self::Priority,
            ("RULE ORDER", None) => Self::RuleOrder,
            ("OUTPUT ORDER", None) => Self::OutputOrder,
            ("COLLECT", None) => Self::Collect(Aggregation::List),
            ("COLLECT", Some("SUM")) => Self::Collect(Aggregation::Sum),
            ("COLLECT", Some("MIN")) => Self::Collect(Aggregation::Minimum),
            ("COLLECT", Some("MAX")) => Self::Collect(Aggregation::Maximum),
            ("COLLECT", Some("COUNT")) => Self::Collect(Aggregation::Count),
            _ => return None,
        })
    }
}

impl Table {
    pub(super) fn decide(&self, id: &Arc<str>, scope: &dyn Scope) -> Result<Outcome, DecisionError> {
        let wrong = |source| DecisionError::Evaluation { decision: id.clone(), source };
        let mut holding = Vec::new();
        for (number, rule) in self.rules.iter().enumerate() {
            if rule.holds(scope).map_err(wrong)? {
                holding.push(number);
                if self.policy == HitPolicy::First {
                    break;
                }
            }
        }
        let mut rows = Vec::with_capacity(holding.len());
        for rule in holding.iter().filter_map(|number| self.rules.get(*number)) {
            rows.push(self.row(rule, scope).map_err(wrong)?);
        }
        let forbidden = |policy| DecisionError::HitPolicy {
            decision: id.clone(),
            policy,
            rules: holding.iter().map(|number| number.saturating_add(1)).collect(),
        };
        match self.policy {
            HitPolicy::Unique if rows.len() > 1 => return Err(forbidden("UNIQUE")),
            HitPolicy::Any if rows.windows(2).any(|pair| matches!(pair, [a, b] if a != b)) => {
                return Err(forbidden("ANY"));
            }
            HitPolicy::Priority | HitPolicy::OutputOrder => rows.sort_by_key(|row| self.rank(row)),
            HitPolicy::Unique
            | HitPolicy::Any
            | HitPolicy::First
            | HitPolicy::RuleOrder
            | HitPolicy::Collect(_) => {}
        }
        if rows.is_empty() {
            rows.extend(self.default_row(scope).map_err(wrong)?);
        }
        let value = match self.policy {
            HitPolicy::Unique | HitPolicy::First | HitPolicy::Any | HitPolicy::Priority => {
                rows.truncate(1);
                rows.first().map(|row| self.value_of(row)).unwrap_or_default()
            }
            HitPolicy::RuleOrder | HitPolicy::OutputOrder => {
                rows.iter().map(|row| self.value_of(row)).collect()
            }
            HitPolicy::Collect(aggregation) => {
                let values: Value = rows.iter().map(|row| self.value_of(row)).collect();
                let value = aggregated(aggregation, values).map_err(wrong)?;
                if aggregation != Aggregation::List {
                    let name = self.outputs.first().map(|output| output.name.clone()).unwrap_or_default();
                    rows = vec![Map::from_iter([(name, value.clone())])];
                }
                value
            }
        };
        Ok(Outcome { value, rows })
    }

    fn row(&self, rule: &Rule, scope: &dyn Scope) -> Result<Map<String, Value>, EvaluationError> {
        let values = self.outputs.iter().zip(&rule.entries);
        values.map(|(output, entry)| Ok((output.name.clone(), entry.evaluate(scope)?))).collect()
    }

    /// What holds if no rule does; nothing if the table does not say it.
    fn default_row(&self, scope: &dyn Scope) -> Result<Option<Map<String, Value>>, EvaluationError> {
        if self.outputs.iter().all(|output| output.default.is_none()) {
            return Ok(None);
        }
        let mut row = Map::new();
        for output in &self.outputs {
            let value = output.default.as_ref().map(|default| default.evaluate(scope)).transpose()?;
            row.insert(output.name.clone(), value.unwrap_or_default());
        }
        Ok(Some(row))
    }

    /// One output is its value, several are a map.
    fn value_of(&self, row: &Map<String, Value>) -> Value {
        match self.outputs.as_slice() {
            [output] => row.get(&output.name).cloned().unwrap_or_default(),
            _ => Value::Object(row.clone()),
        }
    }

    /// Where the outputs of a row stand among the values that they may have; what is not listed comes last.
    fn rank(&self, row: &Map<String, Value>) -> Vec<usize> {
        let rank = |output: &Output| {
            let value = row.get(&output.name);
            output.values.iter().position(|listed| Some(listed) == value).unwrap_or(usize::MAX)
        };
        self.outputs.iter().map(rank).collect()
    }
}

impl Rule {
    /// A test that has no value does not hold.
    fn holds(&self, scope: &dyn Scope) -> Result<bool, EvaluationError> {
        for test in &self.tests {
            if test.evaluate(scope)? != Value::Bool(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn aggregated(aggregation: Aggregation, values: Value) -> Result<Value, EvaluationError> {
    let function = match aggregation {
        Aggregation::List => return Ok(values),
        Aggregation::Sum => "= sum(collected)",
        Aggregation::Minimum => "= min(collected)",
        Aggregation::Maximum => "= max(collected)",
        Aggregation::Count => "= count(collected)",
    };
    let position = crate::diagnostic::Position::START;
    let function = Expression::parse(function, position)
        .map_err(|wrong| EvaluationError { message: wrong.message, position: wrong.position })?;
    function.evaluate(&BTreeMap::from([("collected".to_owned(), values)]))
}
