//! The status sentence: what is true right now, in plain words.
//!
//! It names the one replica that matters most. Every number is one the servers hold, or the
//! difference of two.

use super::scene::{Name, NodeCard, Phase, Role};
use crate::redis::FullReason;

/// What would happen if a replica that is cut off could ask right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `+CONTINUE`.
    Partial,
    /// `+FULLRESYNC`, because.
    Full(FullReason),
}

/// The one fact that matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No server is a master, or it has no replicas.
    Alone,
    /// A replica's link is down.
    CutOff {
        /// The replica.
        who: Name,
        /// Bytes of the master's history it does not hold.
        missing: u64,
        /// The answer it would get now.
        outcome: Outcome,
    },
    /// A replica is on its way to being online.
    Syncing {
        /// The replica.
        who: Name,
        /// How far.
        phase: Phase,
    },
    /// All are online; this one is furthest behind.
    Online {
        /// How many replicas.
        replicas: u64,
        /// The last one and its lag.
        behind: Option<(Name, u64)>,
    },
}

/// The status of these nodes.
pub fn status(nodes: &[NodeCard]) -> Status {
    let replicas = || nodes.iter().filter(|node| node.name.role == Role::Replica);
    let cut = replicas()
        .filter_map(|node| Some((node, node.outcome?)))
        .max_by_key(|(node, outcome)| (matches!(outcome, Outcome::Full(_)), node.lag));
    if let Some((node, outcome)) = cut {
        return Status::CutOff { who: node.name, missing: node.lag, outcome };
    }
    if let Some(node) = replicas().find(|node| node.phase != Phase::Online) {
        return Status::Syncing { who: node.name, phase: node.phase };
    }
    match replicas().max_by_key(|node| node.lag) {
        None => Status::Alone,
        Some(last) => Status::Online {
            replicas: replicas().count() as u64,
            behind: (last.lag > 0).then_some((last.name, last.lag)),
        },
    }
}
