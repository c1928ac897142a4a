//! What is done in a lesson, by the script or by the student.

use super::condition::Condition;
use super::in_file;
use super::world::{Path, link_named};
use crate::redis::{Endpoint, Span};
use crate::sim::{Action, ClientId, LinkMode, NodeId, PathSpec, WorldSpec};

in_file! {
    /// Something done. `cut`, `heal` and `link` want a link that is listed in the world or lies between
    /// a node and its `replica_of`.
    pub enum Deed {
        /// Cuts the link between two nodes: both ends know at once.
        Cut([String; 2]),
        /// Makes the link whole again.
        Heal([String; 2]),
        /// Changes what a link does with bytes.
        Link {
            /// The nodes at its ends.
            between: [String; 2],
            /// To this.
            mode: Mode,
        },
        /// Changes a link's delay and bandwidth; what is left out becomes the lab's default.
        Path {
            /// The nodes at its ends.
            between: [String; 2],
            /// To this.
            path: Path,
        },
        /// Types a command into a node's console: `{"command": {"node": "a", "line": "SET k1 v1"}}`.
        Command {
            /// The node.
            node: String,
            /// The words, separated by spaces.
            line: String,
        },
        /// Tells a node to follow another one (`REPLICAOF host port`).
        Replicaof {
            /// The node.
            node: String,
            /// Its new master.
            of: String,
        },
        /// Tells a node to follow nobody (`REPLICAOF NO ONE`).
        Promote(String),
        /// Ends a node's process at once.
        Kill(String),
        /// Starts a node that is off or was killed.
        Restart {
            /// The node.
            node: String,
            /// Whether it finds the RDB file it saved last.
            #[serde(default)]
            keep_rdb: bool,
        },
        /// Stops a node's process for a while; its kernel still takes bytes.
        Pause(String),
        /// Lets it go on.
        Resume(String),
        /// Starts a client.
        Start(String),
        /// Stops a client.
        Stop(String),
        /// Changes how often a client sends.
        Rate {
            /// The client.
            client: String,
            /// Time from one command to the next.
            every_ms: u32,
        },
        /// Time passes. Not an action: it is not counted.
        WaitMs(u32),
        /// Time passes until this holds, at most 120 seconds. Not an action.
        WaitFor(Box<Condition>),
        /// The same in the second world on the stage.
        Other(Box<Deed>),
    }

    /// What a link does with bytes.
    pub enum Mode {
        /// Bytes pass.
        Up,
        /// Cut: both ends know at once.
        Cut,
        /// Bytes vanish and nobody is told.
        Silent,
        /// Bytes towards this node vanish.
        OneWay(String),
        /// Bytes wait until the link is up again.
        Hold,
    }
}

/// Why a deed cannot be done in a world.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeedError {
    /// No such node.
    #[error("there is no node `{0}`")]
    NoNode(String),
    /// No such link.
    #[error("there is no link between `{0}` and `{1}`: list it in `links` of the world")]
    NoLink(String, String),
    /// No such client.
    #[error("there is no client `{0}`")]
    NoClient(String),
    /// A line without words, or a rate of zero.
    #[error("it is empty")]
    Empty,
    /// Waiting, or the other world, where only an action is possible.
    #[error("only an action is possible here, in this world")]
    NotAnAction,
}

/// A named node of a world.
pub(super) fn node(spec: &WorldSpec, name: &str) -> Result<NodeId, DeedError> {
    spec.node_named(name).ok_or_else(|| DeedError::NoNode(name.into()))
}

fn client(spec: &WorldSpec, name: &str) -> Result<ClientId, DeedError> {
    let place = spec.clients.iter().position(|client| client.name == name);
    place.map(|n| ClientId(n as u8)).ok_or_else(|| DeedError::NoClient(name.into()))
}

impl Mode {
    /// The mode in this world.
    ///
    /// # Errors
    /// If it names a node that is not there.
    pub fn of(&self, spec: &WorldSpec) -> Result<LinkMode, DeedError> {
        Ok(match self {
            Self::Up => LinkMode::Up,
            Self::Cut => LinkMode::Cut,
            Self::Silent => LinkMode::Silent,
            Self::OneWay(to) => LinkMode::OneWay { to: node(spec, to)? },
            Self::Hold => LinkMode::Hold,
        })
    }
}

