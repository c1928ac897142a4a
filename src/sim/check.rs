//! What must hold in every world after every step: one function, one sentence each.
//!
//! [`check`] looks at one instant. A [`Checker`] follows a run and also knows what was before.

use super::ids::{NodeId, Party};
use super::node::Node;
use super::trace::What;
use super::world::World;
use crate::redis::{Event, Offset, ReplId, ReplState, Server};

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
const COMPARED: u64 = 4096;

/// Checks the rules that need only one instant.
///
/// # Errors
/// The first rule that does not hold.
pub fn check(world: &World) -> Result<(), Broken> {
    for node in world.nodes() {
        let Some(server) = node.server() else { continue };
        covers(world, node, server)?;
        let Some(master) = master_of(world, server) else { continue };
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

fn master_of<'a>(world: &'a World, server: &Server) -> Option<&'a Server> {
    let master = server.master_link()?.master;
    world.nodes().iter().find(|node| node.addr == master)?.server()
}

/// Whether a replica's link to its master is up at both ends. (A master that was killed and came
/// back from an older RDB file may be behind what its replica still has.)
fn linked(world: &World, node: &Node, server: &Server) -> bool {
    let link = server.master_link().filter(|link| link.state == ReplState::Connected);
    link.and_then(|link| world.live_peer(node.id, link.conn?)).is_some()
}

/// The backlog holds the newest `histlen` bytes, up to the offset, and a ring no more than its size.
fn covers(world: &World, node: &Node, server: &Server) -> Result<(), Broken> {
    let Some(backlog) = server.backlog() else { return Ok(()) };
    let ends = backlog.first.plus(backlog.histlen);
    let too_long = backlog.idx.is_some() && backlog.histlen > backlog.size;
    if ends != server.offset().next() || too_long {
        let found = format!("{backlog:?} at offset {}", server.offset());
        return Err(broken(world, node.id, "the backlog ends at the offset", found));
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
    if level && server.keyspace() != master.keyspace() {
        let found = format!("they differ at offset {}", master.offset());
        return Err(broken(world, node.id, "same history and offset, same keys", found));
    }
    Ok(())
}

/// Where two backlogs of one history overlap, they hold the same bytes.
fn same_bytes(world: &World, node: &Node, server: &Server, master: &Server) -> Result<(), Broken> {
    let (Some(ours), Some(theirs)) = (server.backlog(), master.backlog()) else { return Ok(()) };
    let end = server.offset().min(master.offset()).next();
    let from = ours.first.max(theirs.first);
    let len = end - from;
    if len == 0 || len > COMPARED {
        return Ok(());
    }
    if server.backlog_bytes(from, len) != master.backlog_bytes(from, len) {
        let found = format!("bytes {from} to {} differ", end.held_before());
        return Err(broken(world, node.id, "one history, the same bytes", found));
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
    /// Its history and offset after the last step.
    was: Option<(ReplId, Offset)>,
    /// The end of the stream it applied last on this connection.
    applied: Option<Offset>,
    /// Whether it may start over: a full resync or a restart.
    fresh: bool,
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
        for entry in world.trace().since(self.seen) {
            let Some(Party::Node(id)) = entry.party else { continue };
            let memory = &mut self.nodes[id.index()];
            match &entry.what {
                What::Down | What::Up { .. } => *memory = Memory { fresh: true, ..Memory::default() },
                What::Server(event) => follow(world, id, memory, event)?,
                _ => {}
            }
        }
        self.seen = world.trace().len();
        self.never_falls(world)?;
        check(world)
    }

    /// An offset falls only by a full resync, a new history or a restart.
    fn never_falls(&mut self, world: &World) -> Result<(), Broken> {
        for (node, memory) in world.nodes().iter().zip(&mut self.nodes) {
            let now = node.server().map(|server| (server.repl_id(), server.offset()));
            if let (Some((id, was)), Some((same, is))) = (memory.was, now)
                && id == same
                && is < was
                && !memory.fresh
            {
                let found = format!("from {was} to {is}");
                return Err(broken(world, node.id, "an offset falls only by a full resync", found));
            }
            memory.was = now;
            memory.fresh = false;
        }
        Ok(())
    }
}

fn follow(world: &World, id: NodeId, memory: &mut Memory, event: &Event) -> Result<(), Broken> {
    let server = world.node(id).and_then(Node::server);
    match event {
        Event::RdbLoaded { offset, .. } => {
            memory.applied = Some(*offset);
            memory.fresh = true;
        }
        Event::FullResyncReceived { .. } => memory.fresh = true,
        Event::BecameMaster | Event::BecameReplica { .. } => memory.applied = None,
        // A replica applies every byte of the stream once, in order.
        Event::Applied { from, to } => {
            let gap = memory.applied.is_some_and(|applied| applied.next() != *from);
            let before = memory.applied.replace(*to);
            if gap {
                let found = format!("applied {from}..{to} after {before:?}");
                return Err(broken(world, id, "no byte is skipped or applied twice", found));
            }
        }
        // A partial resync is granted only inside the backlog.
        Event::PsyncContinued { from, bytes, .. } => {
            let backlog = server.and_then(Server::backlog);
            let inside = backlog.is_some_and(|backlog| *from >= backlog.first)
                && server.is_some_and(|server| from.plus(*bytes) <= server.offset().next());
            if !inside {
                let found = format!("{bytes} bytes from {from}, backlog {backlog:?}");
                return Err(broken(world, id, "+CONTINUE only inside the backlog", found));
            }
        }
        // No replica acknowledges more than it has applied.
        Event::Acked { conn, offset } => {
            let replica = world.live_peer(id, *conn).and_then(|peer| world.node(peer)?.server());
            if let Some(applied) = replica.map(Server::offset).filter(|applied| applied < offset) {
                let found = format!("acknowledged {offset}, applied {applied}");
                return Err(broken(world, id, "no ACK above what was applied", found));
            }
        }
        _ => {}
    }
    Ok(())
}
