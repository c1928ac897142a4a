//! What a step highlights, with numbers of the world instead of names.

use crate::lesson::event::Packet;
use crate::lesson::{Deed, Scope, Show, Step};
use crate::sim::{ClientId, LinkId, NodeId, WorldSpec};

/// What is highlighted in one world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shine {
    /// Cards.
    pub nodes: Vec<NodeId>,
    /// Links.
    pub links: Vec<LinkId>,
    /// Clients.
    pub clients: Vec<ClientId>,
    /// Whose backlog is chosen.
    pub ring: Option<NodeId>,
    /// Bytes in it, first and last.
    pub bytes: Option<(NodeId, u64, u64)>,
    /// The History view.
    pub history: bool,
    /// The log.
    pub log: bool,
    /// Whose console is chosen.
    pub console: Option<NodeId>,
    /// A kind of packets, by the name that the style sheet knows.
    pub packets: Option<&'static str>,
    /// The same in the second world.
    pub other: Option<Box<Self>>,
}

impl Shine {
    /// What a step highlights.
    pub fn of(step: &Step, scope: &Scope<'_>) -> Self {
        let mut shine = Self::default();
        for show in &step.show {
            shine.add(show, scope);
        }
        shine
    }

    fn other(&mut self) -> &mut Self {
        self.other.get_or_insert_default()
    }

    fn add(&mut self, show: &Show, scope: &Scope<'_>) {
        let (spec, node) = (scope.world().spec(), |name: &String| scope.node(name));
        match show {
            Show::Node(name) => self.nodes.extend(node(name)),
            Show::Link(pair) => self.links.extend(link(spec, pair)),
            Show::Client(name) => self.clients.extend(client(spec, name)),
            Show::Ring(name) => self.ring = node(name),
            Show::Bytes { node: name, from, to } => {
                let number = |probe: &crate::lesson::Probe| u64::try_from(probe.read(scope).number()?).ok();
                if let (Some(node), Some(from), Some(to)) = (node(name), number(from), number(to)) {
                    self.ring = Some(node);
                    self.bytes = Some((node, from, to));
                }
            }
            Show::History | Show::Chart => self.history = true,
            Show::Log => self.log = true,
            Show::Console(name) => self.console = node(name),
            Show::Packets(packet) => self.packets = Some(name_of(*packet)),
            Show::Other(show) => {
                if let Some(other) = scope.other() {
                    self.other().add(show, &other);
                }
            }
        }
    }

    /// Points at where a deed is done.
    pub fn point_at(&mut self, deed: &Deed, scope: &Scope<'_>) {
        let spec = scope.world().spec();
        let node = |name: &String| scope.node(name);
        match deed {
            Deed::Cut(pair) | Deed::Heal(pair) => self.links.extend(link(spec, pair)),
            Deed::Link { between, .. } | Deed::Path { between, .. } => self.links.extend(link(spec, between)),
            Deed::Command { node: name, .. } => self.console = node(name),
            Deed::Replicaof { node: name, .. }
            | Deed::Promote(name)
            | Deed::Kill(name)
            | Deed::Restart { node: name, .. }
            | Deed::Pause(name)
            | Deed::Resume(name) => self.nodes.extend(node(name)),
            Deed::Start(name) | Deed::Stop(name) | Deed::Rate { client: name, .. } => {
                self.clients.extend(client(spec, name));
            }
            Deed::Other(deed) => {
                if let Some(other) = scope.other() {
                    self.other().point_at(deed, &other);
                }
            }
            Deed::WaitMs(_) | Deed::WaitFor(_) => {}
        }
    }
}

fn link(spec: &WorldSpec, pair: &[String; 2]) -> Option<LinkId> {
    spec.link_between(spec.node_named(&pair[0])?, spec.node_named(&pair[1])?)
}

fn client(spec: &WorldSpec, name: &str) -> Option<ClientId> {
    spec.clients.iter().position(|client| client.name == name).map(|n| ClientId(n as u8))
}

fn name_of(packet: Packet) -> &'static str {
    match packet {
        Packet::Request | Packet::Stream => "cmd",
        Packet::Handshake => "shake",
        Packet::Reply => "reply",
        Packet::Rdb => "rdb",
        Packet::Heartbeat | Packet::Keepalive => "beat",
        Packet::Ack => "ack",
    }
}
