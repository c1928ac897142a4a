//! Numbers and texts read from a world, so that no lesson writes down what the simulation knows.

use super::event::{Event, Packet};
use super::in_file;
use super::scope::Scope;
use super::world::link_named;
use crate::redis::{Event as Fact, Offset, Server, Span, StreamKind, Time};
use crate::sim::{Entry, LinkMode, NodeId, Party, What};

in_file! {
    /// Something read from a world. Names are nodes' names; `"?"` is the node in question where each
    /// node is tried (a `node` question).
    pub enum Probe {
        /// A number, for comparisons.
        Number(i64),
        /// A text, for comparisons.
        Text(String),
        /// A node's replication offset, in bytes: `master_repl_offset`, or how far a replica is.
        Offset(String),
        /// The next byte a replica will ask for: its offset and one.
        NextByte(String),
        /// How many bytes a replica is behind its master.
        Lag(String),
        /// The offset that a replica's master last heard of it.
        Acked(String),
        /// Bytes for a replica that wait at its master, not yet handed to the network.
        OutputBuffer(String),
        /// The oldest byte that a node's backlog holds.
        BacklogFirst(String),
        /// How many bytes a node's backlog holds.
        BacklogHeld(String),
        /// `repl_backlog_size` of a node, in bytes.
        BacklogSize(String),
        /// The value of a key.
        Key {
            /// The node.
            node: String,
            /// The key.
            key: String,
        },
        /// How many keys a node has.
        Keys(String),
        /// The first eight digits of a node's replication id.
        Replid(String),
        /// The last reply in a node's console.
        Reply(String),
        /// Bytes that a node handed to the network for other nodes.
        Sent {
            /// The sender.
            node: String,
            /// To this node only.
            #[serde(default)]
            to: Option<String>,
            /// Of this kind only.
            #[serde(default)]
            packet: Option<Packet>,
            /// Since the world began, not since the step began.
            #[serde(default)]
            ever: bool,
        },
        /// How often something happened.
        Count(Event),
        /// When something first happened: milliseconds since the step began (`ever`: since the world
        /// began).
        FirstMs(Event),
        /// When something last happened, likewise.
        LastMs(Event),
        /// The size of the RDB that a node made last, in bytes.
        RdbSize(String),
        /// How many keys were in the RDB that a node loaded last.
        RdbKeys(String),
        /// How many bytes a replica got at once with its last partial resync.
        PartialBytes(String),
        /// How long a link has not passed bytes since the step began, in milliseconds.
        CutMs([String; 2]),
        /// Bytes per second that a master added to its stream, over so many milliseconds up to now.
        StreamRate {
            /// The master.
            node: String,
            /// Over this time.
            over_ms: u32,
        },
        /// Milliseconds since the step began.
        ElapsedMs,
        /// The first plus the second.
        Plus(Box<(Probe, Probe)>),
        /// The first less the second.
        Minus(Box<(Probe, Probe)>),
        /// The first times the second.
        Times(Box<(Probe, Probe)>),
        /// The first divided by the second, rounded down.
        Over(Box<(Probe, Probe)>),
        /// The same in the second world on the stage.
        Other(Box<Probe>),
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// A position in the replication stream.
    Offset,
    /// Milliseconds.
    Millis,
    /// Bytes per second.
    Rate,
    /// Things.
    Count,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i64, Unit),
    /// A text.
    Text(String),
    /// Nothing: the node is down, the key is missing, it has not happened.
    Missing,
}

impl Value {
    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(n, _) => Some(*n),
            _ => None,
        }
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// How far a replica has executed its master's stream.
fn applied(server: &Server) -> Offset {
    server.offset()
}

/// How far a node is behind the node it follows; `None` if one of them is down.
pub(super) fn lag(scope: &Scope<'_>, id: NodeId) -> Option<u64> {
    let world = scope.world();
    let own = world.node(id)?.server()?;
    let Some(master) = scope.master(id) else { return own.is_master().then_some(0) };
    Some(world.node(master)?.server()?.offset().get().saturating_sub(applied(own).get()))
}

