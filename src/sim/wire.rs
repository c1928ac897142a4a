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
    /// One-way delay where there is no link.
    pub(super) local: Span,
    /// The port dialled.
    pub(super) port: u16,
    pub(super) ends: [End; 2],
}

/// Which way a pipe leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) from: Party,
    pub(super) to: Party,
    /// `None` between a client and its node, and within a node.
    pub(super) link: Option<LinkId>,
}

/// One end, with the pipe that leads from it to the other.
#[derive(Clone, Debug)]
pub(super) struct End {
    /// From this end's party to the other's.
    pub(super) route: Route,
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
    pub(super) route: Route,
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
    pub(super) fn new(route: Route, conn: ConnId, window: u64) -> Self {
        Self {
            route,
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

    /// Whether a packet of `len` bytes has to wait: for its link, or for the receiver's window.
    pub(super) fn waits(&self, len: usize, link: Option<&Link>) -> bool {
        let full = len > 0 && self.unread > 0 && self.unread + len as u64 > self.window;
        full || link.is_some_and(|link| link.mode == LinkMode::Hold)
    }
}

impl Wire {
    pub(super) fn gone(&self) -> bool {
        self.ends.iter().all(|end| end.state == EndState::Gone)
    }
}
