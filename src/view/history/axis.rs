//! The axis of time, and lines of offsets above it.

use super::chart::{Tick, point};
use super::series::Steps;
use super::window::Window;
use crate::redis::Time;
use crate::view::layout::between;

/// Where instants lie.
pub(super) struct Axis {
    pub(super) window: Window,
    pub(super) left: f64,
    pub(super) width: f64,
}

impl Axis {
    pub(super) fn x(&self, at: Time) -> f64 {
        let from = self.window.from.as_micros() as f64;
        let span = (self.window.to.as_micros() as f64 - from).max(1.0);
        self.left + (at.as_micros() as f64 - from) / span * self.width
    }

    /// The marks of the axis: as many as have room.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let most = (self.width / 62.0).max(2.0) as u64;
        let span = self.window.span().as_micros();
        let mut step = 1000;
        // 1, 2, 5, 10, … milliseconds; from a minute on in minutes.
        let mut next = [2, 5, 10].into_iter().cycle();
        let mut decade = 1000;
        while span / step > most && step < 50_000_000 {
            let factor = next.next().unwrap_or(10);
            step = decade * factor;
            if factor == 10 {
                decade *= 10;
            }
        }
        let minutes = [60, 120, 300, 600, 1800, 3600, 7200, 36_000].map(|secs| secs * 1_000_000);
        if span / step > most {
            step = minutes.into_iter().find(|step| span / step <= most).unwrap_or(86_400_000_000);
        }
        let first = self.window.from.as_micros().div_ceil(step) * step;
        let places = (first..=self.window.to.as_micros()).step_by(step as usize);
        places.map(|at| Tick { x: self.x(Time::from_micros(at)), text: seconds(at, step) }).collect()
    }
}

/// An instant in seconds, with as many decimals as the step needs.
fn seconds(at: u64, step: u64) -> String {
    let (whole, millis) = (at / 1_000_000, at / 1000 % 1000);
    match step {
        ..10_000 => format!("{whole}.{millis:03}s"),
        10_000..100_000 => format!("{whole}.{:02}s", millis / 10),
        100_000..1_000_000 => format!("{whole}.{}s", millis / 100),
        _ => format!("{whole}s"),
    }
}

/// Where offsets lie.
pub(super) struct Scale {
    low: f64,
    high: f64,
    top: f64,
    bottom: f64,
}

impl Scale {
    /// From the lowest offset in sight to the highest.
    pub(super) fn of<'a>(
        lines: impl Iterator<Item = &'a Steps>,
        axis: &Axis,
        until: Time,
        (top, bottom): (f64, f64),
    ) -> Self {
        let (mut low, mut high) = (u64::MAX, 0);
        for steps in lines {
            thin(steps, axis, until, |_, value| (low, high) = (low.min(value), high.max(value)));
        }
        let low = if low == u64::MAX { 0 } else { low } as f64;
        let high = (high as f64).max(low + 64.0);
        // Some room below, so that what was overwritten has an area.
        Self { low: low - (high - low) * 0.12, high, top, bottom }
    }

    pub(super) fn y(&self, value: u64) -> f64 {
        let share = (value as f64 - self.low) / (self.high - self.low);
        between(self.bottom - share * (self.bottom - self.top), self.top, self.bottom)
    }
}

/// Steps as a path, at most one a pixel.
pub(super) fn line(steps: &Steps, axis: &Axis, scale: &Scale, until: Time) -> String {
    let mut path = String::new();
    let mut y = 0.0;
    thin(steps, axis, until, |x, value| {
        y = scale.y(value);
        let command = if path.is_empty() { 'M' } else { 'L' };
        point(&mut path, command, x, y);
    });
    if !path.is_empty() {
        point(&mut path, 'L', axis.x(until.min(axis.window.to)), y);
    }
    path
}

/// Hands out the steps in sight, at most about one a pixel, without walking those between.
fn thin(steps: &Steps, axis: &Axis, until: Time, mut take: impl FnMut(f64, u64)) {
    let window = axis.window;
    let until = until.min(window.to);
    let mut n = steps.after(0, window.from).saturating_sub(1);
    let pixel = (window.span().as_micros() as f64 / axis.width.max(1.0)) as u64;
    while let Some((at, value)) = steps.get(n).filter(|step| step.0 <= until) {
        take(axis.x(at).max(axis.left), value);
        // The last step of the next pixel.
        let next = Time::from_micros(at.as_micros().max(window.from.as_micros()) + pixel).min(until);
        n = (steps.after(n + 1, next) - 1).max(n + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: u64, to: u64) -> Axis {
        let window = Window { from: Time::from_millis(from), to: Time::from_millis(to) };
        Axis { window, left: 0.0, width: 1000.0 }
    }

    #[test]
    fn ticks_are_round_and_have_room() {
        for (from, to) in [(0, 20), (3, 300), (100, 14_000), (0, 90_000), (0, 1_800_000), (0, 90_000_000)] {
            let ticks = axis(from, to).ticks();
            assert!(ticks.len() >= 2, "{from}–{to}: {ticks:?}");
            assert!(ticks.windows(2).all(|two| two[1].x - two[0].x >= 60.0), "{from}–{to}: {ticks:?}");
            let mut texts: Vec<&String> = ticks.iter().map(|tick| &tick.text).collect();
            texts.dedup();
            assert_eq!(texts.len(), ticks.len(), "{ticks:?}");
        }
        assert_eq!(seconds(6_250_000, 50_000), "6.25s");
    }

    #[test]
    fn a_long_line_is_thinned_and_keeps_its_ends() {
        let mut steps = Steps::default();
        (0..200_000).for_each(|n| steps.put(Time::from_millis(n * 9), n * 30));
        let axis = axis(0, 1_800_000);
        let mut seen = Vec::new();
        thin(&steps, &axis, Time::from_millis(1_799_991), |x, value| seen.push((x, value)));
        assert!((900..=2100).contains(&seen.len()), "{}", seen.len());
        assert_eq!(seen.first(), Some(&(0.0, 0)));
        assert_eq!(seen.last().map(|last| last.1), Some(199_999 * 30));
        assert!(seen.windows(2).all(|two| two[0].1 < two[1].1 && two[1].0 - two[0].0 < 2.5));
    }
}
