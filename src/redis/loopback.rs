//! Servers wired to each other in memory, without delay: for examples, tests and benches.
//!
//! The smallest driver there is. The lab's `sim` and the TCP driver `node` do the same with a
//! network in between.

use super::effects::{Effect, Effects, Input};
use super::ids::{ConnId, Endpoint};
use super::server::Server;
use super::units::{Span, Time};
use std::collections::{BTreeMap, VecDeque};

/// One end of a connection: which server, and its name for the connection. `None` is the operator.
type End = (Option<usize>, ConnId);

/// Servers on a network that takes no time. Server `n` is reached as `host n`, port `n`.
#[derive(Debug, Default)]
pub struct Loopback {
    servers: Vec<Server>,
    now: Time,
    /// Each end of each open connection, and the other end.
    peers: BTreeMap<End, End>,
    queue: VecDeque<(usize, Event)>,
    /// What the operator's connections received.
    replies: BTreeMap<ConnId, Vec<u8>>,
    next: u64,
}

#[derive(Debug)]
enum Event {
    Accepted(ConnId, usize),
    Connected(ConnId),
    Received(ConnId, Vec<u8>),
    Sent(ConnId, u64),
    Closed(ConnId),
    Saved(super::ids::JobId),
}

impl Loopback {
    /// A network of these servers.
    pub fn new(servers: impl IntoIterator<Item = Server>) -> Self {
        let mut this = Self { servers: servers.into_iter().collect(), ..Self::default() };
        this.advance(Span::ZERO);
        this
    }

    /// Where server `n` is reached.
    pub fn address(n: usize) -> Endpoint {
        Endpoint::new(&n.to_string(), n as u16)
    }

    /// Server `n`.
    ///
    /// # Panics
    /// If there is no such server.
    pub fn server(&self, n: usize) -> &Server {
        &self.servers[n]
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Runs a command, given as a line of words, on server `n`, and gives its reply as it is sent.
    pub fn command(&mut self, n: usize, line: &str) -> String {
        let mut words = super::resp::Command::default();
        let mut bytes = Vec::new();
        if super::resp::split_inline(line.as_bytes(), &mut words).is_some() {
            words.args().encode(&mut bytes);
        }
        let conn = self.connect_operator(n);
        self.queue.push_back((n, Event::Received(conn, bytes)));
        self.settle();
        self.queue.push_back((n, Event::Closed(conn)));
        self.settle();
        String::from_utf8_lossy(&self.replies.remove(&conn).unwrap_or_default()).into_owned()
    }

    fn connect_operator(&mut self, n: usize) -> ConnId {
        let conn = self.name();
        self.peers.insert((Some(n), conn), (None, conn));
        self.queue.push_back((n, Event::Accepted(conn, usize::MAX)));
        conn
    }

    fn name(&mut self) -> ConnId {
        self.next += 1;
        ConnId::accepted(self.next)
    }

    /// Lets `span` pass, running every timer on the way.
    pub fn advance(&mut self, span: Span) {
        let end = self.now + span;
        self.settle();
        while let Some((at, n)) = self.next_timer().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.handle(n, Input::Timer);
            self.settle();
        }
        self.now = end;
    }

    fn next_timer(&self) -> Option<(Time, usize)> {
        self.servers.iter().enumerate().filter_map(|(n, s)| Some((s.deadline()?, n))).min()
    }

    /// Delivers everything that is under way.
    fn settle(&mut self) {
        while let Some((n, event)) = self.queue.pop_front() {
            match event {
                Event::Accepted(conn, from) => {
                    let host = if from == usize::MAX { "operator".into() } else { from.to_string() };
                    self.handle(n, Input::Accepted { conn, host: &host, port: 0 });
                }
                Event::Connected(conn) => self.handle(n, Input::Connected { conn }),
                Event::Received(conn, bytes) => self.handle(n, Input::Received { conn, bytes: &bytes }),
                Event::Sent(conn, bytes) => self.handle(n, Input::Sent { conn, bytes }),
                Event::Closed(conn) => {
                    self.peers.remove(&(Some(n), conn));
                    self.handle(n, Input::Closed { conn });
                }
                Event::Saved(job) => self.handle(n, Input::SnapshotSaved { job, ok: true }),
            }
        }
    }

    fn handle(&mut self, n: usize, input: Input<'_>) {
        let mut effects = Effects::without_events();
        self.servers[n].handle(self.now, input, &mut effects);
        for effect in effects.list() {
            self.carry_out(n, effect, &effects);
        }
    }

