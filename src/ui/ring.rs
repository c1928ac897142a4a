//! The Ring view: a node's backlog as a circle.

pub(super) mod arcs;
mod tape;

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::live::{Kind, Which};
use super::look::Look;
use super::piece::Piece;
use crate::view::Words;
use crate::view::format::{grouped, px};
use crate::view::ring::{Arc, Head, RADIUS, Ring, WIDTH, polar};
use crate::view::scene::Role;
use arcs::Marked;
use yew::html::Scope;

/// The Ring view.
pub(super) fn ring_view(app: &App, link: &Scope<App>) -> El {
    el("section")
        .class(if app.shine().is_some_and(|shine| shine.ring.is_some()) {
            "view ring shine"
        } else {
            "view ring"
        })
        .label(app.words().ring)
        .keep(app, Piece::RingBar, link)
        .keep(app, Piece::Ring, link)
}

/// Whose backlog it is, and how it is shown.
pub(super) fn bar(app: &App, link: &Scope<App>) -> El {
    let (w, picture) = (app.words(), &app.shown.picture);
    let ring = picture.ring.as_deref();
    let tape = app.look.tape;
    let mut title = el("h2").text(w.ring);
    if let Some(ring) = ring {
        title = title.text(" · ").say((w.bytes)(ring.size));
    }
    let owner = picture.ring_owner.map(|owner| owner.tag);
    let mut nodes = el("select").label(w.look.ring_node).on(link, Deed::Look(Look::RingOf));
    for node in &picture.scene.nodes {
        let mut option = el("option").set("value", node.id.0.to_string());
        if Some(node.name.tag) == owner {
            option = option.attr("selected", "selected");
        }
        nodes = nodes.add(option.say((w.node)(node.name)));
    }
    let (word, which) = if tape { (w.look.as_ring, Icon::Ring) } else { (w.look.as_tape, Icon::Tape) };
    let toggle = button("btn tool")
        .on(link, Deed::Look(Look::Tape(!tape)))
        .add(icon(which))
        .add(el("span").text(word));
    el("header").class("bar").add(title).add(nodes).add(toggle)
}

/// The backlog.
pub(super) fn picture(app: &App, link: &Scope<App>) -> El {
    let drawing = match app.shown.picture.ring.as_deref() {
        Some(ring) if app.look.tape => tape::tape(app, ring, link),
        Some(ring) => circle(app, ring, link),
        None => {
            let w = app.words();
            let down = app.shown.picture.ring_owner.is_some_and(|owner| owner.role == Role::Down);
            el("p").class("empty").text(if down { w.node_down } else { w.ring_none })
        }
    };
    el("div").class("ringbox").add(drawing)
}

/// The hatching of what was overwritten.
pub(super) fn hatching() -> El {
    let hatch = el("line")
        .attr("x1", "0")
        .attr("y1", "0")
        .attr("x2", "0")
        .attr("y2", "6")
        .attr("stroke", "var(--cut)")
        .attr("stroke-width", "2")
        .attr("opacity", ".6");
    let pattern = el("pattern")
        .attr("id", "hatch")
        .attr("width", "6")
        .attr("height", "6")
        .attr("patternUnits", "userSpaceOnUse")
        .attr("patternTransform", "rotate(45)")
        .add(hatch);
    el("defs").add(pattern)
}

