//! The calculator of backlog sizes: the load that is asked about, what the formula says, what a
//! simulated outage says to that, and the graph. All numbers come from [`crate::lesson::sizing`].

use crate::lesson::sizing::{
    Burst, Curve, Formula, Load, Network, Outcome, Report, SIZES, SizingError, trial,
};
use crate::view::format::push_px;

/// The graph's box, in its own units.
pub const WIDTH: f64 = 264.0;
/// Its height.
pub const HEIGHT: f64 = 150.0;
/// Room for the axes.
const LEFT: f64 = 38.0;
const BOTTOM: f64 = 26.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 10.0;
/// Points of the graph.
const POINTS: u32 = 8;

/// A number that can be set, in the order of the fields on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// Write commands per second.
    Writes,
    /// Bytes of a command.
    Size,
    /// Commands per second that the network carries.
    Network,
    /// The outage in seconds.
    Outage,
    /// So many times as many writes in a burst.
    Factor,
    /// Its length in seconds.
    Burst,
}

/// All of them.
pub const KNOBS: [Knob; 6] =
    [Knob::Writes, Knob::Size, Knob::Network, Knob::Outage, Knob::Factor, Knob::Burst];

/// The calculator.
#[derive(Clone, Debug)]
pub struct Calculator {
    /// What it is set to.
    pub load: Load,
    /// What the formula says.
    pub formula: Formula,
    /// What a simulated outage with the formula's size says.
    pub report: Result<Report, SizingError>,
    curve: Option<Curve>,
    /// The size at the graph's right end, in bytes.
    most: u64,
}

impl Calculator {
    /// The answer for a load, tried at once; the graph follows.
    pub fn new(load: Load) -> Self {
        let formula = load.formula();
        // A formula that says "none" is tried with the smallest backlog there is.
        let size = formula.backlog_size.max(SIZES.0);
        let report = trial(size, &load);
        let missed = report.as_ref().map_or(0, |report| report.missed);
        let most = round_up(size.max(missed) * 3 / 2).min(SIZES.1);
        let curve = report.is_ok().then(|| Curve::evenly(&load, most, POINTS));
        Self { load, formula, report, curve, most }
    }

    /// The size that was tried, in bytes.
    pub fn tried(&self) -> u64 {
        self.formula.backlog_size.max(SIZES.0)
    }

    /// Does one more run for the graph; `false` when it is done.
    pub fn step(&mut self) -> bool {
        let Some(curve) = &mut self.curve else { return false };
        match curve.step() {
            Ok(more) => more,
            Err(_) => {
                self.curve = None;
                false
            }
        }
    }

    /// What a knob is at.
    pub fn get(&self, knob: Knob) -> u32 {
        let burst = self.load.burst.unwrap_or(Burst { factor: 1, ms: 0 });
        match knob {
            Knob::Writes => self.load.writes_per_s,
            Knob::Size => self.load.op_bytes,
            Knob::Network => match self.load.network {
                Network::CommandsPerS(n) => n,
                Network::BytesPerS(n) => n / self.load.op_bytes.max(1),
            },
            Knob::Outage => self.load.outage_ms / 1000,
            Knob::Factor => burst.factor,
            Knob::Burst => burst.ms / 1000,
        }
    }

    /// The load with a knob turned.
    pub fn turned(&self, knob: Knob, to: u32) -> Load {
        let mut load = self.load;
        let mut burst = load.burst.unwrap_or(Burst { factor: 1, ms: 0 });
        match knob {
            Knob::Writes => load.writes_per_s = to,
            Knob::Size => load.op_bytes = to,
            Knob::Network => load.network = Network::CommandsPerS(to),
            Knob::Outage => load.outage_ms = to.saturating_mul(1000),
            Knob::Factor => burst.factor = to,
            Knob::Burst => burst.ms = to.saturating_mul(1000),
        }
        load.burst = Some(burst).filter(|burst| burst.factor != 1 && burst.ms != 0);
        if matches!(knob, Knob::Factor | Knob::Burst) {
            // Half set, it is kept as it is.
            load.burst = Some(burst).filter(|burst| burst.factor != 1 || burst.ms != 0);
        }
        load
    }

