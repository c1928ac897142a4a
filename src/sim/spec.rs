//! Everything a world starts from. Together with the timed actions it *is* the session: the same
//! spec gives the same run, byte for byte, natively and in the browser.

use super::action::Action;
use super::ids::{LinkId, NodeId};
use super::settings::NodeSettings;
use crate::redis::{Endpoint, Rate, Span, Time};
use serde::{Deserialize, Serialize};

/// The start of a world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldSpec {
    /// The nodes; a [`NodeId`] is a place in this list. At most 128.
    pub nodes: Vec<NodeSpec>,
    /// The links; a [`LinkId`] is a place in this list. Pairs not listed get a link like
    /// [`other_links`](Self::other_links) when first used.
    pub links: Vec<LinkSpec>,
    /// Delay and bandwidth of the pairs not listed.
    pub other_links: PathSpec,
    /// The clients. At most 100.
    pub clients: Vec<ClientSpec>,
    /// Actions that belong to the scene, in the order of their times.
    pub opening: Vec<TimedAction>,
    /// Drives all randomness.
    pub seed: u64,
}

/// An action and when it is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimedAction {
    /// When: after everything else that is due up to this instant.
    pub at: Time,
    /// What.
    pub action: Action,
}

/// A node at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSpec {
    /// A short name: `a`.
    pub name: String,
    /// Where it listens. Each node has a host of its own.
    pub addr: Endpoint,
    /// `replicaof` in its configuration file: taken up at each start.
    pub replica_of: Option<NodeId>,
    /// Whether it is off until [`Action::Restart`] starts it.
    pub off: bool,
    /// Its settings.
    pub settings: NodeSettings,
    /// Commands run on it before anything else, each a line of words: `SET k1 v1`.
    pub data: Vec<String>,
}

/// Delay and bandwidth of a link, the same in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathSpec {
    /// One-way delay.
    pub latency: Span,
    /// Most additional random delay of a packet. Never reorders.
    pub jitter: Span,
    /// Bandwidth, shared by all connections of one direction.
    pub rate: Rate,
    /// Most bytes of one packet.
    pub mss: u32,
    /// Most bytes of one packet of an RDB: small, so that a transfer is seen as several packets.
    pub rdb_mss: u32,
}

/// A link at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSpec {
    /// One end.
    pub a: NodeId,
    /// The other end.
    pub b: NodeId,
    /// Delay and bandwidth.
    pub path: PathSpec,
}

/// A client at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSpec {
    /// A short name.
    pub name: String,
    /// The node it talks to.
    pub at: NodeId,
    /// One-way delay between the two.
    pub latency: Span,
    /// What it writes.
    pub writes: WriteLoad,
    /// Whether it writes from the start.
    pub running: bool,
}

/// What a client writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteLoad {
    /// Time from one command to the next.
    pub every: Span,
    /// Over how many keys to go, in turn.
    pub keys: u32,
    /// The command: words in which `{key}` becomes 1…`keys` in turn and `{n}` the command's number.
    pub command: String,
    /// The last word is padded with dots to this many bytes; 0 leaves it as it is.
    pub pad: u32,
    /// Most commands without a reply; a tick that would exceed it is left out.
    pub window: u32,
}

impl Default for WriteLoad {
    fn default() -> Self {
        Self { every: Span::from_millis(250), keys: 2, command: "SET k{key} v{n}".into(), pad: 0, window: 16 }
    }
}

impl Default for PathSpec {
    /// Slow enough to see packets fly: 200 ms one way, 16 KB/s. Fast enough for a replica that was cut
    /// off for a second to return (four round trips, and up to a second until it tries) before 512
    /// bytes are overwritten.
    fn default() -> Self {
        Self {
            latency: Span::from_millis(200),
            jitter: Span::from_millis(20),
            rate: Rate::per_second(16 * 1024),
            mss: 1460,
            rdb_mss: 64,
        }
    }
}

impl NodeSpec {
    /// An empty master at `host:port` with the lab's settings.
    pub fn new(name: &str, host: &str, port: u16) -> Self {
        Self {
            name: name.into(),
            addr: Endpoint::new(host, port),
            replica_of: None,
            off: false,
            settings: NodeSettings::default(),
            data: Vec::new(),
        }
    }
}

impl WorldSpec {
    /// A world of these nodes, without links of their own, clients or opening.
    pub fn new(nodes: Vec<NodeSpec>, seed: u64) -> Self {
        Self {
            nodes,
            links: Vec::new(),
            other_links: PathSpec::default(),
            clients: Vec::new(),
            opening: Vec::new(),
            seed,
        }
    }

    /// The start scene of the page: the course's master 172.16.19.3 with three keys and a client
    /// that writes four times a second, and two servers that are told to follow it at 0.5 s and 1 s.
    pub fn course() -> Self {
        let node = |name, host| NodeSpec::new(name, host, 6379);
        let mut master = node("M", "172.16.19.3");
        master.data = ["SET k1 v1", "SET k2 v2", "SET course redis"].map(String::from).to_vec();
        // Started with `replicaof` in their configuration, so that they ask `PSYNC ? -1`: a master
        // that is told `REPLICAOF` asks to continue its own history instead (measured, s55).
        let replica = |name, host| NodeSpec { replica_of: Some(NodeId(0)), off: true, ..node(name, host) };
        let start = |millis, node| TimedAction {
            at: Time::from_millis(millis),
            action: Action::Restart { node, keep_rdb: false },
        };
        let opening = vec![start(500, NodeId(1)), start(1000, NodeId(2))];
        let link = |a, b| LinkSpec { a: NodeId(a), b: NodeId(b), path: PathSpec::default() };
        let writer = ClientSpec {
            name: "writer".into(),
            at: NodeId(0),
            latency: Span::from_millis(150),
            writes: WriteLoad::default(),
            running: true,
        };
        Self {
            nodes: vec![master, replica("A", "172.16.19.5"), replica("B", "172.16.19.7")],
            links: vec![link(0, 1), link(0, 2), link(1, 2)],
            other_links: PathSpec::default(),
            clients: vec![writer],
            opening,
            seed: 1,
        }
    }

    /// The listed link between two nodes, in either order.
    pub fn link_between(&self, a: NodeId, b: NodeId) -> Option<LinkId> {
        let between = |link: &LinkSpec| (link.a, link.b) == (a, b) || (link.a, link.b) == (b, a);
        self.links.iter().position(between).map(|n| LinkId(n as u16))
    }

    /// The node with this name.
    pub fn node_named(&self, name: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.name == name).map(|n| NodeId(n as u8))
    }
}
