//! Where things stand in the Now view.
//!
//! Masters on top, each replica below its master, clients beside or above the node they talk to.
//! Text never shrinks with the box: cards say less ([`Level`]). Only if the shortest cards do not fit
//! the whole board is drawn smaller ([`Stage::scale`]). No two things of a stage ever overlap:
//! `layout/tests.rs` tries random topologies, box sizes and dragged cards.

mod geometry;
mod layers;
mod rows;
#[cfg(test)]
mod tests;

use super::scene::{LinkLine, Scene};
use crate::sim::{ClientId, LinkId, NodeId, Party};
pub use geometry::{Point, Rect, Way, between};
use layers::Fold;
use rows::Rows;

/// How much a card has room to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Letter and offset.
    Mini,
    /// And its first key.
    Lean,
    /// Name, offset and state.
    Small,
    /// And its first key.
    Keyed,
    /// And its address and more keys.
    Medium,
    /// All.
    #[default]
    Full,
}

/// What to lay a scene out for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Width of the box in pixels.
    pub width: f64,
    /// Height of the box in pixels.
    pub height: f64,
    /// Whether fingers must hit the switches.
    pub touch: bool,
    /// Where the reader dragged cards to: the middle, as a fraction of the box.
    pub dragged: Vec<(NodeId, Point)>,
}

/// Where everything stands, in the board's own pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// Width of the board.
    pub width: f64,
    /// Height of the board.
    pub height: f64,
    /// How much smaller than its own pixels the board is drawn.
    pub scale: f64,
    /// What cards say.
    pub level: Level,
    /// Whether the dragged cards are where the reader put them.
    pub kept: bool,
    /// Whether there are any.
    pub dragged: bool,
    /// The box of each node.
    pub nodes: Vec<(NodeId, Rect)>,
    /// The box of each client.
    pub clients: Vec<(ClientId, Rect)>,
    /// The box of each link's switch.
    pub switches: Vec<(LinkId, Rect)>,
    /// Links, then cables.
    pub ways: Vec<Way>,
}

/// Sizes of what a level shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Narrowest and widest card.
    pub(super) card: (f64, f64),
    pub(super) high: f64,
    pub(super) client: (f64, f64),
    /// Between clients and the node below them.
    pub(super) cable: f64,
    pub(super) switch: (f64, f64),
}

const MARGIN: f64 = 10.0;
/// Around a switch.
const PAD: f64 = 5.0;
/// So many places of a wire are looked at to find the one under a finger.
const WIRE: usize = 64;
/// So many cards are kept in one row even if they have room for nothing but letter and offset.
const FEW: usize = 3;
/// The board grows in steps of so much when nothing fits.
const GROWTH: f64 = 1.04;

impl Level {
    pub(super) fn sizes(self, touch: bool) -> Sizes {
        let worded = if touch { (116.0, 46.0) } else { (92.0, 28.0) };
        let bare = if touch { (46.0, 46.0) } else { (40.0, 24.0) };
        let (card, high, client, cable, switch) = match self {
            Self::Full => ((196.0, 216.0), 156.0, (84.0, 40.0), 34.0, worded),
            Self::Medium => ((140.0, 180.0), 124.0, (84.0, 40.0), 30.0, worded),
            Self::Keyed => ((112.0, 130.0), 76.0, (60.0, 36.0), 12.0, bare),
            Self::Small => ((112.0, 130.0), 64.0, (60.0, 36.0), 12.0, bare),
            Self::Lean => ((66.0, 96.0), 60.0, (60.0, 34.0), 8.0, bare),
            // Three side by side on half a phone: below each other, they would not look like replicas of one.
            Self::Mini => ((46.0, 96.0), 44.0, (60.0, 34.0), 8.0, bare),
        };
        Sizes { card, high, client, cable, switch }
    }
}

impl Stage {
    /// Lays a scene out.
    pub fn of(scene: &Scene, plan: &Plan) -> Self {
        let mut stage = Self::automatic(scene, plan);
        if !plan.dragged.is_empty()
            && let Some(moved) = stage.with_dragged(scene, plan)
        {
            stage = moved;
        }
        stage
    }

    /// The box of a node.
    pub fn node(&self, id: NodeId) -> Option<Rect> {
        self.nodes.iter().find(|(node, _)| *node == id).map(|(_, rect)| *rect)
    }

