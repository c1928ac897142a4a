//! The running event log: which trace entries a student sees, and the last answer to `PSYNC`.

use super::scene::Name;
use super::words::{LinkChange, Who, Words};
use crate::redis::{Event, FullReason, ReplState, Time};
use crate::sim::{Entry, LinkId, LinkMode, Party, What, World};

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A server about itself.
    Server(Event),
    /// The network between two hosts.
    Link(LinkChange, String, String),
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The trace entry.
    pub id: u32,
    /// When.
    pub at: Time,
    /// The node that tells.
    pub node: Name,
    /// The node at the other end.
    pub peer: Option<Name>,
    /// What.
    pub told: Told,
}

/// How a line is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// A line like others.
    Plain,
    /// An answer to `PSYNC`, or a replica that is online.
    Sync,
    /// Something broke.
    Cut,
}

/// The last answer to `PSYNC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// When.
    pub at: Time,
    /// To whom.
    pub to: Name,
    /// First byte and number of bytes resent, or why not.
    pub answer: Result<(u64, u64), FullReason>,
}

const NOBODY: Name = Name { role: super::scene::Role::Replica, tag: '?' };

impl Line {
    /// The line for an entry, if a student should see it. Heartbeats, ACKs and each single write
    /// are not here: the Now view shows them.
    pub fn of(world: &World, entry: &Entry) -> Option<Self> {
        let name = |party: Option<Party>| world.node(party?.node()?).map(Name::of);
        let (id, at) = (entry.id.0, entry.at);
        match &entry.what {
            What::Server(event) if worth_showing(event) => {
                let node = name(entry.party)?;
                let peer = conn(event).zip(entry.party.and_then(Party::node));
                let peer = peer.and_then(|(conn, node)| name(world.peer(node, conn)));
                Some(Self { id, at, node, peer, told: Told::Server(event.clone()) })
            }
            What::LinkMode { link, mode } => {
                let (change, a, b) = link_change(world, *link, *mode)?;
                let told = Told::Link(change, a, b);
                Some(Self { id, at, node: NOBODY, peer: None, told })
            }
            _ => None,
        }
    }

    /// The line in words.
    pub fn text(&self, words: &Words) -> String {
        match &self.told {
            Told::Server(event) => {
                let (node, peer) = ((words.node)(self.node), self.peer.map(words.node));
                (words.event)(event, Who { node: &node, peer: peer.as_deref().unwrap_or("?") })
            }
            Told::Link(change, a, b) => (words.link_change)(*change, a, b),
        }
    }

    /// How the line is marked.
    pub fn weight(&self) -> Weight {
        match &self.told {
            Told::Link(LinkChange::Healed, ..) => Weight::Sync,
            Told::Link(..) => Weight::Cut,
            Told::Server(event) => match event {
                Event::PsyncContinued { .. }
                | Event::PsyncRefused { .. }
                | Event::LinkState { to: ReplState::Connected } => Weight::Sync,
                Event::ReplicaLeft { .. } | Event::RdbRejected { .. } | Event::TimedOut { .. } => Weight::Cut,
                _ => Weight::Plain,
            },
        }
    }

    /// The answer to `PSYNC` that this line tells, if it does.
    pub fn verdict(&self) -> Option<Verdict> {
        let answer = match &self.told {
            Told::Server(Event::PsyncContinued { from, bytes, .. }) => Ok((from.get(), *bytes)),
            Told::Server(Event::PsyncRefused { refusal, .. }) => Err(refusal.reason),
            _ => return None,
        };
        Some(Verdict { at: self.at, to: self.peer.unwrap_or(NOBODY), answer })
    }
}

fn worth_showing(event: &Event) -> bool {
    match event {
        Event::LinkState { to } => !matches!(
            to,
            ReplState::None
                | ReplState::Connecting
                | ReplState::ReceivePingReply
                | ReplState::ReceiveHandshakeReplies
                | ReplState::ReceivePsyncReply
                | ReplState::Loading
        ),
        Event::Fed { .. }
        | Event::Applied { .. }
        | Event::Acked { .. }
        | Event::Executed { .. }
        | Event::BacklogOverwrote { .. }
        | Event::RdbSent { .. }
        | Event::BecameMaster
        | Event::GetAckAsked => false,
        _ => true,
    }
}

/// What became of a link, and the hosts at its ends; for one direction, from the first to the second.
pub(super) fn link_change(
    world: &World,
    link: LinkId,
    mode: LinkMode,
) -> Option<(LinkChange, String, String)> {
    let link = world.link(link)?;
    let (change, to) = match mode {
        LinkMode::Up => (LinkChange::Healed, link.b),
        LinkMode::Cut => (LinkChange::Cut, link.b),
        LinkMode::Silent => (LinkChange::Silent, link.b),
        LinkMode::Hold => (LinkChange::Hold, link.b),
        LinkMode::OneWay { to } => (LinkChange::OneWay, to),
    };
    let host = |id| Some(world.node(id)?.addr.host.to_string());
    Some((change, host(link.other(to))?, host(to)?))
}

/// The connection that an event is about.
pub(super) fn conn(event: &Event) -> Option<crate::redis::ConnId> {
    match event {
        Event::PsyncContinued { conn, .. }
        | Event::PsyncRefused { conn, .. }
        | Event::FullResyncStarted { conn, .. }
        | Event::RdbSent { conn, .. }
        | Event::ReplicaOnline { conn }
        | Event::ReplicaLeft { conn, .. }
        | Event::Executed { conn, .. }
        | Event::Refused { conn, .. }
        | Event::Acked { conn, .. }
        | Event::TimedOut { conn } => Some(*conn),
        _ => None,
    }
}
