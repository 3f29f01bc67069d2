//! What every store promises. The conformance suite holds each implementation to these sentences.

use crate::{Batch, Outcome};

/// A key and its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// An ordered map of bytes whose commits survive a power cut.
///
/// Reads see whole groups that are on disk, and nothing else: never half a group, never a write that a power
/// cut could still take back. One thread commits (see [`Committer`](crate::Committer)); any number may read.
pub trait Store: Send + Sync + 'static {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError>;

    /// The entries with keys in `from..to`, in key order, at most `limit` of them. Empty if `to` is not above `from`.
    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError>;

    /// Applies the batches in order as one durable write; each batch all or nothing.
    ///
    /// A batch's preconditions see the batches before it. Returns one outcome per batch, in order, and only when
    /// what they say is on disk. After an outcome [`Unknown`](Outcome::Unknown), every commit fails until the
    /// store is opened again, and reads may fail too: a sync that failed is never repeated, since the kernel may have dropped the pages.
    fn commit(&self, group: &[Batch]) -> Vec<Outcome>;

    /// The word that selects this store in the configuration.
    fn name(&self) -> &'static str;

    /// How often this handle has waited for the disk on behalf of commits. What a commit rate is judged by.
    fn syncs(&self) -> u64 {
        0
    }
}

/// The store could not be read. Reading again will not help; the operator has to look at the disk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read from the {store} store: {detail}; check the disk and the system log")]
    Storage { store: &'static str, detail: String },
    #[error("the {store} store is damaged at key {key}: {detail}; restore it from a backup")]
    Damaged { store: &'static str, key: String, detail: String },
}
