//! The nodes and links at an instant, as the Now view and its twin tables show them.
//!
//! Every number is read from the servers; a lag is the difference of two offsets.

use super::format::value_of;
use super::history::Record;
use super::status::{Fate, Outcome};
use crate::redis::{FullReason, MasterLinkInfo, ReplState, ReplicaInfo, ReplicaPhase, Server, Span};
use crate::sim::{ClientId, LinkId, LinkMode, Node, NodeId, Party, World};

/// What a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It takes writes.
    Master,
    /// It follows a master.
    Replica,
    /// Its process does not run.
    Down,
}

/// What a node is called on the page: `master`, `replica A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its role now.
    pub role: Role,
    /// Its letter, which never changes: its name if that is one letter.
    pub tag: char,
}

/// How far a replica is on its way to its master's stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No connection; it will try again.
    Offline,
    /// Dialling.
    Connecting,
    /// `PING`, `REPLCONF`.
    Handshake,
    /// `PSYNC` is sent.
    Asking,
    /// `+FULLRESYNC` is read, no RDB byte yet.
    WaitingForRdb,
    /// The RDB arrives.
    Transfer {
        /// Bytes received.
        got: u64,
        /// Of so many, once known.
        total: Option<u64>,
    },
    /// The RDB is being loaded.
    Loading,
    /// The stream flows. Masters are always here.
    Online,
}

/// A key and its value on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Whether the master has something else there by now.
    pub stale: bool,
}

/// How full something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// Bytes in it.
    pub used: u64,
    /// Bytes it may hold; 0 for no limit.
    pub size: u64,
}

/// What a master keeps for one of its replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// The replica, if it is a node of the world.
    pub of: Option<Name>,
    /// Its output buffer (replication buffer) and the limit at which the connection is closed.
    pub gauge: Gauge,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCard {
    /// Which.
    pub id: NodeId,
    /// What it is called.
    pub name: Name,
    /// `172.16.19.3:6379`.
    pub addr: String,
    /// `172.16.19.3`.
    pub host: String,
    /// Whether its process runs.
    pub alive: bool,
    /// Its offset.
    pub offset: u64,
    /// How far a replica is.
    pub phase: Phase,
    /// Bytes of its master's history it does not hold.
    pub lag: u64,
    /// How old the first of them is.
    pub lag_for: Option<Span>,
    /// What becomes of them.
    pub fate: Fate,
    /// Its process is stopped for a while.
    pub paused: bool,
    /// The first digits of its replication id.
    pub replid: String,
    /// What its backlog holds.
    pub backlog: Option<Gauge>,
    /// What it keeps for its replicas.
    pub buffers: Vec<Buffer>,
    /// For a node whose link is cut: the answer it would get if it could ask now.
    pub outcome: Option<Outcome>,
    /// Whether it holds a part of its master's history that it could go on from.
    pub resumes: bool,
    /// Whom it follows.
    pub master: Option<NodeId>,
    /// Replicas attached and online.
    pub online: u64,
    /// Servers that follow it, attached or not.
    pub followers: u64,
    /// Its first keys.
    pub keys: Vec<KeyRow>,
    /// Keys not shown.
    pub more_keys: usize,
}

/// One link that replication uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkLine {
    /// Which.
    pub id: LinkId,
    /// The end nearer to the master.
    pub upper: NodeId,
    /// The other end.
    pub lower: NodeId,
    /// What it does with bytes.
    pub mode: LinkMode,
}

/// One write client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPill {
    /// Which.
    pub id: ClientId,
    /// The node it talks to.
    pub at: NodeId,
    /// Whether it writes.
    pub running: bool,
    /// Time from one write to the next.
    pub every: Span,
}

/// Nodes, links and clients at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// In the order of the world.
    pub nodes: Vec<NodeCard>,
    /// Links that carry, or would carry, a replication stream.
    pub links: Vec<LinkLine>,
    /// Clients that write.
    pub clients: Vec<ClientPill>,
}

/// A card has room for so many keys.
pub const KEYS_SHOWN: usize = 3;

impl Name {
    /// The name of a node as it is now.
    pub fn of(node: &Node) -> Self {
        let role = match node.server() {
            None => Role::Down,
            Some(server) if server.is_master() => Role::Master,
            Some(_) => Role::Replica,
        };
        let mut letters = node.name.chars();
        let tag = match (letters.next(), letters.next(), node.id.0) {
            (Some(letter), None, _) => letter,
            (.., 0) => 'M',
            (.., n @ 1..=26) => (b'A' + n - 1) as char,
            _ => '#',
        };
        Self { role, tag }
    }
}

