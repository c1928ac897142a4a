//! The world of a lesson file, with names instead of numbers, and how a [`WorldSpec`] is made of it.

use super::deed::Deed;
use super::in_file;
use super::settings::Settings;
use crate::redis::{Endpoint, Rate, Span, Time};
use crate::sim::{ClientSpec, LinkId, LinkSpec, NodeId, NodeSettings, NodeSpec};
use crate::sim::{PathSpec, TimedAction, WorldSpec, WriteLoad};

/// Most nodes of a lesson's world.
pub const MOST_NODES: usize = 12;
/// Most clients.
pub const MOST_CLIENTS: usize = 8;
/// Most commands of a node's data.
pub const MOST_DATA: usize = 500;

in_file! {
    /// A world.
    pub struct World {
        /// Its name on the page, if two are compared.
        #[serde(default)]
        pub title: Option<super::Text>,
        /// Drives all randomness (jitter, replication ids).
        #[serde(default = "one")]
        pub seed: u64,
        /// Settings of all nodes.
        #[serde(default)]
        pub settings: Settings,
        /// The servers, at most 12.
        pub nodes: Vec<Node>,
        /// Links with their own delay or bandwidth. A pair that is not listed has a link as soon as it
        /// is used.
        #[serde(default)]
        pub links: Vec<Link>,
        /// Delay and bandwidth of the pairs not listed.
        #[serde(default)]
        pub other_links: Path,
        /// The clients, at most 8.
        #[serde(default)]
        pub clients: Vec<Client>,
        /// What happens by itself at the start.
        #[serde(default)]
        pub opening: Vec<Timed>,
    }

    /// A server.
    pub struct Node {
        /// A short name: `a`.
        pub name: String,
        /// Its address: `172.16.19.3`. Each node has its own.
        pub host: String,
        /// Its port.
        #[serde(default = "port")]
        pub port: u16,
        /// `replicaof` in its configuration file: the name of its master.
        #[serde(default)]
        pub replica_of: Option<String>,
        /// Whether it is off until a `restart` starts it.
        #[serde(default)]
        pub off: bool,
        /// Its settings, over those of the world.
        #[serde(default)]
        pub settings: Settings,
        /// Commands run on it before anything else: `SET k1 v1`.
        #[serde(default)]
        pub data: Vec<String>,
    }

    /// Delay and bandwidth, the same in both directions.
    #[derive(Copy, Default)]
    pub struct Path {
        /// One-way delay; 200 if left out.
        #[serde(default)]
        pub latency_ms: Option<u32>,
        /// Most additional random delay of a packet (never reorders); 20 if left out.
        #[serde(default)]
        pub jitter_ms: Option<u32>,
        /// Bandwidth; 16384 if left out.
        #[serde(default)]
        pub bytes_per_s: Option<u64>,
        /// Most bytes of one packet of an RDB, so that a transfer is seen as several; 64 if left out.
        #[serde(default)]
        pub rdb_packet: Option<u32>,
    }

    /// A link.
    pub struct Link {
        /// The nodes at its ends.
        pub between: [String; 2],
        /// Delay and bandwidth.
        #[serde(default)]
        pub path: Path,
    }

    /// A client that sends one command after the other.
    pub struct Client {
        /// A short name: `writer`.
        pub name: String,
        /// The node it talks to.
        pub at: String,
        /// Time from one command to the next.
        #[serde(default = "every")]
        pub every_ms: u32,
        /// The command: words in which `{key}` becomes 1 … `keys` in turn and `{n}` the command's number.
        #[serde(default = "command")]
        pub command: String,
        /// Over how many keys to go.
        #[serde(default = "keys")]
        pub keys: u32,
        /// The last word is padded to this many bytes; 0 leaves it as it is.
        #[serde(default)]
        pub pad: u32,
        /// Whether it runs from the start.
        #[serde(default = "yes")]
        pub running: bool,
        /// One-way delay to its node.
        #[serde(default = "latency")]
        pub latency_ms: u32,
    }

    /// Something done at an instant.
    pub struct Timed {
        /// When, since the start.
        pub at_ms: u64,
        /// What.
        #[serde(rename = "do")]
        pub deed: Deed,
    }
}

