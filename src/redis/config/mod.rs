//! A server's settings, under Redis's names and with Redis's defaults.
//!
//! `psync-node` takes them on its command line as `redis-server` does, `CONFIG GET`/`SET` read and
//! write them on the wire (see [`table`]). A few settings are the lab's own and have no name on the
//! wire: which version to be, how big a socket buffer is, how long loading takes.

mod passive;
pub mod table;
pub mod value;

use super::units::{Rate, Span};
use super::vecmap::VecMap;
use std::sync::Arc;

pub use table::{ConfigError, Setting};

/// Redis refuses a smaller backlog on the wire (`CONFIG_REPL_BACKLOG_MIN_SIZE`), in bytes.
pub const MIN_BACKLOG_SIZE: u64 = 16 * 1024;

/// Whose behaviour to follow where versions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RedisVersion {
    /// Redis 6.2.14: circular backlog, relative expiry in the stream, disk-based sync by default.
    V6_2,
    /// Redis 7.0.15: shared replication buffer blocks, diskless sync by default.
    V7_0,
    /// Redis 7.2.6.
    V7_2,
}

impl RedisVersion {
    /// The full version number, as `INFO` and the RDB's `redis-ver` say it.
    pub const fn number(self) -> &'static str {
        match self {
            Self::V6_2 => "6.2.14",
            Self::V7_0 => "7.0.15",
            Self::V7_2 => "7.2.6",
        }
    }
}

/// How the backlog keeps its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BacklogModel {
    /// One circular buffer of exactly `repl-backlog-size` bytes (Redis ≤ 6.2).
    Ring,
    /// A list of blocks shared with the replicas' output buffers (Redis ≥ 7.0).
    Blocks {
        /// Usable bytes of one block: 20440 with jemalloc, 16384 with libc's malloc (measured).
        payload: u64,
    },
}

/// `client-output-buffer-limit` of one class of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferLimit {
    /// Bytes at which the client is closed at once; 0 for never.
    pub hard: u64,
    /// Bytes at which the client is closed after `soft_seconds`; 0 for never.
    pub soft: u64,
    /// Seconds above `soft` before the client is closed.
    pub soft_seconds: u64,
}

/// `maxmemory-policy`: what to delete when memory runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvictionPolicy {
    /// Nothing: refuse writes.
    NoEviction,
    /// Any key.
    AllKeys,
    /// Keys with an expiry time.
    Volatile,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whose behaviour to follow.
    pub version: RedisVersion,
    /// How the backlog keeps its bytes.
    pub backlog_model: BacklogModel,
    /// `port`.
    pub port: u16,
    /// `databases`.
    pub databases: u32,
    /// `repl-backlog-size` in bytes.
    pub repl_backlog_size: u64,
    /// `repl-backlog-ttl` in seconds; 0 for never.
    pub repl_backlog_ttl: u64,
    /// `repl-timeout` in seconds.
    pub repl_timeout: u64,
    /// `repl-ping-replica-period` in seconds.
    pub repl_ping_replica_period: u64,
    /// `repl-diskless-sync`.
    pub repl_diskless_sync: bool,
    /// `repl-diskless-sync-delay` in seconds.
    pub repl_diskless_sync_delay: u64,
    /// `repl-diskless-sync-max-replicas`; 0 for no limit.
    pub repl_diskless_sync_max_replicas: u64,
    /// `replica-read-only`.
    pub replica_read_only: bool,
    /// `replica-serve-stale-data`.
    pub replica_serve_stale_data: bool,
    /// `replica-priority`.
    pub replica_priority: u64,
    /// `replica-announced`.
    pub replica_announced: bool,
    /// `replica-announce-ip`; empty for none.
    pub replica_announce_ip: String,
    /// `replica-announce-port`; 0 for none.
    pub replica_announce_port: u16,
    /// `masterauth`; empty for none.
    pub masterauth: String,
    /// `masteruser`; empty for none.
    pub masteruser: String,
    /// `requirepass`; empty for none.
    pub requirepass: String,
    /// `min-replicas-to-write`; 0 for off.
    pub min_replicas_to_write: u64,
    /// `min-replicas-max-lag` in seconds; 0 for off.
    pub min_replicas_max_lag: u64,
    /// `client-output-buffer-limit normal`.
    pub limit_normal: BufferLimit,
    /// `client-output-buffer-limit replica`.
    pub limit_replica: BufferLimit,
    /// `client-output-buffer-limit pubsub`.
    pub limit_pubsub: BufferLimit,
    /// `maxmemory` in bytes; 0 for no limit.
    pub maxmemory: u64,
    /// `maxmemory-policy`, by its name.
    pub maxmemory_policy: String,
    /// `lazyfree-lazy-expire`: expired keys leave as `UNLINK`.
    pub lazyfree_lazy_expire: bool,
    /// `shutdown-timeout` in seconds.
    pub shutdown_timeout: u64,
    /// `rdb-key-save-delay` in microseconds: how much longer each key makes a snapshot take.
    pub rdb_key_save_delay: u64,
    /// `key-load-delay` in microseconds: how much longer each key makes loading take.
    pub key_load_delay: u64,
    /// `loading-process-events-interval-bytes`: a smaller snapshot is loaded without a look at anything else.
    pub loading_events_interval: u64,
    /// `proto-max-bulk-len` in bytes.
    pub proto_max_bulk_len: u64,
    /// `save`: whether any save point is set (then `SHUTDOWN` saves).
    pub save: String,
    /// Settings that are accepted and shown but have no effect on replication.
    pub passive: Arc<VecMap<&'static str, String>>,
    /// `REPLICAOF` from the command line, taken up at the first timer.
    pub replicaof: Option<super::ids::Endpoint>,
    /// Unix time in milliseconds at [`Time::ZERO`](super::units::Time::ZERO).
    pub unix_start_ms: u64,
    /// Most bytes of one connection that may be handed to the driver and not be sent yet.
    pub socket_buffer: u64,
    /// Most bytes of one unfinished query, all arguments together (`client-query-buffer-limit`).
    pub query_buffer_limit: u64,
    /// Most bytes taken from a master before they can be used: a snapshot, or one unfinished command of
    /// the stream. `None` is Redis's: no limit. The lab lives in a browser and sets one; a larger
    /// snapshot aborts the sync.
    pub rdb_limit: Option<u64>,
    /// How fast an RDB is loaded; `None` for at once.
    pub load_rate: Option<Rate>,
    /// How long a reply to a handshake line may take (`CONFIG_REPL_SYNCIO_TIMEOUT`).
    pub sync_io_timeout: Span,
}

