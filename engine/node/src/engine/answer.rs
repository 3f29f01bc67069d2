//! Answers a received message: walks its Task in the own mailbox to the wanted status, one legal step at a time.
//!
//! Idempotent: it reads, compares, and updates with `If-Match`. An update that was lost on the way, or made before a
//! crash, is found done.

use std::sync::Arc;

use serde_json::Value;
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_core::message::MessageStatus;
use tessera_fhir::task::{self, Status};

use crate::backoff::Backoff;
use crate::engine::link::{MailboxLink, Updated};
use crate::limits::ANSWER_STEPS_MAX;

/// What the Task should be in the end.
#[derive(Debug)]
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

/// Answers through the mailbox link.
#[derive(Debug)]
pub struct Answerer {
    /// The own mailbox.
    pub link: MailboxLink,
    /// Between attempts when the mailbox is away.
    pub backoff: Backoff,
}

/// What to do next with a Task in some status.
enum Step {
    Done,
    Refused(String),
    Update(Value),
}

impl Answerer {
    /// Brings `reference` (`Task/<id>`) to the goal. Waits as long as the own mailbox is away.
    pub async fn answer(&self, effect: &EffectId, reference: &str, goal: &Goal) -> Outcome {
        let mut attempts = self.backoff.attempts();
        let mut steps = 0;
        loop {
            steps += 1;
            match self.step(reference, goal).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) if steps % ANSWER_STEPS_MAX == 0 => attempts.wait().await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%effect, task = reference, %error, "the own mailbox is away; answering again later");
                    attempts.wait().await;
                }
            }
        }
    }

    /// One read and at most one update. `None`: not there yet.
    async fn step(
        &self,
        reference: &str,
        goal: &Goal,
    ) -> Result<Option<Outcome>, crate::engine::link::LinkError> {
        let Some((current, version)) = self.link.read(reference).await? else {
            return Ok(Some(Outcome::AnswerRefused { reason: format!("{reference} is not in the mailbox") }));
        };
        let status = current.get("status").and_then(Value::as_str).and_then(Status::parse);
        let next = match next_step(current, status, goal) {
            Step::Done => return Ok(Some(Outcome::Done)),
            Step::Refused(reason) => return Ok(Some(Outcome::AnswerRefused { reason })),
            Step::Update(next) => next,
        };
        match self.link.update(reference, &next, version).await? {
            Updated::Done | Updated::Conflict => Ok(None),
            Updated::Refused(reason) => Ok(Some(Outcome::AnswerRefused { reason })),
        }
    }
}

fn next_step(current: Value, status: Option<Status>, goal: &Goal) -> Step {
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
        (Some(Status::InProgress), MessageStatus::InProgress) => Step::Done,
        (Some(Status::InProgress), MessageStatus::Completed) => {
            Step::Update(task::with_status(current, Status::Completed, &goal.outputs, None))
        }
        (Some(Status::InProgress), MessageStatus::Failed) => {
            Step::Update(task::with_status(current, Status::Failed, &goal.outputs, error))
        }
        // A terminal status is final; an `in-progress` that comes late has been overtaken.
        (Some(Status::Completed), MessageStatus::InProgress | MessageStatus::Completed)
        | (Some(Status::Failed), MessageStatus::InProgress | MessageStatus::Failed) => Step::Done,
        (status, goal) => Step::Refused(format!(
            "the Task is {} and cannot become {goal:?}",
            status.map_or("in an unknown status", Status::code)
        )),
    }
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
            let what = match next_step(task, Status::parse(status), &goal) {
                Step::Done => "done".to_owned(),
                Step::Refused(_) => "refused".to_owned(),
                Step::Update(next) => next["status"].as_str().unwrap().to_owned(),
            };
            assert_eq!(what, expected, "{status} -> {:?}", goal.status);
        }
    }
}
