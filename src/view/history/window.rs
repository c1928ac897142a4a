//! Which instants the History view shows: zoom and pan.

use crate::redis::{Span, Time};
use crate::view::layout::between;

/// The instants shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The left edge.
    pub from: Time,
    /// The right edge.
    pub to: Time,
}

/// Which part of the session is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// So much of it, moving along with what is shown.
    Follow(Span),
    /// All of it.
    All,
    /// This part, whatever happens.
    Still(Window),
}

/// The shortest window.
const SHORTEST: u64 = 20_000;
/// The window at the start, in microseconds.
const USUAL: u64 = 14_000_000;

impl Window {
    /// So much before an instant, with some room for what comes.
    pub fn recent(now: Time, span: Span) -> Self {
        let span = span.as_micros();
        let from = (now.as_micros() + span / 9).saturating_sub(span);
        Self { from: Time::from_micros(from), to: Time::from_micros(from + span) }
    }

    /// All of a session that reaches to `end`.
    pub fn all(end: Time) -> Self {
        let mut to = USUAL;
        // Grows in leaps, so that the picture does not creep.
        while to < end.as_micros().saturating_add(end.as_micros() / 24) {
            to += to / 2;
        }
        Self { from: Time::ZERO, to: Time::from_micros(to) }
    }

    /// How much it shows.
    pub fn span(&self) -> Span {
        Span::from_micros(self.to.as_micros().saturating_sub(self.from.as_micros()))
    }

    /// The instant at a fraction of the window.
    pub fn at(&self, fraction: f64) -> Time {
        let into = between(fraction, 0.0, 1.0) * self.span().as_micros() as f64;
        Time::from_micros(self.from.as_micros() + into as u64)
    }

    /// Whether an instant is in it.
    pub fn has(&self, at: Time) -> bool {
        self.from <= at && at <= self.to
    }
}

impl Zoom {
    /// What is shown at first: the last moments.
    pub const RECENT: Self = Self::Follow(Span::from_micros(USUAL));

    /// The window when `now` is shown of a session that was run up to `reach`.
    pub fn window(self, now: Time, reach: Time) -> Window {
        match self {
            Self::Still(window) => window,
            Self::All => Window::all(reach),
            Self::Follow(span) => match Window::recent(reach, span) {
                latest if now >= latest.from => latest,
                _ => Window::recent(now, span),
            },
        }
    }

    /// Shows `by` times as much, with the instant at a fraction of the window kept in its place. A
    /// window that follows goes on doing so.
    #[must_use]
    pub fn zoomed(self, now: Time, reach: Time, by: f64, fraction: f64) -> Self {
        let window = self.window(now, reach);
        let most = Window::all(reach).to.as_micros() as f64;
        let span = between(window.span().as_micros() as f64 * by, SHORTEST as f64, most);
        if span >= most {
            return Self::All;
        }
        let span = span as u64;
        if let Self::Follow(_) = self {
            return Self::Follow(Span::from_micros(span));
        }
        let kept = window.at(fraction).as_micros();
        let from = kept.saturating_sub((between(fraction, 0.0, 1.0) * span as f64) as u64);
        Self::still(from, span, reach)
    }

    /// Moves the window by a fraction of itself; it then stays where it is.
    #[must_use]
    pub fn panned(self, now: Time, reach: Time, by: f64) -> Self {
        let window = self.window(now, reach);
        let span = window.span().as_micros();
        let from = window.from.as_micros() as f64 + by * span as f64;
        Self::still(from.max(0.0) as u64, span, reach)
    }

    /// The part to show when time has passed: a window that the present leaves goes along with it.
    #[must_use]
    pub fn passed(self, before: Time, now: Time) -> Self {
        match self {
            Self::Still(window) if window.has(before) && now > window.to => Self::Follow(window.span()),
            same => same,
        }
    }

    fn still(from: u64, span: u64, reach: Time) -> Self {
        let from = from.min(Window::all(reach).to.as_micros().saturating_sub(span));
        Self::Still(Window { from: Time::from_micros(from), to: Time::from_micros(from + span) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn zooming_keeps_the_instant_under_the_pointer() {
        let (now, reach) = (at(60_000), at(90_000));
        let zoom = Zoom::All;
        let before = zoom.window(now, reach);
        let near = zoom.zoomed(now, reach, 0.25, 0.3);
        let after = near.window(now, reach);
        let off = before.at(0.3).as_micros().abs_diff(after.at(0.3).as_micros());
        assert!(off <= 2, "{before:?} {after:?}");
        assert!(after.span().as_micros().abs_diff(before.span().as_micros() / 4) <= 1);
        // Back out again, everything is shown.
        assert_eq!(near.zoomed(now, reach, 4.1, 0.3), Zoom::All);
    }

    #[test]
    fn a_window_ends_at_both_ends_of_the_session() {
        let (now, reach) = (at(5000), at(90_000));
        let near = Zoom::All.zoomed(now, reach, 0.1, 0.5);
        let left = near.panned(now, reach, -100.0).window(now, reach);
        assert_eq!(left.from, Time::ZERO);
        let right = near.panned(now, reach, 100.0).window(now, reach);
        assert_eq!(right.to, Window::all(reach).to);
        assert_eq!((left.span(), right.span()), (near.window(now, reach).span(), left.span()));
        let tiny = (0..99).fold(Zoom::RECENT, |zoom, _| zoom.zoomed(now, reach, 0.5, 0.5));
        assert_eq!(tiny.window(now, reach).span().as_micros(), SHORTEST);
    }

    #[test]
    fn the_present_takes_its_window_along() {
        let window = Window { from: at(1000), to: at(3000) };
        assert_eq!(Zoom::Still(window).passed(at(2900), at(3100)), Zoom::Follow(Span::from_millis(2000)));
        assert_eq!(Zoom::Still(window).passed(at(5000), at(5100)), Zoom::Still(window));
        assert_eq!(Zoom::All.passed(at(2900), at(3100)), Zoom::All);
    }
}
