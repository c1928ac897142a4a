//! Seeks, and drags through time, which are one seek after another: what is seen first is drawn with each of
//! them, and the rest a little a frame, so that none holds up the next.

use crate::view::picture::Part;

/// A seek that follows another so soon, in milliseconds, is of the same drag.
const HURRY: f64 = 100.0;
/// During a drag something of the rest is drawn so often, in milliseconds.
const STEP: f64 = 50.0;
/// And History, which moves the less under the hand the better, so often.
const LATEST: f64 = 500.0;
/// The parts of the picture that are not seen first; the last of them is drawn first.
const REST: [Part; 2] = [Part::Packets, Part::Chart];

/// What a frame after a seek is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: what is seen first is painted, or the hand still moves.
    Wait,
    /// Pieces of the page that wait.
    Pieces,
    /// A part of the picture.
    Part(Part),
    /// Nothing is left.
    Done,
}

/// What is left to draw after a seek.
#[derive(Debug, Default)]
pub(super) struct Drag {
    /// When the last seek was, in milliseconds.
    last: f64,
    /// Whether it followed another at once.
    hurries: bool,
    /// Whether there was no frame since.
    fresh: bool,
    /// When something of the rest was drawn last, and when History was.
    drawn: f64,
    charted: f64,
    /// So many parts are left.
    parts: usize,
    /// Whether something is not drawn yet.
    pub(super) late: bool,
}

impl Drag {
    /// There is another seek.
    pub(super) fn seeks(&mut self, at: f64) {
        self.hurries = at - self.last < HURRY;
        if !self.hurries {
            self.charted = at;
        }
        (self.last, self.fresh, self.late, self.parts) = (at, true, true, REST.len());
    }

    /// What this frame is for; `waiting`: whether pieces of the page wait.
    pub(super) fn next(&mut self, at: f64, waiting: bool) -> Next {
        let fresh = std::mem::take(&mut self.fresh);
        let hurries = self.hurries && at - self.last < HURRY;
        // What is seen first is painted before anything else is done.
        let waits = if hurries { at - self.drawn < STEP } else { fresh };
        if waits {
            return Next::Wait;
        }
        self.drawn = at;
        let charts = hurries && at - self.charted >= LATEST;
        if waiting && !charts {
            return Next::Pieces;
        }
        let Some(left) = self.parts.checked_sub(1) else { return Next::Done };
        self.parts = left;
        if REST[left] == Part::Chart {
            self.charted = at;
        }
        Next::Part(REST[left])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_seek_each_frame_draws_something_of_the_rest() {
        let mut drag = Drag::default();
        drag.seeks(1000.0);
        let waiting = [true, true, true, false, true, false, false];
        let all: Vec<_> = waiting
            .iter()
            .enumerate()
            .map(|(n, waiting)| drag.next(1016.0 + n as f64 * 16.0, *waiting))
            .collect();
        let (chart, packets) = (Next::Part(Part::Chart), Next::Part(Part::Packets));
        assert_eq!(all, [Next::Wait, Next::Pieces, Next::Pieces, chart, Next::Pieces, packets, Next::Done]);
    }

    #[test]
    fn a_drag_draws_some_of_the_rest_now_and_then_and_all_when_the_hand_rests() {
        let mut drag = Drag::default();
        let mut drawn = Vec::new();
        // Sixty seeks a second for more than a second, each with pieces to draw.
        for n in 0..72 {
            drag.seeks(1000.0 + f64::from(n) * 16.0);
            let next = drag.next(1008.0 + f64::from(n) * 16.0, true);
            if next != Next::Wait {
                drawn.push(next);
            }
        }
        let charts = drawn.iter().filter(|next| **next == Next::Part(Part::Chart)).count();
        assert_eq!((charts, drawn.len()), (2, 18), "something each fourth frame, twice it is History");
        let rests = 1000.0 + 71.0 * 16.0 + HURRY;
        assert_eq!(drag.next(rests, true), Next::Pieces);
        assert_eq!(drag.next(rests + 1.0, true), Next::Pieces, "no frame is left out");
        assert_eq!(drag.next(rests + 2.0, false), Next::Part(Part::Chart));
        assert_eq!(drag.next(rests + 3.0, false), Next::Part(Part::Packets));
        assert!(drag.late && drag.next(rests + 4.0, false) == Next::Done);
    }
}
