//! Picking things that happened out of the trace.

use super::in_file;
use super::scope::Scope;
use super::world::link_named;
use crate::redis::{Event as Fact, FullReason, SendKind, StreamKind};
use crate::sim::{Entry, LinkMode, NodeId, PacketKind, Party, What, World as Live};

in_file! {
    /// Something that happens: all fields that are given must fit. Counts from when the step (or the
    /// question's look ahead, or the challenge) began, unless `ever` is true.
    pub struct Event {
        /// What.
        pub what: Kind,
        /// At which node.
        #[serde(default)]
        pub node: Option<String>,
        /// With which other node: the replica that a master tells of, the receiver of a packet, the
        /// sender of one that arrives.
        #[serde(default)]
        pub peer: Option<String>,
        /// Why a full resync was needed (with `refused`).
        #[serde(default)]
        pub reason: Option<Reason>,
        /// Which bytes (with `sent`, `delivered`).
        #[serde(default)]
        pub packet: Option<Packet>,
        /// What the bytes contain (with `sent`): `PSYNC`, `k1`.
        #[serde(default)]
        pub contains: Option<String>,
        /// Which link (with `link_cut`, `link_up`).
        #[serde(default)]
        pub between: Option<[String; 2]>,
        /// Only after this has happened.
        #[serde(default)]
        pub after: Option<Box<Event>>,
        /// Since the world began.
        #[serde(default)]
        pub ever: bool,
    }

    /// What happens.
    #[derive(Copy)]
    pub enum Kind {
        /// A replica sends its `PSYNC`.
        PsyncAsked,
        /// A master grants a partial resync (`+CONTINUE`).
        Continued,
        /// A master refuses one: a full resync must follow.
        Refused,
        /// A master says `+FULLRESYNC`.
        FullStarted,
        /// A replica reads `+FULLRESYNC`.
        FullReceived,
        /// A replica reads `+CONTINUE`.
        ContinueReceived,
        /// A snapshot is forked.
        BgsaveStarted,
        /// A snapshot is done.
        BgsaveEnded,
        /// A master has sent all of an RDB.
        RdbSent,
        /// A replica has all of an RDB.
        RdbReceived,
        /// A replica has dropped its data and loaded the RDB.
        RdbLoaded,
        /// A master counts a replica as online.
        Online,
        /// A master lets go of a replica.
        Left,
        /// A master lets go of a replica because its output buffer was full.
        BufferFull,
        /// A client's command is refused (`-READONLY` and its like).
        CommandRefused,
        /// A client's command changes data.
        Written,
        /// A master puts a write into its stream.
        Fed,
        /// A replica executes bytes of the stream.
        Applied,
        /// A master learns how far a replica is.
        Acked,
        /// A backlog is created.
        BacklogCreated,
        /// The oldest bytes of a backlog are overwritten.
        Overwrote,
        /// A backlog is given up.
        BacklogFreed,
        /// A node's history has a new name.
        IdChanged,
        /// A node becomes a master.
        BecameMaster,
        /// A node becomes a replica.
        BecameReplica,
        /// A peer was silent for too long.
        TimedOut,
        /// A key's time is over.
        Expired,
        /// Bytes are handed to the network.
        Sent,
        /// A packet arrives.
        Delivered,
        /// A packet is lost.
        Lost,
        /// A link is cut, or no longer passes bytes.
        LinkCut,
        /// A link is whole again.
        LinkUp,
        /// A connection is up.
        Opened,
        /// A node learns that a connection is gone.
        Closed,
        /// A node's process ends.
        Down,
        /// A node's process starts.
        Up,
    }

    /// Why a full resync was needed.
    #[derive(Copy)]
    pub enum Reason {
        /// The replica asked for one: `PSYNC ? -1`.
        Asked,
        /// The replication id is not known.
        UnknownId,
        /// The id is the former one, but the replica is past the point where it ended.
        PastSecondOffset,
        /// There is no backlog.
        NoBacklog,
        /// The byte asked for is overwritten.
        Overwritten,
        /// The byte asked for was never produced.
        Ahead,
    }

    /// What bytes are.
    #[derive(Copy)]
    pub enum Packet {
        /// A client's command.
        Request,
        /// `PING`, `REPLCONF`, `PSYNC` of a replica.
        Handshake,
        /// A reply.
        Reply,
        /// A piece of an RDB.
        Rdb,
        /// A write in the replication stream.
        Stream,
        /// A `PING` in the replication stream.
        Heartbeat,
        /// `REPLCONF ACK`.
        Ack,
        /// A newline that says "still here".
        Keepalive,
    }
}

