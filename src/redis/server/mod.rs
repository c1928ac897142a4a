//! The server: its state, its door, and what happens in one turn of its loop.
//!
//! [`Server::handle`] is where everything starts: one input comes in, commands run, and at the end
//! of the turn ([`Server::before_sleep`]) replies and stream bytes are handed over. What a turn may
//! touch lies in the neighbouring modules: [`cron`] keeps time, `client` is the table of
//! connections, `view` shows the state to the outside.

mod client;
mod cron;
mod flush;
mod input;
#[cfg(test)]
mod input_tests;
mod view;

pub use client::ReplicaPhase;
pub(super) use client::{Announced, Blocked, Capa, Client, Multi, RdbSending, Replica};
pub(super) use flush::{GETACK, PING};
pub use view::{BacklogInfo, MasterLinkInfo, ReplicaInfo};

use super::backlog::Backlog;
use super::config::Config;
use super::effects::{Effect, Effects, Input};
use super::event::{Event, LeaveReason};
use super::ids::{ConnId, JobId, ReplId};
use super::keyspace::Keyspace;
use super::master::{Bgsave, Failover};
use super::propagate::Propagation;
use super::rdb::{self, RdbError};
use super::replica::Following;
use super::rng::Rng;
use super::units::{BytePos, Offset, Time};
use super::vecmap::VecMap;
use std::rc::Rc;

/// The first id that a connection gets: Redis has used two for clients of its own by then.
const FIRST_CLIENT_ID: u64 = 3;

/// One Redis server.
///
/// Knows no clock, socket or randomness of its own: time and bytes are handed in with
/// [`handle`](Self::handle), what it wants done is handed back in [`Effects`]. The same inputs give
/// the same outputs on every platform. A copy is cheap: data set and backlog are shared until
/// written.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) config: Rc<Config>,
    pub(super) rng: Rng,
    /// The time of the input being handled.
    pub(super) now: Time,
    pub(super) clock: cron::Clock,
    pub(super) keys: Keyspace,
    pub(super) history: History,
    pub(super) clients: VecMap<ConnId, Box<Client>>,
    /// Connections of replicas, in the order of `INFO` (`server.slaves`).
    pub(super) replicas: Vec<ConnId>,
    /// What this server follows; `None` for a master.
    pub(super) following: Option<Box<Following>>,
    pub(super) bgsave: Option<Bgsave>,
    pub(super) failover: Option<Failover>,
    pub(super) propagation: Propagation,
    pub(super) stats: Stats,
    /// A `WAIT` wants to know how far replicas are (`get_ack_from_slaves`).
    pub(super) getack_wanted: bool,
    /// A client may be blocked in `WAIT`.
    pub(super) may_wait: bool,
    /// `DEBUG SET-ACTIVE-EXPIRE`.
    pub(super) active_expire: bool,
    /// Keys that clients of this replica gave an expiry: it deletes them itself
    /// (`slaveKeysWithExpire`). Sorted.
    pub(super) own_expiring: Vec<(u32, Vec<u8>)>,
    /// Replicas that counted for `min-replicas-to-write` when they were counted last.
    pub(super) good_replicas: u64,
    /// `SHUTDOWN` waits for replicas to catch up, or is to happen at once.
    pub(super) shutdown: Option<super::command::Shutdown>,
    /// Clients that may have replies to hand over.
    pub(super) touched: Vec<ConnId>,
    pub(super) next_client_id: u64,
    pub(super) next_dialled: u64,
    pub(super) run_id: ReplId,
    /// The reply of the last command, kept for its memory.
    pub(super) stream_reply: Vec<u8>,
}

