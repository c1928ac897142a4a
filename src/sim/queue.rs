//! What happens next: one queue for the whole world, ordered by time and, within an instant, by the
//! order in which things were planned.

use super::ids::{ClientId, EntryId, NodeId, PacketId, WireId};
use crate::redis::{ConnId, JobId, Time};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that is due. `start` and `turn` tell whether it still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// A packet's last byte is on the wire.
    Serialized(PacketId),
    /// A packet's last byte is there.
    Arrive(PacketId),
    /// A packet is lost on its way.
    Vanish(PacketId),
    /// A lost packet leaves the picture.
    Forget(PacketId),
    /// A SYN without an answer is repeated.
    Retry(WireId),
    /// There is no way to the host that a server dialled.
    Unreachable { node: NodeId, start: u32, conn: ConnId },
    /// A server's deadline.
    Timer { node: NodeId, turn: u32 },
    /// A sleeping server wakes.
    Wake { node: NodeId, start: u32 },
    /// A snapshot is on disk.
    Saved { node: NodeId, start: u32, job: JobId },
    /// A client's next command.
    Tick { client: ClientId, turn: u32 },
    /// A client dials (again).
    Dial { client: ClientId },
}

/// Something that is due, when, and because of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) at: Time,
    seq: u64,
    pub(super) due: Due,
    pub(super) cause: Option<EntryId>,
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.seq).cmp(&(other.at, other.seq))
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<Item>>,
    planned: u64,
}

impl Queue {
    /// Plans something.
    pub(super) fn push(&mut self, at: Time, due: Due, cause: Option<EntryId>) {
        self.heap.push(Reverse(Item { at, seq: self.planned, due, cause }));
        self.planned += 1;
    }

    /// When the next thing is due.
    pub(super) fn next_at(&self) -> Option<Time> {
        self.heap.peek().map(|Reverse(item)| item.at)
    }

    /// Takes the next thing.
    pub(super) fn pop(&mut self) -> Option<Item> {
        self.heap.pop().map(|Reverse(item)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_first_then_in_the_order_of_planning() {
        let mut queue = Queue::default();
        for (millis, id) in [(5, 0), (1, 1), (5, 2), (1, 3)] {
            queue.push(Time::from_millis(millis), Due::Forget(PacketId(id)), None);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|item| item.due).collect();
        assert_eq!(order, [1, 3, 0, 2].map(|id| Due::Forget(PacketId(id))));
    }
}
