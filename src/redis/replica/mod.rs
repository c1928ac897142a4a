//! The replica's side of replication: connect, agree, take a snapshot or continue, then follow.
//!
//! [`Link`] is Redis's `server.repl_state` as an enum whose variants own what is true in that
//! state. `handshake` leads from `Connect` to the verdict, `transfer` receives and loads the RDB,
//! `stream` executes what the master sends.

mod handshake;
#[cfg(test)]
mod handshake_tests;
mod stream;
#[cfg(test)]
mod stream_tests;
mod transfer;

use super::effects::{Effect, Effects};
use super::event::{Event, ReplState};
use super::ids::{ConnId, Endpoint, ReplId};
use super::rdb::RdbRepl;
use super::resp::reply;
use super::server::{Blocked, Server};
use super::units::{Offset, Time};
use handshake::Dial;
pub(super) use stream::Stream;
use transfer::{Loading, Transfer};

/// A server that follows a master (`server.masterhost` and what hangs on it).
#[derive(Clone, Debug)]
pub(super) struct Following {
    pub(super) master: Endpoint,
    pub(super) link: Link,
    /// Where the last link stood, to ask for a partial resync (`server.cached_master`).
    pub(super) cached: Option<Cached>,
    /// Unix second at which the link went down; `None` if it never was up (`repl_down_since`).
    pub(super) down_since: Option<u64>,
    /// The state last told with [`Event::LinkState`].
    told: ReplState,
}

/// What is kept of a lost link to the master.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cached {
    pub(super) id: ReplId,
    pub(super) applied: Offset,
    /// The database the stream was in.
    pub(super) db: u32,
    /// `CLIENT_PRE_PSYNC`: it began at no offset, so the master gets no ACKs that it does not ask for.
    pub(super) pre_psync: bool,
}

/// State of the link to the master. The largest variant is the one it is in almost always, and a copy
/// of a server copies it: it has no box of its own.
#[derive(Clone, Debug)]
pub(super) enum Link {
    /// `REPL_STATE_CONNECT`.
    Connect,
    /// `REPL_STATE_CONNECTING`.
    Connecting(Dial),
    /// `REPL_STATE_RECEIVE_PING_REPLY`.
    PingReply(Dial),
    /// `REPL_STATE_RECEIVE_AUTH_REPLY` … `REPL_STATE_RECEIVE_CAPA_REPLY`.
    HandshakeReplies(Dial, Vec<handshake::Awaited>),
    /// `REPL_STATE_RECEIVE_PSYNC_REPLY`.
    PsyncReply(Dial),
    /// `REPL_STATE_TRANSFER`.
    Transfer(Box<Transfer>),
    /// The RDB is complete and being loaded.
    Loading(Box<Loading>),
    /// `REPL_STATE_CONNECTED`.
    Connected(Stream),
}

impl Link {
    /// The connection in use.
    pub(super) fn conn(&self) -> Option<ConnId> {
        match self {
            Self::Connect => None,
            Self::Connecting(d) | Self::PingReply(d) | Self::HandshakeReplies(d, _) | Self::PsyncReply(d) => {
                Some(d.conn)
            }
            Self::Transfer(t) => Some(t.conn),
            Self::Loading(l) => Some(l.conn),
            Self::Connected(s) => Some(s.conn),
        }
    }

    /// Bytes held of what the master sent.
    pub(super) fn memory(&self) -> u64 {
        (match self {
            Self::Connect => 0,
            Self::Connecting(d) | Self::PingReply(d) | Self::HandshakeReplies(d, _) | Self::PsyncReply(d) => {
                d.input.capacity()
            }
            Self::Transfer(t) => t.memory(),
            Self::Loading(l) => l.memory(),
            Self::Connected(s) => s.query.memory() + s.multi.as_ref().map_or(0, |m| m.bytes as usize),
        }) as u64
    }

    /// The state under Redis's name.
    pub(super) fn state(&self) -> ReplState {
        match self {
            Self::Connect => ReplState::Connect,
            Self::Connecting(_) => ReplState::Connecting,
            Self::PingReply(_) => ReplState::ReceivePingReply,
            Self::HandshakeReplies(..) => ReplState::ReceiveHandshakeReplies,
            Self::PsyncReply(_) => ReplState::ReceivePsyncReply,
            Self::Transfer(_) => ReplState::Transfer,
            Self::Loading(_) => ReplState::Loading,
            Self::Connected(_) => ReplState::Connected,
        }
    }

    /// The word `ROLE` uses.
    pub(super) fn role_word(&self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Connecting(_) => "connecting",
            Self::PingReply(_) | Self::HandshakeReplies(..) | Self::PsyncReply(_) => "handshake",
            Self::Transfer(_) | Self::Loading(_) => "sync",
            Self::Connected(_) => "connected",
        }
    }
}

