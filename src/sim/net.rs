//! The network's half of the world: dialling and packets on their way. How it ends, and what is lost,
//! is in `faults`.

use super::action::LinkMode;
use super::ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
use super::link::{Flight, Link};
use super::node::Incoming;
use super::packet::PacketKind;
use super::queue::{Due, Queue};
use super::trace::{CloseReason, Sent, What};
use super::wire::{End, EndState, Flying, Wire};
use super::world::World;
use crate::redis::{ConnId, Endpoint, SendKind, Span, Time};
use std::rc::Rc;

/// Delay between two processes of one host.
const LOOPBACK: Span = Span::from_millis(1);

impl World {
    /// A server dials.
    pub(super) fn dial_node(&mut self, node: NodeId, conn: ConnId, to: &Endpoint, cause: Option<EntryId>) {
        let target = self.nodes.iter().find(|other| other.addr.host == to.host).map(|other| other.id);
        let link = match target {
            Some(target) if target != node => Some(self.link_or_new(node, target)),
            _ => None,
        };
        let wire = self.new_wire_id();
        let entry =
            self.note(Some(Party::Node(node)), cause, What::Dialled { wire, conn, to: to.clone().into() });
        self.nodes[node.index()].conns.insert(conn, (wire, 0));
        if let Some(target) = target {
            self.remember_peer(node, conn, Party::Node(target));
        }
        let cut = link.is_some_and(|link| self.links[link.index()].mode == LinkMode::Cut);
        let Some(target) = target.filter(|_| !cut) else {
            let delay =
                link.map_or(self.spec.other_links.latency, |link| self.links[link.index()].path.latency);
            let start = self.nodes[node.index()].starts;
            self.queue.push(self.now + delay, Due::Unreachable { node, start, conn }, Some(entry));
            return;
        };
        self.open(wire, (Party::Node(node), conn), target, to.port, link, LOOPBACK, Some(entry));
    }

    /// Starts a connection to `target` with a SYN.
    #[expect(clippy::too_many_arguments, reason = "two callers, each names everything once")]
    pub(super) fn open(
        &mut self,
        wire: WireId,
        (dialler, conn): (Party, ConnId),
        target: NodeId,
        port: u16,
        link: Option<LinkId>,
        local: Span,
        cause: Option<EntryId>,
    ) {
        let window = |world: &Self, party: Party| match party {
            Party::Node(id) => world.nodes[id.index()].settings.receive_buffer.max(1),
            Party::Client(_) => 64 * 1024,
        };
        let listener = Party::Node(target);
        let ends = [
            End::new(dialler, conn, window(self, listener)),
            End::new(listener, ConnId::accepted(0), window(self, dialler)),
        ];
        self.wires.push(wire, Wire { link, local, port, ends });
        self.control(wire, 0, PacketKind::Syn, cause);
    }

