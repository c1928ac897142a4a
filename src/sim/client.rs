//! A client: sends commands to one node and reads the replies. It knows nothing of replication.

use super::ids::{ClientId, NodeId, PacketId, WireId};
use super::log::Log;
use super::spec::WriteLoad;
use crate::redis::{Span, Time};
use std::collections::VecDeque;
use std::sync::Arc;

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in the world.
    pub id: ClientId,
    /// The name a person gave it; a console has its node's.
    pub name: Arc<str>,
    /// The node it talks to.
    pub at: NodeId,
    /// Whether this is a node's console, which sends what
    /// [`Action::Write`](super::Action::Write) says.
    pub console: bool,
    /// One-way delay to its node.
    pub latency: Span,
    /// What it writes.
    pub writes: Arc<WriteLoad>,
    /// Time from one command to the next.
    pub every: Span,
    /// Whether it writes.
    pub running: bool,
    pub(super) state: ClientState,
    /// Commands that wait for a connection.
    pub(super) waiting: VecDeque<Arc<[u8]>>,
    /// Commands that wait for a reply.
    pub(super) asked: VecDeque<Asked>,
    pub(super) input: Vec<u8>,
    pub(super) log: Log<Exchange>,
    /// How many commands it has made.
    pub(super) made: u64,
    /// The number of the tick that counts; older ones are void.
    pub(super) turn: u32,
}

/// A command and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The packet of the command.
    pub packet: PacketId,
    /// When the command was sent.
    pub sent: Time,
    /// The command's bytes.
    pub command: Arc<[u8]>,
    /// When the reply was complete, or the connection gone.
    pub done: Time,
    /// The reply's bytes; `None` if the connection went first: the client cannot know whether the
    /// command ran.
    pub reply: Option<Arc<[u8]>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientState {
    Idle,
    Dialling(WireId),
    Connected(WireId),
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) packet: PacketId,
    pub(super) sent: Time,
    pub(super) command: Arc<[u8]>,
}

impl Client {
    /// Whether it has a connection.
    pub fn connected(&self) -> bool {
        matches!(self.state, ClientState::Connected(_))
    }

    /// Commands sent and answered (or lost), oldest first.
    pub fn log(&self) -> &Log<Exchange> {
        &self.log
    }

    /// How many commands wait for a reply.
    pub fn pending(&self) -> u32 {
        self.asked.len() as u32
    }
}