impl Packet {
    /// Whether a packet is of this kind.
    pub fn is(self, kind: PacketKind) -> bool {
        let wanted = match self {
            Self::Request => return kind == PacketKind::Request,
            Self::Handshake => SendKind::Handshake,
            Self::Reply => SendKind::Reply,
            Self::Rdb => SendKind::Rdb,
            Self::Stream => SendKind::Stream,
            Self::Heartbeat => SendKind::Heartbeat,
            Self::Ack => SendKind::Ack,
            Self::Keepalive => SendKind::Keepalive,
        };
        kind == PacketKind::Server(wanted)
    }
}

impl Reason {
    fn is(self, reason: FullReason) -> bool {
        matches!(
            (self, reason),
            (Self::Asked, FullReason::Asked)
                | (Self::UnknownId, FullReason::UnknownId)
                | (Self::PastSecondOffset, FullReason::PastSecondOffset { .. })
                | (Self::NoBacklog, FullReason::NoBacklog)
                | (Self::Overwritten, FullReason::Overwritten { .. })
                | (Self::Ahead, FullReason::Ahead { .. })
        )
    }
}

/// The node at the other end of what an entry tells.
pub(super) fn peer_of(world: &Live, entry: &Entry) -> Option<NodeId> {
    use Fact::{
        Acked, FullResyncStarted, PsyncContinued, PsyncRefused, RdbSent, ReplicaLeft, ReplicaOnline, TimedOut,
    };
    let party = match &entry.what {
        What::Sent(sent) => Some(sent.to),
        What::Delivered { from, .. } => Some(*from),
        What::Opened { peer, .. } => Some(*peer),
        What::Closed { conn, .. } | What::Hung { conn, .. } => world.peer(entry.party?.node()?, *conn),
        What::Server(
            Acked { conn, .. }
            | FullResyncStarted { conn, .. }
            | PsyncContinued { conn, .. }
            | PsyncRefused { conn, .. }
            | RdbSent { conn, .. }
            | ReplicaLeft { conn, .. }
            | ReplicaOnline { conn, .. }
            | TimedOut { conn, .. },
        ) => world.peer(entry.party?.node()?, *conn),
        _ => None,
    };
    party.and_then(Party::node)
}

impl Kind {
    fn is(self, what: &What) -> bool {
        match what {
            What::Server(fact) => self.is_fact(fact),
            What::Sent(_) => self == Self::Sent,
            What::Delivered { .. } => self == Self::Delivered,
            What::Lost { .. } => self == Self::Lost,
            What::LinkMode { mode: LinkMode::Up, .. } => self == Self::LinkUp,
            What::LinkMode { .. } => self == Self::LinkCut,
            What::Opened { .. } => self == Self::Opened,
            What::Closed { .. } => self == Self::Closed,
            What::Down => self == Self::Down,
            What::Up { .. } => self == Self::Up,
            _ => false,
        }
    }

    fn is_fact(self, fact: &Fact) -> bool {
        match fact {
            Fact::PsyncAsked { .. } => self == Self::PsyncAsked,
            Fact::PsyncContinued { .. } => self == Self::Continued,
            Fact::PsyncRefused { .. } => self == Self::Refused,
            Fact::FullResyncStarted { .. } => self == Self::FullStarted,
            Fact::FullResyncReceived { .. } => self == Self::FullReceived,
            Fact::ContinueReceived { .. } => self == Self::ContinueReceived,
            Fact::BgsaveStarted { .. } => self == Self::BgsaveStarted,
            Fact::BgsaveEnded { .. } => self == Self::BgsaveEnded,
            Fact::RdbSent { .. } => self == Self::RdbSent,
            Fact::RdbReceived { .. } => self == Self::RdbReceived,
            Fact::RdbLoaded { .. } => self == Self::RdbLoaded,
            Fact::ReplicaOnline { .. } => self == Self::Online,
            Fact::ReplicaLeft { reason, .. } => {
                let full = matches!(**reason, crate::redis::LeaveReason::OutputBufferLimit { .. });
                self == Self::Left || (full && self == Self::BufferFull)
            }
            Fact::Refused { .. } => self == Self::CommandRefused,
            Fact::Executed { dirty, .. } => *dirty && self == Self::Written,
            Fact::Fed { kind, .. } => *kind == StreamKind::Command && self == Self::Fed,
            Fact::Applied { .. } => self == Self::Applied,
            Fact::Acked { .. } => self == Self::Acked,
            Fact::BacklogCreated { .. } => self == Self::BacklogCreated,
            Fact::BacklogOverwrote { .. } => self == Self::Overwrote,
            Fact::BacklogFreed => self == Self::BacklogFreed,
            Fact::ReplIdChanged { .. } => self == Self::IdChanged,
            Fact::BecameMaster => self == Self::BecameMaster,
            Fact::BecameReplica { .. } => self == Self::BecameReplica,
            Fact::TimedOut { .. } => self == Self::TimedOut,
            Fact::Expired { .. } => self == Self::Expired,
            _ => false,
        }
    }
}

