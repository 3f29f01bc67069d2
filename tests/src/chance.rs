//! Randomness that can be repeated: the seed is printed, and `TESSERA_TEST_SEED` sets it.

use std::time::{Duration, SystemTime};

/// The variable that repeats a run.
pub const SEED_VARIABLE: &str = "TESSERA_TEST_SEED";

/// SplitMix64: small, and the same everywhere.
#[derive(Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The seed of the environment, or a new one.
    #[expect(clippy::print_stderr, reason = "whoever reads a failed test needs the seed")]
    pub fn new() -> Self {
        let given = std::env::var(SEED_VARIABLE).ok().and_then(|seed| seed.parse().ok());
        let clock = || {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            since.as_secs() ^ u64::from(since.subsec_nanos()) << 32
        };
        let state = given.unwrap_or_else(clock);
        eprintln!("{SEED_VARIABLE}={state}");
        Self { state }
    }

    /// One of `count` numbers from zero.
    pub fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).expect("usize has at most 64 bits");
        usize::try_from(self.next() % count).expect("smaller than a usize")
    }

    /// From zero to `longest`.
    pub fn duration(&mut self, longest: Duration) -> Duration {
        let micros = u64::try_from(longest.as_micros()).expect("durations of tests are short");
        Duration::from_micros(self.next() % (micros + 1))
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}