fn circle(app: &App, ring: &Ring, link: &Scope<App>) -> El {
    let w = app.words();
    let live = |kind, n| Which::new(kind, false, n);
    let heads = || ring.heads.iter().enumerate();
    let lost = heads().filter(|(_, head)| head.lost > 0).map(|(n, _)| {
        el("path").class("r-lost").live_attr(live(Kind::Lost, n), said(ring, Kind::Lost, n, w))
    });
    el("svg")
        .attr("viewBox", "-215 -212 430 424")
        .attr("preserveAspectRatio", "xMidYMid meet")
        .attr("role", "img")
        .set("aria-label", summary(ring, w))
        .add(hatching())
        .add(el("circle").class("r-free").px("r", RADIUS).px("stroke-width", WIDTH))
        // The player fills it; Yew never looks into it. So many siblings there always are: else Yew would
        // take another for it.
        .add(el("g").class("arcs").on(link, Deed::Look(Look::PickArc)))
        .add(el("g").all(lost))
        .add(el("g").all(heads().filter(|(_, head)| !head.online && head.asks > 0).map(|(n, head)| {
            let d = said(ring, Kind::Asks, n, w);
            let path = el("path").class("r-asks").attr("stroke", var_of(head.who.role).0);
            path.live_attr(live(Kind::Asks, n), d)
        })))
        .add(el("g").all(heads().map(|(n, head)| stem(ring, n, head, w))))
        .add(el("g").all(heads().map(|(n, head)| reader(ring, n, head, w))))
        .add(writer(ring, w))
        .add(center(ring, w))
}

/// What of the ring stands out.
pub(super) fn marked(app: &App) -> Marked {
    let byte = app.lessons.draft.number.filter(|_| app.guesses_byte());
    Marked { pick: app.look.pick, byte }
}

/// An arc's colour by kind.
fn class_name(beat: bool, on: bool) -> &'static str {
    match (beat, on) {
        (false, false) => "r-arc",
        (true, false) => "r-arc beat",
        (false, true) => "r-arc on",
        (true, true) => "r-arc beat on",
    }
}

/// An arc's commands, as a tool tip.
fn title(arc: &Arc) -> String {
    [&grouped(arc.from), "–", &grouped(arc.to), "  ", &arc.text].concat()
}

/// The bytes that a follower which is away would ask for, along its track.
fn wanted(ring: &Ring, n: usize, head: &Head) -> String {
    let radius = track(ring.heads.len(), n);
    let share = head.asks as f64 / ring.around.max(1) as f64;
    let start = ring.angle - share.min(0.995) * std::f64::consts::TAU;
    let ((ax, ay), (bx, by)) = (polar(radius, start), polar(radius, ring.angle));
    let large = if share > 0.5 { 1 } else { 0 };
    let r = px(radius);
    format!("M{} {}A{r} {r} 0 {large} 1 {} {}", px(ax), px(ay), px(bx), px(by))
}

/// A line along the radius, at the angle of something.
fn spoke(ring: &Ring, which: Which, to: f64, color: &'static str, w: &Words) -> El {
    el("line")
        .px("x1", RADIUS - WIDTH / 2.0)
        .px("x2", to)
        .attr("stroke", color)
        .attr("stroke-width", "2.5")
        .live_attr(which, said(ring, which.kind, which.n, w))
}

/// What moves to a place.
fn at(ring: &Ring, kind: Kind, n: usize, w: &Words) -> El {
    el("g").live_attr(Which::new(kind, false, n), said(ring, kind, n, w))
}

/// What the ring shows of its `n`-th thing of a kind.
pub(super) fn said(ring: &Ring, kind: Kind, n: usize, w: &Words) -> String {
    let head = ring.heads.get(n);
    // Far is where no follower is: between two drawings one may have gone.
    let angle = head.map_or(0.0, |head| head.angle);
    let (x, y) = polar(RADIUS + 44.0, ring.angle);
    match kind {
        Kind::WriterStem => turned(ring.angle),
        Kind::Writer => moved((x, y)),
        Kind::WriterSide => if x < 0.0 { "end" } else { "start" }.to_owned(),
        Kind::WriterNumber => moved(number_at((x, y))),
        Kind::RingOffset => grouped(ring.offset),
        Kind::Stem => turned(angle),
        Kind::Reader => moved(polar(track(ring.heads.len(), n), angle)),
        Kind::Lost => head.and_then(|head| head.lost_path.clone()).unwrap_or_default(),
        Kind::Asks => head.map_or_else(String::new, |head| wanted(ring, n, head)),
        Kind::Middle => middle(ring, n, w),
        _ => String::new(),
    }
}