fn one() -> u64 {
    1
}
fn port() -> u16 {
    6379
}
fn every() -> u32 {
    250
}
fn command() -> String {
    "SET k{key} v{n}".into()
}
fn keys() -> u32 {
    2
}
fn yes() -> bool {
    true
}
fn latency() -> u32 {
    150
}

/// Why a world cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// No such node.
    #[error("there is no node `{0}`")]
    NoNode(String),
    /// Something is out of bounds.
    #[error("allowed is {0}")]
    Bounds(&'static str),
    /// A name, an address or a pair is there twice.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// A deed that has no place in an opening.
    #[error("{0}")]
    Deed(super::deed::DeedError),
}

/// Where in a world's own fields an error is: `nodes[1].replica_of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The list.
    pub list: &'static str,
    /// The item, where it is one item's.
    pub index: Option<u16>,
    /// The item's field.
    pub field: &'static str,
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.index {
            Some(index) => write!(f, "{}[{index}].{}", self.list, self.field),
            None => f.write_str(self.list),
        }
    }
}

fn at(list: &'static str, index: usize, field: &'static str) -> At {
    At { list, index: Some(index as u16), field }
}

impl Path {
    pub(super) fn spec(&self) -> PathSpec {
        let default = PathSpec::default();
        PathSpec {
            latency: self.latency_ms.map_or(default.latency, |ms| Span::from_millis(ms.into())),
            jitter: self.jitter_ms.map_or(default.jitter, |ms| Span::from_millis(ms.into())),
            rate: self.bytes_per_s.map_or(default.rate, Rate::per_second),
            rdb_mss: self.rdb_packet.unwrap_or(default.rdb_mss).max(1),
            ..default
        }
    }
}

impl World {
    fn node(&self, name: &str) -> Result<NodeId, WorldError> {
        let place = self.nodes.iter().position(|node| node.name == name);
        place.map(|n| NodeId(n as u8)).ok_or_else(|| WorldError::NoNode(name.into()))
    }

    /// What a session starts from.
    ///
    /// # Errors
    /// The first thing that cannot be, and its place.
    pub fn spec(&self) -> Result<WorldSpec, (At, WorldError)> {
        self.counts()?;
        let mut spec = WorldSpec::new(Vec::new(), self.seed);
        spec.other_links = self.other_links.spec();
        for (n, node) in self.nodes.iter().enumerate() {
            spec.nodes
                .push(self.node_spec(n, node).map_err(|(field, error)| (at("nodes", n, field), error))?);
        }
        for (n, link) in self.links.iter().enumerate() {
            let end = |name: &String| self.node(name).map_err(|error| (at("links", n, "between"), error));
            let (a, b) = (end(&link.between[0])?, end(&link.between[1])?);
            if a == b || spec.link_between(a, b).is_some() {
                return Err((at("links", n, "between"), WorldError::Twice(link.between.join("-"))));
            }
            spec.links.push(LinkSpec { a, b, path: link.path.spec() });
        }
        // Every pair of a master and its replica has a link that can be cut from the start.
        for n in 0..spec.nodes.len() {
            let b = NodeId(n as u8);
            if let Some(a) = spec.nodes[n].replica_of
                && a != b
                && spec.link_between(a, b).is_none()
            {
                spec.links.push(LinkSpec { a, b, path: self.other_links.spec() });
            }
        }
        for (n, client) in self.clients.iter().enumerate() {
            let fail = |(field, error)| (at("clients", n, field), error);
            if self.clients[..n].iter().any(|other| other.name == client.name) {
                return Err(fail(("name", WorldError::Twice(client.name.clone()))));
            }
            let node = self.node(&client.at).map_err(|error| fail(("at", error)))?;
            spec.clients.push(client.spec(node).map_err(fail)?);
        }
        for (n, timed) in self.opening.iter().enumerate() {
            let fail = |error| (at("opening", n, "do"), WorldError::Deed(error));
            let action = timed.deed.action(&spec).map_err(fail)?;
            spec.opening.push(TimedAction { at: Time::from_millis(timed.at_ms), action });
        }
        Ok(spec)
    }

