//! The world: servers, links and clients, and the one queue of what happens next.
//!
//! [`World::step`] runs the next thing that is due; [`World::advance`] runs everything up to an
//! instant. A world is a value: cloning it is cheap (bytes on the wire and the trace are shared), so
//! time travel keeps clones and a question is answered by running one.
//!
//! ```no_run
//! use psync_lab::redis::Time;
//! use psync_lab::sim::{Action, LinkId, World, WorldSpec};
//!
//! let mut world = World::new(&WorldSpec::course());
//! world.advance(Time::from_millis(20_000));
//! world.act(&Action::Cut(LinkId(0))).unwrap();
//! let mut what_if = world.clone();
//! what_if.act(&Action::Heal(LinkId(0))).unwrap();
//! what_if.advance(Time::from_millis(30_000));
//! for entry in what_if.trace().since(world.trace().len()) {
//!     println!("{}", what_if.line(entry));
//! }
//! ```

use super::client::{Client, Exchange};
use super::ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
use super::link::Link;
use super::log::Log;
use super::node::Node;
use super::numbered::Numbered;
use super::packet::Packet;
use super::peers::Peers;
use super::queue::{Due, Queue};
use super::spec::{ClientSpec, WorldSpec, WriteLoad};
use super::trace::{CloseReason, Trace, What};
use super::wire::{Flying, Wire};
use crate::redis::{ConnId, Effects, Span, Time, VecMap};
use std::collections::VecDeque;
use std::rc::Rc;

/// More things at one instant than this cannot be meant.
const MOST_AT_ONCE: u32 = 100_000;
/// One-way delay between a node and its console.
const CONSOLE_LATENCY: Span = Span::from_millis(1);

/// Servers, links and clients at one instant.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) spec: Rc<WorldSpec>,
    pub(super) now: Time,
    pub(super) queue: Queue,
    pub(super) nodes: Vec<Node>,
    pub(super) links: Vec<Link>,
    pub(super) clients: Vec<Client>,
    pub(super) wires: Numbered<WireId, Wire>,
    pub(super) flights: Numbered<PacketId, Flying>,
    pub(super) wires_made: u32,
    pub(super) packets_made: u32,
    pub(super) effects: Effects,
    pub(super) trace: Trace,
    /// The last reply to a client: the next is likely the same.
    pub(super) answer: Rc<[u8]>,
    peers: Peers,
    steps: u64,
    at_once: u32,
    stuck: bool,
}

impl World {
    /// The world at its start, time zero. The spec's `opening` actions are not done here: a
    /// [`Session`](super::Session) does them in time.
    pub fn new(spec: &WorldSpec) -> Self {
        let spec = Rc::new(spec.clone());
        let mut world = Self {
            now: Time::ZERO,
            queue: Queue::default(),
            nodes: Vec::new(),
            links: Vec::new(),
            clients: Vec::new(),
            wires: Numbered::default(),
            flights: Numbered::default(),
            wires_made: 0,
            packets_made: 0,
            effects: Effects::new(),
            trace: Trace::default(),
            answer: Rc::from([]),
            peers: Peers::default(),
            steps: 0,
            at_once: 0,
            stuck: false,
            spec: Rc::clone(&spec),
        };
        world.build(&spec);
        world
    }

