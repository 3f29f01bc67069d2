//! Every bound of the node, named, with unit and reason.

/// Bytes of one answer that a client reads; a search page of 100 Tasks stays well below.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Entries of one search page when the engine reconciles.
pub const PAGE_ENTRIES: usize = 100;
/// Pages that one paged search follows; beyond it the reconcile loop simply runs again.
pub const PAGES_MAX: usize = 1_000;
/// Bytes of one request on the control socket.
pub const CONTROL_REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Attempts to move a Task along its life cycle before the update is tried again later.
pub const ANSWER_CONFLICTS_MAX: usize = 8;
/// Seconds that a stopping site waits for work in flight.
pub const SHUTDOWN_SECONDS: u64 = 10;
/// Milliseconds between attempts to reach the own mailbox when it is split off and away.
pub const RECONNECT_MS: u64 = 500;
/// Effects in flight at once; more wait in the engine's outbox.
pub const EFFECTS_IN_FLIGHT_MAX: usize = 256;
/// Messages on their way into the engine whose commit is awaited.
pub const MESSAGES_OFFERED_MAX: usize = 1_024;
/// Seconds between two looks for Tasks that nobody pushed.
pub const RECONCILE_SECONDS: u64 = 30;
/// Tasks of one status that one look takes.
pub const TASKS_RECONCILED_MAX: usize = 200_000;
/// Bytes of one plugin file in the folder.
pub const PLUGIN_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Entries that a plugin's directory or search call may get.
pub const DIRECTORY_ENTRIES_MAX: usize = 10_000;
/// Bytes of one model file that is run locally.
pub const MODEL_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one scenario file.
pub const SCENARIO_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Things that may happen in one step of a scenario; a process that is not at rest by then never will be.
pub const SCENARIO_ACTIONS_PER_STEP_MAX: usize = 1_000_000;
