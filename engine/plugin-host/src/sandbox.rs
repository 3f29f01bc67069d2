//! The inside of one call: what the guest may see, what it has buffered, and what it has used up. Created for the call,
//! thrown away with it.
//!
//! Every limit ends the call the same way: the function that notices returns [`LimitReached`], WebAssembly traps, and
//! [`crate::failure`] finds the limit in the error.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tessera_core::plugin::{Execution, FailureKind, VariableScope, VariableWrite, Writes};
use wasmtime::ResourceLimiter;

use crate::interfaces::wasi::Printed;
use crate::limits::{LAST_LOG_LINE_BYTES, LAST_LOG_LINES, Limits, TABLE_ELEMENT_BYTES, TABLE_ELEMENTS_MAX};
use crate::meter::Meter;
use crate::services::Services;

/// State of one call; the data of its WebAssembly store.
pub(crate) struct Sandbox {
    /// For log events and `process-info`.
    pub(crate) plugin: Arc<PluginIdentity>,
    pub(crate) execution: Execution,
    pub(crate) services: Arc<dyn Services>,
    pub(crate) last_lines: LastLines,
    pub(crate) printed: Printed,
    limits: Limits,
    meter: Arc<Meter>,
    writes: Writes,
    /// The last write of this call to each variable.
    overlay: BTreeMap<Arc<str>, VariableWrite>,
    memory_bytes: usize,
    write_bytes: usize,
    log_bytes: usize,
    host_calls: u32,
    fresh_keys: u32,
    /// A question to the own mailbox did not reach it.
    pub(crate) mailbox_was_away: bool,
}

/// Who is running.
#[derive(Debug)]
pub(crate) struct PluginIdentity {
    pub(crate) name: Arc<str>,
    pub(crate) version: Arc<str>,
}

/// A named limit was reached. Travels through WebAssembly as the reason of a trap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct LimitReached {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

impl LimitReached {
    fn other(message: String) -> Self {
        Self { kind: FailureKind::OtherLimit, message }
    }
}

impl Sandbox {
    pub(crate) fn new(
        plugin: Arc<PluginIdentity>,
        execution: Execution,
        services: Arc<dyn Services>,
        limits: Limits,
        meter: Arc<Meter>,
    ) -> Self {
        Self {
            plugin,
            execution,
            services,
            limits,
            meter,
            last_lines: LastLines::default(),
            printed: Printed::default(),
            writes: Writes::default(),
            overlay: BTreeMap::new(),
            memory_bytes: 0,
            write_bytes: 0,
            log_bytes: 0,
            host_calls: 0,
            fresh_keys: 0,
            mailbox_was_away: false,
        }
    }

    /// The nearest visible value, this call's own writes first.
    pub(crate) fn variable(&self, name: &str) -> Option<&Arc<Value>> {
        match self.overlay.get(name) {
            Some(write) => write.value.as_ref(),
            None => self.execution.variables.get(name),
        }
    }

    /// The value in the activity's local scope.
    pub(crate) fn local_variable(&self, name: &str) -> Option<&Arc<Value>> {
        let is_local = || self.execution.local.iter().any(|local| &**local == name);
        match self.overlay.get(name) {
            Some(write) if write.scope == VariableScope::Local || is_local() => write.value.as_ref(),
            None if is_local() => self.execution.variables.get(name),
            Some(_) | None => None,
        }
    }

    /// Names of all visible variables.
    pub(crate) fn variable_names(&self) -> Vec<Arc<str>> {
        let kept = self.execution.variables.keys().filter(|name| !self.overlay.contains_key(*name));
        let written = self.overlay.values().filter(|write| write.value.is_some()).map(|write| &write.name);
        kept.chain(written).cloned().collect()
    }

    /// Buffers a write whose value was charged.
    pub(crate) fn write_variable(&mut self, write: VariableWrite) -> Result<(), LimitReached> {
        self.charge_write(write.name.len())?;
        self.overlay.insert(write.name.clone(), write.clone());
        self.writes.variables.push(write);
        Ok(())
    }

    /// Buffers an output that was charged.
    pub(crate) fn write_output(&mut self, output: Value) {
        self.writes.outputs.push(output);
    }

    pub(crate) fn write_alternative_business_key(&mut self, key: String) -> Result<(), LimitReached> {
        self.charge_write(key.len())?;
        self.writes.alternative_business_key = Some(key);
        Ok(())
    }

    /// What was buffered, at the end of the call.
    pub(crate) fn take_writes(&mut self) -> Writes {
        std::mem::take(&mut self.writes)
    }

    /// The key set by this call or an earlier one.
    pub(crate) fn alternative_business_key(&self) -> Option<String> {
        self.writes.alternative_business_key.clone().or_else(|| {
            self.execution
                .variables
                .get("alternativeBusinessKey")
                .and_then(|key| key.as_str().map(Into::into))
        })
    }

