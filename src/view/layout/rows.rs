//! The rows of cards: who stands in which, and how high each is.

use super::super::scene::{Role, Scene};
use super::{MARGIN, PAD, Point, Rect, Sizes, Stage, between};
use crate::sim::{ClientId, NodeId};

/// A row of cards, with what has to stand above it.
#[derive(Debug, Default)]
struct Row {
    nodes: Vec<NodeId>,
    /// Clients that find no room beside their node, in lines of their own.
    clients: Vec<Vec<ClientId>>,
    /// Whether switches may have to stand above its cards.
    switches: bool,
}

/// All rows from top to bottom.
#[derive(Debug)]
pub(super) struct Rows {
    rows: Vec<Row>,
    sizes: Sizes,
    card_w: f64,
    /// Whether the clients of a lone node stand beside it.
    beside: bool,
}

/// Between clients.
const GAP: f64 = 8.0;
/// Between a client and its node.
const CABLE: f64 = 24.0;
/// The widest gap between two rows: beyond it, the eye loses who belongs to whom.
const WIDEST: f64 = 150.0;

impl Rows {
    /// Sorts the nodes into rows; `None` if a row does not fit and must not be wrapped.
    pub(super) fn of(scene: &Scene, width: f64, sizes: Sizes, wrap: bool) -> Option<Self> {
        let most = ((width - MARGIN) / (sizes.card.0 + MARGIN)) as usize;
        let most = most.max(1);
        let mut rows: Vec<Row> = Vec::new();
        for layer in layers(scene) {
            if layer.len() > most && !wrap {
                return None;
            }
            let lines = layer.len().div_ceil(most).max(1);
            // Lines of nearly equal length.
            for line in layer.chunks(layer.len().div_ceil(lines).max(1)) {
                rows.push(Row { nodes: line.to_vec(), ..Row::default() });
            }
        }
        let widest = rows.iter().map(|row| row.nodes.len()).max()?;
        let room = (width - MARGIN * (widest + 1) as f64) / widest as f64;
        let card_w = between(room, sizes.card.0.min(width - 2.0 * MARGIN), sizes.card.1);
        let beside = (width - card_w) / 2.0 >= MARGIN + sizes.client.0 + CABLE;
        let mut all = Self { rows, sizes, card_w, beside };
        all.add_clients(scene, width);
        for row in &mut all.rows {
            row.switches = scene.links.iter().any(|link| row.nodes.contains(&link.lower));
        }
        Some(all)
    }

    /// How many cards the longest row has.
    pub(super) fn widest(&self) -> usize {
        self.rows.iter().map(|row| row.nodes.len()).max().unwrap_or_default()
    }

    fn stands_beside(&self, row: &Row, scene: &Scene) -> bool {
        let count = scene.clients.iter().filter(|client| row.nodes.contains(&client.at)).count();
        let high = count as f64 * (self.sizes.client.1 + GAP) - GAP;
        self.beside && row.nodes.len() == 1 && high <= self.sizes.high
    }

    fn add_clients(&mut self, scene: &Scene, width: f64) {
        let most = ((width - MARGIN) / (self.sizes.client.0 + GAP)) as usize;
        for n in 0..self.rows.len() {
            if self.stands_beside(&self.rows[n], scene) {
                continue;
            }
            let row = &mut self.rows[n];
            // In the order of their nodes, so that no cable crosses another.
            let of = |node: NodeId| scene.clients.iter().filter(move |client| client.at == node);
            let mine: Vec<_> = row.nodes.iter().copied().flat_map(of).map(|client| client.id).collect();
            row.clients = mine.chunks(most.max(1)).map(<[_]>::to_vec).collect();
        }
    }

    /// What must be above the cards of a row.
    fn headroom(&self, row: &Row) -> f64 {
        let switches = if row.switches { self.sizes.switch.1 + 2.0 * PAD } else { 0.0 };
        row.clients.len() as f64 * (self.sizes.client.1 + self.sizes.cable) + switches
    }

