//! Sockets: accepting, dialling, reading, writing, closing.

use super::{Driver, Report, SWEEP};
use crate::node::conn::{Conn, Dialled, Phase};
use crate::node::tap::Direction;
use crate::redis::{ConnId, Endpoint, Input, Span};
use mio::net::TcpStream;
use mio::{Interest, Token};
use socket2::SockRef;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, ToSocketAddrs};
use std::thread;

/// Connections accepted in one turn (`MAX_ACCEPTS_PER_CALL`).
const ACCEPTS_PER_TURN: usize = 1000;
/// How long the last bytes of a closed connection may take to go out.
const FLUSH_TIME: Span = Span::from_secs(10);
/// How long to wait for the peer of a closed connection to close, too.
const DRAIN_TIME: Span = Span::from_secs(1);

const TOO_MANY: &[u8] = b"-ERR max number of clients reached\r\n";
const PROTECTED: &[u8] = b"-DENIED Redis is running in protected mode because protected mode is enabled and \
    no password is set for the default user. In this mode connections are only accepted from the loopback \
    interface. To accept others, start the server with '--protected-mode no' (make sure that it cannot be \
    reached from the internet) or with '--requirepass <password>'.\r\n";

impl Driver {
    pub(super) fn on_socket(&mut self, token: Token) {
        let Some(&id) = self.tokens.get(&token) else { return };
        let Some(conn) = self.conns.get_mut(&id) else { return };
        if let Phase::Connecting { others } = &mut conn.phase {
            let others = std::mem::take(others);
            match conn.dialled() {
                Dialled::Waiting => {
                    conn.phase = Phase::Connecting { others };
                    return;
                }
                Dialled::Failed(error) => {
                    self.log.notice(&format!("{id} could not be connected: {error}"));
                    self.forget(id);
                    self.dial(id, others);
                    return;
                }
                Dialled::Up => {
                    conn.phase = Phase::Open;
                    self.feed(Input::Connected { conn: id });
                }
            }
        }
        self.flush(id);
        // Readiness is told only once: the connection stays in turn until a read finds nothing.
        if let Some(conn) = self.conns.get_mut(&id)
            && !std::mem::replace(&mut conn.in_turn, true)
        {
            self.ready.push_back(id);
        }
    }

    pub(super) fn read_ready(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        for _ in 0..self.ready.len() {
            let Some(id) = self.ready.pop_front() else { break };
            let Some(conn) = self.conns.get_mut(&id) else { continue };
            match conn.read(&mut buffer) {
                Ok(Some(0)) | Err(_) => self.lost(id),
                Ok(Some(n)) => {
                    let open = conn.is_open();
                    self.ready.push_back(id);
                    if open {
                        if let Some(tap) = &mut self.tap {
                            tap.chunk(self.clock.now(), id, Direction::Received, &buffer[..n]);
                        }
                        self.feed(Input::Received { conn: id, bytes: &buffer[..n] });
                    }
                }
                Ok(None) => conn.in_turn = false,
            }
        }
        self.buffer = buffer;
    }

    pub(super) fn flush(&mut self, id: ConnId) {
        let Some(conn) = self.conns.get_mut(&id) else { return };
        let open = conn.is_open();
        let bytes = match conn.flush() {
            Ok([]) => 0,
            Ok(chunk) => {
                if let Some(tap) = &mut self.tap {
                    tap.chunk(self.clock.now(), id, Direction::Sent, chunk);
                }
                chunk.len() as u64
            }
            Err(_) => return self.lost(id),
        };
        if open && bytes > 0 {
            self.reports.push_back(Report::Sent { conn: id, bytes });
        }
        if matches!(conn.phase, Phase::Closing { .. }) && conn.is_flushed() {
            let _ = conn.stream.shutdown(Shutdown::Write);
            conn.phase = Phase::Draining { until: self.clock.now() + DRAIN_TIME };
        }
    }

    /// The peer is gone.
    fn lost(&mut self, id: ConnId) {
        let open = self
            .conns
            .get(&id)
            .is_some_and(|conn| !matches!(conn.phase, Phase::Closing { .. } | Phase::Draining { .. }));
        self.forget(id);
        if open {
            self.reports.push_back(Report::Closed { conn: id });
        }
    }

    fn forget(&mut self, id: ConnId) {
        if let Some(mut conn) = self.conns.remove(&id) {
            let _ = self.poll.registry().deregister(&mut conn.stream);
            self.tokens.remove(&conn.token);
        }
        self.closing.remove(&id);
    }

