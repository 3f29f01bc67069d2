//! Group commit: one thread drains what is queued, commits it as one durable write and acknowledges all of it.
//!
//! While the disk works on one group the next one gathers in the queue, so the rate grows with the number of
//! writers and a single writer waits for nobody. No timer, no tuning.

use crate::limits::{GROUP_BATCHES_MAX, GROUP_BYTES_MAX, QUEUE_BATCHES_MAX};
use crate::{Batch, CommitError, Outcome, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Told the outcome of a batch, on the committer's thread: hand it over and return, never wait here.
pub type OnDone = Box<dyn FnOnce(Outcome) + Send>;

/// The one writer of a store.
pub struct Committer {
    store: Arc<dyn Store>,
    queue: Mutex<Option<SyncSender<Submission>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// What is queued, if no thread takes it.
    stepwise: Option<Mutex<Receiver<Submission>>>,
    counters: Arc<Counters>,
}

/// What a committer has done since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Batches submitted and answered, whatever the answer.
    pub batches: u64,
    /// Batches that are on disk.
    pub commits: u64,
    /// Durable writes that the batches were grouped into.
    pub groups: u64,
    /// Times the store waited for the disk.
    pub syncs: u64,
}

struct Submission {
    batch: Batch,
    on_done: OnDone,
}

#[derive(Debug, Default)]
struct Counters {
    batches: AtomicU64,
    commits: AtomicU64,
    groups: AtomicU64,
}

impl Committer {
    /// Starts the committer's thread. Fails only if the system refuses a thread.
    pub fn start(store: Arc<dyn Store>) -> std::io::Result<Self> {
        let (queue, submissions) = sync_channel(QUEUE_BATCHES_MAX);
        let counters = Arc::new(Counters::default());
        let thread = std::thread::Builder::new().name("tessera-committer".to_owned()).spawn({
            let store = Arc::clone(&store);
            let counters = Arc::clone(&counters);
            move || run(&*store, &submissions, &counters)
        })?;
        Ok(Self {
            store,
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            stepwise: None,
            counters,
        })
    }

    /// A committer without a thread: whoever owns it calls [`step`](Self::step). What the simulator needs, where one thread
    /// runs a whole network; everything else is the same.
    pub fn stepwise(store: Arc<dyn Store>) -> Self {
        let (queue, submissions) = sync_channel(QUEUE_BATCHES_MAX);
        Self {
            store,
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(None),
            stepwise: Some(Mutex::new(submissions)),
            counters: Arc::default(),
        }
    }

    /// Commits and acknowledges what is queued, as one group. Says whether there was anything. With a thread of its own a
    /// committer does this by itself, and there is never anything.
    pub fn step(&self) -> bool {
        let Some(submissions) = &self.stepwise else { return false };
        let submissions = submissions.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(first) = submissions.try_recv() else { return false };
        commit_group(first, &*self.store, &submissions, &self.counters);
        true
    }

    /// Queues a batch; `on_done` hears its outcome, exactly once. Batches of one caller are applied in the order of
    /// their submission. Waits for room if the queue is full, hence never call it from an `on_done`.
    pub fn submit(&self, batch: Batch, on_done: OnDone) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let refused = match queue {
            Some(queue) => queue.send(Submission { batch, on_done }).err().map(|unsent| unsent.0.on_done),
            None => Some(on_done),
        };
        if let Some(on_done) = refused {
            on_done(Outcome::Failed(CommitError::ShuttingDown));
        }
    }

    pub fn statistics(&self) -> Statistics {
        Statistics {
            batches: self.counters.batches.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
            groups: self.counters.groups.load(Ordering::Relaxed),
            syncs: self.store.syncs(),
        }
    }

    /// Commits and acknowledges all that is queued, then ends the thread. Later batches fail.
    pub fn shutdown(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the committer's thread panicked");
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl std::fmt::Debug for Committer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Committer")
            .field("store", &self.store.name())
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}

impl Statistics {
    /// Batches per durable write; zero before the first.
    #[allow(clippy::cast_precision_loss, reason = "a ratio for people; exact below 2^53 batches")]
    pub fn mean_group(&self) -> f64 {
        if self.groups == 0 { 0.0 } else { self.batches as f64 / self.groups as f64 }
    }
}

fn run(store: &dyn Store, submissions: &Receiver<Submission>, counters: &Counters) {
    while let Ok(first) = submissions.recv() {
        commit_group(first, store, submissions, counters);
    }
}

fn commit_group(
    first: Submission,
    store: &dyn Store,
    submissions: &Receiver<Submission>,
    counters: &Counters,
) {
    let (batches, waiting) = gather(first, submissions);
    let outcomes = commit(store, &batches);
    let commits = outcomes.iter().filter(|outcome| **outcome == Outcome::Committed).count();
    counters.batches.fetch_add(count(batches.len()), Ordering::Relaxed);
    counters.commits.fetch_add(count(commits), Ordering::Relaxed);
    counters.groups.fetch_add(1, Ordering::Relaxed);
    for (on_done, outcome) in waiting.into_iter().zip(outcomes) {
        // One owner's fault must not silence the acknowledgements of all others.
        if catch_unwind(AssertUnwindSafe(|| on_done(outcome))).is_err() {
            tracing::error!("the receiver of a commit's outcome panicked");
        }
    }
}

fn gather(first: Submission, submissions: &Receiver<Submission>) -> (Vec<Batch>, Vec<OnDone>) {
    let mut bytes = first.batch.bytes();
    let mut batches = vec![first.batch];
    let mut waiting = vec![first.on_done];
    while batches.len() < GROUP_BATCHES_MAX && bytes < GROUP_BYTES_MAX {
        let Ok(next) = submissions.try_recv() else { break };
        bytes += next.batch.bytes();
        batches.push(next.batch);
        waiting.push(next.on_done);
    }
    (batches, waiting)
}

fn commit(store: &dyn Store, batches: &[Batch]) -> Vec<Outcome> {
    // An embedded database may panic on a damaged file; those who wait must hear of it.
    catch_unwind(AssertUnwindSafe(|| store.commit(batches))).unwrap_or_else(|_| {
        let detail = "it panicked during a commit".to_owned();
        let error = CommitError::Storage { store: store.name(), detail };
        vec![Outcome::Unknown(error); batches.len()]
    })
}

fn count(number: usize) -> u64 {
    number.try_into().unwrap_or(u64::MAX)
}
