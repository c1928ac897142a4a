//! What JavaScript may call in builds that are not the page: the one for the trace test (feature
//! `digest`) and the one that the page loads for a teacher's lesson file (feature `lesson-reader`). The
//! page's own code has neither: nothing there reads the trace as text, or JSON.

use wasm_bindgen::prelude::wasm_bindgen;

/// The digest of a scripted world's trace, for the comparison with the native build.
#[cfg(feature = "digest")]
#[wasm_bindgen]
pub fn trace_digest(seed: u64) -> String {
    crate::sim::digest::trace_digest(seed)
}

/// Reads and plays a lesson file and gives it in the form that the page reads.
///
/// # Errors
/// What is wrong with the file, a line each: `line:column: field: what is allowed`.
#[cfg(feature = "lesson-reader")]
#[wasm_bindgen]
pub fn read_lesson(text: &str) -> Result<Vec<u8>, String> {
    use crate::lesson::{binary, check};
    let told = |problems: Vec<check::Problem>| {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let lesson = check::check(text).map_err(told)?;
    binary::encode(&lesson).ok_or_else(String::new)
}
