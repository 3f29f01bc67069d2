//! Decides a group: which batches apply, and what the group as a whole writes. Shared by all stores, so that
//! preconditions mean the same in each of them.

use crate::limits::{BATCH_BYTES_MAX, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use crate::{Batch, CommitError, Outcome, ReadError};
use std::collections::BTreeMap;

/// A decided group. `None` as a value is a deletion.
pub(crate) struct Plan<'group> {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) writes: BTreeMap<&'group [u8], Option<&'group [u8]>>,
}

/// Decides every batch against what `read` finds and what the batches before it write.
pub(crate) fn plan(group: &[Batch], read: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, ReadError>) -> Plan<'_> {
    let mut plan = Plan { outcomes: Vec::with_capacity(group.len()), writes: BTreeMap::new() };
    for batch in group {
        let outcome = decide(batch, &plan.writes, &read);
        if outcome == Outcome::Committed {
            plan.writes.extend(batch.writes.iter().map(|write| (write.key(), write.value())));
        }
        plan.outcomes.push(outcome);
    }
    plan
}

impl Plan<'_> {
    /// The write failed: no batch that would have been committed is.
    pub(crate) fn replace_committed(mut self, verdict: &Outcome) -> Vec<Outcome> {
        for outcome in &mut self.outcomes {
            if *outcome == Outcome::Committed {
                outcome.clone_from(verdict);
            }
        }
        self.outcomes
    }
}

fn decide(
    batch: &Batch,
    pending: &BTreeMap<&[u8], Option<&[u8]>>,
    read: &impl Fn(&[u8]) -> Result<Option<Vec<u8>>, ReadError>,
) -> Outcome {
    if let Err(error) = within_bounds(batch) {
        return Outcome::Failed(error);
    }
    let holds = |key: &[u8], test: &dyn Fn(Option<&[u8]>) -> bool| match pending.get(key) {
        Some(value) => Ok(test(*value)),
        None => read(key).map(|value| test(value.as_deref())),
    };
    if let Some(fence) = &batch.fence {
        match holds(&fence.key, &|token| token == Some(&fence.token)) {
            Ok(true) => {}
            Ok(false) => return Outcome::Fenced,
            Err(error) => return Outcome::Failed(error.into()),
        }
    }
    for (index, precondition) in batch.preconditions.iter().enumerate() {
        match holds(precondition.key(), &|value| precondition.holds(value)) {
            Ok(true) => {}
            Ok(false) => return Outcome::Refused { precondition: index },
            Err(error) => return Outcome::Failed(error.into()),
        }
    }
    Outcome::Committed
}

fn within_bounds(batch: &Batch) -> Result<(), CommitError> {
    let bounded = |what, bytes, bytes_min, bytes_max| {
        if (bytes_min..=bytes_max).contains(&bytes) {
            Ok(())
        } else {
            Err(CommitError::OutOfBounds { what, bytes, bytes_min, bytes_max })
        }
    };
    for write in &batch.writes {
        bounded("a key", write.key().len(), 1, KEY_BYTES_MAX)?;
        bounded("a value", write.value().map_or(0, <[u8]>::len), 0, VALUE_BYTES_MAX)?;
    }
    bounded("a batch", batch.bytes(), 0, BATCH_BYTES_MAX)
}
