//! What the inspector shows about what was picked: a node, a link, an event with its bytes, or bytes
//! of a backlog.
//!
//! A pick is a name, not a copy: the sheet is read anew from the world at the instant shown.

mod entry;
mod node;

use super::verb::Verb;
use super::words::Words;
use crate::sim::{EntryId, LinkId, NodeId, World};
use std::rc::Rc;

/// What is picked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// Nothing.
    #[default]
    Nothing,
    /// A node.
    Node(NodeId),
    /// A link.
    Link(LinkId),
    /// An event of the trace. A packet is picked as the event of its sending.
    Entry(EntryId),
    /// Bytes of a node's stream: the first and the last.
    Bytes(NodeId, u64, u64),
}

/// The inspector's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Names and values.
    pub rows: Vec<(&'static str, String)>,
    /// What else it leads to.
    pub leads: Vec<(String, Pick)>,
    /// What can be done to it, and whether that is how it is.
    pub menu: Vec<(String, Verb, bool)>,
    /// The bytes, decoded.
    pub decoded: Vec<String>,
    /// The bytes.
    pub bytes: Rc<[u8]>,
    /// The number of the first of them in its stream.
    pub first: Option<u64>,
    /// The event that can be asked "why?".
    pub entry: Option<EntryId>,
}

/// So many commands of a sheet are decoded.
const DECODED: usize = 12;

/// The sheet about a pick; `None` if there is nothing (any more, or yet).
pub fn sheet(world: &World, pick: Pick, words: &Words) -> Option<Sheet> {
    match pick {
        Pick::Nothing => None,
        Pick::Node(id) => node::node(world, id, words),
        Pick::Link(id) => node::link(world, id, words),
        Pick::Entry(id) => Some(entry::entry(world, id, words)),
        Pick::Bytes(id, from, to) => entry::bytes(world, id, (from, to), words),
    }
}
