//! `cargo +nightly fuzz run connection`: see `tests/fuzz/connection.rs`.
#![no_main]

#[path = "../../tests/fuzz/dice.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod dice;
#[path = "../../tests/fuzz/rig.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod rig;
#[path = "../../tests/fuzz/words.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod words;
#[path = "../../tests/fuzz/connection.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod connection;

libfuzzer_sys::fuzz_target!(|data: &[u8]| connection::check(data));
