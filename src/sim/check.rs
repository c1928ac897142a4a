//! What must hold in every world after every step: one function, one sentence each.
//!
//! [`check`] looks at one instant. A [`Checker`] follows a run and also knows what was before.

use super::ids::{NodeId, Party};
use super::node::Node;
use super::trace::What;
use super::world::World;
use crate::redis::{
    BacklogInfo, BytePos, Db, Entry, Event, Offset, RedisVersion, ReplId, ReplState, Server, StreamKind,
};

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at} {node}: {rule}: {found}")]
pub struct Broken {
    /// When.
    pub at: crate::redis::Time,
    /// At which node.
    pub node: String,
    /// The rule.
    pub rule: &'static str,
    /// What is so instead.
    pub found: String,
}

/// Most bytes of two backlogs that are compared at a step.
const COMPARED: u64 = 256;

/// Checks the rules that need only one instant.
///
/// # Errors
/// The first rule that does not hold.
pub fn check(world: &World) -> Result<(), Broken> {
    check_some(world, |_| true)
}

/// Checks the nodes that `touched` picks, and their replicas.
fn check_some(world: &World, touched: impl Fn(NodeId) -> bool) -> Result<(), Broken> {
    for node in world.nodes() {
        let Some(server) = node.server() else { continue };
        let itself = touched(node.id);
        if itself {
            covers(world, node.id, server.backlog(), server.offset())?;
        }
        let Some(master) = master_of(world, server) else { continue };
        if !itself && !touched(master.id) {
            continue;
        }
        let Some(master) = master.server() else { continue };
        if master.repl_id() == server.repl_id() {
            if linked(world, node, server) {
                not_ahead(world, node, server, master)?;
                same_keys(world, node, server, master)?;
            }
            same_bytes(world, node, server, master)?;
        }
    }
    if world.stuck() {
        return Err(broken(world, NodeId(0), "time goes on", "too much at one instant".into()));
    }
    Ok(())
}

fn broken(world: &World, node: NodeId, rule: &'static str, found: String) -> Broken {
    Broken { at: world.now(), node: world.name(Party::Node(node)).into(), rule, found }
}

fn master_of<'a>(world: &'a World, server: &Server) -> Option<&'a Node> {
    let master = server.master_link()?.master;
    world.nodes().iter().find(|node| node.addr == master)
}

/// Whether a replica's link to its master is up at both ends. (A master that was killed and came
/// back from an older RDB file may be behind what its replica still has.)
fn linked(world: &World, node: &Node, server: &Server) -> bool {
    let link = server.master_link().filter(|link| link.state == ReplState::Connected);
    link.and_then(|link| world.live_peer(node.id, link.conn?)).is_some()
}

/// The backlog holds the newest `histlen` bytes, up to the offset, and a ring no more than its size.
fn covers(world: &World, id: NodeId, backlog: Option<BacklogInfo>, at: Offset) -> Result<(), Broken> {
    let Some(backlog) = backlog else { return Ok(()) };
    let ends = backlog.first.plus(backlog.histlen);
    let too_long = backlog.idx.is_some() && backlog.histlen > backlog.size;
    if ends != at.next() || too_long {
        let found = format!("{backlog:?} at offset {at}");
        return Err(broken(world, id, "the backlog ends at the offset", found));
    }
    Ok(())
}

/// A connected replica has applied no more of a history than its master has produced.
fn not_ahead(world: &World, node: &Node, server: &Server, master: &Server) -> Result<(), Broken> {
    if server.offset() > master.offset() {
        let found = format!("{} > {}", server.offset(), master.offset());
        return Err(broken(world, node.id, "a replica is not ahead of its master", found));
    }
    Ok(())
}

/// A connected replica that has applied all of its master's history has its master's keys.
fn same_keys(world: &World, node: &Node, server: &Server, master: &Server) -> Result<(), Broken> {
    let level = server.master_link().is_some_and(|link| link.applied == master.offset());
    if level && !equal_keys(world, server, master) {
        let found = format!("they differ at offset {}", master.offset());
        return Err(broken(world, node.id, "same history and offset, same keys", found));
    }
    Ok(())
}

