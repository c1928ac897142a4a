//! Steps at most one a pixel, kept from one drawing to the next: what is new is added, what has left the window
//! is dropped, and nothing between is walked again.

use super::packed::Packed;
use super::window::Window;
use crate::redis::Time;

/// The last step of each stretch of time as long as a pixel is wide.
///
/// The stretches begin at multiples of their length, wherever the window lies: so they stay the same while it
/// moves along.
#[derive(Clone, Debug, Default)]
pub(super) struct Thin {
    /// Their length in microseconds.
    pixel: u64,
    /// Those that have a step, oldest first.
    kept: Vec<(u64, u64)>,
    /// The row after the last step that is kept.
    next: usize,
    /// The window began no earlier than this when it was drawn first.
    from: u64,
}

impl Thin {
    /// The steps in sight of a window that is so many pixels wide, up to an instant: first the one that holds at
    /// its left edge. Rows have an instant first, then a value, and only the last of them is ever changed.
    pub(super) fn in_sight(
        &mut self,
        rows: &Packed,
        window: &Window,
        until: Time,
        width: f64,
    ) -> &[(u64, u64)] {
        let (from, until) = (window.from.as_micros(), until.min(window.to).as_micros());
        let pixel = ((window.span().as_micros() as f64 / width.max(1.0)) as u64).max(1);
        if self.pixel != pixel || from < self.from {
            let next = rows.after(0, 0, from).saturating_sub(1);
            *self = Self { pixel, kept: Vec::new(), next, from };
        }
        if self.kept.last().is_none_or(|last| last.0 <= until) {
            // Later steps of the last stretch may have come, or another value at its instant.
            self.next -= usize::from(self.kept.pop().is_some());
            if self.kept.is_empty() {
                // The line begins with this one, be there others in its stretch or not.
                self.kept.extend(rows.get(self.next).map(|[at, value, ..]| (at, value)));
                self.next += self.kept.len();
            }
            while let Some([at, ..]) = rows.get(self.next).filter(|row| row[0] <= until) {
                let end = (at / pixel + 1) * pixel - 1;
                self.next = rows.after(self.next + 1, 0, end.min(until));
                self.kept.extend(rows.get(self.next - 1).map(|[at, value, ..]| (at, value)));
            }
        }
        let gone = self.kept.partition_point(|step| step.0 <= from).saturating_sub(1);
        if gone > 0 {
            self.kept.drain(..gone);
            self.from = self.kept[0].0;
        }
        &self.kept[..self.kept.partition_point(|step| step.0 <= until)]
    }

    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.kept.capacity() * size_of::<(u64, u64)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rng;

    fn window(from: u64, span: u64) -> Window {
        Window { from: Time::from_millis(from), to: Time::from_millis(from + span) }
    }

    #[test]
    fn what_is_kept_is_what_is_found_anew() {
        let (mut rows, mut rng, mut kept) = (Packed::new(2), Rng::new(7), Thin::default());
        let (mut at, mut value) = (0, 0);
        for round in 0..400_u64 {
            for _ in 0..rng.below(40) {
                at += rng.below(3) * 700;
                value += rng.below(90);
                match rows.last() {
                    Some([last, ..]) if last == at => rows.set(rows.len() - 1, &[at, value, 0, 0, 0]),
                    _ => rows.push(&[at, value, 0, 0, 0], true),
                }
            }
            let now = at / 1000;
            // It follows, and now and then it looks back, or at less than there is, or from nearer.
            let (back, span) = match round % 50 {
                47 => (4_000, 1_400),
                48 => (900, 300),
                _ => (1_300, 1_400),
            };
            let (window, until) = (window(now.saturating_sub(back), span), Time::from_micros(at));
            let seen = kept.in_sight(&rows, &window, until, 700.0).to_vec();
            let mut anew = Thin::default();
            let all = anew.in_sight(&rows, &window, until, 700.0);
            // Where the window begins within a stretch, the step before it may be the last of the one before.
            let from = window.from.as_micros();
            let both = [&seen[..], all]
                .map(|steps| steps.iter().filter(|step| step.0 > from).copied().collect::<Vec<_>>());
            assert_eq!(both[0], both[1], "{round}: {window:?}");
            let held = rows.get(rows.after(0, 0, from).wrapping_sub(1));
            if let (Some([held, ..]), Some(first)) = (held, seen.first()) {
                let soon = seen.get(1).is_some_and(|next| next.0 <= from + kept.pixel);
                assert!(first.0 == held || soon, "{round}: {seen:?} instead of {held}");
            }
            assert!(kept.kept.len() <= 703, "{round}: {}", kept.kept.len());
        }
        assert!(rows.len() > 4_000);
    }
}
