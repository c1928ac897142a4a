//! The painted views once more, as tables: for screen readers, for the keyboard, and for whoever
//! reads the page by program. Out of sight until the focus is in it: each name is a button that picks.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::look::Look;
use crate::view::Words;
use crate::view::format::{grouped, per_second};
use crate::view::inspect::Pick;
use crate::view::picture::{InFlight, Picture};
use crate::view::ring::Arc;
use crate::view::scene::{ClientPill, LinkLine, NodeCard, Role};
use yew::html::Scope;

/// So many commands of the backlog are listed, the newest ones.
const ARCS: usize = 24;

/// Tables of what is painted.
pub(super) fn twin(w: &'static Words, picture: &Picture, link: &Scope<App>) -> El {
    let scene = &picture.scene;
    let pick = |text: String, pick: Pick| {
        el("th").attr("scope", "row").add(button("lead").on(link, Deed::Look(Look::Pick(pick))).say(text))
    };
    let name = |id| scene.node(id).map_or_else(String::new, |node| (w.node)(node.name));
    let node = |node: &NodeCard| {
        let state = match node.name.role {
            Role::Master => (w.master_state)(node.online, node.followers),
            Role::Replica => (w.replica_state)(node.phase, node.lag),
            Role::Down => w.node_down.to_owned(),
        };
        let cells = [node.addr.clone(), grouped(node.offset), grouped(node.lag), state];
        row(pick((w.node)(node.name), Pick::Node(node.id)), cells).key(u64::from(node.id.0))
    };
    let wire = |line: &LinkLine| {
        let text = (w.look.link_title)(&name(line.upper), &name(line.lower));
        let state = match line.mode {
            crate::sim::LinkMode::Up => w.link_up,
            crate::sim::LinkMode::Cut => w.link_down,
            _ => w.look.mode_silent,
        };
        row(pick(text, Pick::Link(line.id)), [name(line.upper), name(line.lower), state.to_owned()])
            .key(u64::from(line.id.0))
    };
    let client = |client: &ClientPill| {
        let rate = if client.running {
            (w.per_second)(&per_second(client.every))
        } else {
            w.writes_stopped.to_owned()
        };
        row(el("th").attr("scope", "row").text(w.client), [name(client.at), rate])
    };
    let packet = |packet: &InFlight| {
        let lost = if packet.lost { w.packet_lost } else { "" };
        let kind = (w.packet_kind)(packet.kind).to_owned();
        let cells = [packet.from.text(w), packet.to.text(w), (w.bytes)(packet.bytes), lost.to_owned()];
        match packet.entry {
            Some(entry) => row(pick(kind, Pick::Entry(entry)), cells).key(u64::from(entry.0)),
            None => row(el("th").attr("scope", "row").say(kind), cells),
        }
    };
    let mut all = el("div")
        .class("twin")
        .add(table(
            w.twin_nodes,
            &[w.col_node, w.col_address, w.offset, w.col_lag, w.col_state],
            scene.nodes.iter().map(node),
        ))
        .add(table(
            w.look.twin_links,
            &[w.look.twin_links, w.col_from, w.col_to, w.col_state],
            scene.links.iter().map(wire),
        ))
        .add(table(w.look.twin_clients, &[w.client, w.col_node, w.rate], scene.clients.iter().map(client)))
        .add(table(
            w.twin_packets,
            &[w.col_kind, w.col_from, w.col_to, w.size, w.col_state],
            picture.packets.iter().map(packet),
        ));
    if picture.packets.is_empty() {
        all = all.add(el("p").text(w.look.no_packets));
    }
    if let Some(ring) = &picture.ring {
        let arc = |arc: &Arc| {
            let range = format!("{}–{}", grouped(arc.from), grouped(arc.to));
            let pick = pick(range, Pick::Bytes(ring.node, arc.from, arc.to));
            row(pick, [arc.text.clone()]).key(arc.to)
        };
        let newest = &ring.arcs[ring.arcs.len().saturating_sub(ARCS)..];
        all = all.add(table(w.look.list_arcs, &[w.stream_range, w.decoded], newest.iter().map(arc)));
    }
    all
}

fn table(caption: &'static str, columns: &[&'static str], rows: impl Iterator<Item = El>) -> El {
    let head = el("tr").all(columns.iter().map(|name| el("th").attr("scope", "col").text(name)));
    el("table").add(el("caption").text(caption)).add(el("thead").add(head)).add(el("tbody").all(rows))
}

fn row(first: El, cells: impl IntoIterator<Item = String>) -> El {
    el("tr").add(first).all(cells.into_iter().map(|cell| el("td").say(cell)))
}
