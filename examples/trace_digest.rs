//! Prints the digest of a scripted world's trace for each seed: `trace_digest 0 1 2`.
//!
//! `cargo xtask test` compares these lines with those of the same code in WebAssembly.

use std::process::ExitCode;

use psync_lab::sim::digest::trace_digest;

fn main() -> ExitCode {
    for word in std::env::args().skip(1) {
        let Ok(seed) = word.parse::<u64>() else {
            eprintln!("a seed is a whole number, not `{word}`");
            return ExitCode::FAILURE;
        };
        println!("{seed} {}", trace_digest(seed));
    }
    ExitCode::SUCCESS
}
