//! Instances that call instances: what the caller says when it calls, and what the called one says when it returns. Both
//! travel as durable input from shard to shard, so all of it can be stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::{EffectSequence, InstanceId, WaitKey};

/// Which process is called, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Callee {
    /// `process/@id`.
    pub process_id: Arc<str>,
    /// In which version.
    pub binding: Binding,
    /// The conversation that the called instance belongs to.
    pub business_key: Arc<str>,
    /// Its process variables.
    #[serde(with = "crate::json")]
    pub variables: Vec<(Arc<str>, Arc<Value>)>,
    /// What it is to bring back.
    pub returns: Returns,
    /// The errors that the caller, or one of its callers, catches.
    pub errors: Catches,
    /// The escalations that they hear.
    pub escalations: Catches,
}

/// Which version of a process is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    /// The newest active one.
    Latest,
    /// The one that was deployed together with the caller.
    WithCaller,
    /// The so-many-th that was deployed, from 1.
    Number(u64),
    /// The newest with this version tag.
    Tag(Arc<str>),
}

/// Which variables come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Returns {
    /// All.
    All,
    /// These.
    Named(BTreeSet<Arc<str>>),
}

/// Who called an instance, as the instance remembers it for life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The instance.
    pub instance: InstanceId,
    /// What it waits by for the end of this one.
    pub wait: WaitKey,
    /// What it wants back.
    pub returns: Returns,
    /// The errors that it, or one of its callers, catches.
    pub errors: Catches,
    /// The escalations that they hear.
    pub escalations: Catches,
}

/// The codes that are caught around a call. A caller does not change while it waits, so the called instance can tell by
/// itself whether what it throws interrupts the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catches {
    /// Codes that are named, and whether what catches them interrupts.
    pub codes: BTreeMap<Arc<str>, bool>,
    /// The same for all other codes; `None` if they are not caught.
    pub others: Option<bool>,
}

impl Catches {
    /// Whether a code is caught, and if so, whether what catches it interrupts the call.
    pub fn find(&self, code: &str) -> Option<bool> {
        self.codes.get(code).copied().or(self.others)
    }

    /// Adds a catcher that is farther away than all those before.
    pub(crate) fn add(&mut self, code: Option<&str>, interrupting: bool) {
        if self.others.is_some() {
            return;
        }
        match code {
            Some(code) => {
                self.codes.entry(code.into()).or_insert(interrupting);
            }
            None => self.others = Some(interrupting),
        }
    }

    /// Adds what a caller's callers catch.
    pub(crate) fn inherit(&mut self, around: &Self) {
        for (code, interrupting) in &around.codes {
            self.add(Some(code), *interrupting);
        }
        if let Some(interrupting) = around.others {
            self.add(None, interrupting);
        }
    }
}

/// What a called instance tells its caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Returned {
    /// It came to its end.
    Completed,
    /// It ended by an error that the caller, or one of its callers, catches.
    Error {
        /// Its code.
        code: Arc<str>,
        /// For humans.
        message: String,
    },
    /// It threw an escalation.
    Escalation {
        /// Its code.
        code: Arc<str>,
        /// Whether what hears it interrupts the call: then the called instance has ended.
        ended: bool,
    },
    /// It will not come to its end: it was cancelled, or could not even start.
    Lost {
        /// Why.
        reason: String,
    },
}

/// What goes from one instance to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Notice {
    /// Calls a process.
    Call {
        /// What the caller waits by.
        wait: WaitKey,
        /// What is called.
        callee: Callee,
    },
    /// Ends a called instance that is not needed any more.
    Release {
        /// What the caller waited by.
        wait: WaitKey,
        /// The effect that called: should it not be heeded yet, it need not be.
        call: EffectSequence,
        /// The conversation of the called instance.
        business_key: Arc<str>,
    },
    /// Tells the caller.
    Return {
        /// Who called.
        caller: InstanceId,
        /// What it waits by.
        wait: WaitKey,
        /// What happened.
        returned: Returned,
        /// What is brought back.
        #[serde(with = "crate::json")]
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
}

impl Notice {
    /// Visits every value that travels with it.
    pub(crate) fn values_mut(&mut self, visit: &mut dyn FnMut(&mut Arc<Value>)) {
        match self {
            Self::Call { callee: Callee { variables, .. }, .. } | Self::Return { variables, .. } => {
                for (_, value) in variables {
                    visit(value);
                }
            }
            Self::Release { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_catcher_counts() {
        let mut outer = Catches::default();
        outer.add(Some("a"), false);
        outer.add(Some("b"), true);
        outer.add(None, false);
        let mut inner = Catches::default();
        inner.add(Some("a"), true);
        inner.inherit(&outer);
        let found = ["a", "b", "c"].map(|code| inner.find(code));
        assert_eq!(found, [Some(true), Some(true), Some(false)]);
        let mut all = Catches::default();
        all.add(None, true);
        all.inherit(&outer);
        assert_eq!((all.find("a"), all.codes.len()), (Some(true), 0));
        assert_eq!(Catches::default().find("a"), None);
    }
}
