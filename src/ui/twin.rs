//! The painted views once more, as tables: for screen readers, for the keyboard, and for whoever
//! reads the page by program. Out of sight until the focus is in it: each name is a button that picks.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::live::Kind;
use super::look::Look;
use super::mini;
use super::piece::Piece;
use crate::sim::NodeId;
use crate::view::format::{grouped, per_second};
use crate::view::inspect::Pick;
use crate::view::picture::InFlight;
use crate::view::ring::Arc;
use crate::view::scene::{ClientPill, LinkLine, NodeCard};
use yew::html::Scope;

/// So many commands of the backlog are listed, the newest ones.
const ARCS: usize = 24;

/// Tables of what is painted.
pub(super) fn twin(app: &App, link: &Scope<App>) -> El {
    let pieces = [Piece::Nodes, Piece::Links, Piece::Writers, Piece::Packets, Piece::Arcs];
    pieces.into_iter().fold(el("div").class("twin"), |all, piece| all.keep(app, piece, link))
}

/// The first cell of a row: a button that picks.
fn lead(text: String, pick: Pick, link: &Scope<App>) -> El {
    el("th").attr("scope", "row").add(button("lead").on(link, Deed::Look(Look::Pick(pick))).say(text))
}

fn name(app: &App, id: NodeId) -> String {
    let node = app.shown.picture.scene.node(id);
    node.map_or_else(String::new, |node| (app.words().node)(node.name))
}

/// The nodes.
pub(super) fn nodes(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let node = |node: &NodeCard| {
        let first = lead((w.node)(node.name), Pick::Node(node.id), link);
        let numbers = [Kind::Offset, Kind::Lag, Kind::TableState].map(|kind| mini::cell(node, kind, w));
        row(first, [node.addr.clone()]).all(numbers).key(u64::from(node.id.0))
    };
    table(
        w.twin_nodes,
        &[w.col_node, w.col_address, w.offset, w.col_lag, w.col_state],
        app.shown.picture.scene.nodes.iter().map(node),
    )
}

/// The links between them.
pub(super) fn links(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let wire = |line: &LinkLine| {
        let (upper, lower) = (name(app, line.upper), name(app, line.lower));
        let text = (w.look.link_title)(&upper, &lower);
        let state = w.mode(line.mode);
        row(lead(text, Pick::Link(line.id), link), [upper, lower, state.to_owned()]).key(u64::from(line.id.0))
    };
    let columns = [w.look.twin_links, w.col_from, w.col_to, w.col_state];
    table(w.look.twin_links, &columns, app.shown.picture.scene.links.iter().map(wire))
}

/// The clients that write.
pub(super) fn writers(app: &App) -> El {
    let w = app.words();
    let client = |client: &ClientPill| {
        let rate = if client.running {
            (w.per_second)(&per_second(client.every))
        } else {
            w.writes_stopped.to_owned()
        };
        row(el("th").attr("scope", "row").text(w.client), [name(app, client.at), rate])
    };
    let clients = app.shown.picture.scene.clients.iter().map(client);
    table(w.look.twin_clients, &[w.client, w.col_node, w.rate], clients)
}

/// The first packets in flight.
pub(super) fn packets(app: &App, link: &Scope<App>) -> El {
    let (w, packets) = (app.words(), &app.shown.picture.packets);
    let packet = |packet: &InFlight| {
        let lost = if packet.lost { w.packet_lost } else { "" };
        let kind = (w.packet_kind)(packet.kind).to_owned();
        let cells = [packet.from.text(w), packet.to.text(w), (w.bytes)(packet.bytes), lost.to_owned()];
        match packet.entry {
            Some(entry) => row(lead(kind, Pick::Entry(entry), link), cells).key(u64::from(entry.0)),
            None => row(el("th").attr("scope", "row").say(kind), cells),
        }
    };
    let columns = [w.col_kind, w.col_from, w.col_to, w.size, w.col_state];
    let none = packets.is_empty().then(|| el("p").text(w.look.no_packets));
    el("div").add(table(w.twin_packets, &columns, packets.iter().map(packet))).maybe(none)
}

/// The newest commands of the backlog.
pub(super) fn arcs(app: &App, link: &Scope<App>) -> El {
    let (w, all) = (app.words(), el("div"));
    let Some(ring) = app.shown.picture.ring.as_deref() else { return all };
    let arc = |arc: &Arc| {
        let range = format!("{}–{}", grouped(arc.from), grouped(arc.to));
        let pick = lead(range, Pick::Bytes(ring.node, arc.from, arc.to), link);
        row(pick, [arc.text.clone()]).key(arc.to)
    };
    let newest = &ring.arcs[ring.arcs.len().saturating_sub(ARCS)..];
    all.add(table(w.look.list_arcs, &[w.stream_range, w.decoded], newest.iter().map(|one| arc(one))))
}

fn table(caption: &'static str, columns: &[&'static str], rows: impl Iterator<Item = El>) -> El {
    let head = el("tr").all(columns.iter().map(|name| el("th").attr("scope", "col").text(name)));
    el("table").add(el("caption").text(caption)).add(el("thead").add(head)).add(el("tbody").all(rows))
}

fn row(first: El, cells: impl IntoIterator<Item = String>) -> El {
    el("tr").add(first).all(cells.into_iter().map(|cell| el("td").say(cell)))
}
