//! Every bound of the plugin host, named, with unit and reason. Bounds on a package hold before anything of it is
//! compiled; [`Limits`] bound one call and can be lowered by the operator and by the plugin's own manifest.

use std::time::Duration;

use crate::manifest::RequestedLimits;

/// Bytes of one `.wasm` file. A Python plugin with its interpreter has about 18 MiB.
pub const PACKAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of the manifest.
pub const MANIFEST_BYTES_MAX: usize = 1024 * 1024;
/// Files in one package.
pub const FILES_MAX: usize = 10_000;
/// Bytes of one file path.
pub const PATH_BYTES_MAX: usize = 255;
/// Modules and components nested in each other; real components have three levels.
pub const NESTING_MAX: usize = 16;
/// Imports and exports of one component.
pub const IMPORTS_MAX: usize = 1_000;
/// Types of resources that one component imports.
pub const RESOURCE_TYPES_MAX: usize = 1_000;
/// Handlers of one plugin, and aliases of one handler.
pub const HANDLERS_MAX: usize = 1_000;

/// Functions that one package defines, in all its modules. Python components have about 20,000.
pub const FUNCTIONS_MAX: usize = 100_000;
/// Bytes of one function's body: compilers take more than linear time for a function. An interpreter's main loop has 300 KiB.
pub const FUNCTION_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of machine code and metadata that one package may become. A Python plugin has about 36 MiB.
pub const COMPILED_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Bytes of what a compiling process says about a failure.
pub const COMPILER_MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// How often the CPU time of running guests is looked at. A budget is exceeded by at most one tick, and a guest keeps its
/// thread from others for no longer.
pub const TICK: Duration = Duration::from_micros(500);
/// A slice counts as at most so much. A guest gives its thread back at the next tick, so that in a slice which took longer the
/// thread did not run: another had the processor, or the process was stopped.
pub const SLICE_COUNTED_MAX: Duration = Duration::from_millis(1);
/// Computing time after which a call counts as a long one: long calls take turns on all processors but one, so that
/// short ones, and the rest of the site, never wait for them.
pub const LONG_CALL: Duration = Duration::from_millis(20);
/// Computing time after which a long call comes after all other long ones of its plugin.
pub const VERY_LONG_CALL: Duration = Duration::from_millis(200);
/// Native stack of one call; host functions run on what WebAssembly leaves.
pub const CALL_STACK_BYTES: usize = 2 * 1024 * 1024;
/// The part of it that WebAssembly may use before deep recursion traps.
pub const WASM_STACK_BYTES: usize = 512 * 1024;
/// Calls that can run at the same time in one host. Each reserves [`MEMORIES_PER_CALL_MAX`] times 4 GiB of address space, so
/// that bounds checks cost nothing; a process has 128 TiB, and several sites may share one process.
pub const POOL_SLOTS_MAX: u32 = 1_000;
/// Core instances of one call. Python components need many.
pub const INSTANCES_PER_CALL_MAX: u32 = 400;
/// Linear memories of one call. Rust, C and Python components have one. The pool holds this many for each call, so that
/// no plugin can take the memories of another's.
pub const MEMORIES_PER_CALL_MAX: u32 = 4;
/// Tables of one call.
pub const TABLES_PER_CALL_MAX: u32 = 32;
/// Elements of one table.
pub const TABLE_ELEMENTS_MAX: usize = 100_000;
/// Bytes of one of them, which count as memory of the call.
pub const TABLE_ELEMENT_BYTES: usize = 8;
/// Bytes that the runtime may allocate to describe one instance.
pub const INSTANCE_METADATA_BYTES_MAX: usize = 1024 * 1024;

/// Frames of a backtrace in an incident.
pub const BACKTRACE_FRAMES_MAX: usize = 20;
/// The log lines that travel with a failure.
pub const LAST_LOG_LINES: usize = 20;
/// Bytes kept of one such line.
pub const LAST_LOG_LINE_BYTES: usize = 1024;
/// Bytes of a failure's message, and of each of its causes: plugins may say a lot.
pub const FAILURE_TEXT_BYTES: usize = 4 * 1024;
/// Causes kept of one failure.
pub const FAILURE_CAUSES_MAX: usize = 16;
/// Bytes of the code of a BPMN error.
pub const ERROR_CODE_BYTES_MAX: usize = 255;
/// Bytes of a variable's name.
pub const VARIABLE_NAME_BYTES_MAX: usize = 255;
/// Bytes that one JSON value takes here, whatever its text.
pub const JSON_VALUE_BYTES: usize = 32;
/// Bytes that the first members of a JSON object take.
pub const JSON_OBJECT_BYTES: usize = 640;
/// Bytes of a resource's id, and of its version's, as FHIR says.
pub const ID_BYTES_MAX: usize = 64;
/// Bytes of the name of a resource type.
pub const RESOURCE_TYPE_BYTES_MAX: usize = 64;
/// Entries one search returns, whatever a plugin asks for.
pub const SEARCH_ENTRIES_MAX: u32 = 10_000;

/// What the compilation of one package may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompilationLimits {
    /// Bytes of writable memory of the compiling process.
    pub memory_bytes: u64,
    /// Its computing time; whole seconds, as the kernel counts them.
    pub cpu: Duration,
    /// Time from its start to its end.
    pub wall: Duration,
}

impl Default for CompilationLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 2 * 1024 * 1024 * 1024,
            cpu: Duration::from_mins(1),
            wall: Duration::from_mins(3),
        }
    }
}

/// What one call of one handler may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all linear memories and tables together.
    pub memory_bytes: usize,
    /// Time that the guest computes, counted in [`TICK`]s. Waiting for the host does not count.
    pub cpu: Duration,
    /// Time from the start of the call to its end, waiting included.
    pub wall: Duration,
    /// Bytes that the guest may hand over in one host call (lists and strings, as counted by the runtime).
    pub host_call_bytes: usize,
    /// Calls from the guest to the host.
    pub host_calls: u32,
    /// Handles that are open at the same time.
    pub handles: usize,
    /// Bytes of all log lines together.
    pub log_bytes: usize,
    /// Bytes of memory that all buffered writes take together: variables, outputs, plans. JSON takes several times the
    /// bytes of its text.
    pub write_bytes: usize,
    /// Calls of one plugin that run at the same time; others wait for their turn outside the wall limit.
    pub concurrent_calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 * 1024 * 1024,
            cpu: Duration::from_secs(5),
            wall: Duration::from_mins(1),
            host_call_bytes: 16 * 1024 * 1024,
            host_calls: 100_000,
            handles: 10_000,
            log_bytes: 1024 * 1024,
            write_bytes: 128 * 1024 * 1024,
            concurrent_calls: 64,
        }
    }
}

impl Limits {
    /// The operator's limits, lowered by what the plugin itself says it needs at most.
    #[must_use]
    pub fn lowered_by(&self, requested: &RequestedLimits) -> Self {
        let mut limits = self.clone();
        if let Some(mebibytes) = requested.memory_mib {
            let bytes = usize::try_from(mebibytes).unwrap_or(usize::MAX).saturating_mul(1024 * 1024);
            limits.memory_bytes = limits.memory_bytes.min(bytes);
        }
        if let Some(milliseconds) = requested.cpu_ms {
            limits.cpu = limits.cpu.min(Duration::from_millis(milliseconds));
        }
        if let Some(milliseconds) = requested.wall_ms {
            limits.wall = limits.wall.min(Duration::from_millis(milliseconds));
        }
        limits
    }
}
