//! Reading the store as it will be: what is on disk, then what is on its way there, then what the current decision adds.
//!
//! Interactions that only read look at the disk alone, so that nobody is told what a power cut could take back.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::search::Query;
use tessera_fhir::search::index::Lookup;
use tessera_store::{ReadError, Store};

use crate::answer::{Answer, Rejection};
use crate::fault::Fault;
use crate::key;
use crate::limits::SCAN_CHUNK;
use crate::record::{Head, State, Unreadable, open_resource};

/// Keys with their new value; none: the key goes.
pub(crate) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Changes that were submitted and are not on disk yet, with the number of their commit.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<BTreeMap<Vec<u8>, Submitted>>);

/// A change on its way to the disk.
#[derive(Debug, Clone)]
struct Submitted {
    commit: u64,
    /// None: the key goes.
    value: Option<Vec<u8>>,
}

impl Pending {
    pub(crate) fn add(&self, commit: u64, changes: &Changes) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            pending.insert(key.clone(), Submitted { commit, value: value.clone() });
        }
    }

    /// Forgets what commit number `commit` wrote, unless a later one wrote it again.
    pub(crate) fn settle(&self, commit: u64, keys: &[Vec<u8>]) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if pending.get(key).is_some_and(|submitted| submitted.commit == commit) {
                pending.remove(key);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn get(&self, key: &[u8]) -> Option<Submitted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn range(&self, from: &[u8], to: &[u8]) -> Changes {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
            .map(|(key, submitted)| (key.clone(), submitted.value.clone()))
            .collect()
    }
}

/// The store could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    #[error(transparent)]
    Store(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] Unreadable),
}

impl From<ViewError> for Rejection {
    fn from(error: ViewError) -> Self {
        tracing::error!(%error, "the mailbox's store cannot be read");
        Answer::fault(Fault::StoreUnreadable, "Error while accessing the store")
    }
}

/// A resource as stored: its head and its last version.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) head: Head,
    pub(crate) resource: Value,
}

/// Layers over a store; the first that knows a key decides.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) pending: Option<&'a Pending>,
    pub(crate) changes: Option<&'a Changes>,
}

impl View<'_> {
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        if let Some(value) = self.changes.and_then(|changes| changes.get(key)) {
            return Ok(value.clone());
        }
        // Pending first: a commit leaves it only after the store shows it.
        if let Some(submitted) = self.pending.and_then(|pending| pending.get(key)) {
            return Ok(submitted.value);
        }
        Ok(self.store.get(key)?)
    }

    pub(crate) fn head(&self, resource_type: ResourceType, id: &str) -> Result<Option<Head>, ViewError> {
        Ok(self.get(&key::head(resource_type, id))?.map(|bytes| Head::open(&bytes)).transpose()?)
    }

    pub(crate) fn version(
        &self,
        resource_type: ResourceType,
        id: &str,
        version: u64,
    ) -> Result<Option<Value>, ViewError> {
        let bytes = self.get(&key::version(resource_type, id, version))?;
        Ok(bytes.map(|bytes| open_resource(&bytes)).transpose()?)
    }

    /// The resource with its head, deleted or not.
    pub(crate) fn stored(&self, resource_type: ResourceType, id: &str) -> Result<Option<Stored>, ViewError> {
        let Some(head) = self.head(resource_type, id)? else { return Ok(None) };
        let resource = self.version(resource_type, id, head.version)?;
        Ok(resource.map(|resource| Stored { head, resource }))
    }

    /// The resource, unless it is deleted.
    pub(crate) fn current(&self, resource_type: ResourceType, id: &str) -> Result<Option<Value>, ViewError> {
        match self.head(resource_type, id)? {
            Some(head) if head.state == State::Current => self.version(resource_type, id, head.version),
            _ => Ok(None),
        }
    }

    /// Visits every current resource that may match `query`, in the order of the index.
    pub(crate) fn candidates(
        &self,
        query: &Query,
        visit: &mut dyn FnMut(Value) -> ControlFlow<()>,
    ) -> Result<(), ViewError> {
        let resource_type = query.resource_type();
        let (mut from, to) = match query.lookup() {
            Some(Lookup::Id(id)) => {
                if let Some(resource) = self.current(resource_type, &id)? {
                    let _ = visit(resource);
                }
                return Ok(());
            }
            Some(Lookup::Exact { index, value }) => key::index_exact(resource_type, index, &value),
            Some(Lookup::From { index, value }) => key::index_from(resource_type, index, &value),
            None => key::heads(resource_type),
        };
        loop {
            let keys = self.keys(&from, &to)?;
            let Some(last) = keys.last() else { return Ok(()) };
            // The next chunk starts behind the last key of this one.
            from.clone_from(last);
            from.push(0);
            for key in &keys {
                let Some(id) = key::id_of(key) else { continue };
                if let Some(resource) = self.current(resource_type, id)?
                    && visit(resource).is_break()
                {
                    return Ok(());
                }
            }
        }
    }

    /// Up to [`SCAN_CHUNK`] keys of the store in a range, together with all of the layers up to the last of them.
    fn keys(&self, from: &[u8], to: &[u8]) -> Result<Vec<Vec<u8>>, ViewError> {
        let mut layers = self.pending.map(|pending| pending.range(from, to)).unwrap_or_default();
        if let Some(changes) = self.changes {
            let range = (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to));
            layers.extend(changes.range::<[u8], _>(range).map(|(key, value)| (key.clone(), value.clone())));
        }
        let stored = self.store.range(from, to, SCAN_CHUNK)?;
        let mut keys: BTreeMap<Vec<u8>, bool> = BTreeMap::new();
        let full = stored.len() == SCAN_CHUNK;
        let end = stored.last().map(|(key, _)| key.clone());
        keys.extend(stored.into_iter().map(|(key, _)| (key, true)));
        for (key, value) in layers {
            if !full || end.as_ref().is_some_and(|end| key <= *end) {
                keys.insert(key, value.is_some());
            }
        }
        let all_gone = full && keys.values().all(|there| !there);
        Ok(keys.into_iter().filter(|(_, there)| *there || all_gone).map(|(key, _)| key).collect())
    }
}
