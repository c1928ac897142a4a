//! Instants of note on the lanes of the space–time diagram.

use super::record::Record;
use crate::redis::Time;
use crate::sim::{EntryId, Mark, MarkKind, NodeId};
use crate::view::scene::Scene;

/// A mark drawn on a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pin {
    /// Where.
    pub x: f64,
    /// The lane's height.
    pub y: f64,
    /// The event.
    pub entry: EntryId,
    /// What it is.
    pub kind: MarkKind,
    /// Free pixels to its right, for a label.
    pub room: f64,
}

/// Two pins on one lane that are nearer than this are drawn as one.
const NEAR: f64 = 7.0;

/// The node on whose lane a mark stands.
fn node(mark: &Mark, record: &Record, scene: &Scene) -> Option<NodeId> {
    match mark.kind {
        MarkKind::Cut(link) | MarkKind::Healed(link) => {
            let used = || scene.links.iter().find(|l| l.id == link).map(|l| l.lower);
            record.lane_of(link, mark.at).or_else(used)
        }
        MarkKind::Continued(node)
        | MarkKind::FullResync(node)
        | MarkKind::RdbStart(node)
        | MarkKind::RdbEnd(node)
        | MarkKind::Online(node)
        | MarkKind::Lapped(node)
        | MarkKind::Promoted(node)
        | MarkKind::Demoted(node)
        | MarkKind::Dropped(node)
        | MarkKind::Down(node)
        | MarkKind::Up(node) => Some(node),
    }
}

/// The marks between two instants, those that are near each other as one.
pub(super) fn pins(
    record: &Record,
    scene: &Scene,
    (from, to): (Time, Time),
    right: f64,
    x: impl Fn(Time) -> f64,
    lane: impl Fn(usize) -> f64,
) -> Vec<Pin> {
    let start = record.marks.partition_point(|mark| mark.at < from);
    let mut pins: Vec<Pin> = Vec::new();
    for mark in record.marks[start..].iter().take_while(|mark| mark.at <= to) {
        let Some(node) = node(mark, record, scene) else { continue };
        let (x, y) = (x(mark.at), lane(node.index()));
        if let Some(before) = pins.iter_mut().rfind(|pin| pin.y == y) {
            before.room = x - before.x;
            if before.room < NEAR {
                // The last of several at one place is what they led to.
                (before.entry, before.kind) = (mark.entry, mark.kind);
                before.room = right - before.x;
                continue;
            }
        }
        pins.push(Pin { x, y, entry: mark.entry, kind: mark.kind, room: right - x });
    }
    pins
}
