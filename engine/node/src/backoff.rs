//! Waiting between attempts, with the jitter of the system's random numbers.

pub use tessera_exchange::backoff::Backoff;

use tessera_core::entropy::Entropy as _;

use crate::clock::SystemEntropy;

/// One series of waits.
#[derive(Debug)]
pub struct Attempts(tessera_exchange::backoff::Attempts);

impl Attempts {
    /// A new series.
    pub fn new(backoff: Backoff) -> Self {
        Self(backoff.attempts())
    }

    /// Waits.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.0.next_wait(random())).await;
    }
}

/// Moves a wait a little, so that those who failed together do not come back together.
pub fn random() -> u8 {
    let mut random = [0_u8; 1];
    SystemEntropy::default().fill(&mut random);
    let [random] = random;
    random
}
