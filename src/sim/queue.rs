//! What happens next: one queue for the whole world, ordered by time and, within an instant, by the
//! order in which things were planned.

use super::ids::{ClientId, EntryId, NodeId, PacketId, WireId};
use crate::redis::{ConnId, JobId, Time};
use std::collections::VecDeque;

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
    pub(super) due: Due,
    /// How many packets that follow the one in `due` do the same.
    pub(super) more: u32,
    pub(super) cause: Option<EntryId>,
}

/// What is due at one instant: a chain of places, in the order of planning.
#[derive(Clone, Copy, Debug)]
struct Instant {
    at: Time,
    first: u32,
    last: u32,
}

/// One thing in the chain of its instant, or a row of packets that follow each other in number and
/// do the same there; a free place has only `next`.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Time,
    due: Due,
    cause: Option<EntryId>,
    /// The next in the chain, or [`NONE`]; of a free place, the next free one, or [`END`].
    next: u32,
    /// How many packets follow the one in `due`.
    more: u32,
}

impl Due {
    /// The same of the packet `n` numbers later; of what does not come in rows, itself.
    #[inline]
    pub(super) fn later(self, n: u32) -> Self {
        match self {
            Self::Serialized(packet) => Self::Serialized(packet.later(n)),
            Self::Arrive(packet) => Self::Arrive(packet.later(n)),
            other => other,
        }
    }

    /// Whether this is the same of the packet `n` numbers later than in `first`.
    fn is_later(self, n: u32, first: Self) -> bool {
        match (first, self) {
            (Self::Serialized(first), Self::Serialized(this)) | (Self::Arrive(first), Self::Arrive(this)) => {
                first.later(n) == this
            }
            _ => false,
        }
    }
}

/// The end of a chain.
const NONE: u32 = u32::MAX;
/// The end of the free places.
const END: u32 = u32::MAX - 1;

/// The queue. Many things share an instant, and most are planned for later than all others, or for
/// very soon: so instants lie in a sorted ring, where both is done in a few steps, unlike in a heap.
#[derive(Debug)]
pub(super) struct Queue {
    instants: VecDeque<Instant>,
    places: Vec<Place>,
    free: u32,
    /// How many instants are over.
    over: usize,
    /// Where the last thing of each [`Sort`] went.
    recent: [Recent; 5],
}

#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    place: u32,
    /// Counted from the first instant of all; a guess, since others come in between.
    instant: usize,
}

/// What is planned one after the other for the same instant, or for the next one.
#[derive(Clone, Copy, Debug)]
enum Sort {
    /// That a packet is sent, or there, with or without a link.
    Packet {
        there: bool,
        link: bool,
    },
    Other,
}

impl Sort {
    #[inline]
    fn index(self) -> usize {
        match self {
            Self::Packet { there, link } => usize::from(there) * 2 + usize::from(link),
            Self::Other => 4,
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            instants: VecDeque::new(),
            places: Vec::new(),
            free: END,
            over: 0,
            recent: [Recent::default(); 5],
        }
    }
}

impl Clone for Queue {
    /// Without the free places: a copy is no larger than what there is.
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        for instant in &self.instants {
            let mut at = instant.first;
            while let Some(place) = self.places.get(at as usize) {
                copy.push(instant.at, place.due, place.cause);
                if let Some(copied) = copy.places.last_mut() {
                    copied.more = place.more;
                }
                at = place.next;
            }
        }
        copy
    }
}

impl Queue {
    /// Plans what a packet does, which goes by a link or not: without a cause, which the packet itself has,
    /// so that those that do the same one after the other are one place.
    #[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
    pub(super) fn push_packet(&mut self, at: Time, due: Due, link: bool) {
        let sort = Sort::Packet { there: matches!(due, Due::Arrive(_)), link };
        if let Some(last) = self.places.get_mut(self.recent[sort.index()].place as usize)
            && (last.at, last.next) == (at, NONE)
            && due.is_later(last.more + 1, last.due)
        {
            last.more += 1;
            return;
        }
        self.plan(at, due, None, sort);
    }

    /// Plans something, in a place of its own.
    pub(super) fn push(&mut self, at: Time, due: Due, cause: Option<EntryId>) {
        self.plan(at, due, cause, Sort::Other);
    }

    #[inline(never)]
    fn plan(&mut self, at: Time, due: Due, cause: Option<EntryId>, sort: Sort) {
        let new = self.place(Place { at, due, cause, next: NONE, more: 0 });
        let n = self.find(at, self.recent[sort.index()].instant.wrapping_sub(self.over));
        match self.instants.get_mut(n).filter(|instant| instant.at == at) {
            Some(instant) => {
                let last = std::mem::replace(&mut instant.last, new);
                self.places[last as usize].next = new;
            }
            None => self.instants.insert(n, Instant { at, first: new, last: new }),
        }
        self.recent[sort.index()] = Recent { place: new, instant: n + self.over };
    }

