//! The processes' half of the world: what a server gets, and doing what it wants done.

use super::ids::{EntryId, NodeId, Party, WireId};
use super::node::{Incoming, Node};
use super::numbered::Numbered;
use super::packet::PacketKind;
use super::queue::Due;
use super::trace::What;
use super::wire::Wire;
use super::world::World;
use crate::redis::{BytePos, ConnId, Effect, Effects, Event, Input, Rng, SendKind, Server};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The bytes sent last: where they lie in the arena, and as a packet.
type Shared = Option<(Range<usize>, Rc<[u8]>)>;

impl World {
    /// Starts a node's process, with its RDB file if it has one.
    pub(super) fn start(&mut self, id: NodeId, cause: Option<EntryId>) {
        let now = self.now;
        let node = &mut self.nodes[id.index()];
        node.starts += 1;
        let mut config = node.settings.config(node.addr.port);
        config.replicaof = node.replica_of.clone();
        let seed =
            Rng::stream(self.spec.seed, "node", u64::from(id.0) << 32 | u64::from(node.starts)).next_u64();
        let rdb = node.rdb.clone();
        let mut bad = None;
        let server = match &rdb {
            Some(rdb) => Server::restore(config.clone(), seed, rdb).unwrap_or_else(|error| {
                bad = Some(error.to_string().into());
                Server::new(config, seed)
            }),
            None => Server::new(config, seed),
        };
        let offset = server.offset();
        node.server = Some(server);
        node.paused = false;
        node.asleep_until = None;
        node.timer = None;
        // The first start of all is the scene itself, not something that happens in it.
        if node.starts > 1 || now > crate::redis::Time::ZERO {
            let size = rdb.map(|rdb| rdb.len() as u64);
            let up = self.note(Some(Party::Node(id)), cause, What::Up { rdb: size, offset });
            if let Some(error) = bad {
                self.note(Some(Party::Node(id)), Some(up), What::BadRdb(error));
            }
        }
        self.feed(id, Incoming::Timer, cause);
    }

    /// Ends a node's process; its kernel closes the connections.
    pub(super) fn stop(&mut self, id: NodeId, cause: Option<EntryId>) {
        let node = &mut self.nodes[id.index()];
        node.server = None;
        node.paused = false;
        node.asleep_until = None;
        node.inbox.clear();
        node.saving.clear();
        node.timer = None;
        node.timer_turn += 1;
        let conns = std::mem::take(&mut node.conns);
        let down = self.note(Some(Party::Node(id)), cause, What::Down);
        for (_, (wire, end)) in conns {
            self.hang_up(wire, end, Some(down));
        }
    }

    /// Gives something to a node's process: now, or when it can take it.
    pub(super) fn feed(&mut self, id: NodeId, what: Incoming, cause: Option<EntryId>) {
        let node = &mut self.nodes[id.index()];
        if node.idle(self.now) {
            self.process(id, &what, cause);
            self.arm(id);
        } else if node.server.is_some() {
            node.inbox.push_back((what, cause));
        }
    }

    /// Gives a node's process the bytes of a packet that came by this pipe, like [`feed`](Self::feed).
    #[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
    pub(super) fn feed_bytes(
        &mut self,
        id: NodeId,
        conn: ConnId,
        (wire, sender): (WireId, u8),
        bytes: Rc<[u8]>,
        cause: EntryId,
    ) {
        if !self.nodes[id.index()].idle(self.now) {
            return self.feed(id, Incoming::Received { conn, bytes }, Some(cause));
        }
        self.handle(id, Input::Received { conn, bytes: &bytes }, Some(cause));
        self.consumed(wire, sender, bytes.len() as u64);
        self.arm(id);
    }

    /// Gives a node's process what has waited, as long as it takes it.
    pub(super) fn drain(&mut self, id: NodeId) {
        let now = self.now;
        loop {
            let node = &mut self.nodes[id.index()];
            if node.server.is_none() || node.blocked(now) {
                return;
            }
            let Some((what, cause)) = node.inbox.pop_front() else { break };
            self.process(id, &what, cause);
        }
        self.arm(id);
    }

