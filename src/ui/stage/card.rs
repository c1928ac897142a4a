//! A node's card. All of it is one button, so that its text is its name for everyone.

use crate::sim::NodeId;
use crate::ui::dom;
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::layout::Rect;
use crate::view::scene::{KeyRow, NodeCard, Phase, Role};
use yew::prelude::*;

/// A node's card.
pub(super) fn card(
    w: &'static Words,
    node: &NodeCard,
    rect: Rect,
    picked: bool,
    on_pick: &Callback<NodeId>,
) -> Html {
    let role = match node.name.role {
        Role::Master => Some("master"),
        Role::Replica => None,
        Role::Down => Some("down"),
    };
    let class = classes!(
        "node",
        role,
        (node.phase == Phase::Offline || node.outcome.is_some()).then_some("offline"),
        picked.then_some("on")
    );
    let onclick = {
        let (on_pick, id) = (on_pick.clone(), node.id);
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            on_pick.emit(id);
        })
    };
    let gauge = match node.phase {
        Phase::Transfer { got, total: Some(total) } if total > 0 => {
            let width = format!("width:{}%", (got.min(total) * 100) / total);
            html! { <span class="gauge" aria-hidden="true"><i style={width}></i></span> }
        }
        _ => Html::default(),
    };
    // A narrow card has no room for the port.
    let addr = if rect.w < 190.0 { &node.host } else { &node.addr };
    html! {
        <button key={node.id.0} type="button" {class} style={dom::place(rect)} {onclick} aria-pressed={picked.to_string()}
            data-node={node.name.tag.to_string()}>
            <span class="bar"><b>{ (w.node)(node.name) }</b>{ " " }<span class="mono">{ addr }</span></span>
            <span class="off"><span>{ w.offset }</span>{ " " }<b class="mono">{ grouped(node.offset) }</b></span>
            <span class="keys">
                if node.keys.is_empty() { <span class="none">{ w.no_keys }</span> }
                { for node.keys.iter().map(|row| key_row(row, w.stale)) }
            </span>
            { gauge }
            <span class="state">{ state(node, w) }</span>
        </button>
    }
}

fn key_row(row: &KeyRow, stale: &'static str) -> Html {
    html! {
        <span class={classes!(row.stale.then_some("old"))}>
            <span>{ &row.key }</span>{ " " }
            <em>{ &row.value }if row.stale { <span class="hidden">{ format!(" ({stale})") }</span> }</em>
        </span>
    }
}

/// The line at the foot of a card.
fn state(node: &NodeCard, w: &Words) -> String {
    let more = |text: String| match node.more_keys {
        0 => text,
        n => format!("{text} · {}", (w.more_keys)(n)),
    };
    match node.name.role {
        Role::Down => w.node_down.to_owned(),
        Role::Master => more((w.master_state)(node.online, node.followers)),
        Role::Replica => {
            if node.outcome.is_none() {
                return (w.replica_state)(node.phase, node.lag);
            }
            // It tries to connect again and again: to the student it is simply cut off.
            let stale = if node.keys.iter().any(|row| row.stale) { w.reads_stale } else { "" };
            format!("{} · {}{stale}", (w.phase)(Phase::Offline), (w.lag)(node.lag))
        }
    }
}
