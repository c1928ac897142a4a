//! How many messages there were, at several scales: what is drawn when single ones are too many.
//!
//! Counts are kept as messages are sent. A window of any length is then answered by a few hundred of
//! them, however long the session is.

use super::packed::Packed;
use crate::redis::Time;
use crate::sim::NodeId;

/// Width of the finest counts in microseconds, as a power of two; each scale is four times the last.
const FINEST: u32 = 17;
/// How many scales there are: the coarsest counts two minutes.
const SCALES: usize = 6;

/// Messages of one look from one node to another.
#[derive(Clone, Debug)]
struct Flow {
    from: NodeId,
    to: NodeId,
    look: u8,
    /// For each scale: which stretch of time, and how many messages were sent in it.
    scales: [Packed; SCALES],
}

/// Counts of messages.
#[derive(Clone, Debug, Default)]
pub struct Density {
    flows: Vec<Flow>,
}

/// A stretch of time and the messages of one look between two nodes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// What they look like.
    pub look: u8,
    /// The stretch's first instant.
    pub start: Time,
    /// Its length in microseconds.
    pub length: u64,
    /// How many were sent in it.
    pub count: u32,
}

impl Density {
    /// Counts a message. They come in the order of their times.
    pub fn add(&mut self, from: NodeId, to: NodeId, look: u8, at: Time) {
        let same = |flow: &Flow| (flow.from, flow.to, flow.look) == (from, to, look);
        let n = self.flows.iter().position(same).unwrap_or(self.flows.len());
        if n == self.flows.len() {
            self.flows.push(Flow { from, to, look, scales: std::array::from_fn(|_| Packed::new(2)) });
        }
        for (n, scale) in self.flows[n].scales.iter_mut().enumerate() {
            let stretch = at.as_micros() >> (FINEST + 2 * n as u32);
            match scale.last() {
                Some([last, count, ..]) if last == stretch => {
                    scale.set(scale.len() - 1, &[last, count + 1, 0, 0, 0]);
                }
                _ => scale.push(&[stretch, 1, 0, 0, 0], true),
            }
        }
    }

    /// The counts of a window, in stretches at least as long as `least` microseconds (or the longest
    /// there are).
    pub fn counts(&self, from: Time, to: Time, least: u64) -> impl Iterator<Item = Count> {
        let scale = (0..SCALES).find(|n| 1 << (FINEST + 2 * *n as u32) >= least).unwrap_or(SCALES - 1);
        let bits = FINEST + 2 * scale as u32;
        let (first, last) = (from.as_micros() >> bits, to.as_micros() >> bits);
        self.flows.iter().flat_map(move |flow| {
            let counts = &flow.scales[scale];
            let start = first.checked_sub(1).map_or(0, |before| counts.after(0, 0, before));
            let counts =
                (start..).map_while(|n| counts.get(n)).take_while(move |[stretch, ..]| *stretch <= last);
            counts.map(move |[stretch, count, ..]| Count {
                from: flow.from,
                to: flow.to,
                look: flow.look,
                start: Time::from_micros(stretch << bits),
                length: 1 << bits,
                count: count as u32,
            })
        })
    }

    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        let scales = self.flows.iter().flat_map(|flow| &flow.scales);
        scales.map(Packed::heap_bytes).sum::<usize>() + self.flows.capacity() * size_of::<Flow>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_counts_every_message_once() {
        let mut density = Density::default();
        let mut rng = crate::redis::Rng::new(5);
        let mut at = 0;
        for n in 0..5000_u32 {
            at += rng.below(700_000);
            density.add(NodeId(0), NodeId(1 + (n % 2) as u8), (n % 3) as u8, Time::from_micros(at));
        }
        let mut last = u64::MAX;
        for least in [1, 1 << 18, 1 << 20, 1 << 22, 1 << 24, u64::MAX] {
            let counts: Vec<Count> = density.counts(Time::ZERO, Time::from_micros(at), least).collect();
            assert_eq!(counts.iter().map(|count| count.count).sum::<u32>(), 5000);
            assert!((counts.len() as u64) <= last, "no more where it is coarser");
            last = counts.len() as u64;
        }
        let half = Time::from_micros(at / 2);
        let some: u32 = density.counts(half, Time::from_micros(at), 1).map(|count| count.count).sum();
        assert!((2000..3000).contains(&some), "{some}");
    }
}
