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

/// The digests of a lesson's worlds after each of its steps, or what is wrong with the file.
#[cfg(feature = "digest")]
#[wasm_bindgen]
pub fn lesson_digest(text: &str) -> String {
    crate::lesson::check::digest_of(text)
}

/// A long session to travel in, for `tests/wasm/seek.mjs`.
#[cfg(feature = "digest")]
#[wasm_bindgen]
pub struct LongSession(crate::sim::Session);

#[cfg(feature = "digest")]
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
/// The world of `cargo xtask bench core sim`, to be timed from outside.
#[cfg(feature = "digest")]
#[wasm_bindgen]
#[derive(Debug)]
pub struct Fanout {
    ready: crate::sim::World,
    world: crate::sim::World,
}

#[cfg(feature = "digest")]
#[wasm_bindgen]
impl Fanout {
    /// A world in sync.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> Self {
        let ready = crate::sim::fanout::ready();
        Self { world: ready.clone(), ready }
    }

    /// Goes back to where it began.
    pub fn reset(&mut self) {
        self.world = self.ready.clone();
    }

    /// Runs it for `millis` of its time.
    pub fn run(&mut self, millis: u32) {
        crate::sim::fanout::run(&mut self.world, u64::from(millis));
    }

    /// How many packets were delivered since the reset.
    pub fn delivered(&self) -> f64 {
        crate::sim::fanout::delivered(&self.world, self.ready.trace().len()) as f64
    }
}
