//! The Ring view: a node's backlog as a circle.

mod tape;

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::look::Look;
use super::piece::Piece;
use crate::view::Words;
use crate::view::format::{grouped, px};
use crate::view::inspect::Pick;
use crate::view::ring::{Arc, Head, RADIUS, Ring, WIDTH, polar};
use crate::view::scene::Role;
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
        None => el("p").class("empty").text(app.words().ring_none),
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
    let lost = ring.heads.iter().filter_map(|head| head.lost_path.clone());
    el("svg")
        .attr("viewBox", "-215 -212 430 424")
        .attr("preserveAspectRatio", "xMidYMid meet")
        .attr("role", "img")
        .set("aria-label", summary(ring, w))
        .add(hatching())
        .add(el("circle").class("r-free").px("r", RADIUS).px("stroke-width", WIDTH))
        .all(ring.arcs.iter().map(|arc| {
            class_of(app, ring, arc, el("path")).set("d", arc.path.clone()).on(link, pick_of(ring, arc))
        }))
        .all(lost.map(|d| el("path").class("r-lost").set("d", d)))
        .all(ring.heads.iter().enumerate().filter_map(|(n, head)| wanted(ring, n, head)))
        .all(ring.heads.iter().enumerate().map(|(n, head)| stem(n, head)))
        .all(ring.heads.iter().enumerate().map(|(n, head)| reader(n, head)))
        .add(writer(ring))
        .add(center(ring, w))
}

/// What a click on an arc picks.
pub(super) fn pick_of(ring: &Ring, arc: &Arc) -> Deed {
    Deed::Look(Look::Pick(Pick::Bytes(ring.node, arc.from, arc.to)))
}

/// An arc's colour by kind, its shade by age, its commands as a tool tip.
pub(super) fn class_of(app: &App, ring: &Ring, arc: &Arc, shape: El) -> El {
    let title = format!("{}–{}  {}", grouped(arc.from), grouped(arc.to), arc.text);
    let guessed = app
        .lessons
        .draft
        .number
        .is_some_and(|n| app.guesses_byte() && n >= arc.from as i64 && n <= arc.to as i64);
    let picked = guessed || app.look.pick == Pick::Bytes(ring.node, arc.from, arc.to);
    let class = match (arc.beat, picked) {
        (false, false) => "r-arc",
        (true, false) => "r-arc beat",
        (false, true) => "r-arc on",
        (true, true) => "r-arc beat on",
    };
    let age = if picked { 1.0 } else { arc.age };
    shape.class(class).px("opacity", 0.25 + 0.75 * age).add(el("title").say(title))
}

/// The bytes that a follower which is away would ask for, along its track.
fn wanted(ring: &Ring, n: usize, head: &Head) -> Option<El> {
    if head.online || head.asks == 0 {
        return None;
    }
    let radius = track(n);
    let share = head.asks as f64 / ring.around.max(1) as f64;
    let start = ring.angle - share.min(0.995) * std::f64::consts::TAU;
    let ((ax, ay), (bx, by)) = (polar(radius, start), polar(radius, ring.angle));
    let large = if share > 0.5 { 1 } else { 0 };
    let r = px(radius);
    let d = format!("M{} {}A{r} {r} 0 {large} 1 {} {}", px(ax), px(ay), px(bx), px(by));
    Some(el("path").class("r-asks").attr("stroke", var_of(head.who.role).0).set("d", d))
}

fn spoke(from: (f64, f64), to: (f64, f64), color: &'static str) -> El {
    el("line")
        .px("x1", from.0)
        .px("y1", from.1)
        .px("x2", to.0)
        .px("y2", to.1)
        .attr("stroke", color)
        .attr("stroke-width", "2.5")
}

fn disc(x: f64, y: f64, r: &'static str, fill: &'static str) -> El {
    el("circle").px("cx", x).px("cy", y).attr("r", r).attr("fill", fill)
}

