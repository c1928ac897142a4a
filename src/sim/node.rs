//! A node: a host with a process (the Redis server), a disk (one RDB file) and a kernel that keeps
//! what the process has not read yet.

use super::ids::{EntryId, NodeId, WireId};
use super::settings::NodeSettings;
use crate::redis::{ConnId, Endpoint, JobId, Server, Time, VecMap};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

/// A host with one Redis server.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name in the world.
    pub id: NodeId,
    /// The name a person gave it.
    pub name: Rc<str>,
    /// Where it listens.
    pub addr: Endpoint,
    /// Its settings at each start.
    pub settings: Rc<NodeSettings>,
    pub(super) replica_of: Option<Endpoint>,
    pub(super) server: Option<Server>,
    /// How often the process was started.
    pub(super) starts: u32,
    pub(super) paused: bool,
    pub(super) asleep_until: Option<Time>,
    pub(super) rdb: Option<Arc<[u8]>>,
    pub(super) saving: Vec<(JobId, Arc<[u8]>)>,
    pub(super) inbox: VecDeque<(Incoming, Option<EntryId>)>,
    pub(super) conns: VecMap<ConnId, (WireId, u8)>,
    pub(super) accepted: u64,
    /// The deadline that waits in the queue, and its number.
    pub(super) timer: Option<Time>,
    pub(super) timer_turn: u32,
    /// When its newest RDB file was on disk, and when the newest one from a master was received: what a
    /// server then finds out by its clock was forced by that.
    pub(super) rdb_entries: [Option<EntryId>; 2],
}

/// What the kernel has for the process.
#[derive(Clone, Debug)]
pub(super) enum Incoming {
    Accepted { conn: ConnId, host: Arc<str>, port: u16 },
    Connected { conn: ConnId },
    Received { conn: ConnId, bytes: Rc<[u8]> },
    Sent { conn: ConnId, bytes: u64 },
    Closed { conn: ConnId },
    Saved { job: JobId },
    Timer,
}

impl Node {
    /// The server; `None` while the process is down.
    pub fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// Whether the process runs (or is paused).
    pub fn alive(&self) -> bool {
        self.server.is_some()
    }

    /// Whether the process is stopped for a while.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// The RDB file on its disk.
    pub fn rdb_file(&self) -> Option<&Arc<[u8]>> {
        self.rdb.as_ref()
    }

    /// Whether a snapshot is being written to its disk.
    pub fn saving(&self) -> bool {
        !self.saving.is_empty()
    }

    /// Whether the process cannot take anything at `now`.
    pub(super) fn blocked(&self, now: Time) -> bool {
        self.paused || self.asleep_until.is_some_and(|until| now < until)
    }

    /// Whether the process runs and has nothing else to take first.
    pub(super) fn idle(&self, now: Time) -> bool {
        self.server.is_some() && !self.blocked(now) && self.inbox.is_empty()
    }

    /// Whether the process has nothing to do but count, when bytes have left ([`Server::count_sent`]).
    pub(super) fn only_counts(&self, now: Time) -> bool {
        self.idle(now) && self.server.as_ref().is_some_and(Server::only_counts)
    }
}