    /// The server's own command line: an operator's words, without a network.
    pub(super) fn operate(&mut self, id: NodeId, args: &[&[u8]], cause: Option<EntryId>) {
        self.handle(id, Input::Operator { args }, cause);
        self.arm(id);
    }

    fn process(&mut self, id: NodeId, what: &Incoming, cause: Option<EntryId>) {
        let node = &mut self.nodes[id.index()];
        let place = match what {
            Incoming::Accepted { conn, .. }
            | Incoming::Connected { conn }
            | Incoming::Received { conn, .. }
            | Incoming::Sent { conn, .. } => node.conns.get(conn).copied(),
            Incoming::Closed { conn } => node.conns.remove(conn),
            Incoming::Saved { .. } | Incoming::Timer => Some((WireId(0), 0)),
        };
        // The server has closed the connection while this waited.
        let Some((wire, end)) = place else { return };
        let input = match what {
            Incoming::Accepted { conn, host, port } => Input::Accepted { conn: *conn, host, port: *port },
            Incoming::Connected { conn } => Input::Connected { conn: *conn },
            Incoming::Received { conn, bytes } => Input::Received { conn: *conn, bytes },
            Incoming::Sent { conn, bytes } => Input::Sent { conn: *conn, bytes: *bytes },
            Incoming::Closed { conn } => Input::Closed { conn: *conn },
            Incoming::Saved { job } => Input::SnapshotSaved { job: *job, ok: true },
            Incoming::Timer => Input::Timer,
        };
        self.handle(id, input, cause);
        if let Incoming::Received { bytes, .. } = what {
            self.consumed(wire, 1 - end, bytes.len() as u64);
        }
    }

    fn handle(&mut self, id: NodeId, input: Input<'_>, cause: Option<EntryId>) {
        if let Some(server) = &mut self.nodes[id.index()].server {
            server.handle(self.now, input, &mut self.effects);
        }
        if self.effects.is_empty() {
            return;
        }
        let cause = cause.or_else(|| self.awaited(id, self.effects.events()));
        self.note_events(id, cause);
        if !self.effects.list().is_empty() {
            let effects = std::mem::take(&mut self.effects);
            let mut shared = None;
            for effect in effects.list() {
                self.perform(id, effect, &effects, &mut shared, cause);
            }
            self.effects = effects;
        }
        self.effects.clear();
    }

    /// What a timer's events were waiting for: a server notices with its clock that a snapshot is on
    /// disk, and that what it received is loaded.
    fn awaited(&self, id: NodeId, events: &[Event]) -> Option<EntryId> {
        let loaded = events.iter().find_map(|event| match event {
            Event::BgsaveEnded { .. } => Some(false),
            Event::RdbLoaded { .. } => Some(true),
            _ => None,
        })?;
        // Not looked for in the trace, which may be forgotten.
        self.nodes[id.index()].rdb_entries[usize::from(loaded)]
    }

    fn note_events(&mut self, id: NodeId, cause: Option<EntryId>) {
        let (now, party) = (self.now, Some(Party::Node(id)));
        for event in self.effects.events() {
            match event {
                // Most are this one. A copy of its fields, made where it stays, need not wait until what was
                // written a moment ago can be read again in larger words.
                &Event::Applied { from, to } => {
                    self.trace.push(now, party, cause, || What::Server(Event::Applied { from, to }));
                    continue;
                }
                Event::PsyncContinued { conn, from, .. } => {
                    stream_starts(&self.nodes[id.index()], &mut self.wires, *conn, *from);
                }
                Event::FullResyncStarted { conn, offset } => {
                    stream_starts(&self.nodes[id.index()], &mut self.wires, *conn, offset.next());
                }
                Event::RdbReceived { .. } => {
                    self.nodes[id.index()].rdb_entries[1] = Some(EntryId(self.trace.len()));
                }
                _ => {}
            }
            self.trace.push(now, party, cause, || What::Server(event.clone()));
        }
    }

