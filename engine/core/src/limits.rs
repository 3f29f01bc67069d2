//! Every bound of the core, named, with unit and reason.

/// Facts one input may cause in one instance. A model that loops without waiting is stopped by this and becomes an incident.
pub const FACTS_PER_STEP_MAX: usize = 200_000;
/// Attempts of a plugin call when neither model nor plugin says otherwise.
pub const CALL_ATTEMPTS_DEFAULT: u32 = 3;
/// Milliseconds between two such attempts.
pub const CALL_RETRY_INTERVAL_MS_DEFAULT: u64 = 5_000;
/// Iterations of one multi-instance activity. More would not fit a step of [`FACTS_PER_STEP_MAX`] facts.
pub const MULTI_INSTANCE_MAX: usize = 10_000;
/// Bytes of one variable value kept inside the instance record; larger values live beside it.
pub const INLINE_VALUE_BYTES_MAX: usize = 8 * 1024;
/// Milliseconds that an early message is buffered for a live business key.
pub const EARLY_MESSAGE_TTL_MS: u64 = 60 * 60 * 1000;
/// Early messages buffered per business key.
pub const EARLY_MESSAGES_PER_KEY_MAX: usize = 1_000;
/// Due timers fired in one batch per shard.
pub const TIMERS_PER_BATCH_MAX: usize = 256;
/// Instances kept in memory per shard beyond those with work in flight.
pub const HOT_INSTANCES_PER_SHARD: usize = 256;
/// Inputs waiting in one shard; beyond this the driver answers "busy" and the sender retries.
pub const INPUTS_PER_SHARD_MAX: usize = 10_000;
/// Rows one list command returns.
pub const LIST_ROWS_MAX: usize = 1_000;
/// Shards of one store. Keys hold a shard in two bytes, and each shard costs a little memory and a few reads at start.
pub const SHARDS_MAX: u16 = 1_024;
/// Commits of one shard that were asked for and are not acknowledged; beyond this the shard decides nothing more.
pub const COMMITS_IN_FLIGHT_PER_SHARD_MAX: usize = 64;
/// Effects of one shard that are being performed. The rest waits in the store.
pub const EFFECTS_IN_FLIGHT_PER_SHARD_MAX: usize = 4_096;
/// Inputs of one shard whose reads are asked for together.
pub const PREFETCHED_INPUTS_MAX: usize = 64;
/// Reads that a shard remembers; more are read again.
pub const REMEMBERED_READS_MAX: usize = 4_096;
/// Rows of one page when a table is walked.
pub const SCAN_ROWS_MAX: usize = 1_000;
/// Milliseconds before a shard whose commit or read failed tries again.
pub const RELOAD_DELAY_MS: u64 = 1_000;
/// Milliseconds that a message is remembered after its answer is settled. A repetition that was on its way for longer
/// would be taken again; the mailbox shows such a message as ended, so nobody brings it.
pub const ENDED_MESSAGE_TTL_MS: u64 = 24 * 60 * 60 * 1000;
/// Levels that a variable's value may nest. Below what the JSON parser accepts when the record is read back.
pub const VALUE_DEPTH_MAX: usize = 100;
/// Bytes that one step may write. Below what the store takes in one batch; a step beyond it fails alone.
pub const STEP_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Milliseconds that an ended instance is kept at least, so that its last commit has landed.
pub const DELETION_DELAY_MIN_MS: u64 = 60 * 1000;
/// Milliseconds until an ended instance is to be deleted again whose answers are not settled.
pub const DELETION_PUT_OFF_MS: u64 = 60 * 60 * 1000;
/// Waits that a correlation by command looks at, per process and shard; beyond this it wants a business key.
pub const CORRELATED_WAITS_MAX: usize = 1_000;
/// Definitions that a site remembers.
pub const DEFINITIONS_MAX: usize = 100_000;