    /// Hands bytes to the kernel, in packets of the path's size. A packet leaves at once, if nothing waits
    /// before it, or later ([`pump`](Self::pump)).
    pub(super) fn send(
        &mut self,
        id: WireId,
        end: u8,
        kind: PacketKind,
        bytes: Rc<[u8]>,
        cause: Option<EntryId>,
    ) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let (link, to) = (wire.link, wire.ends[usize::from(1 - end)].party);
        let by = link.map(|link| &mut self.links[link.index()]);
        if !kind.is_control() {
            if wire.ends[usize::from(end)].state == EndState::Gone || bytes.is_empty() {
                return;
            }
            let path = by.as_ref().map_or(&self.spec.other_links, |link| &link.path);
            let most = if kind == PacketKind::Server(SendKind::Rdb) { path.rdb_mss } else { path.mss };
            let most = (most as usize).max(1);
            if bytes.len() > most {
                return bytes.chunks(most).for_each(|part| self.send(id, end, kind, part.into(), cause));
            }
        }
        let packet = PacketId(self.packets_made);
        self.packets_made += 1;
        let waits = wire.waits(end, bytes.len(), by.as_deref());
        let (this, local) = (&mut wire.ends[usize::from(end)], wire.local);
        let held = waits || !this.queue.is_empty();
        let mut first = 0;
        if let (PacketKind::Server(SendKind::Stream | SendKind::Heartbeat), Some(next)) = (kind, this.stream)
        {
            first = next.get();
            this.stream = Some(next.plus(bytes.len() as u64));
        }
        if held {
            this.queue.push_back(packet);
        }
        let from = this.party;
        let entry = if kind.is_control() {
            cause
        } else {
            let sent = Sent { packet, wire: id, to, link, kind, bytes: bytes.clone(), first };
            Some(self.trace.push(self.now, Some(from), cause, What::Sent(sent)))
        };
        let load = Load { packet, to, kind, len: bytes.len() as u64, entry };
        let flight = (!held).then(|| launch(self.now, load, (this, local), by, &mut self.queue));
        let (sent, arrives) = flight.unwrap_or((self.now, self.now));
        let flying = Flying {
            wire: id,
            end,
            link,
            from,
            to,
            kind,
            bytes,
            sent,
            arrives,
            lost_at: None,
            held,
            first,
            entry,
        };
        self.flights.push(packet, flying);
    }

    /// Sends one of TCP's own packets.
    pub(super) fn control(&mut self, wire: WireId, end: u8, kind: PacketKind, cause: Option<EntryId>) {
        self.send(wire, end, kind, Rc::from([]), cause);
    }

    /// Puts onto the wire what the link and the receiver's window let pass.
    pub(super) fn pump(&mut self, id: WireId, end: u8) {
        loop {
            let Some(wire) = self.wires.get_mut(id) else { return };
            let Some(&packet) = wire.ends[usize::from(end)].queue.front() else { return };
            let by = wire.link.map(|link| &mut self.links[link.index()]);
            let len = self.flights.get(packet).map(|flying| flying.bytes.len());
            if len.is_some_and(|len| wire.waits(end, len, by.as_deref())) {
                return;
            }
            let (this, local) = (&mut wire.ends[usize::from(end)], wire.local);
            this.queue.pop_front();
            let Some(flying) = self.flights.get_mut(packet) else { continue };
            let &mut Flying { to, kind, entry, .. } = flying;
            let load = Load { packet, to, kind, len: flying.bytes.len() as u64, entry };
            (flying.sent, flying.arrives) = launch(self.now, load, (this, local), by, &mut self.queue);
            flying.held = false;
        }
    }

    /// A packet's bytes have left the sender's socket buffer.
    pub(super) fn serialized(&mut self, packet: PacketId) {
        let Some(flying) = self.flights.get(packet).filter(|flying| flying.lost_at.is_none()) else {
            return;
        };
        let (Some(node), Some(wire)) = (flying.from.node(), self.wires.get(flying.wire)) else { return };
        let end = &wire.ends[usize::from(flying.end)];
        if end.state == EndState::Open {
            let (conn, bytes, cause) = (end.conn, flying.bytes.len() as u64, flying.entry);
            if !self.nodes[node.index()].merely_sent(self.now, conn, bytes) {
                self.feed(node, Incoming::Sent { conn, bytes }, cause);
            }
        }
    }

    /// A packet is there.
    pub(super) fn arrive(&mut self, packet: PacketId) {
        let Some(flying) = self.flights.remove_if(packet, |flying| flying.lost_at.is_none()) else { return };
        let (id, sender) = (flying.wire, flying.end);
        let receiver = 1 - sender;
        let Some(wire) = self.wires.get_mut(id) else {
            self.note_lost(packet, &flying, flying.entry);
            return;
        };
        let (from, to) = (&wire.ends[usize::from(sender)], &wire.ends[usize::from(receiver)]);
        match flying.kind {
            PacketKind::Syn => self.syn_arrived(id, flying.entry),
            PacketKind::SynAck if to.state == EndState::Opening => self.opened(id, 0, flying.entry),
            PacketKind::SynAck => {}
            PacketKind::Fin => self.close_end(id, receiver, CloseReason::ByPeer, flying.entry),
            PacketKind::Reset if to.state == EndState::Opening => {
                self.close_end(id, receiver, CloseReason::Refused, flying.entry);
            }
            PacketKind::Reset => self.close_end(id, receiver, CloseReason::Reset, flying.entry),
            _ if to.state == EndState::Open && !from.broken => {
                let conn = to.conn;
                self.deliver(packet, conn, flying);
            }
            _ => {
                let answer = from.state != EndState::Gone && !to.reset_sent;
                wire.ends[usize::from(receiver)].reset_sent |= answer;
                let lost = self.note_lost(packet, &flying, flying.entry);
                if answer {
                    self.control(id, receiver, PacketKind::Reset, Some(lost));
                }
            }
        }
    }

    #[inline]
    fn deliver(&mut self, packet: PacketId, conn: ConnId, flying: Flying) {
        let (kind, len) = (flying.kind, flying.bytes.len() as u32);
        let what = What::Delivered { packet, from: flying.from, kind, len };
        let entry = self.trace.push(self.now, Some(flying.to), flying.entry, what);
        match flying.to {
            Party::Node(node) => {
                self.feed_bytes(node, conn, (flying.wire, flying.end), flying.bytes, entry);
            }
            Party::Client(client) => {
                self.consumed(flying.wire, flying.end, u64::from(len));
                self.client_received(client, &flying.bytes, Some(entry));
            }
        }
    }

    /// The receiving process has read bytes: the window opens. (The news travels at once.)
    pub(super) fn consumed(&mut self, id: WireId, sender: u8, bytes: u64) {
        if let Some(wire) = self.wires.get_mut(id) {
            let sender_end = &mut wire.ends[usize::from(sender)];
            sender_end.unread = sender_end.unread.saturating_sub(bytes);
            if !sender_end.queue.is_empty() {
                self.pump(id, sender);
            }
        }
    }

    fn syn_arrived(&mut self, id: WireId, cause: Option<EntryId>) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let (dialler, port, listener) = (wire.ends[0].party, wire.port, &mut wire.ends[1]);
        let Party::Node(node) = listener.party else { return };
        let host = &mut self.nodes[node.index()];
        match listener.state {
            EndState::Open => {}
            EndState::Opening if host.server.is_some() && host.addr.port == port => {
                host.accepted += 1;
                let conn = ConnId::accepted(host.accepted);
                host.conns.insert(conn, (id, 1));
                listener.conn = conn;
                self.remember_peer(node, conn, dialler);
                self.opened(id, 1, cause);
            }
            EndState::Opening | EndState::Gone => {
                listener.state = EndState::Gone;
                self.control(id, 1, PacketKind::Reset, cause);
                return;
            }
        }
        self.control(id, 1, PacketKind::SynAck, cause);
    }

    /// One end is up: its party is told.
    fn opened(&mut self, id: WireId, end: u8, cause: Option<EntryId>) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let peer = wire.ends[usize::from(1 - end)].party;
        let this = &mut wire.ends[usize::from(end)];
        this.state = EndState::Open;
        let (party, conn) = (this.party, this.conn);
        let entry = self.note(Some(party), cause, What::Opened { wire: id, conn, peer });
        match party {
            Party::Node(node) if end == 1 => {
                let host = match peer {
                    Party::Node(peer) => self.nodes[peer.index()].addr.host.clone(),
                    Party::Client(peer) => format!("10.0.0.{}", peer.0).into(),
                };
                let port = 40_000 + (id.0 % 20_000) as u16;
                self.feed(node, Incoming::Accepted { conn, host, port }, Some(entry));
            }
            Party::Node(node) => self.feed(node, Incoming::Connected { conn }, Some(entry)),
            Party::Client(client) => self.client_connected(client, Some(entry)),
        }
    }

    /// A SYN got no answer.
    pub(super) fn retry_syn(&mut self, id: WireId, cause: Option<EntryId>) {
        if self.wires.get(id).is_some_and(|wire| wire.ends[0].state == EndState::Opening) {
            self.control(id, 0, PacketKind::Syn, cause);
        }
    }

    fn link_or_new(&mut self, a: NodeId, b: NodeId) -> LinkId {
        if let Some(link) = self.link_between(a, b) {
            return link.id;
        }
        let id = LinkId(self.links.len() as u16);
        self.links.push(Link::new(id, a.min(b), a.max(b), self.spec.other_links, self.spec.seed));
        id
    }

    fn new_wire_id(&mut self) -> WireId {
        self.wires_made += 1;
        WireId(self.wires_made - 1)
    }

    /// A client dials its node.
    pub(super) fn dial_client(&mut self, client: ClientId, cause: Option<EntryId>) -> WireId {
        let wire = self.new_wire_id();
        let this = &self.clients[client.index()];
        let (at, latency) = (this.at, this.latency);
        let to = self.nodes[at.index()].addr.clone();
        let conn = ConnId::dialled(u64::from(wire.0));
        let port = to.port;
        let entry =
            self.note(Some(Party::Client(client)), cause, What::Dialled { wire, conn, to: to.into() });
        self.open(wire, (Party::Client(client), conn), at, port, None, latency, Some(entry));
        wire
    }
}

