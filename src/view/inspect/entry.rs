//! The sheets about an event of the trace and about bytes of a stream: what they are, who sent them,
//! who got and executed them, and when. All of it is read from the trace.

use super::{DECODED, Pick, Sheet};
use crate::redis::{BytePos, Event, SendKind, Time};
use crate::sim::{Entry, EntryId, NodeId, PacketId, PacketKind, Party, Sent, Trace, What, World};
use crate::view::ends::name_of;
use crate::view::flights::kind;
use crate::view::format::{clock, grouped};
use crate::view::words::Words;
use crate::view::{resp, tell};

/// The sheet about an event. One that lies ahead of the instant shown has a sheet too, which says so.
pub(super) fn entry(world: &World, id: EntryId, words: &Words) -> Sheet {
    let Some(entry) = world.trace().get(id) else {
        return Sheet { title: words.look.not_yet.to_owned(), ..Sheet::default() };
    };
    let mut sheet = match &entry.what {
        What::Sent(sent) => packet(world, entry, sent, words),
        // What a packet carried is told where it was sent.
        What::Delivered { packet: of, .. } | What::Lost { packet: of } => match sending(world, id, *of) {
            Some((entry, sent)) => packet(world, entry, sent, words),
            None => Sheet::default(),
        },
        What::Server(Event::Fed { from, to, .. } | Event::Applied { from, to }) => {
            let node = entry.party.and_then(Party::node);
            let range = (from.get(), to.get());
            node.and_then(|node| bytes(world, node, range, words)).unwrap_or_default()
        }
        What::ClientReply { reply, .. } => {
            Sheet { decoded: resp::decode(reply, DECODED), bytes: reply.clone(), ..Sheet::default() }
        }
        _ => Sheet::default(),
    };
    sheet.entry = Some(id);
    let told = tell::sentence(world, entry, words);
    if sheet.title.is_empty() {
        sheet.title = told;
    } else if !matches!(entry.what, What::Sent(_)) {
        sheet.rows.insert(0, (words.look.event, told));
    }
    sheet.rows.insert(0, (words.model_time, format!("{} s", clock(entry.at))));
    if let Some(Party::Node(node)) = entry.party {
        sheet.leads.push((name_of(world, Party::Node(node), words), Pick::Node(node)));
    }
    sheet
}

fn sending(world: &World, before: EntryId, packet: PacketId) -> Option<(&Entry, &Sent)> {
    // The cause of an arrival is its sending.
    world.trace().why(before).skip(1).find_map(|entry| match &entry.what {
        What::Sent(sent) if sent.packet == packet => Some((entry, sent)),
        _ => None,
    })
}

fn packet(world: &World, entry: &Entry, sent: &Sent, words: &Words) -> Sheet {
    let name = |party: Option<Party>| party.map_or_else(String::new, |party| name_of(world, party, words));
    let mut rows = vec![
        (words.col_from, (words.from_to)(&name(entry.party), &name(Some(sent.to)))),
        (words.size, (words.bytes)(sent.bytes.len() as u64)),
        (words.sent_at, format!("{} s", clock(entry.at))),
    ];
    let flying = world.all_packets().find(|packet| packet.id == sent.packet);
    rows.push(match (end_of(world.trace(), entry.id, sent.packet), flying) {
        (Some((at, false)), _) => (words.look.arrived, format!("{} s", clock(at))),
        (Some((at, true)), _) => (words.packet_lost, format!("{} s", clock(at))),
        (None, Some(packet)) if packet.held => (words.col_state, words.look.held.to_owned()),
        (None, Some(packet)) => (words.arrives_at, format!("{} s", clock(packet.arrives))),
        (None, None) => (words.col_state, words.packet_lost.to_owned()),
    });
    if let (Some((from, to)), Some(receiver)) = (sent.stream(), sent.to.node()) {
        rows.push((words.stream_range, format!("{}–{}", grouped(from.get()), grouped(to.get()))));
        let applied = applied(world.trace(), entry.id, receiver, to.get());
        let at = applied.map_or_else(|| words.look.nobody_yet.to_owned(), |at| format!("{} s", clock(at)));
        rows.push((words.look.applied, format!("{} · {at}", name(Some(sent.to)))));
    }
    let shape = kind(sent.kind);
    let decoded = match sent.kind {
        PacketKind::Server(SendKind::Rdb) => Vec::new(),
        _ => resp::decode(&sent.bytes, DECODED),
    };
    Sheet {
        title: shape.map_or_else(String::new, |kind| (words.packet_kind)(kind).to_owned()),
        rows,
        decoded,
        bytes: sent.bytes.clone(),
        first: sent.stream().map(|(from, _)| from.get()),
        ..Sheet::default()
    }
}

