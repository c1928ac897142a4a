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
