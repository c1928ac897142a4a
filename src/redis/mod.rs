//! One Redis server: the replication core.

pub mod backlog;
pub mod command;
pub mod config;
pub mod effects;
pub mod event;
pub mod ids;
pub mod keyspace;
mod master;
mod propagate;
pub mod rdb;
mod replica;
pub mod resp;
pub mod rng;
mod server;
pub mod units;

pub use config::Config;
pub use effects::{Effect, Effects, Input, SendKind, SnapshotTarget};
pub use event::{Event, FullReason, LeaveReason, RefuseReason, ReplState, StreamKind};
pub use ids::{ConnId, Endpoint, JobId, ReplId};
pub use keyspace::{Db, Entry, Keyspace};
pub use rng::Rng;
pub use server::{BacklogInfo, MasterLinkInfo, ReplicaInfo, ReplicaPhase, Server};
pub use units::{BytePos, Offset, Rate, Span, Time};
