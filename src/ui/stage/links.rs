//! Links: the wires, and on each a switch that cuts and restores it.

use crate::sim::{LinkId, Party};
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::dom;
use crate::ui::el::{El, button, el, yes};
use crate::ui::icons::{Icon, icon};
use crate::view::Words;
use crate::view::layout::{Stage, Way};
use crate::view::scene::{LinkLine, Scene};
use yew::html::Scope;

/// The wires, behind everything else.
pub(super) fn wires(stage: &Stage, scene: &Scene) -> El {
    let up = |id: LinkId| scene.links.iter().any(|link| link.id == id && link.up);
    let wire = |way: &Way| match way.link {
        None => segment("cable", way, 0.0, 1.0),
        Some(id) if up(id) => {
            el("g").add(segment("wire", way, 0.0, 1.0)).add(segment("wire-core", way, 0.0, 1.0))
        }
        Some(_) => el("g").add(segment("wire-cut", way, 0.0, 0.42)).add(segment("wire-cut", way, 0.58, 1.0)),
    };
    el("svg").attr("aria-hidden", "true").all(stage.ways.iter().map(wire))
}

fn segment(class: &'static str, way: &Way, from: f64, to: f64) -> El {
    let (a, b) = (way.at(from), way.at(to));
    el("line").class(class).px("x1", a.x).px("y1", a.y).px("x2", b.x).px("y2", b.y)
}

/// A switch in the middle of a link: a real button.
pub(super) fn switch(
    w: &'static Words,
    stage: &Stage,
    scene: &Scene,
    line: &LinkLine,
    link: &Scope<App>,
) -> Option<El> {
    let way = stage.way(Party::Node(line.upper), Party::Node(line.lower))?;
    let (upper, lower) = (scene.node(line.upper)?, scene.node(line.lower)?);
    let cut = !line.up;
    let word = if cut { w.link_down } else { w.link_up };
    let label = (w.cut_link)(&upper.host, &lower.host);
    let mut face = el("span");
    if cut {
        face = face.add(icon(Icon::Scissors));
    }
    let switch = button("switch")
        .key(u64::from(line.id.0))
        .set("style", dom::at(way.at(0.5)))
        .on(link, Deed::Flip(line.id))
        .set("aria-label", [&label, " · ", word].concat())
        .set("title", label)
        .attr("aria-pressed", yes(cut))
        .set("data-link", line.id.0.to_string());
    Some(switch.add(face.text(word)))
}
