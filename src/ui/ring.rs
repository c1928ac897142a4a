//! The Ring view: a node's backlog as a circle.

use super::el::{El, el};
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::ring::{Arc, Head, RADIUS, Ring, WIDTH, polar};
use crate::view::scene::{Name, Role};

/// The Ring view.
pub(super) fn ring_view(w: &'static Words, ring: Option<&Ring>, owner: Option<Name>) -> El {
    let title = owner.map_or_else(|| w.ring.to_owned(), |owner| (w.ring_of)(&(w.node)(owner)));
    let mut title = el("h2").say(title);
    if let Some(ring) = ring {
        title = title.text(" · ").say((w.bytes)(ring.size));
    }
    let drawing = match ring {
        Some(ring) => circle(ring, w),
        None => el("p").class("empty").text(w.ring_none),
    };
    el("section").class("view ring").label(w.ring).add(title).add(el("div").class("ringbox").add(drawing))
}

fn circle(ring: &Ring, w: &'static Words) -> El {
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
    let lost = ring.heads.iter().filter_map(|head| head.lost_path.clone());
    el("svg")
        .attr("viewBox", "-215 -212 430 424")
        .attr("preserveAspectRatio", "xMidYMid meet")
        .attr("role", "img")
        .set("aria-label", summary(ring, w))
        .add(el("defs").add(pattern))
        .add(el("circle").class("r-free").px("r", RADIUS).px("stroke-width", WIDTH))
        .all(ring.arcs.iter().map(sector))
        .all(lost.map(|d| el("path").class("r-lost").set("d", d)))
        .all(ring.heads.iter().enumerate().map(|(n, head)| stem(n, head)))
        .all(ring.heads.iter().enumerate().map(|(n, head)| reader(n, head)))
        .add(writer(ring))
        .add(center(ring, w))
}

fn sector(arc: &Arc) -> El {
    let title = format!("{}–{}  {}", grouped(arc.from), grouped(arc.to), arc.text);
    el("path")
        .class(if arc.beat { "r-arc beat" } else { "r-arc" })
        .set("d", arc.path.clone())
        .px("opacity", 0.25 + 0.75 * arc.age)
        .add(el("title").say(title))
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

fn disc(x: f64, y: f64, fill: &'static str) -> El {
    el("circle").px("cx", x).px("cy", y).attr("r", "13").attr("fill", fill)
}

/// The write head, outside the ring.
fn writer(ring: &Ring) -> El {
    let color = var_of(ring.owner.role);
    let (x, y) = polar(RADIUS + 44.0, ring.angle);
    let text = el("text")
        .class("m")
        .px("x", x)
        .px("y", y + if y < 0.0 { -19.0 } else { 27.0 })
        .attr("font-size", "12")
        .attr("text-anchor", if x > 0.0 { "end" } else { "start" })
        .say(grouped(ring.offset));
    el("g")
        .add(spoke(polar(RADIUS - WIDTH / 2.0, ring.angle), (x, y), color.0))
        .add(disc(x, y, color.0))
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
    let disc = disc(x, y, fill).attr("stroke", color.0).attr("stroke-width", "2.5");
    el("g").add(dashed(disc, head)).add(letter(x, y, head.who.tag, ink))
}

/// The radius of a follower's track.
fn track(n: usize) -> f64 {
    RADIUS - 34.0 - 24.0 * (n % 3) as f64
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
        .add(line("-22", "12", muted, above))
        .add(line("6", "24", color, grouped(number)).class("m").attr("font-weight", "700"))
        .add(line("28", "12.5", below_color, below))
        .add(line("50", "11.5", muted, (w.ring_oldest)(ring.first)))
}

/// The picture in words.
fn summary(ring: &Ring, w: &'static Words) -> String {
    let mut text = format!(
        "{}: {}, {}; offset {}",
        (w.node)(ring.owner),
        (w.ring_filled)(ring.held, ring.size),
        (w.ring_oldest)(ring.first),
        grouped(ring.offset)
    );
    for head in &ring.heads {
        text.push_str(&format!("; {} {}", (w.ring_wants)(&(w.node)(head.who)), grouped(head.next)));
        if head.lost > 0 {
            text.push_str(&format!(", {}", (w.ring_lost)(head.lost)));
        }
    }
    text
}

/// A role's colour and the ink on it.
fn var_of(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Master => ("var(--master)", "var(--on-master)"),
        Role::Replica => ("var(--replica)", "var(--on-replica)"),
        Role::Down => ("var(--ack)", "var(--paper)"),
    }
}
