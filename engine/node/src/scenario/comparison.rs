//! Expected against actual: every assertion that does not hold becomes a [`Difference`] that shows both.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::history::Counts;
use super::messages::{Messages, Received, Sent};
use super::observation::Observation;
use super::schema::{AnsweredMessage, Expectation, Final, Incidents, SentMessage, Variables};
use super::world::World;

/// One assertion that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which assertion.
    pub of: String,
    /// What the scenario says.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// Collects differences.
#[derive(Debug, Default)]
struct Comparison {
    differences: Vec<Difference>,
}

impl Comparison {
    fn check(&mut self, of: impl Into<String>, holds: bool, expected: &dyn ToString, actual: &dyn ToString) {
        if !holds {
            let (expected, actual) = (expected.to_string(), actual.to_string());
            self.differences.push(Difference { of: of.into(), expected, actual });
        }
    }

    /// The same things, each as often.
    fn bag(&mut self, of: &str, expected: Option<&Vec<String>>, actual: &[String]) {
        let Some(expected) = expected else { return };
        let mut expected = expected.clone();
        expected.sort();
        self.check(of, expected == actual, &list(&expected), &list(actual));
    }

    /// The same messages, each as often; what is not said about one is not compared.
    fn messages<'m, M: ToString + 'm, E: Expected<M>>(
        &mut self,
        of: &str,
        expected: Option<&[E]>,
        actual: impl Iterator<Item = &'m M> + Clone,
    ) {
        let Some(expected) = expected else { return };
        let mut left: Vec<&M> = actual.clone().collect();
        let all = expected.iter().all(|wanted| {
            let found = left.iter().position(|message| wanted.is(message));
            found.map(|found| left.swap_remove(found)).is_some()
        });
        let wanted: Vec<_> = expected.iter().map(Expected::text).collect();
        let found: Vec<_> = actual.map(ToString::to_string).collect();
        self.check(of, all && left.is_empty(), &list(&wanted), &list(&found));
    }

    /// The counts that are named; `total` also refuses what is not named.
    fn counts(&mut self, of: &str, expected: Option<&Counts>, actual: &Counts, total: bool) {
        for (name, expected) in expected.into_iter().flatten() {
            let actual = actual.get(name).copied().unwrap_or_default();
            self.check(format!("{of}: {name}"), *expected == actual, expected, &actual);
        }
        let Some(expected) = expected.filter(|_| total) else { return };
        for (name, actual) in actual.iter().filter(|(name, _)| !expected.contains_key(*name)) {
            self.check(format!("{of}: {name}"), *actual == 0, &0, actual);
        }
    }
}

/// A message as a scenario expects it.
trait Expected<M> {
    fn is(&self, message: &M) -> bool;
    fn text(&self) -> String;
}

/// Compares what is now.
pub fn expectation(expected: &Expectation, observed: &Observation, world: &World) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    comparison.bag("waiting", expected.waiting.as_ref(), &observed.waiting(world));
    comparison.bag("joining", expected.joining.as_ref(), &observed.joining());
    comparison.bag("async", expected.continuations.as_ref(), &observed.pending(world));
    if let Some(ended) = expected.ended {
        let actual = observed.running().next().is_none();
        comparison.check("ended", ended == actual, &ended, &actual);
    }
    comparison.counts("instances", expected.instances.as_ref(), &observed.by_process(true), false);
    comparison.counts("finished", expected.finished.as_ref(), &observed.by_process(false), false);
    let variables = observed.first().map(|seen| &seen.shown.variables);
    for (name, expected) in expected.vars.iter().flatten() {
        let actual = variables.and_then(|variables| variables.get(name.as_str()));
        let holds = actual.is_some_and(|actual| same(expected, actual));
        let actual = actual.map_or_else(|| "not set".to_owned(), ToString::to_string);
        comparison.check(format!("vars: {name}"), holds, expected, &actual);
    }
    for name in expected.absent_vars.iter().flatten() {
        let actual = variables.and_then(|variables| variables.get(name.as_str()));
        let value = actual.map(ToString::to_string).unwrap_or_default();
        comparison.check(format!("vars: {name}"), actual.is_none(), &"not set", &value);
    }
    let completed = observed.activity(world).completed;
    comparison.counts("completed", expected.completed.as_ref(), &completed, false);
    let cancelled = observed.sum(|history| history.cancelled.clone());
    comparison.counts("canceled", expected.canceled.as_ref(), &cancelled, false);
    if let Some(incidents) = &expected.incidents {
        let mut at: Vec<String> = observed
            .running()
            .flat_map(|seen| &seen.shown.explanation.incidents)
            .map(|incident| incident.element.to_string())
            .collect();
        at.sort();
        match incidents {
            Incidents::Count(count) => comparison.check("incidents", *count == at.len(), count, &list(&at)),
            Incidents::At(elements) => comparison.bag("incidents", Some(elements), &at),
        }
    }
    let Messages { sent, received } = world.messages();
    comparison.messages("sent", expected.sent.as_deref(), sent.values());
    comparison.messages("answered", expected.answered.as_deref(), received.values());
    comparison.differences
}

