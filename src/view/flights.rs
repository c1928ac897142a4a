//! Packets in flight as a few SVG paths: one per kind, never a node per packet, and one shape for
//! capsules that cannot be told from each other (`trains`).
//!
//! A packet's place is `(now - sent) / (arrives - sent)` of its way, linear in model time: easing
//! would lie about latency.

mod trains;

use super::format::push_px;
use super::layout::{Point, Rect, Stage, Way};
use super::resp;
use crate::redis::{SendKind, Time};
use crate::sim::{EntryId, LINGER, Packet, PacketKind, World};
use std::rc::Rc;
use trains::{HALF, Tracks};

/// What a packet is, as far as its shape goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A capsule with the command's name.
    Command,
    /// A square block.
    Rdb,
    /// A hollow dot.
    Ack,
    /// A small dot.
    Heartbeat,
    /// A diamond.
    Handshake,
    /// A hollow diamond.
    Reply,
}

/// A label on a capsule, or below a packet.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its middle.
    pub at: Point,
    /// The command's name, or the size in bytes.
    pub text: String,
    /// Whether it is a size.
    pub size: bool,
}

/// The picture of all packets at an instant: the `d` attribute of each path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flights {
    /// Capsules of commands.
    pub commands: String,
    /// Names on capsules and sizes below packets.
    pub labels: Vec<Label>,
    /// Blocks of RDB bytes.
    pub rdb: String,
    /// ACKs.
    pub acks: String,
    /// Heartbeats.
    pub beats: String,
    /// Steps of the handshake.
    pub shakes: String,
    /// Replies.
    pub replies: String,
    /// Crosses where packets were lost.
    pub lost: String,
    /// Rings around the crosses, growing.
    pub lost_rings: String,
    /// Rings around what is picked or lit by "why?".
    pub halos: String,
    /// How many packets there are.
    pub count: usize,
    tracks: Tracks,
}

/// Capsules carry a name while there are at most so many; more would cover each other.
pub const MAX_LABELS: usize = 32;
/// With more packets than this, their sizes would cover each other.
const MAX_SIZED: usize = 14;

/// The kind of a packet; `None` for TCP's own, which are not drawn.
pub fn kind(of: PacketKind) -> Option<Kind> {
    Some(match of {
        PacketKind::Request | PacketKind::Server(SendKind::Stream) => Kind::Command,
        PacketKind::Server(SendKind::Handshake) => Kind::Handshake,
        PacketKind::Server(SendKind::Reply) => Kind::Reply,
        PacketKind::Server(SendKind::Rdb) => Kind::Rdb,
        PacketKind::Server(SendKind::Heartbeat | SendKind::Keepalive) => Kind::Heartbeat,
        PacketKind::Server(SendKind::Ack) => Kind::Ack,
        PacketKind::Syn | PacketKind::SynAck | PacketKind::Fin | PacketKind::Reset => return None,
    })
}

/// How far along its way a packet is; `None` while it waits for the wire.
pub fn progress(packet: &Packet<'_>, now: Time) -> Option<f64> {
    let until = packet.lost_at.unwrap_or(now);
    let (sent, arrives) = (packet.sent.as_micros(), packet.arrives.as_micros());
    if packet.held {
        return Some(0.04);
    }
    let gone = until.as_micros().checked_sub(sent)?;
    Some((gone as f64 / arrives.saturating_sub(sent).max(1) as f64).min(1.0))
}

/// Where a packet is drawn, with its kind.
pub fn place(packet: &Packet<'_>, stage: &Stage, now: Time) -> Option<(Kind, Point)> {
    let kind = kind(packet.kind)?;
    let way = stage.way(packet.from, packet.to)?;
    Some((kind, drawn_at(packet, &way, progress(packet, now)?, kind, stage)))
}

/// What was lost under a switch is marked before it: its word would be crossed out.
fn drawn_at(packet: &Packet<'_>, way: &Way, fraction: f64, kind: Kind, stage: &Stage) -> Point {
    let (mut at, mut fraction) = (beside(way, fraction, kind), fraction);
    let is_free = |at: Point| {
        let cross = Rect::around(at, (12.0, 12.0));
        !stage.switches.iter().any(|(_, switch)| switch.meets(&cross, 0.0))
    };
    while packet.lost_at.is_some() && fraction > 0.0 && !is_free(at) {
        fraction -= 0.02;
        at = beside(way, fraction, kind);
    }
    at
}

/// Commands keep to the middle of the way, what goes the other way a little to its side.
fn beside(way: &Way, fraction: f64, kind: Kind) -> Point {
    let at = way.at(fraction);
    let shift = match kind {
        Kind::Command | Kind::Rdb => 0.0,
        _ => 8.0,
    };
    let side = way.side();
    Point { x: at.x + side.x * shift, y: at.y + side.y * shift }
}

