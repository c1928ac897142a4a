//! Two runs side by side: where they part, and what each of them cost.

use super::ids::{EntryId, NodeId, Party};
use super::packet::PacketKind;
use super::trace::{Trace, What};
use super::world::World;
use crate::redis::{Event, ReplState, SendKind, Time};

/// The first place at which two traces differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parting {
    /// When.
    pub at: Time,
    /// What the first one has there; `None` if nothing more happened in it.
    pub here: Option<EntryId>,
    /// What the second one has there.
    pub there: Option<EntryId>,
}

/// How far two traces are known to be the same. Kept from one look to the next, so that a look reads
/// only what is new.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    same: u32,
}

impl Compared {
    /// The first difference of two runs that are at the same instant; `None` if there is none.
    pub fn parting(&mut self, here: &Trace, there: &Trace) -> Option<Parting> {
        // Either may have gone back in time since.
        self.same = self.same.min(here.len()).min(there.len());
        let mut pairs = here.since(self.same).zip(there.since(self.same));
        self.same += pairs.by_ref().take_while(|(a, b)| a == b).count() as u32;
        let place = EntryId(self.same);
        let (a, b) = (here.get(place), there.get(place));
        let at = match (a, b) {
            (None, None) => return None,
            (Some(a), Some(b)) => a.at.min(b.at),
            (Some(one), None) | (None, Some(one)) => one.at,
        };
        // What comes later than the other's instant of difference is no news of this place.
        let (here, there) = (a.filter(|a| a.at == at), b.filter(|b| b.at == at));
        Some(Parting { at, here: here.map(|a| a.id), there: there.map(|b| b.id) })
    }
}

/// What a run cost so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    seen: u32,
    /// Full resyncs that a master began.
    pub full: u32,
    /// Partial resyncs that a master granted.
    pub partial: u32,
    /// For each node: RDB bytes it sent, snapshots it forked, bytes of the stream it sent.
    pub nodes: Vec<NodeCosts>,
    /// When all replicas were online for the first time.
    pub all_online: Option<Time>,
    online: Vec<bool>,
}

/// What a node sent, in bytes, and how often it forked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeCosts {
    /// Bytes of RDB.
    pub rdb: u64,
    /// Snapshots (`BGSAVE`).
    pub forks: u32,
    /// Bytes of the replication stream.
    pub stream: u64,
}

impl Costs {
    /// Counts what is new in a world. If it has gone back in time, counts again.
    pub fn follow(&mut self, world: &World) {
        if world.trace().len() < self.seen {
            *self = Self::default();
        }
        let count = world.nodes().len();
        self.nodes.resize(count, NodeCosts::default());
        self.online.resize(count, false);
        for entry in world.trace().since(self.seen) {
            let Some(node) = entry.party.and_then(Party::node) else { continue };
            let Some(costs) = self.nodes.get_mut(node.index()) else { continue };
            match &entry.what {
                What::Sent(sent) => match sent.kind {
                    PacketKind::Server(SendKind::Rdb) => costs.rdb += sent.bytes.len() as u64,
                    PacketKind::Server(SendKind::Stream | SendKind::Heartbeat) => {
                        costs.stream += sent.bytes.len() as u64;
                    }
                    _ => {}
                },
                What::Server(Event::BgsaveStarted { .. }) => costs.forks += 1,
                What::Server(Event::PsyncContinued { .. }) => self.partial += 1,
                What::Server(Event::PsyncRefused { .. }) => self.full += 1,
                What::Server(Event::LinkState { to }) => {
                    self.online[node.index()] = *to == ReplState::Connected;
                    let online = self.online.iter().filter(|online| **online).count();
                    if self.all_online.is_none() && online + 1 >= count.max(2) {
                        self.all_online = Some(entry.at);
                    }
                }
                _ => {}
            }
        }
        self.seen = world.trace().len();
    }
}

