//! CPU time of a call: the time that an executor's thread spends inside its future. Waiting for the site, or for other
//! plugins that were given the thread, does not count, nor does waiting for a processor on a machine that is busy.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::limits::SLICE_COUNTED_MAX;

/// Readable while the future runs, which is when the guest's budget is checked.
#[derive(Debug)]
pub(crate) struct Meter {
    origin: Instant,
    /// Nanoseconds of finished polls.
    used: AtomicU64,
    /// When the running poll began, in nanoseconds after `origin`.
    entered: AtomicU64,
    interrupted: AtomicBool,
}

impl Meter {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            used: AtomicU64::new(0),
            entered: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
        })
    }

    /// One whose call has computed for a while.
    #[cfg(test)]
    pub(crate) fn with_used(used: Duration) -> Arc<Self> {
        let meter = Self::new();
        meter.used.store(u64::try_from(used.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        meter
    }

    /// Time used so far. Only meaningful from inside the metered future.
    pub(crate) fn used(&self) -> Duration {
        let running = self.since(self.entered.load(Ordering::Relaxed));
        Duration::from_nanos(self.used.load(Ordering::Relaxed).saturating_add(running))
    }

    /// Time used by the polls that have ended.
    pub(crate) fn used_in_past_polls(&self) -> Duration {
        Duration::from_nanos(self.used.load(Ordering::Relaxed))
    }

    /// The poll ends because the guest is made to give the thread back, not because it waits for something.
    pub(crate) fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether the last poll ended like that.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.interrupted.swap(false, Ordering::Relaxed)
    }

    /// Nanoseconds of a slice that began then.
    fn since(&self, entered: u64) -> u64 {
        let most = u64::try_from(SLICE_COUNTED_MAX.as_nanos()).unwrap_or(u64::MAX);
        self.elapsed().saturating_sub(entered).min(most)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// A future whose polls are counted.
pub(crate) struct Metered<F> {
    meter: Arc<Meter>,
    future: Pin<Box<F>>,
}

impl<F: Future> Metered<F> {
    pub(crate) fn new(meter: Arc<Meter>, future: F) -> Self {
        Self { meter, future: Box::pin(future) }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let entered = self.meter.elapsed();
        // One thread polls a future at a time, and the hand-over between threads synchronizes: no ordering is needed.
        self.meter.entered.store(entered, Ordering::Relaxed);
        let poll = self.future.as_mut().poll(context);
        let spent = self.meter.since(entered);
        self.meter.used.fetch_add(spent, Ordering::Relaxed);
        poll
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The process was stopped, or all processors were busy with something else.
    #[test]
    fn a_slice_in_which_the_thread_did_not_run_is_not_charged() {
        let meter = Meter::new();
        let stopped = Metered::new(Arc::clone(&meter), async {
            std::thread::sleep(20 * SLICE_COUNTED_MAX);
            meter.used()
        });
        let mut stopped = std::pin::pin!(stopped);
        let mut context = Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(seen) = stopped.as_mut().poll(&mut context) else { panic!("it waits for nothing") };
        assert_eq!((seen, meter.used_in_past_polls()), (SLICE_COUNTED_MAX, SLICE_COUNTED_MAX));
    }
}