/// Where the number of a write head begins, seen from the head; on the left side of the ring, where it ends.
fn number_at((x, y): (f64, f64)) -> (f64, f64) {
    let side = if x < 0.0 { -1.0 } else { 1.0 };
    // At the top and at the bottom there is no room above or below the head.
    if y.abs() > RADIUS {
        return (side * 19.0, 5.0);
    }
    // Above or below it, then, and outside the ring, whose edge is here at the height of the number.
    let (outer, high) = (RADIUS + WIDTH / 2.0 + 4.0, y.abs() + 14.0);
    let edge = (outer * outer - high * high).max(0.0).sqrt();
    let begin = (x.abs() - 22.0).max(edge);
    (side * (begin - x.abs()), if y < 0.0 { -19.0 } else { 29.0 })
}

fn moved((x, y): (f64, f64)) -> String {
    ["translate(", &px(x), " ", &px(y), ")"].concat()
}

fn turned(angle: f64) -> String {
    ["rotate(", &px(angle.to_degrees()), ")"].concat()
}

fn disc(r: &'static str, fill: &'static str) -> El {
    el("circle").attr("r", r).attr("fill", fill)
}

/// The write head, outside the ring.
fn writer(ring: &Ring, w: &Words) -> El {
    let color = var_of(ring.owner.role);
    let text = el("text").class("m").attr("font-size", "12");
    let number = text.live(Which::new(Kind::RingOffset, false, 0), grouped(ring.offset));
    let side = Which::new(Kind::WriterSide, false, 0);
    let beside = el("g").live_attr(side, said(ring, Kind::WriterSide, 0, w));
    el("g").add(spoke(ring, Which::new(Kind::WriterStem, false, 0), RADIUS + 44.0, color.0, w)).add(
        at(ring, Kind::Writer, 0, w)
            .add(disc("13", color.0))
            .add(letter(ring.owner.tag, color.1))
            .add(beside.add(at(ring, Kind::WriterNumber, 0, w).add(number))),
    )
}

/// Dashes for what is offline.
fn dashed(line: El, head: &Head) -> El {
    if head.online { line } else { line.attr("stroke-dasharray", "3 3") }
}

/// The line from a follower's place to its head. All of them are drawn before the heads.
fn stem(ring: &Ring, n: usize, head: &Head, w: &Words) -> El {
    let color = var_of(head.who.role).0;
    dashed(spoke(ring, Which::new(Kind::Stem, false, n), track(ring.heads.len(), n), color, w), head)
}

/// A follower's head, each on a track of its own inside the ring; hollow once it is lapped.
fn reader(ring: &Ring, n: usize, head: &Head, w: &Words) -> El {
    let color = var_of(head.who.role);
    let (fill, ink) = if head.lost > 0 { ("var(--card)", color.0) } else { color };
    let disc = el("circle")
        .px("r", size(ring.heads.len()))
        .attr("fill", fill)
        .attr("stroke", color.0)
        .attr("stroke-width", "2.5");
    at(ring, Kind::Reader, n, w).add(dashed(disc, head)).add(letter(head.who.tag, ink))
}

/// The radius of a head, of so many. The middle is for numbers: three tracks leave it room only if they are narrow.
fn size(count: usize) -> f64 {
    if count > 2 { 7.5 } else { 9.5 }
}

/// The radius of a follower's track, of so many.
fn track(count: usize, n: usize) -> f64 {
    let head = size(count);
    // Beyond the third, heads stand between the others.
    let step = (n % 3) as f64 * 2.0 + f64::from(u8::from(n > 2));
    RADIUS - WIDTH / 2.0 - 4.0 - head - step * head
}

fn letter(tag: char, fill: &'static str) -> El {
    el("text")
        .attr("y", "4.5")
        .attr("text-anchor", "middle")
        .attr("font-size", "12.5")
        .attr("font-weight", "700")
        .set("style", ["fill:", fill].concat())
        .say(tag.to_string())
}

/// The lines in the middle, from the top.
fn middle(ring: &Ring, n: usize, w: &Words) -> String {
    match (n, ring.lapped()) {
        (0, _) => (w.look.ring_laps)(ring.laps()),
        (1, Some(head)) => (w.ring_wants)(&(w.node)(head.who)),
        (1, None) => "master_repl_offset".to_owned(),
        (2, Some(head)) => grouped(head.next),
        (2, None) => grouped(ring.offset),
        (3, Some(head)) => (w.ring_lost)(head.lost),
        (3, None) => (w.ring_filled)(ring.held, ring.size),
        _ => (w.ring_oldest)(ring.first),
    }
}

