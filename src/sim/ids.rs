//! Names of the things in a world. All are small numbers, given in the order of creation, so that the
//! same seed and actions give the same names on every platform.

use super::numbered::Number;
use crate::redis::vecmap::Key;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl $name {
            /// The place in the list of its kind.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A node: a host with one Redis server. Index into [`World::nodes`](super::World::nodes).
    NodeId(u8)
}
id! {
    /// A link: the network between two nodes.
    LinkId(u16)
}
id! {
    /// A client. The ones of the [`WorldSpec`](super::WorldSpec) come first, then one console a node.
    ClientId(u8)
}
id! {
    /// A TCP connection, from its first SYN on; counted from zero, never used twice.
    WireId(u32)
}
id! {
    /// A line of the trace: its place, counted from zero.
    EntryId(u32)
}

/// A packet, counted from zero; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PacketId(pub u32);

impl PacketId {
    /// The packet that was made `n` later.
    pub(super) const fn later(self, n: u32) -> Self {
        Self(self.0 + n)
    }
}

impl Key for PacketId {
    fn since(&self, first: &Self) -> usize {
        self.0.wrapping_sub(first.0) as usize
    }
}

impl Key for WireId {
    fn since(&self, first: &Self) -> usize {
        self.0.wrapping_sub(first.0) as usize
    }
}

impl Number for PacketId {
    fn number(self) -> u64 {
        self.0.into()
    }

    fn named(number: u64) -> Self {
        Self(number as u32)
    }
}

impl Number for WireId {
    fn number(self) -> u64 {
        self.0.into()
    }

    fn named(number: u64) -> Self {
        Self(number as u32)
    }
}

/// Who sends, receives or does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Party {
    /// A Redis server.
    Node(NodeId),
    /// A client (or a node's console).
    Client(ClientId),
}

impl Party {
    /// The node, if it is one.
    pub const fn node(self) -> Option<NodeId> {
        match self {
            Self::Node(id) => Some(id),
            Self::Client(_) => None,
        }
    }
}

impl fmt::Display for Party {
    /// `n0` or `c0`; [`World::name`](super::World::name) gives the name a person chose.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(id) => write!(f, "n{}", id.0),
            Self::Client(id) => write!(f, "c{}", id.0),
        }
    }
}