impl Probe {
    /// What its number counts.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Offset(_) | Self::NextByte(_) | Self::Acked(_) | Self::BacklogFirst(_) => Unit::Offset,
            Self::Lag(_)
            | Self::OutputBuffer(_)
            | Self::BacklogHeld(_)
            | Self::BacklogSize(_)
            | Self::Sent { .. }
            | Self::RdbSize(_)
            | Self::PartialBytes(_) => Unit::Bytes,
            Self::FirstMs(_) | Self::LastMs(_) | Self::CutMs(_) | Self::ElapsedMs => Unit::Millis,
            Self::StreamRate { .. } => Unit::Rate,
            Self::Plus(pair) | Self::Minus(pair) | Self::Times(pair) | Self::Over(pair) => {
                let (left, right) = (pair.0.unit(), pair.1.unit());
                // A bare number has the other's unit; two positions have bytes between them.
                match (&pair.0, self) {
                    (Self::Number(_), _) => right,
                    (_, Self::Minus(_)) if left == Unit::Offset && right == Unit::Offset => Unit::Bytes,
                    // How many times as much: bytes divided by bytes are no bytes.
                    (_, Self::Over(_)) if left == right => Unit::Count,
                    _ => left,
                }
            }
            Self::Other(probe) => probe.unit(),
            _ => Unit::Count,
        }
    }

    /// Reads it.
    pub fn read(&self, scope: &Scope<'_>) -> Value {
        match self {
            Self::Text(text) => return Value::Text(text.clone()),
            Self::Other(probe) => return scope.other().map_or(Value::Missing, |other| probe.read(&other)),
            _ => {}
        }
        if let Some(text) = self.text(scope) {
            return Value::Text(text);
        }
        self.number(scope).map_or(Value::Missing, |n| Value::Number(n, self.unit()))
    }

    fn text(&self, scope: &Scope<'_>) -> Option<String> {
        let bytes = match self {
            Self::Key { node, key } => {
                scope.server(node)?.keyspace().db(0).get(key.as_bytes())?.value.to_vec()
            }
            Self::Replid(node) => return Some(format!("{:.8}", scope.server(node)?.repl_id())),
            Self::Reply(node) => last_reply(scope, node)?,
            _ => return None,
        };
        Some(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    }

    fn number(&self, scope: &Scope<'_>) -> Option<i64> {
        let n = match self {
            Self::Number(n) => return Some(*n),
            Self::Offset(name) => scope.server(name)?.offset().get(),
            Self::NextByte(name) => applied(scope.server(name)?).next().get(),
            Self::Lag(name) => lag(scope, scope.node(name)?)?,
            Self::Acked(name) => at_master(scope, name)?.0,
            Self::OutputBuffer(name) => at_master(scope, name)?.1,
            Self::BacklogFirst(name) => scope.server(name)?.backlog()?.first.get(),
            Self::BacklogHeld(name) => scope.server(name)?.backlog().map_or(0, |backlog| backlog.histlen),
            Self::BacklogSize(name) => scope.server(name)?.config().repl_backlog_size,
            Self::Keys(name) => scope.server(name)?.keyspace().db(0).len() as u64,
            Self::Sent { node, to, packet, ever } => sent(scope, node, to.as_deref(), *packet, *ever)?,
            Self::Count(event) => event.all(scope).count() as u64,
            Self::FirstMs(event) => since(scope, event, event.first(scope)?).as_millis(),
            Self::LastMs(event) => since(scope, event, event.all(scope).last()?).as_millis(),
            Self::RdbSize(name) => last_fact(scope, name, |fact| match fact {
                Fact::BgsaveStarted { bytes, .. } => Some(*bytes),
                _ => None,
            })?,
            Self::RdbKeys(name) => last_fact(scope, name, |fact| match fact {
                Fact::RdbLoaded { keys, .. } => Some(*keys),
                _ => None,
            })?,
            Self::PartialBytes(name) => partial_bytes(scope, name)?,
            Self::CutMs(pair) => cut_for(scope, pair)?.as_millis(),
            Self::StreamRate { node, over_ms } => stream_rate(scope, node, *over_ms)?,
            Self::ElapsedMs => scope.world().now().since(scope.begun).as_millis(),
            Self::Plus(pair) => return pair_of(scope, pair).map(|(a, b)| a.saturating_add(b)),
            Self::Minus(pair) => return pair_of(scope, pair).map(|(a, b)| a.saturating_sub(b)),
            Self::Times(pair) => return pair_of(scope, pair).map(|(a, b)| a.saturating_mul(b)),
            Self::Over(pair) => return pair_of(scope, pair).and_then(|(a, b)| a.checked_div(b)),
            Self::Text(_) | Self::Key { .. } | Self::Replid(_) | Self::Reply(_) | Self::Other(_) => {
                return None;
            }
        };
        Some(signed(n))
    }
}

fn pair_of(scope: &Scope<'_>, pair: &(Probe, Probe)) -> Option<(i64, i64)> {
    Some((pair.0.read(scope).number()?, pair.1.read(scope).number()?))
}

/// What a replica's master knows of it: the acknowledged offset and the bytes that wait for it.
fn at_master(scope: &Scope<'_>, name: &str) -> Option<(u64, u64)> {
    let (world, id) = (scope.world(), scope.node(name)?);
    let master = scope.master(id)?;
    let rows = world.node(master)?.server()?.replicas(world.now());
    let row = rows.iter().rfind(|row| world.peer(master, row.conn) == Some(Party::Node(id)))?;
    Some((row.ack.get(), row.output_buffer))
}

