//! See `host_calls` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::host_calls(bytes));
