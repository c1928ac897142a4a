//! From dialling to the verdict: `PING`, `AUTH`, `REPLCONF`, `PSYNC` (`syncWithMaster`,
//! `slaveTryPartialResynchronization`, replication.c).
//!
//! Since 6.2 the middle part is pipelined: everything after `+PONG` goes out at once, `PSYNC`
//! follows when every reply is there.

use super::transfer::Transfer;
use super::{Cached, Link, Stream};
use crate::redis::effects::{Effect, Effects, SendKind};
use crate::redis::event::Event;
use crate::redis::ids::{ConnId, ReplId};
use crate::redis::resp::{encode_command, leading_integer};
use crate::redis::server::Server;
use crate::redis::units::{Offset, Time};

/// Longest line of a handshake, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// A connection to the master on which no stream flows yet.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Dial {
    pub(in crate::redis) conn: ConnId,
    /// When anything last came (`repl_transfer_lastio`).
    pub(in crate::redis) since: Time,
    /// Bytes received.
    pub(in crate::redis) input: Vec<u8>,
    /// How many of them are read.
    read: usize,
}

/// A reply of the handshake that is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum Awaited {
    /// `REPL_STATE_RECEIVE_AUTH_REPLY`: must not be an error.
    Auth,
    /// `REPL_STATE_RECEIVE_PORT_REPLY`, `…_IP_REPLY`, `…_CAPA_REPLY`: anything goes.
    Conf,
}

impl Dial {
    pub(super) fn new(conn: ConnId, since: Time) -> Self {
        Self { conn, since, input: Vec::new(), read: 0 }
    }

    /// The next line without its end, if it is complete. In linear time, however many lines there
    /// are: what is read is dropped when the last complete line is.
    fn line(&mut self) -> Option<Vec<u8>> {
        let rest = &self.input[self.read..];
        let Some(end) = rest.iter().position(|b| *b == b'\n') else {
            self.input.drain(..self.read);
            self.input.shrink_to(MAX_LINE);
            self.read = 0;
            return None;
        };
        let line = &rest[..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
        self.read += end + 1;
        Some(line)
    }

    /// What came after the handshake.
    fn into_rest(mut self) -> Vec<u8> {
        self.input.split_off(self.read)
    }
}

impl Server {
    /// Dials the master (`connectWithMaster`).
    pub(in crate::redis) fn connect_with_master(&mut self, effects: &mut Effects) {
        let Some(following) = &self.following else {
            return;
        };
        self.next_dialled += 1;
        let conn = ConnId::dialled(self.next_dialled);
        effects.push(Effect::Connect { conn, to: following.master.clone() });
        self.set_link(Link::Connecting(Dial::new(conn, self.now)), effects);
    }

    /// The connection is up: is anybody there?
    pub(in crate::redis) fn master_connected(&mut self, conn: ConnId, effects: &mut Effects) {
        match self.take_link() {
            Some(Link::Connecting(mut dial)) if dial.conn == conn => {
                dial.since = self.now;
                handshake(conn, &[&[b"PING"]], effects);
                self.set_link(Link::PingReply(dial), effects);
            }
            Some(other) => {
                if let Some(following) = &mut self.following {
                    following.link = other;
                }
            }
            None => {}
        }
    }

    /// Reads as many lines of the handshake as there are.
    pub(in crate::redis) fn shake_hands(&mut self, effects: &mut Effects) {
        loop {
            let Some(Link::PingReply(dial) | Link::HandshakeReplies(dial, _) | Link::PsyncReply(dial)) =
                self.following.as_mut().map(|f| &mut f.link)
            else {
                return;
            };
            let Some(line) = dial.line() else {
                if dial.input.len() > MAX_LINE {
                    self.retry_later(false, effects);
                }
                return;
            };
            match self.take_link() {
                Some(Link::PingReply(dial)) => self.ping_replied(dial, &line, effects),
                Some(Link::HandshakeReplies(dial, awaited)) => {
                    self.conf_replied(dial, awaited, &line, effects)
                }
                Some(Link::PsyncReply(dial)) => self.psync_replied(dial, &line, effects),
                _ => return,
            }
        }
    }

