//! See `fhir_bundle_search_params` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::fhir_bundle_search_params(bytes));
