//! The world (signatures).
use super::action::{Action, ActionError};
use super::client::{Client, Exchange};
use super::ids::{ClientId, LinkId, NodeId, Party};
use super::link::Link;
use super::log::Log;
use super::node::Node;
use super::packet::Packet;
use super::spec::WorldSpec;
use super::trace::{Entry, Trace};
use crate::redis::{ConnId, Time};
use std::fmt;

/// Servers, links and clients, and the one queue of what happens next.
#[derive(Clone, Debug)]
pub struct World {
    now: Time,
    nodes: Vec<Node>,
    links: Vec<Link>,
    clients: Vec<Client>,
    trace: Trace,
}

impl World {
    /// The world at its start, time zero.
    pub fn new(_spec: &WorldSpec) -> Self {
        todo!()
    }
    /// The instant the world is at.
    pub fn now(&self) -> Time {
        self.now
    }
    /// When the next thing is due.
    pub fn next_at(&self) -> Option<Time> {
        todo!()
    }
    /// Runs the next thing that is due, and says whether there was one.
    pub fn step(&mut self) -> bool {
        todo!()
    }
    /// How many steps were run.
    pub fn steps(&self) -> u64 {
        todo!()
    }
    /// Runs everything due up to and including `to`, then it is `to`.
    pub fn advance(&mut self, _to: Time) {
        todo!()
    }
    /// Does an action at once.
    ///
    /// # Errors
    /// If what it names does not exist or is in the wrong state; the world is as before.
    pub fn act(&mut self, _action: &Action) -> Result<(), ActionError> {
        todo!()
    }
    /// The nodes, in the order of the spec.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    /// One node.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }
    /// The links, those of the spec first.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }
    /// One link.
    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.index())
    }
    /// The link between two nodes, if there is one yet.
    pub fn link_between(&self, _a: NodeId, _b: NodeId) -> Option<&Link> {
        todo!()
    }
    /// The clients of the spec (consoles left out).
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().filter(|client| !client.console)
    }
    /// One client or console.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.get(id.index())
    }
    /// The console of a node.
    pub fn console(&self, _node: NodeId) -> Option<&Client> {
        todo!()
    }
    /// Commands and replies of a client, oldest first.
    pub fn client_log(&self, _id: ClientId) -> Option<&Log<Exchange>> {
        todo!()
    }
    /// What is on the wire now, with bytes in it, and what was lost a moment ago; oldest first.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> {
        std::iter::empty()
    }
    /// Like [`packets`](Self::packets), with TCP's own empty ones.
    pub fn all_packets(&self) -> impl Iterator<Item = Packet<'_>> {
        std::iter::empty()
    }
    /// Who is (or was) at the other end of a server's connection.
    pub fn peer(&self, _node: NodeId, _conn: ConnId) -> Option<Party> {
        todo!()
    }
    /// The record of what happened.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
    /// The name a person gave to a node or client.
    pub fn name(&self, _party: Party) -> &str {
        todo!()
    }
    /// A trace entry as one line with names: `12.480 b  psync     +CONTINUE`.
    pub fn line<'a>(&'a self, entry: &'a Entry) -> impl fmt::Display + 'a {
        entry
    }
    /// A digest of all emitted bytes, the trace and the final state; the same on every platform.
    pub fn digest(&self) -> u64 {
        todo!()
    }
}
