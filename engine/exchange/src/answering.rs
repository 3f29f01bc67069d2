//! Answering a received message: its Task in the own mailbox is walked to the wanted status, one legal step at a time.
//!
//! Idempotent: it is read, compared, and updated with `If-Match`. An update that was lost on the way, or made before a
//! crash, is found done.

use crate::delivery::is_final;
use std::sync::Arc;

use serde_json::Value;
use tessera_canary::{Canary, is_planted};
use tessera_core::effect::Outcome;
use tessera_core::message::MessageStatus;
use tessera_fhir::task::{self, Status};

/// What the Task should be in the end.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The status to reach.
    pub status: MessageStatus,
    /// Added as input on leaving `requested`.
    pub business_key: Option<Arc<str>>,
    /// Appended on reaching the goal.
    pub outputs: Vec<Value>,
    /// Text of the error output.
    pub error: Option<String>,
}

/// What to do with a Task that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Nothing more.
    Settled(Outcome),
    /// Update it to this, against the version that was read; then read again.
    Update(Value),
}

/// What became of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updated {
    /// It is stored.
    Done,
    /// Somebody was faster; read again.
    Conflict,
    /// The rules forbid it.
    Refused(String),
    /// The mailbox cannot now; read again later.
    Away(String),
}

impl Updated {
    /// What an HTTP status says.
    pub fn of(status: u16, reason: impl FnOnce() -> String) -> Self {
        match status {
            200 | 201 => Self::Done,
            409 | 412 => Self::Conflict,
            status if is_final(status) => Self::Refused(reason()),
            _ => Self::Away(reason()),
        }
    }
}

/// The next step with `reference` (`Task/<id>`), which was found or is not there.
pub fn next_step(reference: &str, found: Option<Value>, goal: &Goal) -> Step {
    let Some(current) = found else { return refused(format!("{reference} is not in the mailbox")) };
    let status = current.get("status").and_then(Value::as_str).and_then(Status::parse);
    let leave_requested = |task: Value| match &goal.business_key {
        Some(key) => task::with_business_key(task, key),
        None => task,
    };
    let error = goal.error.as_deref();
    match (status, goal.status) {
        (Some(Status::Requested), MessageStatus::InProgress | MessageStatus::Completed) => {
            Step::Update(task::with_status(leave_requested(current), Status::InProgress, &[], None))
        }
        (Some(Status::Requested), MessageStatus::Failed) => {
            Step::Update(task::with_status(leave_requested(current), Status::Failed, &goal.outputs, error))
        }
        (Some(Status::InProgress), MessageStatus::InProgress) => Step::Settled(Outcome::Done),
        (Some(Status::InProgress), MessageStatus::Completed) => {
            let outputs: &[Value] =
                if is_planted(Canary::OutputsLost) { &[] } else { goal.outputs.as_slice() };
            Step::Update(task::with_status(current, Status::Completed, outputs, None))
        }
        (Some(Status::InProgress), MessageStatus::Failed) => {
            Step::Update(task::with_status(current, Status::Failed, &goal.outputs, error))
        }
        // A terminal status is final; an `in-progress` that comes late has been overtaken.
        (Some(Status::Completed), MessageStatus::InProgress | MessageStatus::Completed)
        | (Some(Status::Failed), MessageStatus::InProgress | MessageStatus::Failed) => {
            Step::Settled(Outcome::Done)
        }
        (status, goal) => refused(format!(
            "the Task is {} and cannot become {goal:?}",
            status.map_or("in an unknown status", Status::code)
        )),
    }
}

fn refused(reason: String) -> Step {
    Step::Settled(Outcome::AnswerRefused { reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Status before, goal, and what happens: an update to a status, `done` or `refused`.
    #[test]
    fn each_status_has_one_next_step() {
        use MessageStatus::{Completed, Failed, InProgress};
        let table = [
            ("requested", InProgress, "in-progress"),
            ("requested", Completed, "in-progress"),
            ("requested", Failed, "failed"),
            ("in-progress", InProgress, "done"),
            ("in-progress", Completed, "completed"),
            ("in-progress", Failed, "failed"),
            ("completed", InProgress, "done"),
            ("completed", Completed, "done"),
            ("completed", Failed, "refused"),
            ("failed", InProgress, "done"),
            ("failed", Completed, "refused"),
            ("failed", Failed, "done"),
            ("draft", InProgress, "refused"),
            ("nonsense", Completed, "refused"),
        ];
        for (status, goal, expected) in table {
            let task = json!({ "resourceType": "Task", "status": status, "input": [] });
            let goal = Goal {
                status: goal,
                business_key: Some("key".into()),
                outputs: vec![json!({"a": 1})],
                error: None,
            };
            let what = match next_step("Task/1", Some(task), &goal) {
                Step::Settled(Outcome::Done) => "done".to_owned(),
                Step::Settled(_) => "refused".to_owned(),
                Step::Update(next) => next["status"].as_str().unwrap().to_owned(),
            };
            assert_eq!(what, expected, "{status} -> {:?}", goal.status);
        }
    }

    #[test]
    fn each_status_of_an_update_has_one_meaning() {
        let said = |status| Updated::of(status, || "as the test wants".to_owned());
        for status in [200, 201] {
            assert_eq!(said(status), Updated::Done);
        }
        for status in [409, 412] {
            assert_eq!(said(status), Updated::Conflict);
        }
        for status in [400, 403, 422] {
            assert!(matches!(said(status), Updated::Refused(_)), "{status}");
        }
        for status in [302, 408, 425, 429, 500, 503] {
            assert!(matches!(said(status), Updated::Away(_)), "{status}");
        }
    }
}