impl Config {
    /// The defaults of a version of Redis, as `redis-server` without a configuration file has them.
    pub fn new(version: RedisVersion) -> Self {
        let ring = version == RedisVersion::V6_2;
        let no_limit = BufferLimit { hard: 0, soft: 0, soft_seconds: 0 };
        let mb = 1024 * 1024;
        Self {
            version,
            backlog_model: if ring { BacklogModel::Ring } else { BacklogModel::Blocks { payload: 20440 } },
            port: 6379,
            databases: 16,
            repl_backlog_size: mb,
            repl_backlog_ttl: 3600,
            repl_timeout: 60,
            repl_ping_replica_period: 10,
            repl_diskless_sync: !ring,
            repl_diskless_sync_delay: 5,
            repl_diskless_sync_max_replicas: 0,
            replica_read_only: true,
            replica_serve_stale_data: true,
            replica_priority: 100,
            replica_announced: true,
            replica_announce_ip: String::new(),
            replica_announce_port: 0,
            masterauth: String::new(),
            masteruser: String::new(),
            requirepass: String::new(),
            min_replicas_to_write: 0,
            min_replicas_max_lag: 10,
            limit_normal: no_limit,
            limit_replica: BufferLimit { hard: 256 * mb, soft: 64 * mb, soft_seconds: 60 },
            limit_pubsub: BufferLimit { hard: 32 * mb, soft: 8 * mb, soft_seconds: 60 },
            maxmemory: 0,
            maxmemory_policy: "noeviction".into(),
            lazyfree_lazy_expire: false,
            shutdown_timeout: 10,
            rdb_key_save_delay: 0,
            key_load_delay: 0,
            loading_events_interval: 2 * mb,
            proto_max_bulk_len: 512 * mb,
            save: "3600 1 300 100 60 10000".into(),
            passive: Arc::default(),
            replicaof: None,
            unix_start_ms: 1_700_000_000_000,
            socket_buffer: 64 * 1024,
            query_buffer_limit: 1024 * mb,
            rdb_limit: None,
            load_rate: None,
            sync_io_timeout: Span::from_secs(5),
        }
    }

    /// Which keys may be evicted.
    pub fn eviction(&self) -> EvictionPolicy {
        match self.maxmemory_policy.split('-').next() {
            Some("allkeys") => EvictionPolicy::AllKeys,
            Some("volatile") => EvictionPolicy::Volatile,
            _ => EvictionPolicy::NoEviction,
        }
    }
}
