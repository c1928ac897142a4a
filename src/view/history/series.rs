//! What a record keeps many of: steps of a number, stretches of a stream, messages.

use super::packed::{Packed, Row};
use super::thin::Thin;
use super::window::Window;
use crate::redis::{BytePos, StreamKind, Time};
use crate::sim::{EntryId, NodeId, PacketId};
use crate::view::flights::Kind;
use crate::view::ring::Stretch;
use std::cell::RefCell;

/// A number that changes now and then.
#[derive(Clone, Debug)]
pub struct Steps {
    rows: Packed,
    /// What was drawn of them last.
    drawn: RefCell<Thin>,
}

impl Default for Steps {
    fn default() -> Self {
        Self { rows: Packed::new(2), drawn: RefCell::default() }
    }
}

impl Steps {
    /// How often it changed.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it was never set.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// The `n`-th step.
    pub fn get(&self, n: usize) -> Option<(Time, u64)> {
        self.rows.get(n).map(|[at, value, ..]| (Time::from_micros(at), value))
    }

    /// The last step up to an instant.
    pub fn at(&self, at: Time) -> Option<(Time, u64)> {
        self.get(self.after(0, at).checked_sub(1)?)
    }

    /// The first step after an instant, from the `from`-th on.
    pub fn after(&self, from: usize, at: Time) -> usize {
        self.rows.after(from, 0, at.as_micros())
    }

    /// Since when the number has been larger than this one, seen at an instant.
    pub fn above(&self, value: u64, at: Time) -> Option<Time> {
        let end = self.after(0, at);
        let first = self.rows.above(end, 1, value);
        self.get(first).filter(|_| first < end).map(|step| step.0)
    }

    /// Hands out the steps in sight of a window, at most one for each of so many pixels, up to an instant.
    pub(super) fn in_sight(&self, window: &Window, until: Time, width: f64, mut take: impl FnMut(Time, u64)) {
        let mut drawn = self.drawn.borrow_mut();
        for (at, value) in drawn.in_sight(&self.rows, window, until, width) {
            take(Time::from_micros(*at), *value);
        }
    }

    /// Adds a step; several at one instant are one.
    pub(super) fn put(&mut self, at: Time, value: u64) {
        let row = [at.as_micros(), value, 0, 0, 0];
        match self.rows.last() {
            Some([last, ..]) if last == row[0] => self.rows.set(self.rows.len() - 1, &row),
            _ => self.rows.push(&row, true),
        }
    }

    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.drawn.borrow().heap_bytes()
    }
}

/// The stretches of a node's stream, oldest first.
#[derive(Clone, Debug)]
pub struct Fed(Packed);

impl Default for Fed {
    fn default() -> Self {
        Self(Packed::new(3))
    }
}

const STREAMS: [StreamKind; 4] =
    [StreamKind::Command, StreamKind::Ping, StreamKind::GetAck, StreamKind::Relay];

impl Fed {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The `n`-th stretch.
    pub fn get(&self, n: usize) -> Option<Stretch> {
        let [to, less, kind, ..] = self.0.get(n)?;
        Some((*STREAMS.get(kind as usize)?, BytePos::new(to.wrapping_sub(less)), to))
    }

    /// The first one that ends after this byte, from the `from`-th on.
    pub fn after(&self, from: usize, byte: u64) -> usize {
        self.0.after(from, 0, byte)
    }

    /// Adds a stretch. One that starts before the end replaces what it covers: the node took over another
    /// history, or tells of the same bytes twice.
    pub(super) fn put(&mut self, (kind, from, to): Stretch) {
        if self.0.last().is_some_and(|[end, ..]| end >= from.get()) {
            self.0.truncate(from.get().checked_sub(1).map_or(0, |before| self.after(0, before)));
        }
        let kind = STREAMS.iter().position(|other| *other == kind).unwrap_or_default();
        self.0.push(&[to, to.wrapping_sub(from.get()), kind as u64, 0, 0], true);
    }

    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

/// A message between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The packet.
    pub packet: PacketId,
    /// The trace's line about its sending.
    pub entry: EntryId,
    /// Its sender.
    pub from: NodeId,
    /// Its receiver.
    pub to: NodeId,
    /// Its kind.
    pub kind: Kind,
    /// When it was sent.
    pub sent: Time,
    /// When it arrived or was lost; `None` while it flies.
    pub end: Option<Time>,
    /// Whether it was lost.
    pub lost: bool,
}

const KINDS: [Kind; 6] = [Kind::Command, Kind::Rdb, Kind::Ack, Kind::Heartbeat, Kind::Handshake, Kind::Reply];

impl Message {
    /// What it looks like: 1 a command or heartbeat, 2 an ACK, 3 handshake or reply, 4 RDB.
    pub fn look(&self) -> u8 {
        match self.kind {
            Kind::Command | Kind::Heartbeat => 1,
            Kind::Ack => 2,
            Kind::Handshake | Kind::Reply => 3,
            Kind::Rdb => 4,
        }
    }

