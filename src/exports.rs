//! What JavaScript may call in the build for the trace test (feature `digest`). The page's own code
//! does not have it: nothing there reads the trace as text.

use wasm_bindgen::prelude::wasm_bindgen;

/// The digest of a scripted world's trace, for the comparison with the native build.
#[wasm_bindgen]
pub fn trace_digest(seed: u64) -> String {
    crate::sim::digest::trace_digest(seed)
}

/// A long session to travel in, for `tests/wasm/seek.mjs`.
#[wasm_bindgen]
pub struct LongSession(crate::sim::Session);

#[wasm_bindgen]
impl LongSession {
    /// 100,000 steps of ten nodes with full backlogs of 1 MiB.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "only JavaScript makes one")]
    pub fn new() -> Self {
        Self(crate::sim::bench::long_session())
    }

    /// The latest instant, in microseconds.
    pub fn reach(&self) -> u64 {
        self.0.reach().as_micros()
    }

    /// Goes to an instant; returns how many steps lie behind.
    pub fn seek(&mut self, micros: u64) -> u64 {
        self.0.seek(crate::redis::Time::from_micros(micros));
        self.0.position()
    }

    /// One step back to what can be seen.
    pub fn back(&mut self) -> bool {
        self.0.step_back_to(crate::sim::Grain::Event)
    }
}