impl Event {
    /// Any event of a kind, since the step began.
    pub fn of(what: Kind) -> Self {
        let (node, peer, contains) = (None, None, None);
        Self {
            what,
            node,
            peer,
            reason: None,
            packet: None,
            contains,
            between: None,
            after: None,
            ever: false,
        }
    }

    /// A field that has no meaning with this `what`, and with which it has.
    #[cfg(feature = "lesson-text")]
    pub(super) fn misplaced(&self) -> Option<(&'static str, &'static str)> {
        let bytes = matches!(self.what, Kind::Sent | Kind::Delivered);
        if self.reason.is_some() && self.what != Kind::Refused {
            Some(("reason", "`refused`"))
        } else if self.packet.is_some() && !bytes {
            Some(("packet", "`sent` or `delivered`"))
        } else if self.contains.is_some() && self.what != Kind::Sent {
            Some(("contains", "`sent`"))
        } else if self.between.is_some() && !matches!(self.what, Kind::LinkCut | Kind::LinkUp) {
            Some(("between", "`link_cut` or `link_up`"))
        } else {
            None
        }
    }

    /// Whether an entry of the scope's world is such an event.
    pub fn is(&self, scope: &Scope<'_>, entry: &Entry) -> bool {
        let world = scope.world();
        if !self.what.is(&entry.what) {
            return false;
        }
        let same = |name: &Option<String>, found: &dyn Fn() -> Option<NodeId>| {
            name.as_ref().is_none_or(|name| found().is_some_and(|id| scope.node(name) == Some(id)))
        };
        if !same(&self.node, &|| entry.party.and_then(Party::node))
            || !same(&self.peer, &|| peer_of(world, entry))
        {
            return false;
        }
        if let (Some(wanted), What::Server(Fact::PsyncRefused { refusal, .. })) = (self.reason, &entry.what)
            && !wanted.is(refusal.reason)
        {
            return false;
        }
        let kind = match &entry.what {
            What::Sent(sent) => Some(sent.kind),
            What::Delivered { kind, .. } => Some(*kind),
            _ => None,
        };
        if self.packet.is_some_and(|wanted| !kind.is_some_and(|kind| wanted.is(kind))) {
            return false;
        }
        if let (Some(text), What::Sent(sent)) = (&self.contains, &entry.what)
            && !sent.bytes.windows(text.len().max(1)).any(|bytes| bytes == text.as_bytes())
        {
            return false;
        }
        match (&self.between, &entry.what) {
            (Some(pair), What::LinkMode { link, .. }) => link_named(world.spec(), pair) == Some(*link),
            _ => true,
        }
    }

    /// Those that happened, oldest first.
    pub fn all<'a>(&'a self, scope: &'a Scope<'a>) -> impl Iterator<Item = &'a Entry> {
        let since = if self.ever { 0 } else { scope.since };
        let since = match &self.after {
            Some(before) => before.first(scope).map_or(u32::MAX, |entry| since.max(entry.id.0 + 1)),
            None => since,
        };
        scope.world().trace().since(since).filter(move |entry| self.is(scope, entry))
    }

    /// The first one.
    pub fn first<'a>(&'a self, scope: &'a Scope<'a>) -> Option<&'a Entry> {
        self.all(scope).next()
    }
}
