//! Bytes as a permalink from a stranger.
#![no_main]

#[path = "../../tests/fuzz/permalink.rs"]
mod permalink;

libfuzzer_sys::fuzz_target!(|data: &[u8]| permalink::check(data));
