//! How big must a backlog be: the course's formula, and what the simulation says to its answer.
//!
//! The formula, `buffer = write rate × op size − network rate × op size`, gives bytes per second; it is
//! taken here over the outage, and doubled to `repl_backlog_size` ([`Load::formula`]). Whether a size
//! is enough is not computed but tried ([`trial`]): a master, a replica and a client are cut apart for
//! the outage and what the master answers is what counts.
//!
//! ```
//! use psync_lab::lesson::sizing::{Load, Network, Outcome, trial};
//!
//! let network = Network::CommandsPerS(0);
//! let load = Load { writes_per_s: 20, op_bytes: 100, network, outage_ms: 5_000, burst: None };
//! let answer = load.formula();
//! assert_eq!((answer.buffer, answer.backlog_size), (10_000, 20_000));
//! assert_eq!(trial(answer.backlog_size, &load)?.outcome, Outcome::Partial);
//! assert_eq!(trial(answer.buffer / 2, &load)?.outcome, Outcome::Full);
//! # Ok::<(), psync_lab::lesson::sizing::SizingError>(())
//! ```

mod bench;
mod search;

pub use search::{Curve, Point, RESOLUTION_MS, Search, survivable};

use super::in_file;
use crate::redis::Span;
use bench::Bench;

/// Sizes of a backlog that can be tried, in bytes. The lab goes below Redis's minimum of 16 KB.
pub const SIZES: (u64, u64) = (16, 1 << 24);
/// Most commands of a run, so that it takes milliseconds and not minutes.
pub const MOST_COMMANDS: u64 = 20_000;

in_file! {
    /// What a master has to take while a replica is away.
    #[derive(Copy)]
    pub struct Load {
        /// Write commands per second, 1 to 1000.
        pub writes_per_s: u32,
        /// Bytes of a command in the replication stream, as RESP: 29 to 65536. `SET k1 v1` has 29.
        pub op_bytes: u32,
        /// What the network between master and replica carries.
        pub network: Network,
        /// How long the link is down, in milliseconds.
        pub outage_ms: u32,
        /// Whether it is worse for a while, from the moment of the cut on.
        #[serde(default)]
        pub burst: Option<Burst>,
    }

    /// What a network carries. Zero: nothing while the link is down, and more than enough while it is
    /// up.
    #[derive(Copy)]
    pub enum Network {
        /// Commands of the load's size per second.
        CommandsPerS(u32),
        /// Bytes per second.
        BytesPerS(u32),
    }

    /// More writes for a while.
    #[derive(Copy)]
    pub struct Burst {
        /// So many times as many writes.
        pub factor: u32,
        /// For so many milliseconds.
        pub ms: u32,
    }
}

/// What the course's formula says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Write rate × op size, in bytes per second.
    pub written: u64,
    /// Network rate × op size, in bytes per second.
    pub carried: u64,
    /// The difference over the outage, in bytes; zero if the network carries more than is written.
    pub buffer: u64,
    /// `repl_backlog_size`: twice as much, in bytes.
    pub backlog_size: u64,
}

/// What a master answered to a replica that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `+CONTINUE`.
    Partial,
    /// `+FULLRESYNC`.
    Full,
}

/// What a run showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The master's answer.
    pub outcome: Outcome,
    /// Bytes that the replica lacked when it asked. A backlog of this size is just enough.
    pub missed: u64,
    /// Bytes that the backlog held at that instant.
    pub held: u64,
    /// From the cut to the master's answer: longer than the outage, because a replica tries to connect
    /// once a second.
    pub away: Span,
}

/// Why something cannot be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizingError {
    /// A number is out of bounds.
    #[error("{field} must be {allowed}")]
    Bounds {
        /// The field of the load, or `size`.
        field: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The replica could not connect within the time that a run may take: the network is too slow.
    #[error("the network is too slow for the replica to connect")]
    NeverAnswered,
}

impl Network {
    fn bytes_per_s(self, op_bytes: u32) -> u64 {
        match self {
            Self::CommandsPerS(commands) => u64::from(commands) * u64::from(op_bytes),
            Self::BytesPerS(bytes) => bytes.into(),
        }
    }
}

impl Load {
    /// The course's formula.
    pub fn formula(&self) -> Formula {
        let written = u64::from(self.writes_per_s) * u64::from(self.op_bytes);
        let carried = self.network.bytes_per_s(self.op_bytes);
        let buffer = written.saturating_sub(carried).saturating_mul(self.outage_ms.into()) / 1000;
        Formula { written, carried, buffer, backlog_size: buffer.saturating_mul(2) }
    }