impl Flights {
    /// Draws what is on the wire. With `still`, packets do not move: they stand in a row on their
    /// way, in the order of their arrival.
    pub fn draw(&mut self, world: &World, stage: &Stage, lit: &[EntryId], still: bool) {
        self.clear();
        let now = world.now();
        let (count, commands) = world.packets().fold((0, 0), |(all, commands), packet| {
            (all + 1, commands + usize::from(kind(packet.kind) == Some(Kind::Command)))
        });
        self.count = count;
        let (sized, named) = (count <= MAX_SIZED, commands <= MAX_LABELS);
        for packet in world.packets() {
            let Some(kind) = kind(packet.kind) else { continue };
            let Some(track) = self.tracks.track(stage, packet.from, packet.to) else { continue };
            let Some(fraction) = progress(&packet, now) else { continue };
            let fraction = if still && packet.lost_at.is_none() { slot(world, &packet) } else { fraction };
            let lit = packet.entry.is_some_and(|entry| lit.contains(&entry));
            if kind == Kind::Command && !named && !lit && packet.lost_at.is_none() {
                // It has neither a name nor a size below it.
                track.couple(fraction, &mut self.commands);
                continue;
            }
            let at = drawn_at(&packet, &track.way, fraction, kind, stage);
            if lit {
                dot(&mut self.halos, at, 15.0);
            }
            let below = Point { x: at.x, y: at.y + 20.0 };
            // On a switch its word is read, not the size of what passes.
            let near = Rect::around(below, (34.0, 20.0));
            if sized && !stage.switches.iter().any(|(_, switch)| switch.meets(&near, 0.0)) {
                let at = Point { y: below.y - 3.0, ..below };
                let text = format!("{} B", packet.bytes.len());
                self.label(Label { at: below, text, size: true }, at, stage);
            }
            match packet.lost_at {
                Some(lost) => self.draw_lost(at, now, lost, still),
                None => self.draw_one(kind, at, Some(packet.bytes).filter(|_| named), stage),
            }
        }
        self.tracks.finish(&mut self.commands);
    }

    fn clear(&mut self) {
        self.labels.clear();
        self.tracks.clear();
        for path in [
            &mut self.commands,
            &mut self.rdb,
            &mut self.acks,
            &mut self.beats,
            &mut self.shakes,
            &mut self.replies,
            &mut self.lost,
            &mut self.lost_rings,
            &mut self.halos,
        ] {
            path.clear();
        }
    }

    /// Writes a text around a point, unless a card would cover a part of it.
    fn label(&mut self, label: Label, middle: Point, stage: &Stage) {
        let wide = label.text.chars().count() as f64 * if label.size { 5.8 } else { 6.4 };
        let text = Rect::around(middle, (wide, 8.0));
        if !stage.boxes().any(|card| card.meets(&text, 0.0)) {
            self.labels.push(label);
        }
    }

    /// Draws a packet; a command with its name if it is given its bytes.
    fn draw_one(&mut self, kind: Kind, at: Point, bytes: Option<&Rc<[u8]>>, stage: &Stage) {
        match (kind, bytes) {
            (Kind::Command, None) => {
                start(&mut self.commands, at.x - HALF, at.y);
                self.commands.push_str("h16");
            }
            (Kind::Command, Some(bytes)) => {
                let text = caption(bytes);
                let half = (text.chars().count() as f64 * 3.2).max(6.0);
                start(&mut self.commands, at.x - half, at.y);
                self.commands.push('h');
                push_px(&mut self.commands, half * 2.0);
                let foot = Point { x: at.x, y: at.y + 3.7 };
                self.label(Label { at: foot, text, size: false }, at, stage);
            }
            (Kind::Rdb, _) => {
                start(&mut self.rdb, at.x - 7.0, at.y - 7.0);
                self.rdb.push_str("h14v14h-14z");
            }
            (Kind::Ack, _) => dot(&mut self.acks, at, 5.0),
            (Kind::Heartbeat, _) => {
                start(&mut self.beats, at.x, at.y);
                self.beats.push_str("h0");
            }
            (Kind::Handshake, _) => diamond(&mut self.shakes, at),
            (Kind::Reply, _) => diamond(&mut self.replies, at),
        }
    }

    fn draw_lost(&mut self, at: Point, now: Time, lost: Time, still: bool) {
        start(&mut self.lost, at.x - 5.0, at.y - 5.0);
        self.lost.push_str("l10 10m0 -10l-10 10");
        let age = now.as_micros().saturating_sub(lost.as_micros()) as f64 / LINGER.as_micros() as f64;
        if !still && age < 0.6 {
            dot(&mut self.lost_rings, at, 8.0 + 20.0 * age);
        }
    }
}

/// The place of a packet that must not move: the packets of one way share it evenly.
fn slot(world: &World, packet: &Packet<'_>) -> f64 {
    let same = |other: &Packet<'_>| {
        (other.from, other.to) == (packet.from, packet.to)
            && other.lost_at.is_none()
            && kind(other.kind).is_some()
    };
    let (mut before, mut all) = (0_u32, 0_u32);
    for other in world.packets().filter(same) {
        all += 1;
        before += u32::from((other.arrives, other.id) > (packet.arrives, packet.id));
    }
    let share = f64::from(before + 1) / f64::from(all + 1);
    // The middle of the way belongs to its switch.
    if share < 0.5 { 0.1 + share * 0.5 } else { 0.4 + share * 0.5 }
}

