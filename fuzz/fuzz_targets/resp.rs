//! `cargo +nightly fuzz run resp`: see `tests/fuzz/resp.rs`.
#![no_main]

#[path = "../../tests/fuzz/dice.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod dice;
#[path = "../../tests/fuzz/resp.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod resp;

libfuzzer_sys::fuzz_target!(|data: &[u8]| resp::check(data));
