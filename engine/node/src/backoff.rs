//! Waiting between attempts: doubling, capped, with jitter, so that a peer that comes back is not trampled.

use std::time::Duration;

use tessera_core::entropy::Entropy as _;

use crate::clock::SystemEntropy;

/// How long to wait between attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second attempt.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
}

/// One series of attempts.
#[derive(Debug)]
pub struct Attempts {
    backoff: Backoff,
    next: Duration,
}

impl Backoff {
    /// A new series.
    pub fn attempts(self) -> Attempts {
        Attempts { backoff: self, next: self.first }
    }
}

impl Attempts {
    /// The next wait: three quarters to all of the current interval, which then doubles.
    pub fn next_wait(&mut self) -> Duration {
        let mut random = [0_u8; 1];
        SystemEntropy::default().fill(&mut random);
        let interval = self.next.min(self.backoff.longest);
        self.next = interval.saturating_mul(2);
        interval.mul_f64(1.0 - f64::from(random[0]) / 1024.0)
    }

    /// Waits.
    pub async fn wait(&mut self) {
        let wait = self.next_wait();
        tokio::time::sleep(wait).await;
    }
}
