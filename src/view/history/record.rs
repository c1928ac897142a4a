//! What the views keep of a session's past, gathered from the trace as it grows.
//!
//! Going back in time leaves the record as it is: the same branch has the same future. Another branch
//! has another record.

use super::density::Density;
use crate::redis::{Event, ReplState, StreamKind, Time};
use crate::sim::{
    BranchId, Entry, EntryId, LinkId, LinkMode, Mark, NodeId, PacketId, Party, Session, What, World,
};
use crate::view::flights::{Kind, kind};
use crate::view::log::{Line, Told};
use crate::view::ring::Stretch;

/// A message between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The packet.
    pub packet: PacketId,
    /// The trace's line about its sending.
    pub entry: EntryId,
    /// Its sender.
    pub from: NodeId,
    /// Its receiver.
    pub to: NodeId,
    /// Its kind.
    pub kind: Kind,
    /// When it was sent.
    pub sent: Time,
    /// When it arrived or was lost; `None` while it flies.
    pub end: Option<Time>,
    /// Whether it was lost.
    pub lost: bool,
}

/// A time during which a link did not pass bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The link.
    pub link: LinkId,
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

/// What happened so far, in the form the views draw.
#[derive(Clone, Debug, Default)]
pub struct Record {
    seen: u32,
    /// Each node's offset, as steps.
    pub offsets: Vec<Vec<(Time, u64)>>,
    /// The oldest byte of each node's backlog, as steps.
    pub oldest: Vec<Vec<(Time, u64)>>,
    /// The stretches of each node's stream, oldest first.
    pub fed: Vec<Vec<Stretch>>,
    /// Messages between nodes, in the order of their packets.
    pub messages: Vec<Message>,
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
    /// When each node gave up its history for a full copy, and when it had one again.
    histories: Vec<Vec<(Time, bool)>>,
}

impl Message {
    /// What it looks like: 1 a command or heartbeat, 2 an ACK, 3 handshake or reply, 4 RDB.
    pub fn look(&self) -> u8 {
        match self.kind {
            Kind::Command | Kind::Heartbeat => 1,
            Kind::Ack => 2,
            Kind::Handshake | Kind::Reply => 3,
            Kind::Rdb => 4,
        }
    }
}

impl Record {
    /// Takes in what is new in the trace.
    pub fn follow(&mut self, world: &World) {
        let nodes = world.nodes().len();
        for lists in [&mut self.offsets, &mut self.oldest] {
            lists.resize_with(nodes, Vec::new);
        }
        self.fed.resize_with(nodes, Vec::new);
        self.histories.resize_with(nodes, Vec::new);
        if world.trace().len() <= self.seen {
            return;
        }
        for entry in world.trace().since(self.seen) {
            self.take(entry);
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
        let steps = self.histories.get(node.index()).map(Vec::as_slice).unwrap_or_default();
        let known = steps.partition_point(|step| step.0 <= at);
        known.checked_sub(1).is_none_or(|last| steps[last].1)
    }

    /// When a node's offset first went past this one, seen at an instant.
    pub fn passed(&self, node: NodeId, offset: u64, at: Time) -> Option<Time> {
        let steps = self.offsets.get(node.index())?;
        let known = &steps[..steps.partition_point(|step| step.0 <= at)];
        known.iter().rev().take_while(|step| step.1 > offset).last().map(|step| step.0)
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

    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        let node = entry.party.and_then(Party::node);
        match &entry.what {
            What::Server(event) => {
                if let Some(node) = node {
                    self.server(at, node, event);
                }
            }
            What::Sent(sent) => {
                if let (Some(from), Some(to), Some(kind)) = (node, sent.to.node(), kind(sent.kind)) {
                    let (packet, entry) = (sent.packet, entry.id);
                    let message = Message { packet, entry, from, to, kind, sent: at, end: None, lost: false };
                    self.density.add(from, to, message.look(), at);
                    self.messages.push(message);
                }
            }
            What::Delivered { packet, .. } => self.finish(*packet, at, false),
            What::Lost { packet } => self.finish(*packet, at, true),
            What::LinkMode { link, mode } => self.link(at, *link, *mode),
            _ => {}
        }
    }

    fn finish(&mut self, packet: PacketId, at: Time, lost: bool) {
        if let Ok(n) = self.messages.binary_search_by_key(&packet, |message| message.packet) {
            self.messages[n].end = Some(at);
            self.messages[n].lost = lost;
            if lost {
                self.losses.push(n as u32);
            }
        }
    }

    fn link(&mut self, at: Time, link: LinkId, mode: LinkMode) {
        let open = self.cuts.iter_mut().rfind(|cut| cut.link == link && cut.until.is_none());
        match (open, mode == LinkMode::Up) {
            (Some(cut), true) => cut.until = Some(at),
            (None, false) => self.cuts.push(Cut { link, from: at, until: None }),
            _ => {}
        }
    }

    /// Adds a stretch to a node's stream. One that starts before the end replaces what it covers: the
    /// node took over another history, or tells of the same bytes twice.
    fn feed(&mut self, n: usize, stretch: Stretch) {
        if let Some(fed) = self.fed.get_mut(n) {
            let keep = fed.partition_point(|(_, _, end)| *end < stretch.1.get());
            fed.truncate(keep);
            fed.push(stretch);
        }
    }

    fn server(&mut self, at: Time, node: NodeId, event: &Event) {
        let n = node.index();
        match event {
            Event::Fed { kind, from, to } => {
                self.feed(n, (*kind, *from, to.get()));
                if !matches!(kind, StreamKind::Relay) {
                    step(&mut self.offsets, n, at, to.get());
                }
            }
            Event::Applied { from, to } => {
                self.feed(n, (StreamKind::Relay, *from, to.get()));
                step(&mut self.offsets, n, at, to.get());
            }
            Event::RdbLoaded { offset, .. } => {
                step(&mut self.offsets, n, at, offset.get());
                step(&mut self.histories, n, at, true);
            }
            Event::FullResyncReceived { .. } => step(&mut self.histories, n, at, false),
            Event::BacklogCreated { first } | Event::BacklogOverwrote { first, .. } => {
                step(&mut self.oldest, n, at, first.get());
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

/// Adds a step; several at one instant are one.
fn step<T>(lists: &mut [Vec<(Time, T)>], n: usize, at: Time, value: T) {
    if let Some(list) = lists.get_mut(n) {
        match list.last_mut() {
            Some(last) if last.0 == at => last.1 = value,
            _ => list.push((at, value)),
        }
    }
}