impl Deed {
    /// The action that does it in this world.
    ///
    /// # Errors
    /// If it names what is not there, or is no action.
    pub fn action(&self, spec: &WorldSpec) -> Result<Action, DeedError> {
        let link = |pair: &[String; 2]| {
            link_named(spec, pair).ok_or_else(|| DeedError::NoLink(pair[0].clone(), pair[1].clone()))
        };
        Ok(match self {
            Self::Cut(pair) => Action::Cut(link(pair)?),
            Self::Heal(pair) => Action::Heal(link(pair)?),
            Self::Link { between, mode } => match mode.of(spec)? {
                LinkMode::Cut => Action::Cut(link(between)?),
                LinkMode::Up => Action::Heal(link(between)?),
                mode => Action::SetLinkMode(link(between)?, mode),
            },
            Self::Path { between, path } => {
                let PathSpec { latency, jitter, rate, .. } = path.spec();
                Action::SetLinkPath { link: link(between)?, latency, jitter, rate }
            }
            Self::Command { node: name, line } => {
                let args: Vec<Vec<u8>> = line.split_whitespace().map(|word| word.as_bytes().into()).collect();
                if args.is_empty() {
                    return Err(DeedError::Empty);
                }
                Action::Write { node: node(spec, name)?, args }
            }
            Self::Replicaof { node: name, of } => {
                let master = &spec.nodes[node(spec, of)?.index()];
                Action::ReplicaOf { node: node(spec, name)?, of: Some(master.addr.clone()) }
            }
            Self::Promote(name) => Action::ReplicaOf { node: node(spec, name)?, of: None },
            Self::Kill(name) => Action::Kill(node(spec, name)?),
            Self::Restart { node: name, keep_rdb } => {
                Action::Restart { node: node(spec, name)?, keep_rdb: *keep_rdb }
            }
            Self::Pause(name) => Action::Pause(node(spec, name)?),
            Self::Resume(name) => Action::Resume(node(spec, name)?),
            Self::Start(name) => Action::ClientRun(client(spec, name)?, true),
            Self::Stop(name) => Action::ClientRun(client(spec, name)?, false),
            Self::Rate { every_ms: 0, .. } => return Err(DeedError::Empty),
            Self::Rate { client: name, every_ms } => Action::ClientRate {
                client: client(spec, name)?,
                every: Span::from_millis((*every_ms).into()),
            },
            Self::WaitMs(_) | Self::WaitFor(_) | Self::Other(_) => return Err(DeedError::NotAnAction),
        })
    }

    /// Whether it is something done, not a wait.
    pub fn is_action(&self) -> bool {
        match self {
            Self::WaitMs(_) | Self::WaitFor(_) => false,
            Self::Other(deed) => deed.is_action(),
            _ => true,
        }
    }

    /// Whether a student who did `action` did this. A button and the same command typed are the same
    /// thing; a shorter command line means all that begin with it.
    pub fn matches(&self, spec: &WorldSpec, action: &Action) -> bool {
        let Ok(wanted) = self.action(spec) else { return false };
        match (&wanted, action) {
            (Action::Write { node, args }, Action::Write { node: other, args: typed }) => {
                node == other
                    && args.len() <= typed.len()
                    && args.iter().zip(typed).enumerate().all(|(n, (word, typed))| {
                        word == typed || (n == 0 && word.eq_ignore_ascii_case(typed))
                    })
            }
            (Action::Restart { node, .. }, Action::Restart { node: other, .. }) => node == other,
            (wanted, done) => plain(wanted) == plain(done),
        }
    }
}

/// An action in its plainest form: commands that have a button become what the button does.
pub fn plain(action: &Action) -> Action {
    match action {
        Action::SetLinkMode(link, LinkMode::Cut) => Action::Cut(*link),
        Action::SetLinkMode(link, LinkMode::Up) => Action::Heal(*link),
        Action::Write { node, args } => {
            let [name, host, port] = args.as_slice() else { return action.clone() };
            let is = |word: &[u8], text: &str| word.eq_ignore_ascii_case(text.as_bytes());
            if !is(name, "replicaof") && !is(name, "slaveof") {
                return action.clone();
            }
            let port = std::str::from_utf8(port).ok();
            let of = match (std::str::from_utf8(host), port.and_then(|port| port.parse().ok())) {
                (Ok(host), Some(port)) => Some(Endpoint::new(host, port)),
                _ if is(host, "no") && port.is_some_and(|port| port.eq_ignore_ascii_case("one")) => None,
                _ => return action.clone(),
            };
            Action::ReplicaOf { node: *node, of }
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Action {
        let args = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        Action::Write { node: NodeId(1), args }
    }

    #[test]
    fn a_command_typed_is_what_its_button_does() {
        let spec = WorldSpec::course();
        let follow = Deed::Replicaof { node: "A".into(), of: "M".into() };
        assert!(follow.matches(&spec, &typed("SLAVEOF 172.16.19.3 6379")));
        assert!(!follow.matches(&spec, &typed("replicaof 172.16.19.7 6379")));
        assert!(Deed::Promote("A".into()).matches(&spec, &typed("replicaof NO one")));
        assert!(!Deed::Promote("B".into()).matches(&spec, &typed("replicaof no one")));
        let set = Deed::Command { node: "A".into(), line: "set k1".into() };
        assert!(set.matches(&spec, &typed("SET k1 v9")));
        assert!(!set.matches(&spec, &typed("SET k2 v9")));
    }
}
