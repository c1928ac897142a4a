//! One Redis server: the replication core.
//!
//! Sans-IO: the core knows no clock, no socket, no randomness and no browser. Time and bytes are
//! handed in ([`Input`]), what it wants done is handed back ([`Effects`]), and what happened is told
//! as typed facts ([`Event`]). It speaks the real protocol on both sides of a replication link: a
//! real `redis-server` accepts it as replica and as master (`tests/conformance`).
//!
//! A master and a replica, wired to each other in memory:
//!
//! ```
//! use psync_lab::redis::{Config, Loopback, RedisVersion, Server, Span};
//!
//! let mut config = Config::new(RedisVersion::V7_0);
//! config.repl_diskless_sync_delay = 0; // start the snapshot at once
//! let mut net = Loopback::new([Server::new(config.clone(), 1), Server::new(config, 2)]);
//! net.command(0, "SET k0 before");
//! net.command(1, "REPLICAOF 0 0"); // PSYNC ? -1, +FULLRESYNC, RDB
//! net.advance(Span::from_secs(1));
//! net.command(0, "SET k1 v1"); // propagated over the link
//! assert_eq!(net.command(1, "GET k0"), "$6\r\nbefore\r\n");
//! assert_eq!(net.command(1, "GET k1"), "$2\r\nv1\r\n");
//! assert_eq!(net.server(1).offset(), net.server(0).offset());
//! ```
//!
//! Start reading at [`Server::handle`]. `command` holds the commands and what happens around them,
//! `propagate` turns them into the stream, [`backlog`] keeps its last bytes, `master` decides who
//! may continue, `replica` follows. What is modelled is Redis 7.0.15; 6.2.14 and 7.2.6 where they
//! differ ([`RedisVersion`]). Deliberately not here: data types other than strings, scripts,
//! cluster, TLS, AOF.

pub mod backlog;
pub mod command;
pub mod config;
pub mod effects;
pub mod event;
pub mod ids;
pub mod keyspace;
pub mod loopback;
mod master;
mod propagate;
pub mod rdb;
mod replica;
pub mod resp;
pub mod rng;
mod server;
pub mod units;
pub mod vecmap;

pub use config::{BacklogModel, Config, RedisVersion};
pub use effects::{Effect, Effects, Input, SendKind, SnapshotTarget};
pub use event::{Event, FullReason, LeaveReason, Refusal, RefuseReason, ReplState, StreamKind};
pub use ids::{ConnId, Endpoint, JobId, ReplId};
pub use keyspace::{Db, Entry, Keyspace};
pub use loopback::Loopback;
pub use rng::Rng;
pub use server::{BacklogInfo, MasterLinkInfo, ReplicaInfo, ReplicaPhase, Server};
pub use units::{BytePos, Offset, Rate, Span, Time};
pub use vecmap::VecMap;
