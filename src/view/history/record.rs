//! What the views keep of a session's past, gathered from the trace as it grows.
//!
//! Going back in time leaves the record as it is: the same branch has the same future. Another branch
//! has another record.

use super::density::Density;
use super::series::{Fed, Message, Messages, Steps};
use crate::redis::{Event, ReplState, StreamKind, Time};
use crate::sim::{BranchId, Entry, LinkId, LinkMode, Mark, NodeId, PacketId, Party, Session, What, World};
use crate::view::flights::kind;
use crate::view::log::{Line, Told};
use crate::view::scene::Role;

/// A time during which a link did not pass bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The link.
    pub link: LinkId,
    /// What it did with them.
    pub mode: LinkMode,
    /// The end that followed the other, if one did.
    pub lower: Option<NodeId>,
    /// From.
    pub from: Time,
    /// Until; `None` if it lasts.
    pub until: Option<Time>,
}

/// A time during which a node took a full copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sync {
    /// The node.
    pub node: NodeId,
    /// From.
    pub from: Time,
    /// Until; `None` if it lasts.
    pub until: Option<Time>,
}

/// A branch of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Which.
    pub id: BranchId,
    /// The branch it left.
    pub parent: Option<BranchId>,
    /// When it left.
    pub from: Time,
    /// How far it was ever run.
    pub reach: Time,
    /// Whether it is the one shown.
    pub on: bool,
}

/// What a node may be, as [`Record::roles`] numbers it.
pub(super) const ROLES: [Role; 3] = [Role::Down, Role::Master, Role::Replica];

/// What happened so far, in the form the views draw.
#[derive(Clone, Debug, Default)]
pub struct Record {
    seen: u32,
    /// Each node's offset.
    pub offsets: Vec<Steps>,
    /// The oldest byte of each node's backlog.
    pub oldest: Vec<Steps>,
    /// What each node was since when: 0 down, 1 a master, 2 a replica.
    pub roles: Vec<Steps>,
    /// Whom each node follows, or did when it ran last; `None` as well for what is no node of the world.
    follows: Vec<Option<NodeId>>,
    /// The stretches of each node's stream.
    pub fed: Vec<Fed>,
    /// Messages between nodes, in the order of their packets.
    pub messages: Messages,
    /// How many messages there were at which time.
    pub density: Density,
    /// Places in `messages` of those that were lost.
    pub losses: Vec<u32>,
    /// Instants of note, oldest first.
    pub marks: Vec<Mark>,
    /// The session's branches.
    pub forks: Vec<Fork>,
    /// Cuts, oldest first.
    pub cuts: Vec<Cut>,
    /// Full copies, oldest first.
    pub syncs: Vec<Sync>,
    /// Lines of the event log, oldest first.
    pub lines: Vec<Line>,
    /// When each node gave up its history for a full copy (0), and when it had one again (1).
    histories: Vec<Steps>,
}

impl Record {
    /// Takes in what is new in the trace.
    pub fn follow(&mut self, world: &World) {
        let nodes = world.nodes().len();
        for spec in world.spec().nodes.iter().skip(self.roles.len()) {
            let role = if spec.off { 0 } else { 1 + u64::from(spec.replica_of.is_some()) };
            self.roles.push(Steps::default());
            self.role(self.roles.len() - 1, Time::ZERO, role);
            self.follows.push(spec.replica_of);
        }
        for lists in [&mut self.offsets, &mut self.oldest, &mut self.histories] {
            lists.resize_with(nodes, Steps::default);
        }
        self.fed.resize_with(nodes, Fed::default);
        if world.trace().len() <= self.seen {
            return;
        }
        for entry in world.trace().since(self.seen) {
            self.take(world, entry);
            if let Some(line) = Line::of(world, entry).filter(|line| !self.repeats(line)) {
                self.lines.push(line);
            }
        }
        self.seen = world.trace().len();
    }

    /// Takes in what is new in a session: its trace, its marks and its branches.
    pub fn follow_session(&mut self, session: &mut Session) {
        self.follow(session.world());
        let marks = session.marks();
        if self.marks.len() != marks.len() {
            self.marks = marks.to_vec();
        }
        let on = session.branch();
        self.forks.clear();
        self.forks.extend(session.branches().map(|branch| Fork {
            id: branch.id,
            parent: branch.parent,
            from: branch.from,
            reach: branch.reach,
            on: branch.id == on,
        }));
    }

    /// Whether a node's data set was whole at an instant: a full sync that broke off leaves a replica
    /// without a history to go on from.
    pub fn has_history(&self, node: NodeId, at: Time) -> bool {
        self.histories.get(node.index()).and_then(|steps| steps.at(at)).is_none_or(|(_, has)| has > 0)
    }

    /// When a node's offset first went past this one, seen at an instant.
    pub fn passed(&self, node: NodeId, offset: u64, at: Time) -> Option<Time> {
        self.offsets.get(node.index())?.above(offset, at)
    }

    /// The lines up to this world's instant.
    pub fn lines_until(&self, world: &World) -> &[Line] {
        &self.lines[..self.lines.partition_point(|line| line.id < world.trace().len())]
    }

    /// Whether the node told the same last: a replica without a network tries again each second.
    fn repeats(&self, line: &Line) -> bool {
        let again = Told::Server(Event::LinkState { to: ReplState::Connect });
        let same = |other: &&Line| other.node.tag == line.node.tag;
        line.told == again && self.lines.iter().rfind(same).is_some_and(|other| other.told == again)
    }

