//! Every bound of the node, named, with unit and reason.

/// Bytes of one answer that a client reads; a search page of 100 Tasks stays well below.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Connections that the kernel has accepted and the mailbox has not; Linux lowers it to `net.core.somaxconn`.
pub const LISTEN_BACKLOG: u32 = 4_096;
/// Entries of one search page when the engine reconciles.
pub const PAGE_ENTRIES: usize = 64;
/// Pages that one paged search follows; beyond it the reconcile loop simply runs again.
pub const PAGES_MAX: usize = 1_000;
/// Bytes of one request on the control socket.
pub const CONTROL_REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Steps of one answer, conflicts included, before it pauses: the longest way has three.
pub const ANSWER_STEPS_MAX: usize = 8;
/// Seconds that a stopping site waits for work in flight.
pub const SHUTDOWN_SECONDS: u64 = 10;
/// Milliseconds between attempts to reach the own mailbox when it is split off and away.
pub const RECONNECT_MS: u64 = 500;
/// Deliveries to one peer under way at once; more wait their turn, so that one dead peer cannot take all connections.
pub const DELIVERIES_PER_PEER_MAX: usize = 16;
/// Messages on their way into the engine whose commit is awaited.
pub const MESSAGES_OFFERED_MAX: usize = 1_024;
/// Seconds between two looks for Tasks that nobody pushed.
pub const RECONCILE_SECONDS: u64 = 30;
/// Bytes of Tasks in status `requested` that one look takes; the next look finds the rest.
pub const RECONCILED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Messages that one look at Tasks in status `in-progress` names.
pub const IN_PROGRESS_MAX: usize = 200_000;
/// Bytes of one plugin file in the folder.
pub const PLUGIN_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one model file that is run locally.
pub const MODEL_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one scenario file.
pub const SCENARIO_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Bytes of one simulation file; people write them.
pub const SIMULATION_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Things that may happen in one step of a scenario; a process that is not at rest by then never will be.
pub const SCENARIO_ACTIONS_PER_STEP_MAX: usize = 1_000_000;
/// Bytes of one file that is linted; what the readers take, and a built plugin.
pub const LINT_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Files of one folder that is linted.
pub const LINT_FILES_MAX: usize = 100_000;
/// Folders within folders that are searched.
pub const LINT_FOLDER_DEPTH_MAX: usize = 64;
/// Bytes of a `tessera-lint.toml`; people write them.
pub const LINT_CONFIGURATION_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a baseline: some 100,000 findings.
pub const LINT_BASELINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Times that files are repaired and checked again, because one repair can be in the way of another.
pub const LINT_FIX_PASSES_MAX: usize = 8;