    /// Whether it can be tried.
    ///
    /// # Errors
    /// The first number that is out of bounds.
    pub fn check(&self) -> Result<(), SizingError> {
        let bounds = |field, allowed| Err(SizingError::Bounds { field, allowed });
        let Burst { factor, ms } = self.burst.unwrap_or(Burst { factor: 1, ms: 0 });
        if !(1..=1000).contains(&self.writes_per_s) {
            return bounds("writes_per_s", "1 to 1000");
        }
        if !(29..=65_536).contains(&self.op_bytes) {
            return bounds("op_bytes", "29 to 65536");
        }
        if factor == 0 || u64::from(self.writes_per_s) * u64::from(factor) > 1000 {
            return bounds("burst.factor", "1 and more, at most 1000 writes per second together");
        }
        let extra = u64::from(factor - 1) * u64::from(ms.min(self.outage_ms));
        if u64::from(self.writes_per_s) * (u64::from(self.outage_ms) + extra) / 1000 > MOST_COMMANDS {
            return bounds("outage_ms", "so long that at most 20000 commands are written in it");
        }
        Ok(())
    }
}

fn check_size(size: u64) -> Result<(), SizingError> {
    let (least, most) = SIZES;
    if (least..=most).contains(&size) {
        return Ok(());
    }
    Err(SizingError::Bounds { field: "size", allowed: "16 to 16777216" })
}

/// Cuts a replica off for the load's outage, with a backlog of `size` bytes, and tells what came of it.
///
/// # Errors
/// If the load or size is out of bounds, or the replica does not come back.
pub fn trial(size: u64, load: &Load) -> Result<Report, SizingError> {
    load.check()?;
    check_size(size)?;
    Bench::cut(size, load)?.after(Span::from_millis(load.outage_ms.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAD: Load = Load {
        writes_per_s: 20,
        op_bytes: 100,
        network: Network::CommandsPerS(0),
        outage_ms: 5_000,
        burst: None,
    };

    #[test]
    fn the_formula_doubles_what_the_network_does_not_carry() {
        let half = Load { network: Network::CommandsPerS(10), ..LOAD };
        let expected = Formula { written: 2000, carried: 1000, buffer: 5000, backlog_size: 10_000 };
        assert_eq!(half.formula(), expected);
        assert_eq!(Load { network: Network::BytesPerS(1000), ..LOAD }.formula(), expected);
        let fast = Load { network: Network::CommandsPerS(50), ..LOAD };
        assert_eq!(fast.formula().backlog_size, 0);
    }

    /// What the replica lacked is just enough, one byte less is not.
    #[test]
    fn what_was_missed_is_the_smallest_backlog_that_is_enough() {
        for (op_bytes, burst) in [(29, None), (47, None), (1000, Some(Burst { factor: 4, ms: 1500 }))] {
            let load = Load { op_bytes, burst, ..LOAD };
            let plenty = trial(1 << 20, &load).expect("the load is within bounds");
            assert_eq!(plenty.outcome, Outcome::Partial);
            let just = trial(plenty.missed, &load).expect("the load is within bounds");
            assert_eq!((just.outcome, just.held), (Outcome::Partial, plenty.missed));
            let less = trial(plenty.missed - 1, &load).expect("the load is within bounds");
            assert_eq!((less.outcome, less.missed), (Outcome::Full, plenty.missed));
        }
    }

    /// Only whole commands of the size that was asked for are missed.
    #[test]
    fn commands_have_the_size_that_was_asked_for() {
        for op_bytes in [29, 30, 36, 37, 38, 127, 128, 129, 1030, 1031, 10_032, 10_033, 65_536] {
            let load = Load { op_bytes, writes_per_s: 5, outage_ms: 1_500, ..LOAD };
            let missed = trial(1 << 24, &load).expect("the load is within bounds").missed;
            assert!(missed > 0 && missed.is_multiple_of(op_bytes.into()), "{op_bytes}: {missed}");
        }
    }

    /// A network that is slower than the writes makes the replica late before it is cut off.
    #[test]
    fn nothing_is_subtracted_while_the_link_is_down() {
        let fast = trial(1 << 20, &LOAD).expect("the load is within bounds");
        let slow = Load { network: Network::CommandsPerS(10), ..LOAD };
        let slow = trial(1 << 20, &slow).expect("the load is within bounds");
        assert!(slow.missed > fast.missed, "{} and {}", slow.missed, fast.missed);
    }

    #[test]
    fn what_is_out_of_bounds_is_told() {
        for (load, field) in [
            (Load { writes_per_s: 0, ..LOAD }, "writes_per_s"),
            (Load { op_bytes: 28, ..LOAD }, "op_bytes"),
            (Load { burst: Some(Burst { factor: 51, ms: 1 }), ..LOAD }, "burst.factor"),
            (Load { outage_ms: 1_000_050, ..LOAD }, "outage_ms"),
        ] {
            let found = trial(1000, &load);
            assert!(matches!(found, Err(SizingError::Bounds { field: f, .. }) if f == field), "{found:?}");
        }
        assert!(matches!(trial(0, &LOAD), Err(SizingError::Bounds { field: "size", .. })));
    }
}