impl Following {
    pub(super) fn new(master: Endpoint) -> Self {
        Self { master, link: Link::Connect, cached: None, down_since: None, told: ReplState::Connect }
    }

    /// `repl_state == REPL_STATE_CONNECTED`.
    pub(super) fn is_connected(&self) -> bool {
        matches!(self.link, Link::Connected(_))
    }

    /// The stream, if it flows.
    pub(super) fn stream(&self) -> Option<&Stream> {
        match &self.link {
            Link::Connected(stream) => Some(stream),
            _ => None,
        }
    }

    /// The stream, if it flows, to change it.
    pub(super) fn stream_mut(&mut self) -> Option<&mut Stream> {
        match &mut self.link {
            Link::Connected(stream) => Some(stream),
            _ => None,
        }
    }

    /// Whether there is a master or a cached one (`server.master || server.cached_master`).
    pub(super) fn has_master(&self) -> bool {
        self.is_connected() || self.cached.is_some()
    }

    /// The database the stream is in.
    pub(super) fn stream_db(&self) -> Option<u32> {
        self.stream().map(|s| s.db).or(self.cached.map(|c| c.db))
    }

    /// Starts from a saved RDB: asks to continue where it ends.
    pub(super) fn resume(&mut self, repl: RdbRepl) {
        self.cached =
            Some(Cached { id: repl.id, applied: repl.offset, db: repl.stream_db, pre_psync: false });
    }
}

impl Server {
    /// Moves the link to a new state and says so.
    pub(super) fn set_link(&mut self, link: Link, effects: &mut Effects) {
        if let Some(following) = &mut self.following {
            following.link = link;
        }
        self.tell_link(effects);
    }

    /// Says where the link stands, if that is new.
    pub(super) fn tell_link(&mut self, effects: &mut Effects) {
        if let Some(following) = &mut self.following {
            let to = following.link.state();
            if std::mem::replace(&mut following.told, to) != to {
                effects.note(Event::LinkState { to });
            }
        }
    }

    /// Takes the link out, leaving `Connect`.
    pub(super) fn take_link(&mut self) -> Option<Link> {
        self.following.as_mut().map(|f| std::mem::replace(&mut f.link, Link::Connect))
    }

    /// Starts to follow `master` (`replicationSetMaster`).
    pub(super) fn set_master(&mut self, master: Endpoint, effects: &mut Effects) {
        if !self.keeps_replicas() {
            self.drop_replicas(effects);
        }
        let was_master = self.following.is_none();
        self.detach(effects);
        let cached = if was_master {
            // Our own history may be a part of the new master's: ask to continue from it.
            let db = self.history.selected.unwrap_or(0);
            self.new_client_id();
            Some(Cached { id: self.history.id, applied: self.history.offset, db, pre_psync: false })
        } else {
            self.following.as_ref().and_then(|f| f.cached)
        };
        let down_since = self.following.as_ref().and_then(|f| f.down_since);
        effects.note(Event::BecameReplica { of: master.clone() });
        self.following = Some(Box::new(Following { cached, down_since, ..Following::new(master) }));
        self.force_unblock();
        self.connect_with_master(effects);
    }

    /// Blocked clients cannot be served any more once the role changes (`disconnectAllBlockedClients`).
    fn force_unblock(&mut self) {
        for conn in self.blocked_clients(|b| matches!(b, Blocked::Wait { .. })) {
            self.with_reply(conn, |out| {
                reply::error(
                    out,
                    "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
                );
            });
            if let Some(client) = self.clients.get_mut(&conn) {
                client.blocked = None;
                client.close_after_reply = true;
            }
        }
    }

    /// Ends the link to the master, keeping where it stood if the stream was flowing.
    pub(super) fn detach(&mut self, effects: &mut Effects) {
        let Some(link) = self.take_link() else {
            return;
        };
        if let Some(conn) = link.conn() {
            effects.push(Effect::Close { conn });
        }
        if let Link::Connected(stream) = link {
            self.cache_master(&stream);
        }
    }

    /// Remembers where the stream stood (`replicationCacheMaster`): bytes that were read but not
    /// applied are asked for again. Nothing that is out of step with the master can be continued.
    pub(super) fn cache_master(&mut self, stream: &Stream) {
        let now = self.unix_secs();
        if let Some(following) = &mut self.following {
            following.cached = (!stream.broken).then_some(Cached {
                id: stream.id,
                applied: stream.applied,
                db: stream.db,
                pre_psync: stream.pre_psync,
            });
            following.down_since = Some(now);
        }
    }

