//! sled as its documentation suggests: flush after each batch and trust it. The tests have to find it out.

use sled::{Config, Db};
use std::path::Path;
use tessera_store::{Batch, CommitError, Outcome, ReadError, Store};

pub(crate) struct OwnFlush {
    database: Db,
}

impl OwnFlush {
    pub(crate) fn open(dir: &Path) -> Result<Self, String> {
        let database = Config::new().path(dir).flush_every_ms(None).open();
        database.map(|database| Self { database }).map_err(|error| error.to_string())
    }
}

impl Store for OwnFlush {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let found = self.database.get(key).map_err(|error| unreadable(&error))?;
        Ok(found.map(|value| value.to_vec()))
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ReadError> {
        let found = self.database.range(from..to).take(limit);
        found
            .map(|entry| {
                let (key, value) = entry.map_err(|error| unreadable(&error))?;
                Ok((key.to_vec(), value.to_vec()))
            })
            .collect()
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let mut all = sled::Batch::default();
        for write in group.iter().flat_map(|batch| &batch.writes) {
            match write.value() {
                Some(value) => all.insert(write.key(), value),
                None => all.remove(write.key()),
            }
        }
        let outcome = match self.database.apply_batch(all).and_then(|()| self.database.flush()) {
            Ok(_) => Outcome::Committed,
            Err(error) => {
                let detail = error.to_string();
                Outcome::Unknown(CommitError::Storage { store: self.name(), detail })
            }
        };
        vec![outcome; group.len()]
    }

    fn name(&self) -> &'static str {
        "sled-own-flush"
    }
}

fn unreadable(error: &sled::Error) -> ReadError {
    ReadError::Storage { store: "sled-own-flush", detail: error.to_string() }
}
