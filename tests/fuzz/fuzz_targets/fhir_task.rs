//! See `fhir_task` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::fhir_task(bytes));
