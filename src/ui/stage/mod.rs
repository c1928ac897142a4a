//! The Now view: cards of nodes, clients, links with their switches, and packets in flight.

mod canvas;
mod card;
pub(super) mod hands;
pub(super) mod layer;
mod links;

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::look::Look;
use crate::view::format::px;
use crate::view::inspect::Pick;
use crate::view::lesson::Shine;
use crate::view::scene::{ClientPill, NodeCard};
use crate::view::{Picture, Words, format};
use yew::NodeRef;
use yew::html::Scope;

/// The cards, wires and clients of a world; `layer` is where the player draws its packets.
fn board(app: &App, picture: &Picture, shine: Option<&Shine>, layer: &NodeRef, link: &Scope<App>) -> El {
    let w = app.words();
    let (stage, scene, lit) = (&picture.stage, &picture.scene, &picture.lit);
    let (pick, main) = (app.look.pick, std::ptr::eq(layer, &app.nodes.flights));
    let card = |node: &NodeCard| {
        let rect = stage.node(node.id).unwrap_or_default();
        let guessed = main && app.lessons.draft.node_id == Some(node.id);
        let (picked, lit) = (guessed || pick == Pick::Node(node.id), lit.nodes.contains(&node.id));
        let shine = shine.is_some_and(|shine| shine.nodes.contains(&node.id));
        card::card(w, node, &card::Setting { rect, level: stage.level, picked, lit, shine }, link)
    };
    let scale = (stage.scale * 1000.0) as u64;
    let size = format!(
        "width:{}px;height:{}px;transform:scale({}.{:03})",
        px(stage.width),
        px(stage.height),
        scale / 1000,
        scale % 1000
    );
    let switches = scene.links.iter().filter_map(|line| {
        let shine = shine.is_some_and(|shine| shine.links.contains(&line.id));
        links::switch(w, stage, scene, line, (pick == Pick::Link(line.id), shine, link))
    });
    let client = |client: &ClientPill| {
        let shine = shine.is_some_and(|shine| shine.clients.contains(&client.id));
        client_pill(w, picture, client, shine)
    };
    el("div")
        .class("board")
        .set("style", size)
        .attr("data-shine", shine.and_then(|shine| shine.packets).unwrap_or_default())
        // Keys keep the two pictures apart: clients come and go after them.
        .add(links::wires(stage, scene, lit).key(1))
        .add(el("div").key(3).all(switches))
        // The player fills them; Yew never looks into them. On short links the switches would hide
        // most of the way, so packets pass over them.
        .add(el("svg").key(2).class("flights").refer(layer).attr("aria-hidden", "true"))
        .add(el("canvas").key(7).class("flights").attr("aria-hidden", "true"))
        .add(el("div").key(4).all(scene.nodes.iter().map(card)))
        .add(el("div").key(5).all(scene.clients.iter().filter_map(client)))
}

/// The Now view.
pub(super) fn now(app: &App, link: &Scope<App>) -> El {
    let (w, picture, shine) = (app.words(), &*app.shown.picture, app.shine());
    let stage = &picture.stage;
    let board = board(app, picture, shine, &app.nodes.flights, link);
    let mut boxed = el("div")
        .class("stage")
        .set("data-packets", picture.flying.to_string())
        .refer(&app.nodes.stage)
        .on(link, Deed::Look(Look::PickAt))
        .add(el("div").key(8).class("pan").add(board));
    if app.poster() {
        let play = button("btn pri").on(link, Deed::Toggle).add(icon(Icon::Play)).text(w.play);
        boxed = boxed.add(el("div").key(6).class("poster").add(play));
    }
    let tidy = button(if stage.dragged { "btn tool" } else { "btn tool idle" })
        .on(link, Deed::Look(Look::Tidy))
        .attr("title", w.look.tidy_hint)
        .add(icon(Icon::Tidy))
        .add(el("span").text(w.look.tidy));
    el("section")
        .class("view now")
        .label(w.now)
        .add(el("header").class("bar").add(el("h2").text(w.now)).add(tidy))
        .add(el("div").class("worlds").add(world(app, 0, boxed)).maybe(second(app, link)))
}

/// A world on the stage, with its name if two are compared.
fn world(app: &App, n: usize, boxed: El) -> El {
    let title = app.shown.second.as_ref().and_then(|_| app.world_title(n));
    let name = title.map(|title| el("figcaption").say(title));
    el("figure").key(n as u64).maybe(name).add(boxed)
}

/// The second world: only looked at.
fn second(app: &App, link: &Scope<App>) -> Option<El> {
    let picture = app.shown.second.as_deref()?;
    let shine = app.shine().and_then(|shine| shine.other.as_deref());
    let board = board(app, picture, shine, &app.nodes.second, link);
    let boxed = el("div").class("stage").attr("inert", "").add(el("div").class("pan").add(board));
    Some(world(app, 1, boxed))
}

fn client_pill(w: &'static Words, picture: &Picture, client: &ClientPill, shine: bool) -> Option<El> {
    let (_, rect) = picture.stage.clients.iter().find(|(id, _)| *id == client.id)?;
    let rate = if client.running {
        (w.per_second)(&format::per_second(client.every))
    } else {
        w.writes_stopped.to_owned()
    };
    let pill = el("div").class(if shine { "client shine" } else { "client" }).set("style", dom::place(*rect));
    Some(pill.add(el("span").text(w.client)).add(el("small").say(rate)))
}
