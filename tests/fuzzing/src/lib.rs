//! What must hold for any bytes, one function each. `../fuzz` hands them to libFuzzer on nightly; on stable, `tests/corpus.rs`
//! replays the corpora in `../fuzz/corpus` and changes them at random. A function returns, or it has found something.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a target finds something by panicking")]

mod canary;
mod fhir;
mod host;
mod model;
pub mod mutation;
mod package;
mod process;
mod pump;
mod wire;

pub use canary::canary;
pub use fhir::{fhir_bundle_search_params, fhir_task};
pub use host::host_calls;
pub use model::{bpmn_read, bpmn_roundtrip, expression};
pub use package::plugin_component;
pub use process::{compile_and_run, journal_decode, site_inputs, snapshot_decode};
pub use wire::http_request;

/// A target.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: [(&str, Target); 12] = [
    ("bpmn_read", bpmn_read),
    ("bpmn_roundtrip", bpmn_roundtrip),
    ("compile_and_run", compile_and_run),
    ("expression", expression),
    ("fhir_bundle_search_params", fhir_bundle_search_params),
    ("fhir_task", fhir_task),
    ("host_calls", host_calls),
    ("http_request", http_request),
    ("journal_decode", journal_decode),
    ("plugin_component", plugin_component),
    ("site_inputs", site_inputs),
    ("snapshot_decode", snapshot_decode),
];
