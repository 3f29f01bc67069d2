//! The invariants of one mailbox: who may leave a Task, which way it goes, how often it is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use tessera_exchange::delivery::MESSAGE_IDENTIFIER;
use tessera_fhir::resource;
use tessera_fhir::task::Message;
use tessera_mailbox::inspect;
use tessera_store::Write;

use super::{Checked, Invariant, Violation, ensure, violated};

/// The life of a Task, written down a second time.
const WAYS: &[(&str, &str)] = &[
    ("requested", "in-progress"),
    ("requested", "failed"),
    ("in-progress", "completed"),
    ("in-progress", "failed"),
];

/// A Task in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskState {
    /// Its last version.
    pub version: u64,
    /// Its status.
    pub status: String,
    /// Identity of its message.
    pub identity: Option<String>,
    /// Its conversation.
    pub business_key: String,
    /// Who sent it.
    pub requester: String,
    /// Whether somebody sent it who may.
    pub permitted: bool,
}

impl TaskState {
    /// Whether it will not change any more.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "failed")
    }
}

/// All Tasks of a mailbox.
#[derive(Debug, Default)]
pub struct Tasks {
    by_id: BTreeMap<String, TaskState>,
    /// Identities of messages that somebody sent here who may.
    permitted: BTreeSet<String>,
}

/// The identity that makes a message count once.
pub fn identity(task: &Value) -> Option<String> {
    resource::sole_identifier(task, MESSAGE_IDENTIFIER).map(str::to_owned)
}

impl Tasks {
    /// Somebody who may sends this message.
    pub fn permit(&mut self, identity: String) {
        self.permitted.insert(identity);
    }

    /// A batch has landed. The ids of the Tasks that are at their end by it.
    pub fn landed(&mut self, writes: &[Write]) -> Result<Vec<String>, Violation> {
        let mut ended = Vec::new();
        for write in writes {
            let Some(value) = write.value() else { continue };
            let Some(version) = inspect::read("Task", write.key(), value) else { continue };
            let id = version.id.clone();
            self.version(version)?;
            if self.by_id.get(&id).is_some_and(TaskState::has_ended) {
                ended.push(id);
            }
        }
        Ok(ended)
    }

    fn version(&mut self, landed: inspect::Version) -> Checked {
        let inspect::Version { id, version, resource, .. } = landed;
        let message = Message::parse(&resource).map_err(|error| {
            violated(Invariant::Authorisation, format!("Task/{id} is no message: {error}"))
        })?;
        let status = message.status.code().to_owned();
        let identity = identity(&resource);
        match self.by_id.get_mut(&id) {
            None => {
                ensure(version == 1 && status == "requested", Invariant::TaskStatus, || {
                    format!("Task/{id} begins as {status}, version {version}")
                })?;
                let known = identity.as_ref().is_some_and(|identity| self.permitted.contains(identity));
                ensure(known, Invariant::Authorisation, || {
                    format!("Task/{id} was left by {}, who may not: {identity:?}", message.requester.value)
                })?;
                let same = self.by_id.iter().find(|(_, task)| task.identity == identity);
                ensure(same.is_none(), Invariant::OneConsequence, || {
                    format!(
                        "message {identity:?} is in the mailbox twice: as Task/{id} and {:?}",
                        same.map(|(id, _)| id)
                    )
                })?;
                // An alternative key names its conversation before the mark.
                let key = message.business_key.unwrap_or_default();
                let business_key = key.split('#').next().unwrap_or_default().to_owned();
                let requester = message.requester.value;
                let task = TaskState { version, status, identity, business_key, requester, permitted: known };
                self.by_id.insert(id, task);
            }
            Some(task) => {
                ensure(version == task.version + 1, Invariant::TaskStatus, || {
                    format!("Task/{id} has version {version} after {}", task.version)
                })?;
                ensure(
                    WAYS.contains(&(task.status.as_str(), status.as_str())),
                    Invariant::TaskStatus,
                    || format!("Task/{id} goes from {} to {status}", task.status),
                )?;
                ensure(task.identity == identity, Invariant::TaskStatus, || {
                    format!("Task/{id} has changed its identity")
                })?;
                super::content::answered(&id, &resource, &message)?;
                task.version = version;
                task.status = status;
            }
        }
        Ok(())
    }

    /// A Task by its reference.
    pub fn known(&self, reference: &str) -> Option<&TaskState> {
        self.by_id.get(reference.strip_prefix("Task/")?)
    }

    /// All Tasks.
    pub fn all(&self) -> impl Iterator<Item = (&String, &TaskState)> {
        self.by_id.iter()
    }

    /// The Task of a message.
    pub fn of(&self, identity: &str) -> Option<&TaskState> {
        self.by_id.values().find(|task| task.identity.as_deref() == Some(identity))
    }

    /// A Task that is not at its end, unless that is excused.
    pub fn unfinished(&self, excused: &BTreeSet<Arc<str>>) -> Option<String> {
        let open =
            self.by_id.iter().find(|(_, task)| !task.has_ended() && !excused.contains(&*task.business_key));
        open.map(|(id, task)| {
            format!("Task/{id} of conversation {} is still {}", task.business_key, task.status)
        })
    }
}
