//! The trace: the one record of what happened, each line with the earlier line that forced it.
//!
//! The page's log, the space–time diagram, the golden transcripts and "why?" all read it. Entries
//! are never changed; copies of a world share them. A session that runs for hours may forget the old
//! ones (`Session::forget`): running it again tells them again.

use super::action::{Action, LinkMode};
use super::ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
use super::log::Log;
use super::packet::PacketKind;
use crate::redis::{BytePos, ConnId, Endpoint, Event, Offset, Span, Time};
use serde::Serialize;
use std::fmt;
use std::rc::Rc;

/// One line of the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place.
    pub id: EntryId,
    /// When.
    pub at: Time,
    /// To or by whom; `None` for links and the world itself.
    pub party: Option<Party>,
    /// The earlier entry that forced this one; `None` for timers and actions.
    pub cause: Option<EntryId>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum What {
    /// A person or the scene's opening did something.
    Action(Box<Action>),
    /// The party, a server, tells something about itself.
    Server(Event),
    /// The party handed bytes to its kernel.
    Sent(Sent),
    /// The packet arrived whole at the party, which got its bytes (or will, if it is paused).
    Delivered {
        /// Which.
        packet: PacketId,
        /// Who sent it.
        from: Party,
        /// What it is.
        kind: PacketKind,
        /// Its size in bytes.
        len: u32,
    },
    /// The packet, sent by the party, will not arrive.
    Lost {
        /// Which.
        packet: PacketId,
    },
    /// A link changed.
    LinkMode {
        /// Which.
        link: LinkId,
        /// To this.
        mode: LinkMode,
    },
    /// The party dials.
    Dialled {
        /// The connection.
        wire: WireId,
        /// The dialler's name for it.
        conn: ConnId,
        /// Whom it wants to reach.
        to: Box<Endpoint>,
    },
    /// The party's end of a connection is up.
    Opened {
        /// The connection.
        wire: WireId,
        /// The party's name for it.
        conn: ConnId,
        /// The other end.
        peer: Party,
    },
    /// The party learned that a connection is gone, or could not be made.
    Closed {
        /// The connection.
        wire: WireId,
        /// The party's name for it.
        conn: ConnId,
        /// Because.
        why: CloseReason,
    },
    /// The party closed a connection itself.
    Hung {
        /// The connection.
        wire: WireId,
        /// The party's name for it.
        conn: ConnId,
    },
    /// The party, a client, got a reply.
    ClientReply {
        /// The client.
        client: ClientId,
        /// The reply's bytes.
        reply: Rc<[u8]>,
        /// Since the command was sent.
        took: Span,
    },
    /// The node wrote its RDB file.
    RdbSaved {
        /// Its size in bytes.
        bytes: u64,
    },
    /// The node's process ended.
    Down,
    /// The node's process started.
    Up {
        /// Size of the RDB file it loaded, if there was one.
        rdb: Option<u64>,
        /// The offset it starts with.
        offset: Offset,
    },
    /// The node's RDB file could not be loaded at the start; it starts empty.
    BadRdb(Box<str>),
    /// The node's process stopped for a while.
    Paused,
    /// The node's process goes on.
    Resumed,
    /// Too many things happened at one instant: the world stands still from here on. A fault in
    /// this program.
    Stuck,
}

/// Bytes handed to a kernel: one packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The packet.
    pub packet: PacketId,
    /// The connection.
    pub wire: WireId,
    /// To whom.
    pub to: Party,
    /// The link it takes; `None` between a client and its node.
    pub link: Option<LinkId>,
    /// What it is.
    pub kind: PacketKind,
    /// Its bytes.
    pub bytes: Rc<[u8]>,
    /// The first byte's position in the sender's replication stream; zero if these are no bytes of it.
    pub(super) first: u64,
}

// There are three of them for each packet; this is a line of the cache.
const _: () = assert!(size_of::<Entry>() <= 64);

impl Sent {
    /// Which bytes of the sender's replication stream these are.
    pub fn stream(&self) -> Option<(BytePos, Offset)> {
        let first = BytePos::new(self.first);
        (self.first > 0).then(|| (first, first.plus(self.bytes.len() as u64).held_before()))
    }
}

/// Why a connection is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum CloseReason {
    /// The peer closed it (FIN).
    ByPeer,
    /// The peer does not know the connection (RST).
    Reset,
    /// The link was cut.
    LinkCut,
    /// Nobody listens there.
    Refused,
    /// There is no way to that host.
    Unreachable,
}

/// The record of a run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    entries: Log<Entry>,
}

