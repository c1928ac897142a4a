//! The ends of a packet's way, and their names.

use super::flights::{Kind, kind};
use super::scene::Name;
use super::words::Words;
use crate::sim::{ClientId, Packet, Party, World};

/// An end of a packet's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A node.
    Node(Name),
    /// A client.
    Client(ClientId),
}

impl End {
    /// An end of a way in this world.
    pub fn of(world: &World, party: Party) -> Option<Self> {
        match party {
            Party::Node(id) => world.node(id).map(|node| Self::Node(Name::of(node))),
            Party::Client(id) => Some(Self::Client(id)),
        }
    }

    /// In words.
    pub fn text(self, words: &Words) -> String {
        match self {
            Self::Node(name) => (words.node)(name),
            Self::Client(_) => words.client.to_owned(),
        }
    }
}

/// The name of a party, in words.
pub fn name_of(world: &World, party: Party, words: &Words) -> String {
    End::of(world, party).map_or_else(String::new, |end| end.text(words))
}

/// How a packet in flight is told in one line, for the table: from, to and kind.
pub fn of(world: &World, packet: &Packet<'_>) -> Option<(End, End, Kind)> {
    Some((End::of(world, packet.from)?, End::of(world, packet.to)?, kind(packet.kind)?))
}
