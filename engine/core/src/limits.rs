//! Every bound of the core, named, with unit and reason.

/// Facts one input may cause in one instance. A model that loops without waiting is stopped by this and becomes an incident.
pub const FACTS_PER_STEP_MAX: usize = 200_000;
/// Attempts of a plugin call when neither model nor plugin says otherwise.
pub const CALL_ATTEMPTS_DEFAULT: u32 = 3;
/// Milliseconds between two such attempts.
pub const CALL_RETRY_INTERVAL_MS_DEFAULT: u64 = 5_000;
/// Iterations of one multi-instance activity.
pub const MULTI_INSTANCE_MAX: usize = 100_000;
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
