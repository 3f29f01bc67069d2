//! See `expression` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::expression(bytes));