/// Which history of writes this server holds, how much of it, and the bytes it can still serve.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// `master_replid`.
    pub(super) id: ReplId,
    /// The id that a master's `+FULLRESYNC` named last (`server.master_replid`).
    pub(super) told: ReplId,
    /// `master_replid2` and `second_repl_offset`.
    pub(super) second: Option<(ReplId, BytePos)>,
    /// `master_repl_offset`.
    pub(super) offset: Offset,
    pub(super) backlog: Option<Backlog>,
    /// First byte and length of the backlog that was freed last.
    pub(super) last_backlog: (u64, u64),
    /// `slaveseldb`: the database the stream is in.
    pub(super) selected: Option<u32>,
    /// Unix second since which there are no replicas.
    pub(super) no_replicas_since: u64,
}

/// Counters of `INFO stats` and `INFO persistence`.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    pub(super) connections: u64,
    pub(super) commands: u64,
    pub(super) sync_full: u64,
    pub(super) sync_partial_ok: u64,
    pub(super) sync_partial_err: u64,
    pub(super) expired: u64,
    pub(super) evicted: u64,
    pub(super) rdb_saves: u64,
    pub(super) last_save: u64,
    pub(super) last_save_ok: bool,
    pub(super) unexpected_errors: u64,
    pub(super) next_job: u32,
}

impl Server {
    /// A server that starts empty. `seed` drives all its random ids.
    pub fn new(mut config: Config, seed: u64) -> Self {
        let master = config.replicaof.take();
        let mut rng = Rng::stream(seed, "server", 0);
        let history = History {
            id: ReplId::random(&mut rng),
            told: ReplId::EMPTY,
            second: None,
            offset: Offset::ZERO,
            backlog: None,
            last_backlog: (0, 0),
            selected: None,
            no_replicas_since: config.unix_start_ms / 1000,
        };
        let run_id = ReplId::random(&mut rng);
        let mut server = Self {
            rng,
            now: Time::ZERO,
            clock: cron::Clock::default(),
            keys: Keyspace::new(config.databases),
            history,
            clients: VecMap::default(),
            replicas: Vec::new(),
            following: None,
            bgsave: None,
            failover: None,
            propagation: Propagation::default(),
            stats: Stats { last_save: config.unix_start_ms / 1000, last_save_ok: true, ..Stats::default() },
            getack_wanted: false,
            may_wait: false,
            active_expire: true,
            own_expiring: Vec::new(),
            good_replicas: 0,
            shutdown: None,
            touched: Vec::new(),
            next_client_id: FIRST_CLIENT_ID,
            next_dialled: 0,
            run_id,
            stream_reply: Vec::new(),
            config: Rc::new(config),
        };
        if let Some(master) = master {
            server.following = Some(Box::new(Following::new(master)));
        }
        server
    }

    /// A server that starts from its saved RDB file (`loadDataFromDisk`).
    ///
    /// A replica takes up the file's history where it stood. A master of version 7.0 on keeps the
    /// file's id as its second one, so that replicas at exactly that offset can continue.
    ///
    /// # Errors
    /// If the file is not a valid RDB.
    pub fn restore(config: Config, seed: u64, bytes: &[u8]) -> Result<Self, RdbError> {
        let loaded = rdb::decode(bytes, config.databases)?;
        let mut server = Self::new(config, seed);
        server.keys = loaded.keys;
        if let Some(repl) = loaded.repl {
            server.resume_history(repl);
        }
        if server.following.is_none() {
            server.drop_expired_keys();
        }
        Ok(server)
    }

    /// Feeds one input to the server and appends everything it wants done to `effects`.
    ///
    /// Cannot fail: what a peer does wrong is answered or ends its connection, as in Redis.
    pub fn handle(&mut self, now: Time, input: Input<'_>, effects: &mut Effects) {
        debug_assert!(now >= self.now, "time never runs backwards");
        self.now = now;
        self.clock.start(now);
        // Room in one socket buffer is of no use to the others, which have handed over all they could.
        let room_only = matches!(input, Input::Sent { .. }) && self.bgsave.is_none();
        match input {
            Input::Accepted { conn, host, port } => self.accept(conn, host, port),
            Input::Connected { conn } => self.master_connected(conn, effects),
            Input::Received { conn, bytes } => self.received(conn, bytes, effects),
            Input::Sent { conn, bytes } => self.sent(conn, bytes),
            Input::Closed { conn } => self.closed(conn, effects),
            Input::Timer => self.timer(effects),
            Input::SnapshotSaved { job, ok } => self.snapshot_saved(job, ok),
            Input::Operator { args } => self.operate(args, effects),
        }
        self.before_sleep(room_only, effects);
    }

