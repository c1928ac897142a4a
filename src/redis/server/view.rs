//! What the outside may see of a server: plain values, read by the lab, the page and tests.

use super::{Client, ReplicaPhase, Server};
use crate::redis::config::Config;
use crate::redis::event::ReplState;
use crate::redis::ids::{ConnId, Endpoint, ReplId};
use crate::redis::keyspace::Keyspace;
use crate::redis::replica::Link;
use crate::redis::units::{BytePos, Offset, Span, Time};

/// One row of the master's replica table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaInfo {
    /// The connection.
    pub conn: ConnId,
    /// Address as `INFO` shows it (announced port).
    pub endpoint: Endpoint,
    /// Its phase.
    pub phase: ReplicaPhase,
    /// The last acknowledged offset.
    pub ack: Offset,
    /// Since it was last heard of.
    pub silent_for: Span,
    /// Bytes waiting in its output buffer (stream and replies, not yet handed to the network).
    pub output_buffer: u64,
    /// RDB bytes handed over and in all, while a snapshot is being sent.
    pub rdb: Option<(u64, u64)>,
}

/// The replica's view of its master link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterLinkInfo {
    /// The master.
    pub master: Endpoint,
    /// State of the link.
    pub state: ReplState,
    /// RDB bytes received and, once known, in all.
    pub rdb: Option<(u64, Option<u64>)>,
    /// Every byte of the stream read (`slave_read_repl_offset`).
    pub read: Offset,
    /// Every command of the stream executed (`slave_repl_offset`).
    pub applied: Offset,
    /// The connection, if there is one.
    pub conn: Option<ConnId>,
}

/// What the backlog holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BacklogInfo {
    /// `repl_backlog_size` in bytes.
    pub size: u64,
    /// `repl_backlog_first_byte_offset`.
    pub first: BytePos,
    /// `repl_backlog_histlen` in bytes.
    pub histlen: u64,
    /// `repl_backlog_idx` of the circular model (Redis ≤ 6.2): where the next byte goes.
    pub idx: Option<u64>,
}

impl Server {
    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The data set.
    pub fn keyspace(&self) -> &Keyspace {
        &self.keys
    }

    /// Whether the server is a master.
    pub fn is_master(&self) -> bool {
        self.following.is_none()
    }

    /// `master_replid`.
    pub fn repl_id(&self) -> ReplId {
        self.history.id
    }

    /// `master_replid2` and `second_repl_offset`.
    pub fn repl_id2(&self) -> Option<(ReplId, BytePos)> {
        self.history.second
    }

    /// `master_repl_offset`.
    pub fn offset(&self) -> Offset {
        self.history.offset
    }

    /// The backlog, if there is one.
    pub fn backlog(&self) -> Option<BacklogInfo> {
        self.history.backlog.as_ref().map(|b| BacklogInfo {
            size: b.size(),
            first: b.first(),
            histlen: b.histlen(),
            idx: b.idx(),
        })
    }

    /// Bytes of memory held for connections: input that is not executed yet, replies that are not
    /// handed over yet, snapshots on their way in. The backlog and replicas' shares of it, which have
    /// limits of their own, are not counted.
    pub fn buffered(&self) -> u64 {
        let client = |client: &Client| {
            let queued = client.multi.as_ref().map_or(0, |multi| multi.bytes);
            client.query.memory() as u64 + client.out.capacity() as u64 + queued
        };
        let clients: u64 = self.clients.values().map(|c| client(c)).sum();
        clients + self.following.as_deref().map_or(0, |f| f.link.memory())
    }

    /// Bytes of the backlog from `from` on, at most `len`; empty where it does not reach.
    pub fn backlog_bytes(&self, from: BytePos, len: u64) -> Vec<u8> {
        let Some(backlog) = self.history.backlog.as_ref().filter(|b| b.covers(from)) else {
            return Vec::new();
        };
        let mut left = usize::try_from(len).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        for slice in backlog.slices(from) {
            let piece = &slice[..slice.len().min(left)];
            bytes.extend_from_slice(piece);
            left -= piece.len();
            if left == 0 {
                break;
            }
        }
        bytes
    }

    /// The replicas attached to this server, in the order of `INFO`.
    pub fn replicas(&self, now: Time) -> Vec<ReplicaInfo> {
        let info = |conn: &ConnId| {
            let client = self.clients.get(conn)?;
            let replica = client.replica.as_deref()?;
            Some(ReplicaInfo {
                conn: *conn,
                endpoint: self.replica_endpoint(*conn)?,
                phase: replica.phase,
                ack: replica.ack,
                silent_for: now.since(replica.ack_at),
                output_buffer: self.output_buffer(client, replica),
                rdb: replica.rdb.as_ref().map(|rdb| (rdb.pos as u64, rdb.total() as u64)),
            })
        };
        self.replicas.iter().filter_map(info).collect()
    }

    /// The link to this server's master, if it is a replica.
    pub fn master_link(&self) -> Option<MasterLinkInfo> {
        let following = self.following.as_deref()?;
        let held = following.cached.map_or(Offset::ZERO, |c| c.applied);
        let (read, applied) = following.stream().map_or((held, held), |s| (s.read, s.applied));
        let rdb = match &following.link {
            Link::Transfer(transfer) => Some(transfer.progress()),
            _ => None,
        };
        Some(MasterLinkInfo {
            master: following.master.clone(),
            state: following.link.state(),
            rdb,
            read,
            applied,
            conn: following.link.conn(),
        })
    }
}
