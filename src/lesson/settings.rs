//! A node's settings in a lesson file, under Redis's own names. What is left out keeps the lab's
//! default ([`NodeSettings::default`]).

use super::in_file;
use crate::redis::config::{BacklogModel, RedisVersion};
use crate::redis::{Rate, Span};
use crate::sim::NodeSettings;

in_file! {
    /// Whose behaviour to follow.
    #[derive(Copy)]
    pub enum Version {
        /// Redis 6.2.
        #[serde(rename = "6.2")]
        V6_2,
        /// Redis 7.0.
        #[serde(rename = "7.0")]
        V7_0,
        /// Redis 7.2.
        #[serde(rename = "7.2")]
        V7_2,
    }

    /// How the backlog keeps its bytes.
    #[derive(Copy)]
    pub enum Model {
        /// A circular buffer, as Redis up to 6.2 has it.
        Ring,
        /// A list of blocks of this many bytes, as Redis from 7.0 on has it.
        Blocks(u32),
    }

    /// The settings of a node; all may be left out. Sizes in bytes.
    #[derive(Default)]
    #[serde(default)]
    pub struct Settings {
        /// Whose behaviour to follow: `"6.2"`, `"7.0"` or `"7.2"`.
        pub version: Option<Version>,
        /// How the backlog keeps its bytes: `"ring"` or `{"blocks": 4096}`.
        pub backlog: Option<Model>,
        /// `repl-backlog-size` in bytes. The lab may go below Redis's minimum of 16 KB.
        #[serde(rename = "repl-backlog-size")]
        pub repl_backlog_size: Option<u64>,
        /// `repl-backlog-ttl` in seconds.
        #[serde(rename = "repl-backlog-ttl")]
        pub repl_backlog_ttl: Option<u64>,
        /// `repl-timeout` in seconds.
        #[serde(rename = "repl-timeout")]
        pub repl_timeout: Option<u64>,
        /// `repl-ping-replica-period` in seconds.
        #[serde(rename = "repl-ping-replica-period")]
        pub repl_ping_replica_period: Option<u64>,
        /// `repl-diskless-sync`.
        #[serde(rename = "repl-diskless-sync")]
        pub repl_diskless_sync: Option<bool>,
        /// `repl-diskless-sync-delay` in seconds.
        #[serde(rename = "repl-diskless-sync-delay")]
        pub repl_diskless_sync_delay: Option<u64>,
        /// Hard limit in bytes of `client-output-buffer-limit replica`; 0 is none.
        #[serde(rename = "client-output-buffer-limit-replica")]
        pub client_output_buffer_limit_replica: Option<u64>,
        /// `replica-serve-stale-data`.
        #[serde(rename = "replica-serve-stale-data")]
        pub replica_serve_stale_data: Option<bool>,
        /// `min-replicas-to-write`.
        #[serde(rename = "min-replicas-to-write")]
        pub min_replicas_to_write: Option<u64>,
        /// `min-replicas-max-lag` in seconds.
        #[serde(rename = "min-replicas-max-lag")]
        pub min_replicas_max_lag: Option<u64>,
        /// Of the lab: how fast an RDB is written to disk, in bytes per second.
        #[serde(rename = "bgsave-bytes-per-s")]
        pub bgsave_bytes_per_s: Option<u64>,
        /// Of the lab: the least time a BGSAVE takes, in milliseconds.
        #[serde(rename = "bgsave-min-ms")]
        pub bgsave_min_ms: Option<u64>,
        /// Of the lab: how fast an RDB is loaded, in bytes per second; 0 is at once.
        #[serde(rename = "load-bytes-per-s")]
        pub load_bytes_per_s: Option<u64>,
        /// Of the lab: bytes of a connection that the kernel takes before they are on the wire, at least 16;
        /// 65536 if left out. What does not fit waits in the output buffer.
        #[serde(rename = "socket-buffer")]
        pub socket_buffer: Option<u64>,
    }
}

impl Settings {
    /// Puts what is given here into `settings`.
    pub fn apply(&self, settings: &mut NodeSettings) {
        if let Some(version) = self.version {
            settings.version = match version {
                Version::V6_2 => RedisVersion::V6_2,
                Version::V7_0 => RedisVersion::V7_0,
                Version::V7_2 => RedisVersion::V7_2,
            };
        }
        if let Some(model) = self.backlog {
            settings.backlog_model = match model {
                Model::Ring => BacklogModel::Ring,
                Model::Blocks(payload) => BacklogModel::Blocks { payload: payload.into() },
            };
        }
        let numbers = [
            (&mut settings.backlog_size, self.repl_backlog_size),
            (&mut settings.backlog_ttl, self.repl_backlog_ttl),
            (&mut settings.repl_timeout, self.repl_timeout),
            (&mut settings.ping_period, self.repl_ping_replica_period),
            (&mut settings.diskless_delay, self.repl_diskless_sync_delay),
            (&mut settings.replica_limit.hard, self.client_output_buffer_limit_replica),
            (&mut settings.min_replicas, self.min_replicas_to_write),
            (&mut settings.min_replicas_max_lag, self.min_replicas_max_lag),
            (&mut settings.socket_buffer, self.socket_buffer.map(|bytes| bytes.max(16))),
        ];
        for (place, given) in numbers {
            *place = given.unwrap_or(*place);
        }
        settings.diskless = self.repl_diskless_sync.unwrap_or(settings.diskless);
        settings.serve_stale = self.replica_serve_stale_data.unwrap_or(settings.serve_stale);
        settings.bgsave_rate = self.bgsave_bytes_per_s.map_or(settings.bgsave_rate, Rate::per_second);
        settings.bgsave_min = self.bgsave_min_ms.map_or(settings.bgsave_min, Span::from_millis);
        if let Some(rate) = self.load_bytes_per_s {
            settings.load_rate = (rate > 0).then(|| Rate::per_second(rate));
        }
    }
}
