//! Packets: what is on the wire.

use super::ids::{EntryId, LinkId, PacketId, Party, WireId};
use crate::redis::{BytePos, Offset, SendKind, Time};
use serde::Serialize;
use std::fmt;
use std::rc::Rc;

/// What a packet is, as its sender knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum PacketKind {
    /// A client's command.
    Request,
    /// Bytes of a server.
    Server(SendKind),
    /// TCP's opening SYN; no bytes.
    Syn,
    /// TCP's answer to it; no bytes.
    SynAck,
    /// TCP's goodbye; no bytes.
    Fin,
    /// TCP's "no such connection"; no bytes.
    Reset,
}

impl PacketKind {
    /// Whether this is TCP's own business and carries no bytes.
    pub const fn is_control(self) -> bool {
        matches!(self, Self::Syn | Self::SynAck | Self::Fin | Self::Reset)
    }
}

impl fmt::Display for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(kind) => write!(f, "{kind:?}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// A packet on the wire, or one that was just lost.
///
/// At instant `now` its head is at the fraction `(now - sent) / (arrives - sent)` of the way, or
/// stays where it was at `lost_at`.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its name; [`What::Sent`](super::What::Sent) has the same.
    pub id: PacketId,
    /// The connection.
    pub wire: WireId,
    /// The link it takes; `None` between a client and its node.
    pub link: Option<LinkId>,
    /// Who sent it.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// What it is.
    pub kind: PacketKind,
    /// Its bytes; empty for TCP's own packets.
    pub bytes: &'a Rc<[u8]>,
    /// When its first byte went onto the wire.
    pub sent: Time,
    /// When its last byte is there (or would have been).
    pub arrives: Time,
    /// When it was lost. It stays listed for [`LINGER`] after that.
    pub lost_at: Option<Time>,
    /// Whether it waits at the sender: the link holds it, the wire is busy with earlier ones, or the
    /// receiver's window is full.
    pub held: bool,
    /// Which bytes of the sender's replication stream these are.
    pub stream: Option<(BytePos, Offset)>,
    /// The trace's line about its sending.
    pub entry: Option<EntryId>,
}

/// How long a lost packet stays listed, for the picture.
pub const LINGER: crate::redis::Span = crate::redis::Span::from_millis(1200);
