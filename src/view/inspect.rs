//! What the inspector shows about a packet or a node that was picked.

use super::flights::{Kind, kind};
use super::format::{clock, grouped, text_of};
use super::log::Line;
use super::resp;
use super::scene::Name;
use super::words::Words;
use crate::redis::Time;
use crate::sim::{ClientId, EntryId, NodeId, Packet, PacketId, Party, What, World};
use std::sync::Arc;

/// An end of a packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A node.
    Node(Name),
    /// A client.
    Client(ClientId),
}

/// A packet as it was when it was picked: it may have arrived since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    /// Which.
    pub id: PacketId,
    /// Its kind.
    pub kind: Kind,
    /// Who sent it.
    pub from: End,
    /// To whom.
    pub to: End,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have.
    pub arrives: Time,
    /// Whether it was lost.
    pub lost: bool,
    /// The bytes of the sender's stream it carries.
    pub stream: Option<(u64, u64)>,
}

/// What is picked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// Nothing.
    #[default]
    Nothing,
    /// A node.
    Node(NodeId),
    /// A packet.
    Packet(Box<Picked>),
    /// An event of the trace.
    Entry(EntryId),
}

/// What the inspector tells of an event: its line in the log, or the packet it sent.
pub fn entry(world: &World, id: EntryId, words: &Words) -> Option<Sheet> {
    let entry = world.trace().get(id)?;
    if let What::Sent(sent) = &entry.what {
        let end = |party: Party| match party {
            Party::Node(id) => world.node(id).map(|node| End::Node(Name::of(node))),
            Party::Client(id) => Some(End::Client(id)),
        };
        let picked = Picked {
            id: sent.packet,
            kind: kind(sent.kind)?,
            from: end(entry.party?)?,
            to: end(sent.to)?,
            bytes: sent.bytes.clone(),
            sent: entry.at,
            arrives: entry.at,
            lost: false,
            stream: sent.stream.map(|(from, to)| (from.get(), to.get())),
        };
        return Some(packet(&picked, words));
    }
    let line = Line::of(world, entry)?;
    let rows = vec![(words.time.when, format!("{} s", clock(entry.at)))];
    Some(Sheet { title: line.text(words), rows, ..Sheet::default() })
}

/// The inspector's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Names and values.
    pub rows: Vec<(&'static str, String)>,
    /// The bytes, decoded.
    pub decoded: Vec<String>,
    /// The bytes as they are.
    pub raw: String,
}

/// So many bytes of a packet are written out.
const RAW_SHOWN: usize = 400;

impl Picked {
    /// A packet on the wire.
    pub fn of(world: &World, packet: &Packet<'_>) -> Option<Self> {
        let end = |party: Party| match party {
            Party::Node(id) => world.node(id).map(|node| End::Node(Name::of(node))),
            Party::Client(id) => Some(End::Client(id)),
        };
        Some(Self {
            id: packet.id,
            kind: kind(packet.kind)?,
            from: end(packet.from)?,
            to: end(packet.to)?,
            bytes: packet.bytes.clone(),
            sent: packet.sent,
            arrives: packet.arrives,
            lost: packet.lost_at.is_some(),
            stream: packet.stream.map(|(from, to)| (from.get(), to.get())),
        })
    }
}

impl End {
    /// In words.
    pub fn text(self, words: &Words) -> String {
        match self {
            Self::Node(name) => (words.node)(name),
            Self::Client(_) => words.client.to_owned(),
        }
    }
}

/// The sheet about a packet.
pub fn packet(picked: &Picked, words: &Words) -> Sheet {
    let mut rows = vec![
        (words.col_from, (words.from_to)(&picked.from.text(words), &picked.to.text(words))),
        (words.size, (words.bytes)(picked.bytes.len() as u64)),
        (words.sent_at, format!("{} s", clock(picked.sent))),
    ];
    if picked.lost {
        rows.push((words.col_state, words.packet_lost.to_owned()));
    } else {
        rows.push((words.arrives_at, format!("{} s", clock(picked.arrives))));
    }
    if let Some((from, to)) = picked.stream {
        rows.push((words.stream_range, format!("{}–{}", grouped(from), grouped(to))));
    }
    let decoded = match picked.kind {
        Kind::Rdb => Vec::new(),
        _ => resp::decode(&picked.bytes, 12),
    };
    let shown = &picked.bytes[..picked.bytes.len().min(RAW_SHOWN)];
    let mut raw = text_of(shown);
    if shown.len() < picked.bytes.len() {
        raw.push('…');
    }
    Sheet { title: (words.packet_kind)(picked.kind).to_owned(), rows, decoded, raw }
}

/// The sheet about a node as it is now.
pub fn node(world: &World, id: NodeId, words: &Words) -> Option<Sheet> {
    let node = world.node(id)?;
    let name = Name::of(node);
    let mut sheet = Sheet { title: format!("{} · {}", (words.node)(name), node.addr), ..Sheet::default() };
    let Some(server) = node.server() else {
        sheet.rows.push((words.col_state, words.node_down.to_owned()));
        return Some(sheet);
    };
    sheet.rows.push((words.replid, server.repl_id().to_string()));
    sheet.rows.push((words.offset, grouped(server.offset().get())));
    if let Some(log) = server.backlog() {
        let held = (words.ring_filled)(log.histlen, log.size);
        let oldest = (words.ring_oldest)(log.first.get());
        sheet.rows.push((words.node_backlog, format!("{held} · {oldest}")));
    }
    for replica in server.replicas(world.now()) {
        let acked = format!("{} {}", words.acked, grouped(replica.ack.get()));
        let buffer = format!("{} {}", words.output_buffer, grouped(replica.output_buffer));
        let who = match world.peer(id, replica.conn).and_then(Party::node).and_then(|id| world.node(id)) {
            Some(peer) => (words.node)(Name::of(peer)),
            None => replica.endpoint.to_string(),
        };
        sheet.rows.push((words.node_replicas, format!("{who}: {acked} · {buffer}")));
    }
    if let Some(link) = server.master_link() {
        sheet.rows.push((words.node_phase, format!("{} ({})", link.state, link.master)));
    }
    for (key, entry) in server.keyspace().db(0).iter().take(8) {
        let (key, value) = (super::format::value_of(key, 24), super::format::value_of(&entry.value, 60));
        sheet.decoded.push(format!("{key} = {value}"));
    }
    Some(sheet)
}
