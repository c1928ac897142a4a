//! Links: the wires, and on each a switch that cuts and restores it, with a button for the rest.

use crate::sim::{LinkId, LinkMode};
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::dom;
use crate::ui::el::{El, button, el, yes};
use crate::ui::icons::{Icon, icon};
use crate::ui::look::Look;
use crate::view::Words;
use crate::view::inspect::Pick;
use crate::view::layout::{Level, Stage, Way};
use crate::view::scene::{LinkLine, Scene};
use crate::view::why::Lit;
use yew::html::Scope;

/// The wires, behind everything else.
pub(super) fn wires(stage: &Stage, scene: &Scene, lit: &Lit) -> El {
    let mode = |id: LinkId| scene.links.iter().find(|link| link.id == id).map(|link| link.mode);
    let wire = |way: &Way| {
        let Some(id) = way.link else { return segment("cable", way, 0.0, 1.0) };
        let drawn = match mode(id) {
            Some(LinkMode::Up) => {
                el("g").add(segment("wire", way, 0.0, 1.0)).add(segment("wire-core", way, 0.0, 1.0))
            }
            Some(LinkMode::Cut) => {
                el("g").add(segment("wire-cut", way, 0.0, 0.42)).add(segment("wire-cut", way, 0.58, 1.0))
            }
            Some(LinkMode::Hold) => {
                el("g").add(segment("wire", way, 0.0, 1.0)).add(segment("wire-hold", way, 0.0, 1.0))
            }
            _ => el("g").add(segment("wire", way, 0.0, 1.0)).add(segment("wire-cut", way, 0.0, 1.0)),
        };
        if lit.links.contains(&id) { drawn.class("lit") } else { drawn }
    };
    el("svg").attr("aria-hidden", "true").all(stage.ways.iter().map(wire))
}

fn segment(class: &'static str, way: &Way, from: f64, to: f64) -> El {
    let (a, b) = (way.at(from), way.at(to));
    let mut points = String::new();
    let bend = (from < 0.5 && to > 0.5).then_some(way.mid);
    for point in [Some(a), bend, Some(b)].into_iter().flatten() {
        crate::view::format::push_px(&mut points, point.x);
        points.push(' ');
        crate::view::format::push_px(&mut points, point.y);
        points.push(' ');
    }
    el("polyline").class(class).set("points", points)
}

/// A switch in the middle of a link: a real button, and one for the link's other faults.
pub(super) fn switch(
    w: &'static Words,
    stage: &Stage,
    scene: &Scene,
    line: &LinkLine,
    (picked, shine, link): (bool, bool, &Scope<App>),
) -> Option<El> {
    let rect = stage.switch(line.id)?;
    let (upper, lower) = (scene.node(line.upper)?, scene.node(line.lower)?);
    let look = w.look;
    let bad = line.mode != LinkMode::Up;
    let word = w.mode(line.mode);
    let label = (w.cut_link)(&upper.host, &lower.host);
    let mut face = button("face")
        .on(link, Deed::Flip(line.id))
        .set("aria-label", [&label, " · ", word].concat())
        .set("title", label)
        .attr("aria-pressed", yes(bad))
        .set("data-link", line.id.0.to_string());
    let worded = stage.level >= Level::Medium;
    if bad || !worded {
        let which = match line.mode {
            LinkMode::Up => Icon::Wire,
            LinkMode::Cut => Icon::Scissors,
            LinkMode::Hold => Icon::Pause,
            LinkMode::OneWay { .. } => Icon::Next,
            LinkMode::Silent => Icon::Mute,
        };
        face = face.add(icon(which));
    }
    if worded {
        face = face.add(el("span").text(word));
    }
    let class = match (bad, shine) {
        (false, false) => "switch",
        (false, true) => "switch shine",
        (true, false) => "switch bad",
        (true, true) => "switch bad shine",
    };
    let mut boxed = el("div")
        .class(class)
        .key(u64::from(line.id.0))
        .attr("role", "group")
        .set("aria-label", (look.link_title)(&upper.host, &lower.host))
        .set("style", dom::place(rect))
        .add(face);
    if worded {
        let more = (look.link_menu)(&upper.host, &lower.host);
        let pick = if picked { Pick::Nothing } else { Pick::Link(line.id) };
        boxed = boxed.add(
            button("more")
                .on(link, Deed::Look(Look::Pick(pick)))
                .set("aria-label", more.clone())
                .set("title", more)
                .attr("aria-pressed", yes(picked))
                .add(icon(Icon::More)),
        );
    }
    Some(boxed)
}