    /// Becomes a master (`replicationUnsetMaster`): the old history ends here, under its old name,
    /// and a new one begins.
    pub(super) fn unset_master(&mut self, effects: &mut Effects) {
        if self.following.is_none() {
            return;
        }
        self.detach(effects);
        self.following = None;
        let history = &mut self.history;
        history.second = Some((history.id, history.offset.next()));
        history.id = ReplId::random(&mut self.rng);
        history.selected = None;
        effects.note(Event::ReplIdChanged { id: self.history.id, second: self.history.second.map(Box::new) });
        self.drop_replicas(effects);
        self.history.no_replicas_since = self.unix_secs();
        effects.note(Event::BecameMaster);
    }

    /// The link failed before the stream flowed: try again at the next tick, or at once.
    pub(super) fn retry_later(&mut self, at_once: bool, effects: &mut Effects) {
        if let Some(link) = self.take_link() {
            if let Some(conn) = link.conn() {
                effects.push(Effect::Close { conn });
            }
            self.tell_link(effects);
            if at_once {
                self.connect_with_master(effects);
            }
        }
    }

    /// The connection to the master is gone.
    pub(super) fn master_closed(&mut self, conn: ConnId, effects: &mut Effects) {
        let Some(following) = self.following.as_mut().filter(|f| f.link.conn() == Some(conn)) else {
            return;
        };
        let link = std::mem::replace(&mut following.link, Link::Connect);
        self.tell_link(effects);
        match link {
            Link::Connected(stream) => {
                self.cache_master(&stream);
                self.connect_with_master(effects);
            }
            Link::Transfer(_) => self.connect_with_master(effects),
            Link::PsyncReply(_) if self.failover.is_some() && !self.failover_is_forced() => {
                self.abort_failover(effects);
            }
            // Up to 6.2 no answer is taken for a refusal of `PSYNC` (measured).
            Link::PsyncReply(_) if !self.keeps_replicas() => self.give_up_history(effects),
            // The snapshot is complete: loading goes on, and the next tick reconnects.
            Link::Loading(mut loading) => {
                loading.closed = true;
                self.set_link(Link::Loading(loading), effects);
            }
            _ => {}
        }
    }

    /// Closes the link to the master as if it had been lost (`CLIENT KILL TYPE master`).
    pub(super) fn drop_master_link(&mut self, effects: &mut Effects) -> bool {
        let stream = self.following.as_ref().is_some_and(|f| f.is_connected());
        if stream {
            self.detach(effects);
            self.tell_link(effects);
            self.connect_with_master(effects);
        }
        stream
    }

    /// Bytes from the master.
    pub(super) fn master_sent(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) {
        let Some(following) = self.following.as_mut().filter(|f| f.link.conn() == Some(conn)) else {
            return;
        };
        match &mut following.link {
            Link::Connected(_) => self.stream_bytes(conn, bytes, effects),
            Link::Transfer(_) => self.rdb_bytes(bytes, effects),
            Link::Loading(loading) if loading.closed => {}
            Link::Loading(loading) => {
                loading.later.extend_from_slice(bytes);
                let waiting = loading.later.len() as u64;
                if self.config.rdb_limit.is_some_and(|limit| waiting > limit) {
                    // As if the connection had broken: the rest is asked for again.
                    loading.closed = true;
                    loading.later = Vec::new();
                    effects.push(Effect::Close { conn });
                }
            }
            Link::Connect | Link::Connecting(_) => {}
            Link::PingReply(dial) | Link::HandshakeReplies(dial, _) | Link::PsyncReply(dial) => {
                dial.input.extend_from_slice(bytes);
                dial.since = self.now;
                self.shake_hands(effects);
            }
        }
    }

    /// Time limits of the link, checked once a second (`replicationCron`).
    pub(super) fn master_cron(&mut self, effects: &mut Effects) {
        let Some(following) = &self.following else {
            return;
        };
        let too_long = |since: Time| self.secs_since(since) > self.config.repl_timeout;
        let conn = following.link.conn();
        match &following.link {
            Link::Connect => self.connect_with_master(effects),
            Link::Connecting(d) | Link::PingReply(d) | Link::HandshakeReplies(d, _) | Link::PsyncReply(d) => {
                if too_long(d.since) {
                    self.timed_out(conn, effects);
                    self.retry_later(true, effects);
                }
            }
            Link::Transfer(t) => {
                if too_long(t.last_io) {
                    self.timed_out(conn, effects);
                    self.retry_later(true, effects);
                }
            }
            Link::Loading(loading) => {
                if !loading.closed {
                    let conn = loading.conn;
                    effects.send(conn, super::effects::SendKind::Keepalive, b"\n");
                }
            }
            Link::Connected(s) => {
                let pre_psync = s.pre_psync;
                if too_long(s.last_io) {
                    self.timed_out(conn, effects);
                    self.drop_master_link(effects);
                }
                if !pre_psync {
                    self.send_ack(effects);
                }
            }
        }
    }

    fn timed_out(&self, conn: Option<ConnId>, effects: &mut Effects) {
        if let Some(conn) = conn {
            effects.note(Event::TimedOut { conn });
        }
    }
}
