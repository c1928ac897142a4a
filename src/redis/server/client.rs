//! What a server knows about each connection that was made to it.

use crate::redis::backlog::Tape;
use crate::redis::command::Spec;
use crate::redis::event::LeaveReason;
use crate::redis::ids::ConnId;
use crate::redis::resp::{Command, Query};
use crate::redis::units::{BytePos, Offset, Time};
use std::sync::Arc;

/// A connection: an ordinary client, or a replica once it has asked to be one.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Client {
    pub(in crate::redis) conn: ConnId,
    /// `CLIENT ID`.
    pub(in crate::redis) id: u64,
    pub(in crate::redis) host: Box<str>,
    pub(in crate::redis) port: u16,
    pub(in crate::redis) name: Box<[u8]>,
    pub(in crate::redis) created: Time,
    pub(in crate::redis) last_io: Time,
    pub(in crate::redis) authenticated: bool,
    pub(in crate::redis) db: u32,
    pub(in crate::redis) query: Query,
    pub(in crate::redis) multi: Option<Multi>,
    pub(in crate::redis) blocked: Option<Blocked>,
    /// `c->woff`: our offset right after this client's last command.
    pub(in crate::redis) woff: Offset,
    /// Replies not handed over yet, from `replied` on.
    pub(in crate::redis) out: Vec<u8>,
    pub(in crate::redis) replied: usize,
    /// Bytes handed over and not reported as sent.
    pub(in crate::redis) unsent: u64,
    /// `CLIENT_CLOSE_AFTER_REPLY`.
    pub(in crate::redis) close_after_reply: bool,
    /// `CLIENT_CLOSE_ASAP`: to be closed at the end of this loop.
    pub(in crate::redis) doomed: Option<LeaveReason>,
    /// Unix second since which the soft output buffer limit is exceeded.
    pub(in crate::redis) over_soft_since: Option<u64>,
    /// What `REPLCONF` announced.
    pub(in crate::redis) announced: Announced,
    /// Set once `SYNC` or `PSYNC` was accepted (`CLIENT_SLAVE`).
    pub(in crate::redis) replica: Option<Box<Replica>>,
}

/// What a replica said about itself before `PSYNC`.
#[derive(Clone, Debug, Default)]
pub(in crate::redis) struct Announced {
    pub(in crate::redis) port: u16,
    pub(in crate::redis) ip: Box<str>,
    pub(in crate::redis) capa: Capa,
    /// `REPLCONF rdb-only 1`: wants the snapshot and nothing after it.
    pub(in crate::redis) rdb_only: bool,
    /// `REPLCONF rdb-filter-only`: wants only part of the snapshot.
    pub(in crate::redis) filtered: bool,
}

/// `SLAVE_CAPA_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::redis) struct Capa {
    /// Understands `$EOF:` framing.
    pub(in crate::redis) eof: bool,
    /// Understands `+CONTINUE <id>`.
    pub(in crate::redis) psync2: bool,
}

impl Capa {
    /// What both understand.
    pub(in crate::redis) fn and(self, other: Self) -> Self {
        Self { eof: self.eof && other.eof, psync2: self.psync2 && other.psync2 }
    }
}

/// A transaction being queued.
#[derive(Clone, Debug, Default)]
pub(in crate::redis) struct Multi {
    pub(in crate::redis) queue: Vec<(&'static Spec, Command)>,
    /// Bytes of the queued words (`argv_len_sums`), with what each takes in memory.
    pub(in crate::redis) bytes: u64,
    /// A command was refused while queueing: `EXEC` will fail (`CLIENT_DIRTY_EXEC`).
    pub(in crate::redis) broken: bool,
}

impl Multi {
    /// Queues a command.
    pub(in crate::redis) fn push(&mut self, spec: &'static Spec, command: Command) {
        self.bytes += command.memory() as u64;
        self.queue.push((spec, command));
    }
}

/// Why a client's next command has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum Blocked {
    /// `WAIT`: until this many replicas have acknowledged `target`.
    Wait { target: Offset, replicas: u64, until: Option<Time> },
    /// A write during `FAILOVER` or `SHUTDOWN` (`CLIENT_PAUSE_WRITE`).
    Paused,
    /// `SHUTDOWN` that waits for replicas (`BLOCKED_SHUTDOWN`).
    Shutdown,
}

