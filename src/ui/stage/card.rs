//! A node's card. All of it is one button, so that its text is its name for everyone.

use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::dom;
use crate::ui::el::{El, el, yes};
use crate::ui::look::Look;
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::inspect::Pick;
use crate::view::layout::{Level, Rect};
use crate::view::scene::{Gauge, KeyRow, NodeCard, Phase, Role};
use yew::html::Scope;

/// So many output buffers have a gauge on the card; the inspector has all.
const BUFFERS: usize = 3;

/// What of a card is not its node.
pub(super) struct Setting {
    pub(super) rect: Rect,
    pub(super) level: Level,
    pub(super) picked: bool,
    pub(super) lit: bool,
    /// A lesson highlights it.
    pub(super) shine: bool,
}

/// A node's card.
pub(super) fn card(w: &'static Words, node: &NodeCard, setting: &Setting, link: &Scope<App>) -> El {
    let Setting { rect, level, picked, lit, shine } = *setting;
    let mut class = ["node l-mini", "node l-small", "node l-small", "node l-medium", "node l-full"]
        [level as usize]
        .to_owned();
    match node.name.role {
        Role::Master => class.push_str(" master"),
        Role::Replica => {}
        Role::Down => class.push_str(" down"),
    }
    let states = [
        (node.phase == Phase::Offline || node.outcome.is_some(), " offline"),
        (node.paused, " paused"),
        (picked, " on"),
        (lit, " lit"),
        (shine, " shine"),
    ];
    for (_, name) in states.into_iter().filter(|(it, _)| *it) {
        class.push_str(name);
    }
    let name = (w.node)(node.name);
    let pick = if picked { Pick::Nothing } else { Pick::Node(node.id) };
    let mut button = el("button")
        .attr("type", "button")
        .key(u64::from(node.id.0))
        .set("class", class)
        .set("style", dom::place(rect))
        .on(link, Deed::Look(Look::Pick(pick)))
        .attr("aria-pressed", yes(picked))
        .set("data-node", node.id.0.to_string());
    if level == Level::Mini {
        // Two lines have room for a letter and a number: the rest is said, not shown.
        button =
            button.set("aria-label", [&name, " · ", &grouped(node.offset), " · ", &state(node, w)].concat());
    }
    let addr = if level < Level::Full { &node.host } else { &node.addr };
    let shown = if level == Level::Mini { node.name.tag.to_string() } else { name };
    let mut bar = el("span").class("bar").add(el("b").say(shown));
    if level >= Level::Medium {
        bar = bar.text(" ").add(el("span").class("mono").say(addr.clone()));
    }
    let mut offset = el("span").class("off");
    if level > Level::Mini {
        offset = offset.add(el("span").text(w.offset)).text(" ");
    }
    if level == Level::Full && !node.replid.is_empty() {
        offset = offset.add(el("small").class("chip mono").attr("title", w.replid).say(node.replid.clone()));
    }
    button = button.add(bar).add(offset.text(" ").add(el("b").class("mono").say(grouped(node.offset))));
    if level >= Level::Keyed {
        button = button.add(keys(node, level, w));
    }
    if level == Level::Full {
        button = button.add(gauges(node, w));
    }
    if let (Phase::Transfer { got, total: Some(total) }, true) = (node.phase, level < Level::Full) {
        button = button.add(el("span").class("thin").add(filled(Gauge { used: got, size: total })));
    }
    if level > Level::Mini {
        let said = if level <= Level::Keyed { short(node, w) } else { state(node, w) };
        button = button.add(el("span").class("state").say(said));
    }
    button
}

fn keys(node: &NodeCard, level: Level, w: &'static Words) -> El {
    let mut keys = el("span").class("keys");
    if node.keys.is_empty() {
        keys = keys.add(el("span").class("none").text(w.no_keys));
    }
    let most = match level {
        Level::Full => node.keys.len(),
        Level::Medium => 2,
        _ => 1,
    };
    keys.all(node.keys.iter().take(most).map(|row| key_row(row, w.stale)))
}

