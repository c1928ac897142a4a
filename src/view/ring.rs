//! A node's backlog as a circle: one arc per command, the write head, and each follower's head.

use super::format::push_px;
use super::history::Fed;
use super::resp;
use super::scene::{Name, Scene};
use crate::redis::{BytePos, ReplId, Server, StreamKind};
use crate::sim::{NodeId, World};
use std::f64::consts::{FRAC_PI_2, TAU};
use std::rc::Rc;

/// A stretch of the stream in the backlog.
#[derive(Clone, Debug, PartialEq)]
pub struct Arc {
    /// Its first byte still held.
    pub from: u64,
    /// Its last byte.
    pub to: u64,
    /// Whether it only carries a heartbeat.
    pub beat: bool,
    /// The SVG path of its sector.
    pub path: String,
    /// From 0 (oldest) to 1 (newest).
    pub age: f64,
    /// The commands in it.
    pub text: String,
}

/// A follower's place.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Whose.
    pub who: Name,
    /// The next byte it wants.
    pub next: u64,
    /// Its angle.
    pub angle: f64,
    /// Bytes it wants that are gone.
    pub lost: u64,
    /// The sector where the lost bytes were, now overwritten.
    pub lost_path: Option<String>,
    /// Bytes that are held and that it would ask for, were it to return now.
    pub asks: u64,
    /// Whether the stream reaches it now.
    pub online: bool,
}

/// A backlog.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// Whose.
    pub owner: Name,
    /// Which node.
    pub node: NodeId,
    /// Its size in bytes.
    pub size: u64,
    /// Bytes once around the circle. More than the size where whole blocks are kept (Redis ≥ 7.0).
    pub around: u64,
    /// Bytes held.
    pub held: u64,
    /// The oldest byte held.
    pub first: u64,
    /// The newest.
    pub offset: u64,
    /// The angle of the write head.
    pub angle: f64,
    /// Whose history it is, and where its byte 0 would stand: while both stay, arcs do.
    place: (ReplId, u64),
    /// What it holds, oldest first.
    pub arcs: Vec<Rc<Arc>>,
    /// Where its followers are.
    pub heads: Vec<Head>,
}

/// Radius of the middle of the ring.
pub const RADIUS: f64 = 140.0;
/// Width of the ring.
pub const WIDTH: f64 = 34.0;
/// More arcs than this are merged: they would be thinner than a pixel.
const MAX_ARCS: usize = 192;

/// Where each byte stands on the circle.
#[derive(Clone, Copy)]
struct Dial {
    size: u64,
    /// The place of the next byte, and its number.
    idx: u64,
    next: u64,
}

impl Dial {
    fn angle(self, pos: u64) -> f64 {
        let size = self.size.max(1);
        let back = self.next.saturating_sub(pos) % size;
        let place = (self.idx + size - back) % size;
        place as f64 / size as f64 * TAU - FRAC_PI_2
    }

    /// The sector of the bytes `from..=to`.
    fn sector(self, from: u64, to: u64) -> String {
        let span = (to + 1).saturating_sub(from) as f64 / self.size.max(1) as f64 * TAU;
        let gap = 0.006_f64.min(span / 4.0);
        let start = self.angle(from) + gap;
        sector(start, start + (span - 2.0 * gap).min(TAU - 0.01))
    }
}

/// The point at an angle and radius around the origin.
pub fn polar(radius: f64, angle: f64) -> (f64, f64) {
    let (cos, sin) = cos_sin(angle);
    (radius * cos, radius * sin)
}

/// Cosine and sine to a thousandth of a pixel: the library's are exact, and 9 KB of code on the page.
fn cos_sin(angle: f64) -> (f64, f64) {
    let turns = angle / TAU;
    let x = (turns - turns.round()) * (TAU / 8.0);
    let (x2, mut sin) = (x * x, 0.0);
    let mut cos = 0.0;
    // An eighth of the angle, at most 0.4, by Taylor's series; then the angle doubled three times.
    for (n, factor) in [5040.0, 120.0, 6.0, 1.0].into_iter().enumerate() {
        let sign = if n % 2 == 0 { -1.0 } else { 1.0 };
        sin = sin * x2 + sign / factor;
    }
    sin *= x;
    for (n, factor) in [720.0, 24.0, 2.0, 1.0].into_iter().enumerate() {
        let sign = if n % 2 == 0 { -1.0 } else { 1.0 };
        cos = cos * x2 + sign / factor;
    }
    for _ in 0..3 {
        (cos, sin) = (cos * cos - sin * sin, 2.0 * cos * sin);
    }
    (cos, sin)
}

