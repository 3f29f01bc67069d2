//! What became of a batch, told so that its owner knows what to do next.

use crate::ReadError;

/// The fate of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// On disk.
    Committed,
    /// Nothing was written: the precondition with this index did not hold.
    Refused { precondition: usize },
    /// Nothing was written: someone else owns what the fence guards. Stop.
    Fenced,
    /// Nothing was written.
    Failed(CommitError),
    /// It may or may not be on disk. The owner must reload before it decides anything.
    Unknown(CommitError),
}

/// Why a batch could not be committed. In words for the operator; the owner acts on the [`Outcome`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    #[error("{what} has {bytes} bytes, allowed are {bytes_min} to {bytes_max}; split it before storing it")]
    OutOfBounds { what: &'static str, bytes: usize, bytes_min: usize, bytes_max: usize },
    #[error("cannot write to the {store} store: {detail}; free or repair the disk, then restart the site")]
    Storage { store: &'static str, detail: String },
    #[error("the {store} store has stopped after a failure ({detail}); restart the site to open it again")]
    Stopped { store: &'static str, detail: String },
    #[error("the store is shutting down; nothing was written")]
    ShuttingDown,
}

/// A precondition could not be read.
impl From<ReadError> for CommitError {
    fn from(error: ReadError) -> Self {
        let detail = error.to_string();
        match error {
            ReadError::Storage { store, .. } | ReadError::Damaged { store, .. } => {
                Self::Storage { store, detail }
            }
        }
    }
}