/// Whether two servers have the same keys and values. Up to 6.2 a time to live travels as it was
/// typed and begins anew at each replica: there only whether a key has one is compared.
fn equal_keys(world: &World, one: &Server, other: &Server) -> bool {
    let old = |node: &Node| node.settings.version == RedisVersion::V6_2;
    let (one, other) = (one.keyspace(), other.keyspace());
    if !world.nodes().iter().any(old) || one == other {
        return one == other;
    }
    let alike = |a: &Db, b: &Db| {
        let same = |(key, entry): (&[u8], &Entry)| {
            let twin = b.get(key);
            twin.is_some_and(|b| b.value == entry.value && b.expire_at.is_some() == entry.expire_at.is_some())
        };
        a.len() == b.len() && a.iter().all(same)
    };
    (0..one.databases()).all(|n| alike(one.db(n), other.db(n)))
}

/// Where two backlogs of one history overlap, their newest common bytes are the same.
fn same_bytes(world: &World, node: &Node, server: &Server, master: &Server) -> Result<(), Broken> {
    let (Some(ours), Some(theirs)) = (server.backlog(), master.backlog()) else { return Ok(()) };
    let end = server.offset().min(master.offset()).next();
    let newest = BytePos::new(end.get().saturating_sub(COMPARED));
    let from = ours.first.max(theirs.first).max(newest);
    let len = end - from;
    if len > 0 && server.backlog_bytes(from, len) != master.backlog_bytes(from, len) {
        let found = format!("bytes {from} to {} differ", end.held_before());
        return Err(broken(world, node.id, "one history, the same bytes", found));
    }
    Ok(())
}

/// Whether the world is at rest: every node runs, every replica is connected, stands at its
/// master's offset in its master's history and has its master's keys.
///
/// # Errors
/// The first node that is not so far.
pub fn settled(world: &World) -> Result<(), Broken> {
    const RULE: &str = "after healing and quiet, every replica equals its master";
    for node in world.nodes() {
        let fail = |found: String| Err(broken(world, node.id, RULE, found));
        let Some(server) = node.server() else { return fail("it is down".into()) };
        let Some(link) = server.master_link() else { continue };
        let Some(master) = master_of(world, server).and_then(Node::server) else {
            return fail("its master is down".into());
        };
        if link.state != ReplState::Connected {
            return fail(format!("its link is in state {}", link.state));
        }
        if (server.repl_id(), server.offset()) != (master.repl_id(), master.offset()) {
            let (here, there) = (server.offset(), master.offset());
            return fail(format!("{:.8} at {here}, {:.8} at {there}", server.repl_id(), master.repl_id()));
        }
        if !equal_keys(world, server, master) {
            return fail("it has other keys than its master".into());
        }
    }
    Ok(())
}

/// Follows a run: call [`Checker::check`] after each step.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    /// How much of the trace is read.
    seen: u32,
    nodes: Vec<Memory>,
}

/// What a checker remembers of a node.
#[derive(Clone, Copy, Debug, Default)]
struct Memory {
    /// Where its history stands by what it told: the end of the last bytes it produced or applied.
    /// `None` where that is not known yet (it has just started).
    held: Option<Offset>,
    /// Whether it loaded a snapshot or started over in this step.
    fresh: bool,
    /// Its offset after the last step.
    was: Option<Offset>,
    /// The oldest byte of its backlog, if it has one.
    first: Option<BytePos>,
    /// Its history's names: the present one, and the former one up to where it took over.
    names: Option<(ReplId, Option<(ReplId, BytePos)>)>,
    /// What it asked for with its last `PSYNC`.
    asked: Option<(ReplId, BytePos)>,
}