impl World {
    /// The master that others follow: the first that is one and was not told to follow anybody.
    pub fn root(&self) -> Option<NodeId> {
        let masters =
            || self.nodes().iter().filter(|node| node.server().is_some_and(|s| s.master_link().is_none()));
        let followed =
            masters().find(|node| node.server().is_some_and(|s| !s.replicas(self.now()).is_empty()));
        followed.or_else(|| masters().next()).map(|node| node.id)
    }

    /// By how many bytes the replica that is furthest behind is behind the master.
    pub fn lag(&self) -> Option<u64> {
        let offset = |id| self.node(id)?.server().map(|server| server.offset().get());
        let root = self.root()?;
        let master = offset(root)?;
        let others = self.nodes().iter().filter(|node| node.id != root);
        let behind = others.filter_map(|node| offset(node.id)).map(|offset| master.saturating_sub(offset));
        behind.max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Action, BranchId, LinkId, Session, WorldSpec};

    fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn branches_part_where_the_student_acted() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(at(9000));
        session.seek(at(5000));
        session.act(Action::Cut(LinkId(0))).expect("the course has this link");
        session.advance(at(9000));
        let other = session.on_branch(BranchId(0)).expect("the trunk");
        let mut compared = Compared::default();
        let parting = compared.parting(session.world().trace(), other.world().trace()).expect("a difference");
        assert_eq!(parting.at, at(5000));
        let what = session.world().trace().get(parting.here.expect("the cut")).map(|entry| &entry.what);
        assert!(matches!(what, Some(What::Action(action)) if **action == Action::Cut(LinkId(0))), "{what:?}");
        assert_eq!(parting.there, None);
        // Asked again, and after going back to before it.
        assert_eq!(compared.parting(session.world().trace(), other.world().trace()), Some(parting));
        let (mut here, mut there) = (session, other);
        here.seek(at(4000));
        there.seek(at(4000));
        assert_eq!(compared.parting(here.world().trace(), there.world().trace()), None);
        here.seek(at(9000));
        there.seek(at(9000));
        assert_eq!(compared.parting(here.world().trace(), there.world().trace()), Some(parting));
    }

    #[test]
    fn a_run_does_not_differ_from_itself() {
        let mut a = Session::new(WorldSpec::course());
        let mut b = Session::new(WorldSpec::course());
        a.advance(at(7000));
        b.advance(at(7000));
        assert_eq!(Compared::default().parting(a.world().trace(), b.world().trace()), None);
    }

    #[test]
    fn costs_are_what_the_servers_count_themselves() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(at(6000));
        let mut costs = Costs::default();
        costs.follow(session.world());
        assert_eq!((costs.full, costs.partial), (2, 0));
        assert!(costs.all_online.is_some_and(|online| online > at(1000) && online < at(6000)));
        session.act(Action::Cut(LinkId(0))).expect("the course has this link");
        session.advance(at(7000));
        session.act(Action::Heal(LinkId(0))).expect("the course has this link");
        session.advance(at(12_000));
        costs.follow(session.world());
        let mut again = Costs::default();
        again.follow(session.world());
        assert_eq!(costs, again);
        let root = session.world().root().expect("a master");
        let args = vec![b"INFO".to_vec(), b"stats".to_vec()];
        session.act(Action::Write { node: root, args }).expect("it runs");
        session.advance(at(12_500));
        let console = session.world().console(root).expect("each node has one").id;
        let said = session.world().client_log(console).and_then(|log| log.last()?.reply.clone());
        let text = String::from_utf8_lossy(&said.expect("it answered")).into_owned();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|n| n.trim().parse::<u32>().ok())
        };
        assert_eq!(Some(costs.full), value("sync_full"));
        assert_eq!(Some(costs.partial), value("sync_partial_ok"));
        assert!(costs.nodes[root.index()].stream > 0 && costs.nodes[root.index()].rdb > 0);
        session.seek(at(3000));
        costs.follow(session.world());
        assert!(costs.partial == 0);
    }
}
