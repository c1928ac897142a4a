//! Which part of the picture is drawn in which frame. Scene and ring are drawn with each beat, at a steady
//! pace, and written in the next frame; the rest one at a time between the beats, and the dearer the seldomer,
//! so that no frame takes long.

use crate::view::picture::Part;
use web_sys::Performance;

/// From one beat to the next, in milliseconds: a number that changes more often cannot be read, and each
/// change makes the browser lay out its box.
const BEAT: f64 = 100.0;
/// Frames that are so many milliseconds apart are too few for one that only writes.
const SELDOM: f64 = 25.0;
/// What is drawn between the beats, with the shortest and the longest time between two drawings, in
/// milliseconds. History stands beside scene and ring, so it may not wait long, however dear it is; a table
/// whose rows go while one reads it cannot be read. (The numbers in the table of nodes are written with each beat.)
const BETWEEN: [(Part, f64, f64); 2] = [(Part::Chart, 100.0, 250.0), (Part::Packets, 3000.0, 3000.0)];
/// A part waits so many times longer than it held up a frame at most.
const PATIENCE: f64 = 200.0;
/// A part that is so many milliseconds late goes before the pieces that wait: where each beat brings more of them
/// than there is time for, they never stop waiting.
const LATE: f64 = 150.0;

/// When each part is due.
#[derive(Debug, Default)]
pub(in crate::ui) struct Pace {
    /// When the next beat is due.
    beat: f64,
    /// What the last one drew is for the next frame to write.
    unwritten: bool,
    /// When each part between the beats is due again, and the longest that it held up a frame lately, in
    /// milliseconds.
    parts: [(f64, f64); BETWEEN.len()],
    drawing: Option<Drawing>,
}

/// A part that is being drawn; its pieces on the page follow in later frames.
#[derive(Debug)]
struct Drawing {
    /// Its place in [`BETWEEN`].
    part: usize,
    /// When the work of this frame began.
    since: f64,
    /// The longest that a frame's work took.
    took: f64,
}

impl Pace {
    /// Whether this frame, so many milliseconds after the last, is a beat. Another frame writes what it drew,
    /// unless they are seldom.
    pub(super) fn beats(&mut self, at: f64, real: f64) -> bool {
        // Half a frame early is better than half a frame late.
        let due = at + 8.0 >= self.beat;
        if due {
            self.beat = at + BEAT;
            self.unwritten = real < SELDOM;
        }
        due
    }

    /// Whether what the last beat drew is not written yet.
    pub(super) fn has_unwritten(&self) -> bool {
        self.unwritten
    }

    /// Whether this frame writes it.
    pub(super) fn writes(&mut self) -> bool {
        std::mem::take(&mut self.unwritten)
    }

    /// Does the work of one frame of a beat; the last one writes.
    #[cfg_attr(not(feature = "bench"), expect(unused_variables, reason = "only the bench wants to know"))]
    pub(super) fn beat(last: bool, work: impl FnOnce()) {
        #[cfg(feature = "bench")]
        let since = now();
        work();
        #[cfg(feature = "bench")]
        crate::ui::bench::beat(&[Part::Scene, Part::Ring], now() - since, last);
    }

    /// Whether a part may not wait any longer.
    pub(super) fn is_late(&self, at: f64) -> bool {
        self.parts.iter().any(|(due, _)| due + LATE <= at)
    }

    /// The part to draw in this frame; what was drawn last is done.
    pub(super) fn next(&mut self, at: f64) -> Option<Part> {
        if let Some(Drawing { part, took, .. }) = self.drawing.take() {
            let known = &mut self.parts[part].1;
            // One slow time says little.
            *known = (*known * 3.0 + took) / 4.0;
            #[cfg(feature = "bench")]
            crate::ui::bench::note(BETWEEN[part].0 as usize, took);
        }
        let part = self.choose(at)?;
        self.drawing = Some(Drawing { part, since: now(), took: 0.0 });
        Some(BETWEEN[part].0)
    }

    /// The place of the part that has been due longest.
    fn choose(&mut self, at: f64) -> Option<usize> {
        let due = self.parts.iter().enumerate().filter(|(_, (due, _))| *due <= at);
        let part = due.min_by(|a, b| a.1.0.total_cmp(&b.1.0)).map(|(part, _)| part)?;
        let (_, least, most) = BETWEEN[part];
        let (due, took) = &mut self.parts[part];
        *due = at + (least + *took * PATIENCE).min(most);
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
pub(super) fn now() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, Performance::now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_is_kept_waiting_by_pieces_that_never_end() {
        let mut pace = Pace::default();
        let mut drawn = [0; BETWEEN.len()];
        for frame in 1..=600 {
            let at = f64::from(frame) * 1000.0 / 60.0;
            if pace.is_late(at)
                && let Some(part) = pace.choose(at)
            {
                drawn[part] += 1;
            }
        }
        assert!(drawn[0] >= 20 && drawn[1] >= 3, "in 10 s: {drawn:?}");
    }
}
