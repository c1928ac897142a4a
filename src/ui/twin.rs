//! The painted views once more, as tables: for screen readers, and for whoever reads the page by
//! program.

use crate::view::Words;
use crate::view::format::grouped;
use crate::view::picture::Picture;
use crate::view::scene::Role;
use yew::prelude::*;

/// Tables of nodes and of packets in flight, out of sight.
pub(super) fn twin(w: &'static Words, picture: &Picture) -> Html {
    let node = |node: &crate::view::scene::NodeCard| {
        let state = match node.name.role {
            Role::Master => (w.master_state)(node.online, node.followers),
            Role::Replica => (w.replica_state)(node.phase, node.lag),
            Role::Down => w.node_down.to_owned(),
        };
        html! {
            <tr key={node.id.0}>
                <th scope="row">{ (w.node)(node.name) }</th><td>{ &node.addr }</td>
                <td>{ grouped(node.offset) }</td><td>{ grouped(node.lag) }</td><td>{ state }</td>
            </tr>
        }
    };
    let packet = |packet: &crate::view::picture::InFlight| {
        html! {
            <tr>
                <td>{ packet.from.text(w) }</td><td>{ packet.to.text(w) }</td>
                <td>{ (w.packet_kind)(packet.kind) }</td><td>{ (w.bytes)(packet.bytes) }</td>
                <td>{ if packet.lost { w.packet_lost } else { "" } }</td>
            </tr>
        }
    };
    let columns = |names: &[&'static str]| {
        html! { <tr>{ for names.iter().map(|name| html! { <th scope="col">{ *name }</th> }) }</tr> }
    };
    html! {
        <div class="hidden">
            <table>
                <caption>{ w.twin_nodes }</caption>
                <thead>{ columns(&[w.col_node, w.col_address, w.offset, w.col_lag, w.col_state]) }</thead>
                <tbody>{ for picture.scene.nodes.iter().map(node) }</tbody>
            </table>
            <table>
                <caption>{ w.twin_packets }</caption>
                <thead>{ columns(&[w.col_from, w.col_to, w.col_kind, w.size, w.col_state]) }</thead>
                <tbody>{ for picture.packets.iter().map(packet) }</tbody>
            </table>
        </div>
    }
}
