//! The rows of cards: how high each is, and where its cards, clients and switches stand.

use super::super::scene::{LinkLine, Scene};
use super::layers::{Fold, lines};
use super::{MARGIN, PAD, Point, Rect, Sizes, Stage, between};
use crate::sim::{ClientId, NodeId};

/// A row of cards, with what has to stand above it.
#[derive(Debug, Default)]
struct Row {
    nodes: Vec<NodeId>,
    /// Whether each follows the one before it, and whether they stand from right to left.
    chain: Option<bool>,
    /// What clients need beside the first and the last card.
    sides: (f64, f64),
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
    /// How many cards the longest chain has, and how far one is from the next.
    chain: (usize, f64),
}

/// Between clients.
const GAP: f64 = 8.0;
/// Between a client and its node.
const CABLE: f64 = 24.0;
/// The widest gap between two rows: beyond it, the eye loses who belongs to whom.
const WIDEST: f64 = 150.0;

impl Rows {
    /// Sorts the nodes into rows; `None` if a row does not fit and must not be broken so.
    pub(super) fn of(scene: &Scene, width: f64, sizes: Sizes, fold: Fold) -> Option<Self> {
        // Between two cards of a chain stands a switch.
        let between_two = sizes.switch.0 + 2.0 * PAD;
        let most =
            |parted: f64| (((width - 2.0 * MARGIN + parted) / (sizes.card.0 + parted)) as usize).max(1);
        let (mut rows, mut room, mut longest) = (Vec::new(), f64::MAX, 0);
        for line in lines(scene, fold, most(MARGIN), most(between_two))? {
            let mut row = Row { nodes: line.nodes, chain: line.chain, ..Row::default() };
            let mut parted = MARGIN;
            if row.chain.is_some() {
                (parted, longest) = (between_two, row.nodes.len().max(longest));
            }
            let count = row.nodes.len() as f64;
            let free = width - 2.0 * MARGIN - (count - 1.0) * parted;
            let sides = sides(scene, &row, sizes);
            if free - sides.0 - sides.1 >= sizes.card.0 * count {
                row.sides = sides;
            }
            room = room.min((free - row.sides.0 - row.sides.1) / count);
            row.switches = scene.links.iter().any(|link| row.nodes.contains(&link.lower) && !row.joins(link));
            rows.push(row);
        }
        let card_w = between(room, sizes.card.0.min(width - 2.0 * MARGIN), sizes.card.1);
        let beside = (width - card_w) / 2.0 >= MARGIN + sizes.client.0 + CABLE;
        let gaps = longest.saturating_sub(1).max(1) as f64;
        let gap = (width - 2.0 * MARGIN - longest as f64 * card_w) / gaps;
        let mut all = Self { rows, sizes, card_w, beside, chain: (longest, card_w + gap.min(WIDEST)) };
        all.add_clients(scene, width);
        Some(all)
    }

    /// How many cards the longest row has.
    pub(super) fn widest(&self) -> usize {
        self.rows.iter().map(|row| row.nodes.len()).max().unwrap_or_default()
    }

    fn stands_beside(&self, row: &Row, scene: &Scene) -> bool {
        if row.sides != (0.0, 0.0) {
            return true;
        }
        let count = scene.clients.iter().filter(|client| row.nodes.contains(&client.at)).count();
        let high = count as f64 * (self.sizes.client.1 + GAP) - GAP;
        self.beside && row.nodes.len() == 1 && row.chain.is_none() && high <= self.sizes.high
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
            let mut middle = Point { x: card.middle().x, y: card.y - self.sizes.switch.1 / 2.0 - PAD };
            if self.rows.iter().any(|row| row.joins(link)) {
                let (a, b) = (stage.node(link.upper)?.middle(), card.middle());
                middle = Point { x: (a.x + b.x) / 2.0, y: b.y };
            }
            stage.switches.push((link.id, Rect::around(middle, self.sizes.switch)));
        }
        stage.center_switches(scene, self.sizes.switch);
        Some(())
    }

    fn place_cards(&self, row: &Row, stage: &mut Stage, y: f64) {
        let slot = (stage.width - MARGIN - row.sides.0 - row.sides.1) / row.nodes.len() as f64;
        let (longest, pitch) = self.chain;
        let left = (stage.width - self.card_w - pitch * longest.saturating_sub(1) as f64) / 2.0;
        for (n, id) in row.nodes.iter().enumerate() {
            let x = match row.chain {
                None => MARGIN / 2.0 + row.sides.0 + slot * (n as f64 + 0.5) - self.card_w / 2.0,
                Some(false) => left + pitch * n as f64,
                Some(true) => left + pitch * (longest - 1 - n) as f64,
            };
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
            for (n, id) in row.nodes.iter().enumerate() {
                let Some(card) = stage.node(*id) else { continue };
                let mine = || scene.clients.iter().filter(|client| client.at == *id);
                let high = mine().count() as f64 * (h + GAP) - GAP;
                let free = if n == 0 { card.x } else { stage.width - card.x - card.w };
                let far = (free * 0.5 - w / 2.0).max(MARGIN);
                let x = if n == 0 { far } else { stage.width - far - w };
                for (n, client) in mine().enumerate() {
                    let y = card.y + (card.h - high) / 2.0 + n as f64 * (h + GAP);
                    stage.clients.push((client.id, Rect { x, y, w, h }));
                }
            }
        }
    }
}

impl Row {
    /// Whether a link is one of the chain's that run along this row.
    fn joins(&self, link: &LinkLine) -> bool {
        self.chain.is_some() && self.nodes.windows(2).any(|two| two == [link.upper, link.lower])
    }
}

/// What the clients of a row's first and last card need beside them; nothing, if there are others, or too many
/// to stand below each other there. (A lone card stands in the middle: there is room or there is not.)
fn sides(scene: &Scene, row: &Row, sizes: Sizes) -> (f64, f64) {
    let [first, .., last] = row.nodes[..] else { return (0.0, 0.0) };
    let (mut need, mut high) = ([0.0; 2], [-GAP; 2]);
    for client in &scene.clients {
        let side = usize::from(client.at == last);
        if client.at == first || client.at == last {
            need[side] = sizes.client.0 + CABLE;
            high[side] += sizes.client.1 + GAP;
        } else if row.nodes.contains(&client.at) {
            return (0.0, 0.0);
        }
    }
    let fits = row.chain.is_none() && high[0].max(high[1]) <= sizes.high;
    if fits { (need[0], need[1]) } else { (0.0, 0.0) }
}