impl Trace {
    /// A trace of so many entries, all of which are forgotten.
    pub(super) fn forgotten(len: u32) -> Self {
        Self { entries: Log::forgotten(len) }
    }

    /// Forgets all but about the newest `keep`.
    pub(super) fn forget(&mut self, keep: u32) {
        self.entries.forget(keep);
    }

    /// The trace as it was when it had `len` entries; `None` if they are not kept.
    pub(super) fn until(&self, len: u32) -> Option<Self> {
        Some(Self { entries: self.entries.until(len)? })
    }

    /// The place of the oldest entry that is kept: 0 unless some were forgotten.
    pub fn first(&self) -> u32 {
        self.entries.first()
    }

    /// How many entries there are, with those that are forgotten.
    pub fn len(&self) -> u32 {
        self.entries.len()
    }

    /// Whether nothing has happened yet.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry with this id; `None` if it is forgotten.
    pub fn get(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.0)
    }

    /// The newest entry.
    pub fn last(&self) -> Option<&Entry> {
        self.entries.last()
    }

    /// All entries that are kept, oldest first; reversible.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// From the `n`-th on, oldest first: what is new for a reader that has seen `n`.
    pub fn since(&self, n: u32) -> impl Iterator<Item = &Entry> {
        self.entries.since(n)
    }

    /// The server events of one node, oldest first.
    pub fn events(&self, node: NodeId) -> impl Iterator<Item = (Time, &Event)> {
        self.iter().filter(move |entry| entry.party == Some(Party::Node(node))).filter_map(|entry| {
            match &entry.what {
                What::Server(event) => Some((entry.at, event)),
                _ => None,
            }
        })
    }

    /// The chain of causes that led to an entry: itself first, the first cause last.
    pub fn why(&self, id: EntryId) -> impl Iterator<Item = &Entry> {
        std::iter::successors(self.get(id), |entry| self.get(entry.cause?))
    }

    /// Adds an entry; what it tells is made where it stays ([`Log::append`]).
    #[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
    pub(super) fn push(
        &mut self,
        at: Time,
        party: Option<Party>,
        cause: Option<EntryId>,
        what: impl FnOnce() -> What,
    ) -> EntryId {
        let id = EntryId(self.entries.len());
        self.entries.append(move || Entry { id, at, party, cause, what: what() });
        id
    }
}

impl fmt::Display for Entry {
    /// One line: `12.480 n1 psync     +CONTINUE`.
    /// [`World::line`](super::World::line) writes the names of the nodes instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.party {
            Some(party) => write!(f, "{} {party} {}", self.at, self.what),
            None => write!(f, "{} - {}", self.at, self.what),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => write!(f, "action    {action}"),
            Self::Server(event) => event.fmt(f),
            Self::Sent(sent) => {
                let Sent { packet, to, kind, bytes, .. } = sent;
                write!(f, "sent      #{} {kind} to {to}, {} bytes", packet.0, bytes.len())?;
                match sent.stream() {
                    Some((from, to)) => write!(f, " ({from}..{to})"),
                    None => Ok(()),
                }
            }
            Self::Delivered { packet, from, kind, len } => {
                write!(f, "got       #{} {kind} from {from}, {len} bytes", packet.0)
            }
            Self::Lost { packet } => write!(f, "lost      #{}", packet.0),
            Self::LinkMode { link, mode } => write!(f, "network   link {} {mode}", link.0),
            Self::Dialled { conn, to, .. } => write!(f, "conn      {conn} dials {to}"),
            Self::Opened { conn, peer, .. } => write!(f, "conn      {conn} open with {peer}"),
            Self::Closed { conn, why, .. } => write!(f, "conn      {conn} gone ({why:?})"),
            Self::Hung { conn, .. } => write!(f, "conn      {conn} hung up"),
            Self::ClientReply { reply, .. } => {
                write!(f, "reply     {}", String::from_utf8_lossy(reply).trim_end().escape_debug())
            }
            Self::RdbSaved { bytes } => write!(f, "rdb       file saved, {bytes} bytes"),
            Self::Down => write!(f, "process   down"),
            Self::Up { rdb: Some(bytes), .. } => write!(f, "process   up, RDB file of {bytes} bytes"),
            Self::Up { rdb: None, .. } => write!(f, "process   up, no RDB file"),
            Self::BadRdb(error) => write!(f, "process   bad RDB file: {error}"),
            Self::Paused => write!(f, "process   paused"),
            Self::Resumed => write!(f, "process   goes on"),
            Self::Stuck => write!(f, "stuck     too many events at one instant"),
        }
    }
}
