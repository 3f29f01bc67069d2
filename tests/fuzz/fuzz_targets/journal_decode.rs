//! See `journal_decode` in `tessera-fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tessera_fuzzing::journal_decode(bytes));