    fn ping_replied(&mut self, dial: Dial, line: &[u8], effects: &mut Effects) {
        let tolerated = [&b"+"[..], b"-NOAUTH", b"-NOPERM", b"-ERR operation not permitted"];
        if !tolerated.iter().any(|prefix| line.starts_with(prefix)) {
            return self.refused(dial, line, effects);
        }
        let config = &self.config;
        let port = if config.replica_announce_port > 0 { config.replica_announce_port } else { config.port };
        let port = port.to_string();
        let mut awaited = Vec::new();
        let mut commands: Vec<Vec<&[u8]>> = Vec::new();
        let (user, pass) = (config.masteruser.as_bytes(), config.masterauth.as_bytes());
        if !pass.is_empty() {
            commands.push(if user.is_empty() { vec![b"AUTH", pass] } else { vec![b"AUTH", user, pass] });
            awaited.push(Awaited::Auth);
        }
        commands.push(vec![b"REPLCONF", b"listening-port", port.as_bytes()]);
        awaited.push(Awaited::Conf);
        if !config.replica_announce_ip.is_empty() {
            commands.push(vec![b"REPLCONF", b"ip-address", config.replica_announce_ip.as_bytes()]);
            awaited.push(Awaited::Conf);
        }
        commands.push(vec![b"REPLCONF", b"capa", b"eof", b"capa", b"psync2"]);
        awaited.push(Awaited::Conf);
        for command in &commands {
            handshake(dial.conn, &[command], effects);
        }
        self.set_link(Link::HandshakeReplies(dial, awaited), effects);
    }

    fn conf_replied(&mut self, dial: Dial, mut awaited: Vec<Awaited>, line: &[u8], effects: &mut Effects) {
        let this = if awaited.is_empty() { None } else { Some(awaited.remove(0)) };
        if this == Some(Awaited::Auth) && line.starts_with(b"-") {
            return self.refused(dial, line, effects);
        }
        if awaited.is_empty() {
            self.ask(dial, effects);
        } else {
            self.set_link(Link::HandshakeReplies(dial, awaited), effects);
        }
    }

    /// `PSYNC`: to continue where the last link stood, or from nothing.
    fn ask(&mut self, dial: Dial, effects: &mut Effects) {
        let cached = self.following.as_ref().and_then(|f| f.cached);
        let failover = self.failover.as_ref().is_some_and(|f| f.in_progress);
        let (id, from) = match cached {
            Some(cached) => (cached.id.to_string(), cached.applied.next().to_string()),
            None => ("?".into(), "-1".into()),
        };
        let mut words: Vec<&[u8]> = vec![b"PSYNC", id.as_bytes(), from.as_bytes()];
        if failover {
            words.push(b"FAILOVER");
        }
        handshake(dial.conn, &[&words], effects);
        effects.note(Event::PsyncAsked { resume: cached.map(|c| Box::new((c.id, c.applied.next()))) });
        self.set_link(Link::PsyncReply(dial), effects);
    }

    fn psync_replied(&mut self, dial: Dial, line: &[u8], effects: &mut Effects) {
        if line.is_empty() {
            // A newline says that the master is still busy.
            return self.set_link(Link::PsyncReply(dial), effects);
        }
        let is = |start: &[u8]| line.starts_with(start);
        if is(b"+FULLRESYNC") {
            self.finish_failover(effects);
            let (id, offset) = id_and_offset(line).unwrap_or((ReplId::EMPTY, Offset::UNKNOWN));
            self.history.told = id;
            effects.note(Event::FullResyncReceived { id, offset });
            self.full_resync_begins(dial, offset, effects);
        } else if is(b"+CONTINUE") {
            let id = line.get(b"+CONTINUE ".len()..).and_then(ReplId::parse);
            self.continue_from_cached(dial, id, line, effects);
        } else if is(b"-NOMASTERLINK") || is(b"-LOADING") {
            self.refused(dial, line, effects);
        } else if self.failover.is_some() && !self.failover_is_forced() {
            effects.push(Effect::Close { conn: dial.conn });
            self.abort_failover(effects);
        } else {
            // The master may be too old for PSYNC.
            effects.note(Event::HandshakeRefused { reply: String::from_utf8_lossy(line).into() });
            effects.send(dial.conn, SendKind::Handshake, b"SYNC\r\n");
            self.full_resync_begins(dial, Offset::UNKNOWN, effects);
        }
    }

