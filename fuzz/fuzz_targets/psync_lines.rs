//! `cargo +nightly fuzz run psync_lines`: see `tests/fuzz/psync_lines.rs`.
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
#[path = "../../tests/fuzz/psync_lines.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod psync_lines;

libfuzzer_sys::fuzz_target!(|data: &[u8]| psync_lines::check(data));
