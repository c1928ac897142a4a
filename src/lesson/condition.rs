//! What can hold in a world: conditions of steps, options, challenges.

use super::consistency::{lost_write, stale_read};
use super::deed::{Deed, Mode};
use super::event::{Event, Kind, Reason};
use super::in_file;
use super::probe::{Probe, Value, lag};
use super::scope::Scope;
use super::world::link_named;
use crate::redis::ReplState;
use crate::sim::{NodeId, What};

in_file! {
    /// Something that holds or not. Names are nodes' names; `"?"` is the node in question where each
    /// node is tried (a `node` question).
    pub enum Condition {
        /// All of these.
        All(Vec<Condition>),
        /// At least one of these.
        Any(Vec<Condition>),
        /// Not this.
        Not(Box<Condition>),
        /// Two probes compared: `{"is": [{"lag": "b"}, ">", {"number": 100}]}`. Does not hold if one of
        /// them finds nothing.
        Is(Box<(Probe, Compare, Probe)>),
        /// A node's process runs.
        Running(String),
        /// A replica is connected to its master and gets the stream.
        Online(String),
        /// All nodes run, all replicas are online and no byte behind.
        Settled,
        /// A replica's link to its master is in a phase.
        Phase {
            /// The replica.
            node: String,
            /// The phase.
            is: Phase,
        },
        /// A node is a master or a replica.
        Role {
            /// The node.
            node: String,
            /// Its role.
            is: Role,
        },
        /// A node is told to follow another one.
        Follows {
            /// The node.
            node: String,
            /// Its master.
            of: String,
        },
        /// A key on a node.
        Key {
            /// The node.
            node: String,
            /// The key.
            key: String,
            /// How it is.
            is: KeyState,
        },
        /// A replica came back, since the step began, and this was the verdict.
        Resync {
            /// The replica.
            node: String,
            /// The verdict.
            is: Resync,
            /// Why a full resync was needed.
            #[serde(default)]
            reason: Option<Reason>,
        },
        /// The next byte that a replica will ask for is no longer in its master's backlog.
        Overwritten(String),
        /// Something happened since the step began.
        Event(Event),
        /// The student did this since it was their turn. A `wait` never counts.
        Did(Box<Deed>),
        /// A link is in this mode.
        Link {
            /// The nodes at its ends.
            between: [String; 2],
            /// The mode.
            is: Mode,
        },
        /// The last reply in a node's console, since the step began, begins so: `"-READONLY"`.
        Reply {
            /// The node.
            node: String,
            /// With these words.
            starts: String,
        },
        /// So many milliseconds have passed since the step began.
        AfterMs(u64),
        /// A client read a value, since the step began, that was older than one written and acknowledged
        /// before it asked.
        StaleRead,
        /// There is a master, and a write that was acknowledged to a client is on no running node.
        LostWrite,
        /// The same in the second world on the stage.
        Other(Box<Condition>),
    }

    /// How two probes compare.
    #[derive(Copy)]
    pub enum Compare {
        /// Equal.
        #[serde(rename = "=")]
        Equal,
        /// Not equal.
        #[serde(rename = "!=")]
        Unequal,
        /// Less.
        #[serde(rename = "<")]
        Less,
        /// Less or equal.
        #[serde(rename = "<=")]
        AtMost,
        /// Greater.
        #[serde(rename = ">")]
        Greater,
        /// Greater or equal.
        #[serde(rename = ">=")]
        AtLeast,
    }

    /// A phase of a replica's link.
    #[derive(Copy)]
    pub enum Phase {
        /// It tries to connect.
        Connecting,
        /// It greets its master and asks `PSYNC`.
        Handshake,
        /// The RDB is on its way.
        Transfer,
        /// The RDB is being loaded.
        Loading,
        /// The stream flows.
        Connected,
    }

    /// A node's role.
    #[derive(Copy)]
    pub enum Role {
        /// Takes writes.
        Master,
        /// Follows.
        Replica,
    }

    /// How a key is.
    pub enum KeyState {
        /// It has this value.
        Value(String),
        /// There is no such key.
        Missing,
        /// It is not as on the master at the top of the chain.
        Stale,
        /// It is as on the master at the top of the chain.
        Fresh,
    }

    /// What came of a `PSYNC`.
    #[derive(Copy)]
    pub enum Resync {
        /// `+CONTINUE`.
        Partial,
        /// `+FULLRESYNC`.
        Full,
    }
}

