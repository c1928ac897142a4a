//! The same bytes as a straight tape: the window of the backlog slides over the stream.

use super::ring::Ring;

/// Width of the tape's picture, in its own units.
pub const WIDTH: f64 = 600.0;

/// A stretch of the tape.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Which arc of the ring it is.
    pub arc: usize,
    /// Left.
    pub x: f64,
    /// Width.
    pub w: f64,
}

/// A backlog as a tape.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// What it holds, oldest first.
    pub pieces: Vec<Piece>,
    /// The window: where the oldest byte held begins, and where the newest ends.
    pub window: (f64, f64),
    /// Where the first byte of the picture was overwritten, up to the window; nothing if it was not.
    pub lost: Option<(f64, f64)>,
    /// Where bytes will be written before old ones are overwritten.
    pub free: Option<(f64, f64)>,
    /// Where each follower's next byte is, in the order of the ring's heads.
    pub heads: Vec<f64>,
    /// Where the next byte goes.
    pub write: f64,
}

impl Tape {
    /// The tape of a ring.
    pub fn of(ring: &Ring) -> Self {
        let end = ring.offset + 1;
        // A follower that is further behind than a whole ring stands at the left edge.
        let furthest = ring.heads.iter().map(|head| head.next).min().unwrap_or(ring.first);
        let from = ring.first.min(furthest.max(ring.first.saturating_sub(ring.around)));
        let to = end.max(ring.first + ring.around);
        let scale = WIDTH / (to - from).max(1) as f64;
        let x = |pos: u64| (pos.max(from).min(to) - from) as f64 * scale;
        let pieces = ring.arcs.iter().enumerate().map(|(arc, piece)| {
            let (left, right) = (x(piece.from), x(piece.to + 1));
            Piece { arc, x: left, w: (right - left).max(0.6) }
        });
        Self {
            pieces: pieces.collect(),
            window: (x(ring.first), x(end)),
            lost: (from < ring.first).then(|| (0.0, x(ring.first))),
            free: (end < to).then(|| (x(end), WIDTH)),
            heads: ring.heads.iter().map(|head| x(head.next)).collect(),
            write: x(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::{BacklogModel, Time};
    use crate::sim::{Action, LinkId, NodeId, Session, WorldSpec};
    use crate::view::history::Record;
    use crate::view::scene::Scene;

    /// The master's ring after replica B was cut off for a while.
    fn ring(size: u64, model: BacklogModel) -> Ring {
        let mut spec = WorldSpec::course();
        for node in &mut spec.nodes {
            (node.settings.backlog_size, node.settings.backlog_model) = (size, model);
        }
        spec.clients[0].writes.every = crate::redis::Span::from_millis(20);
        spec.clients[0].writes.window = 1000;
        let mut session = Session::new(spec);
        session.advance(Time::from_millis(8_000));
        session.act(Action::Cut(LinkId(1))).expect("the course has this link");
        session.advance(Time::from_millis(40_000));
        let (world, mut record) = (session.world(), Record::default());
        record.follow(world);
        Ring::of(world, &Scene::of(world, &record), NodeId(0), &record.fed[0]).expect("it has a backlog")
    }

    #[test]
    fn a_ring_drawn_on_is_the_one_drawn_anew() {
        for size in [512, 65_536] {
            let mut spec = WorldSpec::course();
            for node in &mut spec.nodes {
                node.settings.backlog_size = size;
            }
            spec.clients[0].writes.every = crate::redis::Span::from_millis(30);
            let (mut session, mut record) = (Session::new(spec), Record::default());
            let mut drawn = [None::<Ring>, None];
            let mut kept = 0;
            for millis in (0..40_000).step_by(70) {
                session.advance(Time::from_millis(millis));
                let link = LinkId(1);
                match millis {
                    9_030 | 30_030 => session.act(Action::Cut(link)).expect("it is up"),
                    11_060 | 36_050 => session.act(Action::Heal(link)).expect("it is cut"),
                    _ => {}
                }
                let world = session.world();
                record.follow(world);
                let scene = Scene::of(world, &record);
                for (n, drawn) in drawn.iter_mut().enumerate() {
                    // The master, and replica B, which gets another history.
                    let (id, fed) = (NodeId(n as u8 * 2), &record.fed[n * 2]);
                    let anew = Ring::of(world, &scene, id, fed);
                    let on = Ring::after(drawn.as_ref(), world, &scene, id, fed);
                    assert_eq!(on, anew, "{size} {millis} {n}");
                    let old = drawn.iter().flat_map(|ring| &ring.arcs);
                    let on_arcs = || on.iter().flat_map(|ring| &ring.arcs);
                    kept += old.filter(|old| on_arcs().any(|arc| std::rc::Rc::ptr_eq(old, arc))).count();
                    *drawn = on;
                }
            }
            assert!(kept > 1000, "{size}: most arcs stay, {kept}");
        }
    }

    #[test]
    fn rings_and_tapes_of_every_size_and_model_hold_together() {
        for size in [128, 512, 65_536, 16 << 20] {
            for model in [BacklogModel::Ring, BacklogModel::Blocks { payload: 20_440 }] {
                let ring = ring(size, model);
                let name = format!("{size} {model:?}");
                assert!(!ring.arcs.is_empty() && ring.arcs.len() <= 192, "{name}: {} arcs", ring.arcs.len());
                assert!(ring.held <= ring.around && ring.size <= ring.around, "{name}");
                assert_eq!(
                    (ring.arcs[0].from, ring.offset + 1 - ring.first),
                    (ring.first, ring.held),
                    "{name}"
                );
                assert_eq!(ring.arcs.last().map(|arc| arc.to), Some(ring.offset), "{name}");
                for pair in ring.arcs.windows(2) {
                    assert_eq!(pair[0].to + 1, pair[1].from, "{name}: no byte is left out");
                }
                let away = ring.heads.iter().find(|head| !head.online).expect("B is away");
                assert_eq!(away.asks + away.lost, ring.offset + 1 - away.next, "{name}");
                assert_eq!(away.lost > 0, away.next < ring.first, "{name}");
                let tape = Tape::of(&ring);
                for piece in &tape.pieces {
                    assert!(piece.x >= 0.0 && piece.x + piece.w <= WIDTH + 1.0, "{name}: {piece:?}");
                }
                assert!(tape.window.0 < tape.window.1 && tape.window.1 <= WIDTH, "{name}: {:?}", tape.window);
            }
        }
    }
}
