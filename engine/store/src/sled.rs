//! The store on sled 0.34: one directory, pure Rust, the default. It needs care, and this file is that care.
//!
//! - sled never syncs by itself (its `flush` ends in `sync_file_range`): each group is one batch in one tree, then
//!   flush, then `sync_data` on its database file, and only then an answer.
//! - It shows a batch to readers at once: until the sync, `unsynced` shows them what was there before.
//! - It moves pages above a quarter of a segment into files of their own, which nobody syncs: `entries` keeps every
//!   page small enough by splitting large values.
//! - It can forget to wake a flush when a write fails: `waker` does it.

mod entries;
mod waker;

use crate::directory::{self, Claimed};
use crate::limits::{SLED_FLUSH_PATIENCE, SLED_SEGMENT_BYTES, SLED_UNLOCK_WAIT};
use crate::stop::WritePermit;
use crate::store::Entry;
use crate::{Batch, Kind, OpenError, Options, Outcome, ReadError, Store, group};
use ::sled::{Config, Db};
use entries::Entries;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use waker::Waker;

const NAME: &str = "sled";

/// The name that sled gives to the one file which holds its log.
const DATABASE_FILE: &str = "db";

pub(crate) struct Sled {
    entries: Entries,
    file: File,
    /// What readers are to see at the keys of the group being written. Readers hold the lock while they read and a
    /// commit takes it before it touches the tree, so a read sees all of a group or nothing of it.
    unsynced: RwLock<BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
    permit: WritePermit,
    syncs: AtomicU64,
    waker: Waker,
    /// Last, so that the directory is free only after the database has let go of it.
    _directory: Claimed,
}

impl Sled {
    pub(crate) fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        let directory = directory::claim(Kind::Sled, dir)?;
        let path = directory.database();
        let failed = |detail| OpenError::Database { kind: Kind::Sled, path: path.clone(), detail };
        let config = Config::new()
            .path(&path)
            .cache_capacity(options.cache_bytes)
            .segment_size(SLED_SEGMENT_BYTES)
            .flush_every_ms(None);
        let database = open_unlocked(&config).map_err(|error| failed(error.to_string()))?;
        database.flush().map_err(|error| failed(error.to_string()))?;
        let file = File::open(path.join(DATABASE_FILE)).map_err(|error| failed(error.to_string()))?;
        directory.confirm()?;
        let flushed = database.clone();
        // Its error is that of the flush that it wakes.
        let waker = Waker::start(SLED_FLUSH_PATIENCE, move || drop(flushed.flush()))
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            entries: Entries::new(&database),
            file,
            unsynced: RwLock::default(),
            permit: WritePermit::default(),
            syncs: AtomicU64::new(0),
            waker,
            _directory: directory,
        })
    }

    fn unsynced(&self) -> RwLockReadGuard<'_, BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
        self.unsynced.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn show_instead(&self, unsynced: BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        *self.unsynced.write().unwrap_or_else(PoisonError::into_inner) = unsynced;
    }
}

impl Store for Sled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        match self.unsynced().get(key) {
            Some(before) => Ok(before.clone()),
            None => self.entries.get(key),
        }
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let unsynced = self.unsynced();
        let mut before = unsynced
            .range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)))
            .filter_map(|(key, value)| value.as_ref().map(|value| (key, value)))
            .peekable();
        let mut found = Vec::new();
        for entry in self.entries.range(from, to) {
            let entry = entry?;
            if unsynced.contains_key(entry.key()) {
                continue;
            }
            while let Some((key, value)) = before.next_if(|(key, _)| key.as_slice() < entry.key()) {
                found.push((key.clone(), value.clone()));
            }
            if found.len() >= limit {
                break;
            }
            found.push(entry.load()?);
        }
        found.extend(before.map(|(key, value)| (key.clone(), value.clone())));
        found.truncate(limit);
        Ok(found)
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let writing = match self.permit.take(NAME) {
            Ok(writing) => writing,
            Err(error) => return vec![Outcome::Failed(error); group.len()],
        };
        let plan = group::plan(group, |key| self.entries.get(key));
        if plan.writes.is_empty() {
            return plan.outcomes;
        }
        let (batch, before) = match self.entries.prepare(&plan.writes) {
            Ok(prepared) => prepared,
            Err(error) => return plan.replace_committed(&Outcome::Failed(error.into())),
        };
        self.show_instead(before);
        // On failure `unsynced` stays: whatever sled can still read, the writes in doubt are not shown.
        if let Err(error) = self.waker.watch(|| self.entries.apply(batch)) {
            return plan.replace_committed(&writing.fail(error));
        }
        if let Err(error) = self.file.sync_data() {
            return plan.replace_committed(&writing.fail(error));
        }
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.show_instead(BTreeMap::new());
        plan.outcomes
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}

/// Opens the database, giving an earlier handle of this process the time to let go: sled frees its file only when
/// its background threads have finished. Other processes are kept away by the directory's own lock.
fn open_unlocked(config: &Config) -> ::sled::Result<Db> {
    let deadline = Instant::now() + SLED_UNLOCK_WAIT;
    loop {
        match config.open() {
            Err(::sled::Error::Io(error))
                if error.to_string().contains("could not acquire lock") && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}
