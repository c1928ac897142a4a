//! The core's door: what may enter a server ([`Input`]) and what it wants done ([`Effects`]).
//!
//! Nothing else enters or leaves. Bytes that a server sends lie in one arena per call, so that a
//! command fed to eight replicas is copied once.
//!
//! **Flow control.** Bytes handed over with [`Effect::Send`] count as written to the kernel's socket
//! buffer. A server has at most `Config::socket_buffer` bytes per connection handed over and not yet
//! reported by [`Input::Sent`]; the rest stays in its own output buffer, where Redis's limits see it.

use super::event::Event;
use super::ids::{ConnId, Endpoint, JobId};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// One thing that happens to a server.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A client connected; `host` is its address as the server sees it.
    Accepted {
        /// The driver's name for the connection ([`ConnId::accepted`]).
        conn: ConnId,
        /// The peer's IP address.
        host: &'a str,
        /// The peer's port.
        port: u16,
    },
    /// A connection asked for with [`Effect::Connect`] is up.
    Connected {
        /// Which one.
        conn: ConnId,
    },
    /// Bytes arrived.
    Received {
        /// On this connection.
        conn: ConnId,
        /// In this order, cut anywhere.
        bytes: &'a [u8],
    },
    /// This many bytes of those handed over have left the socket buffer.
    Sent {
        /// On this connection.
        conn: ConnId,
        /// More bytes that left since the last report.
        bytes: u64,
    },
    /// The connection is gone (or could not be made): closed by the peer, reset, or refused.
    Closed {
        /// Which one.
        conn: ConnId,
    },
    /// [`Server::deadline`](super::Server::deadline) is reached.
    Timer,
    /// A snapshot asked for with [`Effect::SaveSnapshot`] is written, or could not be.
    SnapshotSaved {
        /// Which one.
        job: JobId,
        /// Whether it was written.
        ok: bool,
    },
    /// The operator runs a command on the server itself, like `redis-cli` without a network.
    Operator {
        /// The command's words.
        args: &'a [&'a [u8]],
    },
}

/// What kind of bytes a [`Effect::Send`] carries, as the sender knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SendKind {
    /// A replica's handshake: `PING`, `REPLCONF`, `PSYNC`.
    Handshake,
    /// A reply to a client or to a handshake (`+OK`, `+FULLRESYNC …`, `$5 …`).
    Reply,
    /// Bytes of an RDB payload, with its framing.
    Rdb,
    /// Bytes of the replication stream that carry a command.
    Stream,
    /// Bytes of the replication stream that only carry `PING` or `REPLCONF GETACK`.
    Heartbeat,
    /// `REPLCONF ACK`.
    Ack,
    /// A lone newline that says "still here" during a full sync.
    Keepalive,
}

/// Where a snapshot goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SnapshotTarget {
    /// A file (`dbfilename`), sent to replicas afterwards: `$<length>` framing.
    Disk,
    /// Straight to the replicas' sockets (`repl-diskless-sync yes`): `$EOF:` framing. The driver
    /// has nothing to write and reports nothing.
    Socket,
}

/// One thing a server wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send these bytes of the arena ([`Effects::slice`]).
    Send {
        /// On this connection.
        conn: ConnId,
        /// What they are.
        kind: SendKind,
        /// Where they lie in the arena.
        bytes: Range<usize>,
    },
    /// Open a connection.
    Connect {
        /// The name to report it under.
        conn: ConnId,
        /// Whom to reach.
        to: Endpoint,
    },
    /// Close a connection after the bytes already handed over. No [`Input::Closed`] follows.
    Close {
        /// Which one.
        conn: ConnId,
    },
    /// Write a snapshot and report [`Input::SnapshotSaved`].
    SaveSnapshot {
        /// The name to report it under.
        job: JobId,
        /// The RDB file's bytes, as of the fork.
        rdb: Arc<[u8]>,
    },
    /// This snapshot (of `SAVE`, or come from the master) is the server's file from now on, before what
    /// follows is sent; nothing is reported.
    KeepSnapshot {
        /// The RDB file's bytes.
        rdb: Arc<[u8]>,
    },
    /// The server blocks for this long (`DEBUG SLEEP`): hand it nothing before that is over.
    Sleep(super::units::Span),
    /// The server ends (`SHUTDOWN`); `save` holds the RDB to write first, if any.
    Exit {
        /// The RDB file's bytes.
        save: Option<Arc<[u8]>>,
    },
}

/// Everything one call of [`Server::handle`](super::Server::handle) wants done, in order.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    arena: Vec<u8>,
    list: Vec<Effect>,
    events: Vec<Event>,
    detail: Detail,
}

/// Which events are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    Nothing,
    /// What is worth a line in a server's log.
    Landmarks,
    #[default]
    Everything,
}

impl Effects {
    /// An empty batch that records events.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty batch that drops events.
    pub fn without_events() -> Self {
        Self { detail: Detail::Nothing, ..Self::default() }
    }

    /// An empty batch that records what is worth a line in a server's log: not the events that tell of
    /// a single command ([`Event::is_routine`]), of which there may be millions a second.
    pub fn for_log() -> Self {
        Self { detail: Detail::Landmarks, ..Self::default() }
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.list.clear();
        self.events.clear();
    }

    /// What is to be done, in order.
    pub fn list(&self) -> &[Effect] {
        &self.list
    }

    /// The bytes of an [`Effect::Send`].
    pub fn slice(&self, bytes: &Range<usize>) -> &[u8] {
        &self.arena[bytes.clone()]
    }

    /// What happened, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Whether events of single commands are recorded.
    pub(super) fn records_commands(&self) -> bool {
        self.detail == Detail::Everything
    }

    /// Whether nothing happened and nothing is to be done.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty() && self.list.is_empty()
    }

    /// Records an event.
    #[inline]
    pub(super) fn note(&mut self, event: Event) {
        if self.detail == Detail::Everything || (self.detail > Detail::Nothing && !event.is_routine()) {
            self.events.push(event);
        }
    }

    /// Records the event of a single command ([`Event::is_routine`]), which is made only if it is wanted.
    #[inline]
    pub(super) fn note_routine(&mut self, event: impl FnOnce() -> Event) {
        if self.detail == Detail::Everything {
            append(&mut self.events, event);
        }
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.list.push(effect);
    }

    /// Sends bytes that are in the arena.
    #[inline]
    pub(super) fn send_stored(&mut self, conn: ConnId, kind: SendKind, bytes: Range<usize>) {
        append(&mut self.list, || Effect::Send { conn, kind, bytes });
    }

    /// Puts bytes into the arena; the range may be sent on several connections.
    pub(super) fn store(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.arena.len();
        self.arena.extend_from_slice(bytes);
        start..self.arena.len()
    }

    pub(super) fn send(&mut self, conn: ConnId, kind: SendKind, bytes: &[u8]) {
        let bytes = self.store(bytes);
        self.send_stored(conn, kind, bytes);
    }
}

/// Appends what is made when there is room for it: so it is written where it stays. Made before, it would
/// be put together elsewhere, in case asking for memory fails, and copied.
#[inline]
fn append<T>(list: &mut Vec<T>, make: impl FnOnce() -> T) {
    loop {
        if list.len() < list.capacity() {
            return list.push(make());
        }
        list.reserve(1);
    }
}
