//! Snapshots for replicas: when one is forked, who shares it, and when it is over.
//!
//! Follows `startBgsaveForReplication`, `updateSlavesWaitingBgsave` and
//! `replicationStartPendingFork` (replication.c). "Forking" costs nothing here: the data set is
//! encoded as it stands.

use crate::redis::config::RedisVersion;
use crate::redis::effects::{Effect, Effects, SnapshotTarget};
use crate::redis::event::{Event, LeaveReason};
use crate::redis::ids::{ConnId, JobId};
use crate::redis::rdb::{self, RdbInfo, RdbRepl};
use crate::redis::server::{Capa, RdbSending, ReplicaPhase, Server};
use crate::redis::units::{Span, Time};
use std::sync::Arc;

/// A snapshot being made.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Bgsave {
    pub(in crate::redis) job: JobId,
    pub(in crate::redis) target: SnapshotTarget,
    pub(in crate::redis) rdb: Arc<[u8]>,
    /// When the child can be done at the earliest (`rdb-key-save-delay`).
    pub(in crate::redis) not_before: Time,
    /// How it ended, once it has; noticed at the next tick (`checkChildrenDone`).
    pub(in crate::redis) ended: Option<BgsaveEnd>,
}

/// How a snapshot ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum BgsaveEnd {
    Done,
    /// It could not be written.
    Failed,
    /// `FLUSHALL` made it worthless (`killRDBChild`).
    Killed,
}

impl Server {
    /// The data set as an RDB file, as of now.
    pub(in crate::redis) fn snapshot(&self) -> Arc<[u8]> {
        let stream_db = match &self.following {
            Some(following) => following.stream_db().unwrap_or(0),
            None => self.history.selected.unwrap_or(0),
        };
        let has_history =
            self.history.backlog.is_some() || self.following.as_ref().is_some_and(|f| f.has_master());
        let repl =
            has_history.then_some(RdbRepl { stream_db, id: self.history.id, offset: self.history.offset });
        let info = RdbInfo {
            version: self.config.version,
            ctime: self.unix_secs(),
            used_mem: self.used_memory(),
            repl,
        };
        rdb::encode(&self.keys, &info).into()
    }

    /// A replica just asked for a full resync: share a snapshot under way, wait, or start one.
    pub(super) fn attach_or_start_bgsave(&mut self, conn: ConnId, effects: &mut Effects) {
        let capa = self.capa(conn);
        match &self.bgsave {
            Some(bgsave) if bgsave.target == SnapshotTarget::Disk => {
                // CASE 1: a file is being written. Whoever waits for it has the same bytes to come.
                let twin = self.replicas.iter().copied().find(|other| {
                    let their = self.capa(*other);
                    *other != conn
                        && self.phase(*other) == Some(ReplicaPhase::WaitBgsaveEnd)
                        && capa.and(their) == their
                });
                if let Some(twin) = twin {
                    self.share_bgsave(conn, twin, effects);
                }
            }
            // CASE 2: sockets are being fed; wait for the next one.
            Some(_) => {}
            // CASE 3: nothing under way.
            None => {
                let delayed =
                    self.config.repl_diskless_sync && capa.eof && self.config.repl_diskless_sync_delay > 0;
                if !delayed {
                    self.start_bgsave_for_replicas(capa, effects);
                }
            }
        }
    }

    pub(in crate::redis) fn phase(&self, conn: ConnId) -> Option<ReplicaPhase> {
        self.clients.get(&conn)?.replica.as_ref().map(|r| r.phase)
    }

