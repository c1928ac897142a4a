//! The painted views once more, as tables: for screen readers, and for whoever reads the page by
//! program.

use super::el::{El, el};
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::picture::{InFlight, Picture};
use crate::view::scene::{NodeCard, Role};

/// Tables of nodes and of packets in flight, out of sight.
pub(super) fn twin(w: &'static Words, picture: &Picture) -> El {
    let node = |node: &NodeCard| {
        let state = match node.name.role {
            Role::Master => (w.master_state)(node.online, node.followers),
            Role::Replica => (w.replica_state)(node.phase, node.lag),
            Role::Down => w.node_down.to_owned(),
        };
        let name = el("th").attr("scope", "row").say((w.node)(node.name));
        let cells = [node.addr.clone(), grouped(node.offset), grouped(node.lag), state];
        row(name, cells).key(u64::from(node.id.0))
    };
    let packet = |packet: &InFlight| {
        let lost = if packet.lost { w.packet_lost } else { "" };
        let kind = (w.packet_kind)(packet.kind);
        let cells = [packet.to.text(w), kind.to_owned(), (w.bytes)(packet.bytes), lost.to_owned()];
        row(el("td").say(packet.from.text(w)), cells)
    };
    let nodes = [w.col_node, w.col_address, w.offset, w.col_lag, w.col_state];
    let packets = [w.col_from, w.col_to, w.col_kind, w.size, w.col_state];
    el("div")
        .class("hidden")
        .add(table(w.twin_nodes, nodes).add(el("tbody").all(picture.scene.nodes.iter().map(node))))
        .add(table(w.twin_packets, packets).add(el("tbody").all(picture.packets.iter().map(packet))))
}

fn table(caption: &'static str, columns: [&'static str; 5]) -> El {
    let head = el("tr").all(columns.map(|name| el("th").attr("scope", "col").text(name)));
    el("table").add(el("caption").text(caption)).add(el("thead").add(head))
}

fn row(first: El, cells: [String; 4]) -> El {
    el("tr").add(first).all(cells.map(|cell| el("td").say(cell)))
}
