//! A node's card. All of it is one button, so that its text is its name for everyone.

use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::dom;
use crate::ui::el::{El, el, yes};
use crate::ui::live::{self, Kind, MOST, Which};
use crate::ui::look::Look;
use crate::view::Words;
use crate::view::format::grouped;
use crate::view::inspect::Pick;
use crate::view::layout::{Level, Rect};
use crate::view::scene::{Gauge, KEYS_SHOWN, KeyRow, NodeCard, Phase, Role};
use yew::html::Scope;

/// So many output buffers have a gauge on the card; the inspector has all.
const BUFFERS: usize = 3;

/// What of a card is not its node.
pub(super) struct Setting {
    /// Whether it is of the second world.
    pub(super) second: bool,
    pub(super) rect: Rect,
    pub(super) level: Level,
    pub(super) picked: bool,
    pub(super) lit: bool,
    /// A lesson highlights it.
    pub(super) shine: bool,
}

/// A node's card.
pub(super) fn card(w: &'static Words, node: &NodeCard, setting: &Setting, link: &Scope<App>) -> El {
    let Setting { second, rect, level, picked, lit, shine } = *setting;
    let live = |kind, n| Which::new(kind, second, node.id.index() * MOST + n);
    let mut class =
        ["node l-mini", "node l-mini", "node l-small", "node l-small", "node l-medium", "node l-full"]
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
    let (short, rows) = (level <= Level::Lean, rows_of(node, level));
    if short {
        // Its lines have room for a letter and a number: the rest is said, not shown.
        let offset = said(node, Kind::Offset, 0, w);
        button = button.set("aria-label", [&name, " · ", &offset, " · ", &state(node, rows, w)].concat());
    }
    let addr = if level < Level::Full { &node.host } else { &node.addr };
    let shown = if short { node.name.tag.to_string() } else { name.clone() };
    let mut bar = el("span").class("bar").add(el("b").say(shown));
    if level == Level::Full || level == Level::Medium && fits(&name, addr, rect.w) {
        bar = bar.text(" ").add(el("span").class("mono").say(addr.clone()));
    }
    let mut offset = el("span").class("off");
    if !short {
        offset = offset.add(el("span").text(w.offset)).text(" ");
    }
    if level == Level::Full && !node.replid.is_empty() {
        offset = offset.add(el("small").class("chip mono").attr("title", w.replid).say(node.replid.clone()));
    }
    button = button.add(bar).add(
        offset
            .text(" ")
            .add(el("b").class("mono").live(live(Kind::Offset, 0), said(node, Kind::Offset, 0, w))),
    );
    if rows > 0 {
        button = button.add(keys(node, rows, w, live));
    }
    if level == Level::Full {
        button = button.add(gauges(node, w, live));
    }
    if let (Phase::Transfer { got, total: Some(total) }, true) = (node.phase, level < Level::Full) {
        let gauge = Gauge { used: got, size: total };
        button = button.add(el("span").class("thin").add(filled(gauge, live(Kind::GaugeBar, 0))));
    }
    if !short {
        let kind = if level <= Level::Keyed { Kind::Short } else { Kind::State };
        button = button.add(el("span").class("state").live(live(kind, rows), said(node, kind, rows, w)));
    }
    button
}

/// Whether name and address fit beside each other into a card so wide, by the widths of their fonts' letters.
fn fits(name: &str, addr: &str, width: f64) -> bool {
    let name: f64 = name.chars().map(|letter| if letter.is_ascii() { 6.6 } else { 13.0 }).sum();
    name + 6.7 * addr.len() as f64 + 30.0 <= width
}

/// How many keys a node's card has room for.
fn rows_of(node: &NodeCard, level: Level) -> usize {
    // An RDB on its way has the line of the one key.
    let arrives = matches!(node.phase, Phase::Transfer { .. });
    match level {
        // What a dead process knew is gone with it.
        _ if node.name.role == Role::Down => 0,
        // Who is paused or cut off has more to say of that.
        Level::Full => KEYS_SHOWN - usize::from(node.paused),
        Level::Medium if node.paused || node.outcome.is_some() => 1,
        Level::Medium => 2,
        Level::Keyed | Level::Lean if !arrives => 1,
        _ => 0,
    }
}

