//! Marks: the instants of a session worth going to.

use super::Session;
use crate::redis::{Event, LeaveReason, ReplState, Time};
use crate::sim::action::LinkMode;
use crate::sim::ids::{EntryId, LinkId, NodeId, Party};
use crate::sim::trace::{Entry, What};
use crate::sim::world::World;

/// An instant of note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The entry of the trace that makes it one.
    pub entry: EntryId,
    /// When.
    pub at: Time,
    /// What.
    pub kind: MarkKind,
}

/// What makes an instant one of note. The node is the one it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A link stopped passing bytes.
    Cut(LinkId),
    /// A link passes bytes again.
    Healed(LinkId),
    /// The node, a master, granted a partial resync.
    Continued(NodeId),
    /// The node, a master, answered with a full resync.
    FullResync(NodeId),
    /// The node forked a snapshot.
    RdbStart(NodeId),
    /// The node has loaded the whole RDB.
    RdbEnd(NodeId),
    /// The node counts as connected to its master.
    Online(NodeId),
    /// The node's master overwrote the byte that the node, cut off, would ask for.
    Lapped(NodeId),
    /// The node became a master.
    Promoted(NodeId),
    /// The node was told to follow another one.
    Demoted(NodeId),
    /// The node, a master, let go of a replica whose output buffer was too large or that was silent.
    Dropped(NodeId),
    /// The node's process ended.
    Down(NodeId),
    /// The node's process started.
    Up(NodeId),
}

/// The marks of a branch so far, gathered from the trace as it grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    seen: u32,
    list: Vec<Mark>,
    nodes: Vec<Known>,
}

/// What the trace told of a node.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Whom it dialled last.
    master: Option<NodeId>,
    offset: u64,
    /// The oldest byte of its backlog.
    first: u64,
    /// Whether it was connected to its master and is not any more.
    cut_off: bool,
    lapped: bool,
}

impl Marks {
    fn follow(&mut self, world: &World) {
        self.nodes.resize(world.nodes().len(), Known::default());
        for entry in world.trace().since(self.seen) {
            if let Some(kind) = self.kind(world, entry) {
                self.list.push(Mark { entry: entry.id, at: entry.at, kind });
            }
        }
        self.seen = self.seen.max(world.trace().len());
    }

    fn kind(&mut self, world: &World, entry: &Entry) -> Option<MarkKind> {
        let node = entry.party.and_then(Party::node);
        match &entry.what {
            What::LinkMode { link, mode: LinkMode::Up } => return Some(MarkKind::Healed(*link)),
            What::LinkMode { link, .. } => return Some(MarkKind::Cut(*link)),
            What::Dialled { to, .. } => {
                let target = world.nodes().iter().find(|node| node.addr.host == to.host);
                self.nodes.get_mut(node?.index())?.master = target.map(|target| target.id);
            }
            What::Down => {
                *self.nodes.get_mut(node?.index())? = Known::default();
                return Some(MarkKind::Down(node?));
            }
            What::Up { .. } => return Some(MarkKind::Up(node?)),
            What::Server(event) => return self.event(node?, event),
            _ => {}
        }
        None
    }

    fn event(&mut self, node: NodeId, event: &Event) -> Option<MarkKind> {
        let this = self.nodes.get_mut(node.index())?;
        match event {
            Event::PsyncContinued { .. } => return Some(MarkKind::Continued(node)),
            Event::PsyncRefused { .. } => return Some(MarkKind::FullResync(node)),
            Event::BgsaveStarted { .. } => return Some(MarkKind::RdbStart(node)),
            Event::RdbLoaded { offset, .. } => {
                this.offset = offset.get();
                return Some(MarkKind::RdbEnd(node));
            }
            Event::BecameMaster => return Some(MarkKind::Promoted(node)),
            Event::BecameReplica { .. } => return Some(MarkKind::Demoted(node)),
            Event::ReplicaLeft { reason, .. } => {
                let silent_or_slow = LeaveReason::Timeout == **reason
                    || matches!(**reason, LeaveReason::OutputBufferLimit { .. });
                return silent_or_slow.then_some(MarkKind::Dropped(node));
            }
            Event::LinkState { to: ReplState::Connected } => {
                (this.cut_off, this.lapped) = (false, false);
                return Some(MarkKind::Online(node));
            }
            Event::LinkState { to: ReplState::Connect } => {
                this.cut_off = this.offset > 0;
                return self.lapped();
            }
            Event::Fed { to, .. } | Event::Applied { to, .. } => this.offset = to.get(),
            Event::BacklogCreated { first } => this.first = first.get(),
            Event::BacklogOverwrote { first, .. } => {
                this.first = first.get();
                return self.lapped();
            }
            _ => {}
        }
        None
    }

    /// The first node whose next byte its master does not hold any more, each told once.
    fn lapped(&mut self) -> Option<MarkKind> {
        for n in 0..self.nodes.len() {
            let node = self.nodes[n];
            let first = node.master.and_then(|master| self.nodes.get(master.index())).map_or(0, |m| m.first);
            if node.cut_off && !node.lapped && node.offset + 1 < first {
                self.nodes[n].lapped = true;
                return Some(MarkKind::Lapped(NodeId(n as u8)));
            }
        }
        None
    }
}

impl Session {
    /// The marks of this branch, as far as it was ever run and asked; oldest first.
    pub fn marks(&mut self) -> &[Mark] {
        let on = usize::from(self.on.0);
        let marks = &mut self.lines[on].marks;
        marks.follow(&self.world);
        &marks.list
    }
}