/// The write head, outside the ring.
fn writer(ring: &Ring) -> El {
    let color = var_of(ring.owner.role);
    let (x, y) = polar(RADIUS + 44.0, ring.angle);
    // At the top and at the bottom there is no room above or below the head.
    let beside = y.abs() > RADIUS;
    let (dx, dy) = match (beside, y < 0.0) {
        (true, _) => (if x < 0.0 { -19.0 } else { 19.0 }, 5.0),
        (false, true) => (0.0, -19.0),
        (false, false) => (0.0, 27.0),
    };
    let text = el("text")
        .class("m")
        .px("x", x + dx)
        .px("y", y + dy)
        .attr("font-size", "12")
        .attr("text-anchor", if (x < 0.0) == beside { "end" } else { "start" })
        .say(grouped(ring.offset));
    el("g")
        .add(spoke(polar(RADIUS - WIDTH / 2.0, ring.angle), (x, y), color.0))
        .add(disc(x, y, "13", color.0))
        .add(letter(x, y, ring.owner.tag, color.1))
        .add(text)
}

/// Dashes for what is offline.
fn dashed(line: El, head: &Head) -> El {
    if head.online { line } else { line.attr("stroke-dasharray", "3 3") }
}

/// The line from a follower's place to its head. All of them are drawn before the heads.
fn stem(n: usize, head: &Head) -> El {
    let from = polar(RADIUS - WIDTH / 2.0, head.angle);
    dashed(spoke(from, polar(track(n), head.angle), var_of(head.who.role).0), head)
}

/// A follower's head, each on a track of its own inside the ring; hollow once it is lapped.
fn reader(n: usize, head: &Head) -> El {
    let color = var_of(head.who.role);
    let (x, y) = polar(track(n), head.angle);
    let (fill, ink) = if head.lost > 0 { ("var(--card)", color.0) } else { color };
    let disc = disc(x, y, "9.5", fill).attr("stroke", color.0).attr("stroke-width", "2.5");
    el("g").add(dashed(disc, head)).add(letter(x, y, head.who.tag, ink))
}

/// The radius of a follower's track.
fn track(n: usize) -> f64 {
    // The middle is for numbers: beyond the third, heads stand between the others.
    let step = if n < 3 { n as f64 * 19.0 } else { 9.5 + (n % 3) as f64 * 19.0 };
    RADIUS - 30.5 - step
}

fn letter(x: f64, y: f64, tag: char, fill: &'static str) -> El {
    el("text")
        .px("x", x)
        .px("y", y + 4.5)
        .attr("text-anchor", "middle")
        .attr("font-size", "12.5")
        .attr("font-weight", "700")
        .set("style", ["fill:", fill].concat())
        .say(tag.to_string())
}

fn center(ring: &Ring, w: &'static Words) -> El {
    let line = |y: &'static str, size: &'static str, style: &'static str, text: String| {
        el("text")
            .attr("y", y)
            .attr("text-anchor", "middle")
            .attr("font-size", size)
            .attr("style", style)
            .say(text)
    };
    let (muted, cut) = ("fill:var(--muted)", "fill:var(--cut)");
    let (above, number, color, below) = match ring.lapped() {
        Some(head) => ((w.ring_wants)(&(w.node)(head.who)), head.next, cut, (w.ring_lost)(head.lost)),
        None => {
            let filled = (w.ring_filled)(ring.held, ring.size);
            ("master_repl_offset".to_owned(), ring.offset, "fill:var(--ink)", filled)
        }
    };
    let below_color = if color == cut { cut } else { muted };
    el("g")
        .add(line("-22", "12", muted, above).class("c-more"))
        .add(line("6", "24", color, grouped(number)).class("m c-main").attr("font-weight", "700"))
        .add(line("28", "12.5", below_color, below).class("c-below"))
        .add(line("48", "11.5", muted, (w.ring_oldest)(ring.first)).class("c-more"))
        .add(line("-46", "11.5", muted, (w.look.ring_laps)(ring.laps())).class("c-more"))
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