    /// Puts everything onto the stage; `None` if it is not high enough.
    pub(super) fn place(&self, scene: &Scene, stage: &mut Stage) -> Option<()> {
        let heads: Vec<_> = self.rows.iter().map(|row| self.headroom(row)).collect();
        let need = heads.iter().sum::<f64>() + self.rows.len() as f64 * (self.sizes.high + 4.0);
        let spare = stage.height - 2.0 * 6.0 - need;
        if spare < 0.0 || self.card_w + 2.0 * MARGIN > stage.width {
            return None;
        }
        // What is spare parts the rows, the rest is above and below all.
        let gaps = self.rows.len().saturating_sub(1) as f64;
        let gap = if gaps > 0.0 { (spare / gaps).min(WIDEST) } else { 0.0 };
        let mut y = 6.0 + (spare - gap * gaps) / 2.0;
        for (row, head) in self.rows.iter().zip(heads) {
            self.place_cards(row, stage, y + head);
            self.place_clients_above(scene, row, stage, y);
            y += head;
            y += self.sizes.high + 4.0 + gap;
        }
        self.place_clients_beside(scene, stage);
        // A switch has a place of its own above its replica's card.
        for link in &scene.links {
            let card = stage.node(link.lower)?;
            let middle = Point { x: card.middle().x, y: card.y - self.sizes.switch.1 / 2.0 - PAD };
            stage.switches.push((link.id, Rect::around(middle, self.sizes.switch)));
        }
        stage.center_switches(scene, self.sizes.switch);
        Some(())
    }

    fn place_cards(&self, row: &Row, stage: &mut Stage, y: f64) {
        let slot = (stage.width - MARGIN) / row.nodes.len() as f64;
        for (n, id) in row.nodes.iter().enumerate() {
            let x = MARGIN / 2.0 + slot * (n as f64 + 0.5) - self.card_w / 2.0;
            let rect = Rect { x, y, w: self.card_w, h: self.sizes.high };
            let place = stage.nodes.partition_point(|(other, _)| other < id);
            stage.nodes.insert(place, (*id, rect));
        }
    }

    /// Each client stands above its node, as far as there is room beside those before and after it.
    fn place_clients_above(&self, scene: &Scene, row: &Row, stage: &mut Stage, mut y: f64) {
        let ((w, h), right) = (self.sizes.client, stage.width - MARGIN / 2.0);
        let wish = |stage: &Stage, id: ClientId| {
            let client = scene.clients.iter().find(|client| client.id == id);
            let card = client.and_then(|client| stage.node(client.at));
            card.map_or(0.0, |card| card.middle().x - w / 2.0)
        };
        for line in &row.clients {
            let mut free = MARGIN / 2.0;
            let mut places: Vec<f64> = Vec::with_capacity(line.len());
            for id in line {
                let x = wish(stage, *id).max(free);
                places.push(x);
                free = x + w + GAP;
            }
            let mut most = right - w;
            for x in places.iter_mut().rev() {
                *x = x.min(most);
                most = *x - w - GAP;
            }
            let boxes = places.into_iter().map(|x| Rect { x, y, w, h });
            stage.clients.extend(line.iter().copied().zip(boxes));
            y += h + self.sizes.cable;
        }
    }

    fn place_clients_beside(&self, scene: &Scene, stage: &mut Stage) {
        let (w, h) = self.sizes.client;
        for row in self.rows.iter().filter(|row| self.stands_beside(row, scene)) {
            let Some(card) = row.nodes.first().and_then(|id| stage.node(*id)) else { continue };
            let mine: Vec<_> = scene.clients.iter().filter(|client| row.nodes.contains(&client.at)).collect();
            let high = mine.len() as f64 * (h + GAP) - GAP;
            for (n, client) in mine.into_iter().enumerate() {
                let x = (card.x * 0.5 - w / 2.0).max(MARGIN);
                let y = card.y + (card.h - high) / 2.0 + n as f64 * (h + GAP);
                stage.clients.push((client.id, Rect { x, y, w, h }));
            }
        }
    }
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
