//! The backlog as a straight tape, with the bracket of what it holds.

use super::arcs::opacity;
use super::{class_name, hatching, marked, summary, title, var_of};
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::el::{El, el};
use crate::ui::look::Look;
use crate::view::format::{grouped, width_of};
use crate::view::inspect::Pick;
use crate::view::layout::between;
use crate::view::ring::Ring;
use crate::view::tape::{Tape, WIDTH};
use yew::html::Scope;

/// Top and height of the tape in its picture.
const TOP: f64 = 96.0;
const HIGH: f64 = 40.0;
/// Left and right edge of the picture: on both sides of the tape there is room for a head.
const EDGES: (f64, f64) = (-22.0, WIDTH + 22.0);
/// Size of its texts.
const SIZE: f64 = 12.0;

pub(super) fn tape(app: &App, ring: &Ring, link: &Scope<App>) -> El {
    let w = app.words();
    let (tape, marked) = (Tape::of(ring), marked(app));
    let holds = (w.look.tape_bracket)(ring.first, ring.offset);
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
            text(inside((tape.window.0 + tape.window.1) / 2.0, &holds), TOP + HIGH + 52.0, "middle", "")
                .class("m")
                .say(holds),
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
            let number = grouped(ring.offset);
            let (at, anchor) = beside(x, &number);
            let number = text(at, y + 4.0, anchor, "").class("m").say(number);
            el("g").add(stem(x, y, color)).add(disc).add(letter(x, y, ring.owner.tag, ink)).add(number)
        })
}

fn text(x: f64, y: f64, anchor: &'static str, style: &'static str) -> El {
    el("text").px("x", x).px("y", y).attr("text-anchor", anchor).px("font-size", SIZE).attr("style", style)
}

/// Half the width of a text in the font for numbers.
fn half(text: &str) -> f64 {
    width_of(text, SIZE * 1.15) / 2.0
}

/// Where the middle of a text goes that belongs at `x`: all of it is in the picture.
fn inside(x: f64, text: &str) -> f64 {
    between(x, EDGES.0 + half(text), EDGES.1 - half(text))
}

/// Where the number of a head at `x` goes, and its anchor: to its left, or to its right where that has no room.
fn beside(x: f64, number: &str) -> (f64, &'static str) {
    if x - 16.0 - half(number) * 2.0 < EDGES.0 { (x + 16.0, "start") } else { (x - 16.0, "end") }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Lang, words};

    /// Its width in a font for numbers.
    fn mono(text: &str) -> f64 {
        text.chars().map(|c| if c < '\u{2e80}' { 0.6 } else { 1.0 } * SIZE).sum()
    }

    #[test]
    fn what_is_written_beside_the_tape_is_inside_the_picture() {
        let offset = 16_106_518;
        for lang in Lang::ALL {
            let text = (words(lang).look.tape_bracket)(1, offset);
            for tenth in 0..=10 {
                let x = WIDTH * f64::from(tenth) / 10.0;
                let (middle, half) = (inside(x, &text), mono(&text) / 2.0);
                assert!(middle - half >= EDGES.0 && middle + half <= EDGES.1, "{x}: {middle} ± {half}");
                let number = grouped(offset);
                let (at, anchor) = beside(x, &number);
                let wide = mono(&number);
                let (left, right) = if anchor == "end" { (at - wide, at) } else { (at, at + wide) };
                assert!(left >= EDGES.0 && right <= EDGES.1, "{x}: {left}–{right}");
                assert!(right < x - 11.0 || left > x + 11.0, "{x}: the head covers {left}–{right}");
            }
        }
        // In the middle of the picture they stand where they belong.
        assert_eq!((inside(300.0, "1–9"), beside(300.0, "9")), (300.0, (284.0, "end")));
    }
}
