//! Which part of the picture is drawn in which frame: one at a time, and the dearer the seldomer, so
//! that no frame takes long.

use crate::view::picture::Part;
use web_sys::Performance;

/// Shortest and longest time between two drawings of each part, in milliseconds. Nobody reads a table ten
/// times a second; but what scene, ring and history say of one offset stands side by side, so none of them
/// may wait long, however dear it is.
const WAITS: [(f64, f64); Part::ALL.len()] =
    [(100.0, 100.0), (100.0, 100.0), (100.0, 200.0), (1000.0, 1000.0)];
/// A part waits so many times longer than it held up a frame at most.
const PATIENCE: f64 = 200.0;

/// When each part is due.
#[derive(Debug, Default)]
pub(in crate::ui) struct Pace {
    /// When each is due again, and the longest that it held up a frame lately, in milliseconds.
    parts: [(f64, f64); Part::ALL.len()],
    drawing: Option<Drawing>,
}

/// A part that is being drawn; its pieces on the page follow in later frames.
#[derive(Debug)]
struct Drawing {
    part: usize,
    /// When its first frame was.
    at: f64,
    /// When the work of this frame began.
    since: f64,
    /// The longest that a frame's work took.
    took: f64,
}

impl Pace {
    /// The part to draw in this frame; what was drawn last is done.
    pub(super) fn next(&mut self, at: f64) -> Option<Part> {
        if let Some(Drawing { part, at, took, .. }) = self.drawing.take() {
            let known = &mut self.parts[part];
            // One slow time says little.
            known.1 = (known.1 * 3.0 + took) / 4.0;
            let (least, most) = WAITS[part];
            known.0 = at + (least + known.1 * PATIENCE).min(most);
            #[cfg(feature = "bench")]
            crate::ui::bench::note(part, took);
        }
        let due = self.parts.iter().zip(Part::ALL).filter(|((due, _), _)| *due <= at);
        let part = due.min_by(|a, b| a.0.0.total_cmp(&b.0.0)).map(|(_, part)| part)?;
        self.drawing = Some(Drawing { part: part as usize, at, since: now(), took: 0.0 });
        Some(part)
    }

    /// Another frame is for what is being drawn.
    pub(super) fn go_on(&mut self) {
        if let Some(drawing) = &mut self.drawing {
            drawing.since = now();
        }
    }

    /// A piece of it is on the page.
    pub(super) fn drawn(&mut self) {
        if let Some(drawing) = &mut self.drawing {
            drawing.took = drawing.took.max(now() - drawing.since);
        }
    }
}

thread_local! {
    /// Looked up once: it is asked several times a frame.
    static CLOCK: Option<Performance> = web_sys::window().and_then(|window| window.performance());
}

/// Milliseconds on the browser's clock for short times.
fn now() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, Performance::now))
}
