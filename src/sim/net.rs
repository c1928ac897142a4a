//! The network's half of the world: dialling and packets on their way. How it ends, and what is lost,
//! is in `faults`.

use super::action::LinkMode;
use super::ids::{ClientId, EntryId, LinkId, NodeId, PacketId, Party, WireId};
use super::link::{Flight, Link};
use super::node::Incoming;
use super::packet::PacketKind;
use super::queue::{Due, Queue};
use super::trace::{CloseReason, Sent, What};
use super::wire::{End, EndState, Flying, Route, Wire};
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
            End::new(Route { from: dialler, to: listener, link }, conn, window(self, listener)),
            End::new(Route { from: listener, to: dialler, link }, ConnId::accepted(0), window(self, dialler)),
        ];
        self.wires.push(wire, || Wire { local, port, ends });
        self.control(wire, 0, PacketKind::Syn, cause);
    }

    /// Hands bytes to the kernel, in packets of the path's size. A packet leaves at once, if nothing waits
    /// before it, or later ([`pump`](Self::pump)).
    pub(super) fn send(
        &mut self,
        id: WireId,
        end: u8,
        kind: PacketKind,
        bytes: &Rc<[u8]>,
        cause: Option<EntryId>,
    ) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let (this, local) = (&mut wire.ends[usize::from(end)], wire.local);
        let route = this.route;
        let by = route.link.map(|link| &mut self.links[link.index()]);
        let control = kind.is_control();
        if !control {
            if this.state == EndState::Gone || bytes.is_empty() {
                return;
            }
            let path = by.as_ref().map_or(&self.spec.other_links, |link| &link.path);
            let most = if kind == PacketKind::Server(SendKind::Rdb) { path.rdb_mss } else { path.mss };
            let most = (most as usize).max(1);
            if bytes.len() > most {
                return bytes.chunks(most).for_each(|part| self.send(id, end, kind, &part.into(), cause));
            }
        }
        let packet = PacketId(self.packets_made);
        self.packets_made += 1;
        let held = this.waits(bytes.len(), by.as_deref()) || !this.queue.is_empty();
        if held {
            this.queue.push_back(packet);
        }
        let mut first = 0;
        if let (PacketKind::Server(SendKind::Stream | SendKind::Heartbeat), Some(next)) = (kind, this.stream)
        {
            first = next.get();
            this.stream = Some(next.plus(bytes.len() as u64));
        }
        let (now, mut entry) = (self.now, cause);
        if !control {
            let Route { from, to, link } = route;
            entry = Some(self.trace.push(now, Some(from), cause, || {
                What::Sent(Sent { packet, wire: id, to, link, kind, bytes: Rc::clone(bytes), first })
            }));
        }
        let flying = self.flights.push(packet, || Flying {
            wire: id,
            end,
            route,
            kind,
            bytes: Rc::clone(bytes),
            sent: now,
            arrives: now,
            lost_at: None,
            held,
            first,
            entry,
        });
        if !held {
            (flying.sent, flying.arrives) = launch(now, packet, flying, (this, local), by, &mut self.queue);
        }
    }

    /// Sends one of TCP's own packets.
    pub(super) fn control(&mut self, wire: WireId, end: u8, kind: PacketKind, cause: Option<EntryId>) {
        self.send(wire, end, kind, &Rc::from([]), cause);
    }

    /// Puts onto the wire what the link and the receiver's window let pass.
    pub(super) fn pump(&mut self, id: WireId, end: u8) {
        loop {
            let Some(wire) = self.wires.get_mut(id) else { return };
            let (this, local) = (&mut wire.ends[usize::from(end)], wire.local);
            let Some(&packet) = this.queue.front() else { return };
            let by = this.route.link.map(|link| &mut self.links[link.index()]);
            let flying = self.flights.get_mut(packet);
            if flying.as_ref().is_some_and(|flying| this.waits(flying.bytes.len(), by.as_deref())) {
                return;
            }
            this.queue.pop_front();
            let Some(flying) = flying else { continue };
            flying.held = false;
            (flying.sent, flying.arrives) =
                launch(self.now, packet, flying, (this, local), by, &mut self.queue);
        }
    }

    /// The bytes of this packet and of those made next, `packets` in all, have left their senders' socket
    /// buffers.
    pub(super) fn serialized(&mut self, first: PacketId, packets: u32) {
        // Whose server was found to have nothing else to do: one node sent them all, mostly.
        let mut quiet = None;
        for n in 0..packets {
            let Some(flying) = self.flights.get(first.later(n)).filter(|flying| flying.lost_at.is_none())
            else {
                continue;
            };
            let (Some(id), Some(wire)) = (flying.route.from.node(), self.wires.get(flying.wire)) else {
                continue;
            };
            let end = &wire.ends[usize::from(flying.end)];
            if end.state != EndState::Open {
                continue;
            }
            let (conn, bytes, cause) = (end.conn, flying.bytes.len() as u64, flying.entry);
            let node = &mut self.nodes[id.index()];
            if quiet == Some(id) || node.only_counts(self.now) {
                quiet = Some(id);
                if node.server.as_mut().is_some_and(|server| server.count_sent(self.now, conn, bytes)) {
                    continue;
                }
            }
            quiet = None;
            self.feed(id, Incoming::Sent { conn, bytes }, cause);
        }
    }

    /// A packet is there.
    #[inline(never)]
    pub(super) fn arrive(&mut self, packet: PacketId) {
        let flying = self.flights.remove_if(packet, |flying| flying.lost_at.is_none());
        let Some(Flying { wire: id, end: sender, route, kind, bytes, entry, .. }) = flying else { return };
        let Route { from, to, .. } = route;
        let receiver = 1 - sender;
        let Some(wire) = self.wires.get_mut(id) else {
            self.note_lost(packet, (from, kind), entry);
            return;
        };
        let (there, here) = (&wire.ends[usize::from(sender)], &wire.ends[usize::from(receiver)]);
        if !kind.is_control() && here.state == EndState::Open && !there.broken {
            let (conn, len) = (here.conn, bytes.len() as u32);
            let what = move || What::Delivered { packet, from, kind, len };
            let entry = self.trace.push(self.now, Some(to), entry, what);
            match to {
                Party::Node(node) => self.feed_bytes(node, conn, (id, sender), bytes, entry),
                Party::Client(client) => {
                    self.consumed(id, sender, u64::from(len));
                    self.client_received(client, &bytes, Some(entry));
                }
            }
            return;
        }
        match kind {
            PacketKind::Syn => self.syn_arrived(id, entry),
            PacketKind::SynAck if here.state == EndState::Opening => self.opened(id, 0, entry),
            PacketKind::SynAck => {}
            PacketKind::Fin => self.close_end(id, receiver, CloseReason::ByPeer, entry),
            PacketKind::Reset if here.state == EndState::Opening => {
                self.close_end(id, receiver, CloseReason::Refused, entry);
            }
            PacketKind::Reset => self.close_end(id, receiver, CloseReason::Reset, entry),
            PacketKind::Request | PacketKind::Server(_) => {
                let answer = there.state != EndState::Gone && !here.reset_sent;
                wire.ends[usize::from(receiver)].reset_sent |= answer;
                let lost = self.note_lost(packet, (from, kind), entry);
                if answer {
                    self.control(id, receiver, PacketKind::Reset, Some(lost));
                }
            }
        }
    }

    /// The receiving process has read bytes: the window opens. (The news travels at once.)
    #[inline]
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
        let (port, listener) = (wire.port, &mut wire.ends[1]);
        let Route { from: Party::Node(node), to: dialler, .. } = listener.route else { return };
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
        let this = &mut wire.ends[usize::from(end)];
        this.state = EndState::Open;
        let (Route { from: party, to: peer, .. }, conn) = (this.route, this.conn);
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

/// A packet goes onto the wire of this end: when its first byte does, and when its last is there.
#[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
fn launch(
    now: Time,
    packet: PacketId,
    flying: &Flying,
    (from, local): (&mut End, Span),
    link: Option<&mut Link>,
    queue: &mut Queue,
) -> (Time, Time) {
    let len = flying.bytes.len() as u64;
    from.unread += len;
    let (mut swallowed, linked) = (false, link.is_some());
    let flight = match (link, flying.route.to.node()) {
        (Some(link), Some(to)) => {
            swallowed = link.swallows(to);
            link.launch(now, to, len)
        }
        _ => Flight { starts: now, serialized: now, arrives: now + local },
    };
    let (starts, arrives) = (flight.starts, flight.arrives);
    if swallowed {
        let half = Span::from_micros(arrives.since(starts).as_micros() / 2);
        from.broken |= !flying.kind.is_control();
        queue.push(starts + half, Due::Vanish(packet), flying.entry);
        return (starts, arrives);
    }
    if len > 0 {
        queue.push_packet(flight.serialized, Due::Serialized(packet), linked);
    }
    queue.push_packet(arrives, Due::Arrive(packet), linked);
    (starts, arrives)
}
