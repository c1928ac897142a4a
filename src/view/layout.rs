//! Where things stand in the Now view, in pixels of its box.
//!
//! Masters on top, each replica a row below its master, clients beside or above the master. Text
//! never shrinks with the box: only distances do.

use super::scene::{Role, Scene};
use crate::sim::{ClientId, LinkId, NodeId, Party};

/// A point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A rectangle by its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A straight way of packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// The link; `None` for a client's cable.
    pub link: Option<LinkId>,
    /// Who is at the start.
    pub from: Party,
    /// Who is at the end.
    pub to: Party,
    /// The start.
    pub a: Point,
    /// The end.
    pub b: Point,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// The box of each node, in the order of the scene.
    pub nodes: Vec<(NodeId, Rect)>,
    /// The box of each client.
    pub clients: Vec<(ClientId, Rect)>,
    /// Links, then cables.
    pub ways: Vec<Way>,
}

const CARD_H: f64 = 138.0;
const CARD_W: f64 = 200.0;
const MARGIN: f64 = 12.0;
const TITLE: f64 = 34.0;
const CLIENT: (f64, f64) = (84.0, 40.0);

impl Rect {
    /// The middle.
    pub fn middle(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    fn right(&self) -> Point {
        Point { x: self.x + self.w, y: self.y + self.h / 2.0 }
    }
}

impl Way {
    /// The point at this fraction of the way.
    pub fn at(&self, fraction: f64) -> Point {
        let Self { a, b, .. } = self;
        Point { x: a.x + (b.x - a.x) * fraction, y: a.y + (b.y - a.y) * fraction }
    }

    /// The same way back.
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, a: self.b, b: self.a, ..self }
    }

    /// The unit vector to the right of the direction of travel.
    pub fn side(&self) -> Point {
        let (dx, dy) = (self.b.x - self.a.x, self.b.y - self.a.y);
        let len = (dx * dx + dy * dy).sqrt().max(1.0);
        Point { x: -dy / len, y: dx / len }
    }
}

impl Stage {
    /// Lays a scene out in a box of `width` × `height`.
    pub fn of(scene: &Scene, width: f64, height: f64) -> Self {
        let mut rows: Vec<Vec<NodeId>> = Vec::new();
        for node in &scene.nodes {
            let row = depth(scene, node.id);
            if rows.len() <= row {
                rows.resize_with(row + 1, Vec::new);
            }
            rows[row].push(node.id);
        }
        rows.retain(|row| !row.is_empty());
        let beside = width >= 480.0;
        let top = if beside || scene.clients.is_empty() { TITLE } else { TITLE + CLIENT.1 + 26.0 };
        let mut stage = Self::default();
        let last = (height - MARGIN - CARD_H).max(top + CARD_H + 60.0);
        let gap = if rows.len() > 1 { (last - top) / (rows.len() - 1) as f64 } else { 0.0 };
        // With a client beside it, the master stands where the picture looks balanced.
        let top = if beside { top + 12.0 } else { top };
        for (n, row) in rows.iter().enumerate() {
            let y = if n == 0 { top } else { TITLE.max(last - gap * (rows.len() - 1 - n) as f64) };
            for (rect, id) in spread(row.len(), width, y).zip(row) {
                stage.nodes.push((*id, rect));
            }
        }
        stage.nodes.sort_by_key(|(id, _)| *id);
        stage.place_clients(scene, beside);
        stage.place_links(scene);
        stage
    }

    /// The box of a node.
    pub fn node(&self, id: NodeId) -> Option<Rect> {
        self.nodes.iter().find(|(node, _)| *node == id).map(|(_, rect)| *rect)
    }

    /// The way from one party to another, in that direction.
    pub fn way(&self, from: Party, to: Party) -> Option<Way> {
        self.ways.iter().find_map(|way| match () {
            () if (way.from, way.to) == (from, to) => Some(*way),
            () if (way.from, way.to) == (to, from) => Some(way.reversed()),
            () => None,
        })
    }

    fn place_clients(&mut self, scene: &Scene, beside: bool) {
        for (n, client) in scene.clients.iter().enumerate() {
            let Some(node) = self.node(client.at) else { continue };
            let (w, h) = CLIENT;
            let step = n as f64 * (h + 10.0);
            let rect = if beside {
                let x = (node.x * 0.5 - w / 2.0).max(MARGIN);
                Rect { x, y: node.y + 28.0 + step, w, h }
            } else {
                Rect { x: node.middle().x - w / 2.0 + n as f64 * (w + 8.0), y: TITLE, w, h }
            };
            let (a, b) = if beside {
                (rect.right(), Point { x: node.x, y: rect.middle().y })
            } else {
                let x = rect.middle().x;
                (Point { x, y: rect.y + h }, Point { x, y: node.y })
            };
            let (from, to) = (Party::Client(client.id), Party::Node(client.at));
            self.clients.push((client.id, rect));
            self.ways.push(Way { link: None, from, to, a, b });
        }
    }

    fn place_links(&mut self, scene: &Scene) {
        for link in &scene.links {
            let (Some(upper), Some(lower)) = (self.node(link.upper), self.node(link.lower)) else { continue };
            let (a, b) = if lower.y > upper.y {
                let a = Point { x: upper.middle().x, y: upper.y + upper.h };
                (a, Point { x: lower.middle().x, y: lower.y })
            } else {
                (upper.right(), Point { x: lower.x, y: lower.y + lower.h / 2.0 })
            };
            let (from, to) = (Party::Node(link.upper), Party::Node(link.lower));
            self.ways.push(Way { link: Some(link.id), from, to, a, b });
        }
    }
}

/// How many masters are above a node. A server that nobody follows waits in the second row, so that
/// the picture does not jump when it is told whom to follow.
fn depth(scene: &Scene, id: NodeId) -> usize {
    let Some(node) = scene.node(id) else { return 0 };
    if node.name.role != Role::Replica {
        return usize::from(id.0 != 0 && node.followers == 0);
    }
    let mut depth = 1;
    let mut above = node.master;
    // Bounded: servers may follow each other in a circle.
    while let Some(node) = above.and_then(|id| scene.node(id)).filter(|_| depth < 4) {
        above = node.master;
        depth += usize::from(above.is_some());
    }
    depth
}

fn spread(n: usize, width: f64, y: f64) -> impl Iterator<Item = Rect> {
    let room = (width - MARGIN * (n + 1) as f64) / n.max(1) as f64;
    let w = room.clamp(120.0, CARD_W);
    let inset = if n == 2 { (width * 0.225).max(MARGIN + w / 2.0) } else { MARGIN + w / 2.0 };
    (0..n).map(move |i| {
        let x = match n {
            1 => width / 2.0,
            _ => inset + (width - 2.0 * inset) * i as f64 / (n - 1) as f64,
        };
        Rect { x: x - w / 2.0, y, w, h: CARD_H }
    })
}