    /// The box of a link's switch.
    pub fn switch(&self, id: LinkId) -> Option<Rect> {
        self.switches.iter().find(|(link, _)| *link == id).map(|(_, rect)| *rect)
    }

    /// The link whose wire passes within `reach` of a point of the board, the nearest one.
    pub fn link_at(&self, point: Point, reach: f64) -> Option<LinkId> {
        let near = |way: &Way| {
            (0..=WIRE).map(|n| way.at(n as f64 / WIRE as f64).distance(point)).fold(f64::MAX, f64::min)
        };
        let wires = self.ways.iter().filter_map(|way| Some((way.link?, near(way))));
        let nearest = wires.filter(|(_, far)| *far <= reach).min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.map(|(link, _)| link)
    }

    /// The way from one party to another, in that direction.
    pub fn way(&self, from: Party, to: Party) -> Option<Way> {
        self.ways.iter().find_map(|way| match () {
            () if (way.from, way.to) == (from, to) => Some(*way),
            () if (way.from, way.to) == (to, from) => Some(way.reversed()),
            () => None,
        })
    }

    /// The most telling layout that fits.
    fn automatic(scene: &Scene, plan: &Plan) -> Self {
        // A replica stands below its master as long as its card can say something; then a chain runs sideways.
        // Links into a second row pass between the cards of the first one: a row that can stay one does.
        let tries = [
            (Level::Full, Fold::Never),
            (Level::Medium, Fold::Never),
            (Level::Keyed, Fold::Never),
            (Level::Small, Fold::Never),
            (Level::Medium, Fold::Chains),
            (Level::Keyed, Fold::Chains),
            (Level::Small, Fold::Chains),
            (Level::Lean, Fold::Never),
            (Level::Lean, Fold::Chains),
            (Level::Mini, Fold::Never),
            (Level::Keyed, Fold::Rows),
            (Level::Small, Fold::Rows),
            (Level::Mini, Fold::Rows),
        ];
        for (level, fold) in tries {
            if let Some(stage) = Self::try_level(scene, plan, level, fold, 1.0) {
                return stage;
            }
        }
        let mut grown = GROWTH;
        loop {
            if let Some(stage) = Self::try_level(scene, plan, Level::Mini, Fold::Rows, grown) {
                return stage;
            }
            grown *= GROWTH;
        }
    }

    fn try_level(scene: &Scene, plan: &Plan, level: Level, fold: Fold, grown: f64) -> Option<Self> {
        // A box that is not measured yet counts as a small one.
        let (width, height) = (plan.width.max(160.0) * grown, plan.height.max(120.0) * grown);
        let rows = Rows::of(scene, width, level.sizes(plan.touch), fold)?;
        if level == Level::Mini && fold == Fold::Never && rows.widest() > FEW {
            return None;
        }
        let mut stage = Self { width, height, scale: 1.0 / grown, level, kept: true, ..Self::default() };
        rows.place(scene, &mut stage)?;
        stage.draw_ways(scene);
        Some(stage)
    }

    /// The same with the cards where the reader wants them; `None` if something would overlap.
    fn with_dragged(&self, scene: &Scene, plan: &Plan) -> Option<Self> {
        let mut stage = self.clone();
        for (id, wish) in &plan.dragged {
            let Some((_, rect)) = stage.nodes.iter_mut().find(|(node, _)| node == id) else { continue };
            let (x, y) = (wish.x * stage.width - rect.w / 2.0, wish.y * stage.height - rect.h / 2.0);
            rect.x = between(x, 2.0, stage.width - rect.w - 2.0);
            rect.y = between(y, 2.0, stage.height - rect.h - 2.0);
        }
        let sizes = self.level.sizes(plan.touch);
        stage.switches.clear();
        stage.dragged = true;
        let fits = stage.cards_are_apart() && stage.place_switches_anywhere(scene, sizes);
        stage.draw_ways(scene);
        if fits {
            return Some(stage);
        }
        let mut same = self.clone();
        same.kept = false;
        Some(same)
    }

