//! Every bound of the store in one place. A batch beyond them is refused as a whole, before anything is written.

/// Longest key. The shortest is one byte: not every store can hold the empty key.
pub const KEY_BYTES_MAX: usize = 1024;

/// Largest single value. Larger things are split by their owner, who knows where.
pub const VALUE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Keys and values of one batch together.
pub const BATCH_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Batches that the committer takes into one group.
pub const GROUP_BATCHES_MAX: usize = 1024;

/// The committer takes no further batch once a group holds this much: one huge group would make all others wait.
pub const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Batches that may wait for the committer; whoever submits one more waits for room.
pub const QUEUE_BATCHES_MAX: usize = 4096;