    fn node_spec(&self, n: usize, node: &Node) -> Result<NodeSpec, (&'static str, WorldError)> {
        if self.nodes[..n].iter().any(|other| other.name == node.name) {
            return Err(("name", WorldError::Twice(node.name.clone())));
        }
        if self.nodes[..n].iter().any(|other| other.host == node.host) {
            return Err(("host", WorldError::Twice(node.host.clone())));
        }
        if !is_name(&node.name) {
            return Err(("name", WorldError::Bounds(NAME)));
        }
        if node.host.is_empty() || node.host.contains(char::is_whitespace) {
            return Err(("host", WorldError::Bounds("an address without spaces")));
        }
        if node.data.len() > MOST_DATA {
            return Err(("data", WorldError::Bounds("at most 500 commands")));
        }
        let mut settings = NodeSettings::default();
        self.settings.apply(&mut settings);
        node.settings.apply(&mut settings);
        check_settings(&settings).map_err(|error| ("settings", error))?;
        let replica_of = node.replica_of.as_deref().map(|name| self.node(name)).transpose();
        Ok(NodeSpec {
            name: node.name.clone(),
            addr: Endpoint::new(&node.host, node.port),
            replica_of: replica_of.map_err(|error| ("replica_of", error))?,
            off: node.off,
            settings,
            data: node.data.clone(),
        })
    }

    fn counts(&self) -> Result<(), (At, WorldError)> {
        let bounds = |list, allowed| Err((At { list, index: None, field: "" }, WorldError::Bounds(allowed)));
        if self.nodes.is_empty() || self.nodes.len() > MOST_NODES {
            return bounds("nodes", "1 to 12");
        }
        if self.clients.len() > MOST_CLIENTS {
            return bounds("clients", "at most 8");
        }
        if self.links.len() > 66 {
            return bounds("links", "at most 66");
        }
        if self.opening.len() > 100 {
            return bounds("opening", "at most 100");
        }
        Ok(())
    }
}

/// What a name may be.
const NAME: &str = "1 to 16 letters, digits, `-` or `_`";

/// Whether a name can be a node's or client's.
pub fn is_name(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.chars().count() <= 16 && name.chars().all(good)
}

fn check_settings(settings: &NodeSettings) -> Result<(), WorldError> {
    if !(16..=1 << 24).contains(&settings.backlog_size) {
        return Err(WorldError::Bounds("16 to 16777216 for `repl-backlog-size`"));
    }
    if !(1..=3600).contains(&settings.repl_timeout) || !(1..=3600).contains(&settings.ping_period) {
        return Err(WorldError::Bounds("1 to 3600 for `repl-timeout` and `repl-ping-replica-period`"));
    }
    Ok(())
}

impl Client {
    fn spec(&self, at: NodeId) -> Result<ClientSpec, (&'static str, WorldError)> {
        let bounds = |field, allowed| Err((field, WorldError::Bounds(allowed)));
        if !is_name(&self.name) {
            return bounds("name", NAME);
        }
        if !(5..=3_600_000).contains(&self.every_ms) {
            return bounds("every_ms", "5 to 3600000");
        }
        if self.command.trim().is_empty() {
            return bounds("command", "a command of one word and more");
        }
        if self.keys == 0 || self.pad > 65_536 {
            return bounds("pad", "0 to 65536, and 1 or more `keys`");
        }
        let writes = WriteLoad {
            every: Span::from_millis(self.every_ms.into()),
            keys: self.keys,
            command: self.command.clone(),
            pad: self.pad,
            ..WriteLoad::default()
        };
        Ok(ClientSpec {
            name: self.name.clone(),
            at,
            latency: Span::from_millis(self.latency_ms.into()),
            writes,
            running: self.running,
        })
    }
}

/// The link between two named nodes.
pub(super) fn link_named(spec: &WorldSpec, pair: &[String; 2]) -> Option<LinkId> {
    spec.link_between(spec.node_named(&pair[0])?, spec.node_named(&pair[1])?)
}
