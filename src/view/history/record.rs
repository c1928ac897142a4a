//! What the views keep of a session's past, gathered from the trace as it grows.
//!
//! Going back in time leaves the record as it is: the same session has the same future. Acting in
//! the past makes another future, so the record is gathered anew ([`Record::forget_after`]).

use crate::redis::{Event, ReplState, StreamKind, Time};
use crate::sim::{Entry, LinkId, LinkMode, NodeId, PacketId, Party, What, World};
use crate::view::flights::{Kind, kind};
use crate::view::log::{Line, Told};
use crate::view::ring::Stretch;

/// A message between two nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The packet.
    pub packet: PacketId,
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
    /// Cuts, oldest first.
    pub cuts: Vec<Cut>,
    /// Full copies, oldest first.
    pub syncs: Vec<Sync>,
    /// Lines of the event log, oldest first.
    pub lines: Vec<Line>,
    /// When each node gave up its history for a full copy, and when it had one again.
    histories: Vec<Vec<(Time, bool)>>,
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

    /// Forgets a future that no longer is: all that is not in this world's trace.
    pub fn forget_after(&mut self, world: &World) {
        if world.trace().len() < self.seen {
            *self = Self::default();
            self.follow(world);
        }
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
                    let packet = sent.packet;
                    self.messages.push(Message { packet, from, to, kind, sent: at, end: None, lost: false });
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
