//! The store on fjall 3, a log-structured tree: about five times the write rate of sled.
//!
//! Its journal is written and synced before a batch enters the tree, and reads go through snapshots, which never
//! show half a batch: the promises of [`Store`] come with it. Only the journal's size has to be bounded by us.

use crate::directory::{self, Claimed};
use crate::limits::FJALL_JOURNAL_BYTES_MAX;
use crate::stop::WritePermit;
use crate::store::Entry;
use crate::{Batch, Kind, OpenError, Options, Outcome, ReadError, Store, group};
use ::fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

const NAME: &str = "fjall";
const KEYSPACE: &str = "entries";

pub(crate) struct Fjall {
    entries: Keyspace,
    database: Database,
    permit: WritePermit,
    syncs: AtomicU64,
    /// Last, so that the directory is free only after the database has let go of it.
    _directory: Claimed,
}

impl Fjall {
    pub(crate) fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let directory = directory::claim(Kind::Fjall, dir)?;
        let path = directory.database();
        let failed = |error: ::fjall::Error| OpenError::Database {
            kind: Kind::Fjall,
            path: path.clone(),
            detail: error.to_string(),
        };
        let database = Database::builder(&path)
            .cache_size(options.cache_bytes)
            .max_journaling_size(FJALL_JOURNAL_BYTES_MAX)
            .open()
            .map_err(failed)?;
        let entries = database.keyspace(KEYSPACE, KeyspaceCreateOptions::default).map_err(failed)?;
        database.persist(PersistMode::SyncAll).map_err(failed)?;
        directory.confirm()?;
        let (permit, syncs) = (WritePermit::default(), AtomicU64::new(0));
        Ok(Self { entries, database, permit, syncs, _directory: directory })
    }
}

impl Store for Fjall {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let found = self.database.snapshot().get(&self.entries, key).map_err(|error| unreadable(&error))?;
        Ok(found.map(|value| value.to_vec()))
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let snapshot = self.database.snapshot();
        let found = snapshot.range::<&[u8], _>(&self.entries, from..to).take(limit);
        found
            .map(|entry| {
                let (key, value) = entry.into_inner().map_err(|error| unreadable(&error))?;
                Ok((key.to_vec(), value.to_vec()))
            })
            .collect()
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let writing = match self.permit.take(NAME) {
            Ok(writing) => writing,
            Err(error) => return vec![Outcome::Failed(error); group.len()],
        };
        let plan = group::plan(group, |key| self.get(key));
        if plan.writes.is_empty() {
            return plan.outcomes;
        }
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for (key, value) in &plan.writes {
            match value {
                Some(value) => batch.insert(&self.entries, *key, *value),
                None => batch.remove(&self.entries, *key),
            }
        }
        if let Err(error) = batch.commit() {
            return plan.replace_committed(&writing.fail(error));
        }
        self.syncs.fetch_add(1, Ordering::Relaxed);
        plan.outcomes
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}

fn unreadable(error: &::fjall::Error) -> ReadError {
    ReadError::Storage { store: NAME, detail: error.to_string() }
}