/// `replstate` of a replica's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplicaPhase {
    /// `SLAVE_STATE_WAIT_BGSAVE_START`: waits for a snapshot to be started.
    WaitBgsaveStart,
    /// `SLAVE_STATE_WAIT_BGSAVE_END`: a snapshot for it is being made.
    WaitBgsaveEnd,
    /// `SLAVE_STATE_SEND_BULK`: the snapshot's file is being sent.
    SendBulk,
    /// `SLAVE_STATE_ONLINE`: gets the stream.
    Online,
    /// `SLAVE_STATE_RDB_TRANSMITTED`: wanted the snapshot only and has it.
    RdbTransmitted,
}

/// The master's side of one replication link.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Replica {
    pub(in crate::redis) phase: ReplicaPhase,
    /// Asked with `SYNC`: gets no `+FULLRESYNC`, sends no ACKs (`CLIENT_PRE_PSYNC`).
    pub(in crate::redis) pre_psync: bool,
    /// Offset of its snapshot (`psync_initial_offset`).
    pub(in crate::redis) initial: Offset,
    /// The next byte of the stream to hand over; `None` until the first is fed to it.
    pub(in crate::redis) cursor: Option<BytePos>,
    /// Its own copy of the bytes to come (Redis ≤ 6.2); `None` where the backlog's are shared.
    pub(in crate::redis) own: Option<Tape>,
    /// The stream waits for an ACK (`repl_start_cmd_stream_on_ack`).
    pub(in crate::redis) gate_closed: bool,
    pub(in crate::redis) rdb: Option<RdbSending>,
    pub(in crate::redis) ack: Offset,
    pub(in crate::redis) ack_at: Time,
    /// When the last byte of the snapshot could be handed over.
    pub(in crate::redis) rdb_moved: Time,
}

/// A snapshot on its way to one replica.
#[derive(Clone, Debug)]
pub(in crate::redis) struct RdbSending {
    /// `$<length>\r\n` or `$EOF:<mark>\r\n`.
    pub(in crate::redis) header: Vec<u8>,
    pub(in crate::redis) body: Arc<[u8]>,
    /// The mark again, or nothing.
    pub(in crate::redis) trailer: Vec<u8>,
    /// Bytes handed over.
    pub(in crate::redis) pos: usize,
}

impl RdbSending {
    /// Bytes in all, framing included.
    pub(in crate::redis) fn total(&self) -> usize {
        self.header.len() + self.body.len() + self.trailer.len()
    }

    /// The next contiguous piece of at most `max` bytes.
    pub(in crate::redis) fn piece(&self, max: usize) -> &[u8] {
        let mut at = self.pos;
        for part in [&self.header[..], &self.body[..], &self.trailer[..]] {
            if at < part.len() {
                return &part[at..part.len().min(at.saturating_add(max))];
            }
            at -= part.len();
        }
        &[]
    }
}

impl Replica {
    /// Whether the stream may flow to it now.
    pub(in crate::redis) fn streams(&self) -> bool {
        self.phase == ReplicaPhase::Online && !self.gate_closed && self.rdb.is_none()
    }

    /// Whether fed bytes are kept for it (`canFeedReplicaReplBuffer`).
    pub(in crate::redis) fn is_fed(&self) -> bool {
        !matches!(self.phase, ReplicaPhase::WaitBgsaveStart | ReplicaPhase::RdbTransmitted)
    }
}

impl Client {
    pub(in crate::redis) fn new(conn: ConnId, id: u64, host: &str, port: u16, now: Time) -> Self {
        Self {
            conn,
            id,
            host: host.into(),
            port,
            name: Box::default(),
            created: now,
            last_io: now,
            authenticated: true,
            db: 0,
            query: Query::default(),
            multi: None,
            blocked: None,
            woff: Offset::ZERO,
            out: Vec::new(),
            replied: 0,
            unsent: 0,
            close_after_reply: false,
            doomed: None,
            over_soft_since: None,
            announced: Announced::default(),
            replica: None,
        }
    }

    /// Reply bytes not handed over yet (`clientHasPendingReplies`).
    pub(in crate::redis) fn pending_reply(&self) -> usize {
        self.out.len() - self.replied
    }

    /// Whether this client may not run anything more.
    pub(in crate::redis) fn is_leaving(&self) -> bool {
        self.close_after_reply || self.doomed.is_some()
    }
}