fn keys(node: &NodeCard, most: usize, w: &'static Words, live: impl Fn(Kind, usize) -> Which) -> El {
    let mut keys = el("span").class("keys");
    if node.keys.is_empty() {
        keys = keys.add(el("span").class("none").text(w.no_keys));
    }
    let rows = node.keys.iter().take(most).enumerate();
    keys.all(rows.map(|(n, row)| key_row(row, w.stale, live(Kind::Value, n))))
}

fn key_row(row: &KeyRow, stale: &'static str, which: Which) -> El {
    let mut value = el("em").add(el("span").live(which, row.value.clone()));
    if row.stale {
        value = value.add(el("span").class("hidden").text(" (").text(stale).text(")"));
    }
    let class = if row.stale { "old" } else { "" };
    el("span").class(class).add(el("span").say(row.key.clone())).text(" ").add(value)
}

/// A bar that is filled as far as the gauge is.
fn filled(gauge: Gauge, which: Which) -> El {
    let bar = el("i").set(live::ATTRIBUTE, which.name()).set("style", ["width:", &width(gauge)].concat());
    el("i").attr("aria-hidden", "true").add(bar)
}

fn width(gauge: Gauge) -> String {
    let share = (gauge.used.min(gauge.size) * 100).checked_div(gauge.size).unwrap_or(0);
    format!("{share}%")
}

/// What fills or empties on a node: an RDB that arrives, else the backlog.
fn main_gauge(node: &NodeCard) -> Option<(&'static str, Gauge)> {
    match node.phase {
        Phase::Transfer { got, total: Some(total) } => Some(("RDB", Gauge { used: got, size: total })),
        _ => node.backlog.map(|backlog| ("backlog", backlog)),
    }
}

/// What a card says of its `n`-th thing of a kind; of its state, if it shows `n` keys.
pub(in crate::ui) fn said(node: &NodeCard, kind: Kind, n: usize, w: &Words) -> String {
    let buffer = || node.buffers.get(n);
    match kind {
        Kind::Offset if node.name.role == Role::Down => "—".to_owned(),
        Kind::Offset => grouped(node.offset),
        Kind::Lag => grouped(node.lag),
        Kind::LagOfReplica if node.name.role == Role::Replica => grouped(node.lag),
        Kind::LagOfReplica => "—".to_owned(),
        Kind::State => state(node, n, w),
        Kind::Short => short(node, w),
        Kind::TableState => {
            let state = match node.name.role {
                Role::Master => (w.master_state)(node.online, node.followers),
                Role::Replica => (w.replica_state)(node.phase, node.lag),
                Role::Down => w.node_down.to_owned(),
            };
            [paused(node, w), state].concat()
        }
        Kind::Gauge => main_gauge(node).map_or_else(String::new, |(_, gauge)| {
            format!("{}/{}", grouped(gauge.used), grouped(gauge.size))
        }),
        Kind::GaugeBar => main_gauge(node).map_or_else(String::new, |(_, gauge)| width(gauge)),
        Kind::Buffer => buffer().map_or_else(String::new, |buffer| {
            let tag = buffer.of.map_or('?', |name| name.tag);
            format!(" {tag} {} B", grouped(buffer.gauge.used))
        }),
        Kind::Value => node.keys.get(n).map_or_else(String::new, |row| row.value.clone()),
        Kind::BufferBar => buffer().map_or_else(String::new, |buffer| width(buffer.gauge)),
        _ => String::new(),
    }
}

/// What fills and empties: the backlog, the output buffers, an RDB that arrives.
fn gauges(node: &NodeCard, w: &'static Words, live: impl Fn(Kind, usize) -> Which) -> El {
    let mut all = el("span").class("gauges");
    if let Some((label, gauge)) = main_gauge(node) {
        let text = said(node, Kind::Gauge, 0, w);
        let number = el("b").class("mono").live(live(Kind::Gauge, 0), text);
        let bar = filled(gauge, live(Kind::GaugeBar, 0));
        all = all.add(el("span").add(el("span").text(label)).add(bar).text(" ").add(number));
    }
    if !node.buffers.is_empty() {
        let mut row = el("span").add(el("span").text(w.look.buffers));
        for (n, buffer) in node.buffers.iter().take(BUFFERS).enumerate() {
            let bar = filled(buffer.gauge, live(Kind::BufferBar, n));
            let text = el("span").live(live(Kind::Buffer, n), said(node, Kind::Buffer, n, w));
            row = row.add(el("span").class("buf mono").add(bar).add(text));
        }
        if node.buffers.len() > BUFFERS {
            row = row.say(format!(" +{}", node.buffers.len() - BUFFERS));
        }
        all = all.add(row);
    }
    all
}

