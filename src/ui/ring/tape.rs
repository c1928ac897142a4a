//! The backlog as a straight tape, with the bracket of what it holds.

use super::arcs::opacity;
use super::{class_name, hatching, marked, summary, title, var_of};
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::el::{El, el};
use crate::ui::look::Look;
use crate::view::format::grouped;
use crate::view::inspect::Pick;
use crate::view::ring::Ring;
use crate::view::tape::{Tape, WIDTH};
use yew::html::Scope;

/// Top and height of the tape in its picture.
const TOP: f64 = 96.0;
const HIGH: f64 = 40.0;

pub(super) fn tape(app: &App, ring: &Ring, link: &Scope<App>) -> El {
    let w = app.words();
    let (tape, marked) = (Tape::of(ring), marked(app));
    let band = |class: &'static str, (from, to): (f64, f64)| {
        el("rect").class(class).px("x", from).px("width", to - from).px("y", TOP).px("height", HIGH)
    };
    let mut svg = el("svg")
        .class("tape")
        .attr("viewBox", "-22 0 644 240")
        .attr("role", "img")
        .set("aria-label", summary(ring, w))
        .add(hatching());
    if let Some(free) = tape.free {
        let word = text(WIDTH, TOP + HIGH + 16.0, "end", "fill:var(--muted)").text(w.look.ring_free);
        svg = svg.add(band("t-free", free)).add(word);
    }
    if let Some(lost) = tape.lost {
        let word = text(lost.0, TOP + HIGH + 16.0, "start", "fill:var(--cut)").text(w.overwritten);
        svg = svg.add(band("r-lost", lost)).add(word);
    }
    for piece in &tape.pieces {
        let Some(arc) = ring.arcs.get(piece.arc) else { continue };
        let rect = el("rect").px("x", piece.x).px("width", piece.w).px("y", TOP).px("height", HIGH);
        let on = marked.has(ring.node, arc);
        let pick = Deed::Look(Look::Pick(Pick::Bytes(ring.node, arc.from, arc.to)));
        let rect = rect.class(class_name(arc.beat, on)).set("fill-opacity", opacity(arc, on)).on(link, pick);
        svg = svg.add(rect.add(el("title").say(title(arc))));
    }
    svg.add(bracket(tape.window))
        .add(
            text((tape.window.0 + tape.window.1) / 2.0, TOP + HIGH + 52.0, "middle", "").class("m").say((w
                .look
                .tape_bracket)(
                ring.first,
                ring.offset,
            )),
        )
        .add(text(0.0, 20.0, "start", "fill:var(--muted)").say((w.look.ring_laps)(ring.laps())))
        .all(ring.heads.iter().zip(&tape.heads).enumerate().map(|(n, (head, x))| {
            let (color, ink) = var_of(head.who.role);
            let y = TOP - 22.0 - 14.0 * (n % 3) as f64;
            let fill = if head.lost > 0 { "var(--card)" } else { color };
            let ink = if head.lost > 0 { color } else { ink };
            let mut disc = el("circle").px("cx", *x).px("cy", y).attr("r", "11").attr("fill", fill);
            disc = disc.attr("stroke", color).attr("stroke-width", "2.5");
            if !head.online {
                disc = disc.attr("stroke-dasharray", "3 3");
            }
            el("g").add(stem(*x, y, color)).add(disc).add(letter(*x, y, head.who.tag, ink))
        }))
        .add({
            let (color, ink) = var_of(ring.owner.role);
            let (x, y) = (tape.write, 38.0);
            let disc = el("circle").px("cx", x).px("cy", y).attr("r", "11").attr("fill", color);
            let number = text(x - 16.0, y + 4.0, "end", "").class("m").say(grouped(ring.offset));
            el("g").add(stem(x, y, color)).add(disc).add(letter(x, y, ring.owner.tag, ink)).add(number)
        })
}

fn text(x: f64, y: f64, anchor: &'static str, style: &'static str) -> El {
    el("text").px("x", x).px("y", y).attr("text-anchor", anchor).attr("font-size", "12").attr("style", style)
}

fn letter(x: f64, y: f64, tag: char, ink: &'static str) -> El {
    el("text")
        .px("x", x)
        .px("y", y + 4.0)
        .attr("text-anchor", "middle")
        .attr("font-size", "11.5")
        .attr("font-weight", "700")
        .set("style", ["fill:", ink].concat())
        .say(tag.to_string())
}

fn stem(x: f64, y: f64, color: &'static str) -> El {
    let line = el("line").px("x1", x).px("x2", x).px("y1", y).px("y2", TOP);
    line.attr("stroke", color).attr("stroke-width", "2")
}

fn bracket((from, to): (f64, f64)) -> El {
    let y = TOP + HIGH + 24.0;
    let mut d = String::from("M");
    for (x, y, step) in [(from, y - 8.0, "L"), (from, y, "L"), (to, y, "L"), (to, y - 8.0, "")] {
        crate::view::format::push_px(&mut d, x);
        d.push(' ');
        crate::view::format::push_px(&mut d, y);
        d.push_str(step);
    }
    el("path").class("t-window").set("d", d)
}
