//! The longest outage that a backlog survives, found by trying; a run at a time, so that a page can
//! draw in between.

use super::bench::Bench;
use super::{Load, MOST_COMMANDS, Outcome, Report, SizingError, check_size};
use crate::redis::Span;

/// How exactly an outage is found, in milliseconds.
pub const RESOLUTION_MS: u64 = 100;

/// A search for the longest outage: an iterator of what was tried, at most some twenty runs.
#[derive(Clone, Debug)]
pub struct Search {
    /// Cut for as long as is known to be survived.
    bench: Bench,
    /// Survived, in milliseconds.
    low: Option<u64>,
    /// Not survived, or more than is tried.
    high: u64,
}

/// A size, and the longest outage that a replica survives with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// `repl-backlog-size` in bytes.
    pub size: u64,
    /// The longest outage after which it was `+CONTINUE`, to within a tenth of a second; `None` if even
    /// the shortest was too long.
    pub outage: Option<Span>,
}

impl Search {
    /// A search with a backlog of `size` bytes; the load's own outage is of no account.
    ///
    /// # Errors
    /// If the load or size is out of bounds.
    pub fn new(size: u64, load: &Load) -> Result<Self, SizingError> {
        let load = Load { outage_ms: 0, ..*load };
        load.check()?;
        check_size(size)?;
        // In this time more is written than fits, with two seconds to spare.
        let lapped = size * 1000 / load.formula().written.max(1) + 2000;
        let most = MOST_COMMANDS * 1000 / u64::from(load.writes_per_s);
        let high = lapped.min(most).next_multiple_of(RESOLUTION_MS);
        Ok(Self { bench: Bench::cut(size, &load)?, low: None, high })
    }

    /// The longest outage that was survived so far.
    pub fn best(&self) -> Option<Span> {
        self.low.map(Span::from_millis)
    }

    /// Tries one more outage; `None` when the longest is found.
    ///
    /// # Errors
    /// If the replica does not come back.
    pub fn step(&mut self) -> Result<Option<(Span, Report)>, SizingError> {
        let low = self.low.map_or(0, |low| low + RESOLUTION_MS);
        if low >= self.high {
            return Ok(None);
        }
        // From `low` on nothing is known; below `high` everything is possible.
        let steps = (self.high - low) / RESOLUTION_MS;
        let middle = low + steps / 2 * RESOLUTION_MS;
        let outage = Span::from_millis(middle);
        let mut bench = self.bench.clone();
        bench.advance(outage);
        let report = bench.after(outage)?;
        if report.outcome == Outcome::Partial {
            (self.bench, self.low) = (bench, Some(middle));
        } else {
            self.high = middle;
        }
        Ok(Some((outage, report)))
    }
}

/// The longest outage that a replica survives with a backlog of `size` bytes under a load; `None` if
/// even the shortest is too long.
///
/// # Errors
/// If the load or size is out of bounds.
pub fn survivable(size: u64, load: &Load) -> Result<Option<Span>, SizingError> {
    let mut search = Search::new(size, load)?;
    while search.step()?.is_some() {}
    Ok(search.best())
}

/// The survivable outage against the size: points that are found one after the other.
#[derive(Clone, Debug)]
pub struct Curve {
    load: Load,
    sizes: Vec<u64>,
    search: Option<Search>,
    points: Vec<Point>,
}

impl Curve {
    /// A curve through these sizes, in this order.
    pub fn new(load: &Load, sizes: Vec<u64>) -> Self {
        Self { load: *load, sizes, search: None, points: Vec::new() }
    }

    /// Sizes, evenly spaced from `most / count` to `most`.
    pub fn evenly(load: &Load, most: u64, count: u32) -> Self {
        let count = u64::from(count.max(1));
        Self::new(load, (1..=count).map(|n| most * n / count).collect())
    }

    /// The points found so far.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// How many points it will have.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether it has no points at all.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// Does one run; `false` when all points are found.
    ///
    /// # Errors
    /// If the load or a size is out of bounds.
    pub fn step(&mut self) -> Result<bool, SizingError> {
        let Some(&size) = self.sizes.get(self.points.len()) else { return Ok(false) };
        let mut search = match self.search.take() {
            Some(search) => search,
            None => Search::new(size, &self.load)?,
        };
        if search.step()?.is_none() {
            self.points.push(Point { size, outage: search.best() });
        } else {
            self.search = Some(search);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Burst, Network, trial};
    use super::*;

    const LOAD: Load = Load {
        writes_per_s: 20,
        op_bytes: 100,
        network: Network::CommandsPerS(0),
        outage_ms: 0,
        burst: None,
    };

    fn outcome(size: u64, load: &Load, outage_ms: u64) -> Outcome {
        let load = Load { outage_ms: outage_ms as u32, ..*load };
        trial(size, &load).expect("within bounds").outcome
    }

    #[test]
    fn the_longest_outage_is_survived_and_a_longer_one_is_not() {
        let burst = Some(Burst { factor: 5, ms: 2000 });
        for (size, load) in
            [(10_000, LOAD), (10_000, Load { burst, ..LOAD }), (60_000, Load { burst, ..LOAD })]
        {
            let Ok(Some(found)) = survivable(size, &load) else { panic!("{size} survives something") };
            let found = found.as_millis();
            assert_eq!(outcome(size, &load, found), Outcome::Partial, "{found}");
            assert_eq!(outcome(size, &load, found + RESOLUTION_MS), Outcome::Full, "{found}");
        }
        assert_eq!(survivable(50, &LOAD), Ok(None));
    }

    #[test]
    fn a_curve_rises_with_the_size_and_falls_with_a_burst() {
        let points = |load: &Load| {
            let mut curve = Curve::evenly(load, 20_000, 5);
            let mut runs = 0;
            while curve.step().expect("within bounds") {
                runs += 1;
            }
            assert!(runs <= 5 * 12, "{runs} runs");
            curve.points().iter().map(|point| point.outage.map_or(0, Span::as_millis)).collect::<Vec<_>>()
        };
        let calm = points(&LOAD);
        assert!(calm.len() == 5 && calm.is_sorted_by(|a, b| a < b), "{calm:?}");
        let burst = points(&Load { burst: Some(Burst { factor: 3, ms: 3000 }), ..LOAD });
        assert!(calm.iter().zip(&burst).all(|(calm, burst)| burst < calm), "{calm:?} {burst:?}");
    }
}