    /// Gives `conn` the snapshot and the stream that `twin` is waiting for (`copyReplicaOutputBuffer`).
    fn share_bgsave(&mut self, conn: ConnId, twin: ConnId, effects: &mut Effects) {
        let Some((initial, cursor, own)) = self
            .clients
            .get(&twin)
            .and_then(|c| c.replica.as_ref())
            .map(|r| (r.initial, r.cursor, r.own.clone()))
        else {
            return;
        };
        self.set_up_full_resync(conn, initial, effects);
        if let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()) {
            replica.cursor = cursor;
            replica.own = own;
        }
    }

    /// Forks a snapshot for the replicas that wait for one.
    fn start_bgsave_for_replicas(&mut self, capa: Capa, effects: &mut Effects) {
        let target = if self.config.repl_diskless_sync && capa.eof {
            SnapshotTarget::Socket
        } else {
            SnapshotTarget::Disk
        };
        let waiting: Vec<ConnId> = self
            .replicas
            .iter()
            .copied()
            .filter(|c| self.phase(*c) == Some(ReplicaPhase::WaitBgsaveStart))
            .collect();
        let offset = self.history.offset;
        self.fork(target, waiting.len() as u32, effects);
        for conn in &waiting {
            self.set_up_full_resync(*conn, offset, effects);
        }
        if target == SnapshotTarget::Socket {
            self.send_to_sockets(&waiting);
        }
    }

    /// Starts a snapshot (`rdbSaveBackground`, `rdbSaveToSlavesSockets`).
    pub(in crate::redis) fn fork(&mut self, target: SnapshotTarget, replicas: u32, effects: &mut Effects) {
        let job = self.next_job();
        let rdb = self.snapshot();
        effects.note(Event::BgsaveStarted {
            job,
            diskless: target == SnapshotTarget::Socket,
            replicas,
            bytes: rdb.len() as u64,
        });
        if target == SnapshotTarget::Disk {
            self.stats.rdb_saves += 1;
            effects.push(Effect::SaveSnapshot { job, rdb: Arc::clone(&rdb) });
        }
        let delay = self.config.rdb_key_save_delay.saturating_mul(self.keys.len() as u64);
        let not_before = self.now + Span::from_micros(delay);
        self.bgsave = Some(Bgsave { job, target, rdb, not_before, ended: None });
    }

    fn send_to_sockets(&mut self, conns: &[ConnId]) {
        let Some(rdb) = self.bgsave.as_ref().map(|b| Arc::clone(&b.rdb)) else {
            return;
        };
        // One mark for all, as one child feeds all sockets.
        let mark = crate::redis::ids::ReplId::random(&mut self.rng).to_string();
        for conn in conns {
            if let Some(replica) = self.clients.get_mut(conn).and_then(|c| c.replica.as_deref_mut()) {
                replica.rdb = Some(RdbSending {
                    header: format!("$EOF:{mark}\r\n").into_bytes(),
                    body: Arc::clone(&rdb),
                    trailer: mark.clone().into_bytes(),
                    pos: 0,
                });
            }
        }
    }

    /// Notices that a diskless transfer has nothing left to send: its child is done.
    pub(in crate::redis) fn check_socket_transfer(&mut self) {
        let sending = self
            .replicas
            .iter()
            .any(|c| self.clients.get(c).and_then(|c| c.replica.as_ref()).is_some_and(|r| r.rdb.is_some()));
        let socket = |b: &&mut Bgsave| b.target == SnapshotTarget::Socket;
        if let Some(bgsave) = self.bgsave.as_mut().filter(socket)
            && !sending
        {
            bgsave.ended.get_or_insert(BgsaveEnd::Done);
        }
    }

    /// A replica's connection is gone: it may have been the last one a transfer was for.
    pub(in crate::redis) fn replica_gone(&mut self, conn: ConnId) {
        debug_assert!(!self.replicas.contains(&conn));
        self.check_socket_transfer();
    }

    pub(in crate::redis) fn snapshot_saved(&mut self, job: JobId, ok: bool) {
        // Only a file is ever reported; a diskless transfer ends with its last byte.
        let this = |b: &&mut Bgsave| b.job == job && b.target == SnapshotTarget::Disk;
        if let Some(bgsave) = self.bgsave.as_mut().filter(this) {
            bgsave.ended.get_or_insert(if ok { BgsaveEnd::Done } else { BgsaveEnd::Failed });
        }
    }

    /// Ends a snapshot under way without a result (`killRDBChild`): who waits for it is dropped.
    pub(in crate::redis) fn kill_bgsave(&mut self) {
        let Some(bgsave) = self.bgsave.as_mut() else {
            return;
        };
        bgsave.ended = Some(BgsaveEnd::Killed);
        bgsave.not_before = self.now;
        for conn in &self.replicas {
            if let Some(replica) = self.clients.get_mut(conn).and_then(|c| c.replica.as_deref_mut())
                && replica.phase == ReplicaPhase::WaitBgsaveEnd
            {
                replica.rdb = None;
            }
        }
    }

    /// Reaps a snapshot that has ended (`checkChildrenDone`).
    pub(in crate::redis) fn reap(&mut self, effects: &mut Effects) {
        let now = self.now;
        let Some(end) = self.bgsave.as_ref().filter(|b| b.not_before <= now).and_then(|b| b.ended) else {
            return;
        };
        let Some(bgsave) = self.bgsave.take() else {
            return;
        };
        let ok = end == BgsaveEnd::Done;
        effects.note(Event::BgsaveEnded { job: bgsave.job, ok });
        if bgsave.target == SnapshotTarget::Disk && end != BgsaveEnd::Killed {
            self.stats.last_save_ok = ok;
            if ok {
                self.stats.last_save = self.unix_secs();
            }
        }
        let waiting: Vec<ConnId> = self
            .replicas
            .iter()
            .copied()
            .filter(|c| self.phase(*c) == Some(ReplicaPhase::WaitBgsaveEnd))
            .collect();
        for conn in waiting {
            if !ok {
                self.free_client(conn, LeaveReason::Killed, effects);
            } else if bgsave.target == SnapshotTarget::Socket {
                self.put_online(conn, true, effects);
            } else {
                self.send_file(conn, &bgsave.rdb);
            }
        }
        self.start_pending_fork(effects);
    }

    fn send_file(&mut self, conn: ConnId, rdb: &Arc<[u8]>) {
        if let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()) {
            replica.phase = ReplicaPhase::SendBulk;
            replica.rdb = Some(RdbSending {
                header: format!("${}\r\n", rdb.len()).into_bytes(),
                body: Arc::clone(rdb),
                trailer: Vec::new(),
                pos: 0,
            });
        }
        self.touched.push(conn);
    }

    /// The replica has its snapshot (`replicaPutOnline`). With `gate`, its stream waits for an ACK.
    pub(in crate::redis) fn put_online(&mut self, conn: ConnId, gate: bool, effects: &mut Effects) {
        let now = self.now;
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        let rdb_only = client.announced.rdb_only;
        let Some(replica) = client.replica.as_deref_mut() else {
            return;
        };
        // 6.2 closes after a diskless transfer only when the ACK comes (`putSlaveOnline`).
        if rdb_only && !(gate && self.config.version == RedisVersion::V6_2) {
            replica.phase = ReplicaPhase::RdbTransmitted;
            return self.doom(conn, LeaveReason::Closed);
        }
        replica.phase = ReplicaPhase::Online;
        replica.gate_closed = gate;
        replica.ack_at = now;
        effects.note(Event::ReplicaOnline { conn });
        self.refresh_good_replicas();
        self.touched.push(conn);
    }

    /// Starts a snapshot for replicas that wait, if none is under way and they have waited enough
    /// (`replicationStartPendingFork`).
    pub(in crate::redis) fn start_pending_fork(&mut self, effects: &mut Effects) {
        if self.bgsave.is_some() {
            return;
        }
        let (mut waiting, mut idle, mut capa) = (0, 0, None::<Capa>);
        for conn in &self.replicas {
            let Some(client) = self.clients.get(conn) else {
                continue;
            };
            if self.phase(*conn) == Some(ReplicaPhase::WaitBgsaveStart) {
                waiting += 1;
                idle = idle.max(self.secs_since(client.last_io));
                capa = Some(capa.map_or(client.announced.capa, |c| c.and(client.announced.capa)));
            }
        }
        let Some(capa) = capa else {
            return;
        };
        let config = &self.config;
        let enough =
            config.repl_diskless_sync_max_replicas > 0 && waiting >= config.repl_diskless_sync_max_replicas;
        if !config.repl_diskless_sync || enough || idle >= config.repl_diskless_sync_delay {
            self.start_bgsave_for_replicas(capa, effects);
        }
    }

    /// Takes up the history an RDB file belongs to, at start-up.
    pub(in crate::redis) fn resume_history(&mut self, repl: RdbRepl) {
        if let Some(following) = &mut self.following {
            self.history.id = repl.id;
            self.history.offset = repl.offset;
            following.resume(repl);
            self.new_client_id();
        } else if self.config.version != RedisVersion::V6_2 {
            self.history.second = Some((repl.id, repl.offset.next()));
            self.history.offset = repl.offset;
            let (model, size) = (self.config.backlog_model, self.config.repl_backlog_size);
            self.history.backlog = Some(crate::redis::backlog::Backlog::new(model, size, repl.offset));
        }
    }
}