/// What of a packet its link wants to know.
struct Load {
    packet: PacketId,
    to: Party,
    kind: PacketKind,
    len: u64,
    entry: Option<EntryId>,
}

/// A packet goes onto the wire of this end: when its first byte does, and when its last is there.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn launch(
    now: Time,
    load: Load,
    (from, local): (&mut End, Span),
    link: Option<&mut Link>,
    queue: &mut Queue,
) -> (Time, Time) {
    let Load { packet, len, .. } = load;
    from.unread += len;
    let mut swallowed = false;
    let flight = match (link, load.to.node()) {
        (Some(link), Some(to)) => {
            swallowed = link.swallows(to);
            link.launch(now, to, len)
        }
        _ => Flight { starts: now, serialized: now, arrives: now + local },
    };
    let (starts, arrives) = (flight.starts, flight.arrives);
    if swallowed {
        let half = Span::from_micros(arrives.since(starts).as_micros() / 2);
        from.broken |= !load.kind.is_control();
        queue.push(starts + half, Due::Vanish(packet), load.entry);
        return (starts, arrives);
    }
    if len > 0 {
        queue.push_packet(flight.serialized, Due::Serialized(packet));
    }
    queue.push_packet(arrives, Due::Arrive(packet));
    (starts, arrives)
}
