//! A store whose commits fail as the seed wants. What was acknowledged is there after every crash; the store itself is
//! the contract's plainest reading, `tessera_store::Memory`.

use std::sync::{Mutex, PoisonError};

use tessera_store::{Batch, CommitError, Entry, Memory, Outcome, ReadError, Store, Write};

/// How the next commit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is written.
    Lands,
    /// Nothing is written, and nothing more until the store is opened anew.
    Fails,
    /// The disk is full: nothing is written this time.
    Full,
    /// There is no room for one batch of the group, the one at this position counted round; the others are smaller.
    FullForOne(usize),
    /// It is written, but the store does not know.
    UnknownLanded,
    /// It is not written, but the store does not know.
    UnknownLost,
}

/// A disk with a store on it.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    store: Memory,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: Option<Fate>,
    /// A commit failed; nothing is written until the store is opened anew.
    broken: bool,
    landed: Vec<Vec<Write>>,
    /// So many commits ended in another way than landing.
    failures: u64,
    /// A batch of this opening that writes something was not written.
    left_out: bool,
    /// One after it was.
    passed_over: bool,
}

impl Disk {
    /// A disk that holds these entries.
    pub(crate) fn with(entries: &[Entry]) -> Self {
        let disk = Self::default();
        let batch =
            entries.iter().fold(Batch::new(), |batch, (key, value)| batch.put(key.clone(), value.clone()));
        disk.store.commit(&[batch]);
        disk
    }

    /// All entries.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.store.range(&[], &[u8::MAX; 64], usize::MAX).unwrap_or_default()
    }

    /// Decides how the next commit ends.
    pub(crate) fn next(&self, fate: Fate) {
        self.state().next = Some(fate);
    }

    /// The store is closed and opened again.
    pub(crate) fn reopen(&self) {
        let mut state = self.state();
        state.broken = false;
        state.left_out = false;
        state.passed_over = false;
        state.next = None;
    }

    /// Whether a commit failed since the store was opened.
    pub(crate) fn is_broken(&self) -> bool {
        self.state().broken
    }

    /// How many commits ended in another way than landing.
    pub(crate) fn failures(&self) -> u64 {
        self.state().failures
    }

    /// Whether a batch was written after one that was not, since the store was opened.
    pub(crate) fn passed_over(&self) -> bool {
        self.state().passed_over
    }

    /// The batches that were written since this was asked last, in order.
    pub(crate) fn take_landed(&self) -> Vec<Vec<Write>> {
        std::mem::take(&mut self.state().landed)
    }

    /// Writes them, and keeps what was written.
    fn land(&self, state: &mut State, batches: &[Batch]) -> Vec<Outcome> {
        let outcomes = self.store.commit(batches);
        state.passed_over |= state.left_out && outcomes.contains(&Outcome::Committed);
        let written = batches.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Outcome::Committed);
        state.landed.extend(written.map(|(batch, _)| batch.writes.clone()));
        outcomes
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const FULL: &str = "the disk is full, or broken";

fn error(detail: &str) -> CommitError {
    CommitError::Storage { store: "simulated", detail: detail.to_owned() }
}

impl Store for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.store.get(key)
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError> {
        self.store.range(from, to, limit)
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let mut state = self.state();
        let fate = if state.broken { Fate::Fails } else { state.next.take().unwrap_or(Fate::Lands) };
        match fate {
            Fate::Lands => return self.land(&mut state, group),
            Fate::FullForOne(position) => {
                state.failures += 1;
                let one = position % group.len().max(1);
                let (before, rest) = group.split_at(one);
                let mut outcomes = self.land(&mut state, before);
                if let Some((left_out, after)) = rest.split_first() {
                    state.left_out |= !left_out.writes.is_empty();
                    outcomes.push(Outcome::Failed(error(FULL)));
                    outcomes.extend(self.land(&mut state, after));
                }
                return outcomes;
            }
            Fate::UnknownLanded => {
                self.land(&mut state, group);
            }
            Fate::Full | Fate::Fails | Fate::UnknownLost => {}
        }
        state.failures += 1;
        state.broken = fate != Fate::Full;
        state.left_out |= fate != Fate::UnknownLanded && group.iter().any(|batch| !batch.writes.is_empty());
        let answer = match fate {
            Fate::UnknownLanded | Fate::UnknownLost => Outcome::Unknown(error("a sync failed")),
            Fate::Lands | Fate::Fails | Fate::Full | Fate::FullForOne(_) => Outcome::Failed(error(FULL)),
        };
        vec![answer; group.len()]
    }

    fn name(&self) -> &'static str {
        "simulated"
    }
}