    fn carry_out(&mut self, n: usize, effect: &Effect, effects: &Effects) {
        match effect {
            Effect::Send { conn, bytes, .. } => {
                let bytes = effects.slice(bytes).to_vec();
                self.queue.push_back((n, Event::Sent(*conn, bytes.len() as u64)));
                match self.peers.get(&(Some(n), *conn)) {
                    Some((Some(peer), name)) => {
                        self.queue.push_back((*peer, Event::Received(*name, bytes)));
                    }
                    Some((None, name)) => self.replies.entry(*name).or_default().extend(bytes),
                    None => {}
                }
            }
            Effect::Connect { conn, to } => {
                let peer = to.host.parse::<usize>().ok().filter(|peer| *peer < self.servers.len());
                let Some(peer) = peer else {
                    return self.queue.push_back((n, Event::Closed(*conn)));
                };
                let name = self.name();
                self.peers.insert((Some(n), *conn), (Some(peer), name));
                self.peers.insert((Some(peer), name), (Some(n), *conn));
                self.queue.push_back((peer, Event::Accepted(name, n)));
                self.queue.push_back((n, Event::Connected(*conn)));
            }
            Effect::Close { conn } => {
                if let Some((Some(peer), name)) = self.peers.remove(&(Some(n), *conn)) {
                    self.queue.push_back((peer, Event::Closed(name)));
                }
            }
            Effect::SaveSnapshot { job, .. } => self.queue.push_back((n, Event::Saved(*job))),
            Effect::KeepSnapshot { .. } | Effect::Sleep(_) | Effect::Exit { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::{Config, Offset, RedisVersion};

    fn pair(version: RedisVersion) -> Loopback {
        let mut config = Config::new(version);
        config.repl_diskless_sync_delay = 0;
        let mut net = Loopback::new([Server::new(config.clone(), 1), Server::new(config, 2)]);
        net.command(1, "REPLICAOF 0 0");
        net.advance(Span::from_secs(2));
        net
    }

    #[test]
    fn the_first_write_after_a_full_sync_brings_the_offset_to_52() {
        for version in [RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2] {
            let mut net = pair(version);
            assert_eq!(net.command(0, "SET k1 v1"), "+OK\r\n");
            assert_eq!(net.command(1, "GET k1"), "$2\r\nv1\r\n");
            net.command(0, "SET k2 v2");
            // A heartbeat may have come first: 14 bytes, every ten seconds from the start.
            let ping = net.server(0).offset().get() - 81;
            assert!(ping == 0 || ping == 14, "{version:?}: {ping}");
            assert_eq!(net.server(1).offset(), net.server(0).offset());
        }
    }

    #[test]
    fn a_promoted_replica_keeps_the_old_history_under_its_second_id() {
        let mut net = pair(RedisVersion::V7_0);
        net.command(0, "SET k1 v1");
        let (id, held) = (net.server(0).repl_id(), net.server(1).offset());
        net.command(1, "REPLICAOF NO ONE");
        assert_eq!(net.server(1).repl_id2(), Some((id, held.next())));
        net.command(0, "REPLICAOF 1 1");
        net.advance(Span::from_secs(2));
        assert_eq!(net.server(0).repl_id(), net.server(1).repl_id(), "continued under the new name");
        assert!(net.command(1, "INFO stats").contains("sync_partial_ok:1"));
    }

    #[test]
    fn a_write_to_a_replica_is_refused_in_redis_words() {
        let mut net = pair(RedisVersion::V7_0);
        assert!(net.command(1, "SET k v").starts_with("-READONLY You can't write against a read only"));
        assert_eq!(net.server(1).offset(), net.server(0).offset());
    }

    #[test]
    fn transactions_travel_wrapped_as_each_version_wraps_them() {
        let bytes = |version| {
            let mut net = pair(version);
            let before = net.server(0).offset();
            let conn = net.connect_operator(0);
            for line in [&b"MULTI\r\n"[..], b"SET a 1\r\n", b"EXEC\r\n"] {
                net.queue.push_back((0, Event::Received(conn, line.to_vec())));
                net.settle();
            }
            let all = net.server(0).backlog_bytes(before.next(), u64::MAX);
            String::from_utf8_lossy(&all).into_owned()
        };
        assert!(bytes(RedisVersion::V6_2).contains("MULTI"), "6.2 wraps a single write");
        assert!(!bytes(RedisVersion::V7_0).contains("MULTI"), "7.0 does not");
    }

    #[test]
    fn an_id_is_drawn_anew_when_the_backlog_is_created() {
        let mut net = Loopback::new([
            Server::new(Config::new(RedisVersion::V7_0), 1),
            Server::new(Config::new(RedisVersion::V7_0), 2),
        ]);
        let before = net.server(0).repl_id();
        assert_eq!(net.server(0).offset(), Offset::ZERO);
        net.command(0, "SET lonely write");
        assert_eq!(net.server(0).offset(), Offset::ZERO, "no replica, no stream");
        net.command(1, "REPLICAOF 0 0");
        net.advance(Span::from_secs(8));
        assert_ne!(net.server(0).repl_id(), before);
    }
}
