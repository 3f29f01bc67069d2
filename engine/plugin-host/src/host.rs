//! The WebAssembly engine of a site: which features plugins may use, how their memory is pooled, and what they link
//! against. One per process.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmFeatures};

use crate::compiler::Compiler;
use crate::interfaces;
use crate::lane::LongCalls;
use crate::limits::{
    BACKTRACE_FRAMES_MAX, CALL_STACK_BYTES, INSTANCE_METADATA_BYTES_MAX, INSTANCES_PER_CALL_MAX, Limits,
    MEMORIES_PER_CALL_MAX, POOL_SLOTS_MAX, TABLE_ELEMENTS_MAX, TABLES_PER_CALL_MAX, WASM_STACK_BYTES,
};
use crate::package::Package;
use crate::plugin::{LoadError, Plugin};
use crate::ticker::Ticker;

/// How a site runs its plugins.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What one call may use; a plugin's manifest can lower it.
    pub limits: Limits,
    /// Calls of all plugins that run at the same time; others wait for their turn.
    pub concurrent_calls: u32,
    /// Where packages are compiled.
    pub compiler: Compiler,
}

impl Default for Settings {
    fn default() -> Self {
        Self { limits: Limits::default(), concurrent_calls: 256, compiler: Compiler::ThisProcess }
    }
}

/// Compiles plugins and runs their calls.
#[derive(Debug)]
pub struct PluginHost {
    engine: Engine,
    settings: Settings,
    turns: Arc<Semaphore>,
    long_calls: LongCalls,
    ticker: Arc<Ticker>,
}

/// Why this machine cannot run plugins at all.
#[derive(Debug, thiserror::Error)]
#[error(
    "the WebAssembly engine does not start: {reason}; lower the plugin memory limit or the number of concurrent calls"
)]
pub struct HostError {
    reason: String,
}

impl PluginHost {
    /// Reserves address space (no memory) for `concurrent_calls`.
    pub fn new(settings: Settings) -> Result<Self, HostError> {
        let slots = settings.concurrent_calls.clamp(1, POOL_SLOTS_MAX);
        let failed = |error: wasmtime::Error| HostError { reason: format!("{error:#}") };
        let engine = Engine::new(&engine_config(slots, settings.limits.memory_bytes)).map_err(failed)?;
        let ticker = Ticker::start(engine.weak()).map_err(|error| HostError { reason: error.to_string() })?;
        let turns = Arc::new(Semaphore::new(slots as usize));
        let long_calls = LongCalls::new();
        Ok(Self { engine, settings, turns, long_calls, ticker: Arc::new(ticker) })
    }

    /// Compiles a package. Takes about 0.1 s of every core for a Rust plugin: call it where blocking is allowed.
    ///
    /// With [`Compiler::ThisProcess`] the package is trusted with this process's time and memory.
    pub fn load(&self, package: &Package) -> Result<Arc<Plugin>, LoadError> {
        let component = self.settings.compiler.compile(&self.engine, &self.settings, package)?;
        let mut linker = Linker::new(&self.engine);
        let linked = interfaces::link(&mut linker)
            .and_then(|()| interfaces::wasi::link_rest_as_traps(&mut linker, &component))
            .and_then(|()| linker.instantiate_pre(&component));
        let ready = linked.map_err(|error| LoadError::Link(format!("{error:#}")))?;
        let limits = self.settings.limits.lowered_by(&package.manifest().limits);
        Plugin::new(
            package,
            ready,
            limits,
            Arc::clone(&self.turns),
            self.long_calls.lane(),
            Arc::clone(&self.ticker),
        )
        .map(Arc::new)
    }
}

pub(crate) fn engine_config(slots: u32, memory_bytes: usize) -> Config {
    let mut config = Config::new();

    // Pinned, so that an update of wasmtime never widens what a plugin may use. This set validates what the Rust, C,
    // Python and JavaScript toolchains produce.
    config.wasm_features(WasmFeatures::all(), false);
    config.wasm_features(
        WasmFeatures::MUTABLE_GLOBAL
            | WasmFeatures::SATURATING_FLOAT_TO_INT
            | WasmFeatures::SIGN_EXTENSION
            | WasmFeatures::REFERENCE_TYPES
            | WasmFeatures::CALL_INDIRECT_OVERLONG
            | WasmFeatures::MULTI_VALUE
            | WasmFeatures::BULK_MEMORY
            | WasmFeatures::BULK_MEMORY_OPT
            | WasmFeatures::EXTENDED_CONST
            | WasmFeatures::SIMD
            | WasmFeatures::FLOATS
            | WasmFeatures::COMPONENT_MODEL,
        true,
    );
    config.cranelift_nan_canonicalization(true);

    config.epoch_interruption(true);
    config.max_wasm_stack(WASM_STACK_BYTES);
    config.async_stack_size(CALL_STACK_BYTES);
    // Stacks are reused between guests.
    config.async_stack_zeroing(true);
    config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES_MAX));
    config.memory_init_cow(true);

    // Nothing stays resident: what a guest leaves behind goes back to the kernel before the next one comes.
    let mut pool = PoolingAllocationConfig::new();
    pool.linear_memory_keep_resident(0);
    pool.table_keep_resident(0);
    pool.async_stack_keep_resident(0);
    pool.max_unused_warm_slots(0);
    pool.decommit_batch_size(1);
    pool.total_component_instances(slots);
    pool.total_stacks(slots);
    pool.total_core_instances(slots.saturating_mul(INSTANCES_PER_CALL_MAX));
    pool.total_memories(slots.saturating_mul(MEMORIES_PER_CALL_MAX));
    pool.total_tables(slots.saturating_mul(TABLES_PER_CALL_MAX));
    pool.max_core_instances_per_component(INSTANCES_PER_CALL_MAX);
    pool.max_memories_per_component(MEMORIES_PER_CALL_MAX);
    pool.max_tables_per_component(TABLES_PER_CALL_MAX);
    pool.max_memories_per_module(1);
    pool.max_tables_per_module(TABLES_PER_CALL_MAX);
    pool.max_memory_size(memory_bytes);
    pool.table_elements(TABLE_ELEMENTS_MAX);
    pool.max_core_instance_size(INSTANCE_METADATA_BYTES_MAX);
    pool.max_component_instance_size(INSTANCE_METADATA_BYTES_MAX);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