    /// The boxes of nodes and clients, under which packets pass.
    pub(super) fn boxes(&self) -> impl Iterator<Item = &Rect> {
        self.nodes.iter().map(|(_, rect)| rect).chain(self.clients.iter().map(|(_, rect)| rect))
    }

    fn cards_are_apart(&self) -> bool {
        let boxes: Vec<_> = self.boxes().collect();
        boxes.iter().enumerate().all(|(n, one)| boxes[n + 1..].iter().all(|other| !one.meets(other, 4.0)))
    }

    /// Whether a switch may stand here.
    fn is_free(&self, rect: &Rect, but: LinkId) -> bool {
        let inside =
            rect.x >= 0.0 && rect.y >= 0.0 && rect.x + rect.w <= self.width && rect.y + rect.h <= self.height;
        let others = self.switches.iter().filter(|(link, _)| *link != but).map(|(_, rect)| rect);
        inside && self.boxes().chain(others).all(|other| !rect.meets(other, 3.0))
    }

    /// Moves switches from beside their replicas to the middle of their links where nothing is in the
    /// way.
    fn center_switches(&mut self, scene: &Scene, size: (f64, f64)) {
        // The links of one master look alike: all their switches move, or none.
        for master in &scene.nodes {
            for n in 0..3 {
                let before = self.switches.clone();
                let mine = |link: &&LinkLine| link.upper == master.id;
                let moved = scene.links.iter().filter(mine).all(|link| {
                    let (Some(a), Some(b)) = (self.node(link.upper), self.node(link.lower)) else {
                        return false;
                    };
                    let Some(rect) = on_the_line(a, b, size).nth(n) else { return false };
                    let place = self.switches.iter_mut().find(|(id, _)| *id == link.id);
                    place.map(|(_, place)| *place = rect).is_some()
                });
                let free =
                    |link: &LinkLine| self.switch(link.id).is_some_and(|rect| self.is_free(&rect, link.id));
                if moved && scene.links.iter().filter(mine).all(free) {
                    break;
                }
                self.switches = before;
            }
        }
    }

    fn place_switches_anywhere(&mut self, scene: &Scene, sizes: Sizes) -> bool {
        for link in &scene.links {
            let (Some(a), Some(b)) = (self.node(link.upper), self.node(link.lower)) else { continue };
            let (w, h) = sizes.switch;
            let Point { x, y } = b.middle();
            let beside = [
                (x, b.y - h / 2.0 - PAD),
                (x, b.y + b.h + h / 2.0 + PAD),
                (b.x - w / 2.0 - PAD, y),
                (b.x + b.w + w / 2.0 + PAD, y),
            ];
            let beside = beside.into_iter().map(|(x, y)| Rect::around(Point { x, y }, sizes.switch));
            let mut all = on_the_line(a, b, sizes.switch).chain(beside);
            let Some(rect) = all.find(|rect| self.is_free(rect, link.id)) else { return false };
            self.switches.push((link.id, rect));
        }
        true
    }

    /// Draws the ways between what has a place: links by way of their switch.
    fn draw_ways(&mut self, scene: &Scene) {
        self.ways.clear();
        for link in &scene.links {
            let (Some(upper), Some(lower)) = (self.node(link.upper), self.node(link.lower)) else { continue };
            let Some(switch) = self.switch(link.id) else { continue };
            let mid = switch.middle();
            let (from, to) = (Party::Node(link.upper), Party::Node(link.lower));
            let (a, b) = (upper.edge(mid), lower.edge(mid));
            self.ways.push(Way { link: Some(link.id), from, to, a, mid, b });
        }
        for client in &scene.clients {
            let rect = self.clients.iter().find(|(id, _)| *id == client.id).map(|(_, rect)| *rect);
            let (Some(rect), Some(node)) = (rect, self.node(client.at)) else { continue };
            let (from, to) = (Party::Client(client.id), Party::Node(client.at));
            self.ways.push(Way { from, to, ..Way::cable(rect, node) });
        }
    }
}

/// The places for a switch that a reader would look for first: on the straight line.
fn on_the_line(a: Rect, b: Rect, size: (f64, f64)) -> impl Iterator<Item = Rect> {
    let line = Way::straight(a, b);
    [0.5, 0.6, 0.7, 0.4, 0.3, 0.8].into_iter().map(move |at| Rect::around(line.at(at), size))
}