    /// The first instant that is not before `at`, likely this one or the next.
    fn find(&self, at: Time, guess: usize) -> usize {
        let before = |n: usize| self.instants.get(n).is_some_and(|instant| instant.at < at);
        match self.instants.get(guess) {
            Some(instant) if instant.at == at => guess,
            Some(instant) if instant.at < at && !before(guess + 1) => guess + 1,
            _ => self.instants.partition_point(|instant| instant.at < at),
        }
    }

    fn place(&mut self, place: Place) -> u32 {
        let new = self.free;
        if let Some(old) = self.places.get_mut(new as usize) {
            self.free = old.next;
            *old = place;
            return new;
        }
        self.places.push(place);
        self.places.len() as u32 - 1
    }

    /// When the next thing is due.
    pub(super) fn next_at(&self) -> Option<Time> {
        self.instants.front().map(|instant| instant.at)
    }

    /// Takes the next thing.
    #[cfg(test)]
    fn pop(&mut self) -> Option<Item> {
        self.pop_by(Time::MAX, 0)
    }

    /// Takes the next thing if it is due by `to`, and at most `more` that follow it in a row.
    #[inline]
    pub(super) fn pop_by(&mut self, to: Time, more: u32) -> Option<Item> {
        let instant = self.instants.front_mut().filter(|instant| instant.at <= to)?;
        let (at, first) = (instant.at, instant.first);
        let place = &mut self.places[first as usize];
        let item = Item { at, due: place.due, more: place.more.min(more), cause: place.cause };
        if place.more > item.more {
            place.due = place.due.later(item.more + 1);
            place.more -= item.more + 1;
            return Some(item);
        }
        let next = std::mem::replace(&mut place.next, self.free);
        self.free = first;
        if next == NONE {
            self.instants.pop_front();
            self.over += 1;
        } else {
            instant.first = next;
        }
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rng;

    #[test]
    fn earlier_first_then_in_the_order_of_planning() {
        let mut queue = Queue::default();
        for (millis, id) in [(5, 0), (1, 1), (5, 2), (1, 3)] {
            queue.push(Time::from_millis(millis), Due::Forget(PacketId(id)), None);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|item| item.due).collect();
        assert_eq!(order, [1, 3, 0, 2].map(|id| Due::Forget(PacketId(id))));
    }

    #[test]
    fn rows_of_packets_are_the_packets_one_by_one() {
        let (mut queue, mut list, mut rng, mut made) = (Queue::default(), Vec::new(), Rng::new(3), 0);
        let mut in_rows = 0;
        let plan = |queue: &mut Queue, list: &mut Vec<(Time, Due)>, at, due, link: Option<bool>| {
            match link {
                Some(link) => queue.push_packet(at, due, link),
                None => queue.push(at, due, None),
            }
            list.insert(list.partition_point(|(other, _)| *other <= at), (at, due));
        };
        for _ in 0..2000 {
            let (soon, late) = (Time::from_micros(made / 9), Time::from_micros(made / 9 + rng.below(4)));
            for _ in 0..rng.below(9) {
                let link = Some(rng.below(9) > 0);
                made += 1 + rng.below(12) / 11;
                let packet = PacketId(made as u32);
                plan(&mut queue, &mut list, soon, Due::Serialized(packet), link);
                plan(&mut queue, &mut list, late, Due::Arrive(packet), link);
                if rng.below(9) == 0 {
                    plan(&mut queue, &mut list, late, Due::Forget(packet), None);
                }
            }
            let (most, by) = (rng.below(5) as u32, Time::from_micros(made / 9));
            let mut copy = queue.clone();
            for _ in 0..rng.below(5) {
                let Some(item) = queue.pop_by(by, most) else {
                    assert!(list.first().is_none_or(|(at, _)| *at > by));
                    break;
                };
                assert!(item.more <= most);
                in_rows += item.more;
                for n in 0..=item.more {
                    assert_eq!((item.at, item.due.later(n)), list[0], "in the order of planning");
                    assert_eq!(copy.pop().map(|item| item.due), Some(list.remove(0).1), "a copy is the same");
                }
            }
        }
        assert!(in_rows > 500, "{in_rows} of {made} packets came in a row");
    }

    #[test]
    fn it_is_a_sorted_list_whatever_comes_and_goes() {
        let (mut queue, mut list, mut rng) = (Queue::default(), Vec::new(), Rng::new(5));
        for id in 0..5000 {
            if rng.below(5) < 2 {
                let next = (!list.is_empty()).then(|| list.remove(0));
                assert_eq!(queue.next_at(), next.map(|(at, _)| at));
                assert_eq!(queue.pop().map(|item| (item.at, item.due)), next);
            } else {
                // Now and then before what is there already.
                let (at, due) =
                    (Time::from_micros(rng.below(200) + u64::from(id) / 8), Due::Vanish(PacketId(id)));
                queue.push(at, due, Some(EntryId(0)));
                list.insert(list.partition_point(|(other, _)| *other <= at), (at, due));
            }
        }
        assert!(list.len() > 900 && queue.places.len() < list.len() + 50, "places are used again");
        let mut copy = queue.clone();
        assert_eq!(copy.places.len(), list.len());
        assert!(std::iter::from_fn(|| copy.pop()).map(|item| (item.at, item.due)).eq(list));
    }
}
