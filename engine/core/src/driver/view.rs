//! What a shard sees of the store: its own writes that are not acknowledged yet, over what it has read. A read that is
//! neither is noted down and asked for; the decision is made again when it is there.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Bounds, CommitId, Read, Rows};

/// Something is not in memory. What, the [`View`] has noted down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Missing;

/// A shard's view of its part of the store.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Not acknowledged. Takes precedence over everything below.
    pending: BTreeMap<Vec<u8>, Pending>,
    points: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// All rows that begin with a prefix, by that prefix.
    prefixes: BTreeMap<Vec<u8>, Remembered>,
    /// Parts of tables that are walked page by page, by first key; few, and each forgotten when its page is done.
    walks: BTreeMap<Vec<u8>, Remembered>,
    missing: Vec<Read>,
    /// Acknowledged while a load was under way, whose answer may be older.
    overtaking: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    loading: bool,
}

#[derive(Debug)]
struct Pending {
    value: Option<Vec<u8>>,
    commit: CommitId,
}

#[derive(Debug)]
struct Remembered {
    to: Vec<u8>,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// There may be more rows behind the last one.
    cut: bool,
}

impl View {
    /// The value of a key.
    pub(super) fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Missing> {
        if let Some(pending) = self.pending.get(key) {
            return Ok(pending.value.clone());
        }
        if let Some(value) = self.points.get(key) {
            return Ok(value.clone());
        }
        self.want(Read::Get { key: key.to_vec() })
    }

    /// All rows whose keys begin with `prefix`, at most `limit`.
    pub(super) fn prefix(&mut self, prefix: &[u8], limit: usize) -> Result<Rows, Missing> {
        let to = tessera_store::prefix_end(prefix);
        match Self::look_up(&self.prefixes, &self.pending, prefix, &to, limit) {
            Ok(rows) => Ok(rows),
            Err(limit) => self.want(Read::Range { from: prefix.to_vec(), to, limit }),
        }
    }

