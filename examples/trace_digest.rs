//! Prints the digest of a scripted world's trace for each seed, and of the worlds of each lesson file:
//! `trace_digest 0 1 www/lessons/1-why.json`.
//!
//! `cargo xtask test` compares these lines with those of the same code in WebAssembly.

use std::process::ExitCode;

use psync_lab::lesson::check::digest_of;
use psync_lab::sim::digest::trace_digest;

fn main() -> ExitCode {
    for word in std::env::args().skip(1) {
        let digest = match (word.parse::<u64>(), std::fs::read_to_string(&word)) {
            (Ok(seed), _) => trace_digest(seed),
            (_, Ok(text)) => digest_of(&text),
            _ => {
                eprintln!("a seed is a whole number, a lesson a file; not `{word}`");
                return ExitCode::FAILURE;
            }
        };
        println!("{word} {digest}");
    }
    ExitCode::SUCCESS
}
