//! Trains: commands that fly so close behind each other that no eye tells them from one long capsule.
//!
//! Each is drawn as one shape. Thousands of capsules on top of each other look the same, and painting
//! them takes a browser without a GPU several frames.

use super::{push_px, start};
use crate::sim::Party;
use crate::view::layout::{Stage, Way};

/// Half of a capsule's straight part, in pixels; around it is a border of nine.
pub(super) const HALF: f64 = 8.0;
/// Capsules so near each other are coupled: the notch between two round ends of radius nine that are
/// four pixels apart is a quarter of a pixel deep.
const NEAR: f64 = 4.0;

/// A way, with the train on it that is being made up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Track {
    ends: (Party, Party),
    pub(super) way: Way,
    /// Where it bends, and how much of it is as long as [`NEAR`].
    bend: f64,
    near: f64,
    /// From where to where the train reaches.
    train: Option<(f64, f64)>,
}

/// The ways that packets are on: each is looked up once, not for each packet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tracks(Vec<Track>);

impl Tracks {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The track from one end to the other, if the stage has a way between them.
    pub(super) fn track(&mut self, stage: &Stage, from: Party, to: Party) -> Option<&mut Track> {
        let known = self.0.iter().position(|track| track.ends == (from, to));
        let n = match known {
            Some(n) => n,
            None => {
                let way = stage.way(from, to)?;
                let (first, second) = (way.a.distance(way.mid), way.mid.distance(way.b));
                let whole = (first + second).max(1.0);
                let (bend, near) = (first / whole, NEAR / whole);
                self.0.push(Track { ends: (from, to), way, bend, near, train: None });
                self.0.len() - 1
            }
        };
        self.0.get_mut(n)
    }

    /// Draws the trains that are still open.
    pub(super) fn finish(&mut self, path: &mut String) {
        self.0.iter_mut().for_each(|track| track.depart(path));
    }
}

impl Track {
    /// Adds a capsule to the train; one that is too far off, or beyond the bend, begins the next train.
    pub(super) fn couple(&mut self, at: f64, path: &mut String) {
        if let Some((last, first)) = &mut self.train
            && (*last <= self.bend) == (at <= self.bend)
            && (*first <= self.bend) == (at <= self.bend)
            && *last - self.near <= at
            && at <= *first + self.near
        {
            (*last, *first) = (last.min(at), first.max(at));
            return;
        }
        self.depart(path);
        self.train = Some((at, at));
    }

    fn depart(&mut self, path: &mut String) {
        let Some((last, first)) = self.train.take() else { return };
        let (a, b) = (self.way.at(last), self.way.at(first));
        start(path, a.x - HALF, a.y);
        path.push_str("h16");
        if last < first {
            // The border of the shape between the straight parts is as wide as a capsule is high, and covers
            // what is inside.
            path.push('L');
            push_px(path, b.x + HALF);
            path.push(' ');
            push_px(path, b.y);
            path.push_str("h-16z");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::NodeId;
    use crate::view::layout::Point;

    /// A way of 100 pixels down and 100 to the right.
    fn track() -> Track {
        let (from, to) = (Party::Node(NodeId(0)), Party::Node(NodeId(1)));
        let [a, mid, b] = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0)].map(|(x, y)| Point { x, y });
        let mut tracks = Tracks::default();
        let stage = Stage { ways: vec![Way { link: None, from, to, a, mid, b }], ..Stage::default() };
        tracks.track(&stage, from, to).expect("it is on the stage").clone()
    }

    fn drawn(places: &[f64]) -> String {
        let (mut track, mut path) = (track(), String::new());
        places.iter().for_each(|place| track.couple(*place, &mut path));
        track.depart(&mut path);
        path
    }

    #[test]
    fn what_is_near_is_one_shape() {
        assert_eq!(drawn(&[0.1]), "M-8 20h16");
        assert_eq!(drawn(&[0.2, 0.19, 0.18]), "M-8 36h16L8 40h-16z", "two pixels from one to the next");
        assert_eq!(drawn(&[0.185, 0.2, 0.19]), "M-8 37h16L8 40h-16z", "in any order");
    }

    #[test]
    fn what_is_apart_stays_apart() {
        assert_eq!(drawn(&[0.2, 0.17]), "M-8 40h16M-8 34h16", "six pixels");
        assert_eq!(drawn(&[0.505, 0.495]), "M-7 100h16M-8 99h16", "round the bend");
    }
}
