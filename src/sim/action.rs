//! What a person or a script does to a world: plain data that can be stored, shared and replayed.

use super::ids::{ClientId, LinkId, NodeId};
use crate::redis::{Endpoint, Rate, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a link does with bytes. Redis replicates over TCP, so a connection never loses a byte from
/// its middle: either everything arrives in order, or the connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkMode {
    /// Bytes pass.
    Up,
    /// The cable is cut and both ends know at once: connections over it close, what is in flight is
    /// lost, new connections are refused.
    Cut,
    /// Bytes vanish in both directions and nobody is told; each end learns by `repl-timeout`. A
    /// connection that lost bytes stays dead after healing: what is sent on it then is answered by a
    /// reset.
    Silent,
    /// Like [`Silent`](Self::Silent), but only for bytes towards one end.
    OneWay {
        /// The end that hears nothing.
        to: NodeId,
    },
    /// Bytes wait and pass, in order, when the link is up again.
    Hold,
}

/// One thing done to a world.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// The same as [`SetLinkMode`](Self::SetLinkMode) with [`LinkMode::Cut`].
    Cut(LinkId),
    /// The same as [`SetLinkMode`](Self::SetLinkMode) with [`LinkMode::Up`].
    Heal(LinkId),
    /// Changes what a link does with bytes.
    SetLinkMode(LinkId, LinkMode),
    /// Changes a link's one-way delay, jitter and bandwidth for bytes sent from now on.
    SetLinkPath {
        /// The link.
        link: LinkId,
        /// One-way delay.
        latency: Span,
        /// Most additional random delay. Never reorders.
        jitter: Span,
        /// Bandwidth in each direction.
        rate: Rate,
    },
    /// Types a command into the node's console: real bytes on a real connection.
    Write {
        /// The node.
        node: NodeId,
        /// The command's words.
        args: Vec<Vec<u8>>,
    },
    /// The operator says `REPLICAOF host port`, or `REPLICAOF NO ONE`.
    ReplicaOf {
        /// The node.
        node: NodeId,
        /// Its new master.
        of: Option<Endpoint>,
    },
    /// Ends the process at once (`kill -9`); the kernel closes its connections.
    Kill(NodeId),
    /// Starts a killed node again.
    Restart {
        /// The node.
        node: NodeId,
        /// Whether it finds the RDB file it saved last (if it ever did).
        keep_rdb: bool,
    },
    /// Stops the process (`SIGSTOP`); its kernel still accepts and buffers.
    Pause(NodeId),
    /// Lets a paused process go on (`SIGCONT`).
    Resume(NodeId),
    /// Changes a client's rate: one command `every` so often.
    ClientRate {
        /// The client.
        client: ClientId,
        /// Time from one command to the next.
        every: Span,
    },
    /// Starts or stops a client.
    ClientRun(ClientId, bool),
}

/// Why an action could not be done; the world is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// There is no such node.
    #[error("there is no node {0:?}")]
    NoNode(NodeId),
    /// There is no such link.
    #[error("there is no link {0:?}")]
    NoLink(LinkId),
    /// There is no such client.
    #[error("there is no client {0:?}")]
    NoClient(ClientId),
    /// The node is not running.
    #[error("node {0:?} is not running")]
    NodeDown(NodeId),
    /// The node is running already.
    #[error("node {0:?} is running")]
    NodeUp(NodeId),
    /// The node named is not an end of the link.
    #[error("node {1:?} is not an end of link {0:?}")]
    NotAnEnd(LinkId, NodeId),
    /// A command has no words, or a rate is zero.
    #[error("the action is empty")]
    Empty,
}

impl fmt::Display for LinkMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Up => f.write_str("up"),
            Self::Cut => f.write_str("cut"),
            Self::Silent => f.write_str("silent"),
            Self::OneWay { to } => write!(f, "silent towards n{}", to.0),
            Self::Hold => f.write_str("hold"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut(link) => write!(f, "cut link {}", link.0),
            Self::Heal(link) => write!(f, "heal link {}", link.0),
            Self::SetLinkMode(link, mode) => write!(f, "link {} {mode}", link.0),
            Self::SetLinkPath { link, latency, jitter, rate } => {
                let (latency, jitter, rate) =
                    (latency.as_micros(), jitter.as_micros(), rate.bytes_per_second());
                write!(f, "link {} latency {latency}us jitter {jitter}us rate {rate}", link.0)
            }
            Self::Write { node, args } => {
                write!(f, "write n{}", node.0)?;
                args.iter().try_for_each(|arg| write!(f, " {}", String::from_utf8_lossy(arg).escape_debug()))
            }
            Self::ReplicaOf { node, of: Some(master) } => write!(f, "replicaof n{} {master}", node.0),
            Self::ReplicaOf { node, of: None } => write!(f, "replicaof n{} no one", node.0),
            Self::Kill(node) => write!(f, "kill n{}", node.0),
            Self::Restart { node, keep_rdb: true } => write!(f, "restart n{}", node.0),
            Self::Restart { node, keep_rdb: false } => write!(f, "restart n{} empty", node.0),
            Self::Pause(node) => write!(f, "pause n{}", node.0),
            Self::Resume(node) => write!(f, "resume n{}", node.0),
            Self::ClientRate { client, every } => write!(f, "rate c{} {}us", client.0, every.as_micros()),
            Self::ClientRun(client, true) => write!(f, "start c{}", client.0),
            Self::ClientRun(client, false) => write!(f, "stop c{}", client.0),
        }
    }
}
