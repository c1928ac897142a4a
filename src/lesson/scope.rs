//! What a condition or probe looks at: the world (or two) on the stage, and since when.

use super::lab::Lab;
use crate::redis::{Server, Time};
use crate::sim::{NodeId, Session, World};

/// The name that stands for the node in question, where each node is tried.
pub const THIS: &str = "?";

/// A world, and the second one if two are on the stage.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The session whose world is looked at.
    pub session: &'a Session,
    /// Events from this place of the trace on count.
    pub since: u32,
    /// What the student did from this place of the trace on counts.
    pub asked: u32,
    /// When it began.
    pub begun: Time,
    /// The node that [`THIS`] stands for.
    pub this: Option<NodeId>,
    /// The other world, its `since` and `asked`.
    pub other: Option<(&'a Session, u32, u32)>,
}

/// From where on things count, in both worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Begin {
    /// Places in the two traces from which events count.
    pub since: [u32; 2],
    /// Places from which the student's deeds count.
    pub asked: [u32; 2],
    /// The instant.
    pub at: Time,
}

impl Begin {
    /// Here and now.
    pub fn now(lab: &Lab) -> Self {
        let lens = lab.traces();
        Self { since: lens, asked: lens, at: lab.now() }
    }
}

impl<'a> Scope<'a> {
    /// A lab, from `begin` on.
    pub fn new(lab: &'a Lab, begin: Begin) -> Self {
        let other = lab.other.as_ref().map(|other| (other, begin.since[1], begin.asked[1]));
        let (since, asked) = (begin.since[0], begin.asked[0]);
        Self { session: &lab.main, since, asked, begun: begin.at, this: None, other }
    }

    /// The same seen from the other world; `None` if only one is on the stage.
    pub fn other(self) -> Option<Self> {
        let (session, since, asked) = self.other?;
        Some(Self { session, since, asked, other: Some((self.session, self.since, self.asked)), ..self })
    }

    /// The world.
    pub fn world(&self) -> &'a World {
        self.session.world()
    }

    /// A node by its name.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        if name == THIS { self.this } else { self.world().spec().node_named(name) }
    }

    /// The server of a node by its name; `None` while it is down.
    pub fn server(&self, name: &str) -> Option<&'a Server> {
        self.world().node(self.node(name)?)?.server()
    }

    /// The master of a node, as it is told to follow it.
    pub fn master(&self, id: NodeId) -> Option<NodeId> {
        let master = self.world().node(id)?.server()?.master_link()?.master;
        self.world().nodes().iter().find(|node| node.addr == master).map(|node| node.id)
    }

    /// The node at the top of a node's chain of masters.
    pub fn root(&self, mut id: NodeId) -> NodeId {
        for _ in 0..self.world().nodes().len() {
            match self.master(id) {
                Some(master) => id = master,
                None => break,
            }
        }
        id
    }
}
