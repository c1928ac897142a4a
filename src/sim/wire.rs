//! A TCP connection: two ends, and from each end a pipe of bytes to the other.
//!
//! Kept from TCP: the opening round trip, order, the receiver's window, FIN and RST, half-open
//! connections. Left out: congestion control and retransmission (a held link stands for it).

use super::action::LinkMode;
use super::ids::{EntryId, LinkId, PacketId, Party, WireId};
use super::link::Link;
use super::packet::PacketKind;
use crate::redis::{BytePos, ConnId, Offset, Span, Time};
use std::collections::VecDeque;
use std::rc::Rc;

/// A connection. End 0 dialled, end 1 listens.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) link: Option<LinkId>,
    /// One-way delay where there is no link.
    pub(super) local: Span,
    /// The port dialled.
    pub(super) port: u16,
    pub(super) ends: [End; 2],
}

/// One end, with the pipe that leads from it to the other.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) party: Party,
    /// The party's name for the connection; the listening end has it once it is open.
    pub(super) conn: ConnId,
    pub(super) state: EndState,
    /// Packets that wait for the link or the window.
    pub(super) queue: VecDeque<PacketId>,
    /// Bytes sent and not read by the peer's process yet.
    pub(super) unread: u64,
    /// Most such bytes: what the peer's kernel takes.
    pub(super) window: u64,
    /// Bytes were lost: nothing that is sent after them can be delivered.
    pub(super) broken: bool,
    /// A reset is on its way to the other end.
    pub(super) reset_sent: bool,
    /// The next byte of the replication stream in this pipe, once one was agreed on.
    pub(super) stream: Option<BytePos>,
}

/// Where one end stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndState {
    /// SYN sent, or nothing known yet.
    Opening,
    /// Bytes may flow.
    Open,
    /// Closed, as this end's kernel sees it.
    Gone,
}

/// A packet that waits, flies or was just lost.
#[derive(Clone, Debug)]
pub(super) struct Flying {
    pub(super) wire: WireId,
    /// The sender's end.
    pub(super) end: u8,
    pub(super) link: Option<LinkId>,
    pub(super) from: Party,
    pub(super) to: Party,
    pub(super) kind: PacketKind,
    pub(super) bytes: Rc<[u8]>,
    pub(super) sent: Time,
    pub(super) arrives: Time,
    pub(super) lost_at: Option<Time>,
    pub(super) held: bool,
    /// Like [`Sent::first`](super::trace::Sent).
    pub(super) first: u64,
    /// The trace's line about its sending.
    pub(super) entry: Option<EntryId>,
}

impl Flying {
    /// Which bytes of the sender's replication stream these are.
    pub(super) fn stream(&self) -> Option<(BytePos, Offset)> {
        let first = BytePos::new(self.first);
        (self.first > 0).then(|| (first, first.plus(self.bytes.len() as u64).held_before()))
    }
}

impl End {
    pub(super) fn new(party: Party, conn: ConnId, window: u64) -> Self {
        Self {
            party,
            conn,
            state: EndState::Opening,
            queue: VecDeque::new(),
            unread: 0,
            window,
            broken: false,
            reset_sent: false,
            stream: None,
        }
    }
}

impl Wire {
    /// Whether a packet of `len` bytes at this end has to wait: for its link, or for the receiver's window.
    pub(super) fn waits(&self, end: u8, len: usize, link: Option<&Link>) -> bool {
        let from = &self.ends[usize::from(end)];
        let full = len > 0 && from.unread > 0 && from.unread + len as u64 > from.window;
        full || link.is_some_and(|link| link.mode == LinkMode::Hold)
    }

    pub(super) fn gone(&self) -> bool {
        self.ends.iter().all(|end| end.state == EndState::Gone)
    }
}
