//! Who stands in which row: nodes by how many masters are above them, and chains that run sideways.

use super::super::scene::{Role, Scene};
use crate::sim::NodeId;

/// How rows may be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// Not at all: each replica below its master.
    Never,
    /// A chain may run to the right, then back to the left below, and so on.
    Chains,
    /// And a row that is too long may go on in the next one.
    Rows,
}

/// Nodes beside each other.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) nodes: Vec<NodeId>,
    /// Whether each but the first follows the one before it, and whether they stand from right to left.
    pub(super) chain: Option<bool>,
}

/// The nodes in lines of at most `row` nodes, chains in lines of at most `chain` ones; `None` if a row is too
/// long, or if chains are to run sideways and there are none.
pub(super) fn lines(scene: &Scene, fold: Fold, row: usize, chain: usize) -> Option<Vec<Line>> {
    let mut whole: Vec<Line> = Vec::new();
    for nodes in layers(scene) {
        let master = scene.node(nodes[0]).and_then(|node| node.master);
        if fold != Fold::Never
            && chain > 1
            && nodes.len() == 1
            && let Some(above) = whole.last_mut()
            && (above.nodes.len() == 1 || above.chain.is_some())
            && above.nodes.last().copied() == master
        {
            above.nodes.push(nodes[0]);
            above.chain = Some(false);
        } else {
            whole.push(Line { nodes, chain: None });
        }
    }
    let folded = whole.iter().any(|line| line.chain.is_some());
    let mut lines = Vec::new();
    for line in whole {
        let (count, most) = (line.nodes.len(), if line.chain.is_some() { chain } else { row });
        if count > most && line.chain.is_none() && fold != Fold::Rows {
            return None;
        }
        // Parts of nearly equal length, those of a chain to and fro.
        let mut chain = line.chain;
        for part in line.nodes.chunks(count.div_ceil(count.div_ceil(most))) {
            lines.push(Line { nodes: part.to_vec(), chain });
            chain = chain.map(|back| !back);
        }
    }
    (fold != Fold::Chains || folded).then_some(lines)
}

/// The nodes by how many masters are above them, each row in the order of the row above.
fn layers(scene: &Scene) -> Vec<Vec<NodeId>> {
    let mut layers: Vec<Vec<NodeId>> = Vec::new();
    for node in &scene.nodes {
        let depth = depth(scene, node.id);
        if layers.len() <= depth {
            layers.resize_with(depth + 1, Vec::new);
        }
        layers[depth].push(node.id);
    }
    layers.retain(|layer| !layer.is_empty());
    for n in 1..layers.len() {
        let above = layers[n - 1].clone();
        let rank = |id: NodeId| {
            let master = scene.node(id).and_then(|node| node.master);
            above.iter().position(|other| Some(*other) == master).unwrap_or(above.len())
        };
        let mut sorted: Vec<NodeId> = Vec::with_capacity(layers[n].len());
        for id in &layers[n] {
            let place = sorted.partition_point(|other| rank(*other) <= rank(*id));
            sorted.insert(place, *id);
        }
        layers[n] = sorted;
    }
    layers
}

/// How many masters are above a node. A server that nobody follows waits in the second row, so that
/// the picture does not jump when it is told whom to follow; one that is down stays above those that
/// still look for it, or their links would pass behind each other's cards.
fn depth(scene: &Scene, id: NodeId) -> usize {
    let Some(node) = scene.node(id) else { return 0 };
    if node.name.role != Role::Replica {
        let followed = node.followers > 0 || scene.nodes.iter().any(|other| other.master == Some(id));
        return usize::from(id.0 != 0 && !followed);
    }
    let mut depth = 1;
    let mut above = node.master;
    // Bounded: servers may follow each other in a circle.
    while let Some(node) = above.and_then(|id| scene.node(id)).filter(|_| depth < scene.nodes.len()) {
        above = node.master;
        depth += usize::from(above.is_some());
    }
    depth
}
