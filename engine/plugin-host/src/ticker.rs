//! The thread that makes running guests look at their budgets. It sleeps while none runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use wasmtime::EngineWeak;

use crate::limits::TICK;

/// Ticks until it is dropped. Shared by the host and its plugins: a plugin that runs has a ticker.
#[derive(Debug)]
pub(crate) struct Ticker {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    calls: AtomicUsize,
    stopped: AtomicBool,
}

/// As long as it lives, there are ticks.
#[derive(Debug)]
pub(crate) struct Ticking<'a> {
    ticker: &'a Ticker,
}

impl Ticker {
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let state = Arc::new(State::default());
        let seen = Arc::clone(&state);
        let tick = move || {
            while !seen.stopped.load(Ordering::SeqCst) {
                if seen.calls.load(Ordering::SeqCst) == 0 {
                    // Whoever changes one of the two afterwards wakes it up, and that is not forgotten.
                    std::thread::park();
                    continue;
                }
                std::thread::sleep(TICK);
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        };
        let thread = std::thread::Builder::new().name("plugin-ticker".into()).spawn(tick)?;
        Ok(Self { state, thread: Some(thread) })
    }

    /// For a call that begins.
    pub(crate) fn tick(&self) -> Ticking<'_> {
        if self.state.calls.fetch_add(1, Ordering::SeqCst) == 0 {
            self.wake();
        }
        Ticking { ticker: self }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.ticker.state.calls.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // The thread only ticks; it has no result to lose.
            let _ = thread.join();
        }
    }
}