    /// Whether the simulation granted a partial resync.
    pub fn survived(&self) -> Option<bool> {
        self.report.as_ref().ok().map(|report| report.outcome == Outcome::Partial)
    }

    /// The graph as far as its points are found.
    pub fn graph(&self) -> Option<Graph> {
        let curve = self.curve.as_ref()?;
        let most = self.most;
        let longest = curve.points().iter().filter_map(|point| point.outage).map(|span| span.as_millis());
        let tallest = round_up(longest.max().unwrap_or(0).max(u64::from(self.load.outage_ms)));
        let x = |size: u64| LEFT + (WIDTH - LEFT - RIGHT) * size as f64 / most.max(1) as f64;
        let y = |ms: u64| HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ms as f64 / tallest.max(1) as f64;
        let dots = curve.points().iter().map(|point| {
            let ms = point.outage.map_or(0, |span| span.as_millis());
            Dot { x: x(point.size), y: y(ms), size: point.size, ms }
        });
        let dots: Vec<Dot> = dots.collect();
        let mut line = String::new();
        for (n, dot) in dots.iter().enumerate() {
            line.push(if n == 0 { 'M' } else { 'L' });
            push_px(&mut line, dot.x);
            line.push(' ');
            push_px(&mut line, dot.y);
        }
        Some(Graph {
            line,
            dots,
            all: curve.len(),
            size: x(self.tried()),
            outage: y(self.load.outage_ms.into()),
            most,
            tallest,
            axes: (LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, TOP),
        })
    }
}

/// The next number that is easy to read off an axis: one digit, zeros behind it.
fn round_up(n: u64) -> u64 {
    let unit = 10_u64.pow(n.max(1).ilog10());
    n.div_ceil(unit) * unit
}

/// A point of the graph.
#[derive(Clone, Debug)]
pub struct Dot {
    /// Its place.
    pub x: f64,
    /// Its place.
    pub y: f64,
    /// The backlog's size in bytes.
    pub size: u64,
    /// The longest outage survived, in milliseconds; 0 for none.
    pub ms: u64,
}

/// Survivable outage against size.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The line through the points, as a path.
    pub line: String,
    /// The points found so far.
    pub dots: Vec<Dot>,
    /// How many there will be.
    pub all: usize,
    /// Where the formula's size is.
    pub size: f64,
    /// Where the load's outage is.
    pub outage: f64,
    /// The size at the right end, in bytes.
    pub most: u64,
    /// The outage at the top, in milliseconds.
    pub tallest: u64,
    /// The axes: left, bottom, right, top.
    pub axes: (f64, f64, f64, f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load {
        writes_per_s: 4,
        op_bytes: 50,
        network: Network::CommandsPerS(0),
        outage_ms: 6_000,
        burst: None,
    };

    #[test]
    fn the_answer_is_tried_and_the_graph_rises() {
        let mut calculator = Calculator::new(LOAD);
        assert_eq!((calculator.tried(), calculator.survived()), (2400, Some(true)));
        while calculator.step() {}
        let graph = calculator.graph().expect("the load is within bounds");
        assert_eq!(graph.dots.len(), graph.all);
        assert_eq!((graph.most, graph.tallest), (4000, 20_000), "round ends");
        let last = graph.dots.last().expect("there are dots");
        assert!(last.size <= graph.most && last.ms <= graph.tallest, "{last:?}");
        assert!(graph.dots.is_sorted_by(|a, b| a.ms <= b.ms && a.x < b.x), "{:?}", graph.dots);
        let burst = Load { burst: Some(Burst { factor: 5, ms: 6000 }), ..LOAD };
        assert_eq!(Calculator::new(burst).survived(), Some(false), "the formula knows no burst");
    }

    #[test]
    fn axes_end_at_round_numbers() {
        let all = [0, 1, 9, 10, 11, 3600, 19_700, 900_001].map(round_up);
        assert_eq!(all, [0, 1, 9, 10, 20, 4000, 20_000, 1_000_000]);
    }

    #[test]
    fn what_is_out_of_bounds_is_told_and_draws_nothing() {
        let calculator = Calculator::new(Calculator::new(LOAD).turned(Knob::Writes, 0));
        assert!(calculator.report.is_err() && calculator.graph().is_none());
    }
}
