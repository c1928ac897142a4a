//! A server among strangers: gives it inputs and checks what it does after each.

use psync_lab::redis::{
    Config, ConnId, Effect, Effects, Event, Input, JobId, RedisVersion, Server, Span, Time,
};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Limits that a storm can reach.
pub(crate) const QUERY_LIMIT: u64 = 40_000;
pub(crate) const RDB_LIMIT: u64 = 60_000;
pub(crate) const REPLY_LIMIT: u64 = 50_000;
const SOCKET: u64 = 4096;
/// Bytes of one turn that are not held back by the socket's buffer: lines of a handshake.
const LINES: u64 = 32 * 1024;

/// A connection as its driver knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conn {
    /// The server dials.
    Dialling,
    /// Open, with this many bytes handed over and not sent.
    Open { unsent: u64 },
}

/// A server and its connections.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) now: Time,
    pub(crate) conns: BTreeMap<ConnId, Conn>,
    pub(crate) jobs: Vec<JobId>,
    /// The server said that it ends.
    pub(crate) ended: bool,
    /// All that was ever sent to it.
    pub(crate) given: u64,
    /// What it last said on each connection.
    pub(crate) said: Vec<(ConnId, Vec<u8>)>,
    /// What it last told about itself.
    pub(crate) events: Vec<Event>,
    effects: Effects,
}

impl Rig {
    pub(crate) fn new(version: RedisVersion) -> Self {
        let mut config = Config::new(version);
        config.repl_backlog_size = 2000;
        config.repl_timeout = 5;
        config.repl_diskless_sync_delay = 1;
        config.socket_buffer = SOCKET;
        config.query_buffer_limit = QUERY_LIMIT;
        config.rdb_limit = Some(RDB_LIMIT);
        config.limit_normal.hard = REPLY_LIMIT;
        config.limit_replica.hard = REPLY_LIMIT;
        let mut rig = Self {
            server: Server::new(config, 1),
            now: Time::ZERO,
            conns: BTreeMap::new(),
            jobs: Vec::new(),
            ended: false,
            given: 0,
            said: Vec::new(),
            events: Vec::new(),
            effects: Effects::new(),
        };
        rig.give(Input::Timer);
        rig
    }

    /// What the server said on a connection, as text.
    pub(crate) fn heard(&self, conn: ConnId) -> String {
        let on = self.said.iter().filter(|(said, _)| *said == conn);
        on.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect()
    }

    /// Opens a connection to the server, unless there is one of this name.
    pub(crate) fn accept(&mut self, conn: ConnId) {
        if let Entry::Vacant(place) = self.conns.entry(conn) {
            place.insert(Conn::Open { unsent: 0 });
            self.give(Input::Accepted { conn, host: "10.0.0.9", port: 40_000 });
        }
    }

    pub(crate) fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
        self.given += bytes.len() as u64;
        self.give(Input::Received { conn, bytes });
    }

    /// A dialled connection is up.
    pub(crate) fn connect(&mut self, conn: ConnId) {
        if let Some(state @ Conn::Dialling) = self.conns.get_mut(&conn) {
            *state = Conn::Open { unsent: 0 };
        }
        self.give(Input::Connected { conn });
    }

    pub(crate) fn close(&mut self, conn: ConnId) {
        self.conns.remove(&conn);
        self.give(Input::Closed { conn });
    }

    /// All that was handed over is sent.
    pub(crate) fn drain(&mut self, conn: ConnId) {
        if let Some(Conn::Open { unsent }) = self.conns.get_mut(&conn) {
            let bytes = std::mem::take(unsent);
            self.give(Input::Sent { conn, bytes });
        }
    }

    /// Time passes; the timer rings as often as the server asks for it, but no more than `most` times.
    pub(crate) fn wait(&mut self, span: Span, most: u32) {
        let end = self.now + span;
        for _ in 0..most {
            match self.server.deadline().filter(|at| *at <= end) {
                Some(at) => {
                    self.now = self.now.max(at);
                    self.give(Input::Timer);
                }
                None => break,
            }
        }
        self.now = end;
    }

    /// One input, and everything that must hold after it.
    ///
    /// # Panics
    /// If something does not.
    pub(crate) fn give(&mut self, input: Input<'_>) {
        if self.ended {
            return;
        }
        let size = match input {
            Input::Received { bytes, .. } => bytes.len(),
            _ => 0,
        };
        self.server.handle(self.now, input, &mut self.effects);
        let effects = std::mem::take(&mut self.effects);
        let most = 100 + size + 20 * (self.conns.len() + 1);
        assert!(effects.list().len() <= most, "{} effects of {size} bytes", effects.list().len());
        for effect in effects.list() {
            self.carry_out(effect, &effects);
        }
        self.events.extend_from_slice(effects.events());
        let old = self.events.len().saturating_sub(256);
        self.events.drain(..old);
        self.effects = effects;
        self.effects.clear();
        // Doubling vectors, a small overhead per word, and at most one piece over each limit.
        let each = QUERY_LIMIT + REPLY_LIMIT + 2 * LINES;
        let limit = 4 * (self.conns.len() as u64 * each + RDB_LIMIT) + 100_000;
        let held = self.server.buffered();
        assert!(held <= limit.min(20 * self.given + 4_000_000), "{held} bytes are held");
    }

    fn carry_out(&mut self, effect: &Effect, effects: &Effects) {
        match effect {
            Effect::Send { conn, bytes, .. } => {
                let bytes = effects.slice(bytes);
                let Some(Conn::Open { unsent }) = self.conns.get_mut(conn) else {
                    panic!("{} bytes on {conn}, which is not open: {:?}", bytes.len(), bytes.escape_ascii());
                };
                *unsent += bytes.len() as u64;
                assert!(*unsent <= SOCKET + LINES, "{unsent} bytes on {conn} at once");
                self.said.push((*conn, bytes.to_vec()));
                if self.said.len() > 64 {
                    self.said.remove(0);
                }
            }
            Effect::Connect { conn, .. } => {
                let before = self.conns.insert(*conn, Conn::Dialling);
                assert_eq!(before, None, "{conn} is used twice");
            }
            Effect::Close { conn } => {
                assert!(self.conns.remove(conn).is_some(), "{conn} is closed but was not open");
            }
            Effect::SaveSnapshot { job, .. } => self.jobs.push(*job),
            Effect::KeepSnapshot { .. } | Effect::Sleep(_) => {}
            Effect::Exit { .. } => self.ended = true,
        }
    }

    /// The connection to the master, if there is one.
    pub(crate) fn master(&self) -> Option<ConnId> {
        self.server.master_link()?.conn
    }

    /// An ordinary client comes and is served.
    ///
    /// # Panics
    /// If it is not.
    pub(crate) fn ping(&mut self) {
        if self.ended {
            return;
        }
        let conn = ConnId::accepted(1_000_000);
        self.accept(conn);
        self.said.clear();
        self.receive(conn, b"PING\r\n");
        assert_eq!(self.said, [(conn, b"+PONG\r\n".to_vec())], "after the storm");
        self.close(conn);
    }
}