/// The line at the foot of a card that shows at most so many keys.
fn state(node: &NodeCard, rows: usize, w: &Words) -> String {
    let text = match node.name.role {
        Role::Down => w.node_down.to_owned(),
        Role::Master => (w.master_state)(node.online, node.followers),
        Role::Replica => {
            // It tries to connect again and again: to the student it is simply cut off.
            let cut = node.outcome.is_some();
            let phase = if cut { Phase::Offline } else { node.phase };
            let mut text = match phase {
                // A master that is dead cannot tell how far it came.
                Phase::Offline if !cut && node.lag == 0 => (w.replica_state)(phase, 0),
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
    let more = match node.keys.len().saturating_sub(rows) + node.more_keys {
        0 => String::new(),
        n => format!(" · {}", (w.more_keys)(n)),
    };
    [paused(node, w), text, more].concat()
}

/// What goes before the state of a node whose process is paused.
fn paused(node: &NodeCard, w: &Words) -> String {
    if node.paused { [w.look.paused, " · "].concat() } else { String::new() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Time;
    use crate::sim::{Action, NodeId, Session, WorldSpec};
    use crate::view::history::Record;
    use crate::view::scene::Scene;
    use crate::view::{Lang, words};

    fn card_of(session: &Session, node: usize) -> NodeCard {
        let mut record = Record::default();
        record.follow(session.world());
        Scene::of(session.world(), &record).nodes.swap_remove(node)
    }

    #[test]
    fn the_keys_that_are_counted_are_those_that_are_not_shown() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(8_000));
        let mut master = card_of(&session, 0);
        (master.more_keys, master.keys) = (90, vec![master.keys[0].clone(); KEYS_SHOWN]);
        for (level, rows, more) in [(Level::Full, 3, "+90 keys"), (Level::Medium, 2, "+91 keys")] {
            assert_eq!(rows_of(&master, level), rows);
            let state = said(&master, Kind::State, rows, words(Lang::En));
            assert!(state.ends_with(more), "{level:?}: {state}");
        }
        (master.more_keys, master.keys) = (0, vec![master.keys[0].clone(); 2]);
        assert!(!said(&master, Kind::State, 2, words(Lang::En)).contains("key"));
    }

    #[test]
    fn a_paused_process_is_told_on_the_card_and_in_the_table() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(8_000));
        for (n, lang) in [(0, Lang::En), (2, Lang::Zh)] {
            session.act(Action::Pause(NodeId(n))).expect("it runs");
            let (card, w) = (card_of(&session, usize::from(n)), words(lang));
            for kind in [Kind::State, Kind::TableState, Kind::Short] {
                assert!(said(&card, kind, 0, w).starts_with(w.look.paused), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_dead_node_has_neither_an_offset_nor_keys() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(8_000));
        session.act(Action::Kill(NodeId(1))).expect("it runs");
        let dead = card_of(&session, 1);
        let w = words(Lang::En);
        assert_eq!((rows_of(&dead, Level::Full), said(&dead, Kind::Offset, 0, w).as_str()), (0, "—"));
        assert_eq!(said(&dead, Kind::State, 0, w), w.node_down);
    }

    #[test]
    fn a_replica_of_a_dead_master_neither_lacks_nothing_nor_syncs() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(8_000));
        session.act(Action::Kill(NodeId(0))).expect("it runs");
        let w = words(Lang::En);
        for at in 0..40 {
            session.advance(Time::from_millis(9_000 + at * 100));
            let replica = card_of(&session, 1);
            let said = (state(&replica, KEYS_SHOWN, w), short(&replica, w));
            assert_eq!(said, ((w.replica_state)(Phase::Offline, 0), (w.phase)(Phase::Offline).to_owned()));
        }
    }
}
