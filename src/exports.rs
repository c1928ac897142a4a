//! What JavaScript may call in the build for the trace test and the benches (feature `digest`). The page's own code
//! does not have it: nothing there reads the trace as text.

use wasm_bindgen::prelude::wasm_bindgen;

/// The digest of a scripted world's trace, for the comparison with the native build.
#[wasm_bindgen]
pub fn trace_digest(seed: u64) -> String {
    crate::sim::digest::trace_digest(seed)
}

/// The world of `cargo xtask bench core sim`, to be timed from outside.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Fanout(crate::sim::World);

#[wasm_bindgen]
impl Fanout {
    /// A world in sync.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> Self {
        Self(crate::sim::fanout::ready())
    }

    /// Runs a copy for `millis` of its time; how many packets were delivered.
    pub fn run(&self, millis: u32) -> f64 {
        crate::sim::fanout::run(&mut self.0.clone(), u64::from(millis)) as f64
    }
}