impl Compare {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let order = match (left, right) {
            (Value::Number(a, _), Value::Number(b, _)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            _ => return false,
        };
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Phase {
    fn is(self, state: ReplState) -> bool {
        match state {
            ReplState::None => false,
            ReplState::Connect | ReplState::Connecting => self == Self::Connecting,
            ReplState::ReceivePingReply
            | ReplState::ReceiveHandshakeReplies
            | ReplState::ReceivePsyncReply => self == Self::Handshake,
            ReplState::Transfer => self == Self::Transfer,
            ReplState::Loading => self == Self::Loading,
            ReplState::Connected => self == Self::Connected,
        }
    }
}

/// The state of a node's link to its master.
fn link_state(scope: &Scope<'_>, id: NodeId) -> Option<ReplState> {
    Some(scope.world().node(id)?.server()?.master_link()?.state)
}

fn online(scope: &Scope<'_>, id: NodeId) -> bool {
    link_state(scope, id) == Some(ReplState::Connected)
        && scope.master(id).is_some_and(|master| scope.world().node(master).is_some_and(|m| m.alive()))
}

fn settled(scope: &Scope<'_>) -> bool {
    scope.world().nodes().iter().all(|node| {
        node.server().is_some_and(|server| server.is_master() || online(scope, node.id))
            && lag(scope, node.id) == Some(0)
    })
}

/// Whether the student did something since it was their turn.
pub(super) fn did(scope: &Scope<'_>, deed: &Deed) -> Option<bool> {
    if let Deed::Other(deed) = deed {
        return did(&scope.other()?, deed);
    }
    let world = scope.world();
    let done = |what: &What| matches!(what, What::Action(action) if deed.matches(world.spec(), action));
    Some(world.trace().since(scope.asked).any(|entry| done(&entry.what)))
}

impl KeyState {
    fn holds(&self, scope: &Scope<'_>, name: &str, key: &str) -> Option<bool> {
        let read = |id: NodeId| {
            let server = scope.world().node(id)?.server()?;
            Some(server.keyspace().db(0).get(key.as_bytes()).map(|entry| entry.value.to_vec()))
        };
        let id = scope.node(name)?;
        let own = read(id)?;
        Some(match self {
            Self::Value(value) => own.as_deref() == Some(value.as_bytes()),
            Self::Missing => own.is_none(),
            Self::Stale => own != read(scope.root(id))?,
            Self::Fresh => own == read(scope.root(id))?,
        })
    }
}

impl Condition {
    /// Whether it holds.
    pub fn holds(&self, scope: &Scope<'_>) -> bool {
        self.test(scope).unwrap_or(false)
    }

    fn test(&self, scope: &Scope<'_>) -> Option<bool> {
        let world = scope.world();
        Some(match self {
            Self::All(all) => all.iter().all(|one| one.holds(scope)),
            Self::Any(any) => any.iter().any(|one| one.holds(scope)),
            Self::Not(one) => !one.holds(scope),
            Self::Is(parts) => parts.1.holds(&parts.0.read(scope), &parts.2.read(scope)),
            Self::Running(name) => world.node(scope.node(name)?)?.alive(),
            Self::Online(name) => online(scope, scope.node(name)?),
            Self::Settled => settled(scope),
            Self::Phase { node, is } => is.is(link_state(scope, scope.node(node)?)?),
            Self::Role { node, is } => scope.server(node)?.is_master() == (*is == Role::Master),
            Self::Follows { node, of } => scope.master(scope.node(node)?)? == scope.node(of)?,
            Self::Key { node, key, is } => is.holds(scope, node, key)?,
            Self::Resync { node, is, reason } => {
                let what = match (is, reason) {
                    (Resync::Partial, _) => Kind::Continued,
                    (Resync::Full, Some(_)) => Kind::Refused,
                    (Resync::Full, None) => Kind::FullStarted,
                };
                let mut event = Event::of(what);
                event.reason = *reason;
                let replica = scope.node(node)?;
                event.all(scope).any(|entry| super::event::peer_of(world, entry) == Some(replica))
            }
            Self::Overwritten(name) => {
                let id = scope.node(name)?;
                let wanted = scope.server(name)?.offset().next();
                let master = world.node(scope.master(id)?)?.server()?;
                master.backlog().is_none_or(|backlog| wanted < backlog.first)
            }
            Self::Event(event) => event.first(scope).is_some(),
            Self::Did(deed) => did(scope, deed)?,
            Self::Link { between, is } => {
                let link = world.link(link_named(world.spec(), between)?)?;
                is.of(world.spec()).is_ok_and(|mode| link.mode == mode)
            }
            Self::Reply { node, starts } => {
                super::probe::last_reply(scope, node)?.starts_with(starts.as_bytes())
            }
            Self::AfterMs(ms) => world.now().since(scope.begun).as_millis() >= *ms,
            Self::StaleRead => stale_read(scope),
            Self::LostWrite => lost_write(scope),
            Self::Other(one) => one.test(&scope.other()?)?,
        })
    }

    /// The waits in it, so that they are noticed on time.
    pub fn waits(&self, into: &mut Vec<u64>) {
        match self {
            Self::AfterMs(ms) => into.push(*ms),
            Self::All(all) | Self::Any(all) => all.iter().for_each(|one| one.waits(into)),
            Self::Not(one) | Self::Other(one) => one.waits(into),
            _ => {}
        }
    }
}
