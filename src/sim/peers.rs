//! Who was at the other end of each connection: asked about connections that are long gone, too.
//!
//! A replica without a network dials once a second, for hours. Connections with following numbers that
//! led to the same party are one run; worlds that were copied share the list until one of them changes it.

use super::ids::{NodeId, Party};
use crate::redis::ConnId;
use crate::redis::vecmap::Key;
use std::rc::Rc;

/// The other ends of all connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Peers {
    /// By node and first connection. They do not overlap.
    runs: Rc<Vec<Run>>,
}

/// Connections of a node with following numbers and one party at their other ends.
#[derive(Clone, Copy, Debug)]
struct Run {
    node: NodeId,
    first: ConnId,
    count: usize,
    peer: Party,
}

impl Run {
    /// Which one of the run a connection is, if it comes after `first`; maybe beyond its end.
    fn nth(&self, node: NodeId, conn: ConnId) -> Option<usize> {
        (self.node == node).then(|| conn.since(&self.first))
    }
}

impl Peers {
    /// The number of the first run that begins after a connection.
    fn after(&self, node: NodeId, conn: ConnId) -> usize {
        self.runs.partition_point(|run| (run.node, run.first) <= (node, conn))
    }

    /// Who is, or was last, at the other end of a connection.
    pub(super) fn get(&self, node: NodeId, conn: ConnId) -> Option<Party> {
        let run = self.runs.get(self.after(node, conn).checked_sub(1)?)?;
        run.nth(node, conn).filter(|n| *n < run.count).map(|_| run.peer)
    }

    /// Remembers the other end of a connection; a number that is used again leads to another one.
    pub(super) fn insert(&mut self, node: NodeId, conn: ConnId, peer: Party) {
        if self.get(node, conn) == Some(peer) {
            return;
        }
        let mut place = self.after(node, conn);
        let runs = Rc::make_mut(&mut self.runs);
        if let Some(run) = place.checked_sub(1).and_then(|n| runs.get_mut(n))
            && let Some(n) = run.nth(node, conn)
        {
            if n == run.count && run.peer == peer {
                run.count += 1;
                return;
            }
            if n < run.count {
                // It is cut in two.
                let rest = Run { first: conn.next(), count: run.count - n - 1, ..*run };
                run.count = n;
                if n == 0 {
                    place -= 1;
                    runs.remove(place);
                }
                if rest.count > 0 {
                    runs.insert(place, rest);
                }
            }
        }
        runs.insert(place, Run { node, first: conn, count: 1, peer });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::{Rng, VecMap};
    use crate::sim::ids::ClientId;

    impl Key for (NodeId, ConnId) {}

    #[test]
    fn it_is_a_map_whatever_the_order() {
        let (mut peers, mut map, mut rng) = (Peers::default(), VecMap::default(), Rng::new(4));
        let conn =
            |n: u64| if n.is_multiple_of(2) { ConnId::accepted(n / 2) } else { ConnId::dialled(n / 2) };
        for _ in 0..3000 {
            let (node, conn) = (NodeId(rng.below(3) as u8), conn(rng.below(40)));
            let peer = match rng.below(3) {
                0 => Party::Client(ClientId(1)),
                n => Party::Node(NodeId(n as u8)),
            };
            let copy = peers.clone();
            peers.insert(node, conn, peer);
            assert_eq!(copy.get(node, conn), map.get(&(node, conn)).copied(), "a copy stays as it is");
            map.insert((node, conn), peer);
        }
        for node in (0..4).map(NodeId) {
            for conn in (0..100).map(conn) {
                assert_eq!(peers.get(node, conn), map.get(&(node, conn)).copied(), "{node:?} {conn}");
            }
        }
    }

    #[test]
    fn dialling_again_and_again_takes_no_memory() {
        let mut peers = Peers::default();
        for n in 1..=10_000 {
            peers.insert(NodeId(1), ConnId::dialled(n), Party::Node(NodeId(0)));
            peers.insert(NodeId(2), ConnId::dialled(n), Party::Node(NodeId(1)));
            peers.insert(NodeId(0), ConnId::accepted(n), Party::Node(NodeId(1)));
        }
        assert_eq!(peers.runs.len(), 3);
        assert_eq!(peers.get(NodeId(2), ConnId::dialled(77)), Some(Party::Node(NodeId(1))));
        assert_eq!(peers.get(NodeId(1), ConnId::dialled(10_001)), None);
    }
}
