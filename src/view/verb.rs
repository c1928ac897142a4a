//! What the inspector's menus can do to a node or a link.

use crate::redis::Rate;
use crate::sim::{Action, LinkId, LinkMode, NodeId, World};

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Makes a link do this with bytes.
    Mode(LinkId, LinkMode),
    /// Gives a link this bandwidth.
    Bandwidth(LinkId, Rate),
    /// Kills the process.
    Kill(NodeId),
    /// Starts it again, with its RDB file or without.
    Restart(NodeId, bool),
    /// Stops the process for a while.
    Pause(NodeId),
    /// Lets it go on.
    Resume(NodeId),
    /// `REPLICAOF` another node, or `NO ONE`.
    Follow(NodeId, Option<NodeId>),
}

impl Verb {
    /// The action for the session; `None` if its link, or the node to follow, is not there.
    pub fn action(self, world: &World) -> Option<Action> {
        Some(match self {
            Self::Mode(link, mode) => Action::SetLinkMode(link, mode),
            Self::Bandwidth(link, rate) => {
                let path = world.link(link)?.path;
                Action::SetLinkPath { link, latency: path.latency, jitter: path.jitter, rate }
            }
            Self::Kill(node) => Action::Kill(node),
            Self::Restart(node, keep_rdb) => Action::Restart { node, keep_rdb },
            Self::Pause(node) => Action::Pause(node),
            Self::Resume(node) => Action::Resume(node),
            Self::Follow(node, None) => Action::ReplicaOf { node, of: None },
            Self::Follow(node, Some(of)) => {
                Action::ReplicaOf { node, of: Some(world.node(of)?.addr.clone()) }
            }
        })
    }
}
