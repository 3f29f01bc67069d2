//! Decisions: DMN as far as business rule tasks use it. Decision tables with every hit policy and literal expressions, in
//! FEEL, over decisions that they require. What else DMN has (contexts, invocations, business knowledge models) is refused
//! when a file is read, with its position. Deciding is pure, total and bounded, as evaluation is.
//!
//! Start reading at [`Decisions::read`] and [`Decision::decide`].

mod read;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::diagnostic::Diagnostic;
use crate::expression::{EvaluationError, Expression, Scope};
use table::Table;

/// The decisions of some files, by id.
///
/// ```
/// use std::collections::BTreeMap;
/// use serde_json::json;
/// use tessera_bpmn::decision::Decisions;
///
/// let file = br#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="dish"><decisionTable>
///     <input><inputExpression><text>guests</text></inputExpression></input><output name="dish"/>
///     <rule><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>"steak"</text></outputEntry></rule>
///     <rule><inputEntry><text>>= 5</text></inputEntry><outputEntry><text>"stew"</text></outputEntry></rule>
///   </decisionTable></decision></definitions>"#;
/// let decisions = Decisions::read(file).unwrap();
/// let guests = BTreeMap::from([("guests".to_owned(), json!(8))]);
/// assert_eq!(decisions.find("dish").unwrap().decide(&guests).unwrap().value, json!("stew"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decisions {
    by_id: BTreeMap<Arc<str>, Arc<Decision>>,
}

impl Decisions {
    /// Reads a DMN file. Refused are files with anything in a decision that is not decided here.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Diagnostic>> {
        read::decisions(bytes).map(|by_id| Self { by_id })
    }

    /// Adds those of another file, in place of those with the same ids.
    pub fn extend(&mut self, others: Self) {
        self.by_id.extend(others.by_id);
    }

    /// The decision with an id.
    pub fn find(&self, id: &str) -> Option<&Arc<Decision>> {
        self.by_id.get(id)
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(AsRef::as_ref)
    }
}

/// Whether a file is named as one that holds decisions.
pub fn is_file_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("dmn"))
}

/// One decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its id.
    pub id: Arc<str>,
    /// What decisions that require it call its value.
    variable: Arc<str>,
    /// Decided before it; none requires it.
    requires: Vec<Arc<Self>>,
    logic: Logic,
}

#[derive(Debug, Clone, PartialEq)]
enum Logic {
    Table(Box<Table>),
    Literal(Expression),
}

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// As DMN has it: a value, a map if the table has several outputs, or a list if its hit policy yields one.
    pub value: Value,
    /// The outputs of each rule that counts, by their names.
    pub rows: Vec<Map<String, Value>>,
}

/// Why nothing was decided.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DecisionError {
    /// A part of it has no value.
    #[error("decision `{decision}`: {source}")]
    Evaluation {
        /// The decision.
        decision: Arc<str>,
        /// The part, and why.
        source: EvaluationError,
    },
    /// More rules hold than its hit policy allows.
    #[error(
        "decision `{decision}`: rules {} hold together, which its hit policy {policy} forbids",
        numbers(rules)
    )]
    HitPolicy {
        /// The decision.
        decision: Arc<str>,
        /// The policy.
        policy: &'static str,
        /// The rules, from 1.
        rules: Vec<usize>,
    },
}

fn numbers(rules: &[usize]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

impl Decision {
    /// Decides over what a scope shows. Decisions that are required come first, each once.
    pub fn decide(&self, scope: &dyn Scope) -> Result<Outcome, DecisionError> {
        self.within(scope, &mut BTreeMap::new())
    }

    /// The depth of the recursion is that of the requirements, which the reader bounds.
    fn within(
        &self,
        scope: &dyn Scope,
        decided: &mut BTreeMap<Arc<str>, Value>,
    ) -> Result<Outcome, DecisionError> {
        let mut values = BTreeMap::new();
        for required in &self.requires {
            let value = match decided.get(&required.id) {
                Some(value) => value.clone(),
                None => required.within(scope, decided)?.value,
            };
            decided.insert(required.id.clone(), value.clone());
            values.insert(required.variable.clone(), value);
        }
        let seen = Requirements { values, outer: scope };
        match &self.logic {
            Logic::Table(table) => table.decide(&self.id, &seen),
            Logic::Literal(expression) => {
                let value = expression.evaluate(&seen).map_err(|source| self.wrong(source))?;
                let row = Map::from_iter([(self.variable.to_string(), value.clone())]);
                Ok(Outcome { value, rows: vec![row] })
            }
        }
    }

    fn wrong(&self, source: EvaluationError) -> DecisionError {
        DecisionError::Evaluation { decision: self.id.clone(), source }
    }
}

/// The values of required decisions, in front of everything else.
struct Requirements<'a> {
    values: BTreeMap<Arc<str>, Value>,
    outer: &'a dyn Scope,
}

impl Scope for Requirements<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        self.values.get(name).or_else(|| self.outer.variable(name))
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        self.outer.local_variable(name)
    }

    fn around(&self) -> Option<&dyn Scope> {
        Some(self.outer)
    }
}

#[cfg(test)]
mod tests;
