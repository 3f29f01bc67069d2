//! How long a thread has had a processor: what a rate per core is measured by, on a machine that others use too.

use std::time::{Duration, Instant};

/// What one thread uses from now on.
pub(super) struct Used {
    began: Instant,
    before: Option<Duration>,
}

impl Used {
    /// Begins to measure the thread that calls.
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), before: on_processor() }
    }

    /// What it has used. Where the system does not tell, the time that has passed.
    pub(super) fn so_far(&self) -> Duration {
        match (self.before, on_processor()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            (None, _) | (_, None) => self.began.elapsed(),
        }
    }
}

/// Linux tells nanoseconds on a processor, then waiting for one, then how many turns.
fn on_processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
