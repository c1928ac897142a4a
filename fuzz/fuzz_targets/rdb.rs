//! `cargo +nightly fuzz run rdb`: see `tests/fuzz/rdb.rs`.
#![no_main]

#[path = "../../tests/fuzz/rdb.rs"]
#[allow(dead_code, reason = "shared with the bounded tests")]
mod rdb;

libfuzzer_sys::fuzz_target!(|data: &[u8]| rdb::check(data));