fn sector(from: f64, to: f64) -> String {
    let (outer, inner) = (RADIUS + WIDTH / 2.0, RADIUS - WIDTH / 2.0);
    let large = if to - from > TAU / 2.0 { " 0 1 " } else { " 0 0 " };
    let mut path = String::with_capacity(96);
    let put = |path: &mut String, (x, y): (f64, f64)| {
        push_px(path, x);
        path.push(' ');
        push_px(path, y);
    };
    path.push('M');
    put(&mut path, polar(outer, from));
    for (radius, angle, sweep) in [(outer, to, "1 "), (inner, from, "0 ")] {
        if radius == inner {
            path.push('L');
            put(&mut path, polar(inner, to));
        }
        path.push('A');
        put(&mut path, (radius, radius));
        path.push_str(large);
        path.push_str(sweep);
        put(&mut path, polar(radius, angle));
    }
    path.push('Z');
    path
}

/// A stretch that was fed to a stream: what it is, its first byte and its last.
pub type Stretch = (StreamKind, BytePos, u64);

impl Ring {
    /// The ring of a node; `None` while it has no backlog. `fed` are the stretches of its stream.
    pub fn of(world: &World, scene: &Scene, node: NodeId, fed: &Fed) -> Option<Self> {
        Self::after(None, world, scene, node, fed)
    }

    /// The same, made of one drawn before: what stands where it stood is not drawn anew.
    pub fn after(
        before: Option<&Self>,
        world: &World,
        scene: &Scene,
        node: NodeId,
        fed: &Fed,
    ) -> Option<Self> {
        let server = world.node(node)?.server()?;
        let log = server.backlog()?;
        let offset = server.offset();
        let first = log.first.get();
        // Blocks have no place of their own on a circle: it is as long as what is kept, rounded up so
        // that it does not turn with every byte.
        let around = log.histlen.max(log.size).next_multiple_of(log.size.max(1));
        let idx = log.idx.unwrap_or(offset.get() % around.max(1));
        let dial = Dial { size: around, idx, next: offset.next().get() };
        let around_once = around.max(1);
        let place = (server.repl_id(), (idx + around_once - offset.next().get() % around_once) % around_once);
        let same = before.filter(|ring| (ring.node, ring.around, ring.place) == (node, around, place));
        let known = same.map(|ring| ring.arcs.as_slice()).unwrap_or_default();
        let arcs = arcs(server, dial, (first, offset.get()), fed, known);
        let heads = scene.nodes.iter().filter(|card| card.master == Some(node) && card.resumes).map(|card| {
            let next = card.offset + 1;
            let lost = first.saturating_sub(next);
            Head {
                who: card.name,
                next,
                angle: dial.angle(next.min(offset.next().get())),
                lost,
                lost_path: (lost > 0).then(|| dial.sector(next, first.min(next + around) - 1)),
                asks: offset.next().get().saturating_sub(next.max(first)),
                online: card.phase == super::scene::Phase::Online,
            }
        });
        Some(Self {
            owner: scene.node(node)?.name,
            node,
            size: log.size,
            around,
            held: log.histlen,
            first,
            offset: offset.get(),
            angle: dial.angle(offset.next().get()),
            place,
            heads: heads.collect(),
            arcs,
        })
    }

    /// Whether it is drawn with the same shapes: what else differs are places and numbers, which move
    /// from frame to frame.
    pub fn looks_like(&self, other: &Self) -> bool {
        let head = |head: &Head| (head.who, head.online, head.lost > 0, head.asks > 0);
        // Which follower lost most is told by a text in the middle, which moves like a number.
        let whole = |ring: &Self| (ring.node, ring.owner, ring.size);
        whole(self) == whole(other) && self.heads.iter().map(head).eq(other.heads.iter().map(head))
    }

    /// How often the write head came past its start.
    pub fn laps(&self) -> u64 {
        self.offset / self.around.max(1)
    }

    /// The follower that lost most.
    pub fn lapped(&self) -> Option<&Head> {
        self.heads.iter().filter(|head| head.lost > 0).max_by_key(|head| head.lost)
    }
}

