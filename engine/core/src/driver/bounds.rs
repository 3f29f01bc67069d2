//! What a shard takes at a time and keeps in memory.

use crate::limits::{
    COMMITS_IN_FLIGHT_PER_SHARD_MAX, EFFECTS_IN_FLIGHT_PER_SHARD_MAX, HOT_INSTANCES_PER_SHARD,
    INPUTS_PER_SHARD_MAX, REMEMBERED_READS_MAX, SCAN_ROWS_MAX, TIMERS_PER_BATCH_MAX,
};

/// Bounds of each shard. Sites have the defaults. What lies beyond a bound (the second page, the evicted instance, the busy
/// answer) has code of its own, so tests make them small. A bound of zero counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Commits that may be under way; beyond this the shard decides nothing more.
    pub commits_in_flight: usize,
    /// Effects that may be performed at once. The rest waits in the store.
    pub effects_in_flight: usize,
    /// Inputs that wait to be decided; beyond this whoever asks is told that the site is busy.
    pub inputs: usize,
    /// Due timers fired in one batch.
    pub timers_per_batch: usize,
    /// Rows of one page when a table is walked.
    pub rows_per_page: usize,
    /// Instances kept in memory. One step of one instance may need two.
    pub residents: usize,
    /// Reads that are remembered between decisions.
    pub remembered_reads: usize,
}

impl Bounds {
    /// None of them zero.
    pub(super) fn checked(self) -> Self {
        Self {
            commits_in_flight: self.commits_in_flight.max(1),
            effects_in_flight: self.effects_in_flight.max(1),
            inputs: self.inputs.max(1),
            timers_per_batch: self.timers_per_batch.max(1),
            rows_per_page: self.rows_per_page.max(1),
            residents: self.residents.max(1),
            remembered_reads: self.remembered_reads.max(1),
        }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            commits_in_flight: COMMITS_IN_FLIGHT_PER_SHARD_MAX,
            effects_in_flight: EFFECTS_IN_FLIGHT_PER_SHARD_MAX,
            inputs: INPUTS_PER_SHARD_MAX,
            timers_per_batch: TIMERS_PER_BATCH_MAX,
            rows_per_page: SCAN_ROWS_MAX,
            residents: HOT_INSTANCES_PER_SHARD,
            remembered_reads: REMEMBERED_READS_MAX,
        }
    }
}
