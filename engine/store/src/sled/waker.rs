//! Wakes a flush that sled left asleep. When a write fails that was begun at the end of a reservation, sled 0.34 notes the
//! error and tells nobody (`exit_reservation` in its `logger.rs`): whoever waits in a flush by then waits for ever. The
//! next flush finds the error and wakes all that wait. So a flush that takes long is followed by another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(super) struct Waker {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    begun: AtomicU64,
    ended: AtomicU64,
    stopped: AtomicBool,
}

impl Waker {
    /// Flushes once more, from a thread of its own, whenever a flush takes longer than `patience`.
    pub(super) fn start(
        patience: Duration,
        flush_again: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let state = Arc::new(State::default());
        let seen = Arc::clone(&state);
        let look = move || {
            let mut last = 0;
            while !seen.stopped.load(Ordering::SeqCst) {
                thread::park_timeout(patience);
                let begun = seen.begun.load(Ordering::SeqCst);
                if begun == last && begun != seen.ended.load(Ordering::SeqCst) {
                    flush_again();
                }
                last = begun;
            }
        };
        let thread = thread::Builder::new().name("sled-waker".into()).spawn(look)?;
        Ok(Self { state, thread: Some(thread) })
    }

    /// Runs a flush.
    pub(super) fn watch<T>(&self, flush: impl FnOnce() -> T) -> T {
        self.state.begun.fetch_add(1, Ordering::SeqCst);
        let flushed = flush();
        self.state.ended.fetch_add(1, Ordering::SeqCst);
        flushed
    }
}

impl Drop for Waker {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It holds on to the database, which is free only after it.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_flush_that_only_another_one_wakes_comes_to_its_end() {
        let (wake, woken) = mpsc::channel();
        let waker = Waker::start(Duration::from_millis(1), move || wake.send(()).unwrap()).unwrap();
        for _ in 0..3 {
            waker.watch(|| woken.recv().unwrap());
        }
    }

    #[test]
    fn nothing_is_flushed_again_without_a_flush() {
        let (wake, woken) = mpsc::channel();
        let waker = Waker::start(Duration::from_millis(1), move || wake.send(()).unwrap()).unwrap();
        drop(waker);
        assert!(woken.recv().is_err(), "the thread is gone and has said nothing");
    }
}
