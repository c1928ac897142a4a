//! Build tasks: `cargo xtask help`.
fn main() {}