    /// The core lets go of a connection.
    pub(super) fn close(&mut self, id: ConnId) {
        self.resolving.remove(&id);
        self.reports.retain(|report| !report.is_about(id));
        let Some(conn) = self.conns.get_mut(&id) else { return };
        if !conn.is_open() {
            return self.forget(id);
        }
        let now = self.clock.now();
        conn.phase = Phase::Closing { until: now + FLUSH_TIME };
        if self.closing.is_empty() {
            self.next_sweep = now + SWEEP;
        }
        self.closing.insert(id);
        self.dirty.push(id);
    }

    /// Ends closed connections whose time is over.
    pub(super) fn sweep(&mut self) {
        let now = self.clock.now();
        if self.closing.is_empty() || now < self.next_sweep {
            return;
        }
        self.next_sweep = now + SWEEP;
        let over = |id: &&ConnId| match self.conns.get(id).map(|conn| &conn.phase) {
            Some(Phase::Closing { until } | Phase::Draining { until }) => *until <= now,
            _ => true,
        };
        let over: Vec<ConnId> = self.closing.iter().filter(over).copied().collect();
        for id in over {
            self.forget(id);
        }
    }

    fn adopt(&mut self, id: ConnId, mut stream: TcpStream, phase: Phase) -> io::Result<()> {
        let token = Token(self.next_token);
        self.next_token += 1;
        self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        // Refusals do no harm: the connection is only slower to send, or to notice a lost peer.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_keepalive(true);
        self.tokens.insert(token, id);
        self.conns.insert(id, Conn::new(stream, token, phase));
        Ok(())
    }

    pub(super) fn accept(&mut self) {
        let now = self.clock.now();
        if self.accept_at.is_none_or(|at| at > now) {
            return;
        }
        self.accept_at = None;
        for n in 0..self.listeners.len() {
            for turn in 0.. {
                match self.listeners[n].accept() {
                    Ok((stream, peer)) => self.welcome(stream, peer),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error)
                        if matches!(
                            error.kind(),
                            io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted
                        ) => {}
                    Err(error) => {
                        // Most often too many open files: others must close first.
                        self.log.warning(&format!("Accepting client connection: {error}"));
                        self.accept_at = Some(now + SWEEP);
                        break;
                    }
                }
                if turn == ACCEPTS_PER_TURN {
                    self.accept_at = Some(now);
                    break;
                }
            }
        }
    }

    fn welcome(&mut self, stream: TcpStream, peer: SocketAddr) {
        let host = peer.ip().to_canonical();
        if let Some(refusal) = self.refusal(host) {
            let _ = io::Write::write(&mut &stream, refusal);
            return;
        }
        let conn = ConnId::accepted(self.accepted);
        self.accepted += 1;
        if self.adopt(conn, stream, Phase::Open).is_ok() {
            self.feed(Input::Accepted { conn, host: &host.to_string(), port: peer.port() });
        }
    }

    fn refusal(&self, host: IpAddr) -> Option<&'static [u8]> {
        let config = self.server.config();
        let most = config.passive("maxclients").and_then(|n| n.parse().ok()).unwrap_or(10_000);
        if self.conns.len() >= most {
            return Some(TOO_MANY);
        }
        let protected = config.passive("protected-mode").is_some_and(|v| v.eq_ignore_ascii_case("yes"));
        (protected && config.requirepass.is_empty() && !host.is_loopback()).then_some(PROTECTED)
    }

    pub(super) fn resolve(&mut self, conn: ConnId, to: &Endpoint) {
        if let Ok(ip) = to.host.parse::<IpAddr>() {
            return self.dial(conn, [SocketAddr::new(ip, to.port)].into());
        }
        // Looking up a name may take seconds.
        let (to, sender, waker) = (to.clone(), self.from_threads.0.clone(), self.waker.clone());
        let looking = thread::Builder::new().name("resolve".into()).spawn(move || {
            let addresses = (&*to.host, to.port).to_socket_addrs().map(Iterator::collect);
            if sender.send(Report::Resolved { conn, addresses }).is_ok() {
                let _ = waker.wake();
            }
        });
        self.resolving.insert(conn);
        if let Err(error) = looking {
            self.reports.push_back(Report::Resolved { conn, addresses: Err(error) });
        }
    }

    /// Starts connecting to the first address that lets itself be tried.
    pub(super) fn dial(&mut self, conn: ConnId, mut addresses: VecDeque<SocketAddr>) {
        while let Some(address) = addresses.pop_front() {
            if let Ok(stream) = TcpStream::connect(address) {
                let others = std::mem::take(&mut addresses);
                if self.adopt(conn, stream, Phase::Connecting { others }).is_ok() {
                    return;
                }
            }
        }
        self.reports.push_back(Report::Closed { conn });
    }
}
