//! The Now view: cards of nodes, clients, links with their switches, and packets in flight.

mod card;
pub(super) mod layer;
mod links;

use super::app::App;
use super::deed::Deed;
use super::dom;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use crate::view::inspect::Pick;
use crate::view::scene::{ClientPill, NodeCard};
use crate::view::{Picture, Words, format};
use yew::html::Scope;

/// The Now view.
pub(super) fn now(app: &App, link: &Scope<App>) -> El {
    let (w, picture) = (app.words(), &*app.shown.picture);
    let (stage, scene) = (&picture.stage, &picture.scene);
    let card = |node: &NodeCard| {
        let rect = stage.node(node.id).unwrap_or_default();
        card::card(w, node, rect, app.pick == Pick::Node(node.id), link)
    };
    let mut boxed = el("div")
        .class("stage")
        .refer(&app.nodes.stage)
        .on(link, Deed::PickAt)
        // Keys keep the two pictures apart: clients come and go after them.
        .add(links::wires(stage, scene).key(1))
        // The player fills it; Yew never looks into it.
        .add(el("svg").key(2).class("flights").refer(&app.nodes.flights).attr("aria-hidden", "true"));
    let switches = scene.links.iter().filter_map(|line| links::switch(w, stage, scene, line, link));
    boxed = boxed
        .add(el("div").key(3).all(switches))
        .add(el("div").key(4).all(scene.nodes.iter().map(card)))
        .add(el("div").key(5).all(scene.clients.iter().filter_map(|client| client_pill(w, picture, client))));
    if app.poster() {
        let play = button("btn pri").on(link, Deed::Toggle).add(icon(Icon::Play)).text(w.play);
        boxed = boxed.add(el("div").key(6).class("poster").add(play));
    }
    el("section").class("view now").label(w.now).add(el("h2").text(w.now)).add(boxed)
}

fn client_pill(w: &'static Words, picture: &Picture, client: &ClientPill) -> Option<El> {
    let (_, rect) = picture.stage.clients.iter().find(|(id, _)| *id == client.id)?;
    let rate = if client.running {
        (w.per_second)(&format::per_second(client.every))
    } else {
        w.writes_stopped.to_owned()
    };
    let pill = el("div").class("client").set("style", dom::place(*rect));
    Some(pill.add(el("span").text(w.client)).add(el("small").say(rate)))
}
