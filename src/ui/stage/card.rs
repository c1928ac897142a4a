//! A node's card. All of it is one button, so that its text is its name for everyone.

use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::dom;
use crate::ui::el::{El, el, yes};
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::layout::Rect;
use crate::view::scene::{KeyRow, NodeCard, Phase, Role};
use yew::html::Scope;

/// A node's card.
pub(super) fn card(w: &'static Words, node: &NodeCard, rect: Rect, picked: bool, link: &Scope<App>) -> El {
    let mut class = "node".to_owned();
    match node.name.role {
        Role::Master => class.push_str(" master"),
        Role::Replica => {}
        Role::Down => class.push_str(" down"),
    }
    if node.phase == Phase::Offline || node.outcome.is_some() {
        class.push_str(" offline");
    }
    if picked {
        class.push_str(" on");
    }
    let gauge = match node.phase {
        Phase::Transfer { got, total: Some(total) } if total > 0 => {
            let width = format!("width:{}%", (got.min(total) * 100) / total);
            Some(el("span").class("gauge").attr("aria-hidden", "true").add(el("i").set("style", width)))
        }
        _ => None,
    };
    // A narrow card has no room for the port.
    let addr = if rect.w < 190.0 { &node.host } else { &node.addr };
    let bar = el("span")
        .class("bar")
        .add(el("b").say((w.node)(node.name)))
        .text(" ")
        .add(el("span").class("mono").say(addr.clone()));
    let offset = el("span")
        .class("off")
        .add(el("span").text(w.offset))
        .text(" ")
        .add(el("b").class("mono").say(grouped(node.offset)));
    let mut keys = el("span").class("keys");
    if node.keys.is_empty() {
        keys = keys.add(el("span").class("none").text(w.no_keys));
    }
    el("button")
        .attr("type", "button")
        .key(u64::from(node.id.0))
        .set("class", class)
        .set("style", dom::place(rect))
        .on(link, Deed::Pick((!picked).then_some(node.id)))
        .attr("aria-pressed", yes(picked))
        .set("data-node", node.name.tag.to_string())
        .add(bar)
        .add(offset)
        .add(keys.all(node.keys.iter().map(|row| key_row(row, w.stale))))
        .maybe(gauge)
        .add(el("span").class("state").say(state(node, w)))
}

fn key_row(row: &KeyRow, stale: &'static str) -> El {
    let mut value = el("em").say(row.value.clone());
    if row.stale {
        value = value.add(el("span").class("hidden").text(" (").text(stale).text(")"));
    }
    let class = if row.stale { "old" } else { "" };
    el("span").class(class).add(el("span").say(row.key.clone())).text(" ").add(value)
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
