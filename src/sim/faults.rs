//! How connections end and what faults do: closing, cuts, silence, lost packets.

use super::action::LinkMode;
use super::ids::{EntryId, LinkId, PacketId, Party, WireId};
use super::node::Incoming;
use super::packet::{LINGER, PacketKind};
use super::queue::Due;
use super::trace::{CloseReason, What};
use super::wire::{EndState, Flying, Route, Wire};
use super::world::World;
use crate::redis::Span;

/// A SYN without an answer is repeated after this long (Linux: 1 s, then doubling).
const SYN_RETRY: Span = Span::from_secs(1);

impl World {
    /// The party at this end closes the connection, after the bytes already handed over.
    pub(super) fn hang_up(&mut self, id: WireId, end: u8, cause: Option<EntryId>) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let this = &mut wire.ends[usize::from(end)];
        if this.state == EndState::Gone {
            return;
        }
        this.state = EndState::Gone;
        self.control(id, end, PacketKind::Fin, cause);
        self.bury(id);
    }

    /// This end's kernel learns that the connection is gone, and tells the process.
    pub(super) fn close_end(&mut self, id: WireId, end: u8, why: CloseReason, cause: Option<EntryId>) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        let this = &mut wire.ends[usize::from(end)];
        let before = std::mem::replace(&mut this.state, EndState::Gone);
        let (party, conn) = (this.route.from, this.conn);
        self.bury(id);
        // A listening end that never opened has nobody to tell.
        if before == EndState::Gone || (before == EndState::Opening && end == 1) {
            return;
        }
        let entry = self.note(Some(party), cause, What::Closed { wire: id, conn, why });
        match party {
            Party::Node(node) => self.feed(node, Incoming::Closed { conn }, Some(entry)),
            Party::Client(client) => self.client_closed(client, Some(entry)),
        }
    }

    /// Forgets a connection that both ends have forgotten.
    pub(super) fn bury(&mut self, id: WireId) {
        if !self.wires.get(id).is_some_and(Wire::gone) {
            return;
        }
        let Some(wire) = self.wires.remove(id) else { return };
        for packet in wire.ends.iter().flat_map(|end| &end.queue) {
            if let Some(flying) = self.flights.remove(*packet) {
                self.note_lost(*packet, (flying.route.from, flying.kind), flying.entry);
            }
        }
    }

    /// A packet is lost where it is.
    pub(super) fn lose(&mut self, packet: PacketId, cause: Option<EntryId>) {
        let now = self.now;
        let Some(flying) = self.flights.get_mut(packet).filter(|flying| flying.lost_at.is_none()) else {
            return;
        };
        flying.lost_at = Some(now);
        let &mut Flying { wire: id, end, route: Route { from, .. }, kind, .. } = flying;
        if let Some(wire) = self.wires.get_mut(id) {
            wire.ends[usize::from(end)].broken |= !kind.is_control();
        }
        if matches!(kind, PacketKind::Syn | PacketKind::SynAck) {
            self.queue.push(now + SYN_RETRY, Due::Retry(id), cause);
        }
        self.note_lost(packet, (from, kind), cause);
        self.queue.push(now + LINGER, Due::Forget(packet), None);
    }

    pub(super) fn note_lost(
        &mut self,
        packet: PacketId,
        (from, kind): (Party, PacketKind),
        cause: Option<EntryId>,
    ) -> EntryId {
        if kind.is_control() {
            return cause.unwrap_or(EntryId(0));
        }
        self.note(Some(from), cause, What::Lost { packet })
    }

    /// Changes what a link does, with all that follows at once.
    pub(super) fn set_link_mode(&mut self, link: LinkId, mode: LinkMode, cause: Option<EntryId>) {
        let now = self.now;
        let this = &mut self.links[link.index()];
        if this.mode == mode {
            return;
        }
        this.mode = mode;
        this.since = now;
        let entry = self.note(None, cause, What::LinkMode { link, mode });
        self.lose_in_flight(link, entry);
        let wires: Vec<WireId> = self
            .wires
            .iter()
            .filter(|(_, wire)| wire.ends[0].route.link == Some(link))
            .map(|(id, _)| id)
            .collect();
        for wire in wires {
            for end in [0, 1] {
                if mode == LinkMode::Cut {
                    self.close_end(wire, end, CloseReason::LinkCut, Some(entry));
                } else {
                    self.pump(wire, end);
                }
            }
        }
    }

    /// Loses what is on the way where the link's new mode lets nothing pass.
    fn lose_in_flight(&mut self, link: LinkId, cause: EntryId) {
        let this = &self.links[link.index()];
        let stopped = |flying: &Flying| {
            let swallowed = flying.route.to.node().is_some_and(|to| this.swallows(to));
            flying.route.link == Some(link) && !flying.held && (this.mode == LinkMode::Cut || swallowed)
        };
        let lost: Vec<PacketId> =
            self.flights.iter().filter(|(_, flying)| stopped(flying)).map(|(id, _)| id).collect();
        for packet in lost {
            self.lose(packet, Some(cause));
        }
        let this = &mut self.links[link.index()];
        // Nothing is on its way any more: the next packet finds an empty wire.
        if matches!(this.mode, LinkMode::Cut | LinkMode::Silent) {
            for way in &mut this.directions {
                way.busy_until = self.now;
                way.last_arrival = self.now;
            }
        }
    }
}