fn key_row(row: &KeyRow, stale: &'static str) -> El {
    let mut value = el("em").say(row.value.clone());
    if row.stale {
        value = value.add(el("span").class("hidden").text(" (").text(stale).text(")"));
    }
    let class = if row.stale { "old" } else { "" };
    el("span").class(class).add(el("span").say(row.key.clone())).text(" ").add(value)
}

/// A bar that is filled as far as the gauge is.
fn filled(gauge: Gauge) -> El {
    let share = (gauge.used.min(gauge.size) * 100).checked_div(gauge.size).unwrap_or(0);
    el("i").attr("aria-hidden", "true").add(el("i").set("style", format!("width:{share}%")))
}

fn gauge(label: &'static str, gauge: Gauge) -> El {
    let text = format!("{}/{}", grouped(gauge.used), grouped(gauge.size));
    el("span").add(el("span").text(label)).add(filled(gauge)).text(" ").add(el("b").class("mono").say(text))
}

/// What fills and empties: the backlog, the output buffers, an RDB that arrives.
fn gauges(node: &NodeCard, w: &'static Words) -> El {
    let mut all = el("span").class("gauges");
    match node.phase {
        Phase::Transfer { got, total: Some(total) } => {
            all = all.add(gauge("RDB", Gauge { used: got, size: total }));
        }
        _ => {
            if let Some(backlog) = node.backlog {
                all = all.add(gauge("backlog", backlog));
            }
        }
    }
    if !node.buffers.is_empty() {
        let mut row = el("span").add(el("span").text(w.look.buffers));
        for buffer in node.buffers.iter().take(BUFFERS) {
            let tag = buffer.of.map_or('?', |name| name.tag);
            let text = format!(" {tag} {} B", grouped(buffer.gauge.used));
            row = row.add(el("span").class("buf mono").add(filled(buffer.gauge)).say(text));
        }
        if node.buffers.len() > BUFFERS {
            row = row.say(format!(" +{}", node.buffers.len() - BUFFERS));
        }
        all = all.add(row);
    }
    all
}

/// The line at the foot of a card.
fn state(node: &NodeCard, w: &Words) -> String {
    let text = match node.name.role {
        Role::Down => w.node_down.to_owned(),
        Role::Master => (w.master_state)(node.online, node.followers),
        Role::Replica => {
            // It tries to connect again and again: to the student it is simply cut off.
            let cut = node.outcome.is_some();
            let phase = if cut { Phase::Offline } else { node.phase };
            let mut text = match phase {
                Phase::Online | Phase::Offline => format!("{} · {}", (w.phase)(phase), (w.lag)(node.lag)),
                phase => (w.replica_state)(phase, node.lag),
            };
            if let Some(late) = node.lag_for {
                text = format!("{text} · {}", (w.look.lag_for)(late));
            }
            if cut && node.keys.iter().any(|row| row.stale) {
                text.push_str(w.reads_stale);
            }
            text
        }
    };
    let more = match node.more_keys {
        0 => String::new(),
        n => format!(" · {}", (w.more_keys)(n)),
    };
    let paused = if node.paused { [w.look.paused, " · "].concat() } else { String::new() };
    [paused, text, more].concat()
}

/// The same where there is room for two words.
fn short(node: &NodeCard, w: &Words) -> String {
    match node.name.role {
        _ if node.paused => w.look.paused.to_owned(),
        Role::Down => w.node_down.to_owned(),
        Role::Master => (w.master_state)(node.online, node.followers),
        Role::Replica => {
            let phase = if node.outcome.is_some() { Phase::Offline } else { node.phase };
            let lag = if node.lag > 0 { format!(" · {} B", grouped(node.lag)) } else { String::new() };
            format!("{}{lag}", (w.phase)(phase))
        }
    }
}
