//! The server (stub).
use super::config::Config;
use super::effects::{Effects, Input};
use super::event::ReplState;
use super::ids::{ConnId, Endpoint, ReplId};
use super::keyspace::Keyspace;
use super::rdb::RdbError;
use super::units::{BytePos, Offset, Span, Time};

/// One Redis server.
#[derive(Clone, Debug)]
pub struct Server {
    config: Config,
    keys: Keyspace,
}

/// Where a replica stands, as its master sees it (`SLAVE_STATE_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReplicaPhase {
    /// `SLAVE_STATE_WAIT_BGSAVE_START`.
    WaitBgsaveStart,
    /// `SLAVE_STATE_WAIT_BGSAVE_END`.
    WaitBgsaveEnd,
    /// `SLAVE_STATE_SEND_BULK`.
    SendBulk,
    /// `SLAVE_STATE_ONLINE`.
    Online,
}

/// One row of the master's replica table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaInfo {
    /// The connection.
    pub conn: ConnId,
    /// Address as INFO shows it (announced port).
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
    /// A server that starts empty. `seed` drives all its random ids.
    pub fn new(config: Config, seed: u64) -> Self {
        let _ = seed;
        Self { keys: Keyspace::new(config.databases), config }
    }

    /// A server that starts from its saved RDB file.
    ///
    /// # Errors
    /// If the file is not a valid RDB.
    pub fn restore(config: Config, seed: u64, rdb: &[u8]) -> Result<Self, RdbError> {
        let _ = (rdb, seed);
        Ok(Self::new(config, seed))
    }

    /// Feeds one input to the server and appends everything it wants done to `effects`.
    pub fn handle(&mut self, now: Time, input: Input<'_>, effects: &mut Effects) {
        let _ = (now, input, effects);
        todo!()
    }

    /// When the server next wants `Input::Timer`, if nothing else happens first.
    pub fn deadline(&self) -> Option<Time> {
        None
    }

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
        todo!()
    }

    /// `master_replid`.
    pub fn repl_id(&self) -> ReplId {
        todo!()
    }

    /// `master_replid2` and `second_repl_offset`.
    pub fn repl_id2(&self) -> Option<(ReplId, BytePos)> {
        todo!()
    }

    /// `master_repl_offset`.
    pub fn offset(&self) -> Offset {
        todo!()
    }

    /// The backlog, if there is one.
    pub fn backlog(&self) -> Option<BacklogInfo> {
        todo!()
    }

    /// Bytes of the backlog from `from` on, at most `len`; empty where it does not reach.
    pub fn backlog_bytes(&self, _from: BytePos, _len: u64) -> Vec<u8> {
        todo!()
    }

    /// The replicas attached to this server, in the order of `INFO`.
    pub fn replicas(&self, _now: Time) -> Vec<ReplicaInfo> {
        todo!()
    }

    /// The link to this server's master, if it is a replica.
    pub fn master_link(&self) -> Option<MasterLinkInfo> {
        todo!()
    }
}