fn arcs(
    server: &Server,
    dial: Dial,
    (first, offset): (u64, u64),
    fed: &Fed,
    known: &[Rc<Arc>],
) -> Vec<Rc<Arc>> {
    // What is held; the record may know what comes later, too.
    let mut n = first.checked_sub(1).map_or(0, |before| fed.after(0, before));
    let end = (fed.after(n, offset) + 1).min(fed.len());
    // Borders at fixed bytes: what was merged stays as it is while new bytes come.
    let group = dial.size.div_ceil(MAX_ARCS as u64 - 1).max(1);
    let merges = end - n > MAX_ARCS;
    let held = (offset + 1).saturating_sub(first).max(1);
    let mut known = known.iter().peekable();
    let mut arcs = Vec::with_capacity((end - n).min(MAX_ARCS));
    while let Some(oldest) = fed.get(n).filter(|_| n < end) {
        let chunk =
            n..if merges { fed.after(n, oldest.2 / group * group + (group - 1)).min(end) } else { n + 1 };
        n = chunk.end;
        let last = fed.get(n - 1).map_or(0, |last| last.2);
        let (from, to) = (oldest.1.get().max(first), last.min(offset));
        if to < from {
            continue;
        }
        // In tenths: an arc does not become another with every byte.
        let age = ((to + 1 - first) * 10).div_ceil(held) as f64 / 10.0;
        while known.next_if(|arc| arc.to < to).is_some() {}
        if let Some(same) = known.peek().filter(|arc| (arc.from, arc.to) == (from, to)) {
            let arc =
                if same.age == age { Rc::clone(same) } else { Rc::new(Arc { age, ..Arc::clone(same) }) };
            arcs.push(arc);
            continue;
        }
        let bytes = server.backlog_bytes(BytePos::new(from), (to + 1 - from).min(256));
        arcs.push(Rc::new(Arc {
            from,
            to,
            beat: chunk
                .filter_map(|n| fed.get(n))
                .all(|(kind, ..)| matches!(kind, StreamKind::Ping | StreamKind::GetAck)),
            path: dial.sector(from, to),
            age,
            text: resp::decode(&bytes, 3).join(" · "),
        }));
    }
    arcs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Time;
    use crate::sim::{Session, WorldSpec};
    use crate::view::history::Record;

    #[test]
    fn the_write_head_stands_where_the_next_byte_goes() {
        let dial = Dial { size: 512, idx: 128, next: 1000 };
        assert!((dial.angle(1000) - 0.0).abs() < 1e-9, "a quarter of the way round");
        assert!((dial.angle(1000 - 128) + FRAC_PI_2).abs() < 1e-9, "128 bytes ago it was at the top");
        assert_eq!(dial.angle(1000 - 512), dial.angle(1000), "a lap is a circle");
    }

    #[test]
    fn the_short_sine_is_good_enough_for_pixels() {
        for n in -2000..2000 {
            let angle = f64::from(n) * 0.01;
            let (cos, sin) = cos_sin(angle);
            assert!((cos - angle.cos()).abs() < 1e-5, "cos {angle}");
            assert!((sin - angle.sin()).abs() < 1e-5, "sin {angle}");
        }
    }

    #[test]
    fn sectors_are_closed() {
        let path = Dial { size: 100, idx: 0, next: 101 }.sector(1, 60);
        assert!(path.starts_with('M') && path.ends_with('Z'), "{path}");
        assert!(path.contains(" 0 1 1 "), "more than half is a large arc: {path}");
    }

    #[test]
    fn it_looks_the_same_whichever_follower_lost_most() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(8_000));
        let mut record = Record::default();
        record.follow_session(&mut session);
        let scene = Scene::of(session.world(), &record);
        let ring = Ring::after(None, session.world(), &scene, NodeId(0), &record.fed[0]);
        let mut ring = ring.expect("the master has a backlog");
        let whole = ring.clone();
        (ring.heads[0].lost, ring.heads[1].lost) = (40, 30);
        let mut other = ring.clone();
        other.heads[1].lost = 50;
        assert!(ring.lapped().map(|head| head.who) != other.lapped().map(|head| head.who));
        assert!(ring.looks_like(&other) && !ring.looks_like(&whole));
    }
}