impl NodeCard {
    /// Whether it is drawn with the same shapes: what else differs are numbers, which move from frame to
    /// frame.
    pub fn looks_like(&self, other: &Self) -> bool {
        let shape = |card: &Self| {
            let total = matches!(card.phase, Phase::Transfer { total: Some(_), .. });
            (
                (card.id, card.name, std::mem::discriminant(&card.phase), total),
                (card.paused, card.outcome.is_some(), card.backlog.is_some(), card.buffers.len()),
            )
        };
        let followers = || self.buffers.iter().map(|buffer| buffer.of);
        shape(self) == shape(other)
            && followers().eq(other.buffers.iter().map(|buffer| buffer.of))
            && (&self.replid, &self.addr) == (&other.replid, &other.addr)
            && self.keys.len() == other.keys.len()
            && self.keys.iter().zip(&other.keys).all(|(a, b)| (&a.key, a.stale) == (&b.key, b.stale))
    }
}

impl Scene {
    /// The scene of a world. The record knows which replicas broke off a full sync.
    pub fn of(world: &World, record: &Record) -> Self {
        let nodes: Vec<_> = world.nodes().iter().map(|node| card(world, record, node)).collect();
        let links = world.links().filter_map(|link| {
            let follows = |x: NodeId, y: NodeId| nodes.get(x.index()).is_some_and(|n| n.master == Some(y));
            let (upper, lower) = match () {
                () if follows(link.b, link.a) => (link.a, link.b),
                () if follows(link.a, link.b) => (link.b, link.a),
                () => return None,
            };
            Some(LinkLine { id: link.id, upper, lower, mode: link.mode })
        });
        let links = links.collect();
        let clients = world.clients().map(|client| ClientPill {
            id: client.id,
            at: client.at,
            running: client.running,
            every: client.every,
        });
        Self { links, clients: clients.collect(), nodes }
    }

    /// Whether everything stands where it would stand in another scene: who follows whom, which links
    /// and clients there are.
    pub fn has_shape_of(&self, other: &Self) -> bool {
        let shape = |node: &NodeCard| (node.id, node.master, node.followers > 0);
        self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(|(a, b)| shape(a) == shape(b))
            && self.links.len() == other.links.len()
            && self.links.iter().zip(&other.links).all(|(a, b)| LinkLine { mode: b.mode, ..*a } == *b)
            && self.clients.len() == other.clients.len()
            && self.clients.iter().zip(&other.clients).all(|(a, b)| (a.id, a.at) == (b.id, b.at))
    }

    /// The card of a node.
    pub fn node(&self, id: NodeId) -> Option<&NodeCard> {
        self.nodes.get(id.index())
    }

    /// The node whose backlog is shown unless another is chosen: the first master with followers.
    pub fn root(&self) -> Option<&NodeCard> {
        let masters = || self.nodes.iter().filter(|node| node.name.role == Role::Master);
        masters().find(|node| node.followers > 0).or_else(|| masters().next())
    }
}

fn master_of<'a>(world: &'a World, link: &MasterLinkInfo) -> Option<&'a Node> {
    world.nodes().iter().find(|node| node.addr == link.master)
}

