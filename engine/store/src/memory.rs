//! A store that forgets: for simulation, for tests of what lies above, and as the plainest reading of the contract.

use crate::store::Entry;
use crate::{Batch, Outcome, ReadError, Store, group};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// The store that holds everything in memory and nothing on disk.
#[derive(Debug, Default)]
pub struct Memory {
    entries: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Memory {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        Ok(entries.get(key).cloned())
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError> {
        // `BTreeMap::range` panics on a range that runs backwards.
        if from >= to {
            return Ok(Vec::new());
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let bounds = (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to));
        let found = entries.range::<[u8], _>(bounds).take(limit);
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let plan = group::plan(group, |key| Ok(entries.get(key).cloned()));
        for (key, value) in plan.writes {
            match value {
                Some(value) => entries.insert(key.to_vec(), value.to_vec()),
                None => entries.remove(key),
            };
        }
        plan.outcomes
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}