    /// When it was sent, its packet, its entry, what it is in one number, and how long it flew, plus one.
    fn row(&self) -> Row {
        let kind = KINDS.iter().position(|other| *other == self.kind).unwrap_or_default() as u8;
        let what = u32::from_le_bytes([self.from.0, self.to.0, kind, self.lost.into()]);
        let flew = self.end.map_or(0, |end| end.since(self.sent).as_micros() + 1);
        [self.sent.as_micros(), self.packet.0.into(), self.entry.0.into(), what.into(), flew]
    }

    fn of([sent, packet, entry, what, flew]: Row) -> Option<Self> {
        let [from, to, kind, lost] = (what as u32).to_le_bytes();
        Some(Self {
            packet: PacketId(packet as u32),
            entry: EntryId(entry as u32),
            from: NodeId(from),
            to: NodeId(to),
            kind: *KINDS.get(usize::from(kind))?,
            sent: Time::from_micros(sent),
            end: flew.checked_sub(1).map(|flew| Time::from_micros(sent + flew)),
            lost: lost > 0,
        })
    }
}

/// Messages between nodes, in the order of their packets.
#[derive(Clone, Debug)]
pub struct Messages(Packed);

impl Default for Messages {
    fn default() -> Self {
        Self(Packed::new(5))
    }
}

impl Messages {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The `n`-th.
    pub fn get(&self, n: usize) -> Option<Message> {
        self.0.get(n).and_then(Message::of)
    }

    /// The first that was sent after an instant.
    pub fn after(&self, at: Time) -> usize {
        self.0.after(0, 0, at.as_micros())
    }

    /// All, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Message> {
        (0..self.len()).filter_map(|n| self.get(n))
    }

    pub(super) fn push(&mut self, message: &Message) {
        self.0.push(&message.row(), false);
    }

    /// A packet is at its end: the place of its message, if it is one.
    pub(super) fn finish(&mut self, packet: PacketId, at: Time, lost: bool) -> Option<usize> {
        let n = self.0.after(0, 1, packet.0.into()).checked_sub(1)?;
        let message = self.get(n).filter(|message| message.packet == packet)?;
        self.0.set(n, &Message { end: Some(at), lost, ..message }.row());
        Some(n)
    }

    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_they_were() {
        let (mut messages, mut list) = (Messages::default(), Vec::new());
        for n in 0..1000_u32 {
            let kind = KINDS[n as usize % KINDS.len()];
            let (from, to) = (NodeId((n % 3) as u8), NodeId(255 - (n % 2) as u8));
            let sent = Time::from_millis(u64::from(n) * 90);
            let (packet, entry) = (PacketId(n * 3), EntryId(n * 7));
            let message = Message { packet, entry, from, to, kind, sent, end: None, lost: false };
            messages.push(&message);
            list.push(message);
            // Some arrive at the instant they are sent, others late, and one never.
            if let Some(late) = n.checked_sub(n % 4 * 100).filter(|late| *late != 5) {
                let (lost, late) = (late % 10 == 3, late as usize);
                assert_eq!(messages.finish(list[late].packet, sent, lost), Some(late));
                (list[late].end, list[late].lost) = (Some(sent), lost);
            }
            assert_eq!(messages.finish(PacketId(n * 3 + 1), sent, true), None);
        }
        assert!(messages.iter().eq(list.iter().copied()));
        assert_eq!(messages.after(Time::from_millis(900)), 11);
    }

    #[test]
    fn a_stretch_replaces_what_it_covers() {
        let mut fed = Fed::default();
        for (kind, from, to) in [(0, 1, 10), (1, 11, 20), (2, 21, 300), (3, 15, 19), (0, 20, 20)] {
            fed.put((STREAMS[kind], BytePos::new(from), to));
        }
        let list: Vec<_> = (0..fed.len()).filter_map(|n| fed.get(n)).collect();
        let stretch = |kind: usize, from, to| (STREAMS[kind], BytePos::new(from), to);
        assert_eq!(list, [stretch(0, 1, 10), stretch(3, 15, 19), stretch(0, 20, 20)]);
        assert_eq!((fed.after(0, 9), fed.after(0, 10), fed.after(2, 5)), (0, 1, 2));
    }

    #[test]
    fn since_when_a_number_is_larger() {
        let mut steps = Steps::default();
        for (at, value) in [(1, 10), (2, 20), (3, 5), (4, 30), (4, 40), (5, 50)] {
            steps.put(Time::from_millis(at), value);
        }
        let since = |value, at| steps.above(value, Time::from_millis(at)).map(|at| at.as_millis());
        assert_eq!(
            (since(4, 9), since(5, 9), since(15, 2), since(39, 4)),
            (Some(1), Some(4), Some(2), Some(4))
        );
        assert_eq!((since(50, 9), since(5, 0), steps.len()), (None, None, 5));
    }
}
