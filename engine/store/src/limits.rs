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

/// sled writes its log in segments of this size, and a page (a leaf holds about 20 entries, an index 257 keys) above a
/// quarter of it into a file that nobody syncs. With the two bounds below and [`KEY_BYTES_MAX`], no page gets there:
/// 20 leaves of 9 KiB, or 257 keys of 1 KiB, are less than 512 KiB.
pub(crate) const SLED_SEGMENT_BYTES: usize = 2 * 1024 * 1024;

/// Larger values are stored in sled as several parts of this size.
pub(crate) const SLED_PART_BYTES: usize = 8 * 1024;

/// A flush that takes longer is followed by another one, which wakes it if sled forgot to.
pub(crate) const SLED_FLUSH_PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// How long to wait until an earlier handle of this process has let go of sled's file.
pub(crate) const SLED_UNLOCK_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// fjall rewrites its tables when its journals together reach this size. 64 MiB is the least it accepts for one.
pub(crate) const FJALL_JOURNAL_BYTES_MAX: u64 = 128 * 1024 * 1024;