    /// When the server next wants [`Input::Timer`], if nothing else happens first.
    pub fn deadline(&self) -> Option<Time> {
        self.next_deadline()
    }

    /// Unix time in milliseconds.
    pub(super) fn unix_ms(&self) -> u64 {
        self.config.unix_start_ms + self.now.as_millis()
    }

    /// Unix time in seconds (`server.unixtime`), which Redis's second-grained rules compare.
    pub(super) fn unix_secs(&self) -> u64 {
        self.unix_ms() / 1000
    }

    /// Whole Unix seconds between `then` and now.
    pub(super) fn secs_since(&self, then: Time) -> u64 {
        self.unix_secs().saturating_sub((self.config.unix_start_ms + then.as_millis()) / 1000)
    }

    pub(super) fn next_job(&mut self) -> JobId {
        self.stats.next_job += 1;
        JobId(self.stats.next_job)
    }

    /// Marks a client to be closed at the end of this turn (`freeClientAsync`).
    pub(super) fn doom(&mut self, conn: ConnId, reason: LeaveReason) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.doomed.get_or_insert(reason);
            self.touched.push(conn);
        }
    }

    /// Closes a client's connection at once (`freeClient`).
    pub(super) fn free_client(&mut self, conn: ConnId, reason: LeaveReason, effects: &mut Effects) {
        if self.clients.contains_key(&conn) {
            // The operator's has nothing behind it that could be closed.
            if conn != ConnId::OPERATOR {
                effects.push(Effect::Close { conn });
            }
            self.forget_client(conn, reason, effects);
        }
    }

    /// Drops what is known about a connection that is gone.
    pub(super) fn forget_client(&mut self, conn: ConnId, reason: LeaveReason, effects: &mut Effects) {
        let Some(client) = self.clients.remove(&conn) else {
            return;
        };
        if let Some(replica) = &client.replica {
            let freed = self.output_buffer(&client, replica);
            self.replicas.retain(|c| *c != conn);
            if self.replicas.is_empty() {
                self.history.no_replicas_since = self.unix_secs();
            }
            effects.note(Event::ReplicaLeft { conn, reason: Box::new(reason), freed });
            self.refresh_good_replicas();
            self.replica_gone(conn);
        }
    }

    /// Draws a new replication id (`changeReplicationId`).
    pub(super) fn change_repl_id(&mut self, effects: &mut Effects) {
        self.history.id = ReplId::random(&mut self.rng);
        self.history.second = None;
        effects.note(Event::ReplIdChanged { id: self.history.id, second: None });
    }

    /// Creates the backlog if there is none (`createReplicationBacklog`).
    pub(super) fn need_backlog(&mut self, effects: &mut Effects) {
        if self.history.backlog.is_none() {
            let (model, size) = (self.config.backlog_model, self.config.repl_backlog_size);
            self.history.backlog = Some(Backlog::new(model, size, self.history.offset));
            effects.note(Event::BacklogCreated { first: self.history.offset.next() });
        }
    }

    /// Gives the backlog up (`freeReplicationBacklog`).
    pub(super) fn free_backlog(&mut self, effects: &mut Effects) {
        if let Some(backlog) = self.history.backlog.take() {
            // What 6.2 goes on showing.
            self.history.last_backlog = (backlog.first().get(), backlog.histlen());
            effects.note(Event::BacklogFreed);
        }
    }
}