    /// A UUID (version 8) that a retry of this activity gets too, as its n-th.
    pub(crate) fn fresh_key(&mut self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.execution.idempotency_key.as_bytes());
        digest.update(self.fresh_keys.to_be_bytes());
        self.fresh_keys = self.fresh_keys.wrapping_add(1);
        uuid_text(&digest.finalize())
    }

    /// One call from the guest that asks the site.
    pub(crate) fn charge_host_call(&mut self) -> Result<(), LimitReached> {
        self.host_calls = self.host_calls.saturating_add(1);
        if self.host_calls > self.limits.host_calls {
            return Err(LimitReached::other(format!(
                "it asked the site more than {} times in one call",
                self.limits.host_calls
            )));
        }
        Ok(())
    }

    /// Log text of this call.
    pub(crate) fn charge_log(&mut self, bytes: usize) -> Result<(), LimitReached> {
        self.check_log(bytes)?;
        // Each line costs the operator more than its letters.
        self.log_bytes = self.log_bytes.saturating_add(bytes).saturating_add(16);
        Ok(())
    }

    /// Whether so much more text would still be logged.
    pub(crate) fn check_log(&self, bytes: usize) -> Result<(), LimitReached> {
        if self.log_bytes.saturating_add(bytes) > self.limits.log_bytes {
            return Err(LimitReached::other(format!(
                "it logged more than {} in one call",
                in_units(self.limits.log_bytes)
            )));
        }
        Ok(())
    }

    /// Looks at the CPU budget of a guest that is made to give the thread back; called at most one tick late.
    pub(crate) fn interrupt(&self) -> Result<(), LimitReached> {
        self.meter.interrupt();
        if self.meter.used() <= self.limits.cpu {
            return Ok(());
        }
        Err(LimitReached {
            kind: FailureKind::CpuLimit,
            message: format!("it computed for more than {} ms in one call", self.limits.cpu.as_millis()),
        })
    }

    /// Memory of something that will be kept until the call ends. Charged before it is made, and kept when it turns out
    /// that it cannot be made: making it has cost as much.
    pub(crate) fn charge_write(&mut self, bytes: usize) -> Result<(), LimitReached> {
        self.write_bytes = self.write_bytes.saturating_add(bytes);
        if self.write_bytes > self.limits.write_bytes {
            return Err(LimitReached::other(format!(
                "it wrote more than {} of variables and outputs in one call",
                in_units(self.limits.write_bytes)
            )));
        }
        Ok(())
    }

    /// Linear memories and tables together.
    fn charge_memory(&mut self, current: usize, desired: usize) -> Result<(), LimitReached> {
        let total = self.memory_bytes.saturating_sub(current).saturating_add(desired);
        if total > self.limits.memory_bytes {
            return Err(LimitReached {
                kind: FailureKind::MemoryLimit,
                message: format!(
                    "it asked for {} of memory, the limit is {}",
                    in_units(total),
                    in_units(self.limits.memory_bytes)
                ),
            });
        }
        self.memory_bytes = total;
        Ok(())
    }

    /// An answer of the site that is being put together, and has this many bytes now. A few bytes can ask for the same
    /// large value a million times.
    pub(crate) fn check_answer(&self, bytes: usize) -> Result<(), LimitReached> {
        if bytes > self.limits.memory_bytes {
            return Err(LimitReached::other(format!(
                "it asked for an answer of more than {}, which is all of its memory",
                in_units(self.limits.memory_bytes)
            )));
        }
        Ok(())
    }
}

impl ResourceLimiter for Sandbox {
    /// Refuses by a trap rather than by a failed `memory.grow`: guests answer that with an abort that says nothing.
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.charge_memory(current, desired)?;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > TABLE_ELEMENTS_MAX {
            return Err(LimitReached::other(format!(
                "it asked for a table of {desired} elements, the limit is {TABLE_ELEMENTS_MAX}"
            ))
            .into());
        }
        let bytes = |elements: usize| elements.saturating_mul(TABLE_ELEMENT_BYTES);
        self.charge_memory(bytes(current), bytes(desired))?;
        Ok(true)
    }
}

/// The last lines that a plugin logged, kept for the incident.
#[derive(Debug, Default)]
pub(crate) struct LastLines {
    lines: VecDeque<String>,
    /// The last line of level error, which is where a panic announces itself.
    last_error: Option<String>,
}

impl LastLines {
    pub(crate) fn push(&mut self, level: &str, message: &str) {
        if self.lines.len() == LAST_LOG_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(format!("{level}: {}", shortened(message, LAST_LOG_LINE_BYTES)));
    }

    pub(crate) fn push_error(&mut self, message: &str) {
        self.last_error = Some(shortened(message, LAST_LOG_LINE_BYTES).to_owned());
        self.push("error", message);
    }

    pub(crate) fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines).into()
    }
}

/// The beginning of a text, cut at a character.
pub(crate) fn shortened(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

fn in_units(bytes: usize) -> String {
    const KIBIBYTE: usize = 1024;
    const MEBIBYTE: usize = 1024 * KIBIBYTE;
    match bytes {
        0..KIBIBYTE => format!("{bytes} bytes"),
        KIBIBYTE..MEBIBYTE => format!("{} KiB", bytes.div_ceil(KIBIBYTE)),
        _ => format!("{} MiB", bytes.div_ceil(MEBIBYTE)),
    }
}

fn uuid_text(digest: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let number = u128::from_be_bytes(bytes);
    let hex = format!("{number:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