fn card(world: &World, record: &Record, node: &Node) -> NodeCard {
    let mut card = NodeCard {
        id: node.id,
        name: Name::of(node),
        addr: node.addr.to_string(),
        host: node.addr.host.to_string(),
        alive: node.alive(),
        offset: 0,
        phase: Phase::Online,
        lag: 0,
        lag_for: None,
        fate: Fate::Coming,
        paused: node.paused(),
        replid: String::new(),
        backlog: None,
        buffers: Vec::new(),
        outcome: None,
        resumes: false,
        master: None,
        online: 0,
        followers: 0,
        keys: Vec::new(),
        more_keys: 0,
    };
    let Some(server) = node.server() else {
        card.phase = Phase::Offline;
        return card;
    };
    card.offset = server.offset().get();
    card.replid = format!("{:.8}", server.repl_id());
    card.backlog = server.backlog().map(|log| Gauge { used: log.histlen, size: log.size });
    let attached = server.replicas(world.now());
    let size = server.config().limit_replica.hard;
    let buffer = |replica: &ReplicaInfo| {
        let peer = world.peer(node.id, replica.conn).and_then(Party::node);
        let of = peer.and_then(|id| world.node(id)).map(Name::of);
        Buffer { of, gauge: Gauge { used: replica.output_buffer, size } }
    };
    card.buffers = attached.iter().map(buffer).collect();
    card.online = attached.iter().filter(|replica| replica.phase == ReplicaPhase::Online).count() as u64;
    let follows = |other: &&Node| {
        let link = other.server().and_then(Server::master_link);
        link.is_some_and(|link| link.master == node.addr)
    };
    card.followers = world.nodes().iter().filter(follows).count() as u64;
    let link = server.master_link();
    let master = link.as_ref().and_then(|link| master_of(world, link));
    if let Some(link) = &link {
        card.phase = phase(link);
        card.master = master.map(|master| master.id);
        // Calling a dead master is no sync.
        if master.is_some_and(|master| master.server().is_none()) && card.phase != Phase::Online {
            card.phase = Phase::Offline;
        }
    }
    if let Some((above, link)) = master.and_then(Node::server).zip(link.as_ref()) {
        // In a full sync it has no link to go on from, though it may hold a part of the same history.
        let held = if server.repl_id() == above.repl_id() { server.offset() } else { link.applied };
        card.lag = above.offset() - held;
        if let Some(master) = card.master.filter(|_| card.lag > 0) {
            card.fate = Fate::of(world, master, node, link.conn);
            let missed = record.passed(master, held.get(), world.now());
            card.lag_for = missed.map(|at| world.now().since(at));
        }
        let whole = record.has_history(node.id, world.now());
        card.resumes = whole && server.repl_id() == above.repl_id();
        let cut = master.and_then(|master| world.link_between(node.id, master.id));
        if cut.is_some_and(|link| link.mode != LinkMode::Up) && card.phase != Phase::Online {
            card.outcome = Some(outcome(whole, server, link, above));
        }
    }
    let top = master.and_then(Node::server);
    (card.keys, card.more_keys) = keys(server, top);
    card
}

fn phase(link: &MasterLinkInfo) -> Phase {
    match link.state {
        ReplState::None | ReplState::Connect => Phase::Offline,
        ReplState::Connecting => Phase::Connecting,
        ReplState::ReceivePingReply | ReplState::ReceiveHandshakeReplies => Phase::Handshake,
        ReplState::ReceivePsyncReply => Phase::Asking,
        ReplState::Transfer => match link.rdb {
            None | Some((0, None)) => Phase::WaitingForRdb,
            Some((got, total)) => Phase::Transfer { got, total },
        },
        ReplState::Loading => Phase::Loading,
        ReplState::Connected => Phase::Online,
    }
}

/// The verdict of `masterTryPartialResynchronization` for what this replica would ask now.
fn outcome(whole: bool, server: &Server, link: &MasterLinkInfo, above: &Server) -> Outcome {
    let next = link.applied.next();
    if !whole {
        return Outcome::Full(FullReason::Asked);
    }
    let known = server.repl_id() == above.repl_id();
    match above.repl_id2() {
        _ if known => {}
        Some((second, limit)) if second == server.repl_id() => {
            if next > limit {
                return Outcome::Full(FullReason::PastSecondOffset { limit });
            }
        }
        _ => return Outcome::Full(FullReason::UnknownId),
    }
    match above.backlog() {
        None => Outcome::Full(FullReason::NoBacklog),
        Some(log) if next < log.first => Outcome::Full(FullReason::Overwritten { first: log.first }),
        Some(_) if next > above.offset().next() => {
            Outcome::Full(FullReason::Ahead { next: above.offset().next() })
        }
        Some(_) => Outcome::Partial,
    }
}

fn keys(server: &Server, master: Option<&Server>) -> (Vec<KeyRow>, usize) {
    let db = server.keyspace().db(0);
    let rows = db.iter().take(KEYS_SHOWN).map(|(key, entry)| KeyRow {
        key: value_of(key, 12),
        value: value_of(&entry.value, 16),
        stale: master.is_some_and(|master| {
            master.keyspace().db(0).get(key).is_none_or(|newer| newer.value != entry.value)
        }),
    });
    (rows.collect(), db.len().saturating_sub(KEYS_SHOWN))
}
