//! A link: the network between two nodes, with one direction each way.

use super::action::LinkMode;
use super::ids::{LinkId, NodeId};
use super::spec::PathSpec;
use crate::redis::{Rng, Span, Time};

/// The network between two nodes.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name.
    pub id: LinkId,
    /// One end.
    pub a: NodeId,
    /// The other end.
    pub b: NodeId,
    /// What it does with bytes.
    pub mode: LinkMode,
    /// Delay and bandwidth.
    pub path: PathSpec,
    /// Since when [`mode`](Self::mode) is so.
    pub since: Time,
    pub(super) directions: [Direction; 2],
}

/// One way of a link.
#[derive(Clone, Debug)]
pub(super) struct Direction {
    /// When the last packet is fully on the wire: the next one starts then.
    pub(super) busy_until: Time,
    /// When the last packet arrives: no later one may overtake it.
    pub(super) last_arrival: Time,
    rng: Rng,
}

/// When a packet leaves and arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    /// Its first byte goes onto the wire.
    pub(super) starts: Time,
    /// Its last byte is on the wire.
    pub(super) serialized: Time,
    /// Its last byte is there.
    pub(super) arrives: Time,
}

impl Link {
    pub(super) fn new(id: LinkId, a: NodeId, b: NodeId, path: PathSpec, seed: u64) -> Self {
        let direction = |n: u64| Direction::new(seed, u64::from(id.0) * 2 + n);
        Self {
            id,
            a,
            b,
            mode: LinkMode::Up,
            path,
            since: Time::ZERO,
            directions: [direction(0), direction(1)],
        }
    }

    /// Whether bytes towards `to` pass.
    pub fn passes(&self, to: NodeId) -> bool {
        match self.mode {
            LinkMode::Up => true,
            LinkMode::Cut | LinkMode::Silent | LinkMode::Hold => false,
            LinkMode::OneWay { to: deaf } => deaf != to,
        }
    }

    /// Whether bytes towards `to` vanish without anyone being told.
    pub fn swallows(&self, to: NodeId) -> bool {
        match self.mode {
            LinkMode::Silent => true,
            LinkMode::OneWay { to: deaf } => deaf == to,
            LinkMode::Up | LinkMode::Cut | LinkMode::Hold => false,
        }
    }

    /// The other end.
    pub fn other(&self, end: NodeId) -> NodeId {
        if end == self.a { self.b } else { self.a }
    }

    /// Puts `len` bytes onto the wire towards `to`.
    #[inline]
    pub(super) fn launch(&mut self, now: Time, to: NodeId, len: u64) -> Flight {
        let way = usize::from(to == self.a);
        self.directions[way].launch(now, len, &self.path)
    }
}

impl Direction {
    pub(super) fn new(seed: u64, id: u64) -> Self {
        Self { busy_until: Time::ZERO, last_arrival: Time::ZERO, rng: Rng::stream(seed, "jitter", id) }
    }

    #[inline]
    pub(super) fn launch(&mut self, now: Time, len: u64, path: &PathSpec) -> Flight {
        let starts = now.max(self.busy_until);
        let serialized = starts + path.rate.time_for(len);
        let jitter = match path.jitter.as_micros() {
            0 => Span::ZERO,
            most => Span::from_micros(self.rng.below(most.saturating_add(1))),
        };
        let arrives = (serialized + path.latency + jitter).max(self.last_arrival);
        self.busy_until = serialized;
        self.last_arrival = arrives;
        Flight { starts, serialized, arrives }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rate;

    #[test]
    fn packets_queue_for_the_wire_and_never_overtake() {
        let path = PathSpec {
            latency: Span::from_millis(10),
            jitter: Span::from_millis(50),
            rate: Rate::per_second(1000),
            mss: 1460,
            rdb_mss: 64,
        };
        let mut way = Direction::new(1, 0);
        let flights: Vec<_> = (0..50).map(|_| way.launch(Time::ZERO, 5, &path)).collect();
        assert_eq!(flights[0].serialized, Time::from_millis(5));
        for pair in flights.windows(2) {
            assert_eq!(pair[1].starts, pair[0].serialized);
            assert!(pair[1].arrives >= pair[0].arrives);
        }
        let last = flights[49];
        assert!(last.arrives >= last.serialized + path.latency);
    }
}
