//! How entries lie in sled's tree: small values whole, large ones as a head and numbered parts.
//!
//! | sled key | sled value |
//! |---|---|
//! | `e` key | `0` value, or `1` and the number of parts (u32, big endian) |
//! | `p` key, number (u32, big endian) | a part of the value |
//!
//! Part keys are only ever looked up whole. Two of different keys never meet: keys of one length differ themselves.

use super::NAME;
use crate::limits::SLED_PART_BYTES;
use crate::store::Entry;
use crate::{ReadError, key};
use ::sled::{Batch, Db, IVec, Tree};
use std::collections::BTreeMap;

const ENTRY: u8 = b'e';
const PART: u8 = b'p';
const WHOLE: u8 = 0;
const IN_PARTS: u8 = 1;

pub(super) struct Entries {
    tree: Tree,
}

/// An entry whose value has not been read yet.
pub(super) struct Found<'tree> {
    entries: &'tree Entries,
    stored_key: IVec,
    head: IVec,
}

/// What each key of a group held before it.
pub(super) type Before = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

impl Entries {
    pub(super) fn new(database: &Db) -> Self {
        Self { tree: Tree::clone(database) }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let head = self.tree.get(entry_key(key)).map_err(|error| unreadable(&error))?;
        head.map(|head| self.load(key, &head)).transpose()
    }

    pub(super) fn range(&self, from: &[u8], to: &[u8]) -> impl Iterator<Item = Result<Found<'_>, ReadError>> {
        self.tree.range(entry_key(from)..entry_key(to)).map(|entry| {
            let (stored_key, head) = entry.map_err(|error| unreadable(&error))?;
            Ok(Found { entries: self, stored_key, head })
        })
    }

    /// The batch that makes these writes, and what it will replace.
    pub(super) fn prepare(
        &self,
        writes: &BTreeMap<&[u8], Option<&[u8]>>,
    ) -> Result<(Batch, Before), ReadError> {
        let mut batch = Batch::default();
        let mut before = Before::new();
        for (key, value) in writes {
            let old = self.get(key)?;
            let old_parts = old.as_deref().map_or(0, parts);
            let new_parts = value.map_or(0, parts);
            match value {
                Some(value) => insert(&mut batch, key, value, new_parts),
                None => batch.remove(entry_key(key)),
            }
            for number in new_parts..old_parts {
                batch.remove(part_key(key, number));
            }
            before.insert(key.to_vec(), old);
        }
        Ok((batch, before))
    }

    /// Hands the batch to the operating system. It is not on disk yet.
    pub(super) fn apply(&self, batch: Batch) -> ::sled::Result<()> {
        self.tree.apply_batch(batch)?;
        self.tree.flush().map(drop)
    }

    fn load(&self, key: &[u8], head: &[u8]) -> Result<Vec<u8>, ReadError> {
        match head {
            [WHOLE, value @ ..] => Ok(value.to_vec()),
            [IN_PARTS, parts @ ..] => {
                let parts = parts.try_into().map_err(|_| damaged(key, "the number of parts is torn"))?;
                let mut value = Vec::new();
                for number in 0..u32::from_be_bytes(parts) {
                    let part = self.tree.get(part_key(key, number)).map_err(|error| unreadable(&error))?;
                    value.extend_from_slice(&part.ok_or_else(|| damaged(key, "a part is missing"))?);
                }
                Ok(value)
            }
            _ => Err(damaged(key, "the value begins with an unknown tag")),
        }
    }
}

impl Found<'_> {
    pub(super) fn key(&self) -> &[u8] {
        // The range only holds keys that begin with the byte of entries.
        self.stored_key.get(1..).unwrap_or_default()
    }

    pub(super) fn load(&self) -> Result<Entry, ReadError> {
        let value = self.entries.load(self.key(), &self.head)?;
        Ok((self.key().to_vec(), value))
    }
}

fn insert(batch: &mut Batch, key: &[u8], value: &[u8], parts: u32) {
    let mut head = Vec::new();
    if parts == 0 {
        head.reserve_exact(1 + value.len());
        head.push(WHOLE);
        head.extend_from_slice(value);
    } else {
        head.push(IN_PARTS);
        head.extend_from_slice(&parts.to_be_bytes());
        for (number, part) in (0..parts).zip(value.chunks(SLED_PART_BYTES)) {
            batch.insert(part_key(key, number), part);
        }
    }
    batch.insert(entry_key(key), head);
}

/// Parts of a value of this size; none if it is stored whole.
fn parts(value: &[u8]) -> u32 {
    if value.len() <= SLED_PART_BYTES {
        return 0;
    }
    value.len().div_ceil(SLED_PART_BYTES).try_into().expect("values are bounded far below 2^32 parts")
}

fn entry_key(key: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(1 + key.len());
    stored.push(ENTRY);
    stored.extend_from_slice(key);
    stored
}

fn part_key(key: &[u8], number: u32) -> Vec<u8> {
    let mut stored = Vec::with_capacity(1 + key.len() + 4);
    stored.push(PART);
    stored.extend_from_slice(key);
    stored.extend_from_slice(&number.to_be_bytes());
    stored
}

fn unreadable(error: &::sled::Error) -> ReadError {
    ReadError::Storage { store: NAME, detail: error.to_string() }
}

fn damaged(key: &[u8], detail: &str) -> ReadError {
    ReadError::Damaged { store: NAME, key: key::readable(key), detail: detail.to_owned() }
}