/// The name on a capsule: `SET`, or `SET ×3`.
pub fn caption(bytes: &[u8]) -> String {
    let mut first = None;
    let mut count = 0;
    for verb in resp::verbs(bytes) {
        if verb != "SELECT" && verb != "MULTI" && verb != "EXEC" {
            count += 1;
            first.get_or_insert(verb);
        }
    }
    match (first, count) {
        (Some(verb), 1) => verb,
        (Some(verb), n) => format!("{verb}×{n}"),
        (None, _) => "…".to_owned(),
    }
}

fn start(path: &mut String, x: f64, y: f64) {
    path.push('M');
    push_px(path, x);
    path.push(' ');
    push_px(path, y);
}

fn dot(path: &mut String, at: Point, r: f64) {
    start(path, at.x - r, at.y);
    for sign in ["", "-"] {
        path.push('a');
        push_px(path, r);
        path.push(' ');
        push_px(path, r);
        path.push_str(" 0 1 0 ");
        path.push_str(sign);
        push_px(path, 2.0 * r);
        path.push_str(" 0");
    }
    path.push('z');
}

fn diamond(path: &mut String, at: Point) {
    start(path, at.x, at.y - 7.0);
    path.push_str("l7 7-7 7-7-7z");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Span;
    use crate::sim::{Action, LinkId, LinkMode, Session, WorldSpec};
    use crate::view::history::Record;
    use crate::view::layout::Plan;
    use crate::view::scene::Scene;

    #[test]
    fn a_capsule_names_its_commands() {
        let select = b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
        let set = b"*3\r\n$3\r\nset\r\n$1\r\nk\r\n$1\r\nv\r\n";
        assert_eq!(caption(&[&select[..], set].concat()), "SET");
        assert_eq!(caption(&[&set[..], set].concat()), "SET×2");
        assert_eq!(caption(b"garbage"), "…");
    }

    #[test]
    fn no_label_lies_partly_under_a_card() {
        let mut session = Session::new(WorldSpec::course());
        let (mut flights, mut named, mut hidden) = (Flights::default(), 0, 0);
        let scene = Scene::of(session.world(), &Record::default());
        for (width, height) in [(390.0, 268.0), (640.0, 420.0)] {
            let stage = Stage::of(&scene, &Plan { width, height, touch: true, dragged: Vec::new() });
            for tick in 0..1500 {
                session.advance(session.world().now() + Span::from_millis(7));
                flights.draw(session.world(), &stage, &[], false);
                let commands =
                    session.world().packets().filter(|packet| kind(packet.kind) == Some(Kind::Command));
                hidden += commands.count();
                for label in &flights.labels {
                    let wide = label.text.chars().count() as f64 * 5.8;
                    let text = Rect::around(Point { y: label.at.y - 3.5, ..label.at }, (wide, 6.0));
                    let under = stage.boxes().find(|card| card.meets(&text, 0.0));
                    assert_eq!(under, None, "at {tick} under a card: {label:?}");
                    named += usize::from(!label.size);
                }
            }
        }
        assert!(named > 100 && hidden > named, "{named} named of {hidden}: some are seen, some arrive");
    }

    #[test]
    fn what_is_lost_at_a_switch_leaves_its_word_legible() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(4_000));
        session.act(Action::SetLinkMode(LinkId(0), LinkMode::Silent)).expect("the link is there");
        let scene = Scene::of(session.world(), &Record::default());
        let plan = Plan { width: 640.0, height: 420.0, touch: false, dragged: Vec::new() };
        let (stage, mut flights, mut lost) = (Stage::of(&scene, &plan), Flights::default(), 0);
        for _ in 0..500 {
            session.advance(session.world().now() + Span::from_millis(7));
            flights.draw(session.world(), &stage, &[], false);
            for cross in flights.lost.split('M').skip(1) {
                let (x, y) = cross.split_once('l').and_then(|(at, _)| at.split_once(' ')).expect("x y");
                let (x, y) = (x.parse::<f64>().expect("x") + 5.0, y.parse::<f64>().expect("y") + 5.0);
                let cross = Rect::around(Point { x, y }, (10.0, 10.0));
                assert!(stage.switches.iter().all(|(_, switch)| !switch.meets(&cross, 0.0)), "{x} {y}");
                lost += 1;
            }
        }
        assert!(lost > 100, "{lost}");
    }

    #[test]
    fn shapes_are_closed_paths() {
        let mut path = String::new();
        dot(&mut path, Point { x: 10.0, y: 10.0 }, 5.0);
        assert_eq!(path, "M5 10a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z");
    }
}