impl Checker {
    /// A checker of a run from its start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks all rules.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&mut self, world: &World) -> Result<(), Broken> {
        self.nodes.resize(world.nodes().len(), Memory::default());
        // A server that did nothing that can be told is as it was.
        let mut touched = vec![false; world.nodes().len()];
        for entry in world.trace().since(self.seen) {
            let Some(Party::Node(id)) = entry.party else { continue };
            touched[id.index()] = true;
            match &entry.what {
                What::Down | What::Up { .. } => {
                    self.nodes[id.index()] = Memory { fresh: true, ..Memory::default() };
                }
                What::Server(event) => self.follow(world, id, event)?,
                _ => {}
            }
        }
        self.seen = world.trace().len();
        for (node, memory) in world.nodes().iter().zip(&mut self.nodes) {
            stands(world, node.id, memory, node.server().map(Server::offset))?;
            memory.first = node.server().and_then(Server::backlog).map(|backlog| backlog.first);
            memory.names = node.server().map(|server| (server.repl_id(), server.repl_id2()));
        }
        check_some(world, |id| touched[id.index()])
    }

    fn follow(&mut self, world: &World, id: NodeId, event: &Event) -> Result<(), Broken> {
        let memory = &mut self.nodes[id.index()];
        match event {
            Event::RdbLoaded { offset, .. } => {
                *memory = Memory { held: Some(*offset), fresh: true, ..*memory };
            }
            Event::BacklogCreated { first } | Event::BacklogOverwrote { first, .. } => {
                memory.first = Some(*first);
            }
            Event::BacklogFreed => memory.first = None,
            Event::ReplIdChanged { id, second } => memory.names = Some((*id, second.as_deref().copied())),
            Event::PsyncAsked { resume } => memory.asked = resume.as_deref().copied(),
            // What is passed on was counted when it was applied.
            Event::Fed { kind: StreamKind::Relay, .. } => {}
            Event::Fed { from, to, .. } | Event::Applied { from, to } => {
                in_order(world, id, memory, *from, *to)?;
            }
            Event::PsyncContinued { conn, from, bytes } => {
                let asked = world.live_peer(id, *conn).map(|peer| self.nodes[peer.index()].asked);
                granted(world, id, &self.nodes[id.index()], *from, *bytes, asked)?;
            }
            Event::Acked { conn, offset } => {
                let replica = world.live_peer(id, *conn).and_then(|peer| world.node(peer)?.server());
                acked(world, id, *offset, replica.map(Server::offset))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Bytes are produced and applied one after the other: none is skipped, none comes twice. This holds
/// across partial resyncs, changes of role and changes of the history's name.
fn in_order(world: &World, id: NodeId, memory: &mut Memory, from: BytePos, to: Offset) -> Result<(), Broken> {
    let before = memory.held.replace(to);
    if before.is_some_and(|held| held.next() != from) || to < from.held_before() {
        let found = format!("{from}..{to} after {before:?}");
        return Err(broken(world, id, "no byte is skipped or comes twice", found));
    }
    Ok(())
}

/// An offset falls only by loading a snapshot or by a restart, and moves only by bytes that were told.
fn stands(world: &World, id: NodeId, memory: &mut Memory, offset: Option<Offset>) -> Result<(), Broken> {
    let (was, fresh) = (memory.was, memory.fresh);
    memory.was = offset;
    memory.fresh = false;
    let Some(offset) = offset else { return Ok(()) };
    if was.is_some_and(|was| offset < was) && !fresh {
        let found = format!("from {was:?} to {offset}");
        return Err(broken(world, id, "an offset falls only by a full resync", found));
    }
    let held = *memory.held.get_or_insert(offset);
    if held != offset {
        let found = format!("{offset}, but its bytes end at {held}");
        return Err(broken(world, id, "an offset is the end of the bytes", found));
    }
    Ok(())
}

/// A partial resync is granted only inside the backlog, and only for the history that was asked for:
/// the master's own, or its former one up to where it took over. Judged by what the master was when it
/// granted: a node that was paused handles much in one step.
fn granted(
    world: &World,
    id: NodeId,
    memory: &Memory,
    from: BytePos,
    bytes: u64,
    asked: Option<Option<(ReplId, BytePos)>>,
) -> Result<(), Broken> {
    let end = memory.held.map(Offset::next);
    let inside = memory.first.is_some_and(|first| from >= first);
    if !inside || end.is_none_or(|end| from.plus(bytes) > end) {
        let found = format!("{bytes} bytes from {from}, backlog {:?} to {end:?}", memory.first);
        return Err(broken(world, id, "+CONTINUE only inside the backlog", found));
    }
    let Some(asked) = asked else { return Ok(()) };
    let known = |history: ReplId| {
        let former = |(second, limit): (ReplId, BytePos)| second == history && from <= limit;
        memory.names.is_some_and(|(own, second)| history == own || second.is_some_and(former))
    };
    if !asked.is_some_and(|(history, next)| next == from && known(history)) {
        let found = format!("from {from}, asked for {asked:?}");
        return Err(broken(world, id, "+CONTINUE only in a history the master knows", found));
    }
    Ok(())
}

/// No replica acknowledges more than it has applied.
fn acked(world: &World, id: NodeId, offset: Offset, applied: Option<Offset>) -> Result<(), Broken> {
    match applied {
        Some(applied) if applied < offset => {
            let found = format!("acknowledged {offset}, applied {applied}");
            Err(broken(world, id, "no ACK above what was applied", found))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
