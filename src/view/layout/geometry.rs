//! Points, boxes and ways on the stage.

use crate::sim::{ClientId, LinkId, Party};

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

/// A way of packets: straight, or with a bend where its switch is.
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
    /// The bend.
    pub mid: Point,
    /// The end.
    pub b: Point,
}

impl Point {
    /// How far it is to another point.
    pub fn distance(self, other: Self) -> f64 {
        let (x, y) = (other.x - self.x, other.y - self.y);
        (x * x + y * y).sqrt()
    }

    fn towards(self, other: Self, fraction: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * fraction, y: self.y + (other.y - self.y) * fraction }
    }
}

impl Rect {
    /// The middle.
    pub fn middle(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    /// The box of this size around a point.
    pub fn around(at: Point, (w, h): (f64, f64)) -> Self {
        Self { x: at.x - w / 2.0, y: at.y - h / 2.0, w, h }
    }

    /// Whether two boxes overlap, or are nearer than this.
    pub fn meets(&self, other: &Self, nearer: f64) -> bool {
        self.x < other.x + other.w + nearer
            && other.x < self.x + self.w + nearer
            && self.y < other.y + other.h + nearer
            && other.y < self.y + self.h + nearer
    }

    /// Where the line from the middle to a point crosses the border.
    pub(super) fn edge(&self, to: Point) -> Point {
        let from = self.middle();
        let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        let across = if dx > 0.0 { self.w / 2.0 / dx } else { f64::MAX };
        let down = if dy > 0.0 { self.h / 2.0 / dy } else { f64::MAX };
        from.towards(to, across.min(down).min(1.0))
    }
}

impl Way {
    /// The straight way between two boxes; who and what is filled in later.
    pub(super) fn straight(from: Rect, to: Rect) -> Self {
        let (a, b) = (from.edge(to.middle()), to.edge(from.middle()));
        let nobody = Party::Client(ClientId(u8::MAX));
        Self { link: None, from: nobody, to: nobody, a, mid: a.towards(b, 0.5), b }
    }

    /// A client's cable: level or upright if the two boxes face each other.
    pub(super) fn cable(from: Rect, to: Rect) -> Self {
        let (p, q) = (from.middle(), to.middle());
        let mut way = Self::straight(from, to);
        let side = |far: bool, rect: Rect| if far { rect.x + rect.w } else { rect.x };
        if p.y > to.y && p.y < to.y + to.h {
            way.a = Point { x: side(q.x > p.x, from), y: p.y };
            way.b = Point { x: side(q.x < p.x, to), y: p.y };
        } else if p.x > to.x && p.x < to.x + to.w {
            let (above, below) = (from.y + from.h, to.y + to.h);
            way.a = Point { x: p.x, y: if q.y > p.y { above } else { from.y } };
            way.b = Point { x: p.x, y: if q.y > p.y { to.y } else { below } };
        }
        way.mid = way.a.towards(way.b, 0.5);
        way
    }

    /// The point at this fraction of the way.
    pub fn at(&self, fraction: f64) -> Point {
        let (first, second) = (self.a.distance(self.mid), self.mid.distance(self.b));
        let gone = (first + second) * fraction;
        if gone <= first {
            self.a.towards(self.mid, gone / first.max(1.0))
        } else {
            self.mid.towards(self.b, (gone - first) / second.max(1.0))
        }
    }

    /// The same way back.
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, a: self.b, b: self.a, ..self }
    }

    /// The unit vector to the right of the direction of travel.
    pub fn side(&self) -> Point {
        let len = self.a.distance(self.b).max(1.0);
        Point { x: (self.a.y - self.b.y) / len, y: (self.b.x - self.a.x) / len }
    }
}

/// A number, or the bound it lies beyond. (`f64::clamp` can panic with both numbers in its message,
/// and so ships the whole float formatter.)
pub fn between(x: f64, low: f64, high: f64) -> f64 {
    x.max(low).min(high)
}