    /// One page of a walk: the first rows in `from..to`, at most `limit`. Call [`walked`](Self::walked) when done with it.
    pub(super) fn walk(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Rows, Missing> {
        match Self::look_up(&self.walks, &self.pending, from, to, limit) {
            Ok(rows) => Ok(rows),
            Err(limit) => self.want(Read::Range { from: from.to_vec(), to: to.to_vec(), limit }),
        }
    }

    /// Reads a prefix anew the next time: others write there too.
    pub(super) fn forget_prefix(&mut self, prefix: &[u8]) {
        self.prefixes.remove(prefix);
    }

    /// Whether a write of this key waits for its acknowledgement.
    pub(super) fn is_pending(&self, key: &[u8]) -> bool {
        self.pending.contains_key(key)
    }

    /// The page is done.
    pub(super) fn walked(&mut self, from: &[u8]) {
        self.walks.remove(from);
    }

    /// The merged rows, or how many to ask for.
    fn look_up(
        ranges: &BTreeMap<Vec<u8>, Remembered>,
        pending: &BTreeMap<Vec<u8>, Pending>,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Rows, usize> {
        if from >= to {
            return Ok(Rows::new());
        }
        let pending = pending.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let deleted = pending.clone().filter(|(_, pending)| pending.value.is_none()).count();
        if let Some(remembered) = ranges.get(from)
            && remembered.to == to
        {
            let mut rows = remembered.rows.clone();
            let last = if remembered.cut { rows.keys().next_back().cloned() } else { None };
            for (key, pending) in pending {
                match &pending.value {
                    Some(value) if last.as_ref().is_none_or(|last| key <= last) => {
                        rows.insert(key.clone(), value.clone());
                    }
                    Some(_) => {}
                    None => {
                        rows.remove(key);
                    }
                }
            }
            if !remembered.cut || rows.len() >= limit {
                return Ok(rows.into_iter().take(limit).collect());
            }
        }
        // Enough rows that `limit` remain whatever is being deleted.
        Err(limit.saturating_add(deleted))
    }

    /// What to read before deciding again. The answer goes to [`loaded`](Self::loaded).
    pub(super) fn take_missing(&mut self) -> Vec<Read> {
        let mut reads = std::mem::take(&mut self.missing);
        reads.sort_unstable();
        reads.dedup();
        self.loading = !reads.is_empty();
        reads
    }

    /// Takes over what was read.
    pub(super) fn loaded(&mut self, reads: Vec<Read>, answers: Vec<Rows>) {
        self.loading = false;
        for (read, rows) in reads.into_iter().zip(answers) {
            match read {
                Read::Get { key } => {
                    let value = rows.into_iter().next().map(|(_, value)| value);
                    self.points.insert(key, value);
                }
                Read::Range { from, to, limit } => {
                    let cut = rows.len() >= limit;
                    let kind = if to == tessera_store::prefix_end(&from) {
                        &mut self.prefixes
                    } else {
                        &mut self.walks
                    };
                    kind.insert(from, Remembered { to, rows: rows.into_iter().collect(), cut });
                }
            }
        }
        for (key, value) in std::mem::take(&mut self.overtaking) {
            self.correct(&key, value.as_ref());
        }
    }

    /// A write that was asked for.
    pub(super) fn write(&mut self, key: Vec<u8>, value: Option<Vec<u8>>, commit: CommitId) {
        self.pending.insert(key, Pending { value, commit });
    }

    /// The writes of a commit are in the store.
    pub(super) fn acknowledged(&mut self, keys: Vec<Vec<u8>>, commit: CommitId) {
        for key in keys {
            if self.pending.get(&key).is_none_or(|pending| pending.commit != commit) {
                continue;
            }
            if let Some(Pending { value, .. }) = self.pending.remove(&key) {
                self.correct(&key, value.as_ref());
                if self.loading {
                    self.overtaking.push((key, value));
                }
            }
        }
    }

    /// Forgets what was read if it has become much. Call between decisions only: a decision needs all its reads.
    pub(super) fn trim(&mut self, idle: bool, bounds: Bounds) {
        if idle || self.points.len().saturating_add(self.prefixes.len()) > bounds.remembered_reads {
            self.points.clear();
            self.prefixes.clear();
        }
    }

    fn want<T>(&mut self, read: Read) -> Result<T, Missing> {
        self.missing.push(read);
        Err(Missing)
    }

    /// Brings what was read up to date with a write.
    fn correct(&mut self, key: &[u8], value: Option<&Vec<u8>>) {
        if let Some(point) = self.points.get_mut(key) {
            *point = value.cloned();
        }
        // Prefixes may lie within one another. From the longest that the key can begin with to ever shorter ones.
        let mut bound = key;
        while let Some((prefix, remembered)) =
            self.prefixes.range_mut::<[u8], _>((Bound::Unbounded, Bound::Included(bound))).next_back()
        {
            let common = prefix.iter().zip(key).take_while(|(one, other)| one == other).count();
            if common == prefix.len() {
                remembered.correct(key, value);
            }
            // Whatever comes before this prefix and begins the key is no longer than what these two share.
            let shorter = if common == prefix.len() { common.checked_sub(1) } else { Some(common) };
            match shorter.and_then(|length| key.get(..length)) {
                Some(shorter) => bound = shorter,
                None => break,
            }
        }
        for (from, remembered) in &mut self.walks {
            if **from <= *key && *key < *remembered.to {
                remembered.correct(key, value);
            }
        }
    }
}

impl Remembered {
    fn correct(&mut self, key: &[u8], value: Option<&Vec<u8>>) {
        let behind = self.rows.keys().next_back().is_none_or(|last| *key > **last);
        match value {
            None => {
                self.rows.remove(key);
            }
            Some(_) if self.cut && behind => {}
            Some(value) => {
                self.rows.insert(key.to_vec(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str) -> (Vec<u8>, Vec<u8>) {
        (key.into(), b"v".to_vec())
    }

    fn keys(rows: &Rows) -> Vec<&str> {
        rows.iter().map(|(key, _)| std::str::from_utf8(key).unwrap()).collect()
    }

    /// Reads like a store that holds `stored`, as often as the view wants.
    fn read(view: &mut View, stored: &[&str], prefix: &str, limit: usize) -> Rows {
        for _ in 0..3 {
            if let Ok(rows) = view.prefix(prefix.as_bytes(), limit) {
                return rows;
            }
            let reads = view.take_missing();
            let answers = reads.iter().map(|read| match read {
                Read::Range { from, to, limit } => {
                    let within = stored
                        .iter()
                        .filter(|key| from.as_slice() <= key.as_bytes() && key.as_bytes() < to.as_slice());
                    within.take(*limit).map(|key| row(key)).collect()
                }
                Read::Get { .. } => Rows::new(),
            });
            let answers = answers.collect();
            view.loaded(reads, answers);
        }
        panic!("it wants the same again and again");
    }

    #[test]
    fn what_is_remembered_follows_what_is_written_in_nested_prefixes_too() {
        let mut view = View::default();
        let stored = ["a1", "a2", "ab1", "b1"];
        assert_eq!(keys(&read(&mut view, &stored, "a", 9)), ["a1", "a2", "ab1"]);
        assert_eq!(keys(&read(&mut view, &stored, "ab", 9)), ["ab1"]);
        let commit = CommitId(1);
        view.write(b"ab2".to_vec(), Some(b"v".to_vec()), commit);
        view.write(b"a1".to_vec(), None, commit);
        let expected = ["a2", "ab1", "ab2"];
        assert_eq!(keys(&view.prefix(b"a", 9).unwrap()), expected);
        view.acknowledged(vec![b"ab2".to_vec(), b"a1".to_vec()], commit);
        assert_eq!(keys(&view.prefix(b"a", 9).unwrap()), expected);
        assert_eq!(keys(&view.prefix(b"ab", 9).unwrap()), ["ab1", "ab2"]);
    }

    #[test]
    fn a_cut_range_is_read_again_when_its_rows_are_deleted() {
        let mut view = View::default();
        let stored = ["a1", "a2", "a3"];
        assert_eq!(keys(&read(&mut view, &stored, "a", 2)), ["a1", "a2"]);
        view.write(b"a1".to_vec(), None, CommitId(1));
        view.write(b"a2".to_vec(), None, CommitId(1));
        assert_eq!(keys(&read(&mut view, &stored, "a", 2)), ["a3"]);
        // A row behind the cut is not known to be the next one.
        view.write(b"a9".to_vec(), Some(b"v".to_vec()), CommitId(2));
        assert_eq!(keys(&read(&mut view, &stored, "a", 1)), ["a3"]);
    }

    #[test]
    fn a_load_that_is_overtaken_by_an_acknowledgement_is_corrected() {
        let mut view = View::default();
        view.write(b"k".to_vec(), Some(b"new".to_vec()), CommitId(1));
        assert_eq!(view.prefix(b"k", 9), Err(Missing));
        let reads = view.take_missing();
        view.acknowledged(vec![b"k".to_vec()], CommitId(1));
        // The store was read before the commit landed.
        view.loaded(reads, vec![Rows::new()]);
        assert_eq!(view.prefix(b"k", 9).unwrap(), [(b"k".to_vec(), b"new".to_vec())]);
    }
}