/// Bytes handed to the network, for other nodes.
fn sent(scope: &Scope<'_>, node: &str, to: Option<&str>, packet: Option<Packet>, ever: bool) -> Option<u64> {
    let from = Party::Node(scope.node(node)?);
    let to = to.map(|name| scope.node(name)).map(|id| id.map(Party::Node));
    let of = |entry: &Entry| match &entry.what {
        What::Sent(sent)
            if entry.party == Some(from)
                && sent.to.node().is_some()
                && to.is_none_or(|to| to == Some(sent.to))
                && packet.is_none_or(|packet| packet.is(sent.kind)) =>
        {
            sent.bytes.len() as u64
        }
        _ => 0,
    };
    let begin = if ever { 0 } else { scope.since };
    Some(scope.world().trace().since(begin).map(of).sum())
}

/// From the scope's begin (or the world's) to an entry.
fn since(scope: &Scope<'_>, event: &Event, entry: &Entry) -> Span {
    entry.at.since(if event.ever { Time::ZERO } else { scope.begun })
}

/// The newest fact of a node that `pick` takes.
fn last_fact<T>(scope: &Scope<'_>, name: &str, pick: fn(&Fact) -> Option<T>) -> Option<T> {
    let party = Some(Party::Node(scope.node(name)?));
    let found = |entry: &Entry| match &entry.what {
        What::Server(fact) if entry.party == party => pick(fact),
        _ => None,
    };
    scope.world().trace().iter().rev().find_map(found)
}

/// The bytes of the newest `+CONTINUE` that was meant for a node.
fn partial_bytes(scope: &Scope<'_>, name: &str) -> Option<u64> {
    let (world, id) = (scope.world(), scope.node(name)?);
    let found = |entry: &Entry| match &entry.what {
        What::Server(Fact::PsyncContinued { conn, bytes, .. })
            if world.peer(entry.party?.node()?, *conn) == Some(Party::Node(id)) =>
        {
            Some(*bytes)
        }
        _ => None,
    };
    world.trace().iter().rev().find_map(found)
}

/// How long a link did not pass bytes since the scope began.
fn cut_for(scope: &Scope<'_>, pair: &[String; 2]) -> Option<Span> {
    let world = scope.world();
    let id = link_named(world.spec(), pair)?;
    let (mut total, mut down) = (0, None);
    for entry in world.trace().since(scope.since) {
        let What::LinkMode { link, mode } = entry.what else { continue };
        if link == id {
            match (mode, down) {
                (LinkMode::Up, Some(since)) => total += entry.at.since(since).as_micros(),
                (LinkMode::Up, None) => {}
                (_, Some(_)) => continue,
                (_, None) => {}
            }
            down = (mode != LinkMode::Up).then_some(entry.at);
        }
    }
    let open = down.map_or(0, |since| world.now().since(since).as_micros());
    Some(Span::from_micros(total + open))
}

/// Bytes per second fed to the stream lately.
fn stream_rate(scope: &Scope<'_>, name: &str, over_ms: u32) -> Option<u64> {
    let (world, party) = (scope.world(), Some(Party::Node(scope.node(name)?)));
    let over = u64::from(over_ms.max(1)) * 1000;
    let begin = world.now().as_micros().saturating_sub(over);
    let mut bytes = 0;
    for entry in world.trace().iter().rev().take_while(|entry| entry.at.as_micros() > begin) {
        if let What::Server(Fact::Fed { from, to, kind }) = &entry.what
            && entry.party == party
            && *kind == StreamKind::Command
        {
            bytes += to.next() - *from;
        }
    }
    Some(bytes * 1_000_000 / over)
}

/// The last reply in a node's console since the step began.
pub(super) fn last_reply(scope: &Scope<'_>, name: &str) -> Option<Vec<u8>> {
    let world = scope.world();
    let log = world.console(scope.node(name)?)?.log();
    let exchange = log.last().filter(|exchange| exchange.sent >= scope.begun)?;
    Some(exchange.reply.as_deref()?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_times_has_no_unit_and_bytes_each_are_bytes() {
        let bytes = || Probe::BacklogHeld("a".into());
        let times = Probe::Over(Box::new((bytes(), Probe::Other(Box::new(bytes())))));
        assert_eq!(times.unit(), Unit::Count);
        let each = Probe::Over(Box::new((bytes(), Probe::Keys("a".into()))));
        assert_eq!(each.unit(), Unit::Bytes);
    }
}
