//! The event loop: sockets become inputs, effects become system calls.
//!
//! What effects bring about (bytes sent, a connection failed, a snapshot written) goes into a queue
//! of reports and is fed at the next turn, so feeding never nests. Each turn reads at most 64 KB of
//! each connection, so no peer can keep the others waiting.

mod sockets;

use super::clock::Clock;
use super::conn::Conn;
use super::log::Log;
#[cfg(unix)]
use super::signals::Signals;
use super::snapshot::Place;
use super::tap::Tap;
use crate::redis::{ConnId, Effect, Effects, Input, JobId, Server, Span, Time};
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const READ_SIZE: usize = 64 * 1024;
/// How often closed connections are looked at, and how soon accepting is tried again after an error.
const SWEEP: Span = Span::from_millis(100);

const WAKER: Token = Token(usize::MAX - 1);
const SIGNALS: Token = Token(usize::MAX - 2);
/// Listeners have the tokens below.
const FIRST_CONN: usize = 1024;

/// What the core is to be told.
#[derive(Debug)]
enum Report {
    Sent { conn: ConnId, bytes: u64 },
    Closed { conn: ConnId },
    Resolved { conn: ConnId, addresses: io::Result<Vec<SocketAddr>> },
    Saved { job: JobId, result: Result<(), String> },
}

impl Report {
    fn is_about(&self, id: ConnId) -> bool {
        match self {
            Self::Sent { conn, .. } | Self::Closed { conn } | Self::Resolved { conn, .. } => *conn == id,
            Self::Saved { .. } => false,
        }
    }
}

/// A server and its sockets.
pub(super) struct Driver {
    server: Server,
    clock: Clock,
    log: Log,
    tap: Option<Tap>,
    poll: Poll,
    waker: Arc<Waker>,
    #[cfg(unix)]
    signals: Signals,
    listeners: Vec<TcpListener>,
    /// When to accept; `None` if no connection waits.
    accept_at: Option<Time>,
    conns: BTreeMap<ConnId, Conn>,
    tokens: BTreeMap<Token, ConnId>,
    next_token: usize,
    accepted: u64,
    /// Dialled connections whose host's addresses are being looked up.
    resolving: BTreeSet<ConnId>,
    /// Connections with perhaps more to read, in turn.
    ready: VecDeque<ConnId>,
    closing: BTreeSet<ConnId>,
    next_sweep: Time,
    reports: VecDeque<Report>,
    from_threads: (Sender<Report>, Receiver<Report>),
    savers: Vec<JoinHandle<()>>,
    effects: Effects,
    /// Connections with new bytes to write.
    dirty: Vec<ConnId>,
    buffer: Vec<u8>,
    stopping: bool,
    exit: Option<ExitCode>,
}

impl Driver {
    /// Takes over the sockets.
    pub(super) fn new(
        server: Server,
        clock: Clock,
        log: Log,
        tap: Option<Tap>,
        mut listeners: Vec<TcpListener>,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        for (n, listener) in listeners.iter_mut().enumerate() {
            poll.registry().register(listener, Token(n), Interest::READABLE)?;
        }
        #[cfg(unix)]
        let signals = {
            let mut signals = Signals::listen()?;
            poll.registry().register(&mut signals.stream, SIGNALS, Interest::READABLE)?;
            signals
        };
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let effects = log.effects();
        Ok(Self {
            server,
            clock,
            log,
            tap,
            poll,
            waker,
            #[cfg(unix)]
            signals,
            listeners,
            accept_at: None,
            conns: BTreeMap::new(),
            tokens: BTreeMap::new(),
            next_token: FIRST_CONN,
            accepted: 0,
            resolving: BTreeSet::new(),
            ready: VecDeque::new(),
            closing: BTreeSet::new(),
            next_sweep: Time::ZERO,
            reports: VecDeque::new(),
            from_threads: channel(),
            savers: Vec::new(),
            effects,
            dirty: Vec::new(),
            buffer: vec![0; READ_SIZE],
            stopping: false,
            exit: None,
        })
    }