    /// The node whose lane tells of a link, at an instant when it stopped passing bytes or passed them again.
    pub(super) fn lane_of(&self, link: LinkId, at: Time) -> Option<NodeId> {
        self.cuts.iter().rfind(|cut| cut.link == link && cut.from <= at)?.lower
    }

    /// What a node is from an instant on.
    fn role(&mut self, n: usize, at: Time, role: u64) {
        if let Some(roles) = self.roles.get_mut(n)
            && roles.at(at).map(|step| step.1) != Some(role)
        {
            roles.put(at, role);
        }
    }

    fn take(&mut self, world: &World, entry: &Entry) {
        let at = entry.at;
        let node = entry.party.and_then(Party::node);
        match &entry.what {
            What::Server(event) => {
                if let Some(node) = node {
                    self.turned(world, at, node, event);
                    self.server(at, node, event);
                }
            }
            What::Down => {
                if let Some(node) = node {
                    self.role(node.index(), at, 0);
                }
            }
            What::Up { offset, .. } => {
                if let Some(node) = node {
                    let n = node.index();
                    // What its configuration file says, whatever it was told before.
                    let follows = world.spec().nodes.get(n).and_then(|spec| spec.replica_of);
                    self.turn(n, at, follows.is_some(), follows);
                    if let Some(offsets) = self.offsets.get_mut(n) {
                        offsets.put(at, offset.get());
                    }
                }
            }
            What::Sent(sent) => {
                if let (Some(from), Some(to), Some(kind)) = (node, sent.to.node(), kind(sent.kind)) {
                    let (packet, entry) = (sent.packet, entry.id);
                    let message = Message { packet, entry, from, to, kind, sent: at, end: None, lost: false };
                    self.density.add(from, to, message.look(), at);
                    self.messages.push(&message);
                }
            }
            What::Delivered { packet, .. } => self.finish(*packet, at, false),
            What::Lost { packet } => self.finish(*packet, at, true),
            What::LinkMode { link, mode } => self.link(world, at, *link, *mode),
            _ => {}
        }
    }

    fn finish(&mut self, packet: PacketId, at: Time, lost: bool) {
        let place = self.messages.finish(packet, at, lost);
        self.losses.extend(place.filter(|_| lost).map(|n| n as u32));
    }

    fn link(&mut self, world: &World, at: Time, id: LinkId, mode: LinkMode) {
        if let Some(cut) = self.cuts.iter_mut().rfind(|cut| cut.link == id && cut.until.is_none()) {
            cut.until = Some(at);
        }
        let Some(link) = world.link(id).filter(|_| mode != LinkMode::Up) else { return };
        let follows = |end: &NodeId| self.follows.get(end.index()) == Some(&Some(link.other(*end)));
        let lower = [link.a, link.b].into_iter().find(follows);
        self.cuts.push(Cut { link: id, mode, lower, from: at, until: None });
    }

    /// A node follows another one, or none.
    fn turned(&mut self, world: &World, at: Time, node: NodeId, event: &Event) {
        let master = match event {
            Event::BecameMaster => None,
            Event::BecameReplica { of } => {
                world.nodes().iter().find(|other| other.addr == *of).map(|of| of.id)
            }
            _ => return,
        };
        self.turn(node.index(), at, matches!(event, Event::BecameReplica { .. }), master);
    }

    fn turn(&mut self, n: usize, at: Time, replica: bool, master: Option<NodeId>) {
        self.role(n, at, 1 + u64::from(replica));
        if let Some(follows) = self.follows.get_mut(n) {
            *follows = master;
        }
    }

    fn server(&mut self, at: Time, node: NodeId, event: &Event) {
        let n = node.index();
        // All have as many.
        let (Some(offsets), Some(fed)) = (self.offsets.get_mut(n), self.fed.get_mut(n)) else { return };
        match event {
            Event::Fed { kind, from, to } => {
                fed.put((*kind, *from, to.get()));
                if !matches!(kind, StreamKind::Relay) {
                    offsets.put(at, to.get());
                }
            }
            Event::Applied { from, to } => {
                fed.put((StreamKind::Relay, *from, to.get()));
                offsets.put(at, to.get());
            }
            Event::RdbLoaded { offset, .. } => {
                offsets.put(at, offset.get());
                self.histories[n].put(at, 1);
            }
            Event::FullResyncReceived { .. } => self.histories[n].put(at, 0),
            Event::BacklogCreated { first } | Event::BacklogOverwrote { first, .. } => {
                self.oldest[n].put(at, first.get());
            }
            Event::LinkState { to } => {
                let open = self.syncs.iter_mut().rfind(|sync| sync.node == node && sync.until.is_none());
                match (open, to) {
                    (None, ReplState::Transfer) => self.syncs.push(Sync { node, from: at, until: None }),
                    (Some(sync), ReplState::Connected | ReplState::Connect | ReplState::None) => {
                        sync.until = Some(at);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
impl Record {
    /// The bytes of the heap for what there is much of.
    pub(super) fn heap_bytes(&self) -> usize {
        let steps = self
            .offsets
            .iter()
            .chain(&self.oldest)
            .chain(&self.histories)
            .chain(&self.roles)
            .map(Steps::heap_bytes);
        let fed = self.fed.iter().map(Fed::heap_bytes);
        let lists = [
            self.losses.capacity() * size_of::<u32>(),
            self.marks.capacity() * size_of::<Mark>(),
            self.cuts.capacity() * size_of::<Cut>(),
            self.syncs.capacity() * size_of::<Sync>(),
            self.lines.capacity() * size_of::<Line>(),
        ];
        steps.chain(fed).chain(lists).sum::<usize>() + self.messages.heap_bytes() + self.density.heap_bytes()
    }
}
