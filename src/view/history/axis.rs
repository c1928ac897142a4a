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
    /// From the lowest offset in sight to the highest. A server that holds nothing stands at the foot, wherever
    /// the others are.
    pub(super) fn of<'a>(
        lines: impl Iterator<Item = &'a Steps>,
        axis: &Axis,
        until: Time,
        (top, bottom): (f64, f64),
    ) -> Self {
        let (mut low, mut high) = (u64::MAX, 0);
        for steps in lines {
            thin(steps, axis, until, |_, value| {
                if value > 0 {
                    (low, high) = (low.min(value), high.max(value));
                }
            });
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
    lines(steps, axis, scale, until, &[axis.x(until.min(axis.window.to))]).pop().unwrap_or_default()
}

/// Steps as paths, at most one a pixel, each of which goes from the end of the one before to an end of its own.
#[inline(never)]
pub(super) fn lines(steps: &Steps, axis: &Axis, scale: &Scale, until: Time, ends: &[f64]) -> Vec<String> {
    let (mut paths, mut straight, mut last) = (Vec::new(), Straight::default(), None);
    // A step, or at last none, which no path goes on after.
    let mut take = |x: f64, step: Option<f64>| {
        while let Some(end) = ends.get(paths.len()).filter(|end| **end <= x)
            && (step.is_none() || paths.len() + 1 < ends.len())
        {
            let mut path = std::mem::take(&mut straight);
            if let Some(y) = last {
                path.to((*end, y));
                straight.to((*end, y));
            }
            paths.push(path.done());
        }
        if let Some(y) = step {
            straight.to((x, y));
            last = step;
        }
    };
    thin(steps, axis, until, |x, value| take(x, Some(scale.y(value))));
    take(f64::MAX, None);
    paths
}

/// Hands out the steps in sight, at most about one a pixel, without walking those between.
pub(super) fn thin(steps: &Steps, axis: &Axis, until: Time, mut take: impl FnMut(f64, u64)) {
    steps.in_sight(&axis.window, until, axis.width, |at, value| take(axis.x(at).max(axis.left), value));
}

/// A point that is so near to the line past it, in pixels, is left out: nobody can tell.
const NEAR: f64 = 0.2;

/// A path through points from left to right, with those left out that lie on the way. A steady stream of
/// writes is one line, not a thousand.
#[derive(Default)]
struct Straight {
    path: String,
    /// The last point of the path; none at first.
    corner: Option<(f64, f64)>,
    /// The last point of all.
    end: (f64, f64),
    /// Between which slopes a line from the corner passes near enough to all points since.
    slopes: (f64, f64),
}

impl Straight {
    #[inline(never)]
    fn to(&mut self, here: (f64, f64)) {
        let slope = |from: (f64, f64), by: f64| (here.1 + by - from.1) / (here.0 - from.0);
        let corner = match self.corner {
            Some(corner) if (self.slopes.0..=self.slopes.1).contains(&slope(corner, 0.0)) => corner,
            _ => self.turn(here),
        };
        let (low, high) = (slope(corner, -NEAR), slope(corner, NEAR));
        self.slopes = (self.slopes.0.max(low), self.slopes.1.min(high));
        self.end = here;
    }

    /// Draws the way so far, if there is one, or begins here.
    fn turn(&mut self, here: (f64, f64)) -> (f64, f64) {
        let (command, to) = if self.corner.is_some() { ('L', self.end) } else { ('M', here) };
        point(&mut self.path, command, to.0, to.1);
        self.corner = Some(to);
        self.slopes = (f64::MIN, f64::MAX);
        to
    }

    fn done(mut self) -> String {
        if self.corner.is_some_and(|corner| corner != self.end) {
            self.turn(self.end);
        }
        self.path
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

    #[test]
    fn a_path_bends_only_where_its_points_do_and_passes_near_all_of_them() {
        let mut rng = crate::redis::Rng::new(11);
        // A steady stream whose steps are not quite alike, a jump, a rest, another stream.
        let mut points = vec![(0.0, 100.0)];
        for n in 1..1000_u32 {
            let (x, y) = points[points.len() - 1];
            let by = match n {
                400 => -60.0,
                600..700 => 0.0,
                _ => 0.05 + rng.below(3) as f64 / 1000.0,
            };
            points.push((x + 0.6 + rng.below(4) as f64 / 10.0, y + by));
        }
        let mut straight = Straight::default();
        points.iter().for_each(|point| straight.to(*point));
        let path = straight.done();
        let number = |text: &str| text.parse::<f64>().expect("a coordinate");
        let corners: Vec<(f64, f64)> = path[1..]
            .split('L')
            .map(|pair| pair.split_once(' ').map(|(x, y)| (number(x), number(y))).expect("two"))
            .collect();
        assert!((5..30).contains(&corners.len()), "{path}");
        for (x, y) in points {
            let right = corners.partition_point(|corner| corner.0 < x).clamp(1, corners.len() - 1);
            let ((ax, ay), (bx, by)) = (corners[right - 1], corners[right]);
            let there = ay + (x - ax) / (bx - ax) * (by - ay);
            // Coordinates are written in tenths; where it jumps, a twentieth to the side is much.
            let jumps = (by - ay).abs() > 50.0;
            assert!(jumps || (there - y).abs() <= NEAR + 0.1, "({x}, {y}) is {there}");
        }
    }
}