    fn build(&mut self, spec: &WorldSpec) {
        for (n, node) in spec.nodes.iter().enumerate() {
            let master = node.replica_of.and_then(|of| spec.nodes.get(of.index()));
            self.nodes.push(Node {
                id: NodeId(n as u8),
                name: node.name.as_str().into(),
                addr: node.addr.clone(),
                settings: Rc::new(node.settings.clone()),
                replica_of: master.map(|master| master.addr.clone()),
                server: None,
                starts: 0,
                paused: false,
                asleep_until: None,
                rdb: None,
                saving: Vec::new(),
                inbox: VecDeque::new(),
                conns: VecMap::default(),
                accepted: 0,
                timer: None,
                timer_turn: 0,
                rdb_entries: [None; 2],
            });
        }
        for (n, link) in spec.links.iter().enumerate() {
            self.links.push(Link::new(LinkId(n as u16), link.a, link.b, link.path, spec.seed));
        }
        let console = |(n, node): (usize, &super::spec::NodeSpec)| ClientSpec {
            name: format!("{}>", node.name),
            at: NodeId(n as u8),
            latency: CONSOLE_LATENCY,
            writes: WriteLoad::default(),
            running: false,
        };
        let consoles = spec.nodes.iter().enumerate().map(console).map(|spec| (spec, true));
        for (client, console) in spec.clients.iter().cloned().map(|spec| (spec, false)).chain(consoles) {
            let id = ClientId(self.clients.len() as u8);
            self.clients.push(Client::new(id, &client, console));
            self.restart_ticks(id, None);
        }
        for (n, node) in spec.nodes.iter().enumerate() {
            let id = NodeId(n as u8);
            if node.off {
                continue;
            }
            self.start(id, None);
            for line in &node.data {
                let words: Vec<&[u8]> = line.split_whitespace().map(str::as_bytes).collect();
                self.operate(id, &words, None);
            }
        }
    }

    /// What the world started from.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// The instant the world is at.
    pub fn now(&self) -> Time {
        self.now
    }

    /// When the next thing is due.
    pub fn next_at(&self) -> Option<Time> {
        self.queue.next_at().filter(|_| !self.stuck)
    }

    /// How many steps were run.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Runs the next thing that is due, and says whether there was one.
    pub fn step(&mut self) -> bool {
        self.run_by(Time::MAX, 0)
    }

    /// Runs everything due up to and including `to`, then it is `to`.
    pub fn advance(&mut self, to: Time) {
        while self.run_by(to, u32::MAX) {}
        if to > self.now {
            self.now = to;
            self.at_once = 0;
        }
    }

    /// Runs the next thing if it is due by `to`, and at most `more` that follow it in a row; says whether
    /// there was one.
    #[inline(never)]
    fn run_by(&mut self, to: Time, more: u32) -> bool {
        if self.stuck {
            return false;
        }
        let Some(item) = self.queue.pop_by(to, more) else { return false };
        if item.at > self.now {
            self.now = item.at;
            self.at_once = 0;
        }
        let row = item.more + 1;
        let runs = row.min(MOST_AT_ONCE - self.at_once);
        self.steps += u64::from(runs);
        self.at_once += runs;
        match item.due {
            Due::Serialized(first) => self.serialized(first, runs),
            due => (0..runs).for_each(|n| self.run(due.later(n), item.cause)),
        }
        if runs < row {
            self.steps += 1;
            self.stuck = true;
            self.note(None, None, What::Stuck);
        }
        !self.stuck
    }

    #[inline]
    fn run(&mut self, due: Due, cause: Option<EntryId>) {
        match due {
            Due::Serialized(packet) => self.serialized(packet, 1),
            Due::Arrive(packet) => self.arrive(packet),
            Due::Vanish(packet) => self.lose(packet, cause),
            Due::Forget(packet) => {
                self.flights.remove(packet);
            }
            Due::Retry(wire) => self.retry_syn(wire, cause),
            Due::Unreachable { node, start, conn } => {
                let this = &self.nodes[node.index()];
                if let Some(&(wire, _)) = this.conns.get(&conn).filter(|_| this.starts == start) {
                    let why = CloseReason::Unreachable;
                    let what = What::Closed { wire, conn, why };
                    let entry = self.note(Some(Party::Node(node)), cause, what);
                    self.feed(node, super::node::Incoming::Closed { conn }, Some(entry));
                }
            }
            Due::Timer { node, turn } => self.timer(node, turn),
            Due::Wake { node, start } => {
                if self.nodes[node.index()].starts == start {
                    self.drain(node);
                }
            }
            Due::Saved { node, start, job } => self.saved(node, start, job, cause),
            Due::Tick { client, turn } => self.tick(client, turn),
            Due::Dial { client } => self.dial(client, cause),
        }
    }