    /// Runs until the server ends.
    pub(super) fn run(mut self) -> ExitCode {
        let mut events = Events::with_capacity(1024);
        loop {
            if let Some(tap) = &mut self.tap {
                tap.flush();
            }
            if let Some(code) = self.exit {
                return code;
            }
            match self.poll.poll(&mut events, self.timeout()) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.log.warning(&format!("waiting for sockets failed, exiting: {error}"));
                    return ExitCode::FAILURE;
                }
            }
            for event in &events {
                match event.token() {
                    WAKER => self.reports.extend(self.from_threads.1.try_iter()),
                    SIGNALS => self.on_signals(),
                    Token(n) if n < FIRST_CONN => self.accept_at = Some(Time::ZERO),
                    token => self.on_socket(token),
                }
            }
            self.accept();
            self.read_ready();
            self.feed_reports();
            self.sweep();
            if self.server.deadline().is_some_and(|at| at <= self.clock.now()) {
                self.feed(Input::Timer);
            }
        }
    }

    /// How long there is nothing to do.
    fn timeout(&self) -> Option<Duration> {
        if !self.ready.is_empty() || !self.reports.is_empty() {
            return Some(Duration::ZERO);
        }
        let sweep = (!self.closing.is_empty()).then_some(self.next_sweep);
        let at = [self.server.deadline(), self.accept_at, sweep].into_iter().flatten().min()?;
        Some(Duration::from_micros(at.since(self.clock.now()).as_micros()))
    }

    /// Feeds one input and does what the core wants done.
    fn feed(&mut self, input: Input<'_>) {
        if self.exit.is_some() {
            return;
        }
        let mut effects = std::mem::take(&mut self.effects);
        effects.clear();
        self.server.handle(self.clock.now(), input, &mut effects);
        if !effects.events().is_empty() {
            self.log.role = if self.server.is_master() { 'M' } else { 'S' };
        }
        for event in effects.events() {
            self.log.event(event);
        }
        for effect in effects.list() {
            self.carry_out(effect, &effects);
        }
        self.effects = effects;
        for conn in std::mem::take(&mut self.dirty) {
            self.flush(conn);
        }
    }

    fn carry_out(&mut self, effect: &Effect, effects: &Effects) {
        match effect {
            Effect::Send { conn: id, bytes, .. } => {
                // The peer may just have gone; the report of that is on its way.
                if let Some(conn) = self.conns.get_mut(id) {
                    conn.queue(effects.slice(bytes));
                    if self.dirty.last() != Some(id) {
                        self.dirty.push(*id);
                    }
                }
            }
            Effect::Connect { conn, to } => self.resolve(*conn, to),
            Effect::Close { conn } => self.close(*conn),
            Effect::SaveSnapshot { job, rdb } => self.save(*job, rdb),
            Effect::KeepSnapshot { rdb } => self.keep(rdb),
            Effect::Sleep(span) => thread::sleep(Duration::from_micros(span.as_micros())),
            Effect::Exit { save } => self.end(save.as_deref()),
        }
    }

    /// Feeds the reports there are now; those that come up meanwhile wait for the next turn.
    fn feed_reports(&mut self) {
        for _ in 0..self.reports.len() {
            let Some(report) = self.reports.pop_front() else { break };
            match report {
                Report::Sent { conn, bytes } => self.feed(Input::Sent { conn, bytes }),
                Report::Closed { conn } => self.feed(Input::Closed { conn }),
                Report::Resolved { conn, addresses } => {
                    if self.resolving.remove(&conn) {
                        self.dial(conn, addresses.unwrap_or_default().into());
                    }
                }
                Report::Saved { job, result } => {
                    let ok = result.is_ok();
                    match result {
                        Ok(()) => self.log.notice("DB saved on disk"),
                        Err(error) => self.log.warning(&format!("Background saving error: {error}")),
                    }
                    self.feed(Input::SnapshotSaved { job, ok });
                }
            }
        }
    }

    /// Writes a snapshot beside the server's work, as Redis's child process does.
    fn save(&mut self, job: JobId, rdb: &Arc<[u8]>) {
        let (place, rdb) = (self.place(), rdb.clone());
        let (sender, waker) = (self.from_threads.0.clone(), self.waker.clone());
        let saver = thread::Builder::new().name("bgsave".into()).spawn(move || {
            let result = place.write(&rdb, &job.0.to_string());
            if sender.send(Report::Saved { job, result }).is_ok() {
                let _ = waker.wake();
            }
        });
        self.savers.retain(|saver| !saver.is_finished());
        match saver {
            Ok(saver) => self.savers.push(saver),
            Err(error) => self.reports.push_back(Report::Saved { job, result: Err(error.to_string()) }),
        }
    }

    /// What `SAVE` made or a replica received becomes the file.
    fn keep(&mut self, rdb: &[u8]) {
        if let Err(error) = self.place().write(rdb, "sync") {
            self.log.warning(&format!("Failed trying to keep an RDB: {error}"));
        }
    }

    fn place(&self) -> Place {
        let config = self.server.config();
        Place {
            dir: config.passive("dir").unwrap_or_default().into(),
            file: config.passive("dbfilename").unwrap_or_default(),
        }
    }

    fn end(&mut self, save: Option<&[u8]>) {
        // A snapshot still being written must not replace the final one.
        for saver in self.savers.drain(..) {
            let _ = saver.join();
        }
        let mut code = ExitCode::SUCCESS;
        if let Some(rdb) = save {
            match self.place().write(rdb, "exit") {
                Ok(()) => self.log.notice("DB saved on disk"),
                Err(error) => {
                    self.log.warning(&format!("Error trying to save the DB: {error}"));
                    code = ExitCode::FAILURE;
                }
            }
        }
        self.log.notice("Redis is now ready to exit, bye bye...");
        self.exit = Some(code);
    }

    #[cfg(unix)]
    fn on_signals(&mut self) {
        if self.signals.take() == 0 {
            return;
        }
        if std::mem::replace(&mut self.stopping, true) {
            self.log.warning("You insist... exiting now.");
            self.exit = Some(ExitCode::FAILURE);
            return;
        }
        self.log.notice("Received a signal to stop, scheduling shutdown...");
        self.feed(Input::Operator { args: &[b"SHUTDOWN"] });
    }

    #[cfg(not(unix))]
    fn on_signals(&mut self) {}
}