    fn full_resync_begins(&mut self, dial: Dial, offset: Offset, effects: &mut Effects) {
        if !self.keeps_replicas() {
            // Up to 6.2 the old history is given up before the new one is there.
            self.give_up_history(effects);
        }
        let (conn, input) = (dial.conn, dial.into_rest());
        self.set_link(Link::Transfer(Box::new(Transfer::new(conn, offset, self.now))), effects);
        self.rdb_bytes(&input, effects);
    }

    /// Forgets where the last link stood, and whoever could ask for it here
    /// (`replicationDiscardCachedMaster`, `disconnectSlaves`, `freeReplicationBacklog`).
    pub(super) fn give_up_history(&mut self, effects: &mut Effects) {
        if let Some(following) = &mut self.following {
            following.cached = None;
        }
        self.drop_replicas(effects);
        self.free_backlog(effects);
    }

    fn continue_from_cached(&mut self, dial: Dial, id: Option<ReplId>, line: &[u8], effects: &mut Effects) {
        let Some(cached) = self.following.as_mut().and_then(|f| f.cached.take()) else {
            // Real Redis dies of this (measured); a protocol error is kinder.
            return self.refused(dial, line, effects);
        };
        self.finish_failover(effects);
        let new_id = id.filter(|id| *id != cached.id);
        effects.note(Event::ContinueReceived { new_id });
        if let Some(id) = new_id {
            // The same history under a new name: sub-replicas have to learn it.
            self.history.second = Some((cached.id, self.history.offset.next()));
            self.history.id = id;
            effects.note(Event::ReplIdChanged { id, second: self.history.second.map(Box::new) });
            self.drop_replicas(effects);
        }
        let (conn, input) = (dial.conn, dial.into_rest());
        let from = Cached { id: new_id.unwrap_or(cached.id), ..cached };
        let stream = Stream::new(conn, from, self.now);
        self.set_link(Link::Connected(stream), effects);
        if let Some(following) = &mut self.following {
            following.down_since = None;
        }
        self.need_backlog(effects);
        if !input.is_empty() {
            self.master_sent(conn, &input, effects);
        }
    }

    /// The master said no: close, and try again at the next tick.
    fn refused(&mut self, dial: Dial, line: &[u8], effects: &mut Effects) {
        effects.note(Event::HandshakeRefused { reply: String::from_utf8_lossy(line).into() });
        effects.push(Effect::Close { conn: dial.conn });
        self.set_link(Link::Connect, effects);
    }
}

/// What `+FULLRESYNC <id> <offset>` says, if it has that form.
fn id_and_offset(line: &[u8]) -> Option<(ReplId, Offset)> {
    let mut words = line.splitn(3, |b| *b == b' ').skip(1);
    let id = ReplId::parse(words.next()?)?;
    // Below zero there is only one place to stand.
    let offset = u64::try_from(leading_integer(words.next()?)).map_or(Offset::UNKNOWN, Offset::new);
    Some((id, offset))
}

/// Sends handshake commands.
fn handshake(conn: ConnId, commands: &[&[&[u8]]], effects: &mut Effects) {
    let mut bytes = Vec::new();
    for words in commands {
        encode_command(words.iter().copied(), &mut bytes);
    }
    effects.send(conn, SendKind::Handshake, &bytes);
}