fn center(ring: &Ring, w: &'static Words) -> El {
    let line = |n: usize, y: &'static str, size: &'static str, style: &'static str| {
        el("text")
            .attr("y", y)
            .attr("text-anchor", "middle")
            .attr("font-size", size)
            .attr("style", style)
            .live(Which::new(Kind::Middle, false, n), middle(ring, n, w))
    };
    let (muted, cut) = ("fill:var(--muted)", "fill:var(--cut)");
    let (main, below) = if ring.lapped().is_some() { (cut, cut) } else { ("fill:var(--ink)", muted) };
    el("g")
        .add(line(1, "-22", "12", muted).class("c-more"))
        .add(line(2, "6", "24", main).class("m c-main").attr("font-weight", "700"))
        .add(line(3, "28", "12.5", below).class("c-below"))
        .add(line(4, "48", "11.5", muted).class("c-more"))
        .add(line(0, "-46", "11.5", muted).class("c-more"))
}

/// The picture in words.
pub(super) fn summary(ring: &Ring, w: &'static Words) -> String {
    let mut text = format!(
        "{}: {}, {}; offset {}",
        (w.node)(ring.owner),
        (w.ring_filled)(ring.held, ring.size),
        (w.ring_oldest)(ring.first),
        grouped(ring.offset)
    );
    for head in &ring.heads {
        text.push_str(&format!("; {} {}", (w.ring_wants)(&(w.node)(head.who)), grouped(head.next)));
        if !head.online && head.asks > 0 {
            text.push_str(&format!(", {}", (w.look.ring_asked)(&(w.node)(head.who), head.asks)));
        }
        if head.lost > 0 {
            text.push_str(&format!(", {}", (w.ring_lost)(head.lost)));
        }
    }
    text
}

/// A role's colour and the ink on it.
pub(super) fn var_of(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Master => ("var(--master)", "var(--on-master)"),
        Role::Replica => ("var(--replica)", "var(--on-replica)"),
        Role::Down => ("var(--ack)", "var(--paper)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A digit of the number is so wide at most.
    const DIGIT: f64 = 7.3;

    #[test]
    fn the_number_of_the_write_head_lies_neither_on_the_ring_nor_outside_the_picture() {
        for degree in 0..360 {
            let (x, y) = polar(RADIUS + 44.0, f64::from(degree).to_radians());
            let (dx, dy) = number_at((x, y));
            // Six digits and a space, from the baseline to the tops of the digits.
            let end = x + dx + if x < 0.0 { -7.0 } else { 7.0 } * DIGIT;
            for (x, y) in [(x + dx, y + dy), (x + dx, y + dy - 9.0), (end, y + dy), (end, y + dy - 9.0)] {
                let far = x.hypot(y);
                assert!(far > RADIUS + WIDTH / 2.0, "{degree}°: {x}, {y} is on the ring");
                assert!(x.abs() < 215.0 && y.abs() < 212.0, "{degree}°: {x}, {y} is outside");
            }
        }
    }

    #[test]
    fn up_to_three_heads_touch_neither_each_other_nor_the_ring_nor_the_lines_in_the_middle() {
        const STROKE: f64 = 1.25;
        for count in 1..=3 {
            let tracks: Vec<f64> = (0..count).map(|n| track(count, n)).collect();
            assert!(tracks[0] + size(count) + STROKE < RADIUS - WIDTH / 2.0);
            assert!(tracks.is_sorted_by(|outer, inner| outer - inner >= 2.0 * size(count)), "{tracks:?}");
            // The corner of "16 384 / 16 384 bytes", the line that reaches farthest from the middle.
            let corner = 62.0_f64.hypot(28.0);
            assert!(tracks[count - 1] - size(count) - STROKE > corner, "{tracks:?}");
        }
    }
}
