//! What JavaScript may call in the build for the trace test (feature `digest`). The page's own code
//! does not have it: nothing there reads the trace as text.

use wasm_bindgen::prelude::wasm_bindgen;

/// The digest of a scripted world's trace, for the comparison with the native build.
#[wasm_bindgen]
pub fn trace_digest(seed: u64) -> String {
    crate::sim::digest::trace_digest(seed)
}
