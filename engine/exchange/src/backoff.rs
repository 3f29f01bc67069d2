//! How long to wait between attempts: doubling, capped, with jitter, so that a peer that comes back is not trampled.

use std::time::Duration;

/// The bounds of a series of waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second attempt.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
}

/// One series of attempts.
#[derive(Debug, Clone)]
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
    /// The next wait: three quarters to all of the current interval, as `random` says, which then doubles.
    pub fn next_wait(&mut self, random: u8) -> Duration {
        let interval = self.next.min(self.backoff.longest);
        self.next = interval.saturating_mul(2);
        interval.mul_f64(1.0 - f64::from(random) / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_jitter_shortens_them_by_a_quarter_at_most() {
        let second = Duration::from_secs(1);
        let mut attempts = Backoff { first: second, longest: 5 * second }.attempts();
        let waits: Vec<_> = (0..4).map(|_| attempts.next_wait(0).as_millis()).collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 5_000]);
        assert!(attempts.next_wait(u8::MAX).as_millis() > 3_750);
    }
}
