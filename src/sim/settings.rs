//! The settings of one node of the lab: the part of [`Config`] that lessons and permalinks change,
//! as plain serialisable data.

use crate::redis::config::{BacklogModel, BufferLimit, RedisVersion};
use crate::redis::{Config, Rate, Span};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(remote = "RedisVersion")]
enum VersionDef {
    V6_2,
    V7_0,
    V7_2,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "BacklogModel")]
enum BacklogModelDef {
    Ring,
    Blocks { payload: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "BufferLimit")]
struct BufferLimitDef {
    hard: u64,
    soft: u64,
    soft_seconds: u64,
}

/// Most bytes of one unfinished query of a lab's server. Redis has 1 GB; the lab lives in a page.
const QUERY_LIMIT: u64 = 1024 * 1024;
/// Most bytes of a snapshot, and of one unfinished command from a master. Redis has no limit.
const RDB_LIMIT: u64 = 32 * 1024 * 1024;
/// Most bytes of replies that a client leaves unread. Redis has no limit.
const REPLY_LIMIT: u64 = 4 * 1024 * 1024;

/// The settings of one node. Sizes in bytes, times in seconds where Redis has them so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSettings {
    /// Whose behaviour to follow.
    #[serde(with = "VersionDef")]
    pub version: RedisVersion,
    /// How the backlog keeps its bytes.
    #[serde(with = "BacklogModelDef")]
    pub backlog_model: BacklogModel,
    /// `repl-backlog-size`; the lab may go below Redis's minimum of 16 KB.
    pub backlog_size: u64,
    /// `repl-backlog-ttl` in seconds.
    pub backlog_ttl: u64,
    /// `repl-timeout` in seconds.
    pub repl_timeout: u64,
    /// `repl-ping-replica-period` in seconds.
    pub ping_period: u64,
    /// `repl-diskless-sync`.
    pub diskless: bool,
    /// `repl-diskless-sync-delay` in seconds.
    pub diskless_delay: u64,
    /// `client-output-buffer-limit replica`.
    #[serde(with = "BufferLimitDef")]
    pub replica_limit: BufferLimit,
    /// `replica-serve-stale-data`.
    pub serve_stale: bool,
    /// `min-replicas-to-write`.
    pub min_replicas: u64,
    /// `min-replicas-max-lag` in seconds.
    pub min_replicas_max_lag: u64,
    /// Bytes of one connection that the kernel takes before they are on the wire.
    pub socket_buffer: u64,
    /// Bytes of one connection that the kernel holds until the process reads them.
    pub receive_buffer: u64,
    /// How fast an RDB is written to disk.
    pub bgsave_rate: Rate,
    /// The least time a BGSAVE takes.
    pub bgsave_min: Span,
    /// How fast an RDB is loaded; `None` for at once.
    pub load_rate: Option<Rate>,
}

impl Default for NodeSettings {
    /// The lab's: Redis 6.2 with a circular backlog of 512 bytes.
    fn default() -> Self {
        let config = Config::new(RedisVersion::V6_2);
        Self {
            version: config.version,
            backlog_model: config.backlog_model,
            backlog_size: 512,
            backlog_ttl: config.repl_backlog_ttl,
            repl_timeout: config.repl_timeout,
            ping_period: config.repl_ping_replica_period,
            diskless: false,
            diskless_delay: config.repl_diskless_sync_delay,
            replica_limit: config.limit_replica,
            serve_stale: config.replica_serve_stale_data,
            min_replicas: config.min_replicas_to_write,
            min_replicas_max_lag: config.min_replicas_max_lag,
            socket_buffer: config.socket_buffer,
            receive_buffer: 64 * 1024,
            bgsave_rate: Rate::per_second(1024 * 1024),
            bgsave_min: Span::from_millis(400),
            load_rate: Some(Rate::per_second(1024)),
        }
    }
}

impl NodeSettings {
    /// The server's configuration.
    pub fn config(&self, port: u16) -> Config {
        let mut config = Config::new(self.version);
        config.backlog_model = self.backlog_model;
        config.port = port;
        config.repl_backlog_size = self.backlog_size;
        config.repl_backlog_ttl = self.backlog_ttl;
        config.repl_timeout = self.repl_timeout;
        config.repl_ping_replica_period = self.ping_period;
        config.repl_diskless_sync = self.diskless;
        config.repl_diskless_sync_delay = self.diskless_delay;
        config.limit_replica = self.replica_limit;
        config.replica_serve_stale_data = self.serve_stale;
        config.min_replicas_to_write = self.min_replicas;
        config.min_replicas_max_lag = self.min_replicas_max_lag;
        config.socket_buffer = self.socket_buffer;
        config.load_rate = self.load_rate;
        config.query_buffer_limit = QUERY_LIMIT;
        config.proto_max_bulk_len = QUERY_LIMIT;
        config.limit_normal.hard = REPLY_LIMIT;
        config.rdb_limit = Some(RDB_LIMIT);
        config
    }
}