/// When a packet arrived or was lost.
fn end_of(trace: &Trace, sent: EntryId, packet: PacketId) -> Option<(Time, bool)> {
    trace.since(sent.0).find_map(|entry| match &entry.what {
        What::Delivered { packet: of, .. } if *of == packet => Some((entry.at, false)),
        What::Lost { packet: of } if *of == packet => Some((entry.at, true)),
        _ => None,
    })
}

/// When a node executed the byte `to` of its master's stream, after an event.
fn applied(trace: &Trace, after: EntryId, node: NodeId, to: u64) -> Option<Time> {
    trace.since(after.0).find_map(|entry| match &entry.what {
        What::Server(Event::Applied { from, to: last })
            if entry.party == Some(Party::Node(node)) && from.get() <= to && last.get() >= to =>
        {
            Some(entry.at)
        }
        _ => None,
    })
}

/// Who put a byte into a node's stream, last: the node itself as a master, or its master's stream.
fn written(trace: &Trace, node: NodeId, to: u64) -> Option<&Entry> {
    trace.iter().rev().find(|entry| {
        let (Event::Fed { from, to: last, .. } | Event::Applied { from, to: last }) = (match &entry.what {
            What::Server(event) => event,
            _ => return false,
        }) else {
            return false;
        };
        entry.party == Some(Party::Node(node)) && from.get() <= to && last.get() >= to
    })
}

/// The sheet about bytes of a node's stream.
pub(super) fn bytes(world: &World, id: NodeId, (from, to): (u64, u64), words: &Words) -> Option<Sheet> {
    let node = world.node(id)?;
    let server = node.server()?;
    let look = words.look;
    let who = name_of(world, Party::Node(id), words);
    let mut sheet = Sheet { title: (look.stream_bytes)(from, to), ..Sheet::default() };
    sheet.rows.push((words.size, (words.bytes)((to + 1).saturating_sub(from))));
    sheet.rows.push((words.col_node, who));
    let written = written(world.trace(), id, to);
    if let Some(entry) = written {
        sheet.rows.push((look.written, format!("{} s", clock(entry.at))));
        sheet.entry = Some(entry.id);
    }
    let after = written.map_or(EntryId(0), |entry| entry.id);
    for other in world.nodes().iter().filter(|other| other.id != id) {
        // The same bytes only in the same history.
        if other.server().is_some_and(|other| other.repl_id() == server.repl_id() && !other.is_master()) {
            let at = applied(world.trace(), after, other.id, to);
            let at = at.map_or_else(|| look.nobody_yet.to_owned(), |at| format!("{} s", clock(at)));
            let name = name_of(world, Party::Node(other.id), words);
            sheet.rows.push((look.applied, format!("{name} · {at}")));
        }
    }
    let held = server.backlog().is_some_and(|log| log.first.get() <= from);
    let bytes = server.backlog_bytes(BytePos::new(from), (to + 1).saturating_sub(from));
    if bytes.is_empty() || !held {
        sheet.rows.push((words.node_backlog, words.overwritten.to_owned()));
    }
    sheet.decoded = resp::decode(&bytes, DECODED);
    sheet.bytes = bytes.into();
    sheet.first = Some(from);
    sheet.leads.push((name_of(world, Party::Node(id), words), Pick::Node(id)));
    Some(sheet)
}