    fn perform(
        &mut self,
        id: NodeId,
        effect: &Effect,
        effects: &Effects,
        shared: &mut Shared,
        cause: Option<EntryId>,
    ) {
        let now = self.now;
        let node = &mut self.nodes[id.index()];
        match effect {
            Effect::Send { conn, kind, bytes } => {
                if let Some(&(wire, end)) = node.conns.get(conn) {
                    // What several replicas are sent lies in memory once, and so does what clients are
                    // answered one after the other: `+OK`, mostly.
                    let (_, whole) = match shared {
                        Some(shared) if shared.0 == *bytes => shared,
                        _ => {
                            let slice = effects.slice(bytes);
                            let same = *kind == SendKind::Reply && *self.answer == *slice;
                            let whole = if same { Rc::clone(&self.answer) } else { Rc::from(slice) };
                            if *kind == SendKind::Reply && !same {
                                self.answer = Rc::clone(&whole);
                            }
                            shared.insert((bytes.clone(), whole))
                        }
                    };
                    self.send(wire, end, PacketKind::Server(*kind), whole, cause);
                }
            }
            Effect::Connect { conn, to } => self.dial_node(id, *conn, to, cause),
            Effect::Close { conn } => {
                if let Some((wire, end)) = node.conns.remove(conn) {
                    let hung = self.note(Some(Party::Node(id)), cause, What::Hung { wire, conn: *conn });
                    self.hang_up(wire, end, Some(hung));
                }
            }
            Effect::SaveSnapshot { job, rdb } => {
                let took = node.settings.bgsave_rate.time_for(rdb.len() as u64).max(node.settings.bgsave_min);
                node.saving.push((*job, Arc::clone(rdb)));
                let due = Due::Saved { node: id, start: node.starts, job: *job };
                self.queue.push(now + took, due, cause);
            }
            Effect::KeepSnapshot { rdb } => node.rdb = Some(Arc::clone(rdb)),
            Effect::Sleep(span) => {
                node.asleep_until = Some(now + *span);
                self.queue.push(now + *span, Due::Wake { node: id, start: node.starts }, cause);
            }
            Effect::Exit { save } => {
                if let Some(rdb) = save {
                    node.rdb = Some(Arc::clone(rdb));
                    let bytes = rdb.len() as u64;
                    let entry = self.note(Some(Party::Node(id)), cause, What::RdbSaved { bytes });
                    self.nodes[id.index()].rdb_entries[0] = Some(entry);
                }
                self.stop(id, cause);
            }
        }
    }

    /// A snapshot is on disk.
    pub(super) fn saved(&mut self, id: NodeId, start: u32, job: crate::redis::JobId, cause: Option<EntryId>) {
        let node = &mut self.nodes[id.index()];
        let Some(place) = node.saving.iter().position(|(saving, _)| *saving == job) else { return };
        if node.starts != start {
            return;
        }
        let (_, rdb) = node.saving.remove(place);
        let bytes = rdb.len() as u64;
        node.rdb = Some(rdb);
        let entry = self.note(Some(Party::Node(id)), cause, What::RdbSaved { bytes });
        self.nodes[id.index()].rdb_entries[0] = Some(entry);
        self.feed(id, Incoming::Saved { job }, Some(entry));
    }

    /// A server's deadline is reached.
    pub(super) fn timer(&mut self, id: NodeId, turn: u32) {
        let now = self.now;
        let node = &mut self.nodes[id.index()];
        if node.timer_turn != turn || node.server.is_none() {
            return;
        }
        node.timer = None;
        // A blocked process is given its deadline when it goes on.
        if !node.blocked(now) {
            self.feed(id, Incoming::Timer, None);
        }
    }

    /// Puts the server's deadline into the queue, if it is not there already.
    fn arm(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        let Some(deadline) = node.server.as_ref().and_then(crate::redis::Server::deadline) else {
            return;
        };
        if node.timer == Some(deadline) || node.blocked(self.now) {
            return;
        }
        node.timer = Some(deadline);
        node.timer_turn += 1;
        let due = Due::Timer { node: id, turn: node.timer_turn };
        self.queue.push(deadline.max(self.now), due, None);
    }
}

/// From this byte on, the pipe carries the replication stream.
fn stream_starts(node: &Node, wires: &mut Numbered<WireId, Wire>, conn: ConnId, next: BytePos) {
    let Some(&(wire, end)) = node.conns.get(&conn) else { return };
    if let Some(wire) = wires.get_mut(wire) {
        wire.ends[usize::from(end)].stream = Some(next);
    }
}
