//! Model to [`Program`]: everything resolved, indexed and checked, once, so that the engine never looks anything up by
//! name that the model already decides. What is accepted is executed; what cannot be executed yet is refused, with its
//! position, and all problems are reported at once.
//!
//! The way: `graph` turns flow elements into program elements (`event` and `activity` say what they are, `extension` reads
//! the dialects), resolves flows, and `check` looks at the finished graph.

mod activity;
mod call;
mod check;
mod compensation;
mod data;
mod event;
mod extension;
mod graph;
mod human;
mod language;
mod links;
mod program;
mod reference;
mod rules;
mod script;
mod starts;
mod time;
mod vocabulary;
mod ways;

pub(crate) use time::check as literal_timer;

pub use program::{
    AdHoc, Assignment, Binding, Call, Changes, Condition, Element, ElementIndex, ErrorTrigger,
    EscalationTrigger, Field, Flow, FlowIndex, Kind, Listener, ListenerEvent, Mapping, MappingValue,
    MessageTrigger, MultiInstance, Passed, Passing, Program, RetryCycle, Rules, RulesResult, Scope, Send,
    StandardLoop, Throw, Timer, TimerKind, Trigger, Work,
};

pub use ways::Over;

use crate::decision::Decisions;
use crate::diagnostic::{Diagnostic, Findings, Position, Severity, codes};
use crate::model::{Definitions, Process};

/// A process, and everything that was found on the way to its program.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// The program; `None` if there are errors.
    pub program: Option<Program>,
    /// Errors and warnings, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles one process of a model. Warnings are only in [`examine`].
pub fn compile(definitions: &Definitions, process_id: &str) -> Result<Program, Vec<Diagnostic>> {
    let Examination { program, diagnostics } = examine(definitions, process_id);
    program.ok_or(diagnostics)
}

/// Compiles one process of a model and tells everything that was found, warnings included.
pub fn examine(definitions: &Definitions, process_id: &str) -> Examination {
    examine_with(definitions, process_id, &Decisions::default())
}

/// The same, where business rule tasks find the decisions that stand beside the model. A process keeps to the decisions
/// that it was compiled with.
pub fn examine_with(definitions: &Definitions, process_id: &str, decisions: &Decisions) -> Examination {
    let mut findings = Findings::default();
    let process = definitions.processes().find(|process| process.id.as_deref() == Some(process_id));
    let program = if let Some(process) = process {
        graph::program(definitions, process, process_id, decisions, &mut findings)
    } else {
        let known: Vec<_> = definitions.processes().filter_map(|process| process.id.as_deref()).collect();
        let message = format!("there is no process `{process_id}`");
        let help = format!("the processes of this file are: {}", known.join(", "));
        findings.add(Diagnostic::error(codes::UNKNOWN_PROCESS, message, Position::START).help(help));
        None
    };
    Examination { program: program.filter(|_| !findings.has_errors()), diagnostics: findings.into_sorted() }
}

/// The shape of a process, executable or not: its elements and flows, with whatever else in them could not be used left out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outline {
    pub(crate) program: Program,
    /// Flows that have a condition, understood or not.
    pub(crate) conditional: std::collections::BTreeSet<FlowIndex>,
    pub(crate) is_executable: bool,
}

/// The shape of a process; `None` if it has elements without ids, or flows or events whose place is not known.
pub(crate) fn outline(definitions: &Definitions, process: &Process, id: &str) -> Option<Outline> {
    let mut findings = Findings::default();
    let decisions = Decisions::default();
    let outline = graph::outline(definitions, process, id, &decisions, &mut findings);
    let misshapes = [
        codes::LIMIT,
        codes::DUPLICATE_ID,
        codes::MISSING_ID,
        codes::FLOW_SOURCE,
        codes::FLOW_TARGET,
        codes::DEFAULT_FLOW,
        codes::ATTACHED_TO,
        codes::LINK,
        codes::INCOMING_FLOW,
        codes::OUTGOING_FLOW,
        codes::EVENT_BASED_GATEWAY,
        codes::TRANSACTION,
    ];
    let found = findings.into_sorted();
    let is_misshapen =
        found.iter().any(|found| found.severity == Severity::Error && misshapes.contains(&found.code));
    (!is_misshapen && found.len() < crate::limits::DIAGNOSTICS_MAX).then_some(outline)
}

/// The ids of the processes that are marked as executable, in document order.
pub fn executable(definitions: &Definitions) -> Vec<&str> {
    let executable = definitions.processes().filter(|process| process.is_executable == Some(true));
    executable.filter_map(|process| process.id.as_deref()).collect()
}
