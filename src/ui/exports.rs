//! What JavaScript may call.

use wasm_bindgen::prelude::wasm_bindgen;

/// The digest of a scripted world's trace, for the comparison with the native build.
#[wasm_bindgen]
pub fn trace_digest(seed: u64) -> String {
    crate::sim::digest::trace_digest(seed)
}
