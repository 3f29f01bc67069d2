//! See `bpmn_roundtrip` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::bpmn_roundtrip(bytes));
