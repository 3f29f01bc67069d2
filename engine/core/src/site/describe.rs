//! Instances as an operator sees them.

use std::collections::BTreeSet;

use tessera_bpmn::compile::Program;

use crate::driver::{Explanation, IncidentView, JournalEntry, Move, Place, Row, Shown, State};
use crate::identity::Timestamp;
use crate::instance::{self, Ending, Fact, Instance, Status};
use crate::site::records::Step;

/// The line of a list.
pub(crate) fn row(instance: &Instance) -> Row {
    let mut at = BTreeSet::new();
    at.extend(instance.waits().map(|(_, wait)| wait.element.clone()));
    at.extend(instance.incidents().map(|incident| incident.element.clone()));
    for activation in instance.activations() {
        if activation.state != instance::State::Holding {
            at.insert(activation.element.clone());
        }
    }
    Row {
        instance: instance.id().clone(),
        process_id: instance.definition().process_id.clone(),
        version: instance.definition().version.clone(),
        business_key: instance.business_key().clone(),
        state: state(instance.status()),
        started_at: instance.started_at(),
        ended_at: instance.ended_at(),
        at: at.into_iter().collect(),
        incidents: instance.incidents().count(),
        suspended: instance.is_suspended(),
        caller: instance.caller().map(|caller| caller.instance.clone()),
    }
}

/// Everything about one instance.
pub(crate) fn shown(instance: &Instance, steps: u64, program: Option<&Program>, now: Timestamp) -> Shown {
    Shown {
        row: row(instance),
        definition_digest: instance.definition().digest.clone(),
        steps,
        variables: instance.variables().map(|(name, value)| (name.clone(), value.clone())).collect(),
        places: instance.activations().map(|activation| place(instance, activation, program, now)).collect(),
        waits: instance.waits().map(|(key, wait)| (key, wait.clone())).collect(),
        explanation: explanation(instance, program, now),
    }
}

fn place(
    instance: &Instance,
    activation: instance::Activation<'_>,
    program: Option<&Program>,
    now: Timestamp,
) -> Place {
    let mut variables = activation.variables.clone();
    if let Some(program) = program {
        for (name, counter) in instance.counters(program, activation.key, now) {
            variables.entry(name).or_insert(counter);
        }
    }
    Place {
        node: activation.key,
        parent: activation.parent,
        element: activation.element.clone(),
        role: activation.role,
        state: activation.state,
        variables,
    }
}

/// Why it does not move.
pub(crate) fn explanation(instance: &Instance, program: Option<&Program>, now: Timestamp) -> Explanation {
    Explanation {
        lines: instance::explain(instance, program, now).lines,
        incidents: instance
            .incidents()
            .map(|incident| IncidentView {
                incident: incident.key,
                code: incident.code.clone(),
                element: incident.element.clone(),
                message: incident.message.clone(),
                evidence: incident.evidence.clone(),
                since: incident.since,
            })
            .collect(),
    }
}

/// One step of the history.
pub(crate) fn journal_entry(step: u64, recorded: &Step) -> JournalEntry {
    JournalEntry {
        step,
        at: recorded.at,
        cause: recorded.cause.clone(),
        facts: recorded.facts.iter().map(|fact| format!("{fact:?}")).collect(),
        moves: recorded.facts.iter().filter_map(moved).collect(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave the instance where it stands")]
fn moved(fact: &Fact) -> Option<Move> {
    match fact {
        Fact::NodeEntered { node, parent, element, role, by, .. } => Some(Move::Entered {
            node: *node,
            parent: *parent,
            element: element.clone(),
            role: *role,
            by: by.clone(),
        }),
        Fact::NodeLeft { node, ending: Ending::Completed } => Some(Move::Completed { node: *node }),
        Fact::NodeLeft { node, ending: Ending::NeverBegun } => Some(Move::Withdrawn { node: *node }),
        Fact::NodeLeft { node, ending: Ending::Cancelled } => Some(Move::Cancelled { node: *node }),
        _ => None,
    }
}

fn state(status: Status) -> State {
    match status {
        Status::Empty | Status::Running => State::Running,
        Status::Completed => State::Completed,
        Status::Failed => State::Failed,
        Status::Cancelled => State::Cancelled,
    }
}
