//! The Now view: cards of nodes, clients, links with their switches, and packets in flight.

pub(super) mod card;
pub(super) mod hands;
pub(super) mod layer;
mod links;

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use super::look::Look;
use super::piece::Piece;
use crate::sim::NodeId;
use crate::view::format::px;
use crate::view::inspect::Pick;
use crate::view::lesson::Shine;
use crate::view::scene::ClientPill;
use crate::view::{Picture, Words, format};
use yew::NodeRef;
use yew::html::Scope;

/// One of the worlds on the stage: the player's own, or the second one.
fn world_of(app: &App, second: bool) -> Option<(&Picture, Option<&Shine>)> {
    let shine = app.shine();
    if second {
        return Some((app.shown.second.as_deref()?, shine.and_then(|shine| shine.other.as_deref())));
    }
    Some((&app.shown.picture, shine))
}

/// The card of a node.
pub(super) fn card(app: &App, second: bool, id: NodeId, link: &Scope<App>) -> Option<El> {
    let (picture, shine) = world_of(app, second)?;
    let (node, stage) = (picture.scene.node(id)?, &picture.stage);
    let guessed = !second && app.lessons.draft.node_id == Some(id);
    let setting = card::Setting {
        second,
        rect: stage.node(id).unwrap_or_default(),
        level: stage.level,
        picked: guessed || app.look.pick == Pick::Node(id),
        lit: picture.lit.nodes.contains(&id),
        shine: shine.is_some_and(|shine| shine.nodes.contains(&id)),
    };
    Some(card::card(app.words(), node, &setting, link))
}

/// The wires.
pub(super) fn wires(app: &App, second: bool) -> Option<El> {
    let (picture, _) = world_of(app, second)?;
    Some(links::wires(&picture.stage, &picture.scene, &picture.lit))
}

/// The switches of the links.
pub(super) fn switches(app: &App, second: bool, link: &Scope<App>) -> Option<El> {
    let (picture, shine) = world_of(app, second)?;
    let (w, stage, scene) = (app.words(), &picture.stage, &picture.scene);
    Some(el("div").all(scene.links.iter().filter_map(|line| {
        let shine = shine.is_some_and(|shine| shine.links.contains(&line.id));
        links::switch(w, stage, scene, line, (app.look.pick == Pick::Link(line.id), shine, link))
    })))
}

/// The clients that write.
pub(super) fn clients(app: &App, second: bool) -> Option<El> {
    let (picture, shine) = world_of(app, second)?;
    Some(el("div").all(picture.scene.clients.iter().filter_map(|client| {
        let shine = shine.is_some_and(|shine| shine.clients.contains(&client.id));
        client_pill(app.words(), picture, client, shine)
    })))
}

/// The cards, wires and clients of a world; `layer` is where the player draws its packets.
fn board(app: &App, second: bool, layer: &NodeRef, link: &Scope<App>) -> El {
    let board = el("div").class("board");
    let Some((Picture { stage, scene, .. }, shine)) = world_of(app, second) else { return board };
    let scale = (stage.scale * 1000.0) as u64;
    let size = format!(
        "width:{}px;height:{}px;transform:scale({}.{:03})",
        px(stage.width),
        px(stage.height),
        scale / 1000,
        scale % 1000
    );
    let mut cards = el("div").key(4);
    for node in &scene.nodes {
        cards = cards.keep(app, Piece::Card(second, node.id), link);
    }
    board
        .set("style", size)
        .attr("data-shine", shine.and_then(|shine| shine.packets).unwrap_or_default())
        // Keys keep the two pictures apart: clients come and go after them.
        .keep(app, Piece::Wires(second), link)
        .keep(app, Piece::Switches(second), link)
        // The player fills them; Yew never looks into them. On short links the switches would hide
        // most of the way, so packets pass over them.
        .add(el("svg").key(2).class("flights").refer(layer).attr("aria-hidden", "true"))
        .add(cards)
        .keep(app, Piece::Clients(second), link)
}

/// The Now view.
pub(super) fn now(app: &App, link: &Scope<App>) -> El {
    let (w, stage) = (app.words(), &app.shown.picture.stage);
    let board = board(app, false, &app.nodes.flights, link);
    let mut boxed = el("div")
        .class("stage")
        .refer(&app.nodes.stage)
        .on(link, Deed::Look(Look::PickAt))
        .add(el("div").key(8).class("pan").add(board));
    if app.poster() && !app.teaches() {
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
    app.shown.second.as_ref()?;
    let board = board(app, true, &app.nodes.second, link);
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
