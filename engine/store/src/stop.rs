//! After a failed write nobody knows what the disk holds, so a store stops writing for good: its owner has to open
//! it again and look. A failed sync is never repeated, since the kernel may have dropped the pages it could not write.

use crate::{CommitError, Outcome};
use std::sync::{Mutex, MutexGuard};

/// The right to write, which a store gives to one commit at a time and takes away for ever after a failure.
#[derive(Debug, Default)]
pub(crate) struct WritePermit {
    stopped: Mutex<Option<String>>,
}

/// Held by the one commit that runs.
#[derive(Debug)]
pub(crate) struct Writing<'permit> {
    stopped: MutexGuard<'permit, Option<String>>,
    store: &'static str,
}

impl WritePermit {
    /// Waits for a running commit to end. Refused if one has failed or panicked.
    pub(crate) fn take(&self, store: &'static str) -> Result<Writing<'_>, CommitError> {
        let Ok(stopped) = self.stopped.lock() else {
            return Err(CommitError::Stopped { store, detail: "a commit panicked".to_owned() });
        };
        match &*stopped {
            None => Ok(Writing { stopped, store }),
            Some(detail) => Err(CommitError::Stopped { store, detail: detail.clone() }),
        }
    }
}

impl Writing<'_> {
    /// Stops the store: this commit's fate is unknown, no later one is tried.
    pub(crate) fn fail(mut self, error: impl std::fmt::Display) -> Outcome {
        let detail = error.to_string();
        tracing::error!(store = self.store, %detail, "a commit failed; the store accepts no further ones");
        *self.stopped = Some(detail.clone());
        Outcome::Unknown(CommitError::Storage { store: self.store, detail })
    }
}
