//! The sheets about a node and about a link.

use super::{Pick, Sheet};
use crate::redis::{Rate, Server};
use crate::sim::{Link, LinkId, LinkMode, NodeId, Party, World};
use crate::view::ends::{self, name_of};
use crate::view::format::{clock, grouped, span, value_of};
use crate::view::scene::Name;
use crate::view::verb::Verb;
use crate::view::words::Words;

/// So many keys of a node are listed.
const KEYS: usize = 8;

/// The sheet about a node as it is now.
pub(super) fn node(world: &World, id: NodeId, words: &Words) -> Option<Sheet> {
    let node = world.node(id)?;
    let look = words.look;
    let title = format!("{} · {}", (words.node)(Name::of(node)), node.addr);
    let mut sheet = Sheet { title, ..Sheet::default() };
    let known = |link: &&Link| [link.a, link.b].contains(&id) && carries(world, link);
    for link in world.links().filter(known) {
        let other = name_of(world, Party::Node(link.other(id)), words);
        sheet.leads.push(((look.link_to)(&other), Pick::Link(link.id)));
    }
    let Some(server) = node.server() else {
        sheet.rows.push((words.col_state, words.node_down.to_owned()));
        if let Some(file) = node.rdb_file() {
            sheet.rows.push(("dump.rdb", (words.bytes)(file.len() as u64)));
        }
        sheet.menu.push((look.restart.to_owned(), Verb::Restart(id, true), false));
        sheet.menu.push((look.restart_empty.to_owned(), Verb::Restart(id, false), false));
        return Some(sheet);
    };
    if node.paused() {
        sheet.rows.push((words.col_state, look.paused.to_owned()));
    }
    describe(&mut sheet, world, id, server, words);
    menu(&mut sheet, world, id, server, words);
    for (key, entry) in server.keyspace().db(0).iter().take(KEYS) {
        sheet.decoded.push(format!("{} = {}", value_of(key, 24), value_of(&entry.value, 60)));
    }
    Some(sheet)
}

fn describe(sheet: &mut Sheet, world: &World, id: NodeId, server: &Server, words: &Words) {
    let rows = &mut sheet.rows;
    rows.push((words.replid, server.repl_id().to_string()));
    if let Some((second, limit)) = server.repl_id2() {
        rows.push((words.look.replid2, format!("{second} ≤ {}", grouped(limit.get()))));
    }
    rows.push((words.offset, grouped(server.offset().get())));
    if let Some(log) = server.backlog() {
        let held = (words.ring_filled)(log.histlen, log.size);
        let oldest = (words.ring_oldest)(log.first.get());
        rows.push((words.node_backlog, format!("{held} · {oldest}")));
    }
    for replica in server.replicas(world.now()) {
        let who = match world.peer(id, replica.conn) {
            Some(peer) => name_of(world, peer, words),
            None => replica.endpoint.to_string(),
        };
        let (ack, silent) = (grouped(replica.ack.get()), span(replica.silent_for));
        let buffer = (words.bytes)(replica.output_buffer);
        let told = format!("{who}: {} {ack} ({silent}) · {} {buffer}", words.acked, words.output_buffer);
        rows.push((words.node_replicas, told));
    }
    if let Some(link) = server.master_link() {
        rows.push((words.node_phase, format!("{} ({})", link.state, link.master)));
    }
}

fn menu(sheet: &mut Sheet, world: &World, id: NodeId, server: &Server, words: &Words) {
    let look = words.look;
    let paused = world.node(id).is_some_and(crate::sim::Node::paused);
    let pause = if paused { (look.resume, Verb::Resume(id)) } else { (look.pause, Verb::Pause(id)) };
    sheet.menu.push((pause.0.to_owned(), pause.1, false));
    sheet.menu.push((look.kill.to_owned(), Verb::Kill(id), false));
    let followed = server.master_link().map(|link| link.master);
    if followed.is_some() {
        sheet.menu.push(("REPLICAOF NO ONE".to_owned(), Verb::Follow(id, None), false));
    }
    for other in world.nodes().iter().filter(|other| other.id != id) {
        let name = (words.node)(Name::of(other));
        let on = followed.as_ref() == Some(&other.addr);
        sheet.menu.push(((look.replicaof)(&name), Verb::Follow(id, Some(other.id)), on));
    }
}

/// Whether a replication stream goes, or would go, over a link.
fn carries(world: &World, link: &Link) -> bool {
    let follows = |id: NodeId, other: NodeId| {
        let master = world.node(id).and_then(|node| node.server()).and_then(Server::master_link);
        world.node(other).is_some_and(|other| master.is_some_and(|link| link.master == other.addr))
    };
    follows(link.a, link.b) || follows(link.b, link.a)
}

/// The bandwidths that the menu offers, in bytes per second: slow enough to watch a byte, and as fast as
/// networks are.
const SLOWEST: u64 = 10;
const FASTEST: u64 = 10_000_000_000;

/// The sheet about a link.
pub(super) fn link(world: &World, id: LinkId, words: &Words) -> Option<Sheet> {
    let link = world.link(id)?;
    let look = words.look;
    let [a, b] = [link.a, link.b].map(|end| name_of(world, Party::Node(end), words));
    let towards = |end: NodeId| if end == link.a { &a } else { &b };
    let mode = |mode: LinkMode| match mode {
        LinkMode::Up => look.mode_up.to_owned(),
        LinkMode::Cut => look.mode_cut.to_owned(),
        LinkMode::Silent => look.mode_silent.to_owned(),
        LinkMode::Hold => look.mode_hold.to_owned(),
        LinkMode::OneWay { to } => (look.mode_one_way)(towards(to)),
    };
    let mut sheet = Sheet { title: (look.link_title)(&a, &b), ..Sheet::default() };
    let since = format!("{} · {} s", mode(link.mode), clock(link.since));
    sheet.rows.push((words.col_state, since));
    let path = link.path;
    let jitter = format!("{} + 0–{}", span(path.latency), span(path.jitter));
    sheet.rows.push((look.latency, jitter));
    sheet.rows.push((look.bandwidth, format!("{}/s", (words.bytes)(path.rate.bytes_per_second()))));
    for packet in world.packets().filter(|packet| packet.link == Some(id)).take(6) {
        if let (Some(entry), Some((from, to, kind))) = (packet.entry, ends::of(world, &packet)) {
            let way = (words.from_to)(&from.text(words), &to.text(words));
            let text = format!("{} · {way}", (words.packet_kind)(kind));
            sheet.leads.push((text, Pick::Entry(entry)));
        }
    }
    let one_way = |to| LinkMode::OneWay { to };
    let all =
        [LinkMode::Up, LinkMode::Cut, LinkMode::Silent, one_way(link.b), one_way(link.a), LinkMode::Hold];
    for choice in all {
        sheet.menu.push((mode(choice), Verb::Mode(id, choice), link.mode == choice));
    }
    let now = path.rate.bytes_per_second();
    for other in [now / 10, now.saturating_mul(10)] {
        if (SLOWEST..=FASTEST).contains(&other) {
            let rate = Rate::per_second(other);
            sheet.menu.push(((look.bandwidth_to)(other), Verb::Bandwidth(id, rate), false));
        }
    }
    Some(sheet)
}