impl Expected<Sent> for SentMessage {
    fn is(&self, sent: &Sent) -> bool {
        self.message == sent.message
            && self.to.as_ref().is_none_or(|to| *to == sent.to)
            && self.inputs.iter().all(|(code, expected)| holds(expected, sent.inputs.get(code)))
    }

    fn text(&self) -> String {
        format!("{} to {}{}", self.message, self.to.as_deref().unwrap_or("anybody"), named(&self.inputs))
    }
}

impl Expected<Received> for AnsweredMessage {
    fn is(&self, received: &Received) -> bool {
        self.message == received.message
            && self.status.as_ref().is_none_or(|status| *status == received.status())
            && self.outputs.iter().all(|(code, expected)| holds(expected, received.outputs.get(code)))
    }

    fn text(&self) -> String {
        let status = self.status.as_deref().unwrap_or("anyhow");
        format!("{} {status}{}", self.message, named(&self.outputs))
    }
}

/// Whether these are the values of a parameter: one, or several in any order.
fn holds(expected: &Value, actual: Option<&Vec<Value>>) -> bool {
    let expected = expected.as_array().map_or_else(|| std::slice::from_ref(expected), Vec::as_slice);
    let mut left: Vec<&Value> = actual.into_iter().flatten().collect();
    let all = expected.iter().all(|wanted| {
        let found = left.iter().position(|value| same(wanted, value));
        found.map(|found| left.swap_remove(found)).is_some()
    });
    all && left.is_empty()
}

fn named(parameters: &Variables) -> String {
    let shown: Vec<_> = parameters.iter().map(|(code, value)| format!(" {code}={value}")).collect();
    shown.concat()
}

/// Compares what is in the end.
pub fn outcome(expected: &Final, observed: &Observation, world: &World) -> Vec<Difference> {
    let mut comparison = Comparison::default();
    let cancelled = observed.sum(|history| history.cancelled.clone());
    let super::observation::Activity { active, completed } = observed.activity(world);
    comparison.counts("final completed", expected.completed.as_ref(), &completed, true);
    comparison.counts("final canceled", expected.canceled.as_ref(), &cancelled, true);
    comparison.counts("final active", expected.active.as_ref(), &active, true);
    if let Some(expected) = &expected.instances {
        let mut expected: Vec<_> = expected.iter().map(|state| state_of(state)).collect();
        expected.sort();
        let actual = observed.states();
        let mut plain: Vec<_> = actual.clone();
        // Where a scenario does not say which element was the last, any may be.
        if expected.iter().all(|state| !state.contains(" end=")) {
            for state in &mut plain {
                state.truncate(state.find(" end=").unwrap_or(state.len()));
            }
            plain.sort();
        }
        comparison.check("final instances", expected == plain, &list(&expected), &list(&actual));
    }
    comparison.differences
}

/// Who ended an instance is not told apart.
fn state_of(written: &str) -> String {
    written.replace("INTERNALLY_TERMINATED", "TERMINATED").replace("EXTERNALLY_TERMINATED", "TERMINATED")
}

/// Numbers are equal by value: a model computes with 1 and a scenario may write 1.0.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        _ => expected == actual,
    }
}

fn list(items: &[String]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let written = counts.iter().map(|(item, count)| match count {
        1 => (*item).to_owned(),
        _ => format!("{count} x {item}"),
    });
    format!("[{}]", written.collect::<Vec<_>>().join(", "))
}