    /// The nodes, in the order of the spec.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// The links, those of the spec first.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }

    /// One link.
    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.index())
    }

    /// The link between two nodes, in either order, if there is one yet.
    pub fn link_between(&self, a: NodeId, b: NodeId) -> Option<&Link> {
        self.links.iter().find(|link| (link.a, link.b) == (a, b) || (link.a, link.b) == (b, a))
    }

    /// The clients of the spec (consoles left out).
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().filter(|client| !client.console)
    }

    /// One client or console.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id.index())
    }

    /// The console of a node.
    pub fn console(&self, node: NodeId) -> Option<&Client> {
        self.clients.get(self.spec.clients.len() + node.index()).filter(|client| client.console)
    }

    /// Commands and replies of a client, oldest first; like [`Client::log`].
    pub fn client_log(&self, id: ClientId) -> Option<&Log<Exchange>> {
        self.client(id).map(Client::log)
    }

    /// What is on the wire now, with bytes in it, what waits for the wire at its sender
    /// ([`Packet::held`]), and what was lost a moment ago; oldest first.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> {
        self.all_packets().filter(|packet| !packet.kind.is_control())
    }

    /// Like [`packets`](Self::packets), with TCP's own empty ones.
    pub fn all_packets(&self) -> impl Iterator<Item = Packet<'_>> {
        self.flights.iter().map(|(id, flying)| Packet {
            id,
            wire: flying.wire,
            link: flying.route.link,
            from: flying.route.from,
            to: flying.route.to,
            kind: flying.kind,
            bytes: &flying.bytes,
            sent: flying.sent,
            arrives: flying.arrives,
            lost_at: flying.lost_at,
            held: flying.held || flying.sent > self.now,
            stream: flying.stream(),
            entry: flying.entry,
        })
    }

    /// Who is (or was last) at the other end of a server's connection.
    pub fn peer(&self, node: NodeId, conn: ConnId) -> Option<Party> {
        self.peers.get(node, conn)
    }

    /// Whether bytes on their way to a server's end of a connection were swallowed: what is sent after them
    /// cannot be delivered, though neither end has noticed.
    pub fn swallowed(&self, node: NodeId, conn: ConnId) -> bool {
        let end = self.node(node).and_then(|node| node.conns.get(&conn));
        let wire = end.and_then(|(wire, end)| Some(&self.wires.get(*wire)?.ends[usize::from(1 - end)]));
        wire.is_some_and(|peer| peer.broken)
    }

    /// The node at the other end of a server's connection, if both ends are open.
    pub(super) fn live_peer(&self, node: NodeId, conn: ConnId) -> Option<NodeId> {
        let (wire, end) = self.node(node)?.conns.get(&conn)?;
        let peer = &self.wires.get(*wire)?.ends[usize::from(1 - end)];
        peer.route.from.node().filter(|_| peer.state == super::wire::EndState::Open)
    }

    /// The record of what happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The name a person gave to a node or client; empty if there is no such party.
    pub fn name(&self, party: Party) -> &str {
        match party {
            Party::Node(id) => self.node(id).map_or("", |node| &node.name),
            Party::Client(id) => self.client(id).map_or("", |client| &client.name),
        }
    }

    /// Whether the world stands still because too much happened at one instant: a fault in this
    /// program.
    pub fn stuck(&self) -> bool {
        self.stuck
    }

    #[inline(never)]
    pub(super) fn note(&mut self, party: Option<Party>, cause: Option<EntryId>, what: What) -> EntryId {
        self.trace.push(self.now, party, cause, move || what)
    }

    pub(super) fn remember_peer(&mut self, node: NodeId, conn: ConnId, peer: Party) {
        self.peers.insert(node, conn, peer);
    }
}
