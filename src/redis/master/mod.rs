//! The master's side of replication: who may continue, who gets a snapshot, who has fallen behind.

mod ack;
mod bgsave;
mod failover;
mod psync;

pub(super) use bgsave::Bgsave;
pub(super) use failover::Failover;
