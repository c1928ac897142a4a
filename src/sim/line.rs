//! The trace's lines with the names that people gave.

use super::action::{Action, LinkMode};
use super::ids::{LinkId, NodeId, Party};
use super::trace::{Entry, Sent, What};
use super::world::World;
use crate::redis::{ConnId, Event};
use std::fmt::{self, Display};

/// The core's name for the connection of `Input::Operator`.
const OPERATOR: ConnId = ConnId::OPERATOR;

impl World {
    /// A trace entry as one line with names: `12.480 b  psync     +CONTINUE`.
    pub fn line<'a>(&'a self, entry: &'a Entry) -> impl fmt::Display + 'a {
        Line { world: self, entry }
    }

    /// The names of a link's ends: `a-b`.
    pub fn link_name(&self, id: LinkId) -> String {
        let name = |node| self.name(Party::Node(node));
        self.link(id).map_or_else(String::new, |link| format!("{}-{}", name(link.a), name(link.b)))
    }
}

struct Line<'a> {
    world: &'a World,
    entry: &'a Entry,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.world.nodes().iter().map(|node| &node.name);
        let names = names.chain(self.world.clients().map(|client| &client.name));
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
        let name = self.entry.party.map_or("", |party| self.world.name(party));
        write!(f, "{:>7} {name:width$} ", self.entry.at.to_string())?;
        self.what(f)
    }
}

impl Line<'_> {
    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let world = self.world;
        match &self.entry.what {
            What::Action(action) => self.action(f, action),
            What::Sent(sent) => {
                let Sent { packet, to, kind, bytes, .. } = sent;
                write!(f, "sent      #{} {kind} to {}, {} bytes", packet.0, world.name(*to), bytes.len())?;
                match sent.stream() {
                    Some((from, to)) => write!(f, " ({from}..{to})"),
                    None => Ok(()),
                }
            }
            What::Delivered { packet, from, kind, len } => {
                write!(f, "got       #{} {kind} from {}, {len} bytes", packet.0, world.name(*from))
            }
            What::LinkMode { link, mode } => {
                write!(f, "network   {} ", world.link_name(*link))?;
                self.mode(f, *mode)
            }
            What::Opened { peer, .. } => write!(f, "conn      open with {}", world.name(*peer)),
            What::Closed { conn, why, .. } => self.with_peers(f, &format!("conn      {conn} gone ({why:?})")),
            What::Hung { conn, .. } => self.with_peers(f, &format!("conn      {conn} hung up")),
            What::Dialled { to, .. } => write!(f, "conn      dials {to}"),
            // These carry text from outside, in which nothing may be replaced.
            What::Server(
                event @ (Event::HandshakeRefused { .. } | Event::RdbRejected { .. } | Event::Expired { .. }),
            ) => event.fmt(f),
            What::Server(event) => self.with_peers(f, &event.to_string()),
            what => what.fmt(f),
        }
    }

    fn mode(&self, f: &mut fmt::Formatter<'_>, mode: LinkMode) -> fmt::Result {
        match mode {
            LinkMode::OneWay { to } => write!(f, "silent towards {}", self.node(to)),
            mode => mode.fmt(f),
        }
    }

    fn node(&self, id: NodeId) -> &str {
        self.world.name(Party::Node(id))
    }

    fn action(&self, f: &mut fmt::Formatter<'_>, action: &Action) -> fmt::Result {
        let world = self.world;
        f.write_str("action    ")?;
        match action {
            Action::Cut(link) => write!(f, "cut {}", world.link_name(*link)),
            Action::Heal(link) => write!(f, "heal {}", world.link_name(*link)),
            Action::SetLinkMode(link, mode) => {
                write!(f, "link {} ", world.link_name(*link))?;
                self.mode(f, *mode)
            }
            Action::SetLinkPath { link, latency, rate, .. } => {
                let (ms, rate) = (latency.as_millis(), rate.bytes_per_second());
                write!(f, "link {} {ms} ms, {rate} bytes/s", world.link_name(*link))
            }
            Action::Write { node, args } => {
                write!(f, "{}>", self.node(*node))?;
                args.iter().try_for_each(|arg| write!(f, " {}", String::from_utf8_lossy(arg).escape_debug()))
            }
            Action::ReplicaOf { node, of: Some(of) } => write!(f, "replicaof {} {of}", self.node(*node)),
            Action::ReplicaOf { node, of: None } => write!(f, "replicaof {} no one", self.node(*node)),
            Action::Kill(node) => write!(f, "kill {}", self.node(*node)),
            Action::Restart { node, keep_rdb } => {
                let how = if *keep_rdb { "" } else { " empty" };
                write!(f, "restart {}{how}", self.node(*node))
            }
            Action::Pause(node) => write!(f, "pause {}", self.node(*node)),
            Action::Resume(node) => write!(f, "resume {}", self.node(*node)),
            Action::ClientRate { client, every } => {
                let name = world.name(Party::Client(*client));
                write!(f, "rate {name} every {} ms", every.as_millis())
            }
            Action::ClientRun(client, run) => {
                let how = if *run { "start" } else { "stop" };
                write!(f, "{how} {}", world.name(Party::Client(*client)))
            }
        }
    }

    /// Writes a line with the peers' names for `in3` and `out1`.
    fn with_peers(&self, f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
        let peer = |conn| match self.entry.party {
            Some(Party::Node(node)) => self.world.peer(node, conn),
            Some(Party::Client(id)) => self.world.client(id).map(|client| Party::Node(client.at)),
            None => None,
        };
        for word in text.split_inclusive(' ') {
            let bare = word.trim_end_matches([' ', ':', ',']);
            let name = match conn(bare) {
                Some(OPERATOR) => "operator",
                Some(conn) => peer(conn).map_or(bare, |peer| self.world.name(peer)),
                None => bare,
            };
            write!(f, "{name}{}", &word[bare.len()..])?;
        }
        Ok(())
    }
}

/// Reads a connection's name as `Display` writes it.
fn conn(word: &str) -> Option<ConnId> {
    if let Some(n) = word.strip_prefix("in") {
        return n.parse().ok().map(ConnId::accepted);
    }
    word.strip_prefix("out")?.parse().ok().map(ConnId::dialled)
}
