//! Playing a script: doing its commands, looking at its expectations, printing the trace.

use super::{Command, EXPECTATIONS, Kind, Script, ScriptError};
use crate::redis::{Event, ReplState, ReplicaPhase, Server, Span};
use crate::sim::ids::Party;
use crate::sim::session::Session;
use crate::sim::trace::{Entry, What};
use crate::sim::world::World;

/// `quiet` gives up after this long.
const QUIET_WITHIN: Span = Span::from_secs(300);

/// What playing a script gave.
#[derive(Clone, Debug)]
pub struct Played {
    /// The script with what was printed.
    pub text: String,
    /// The session at its end.
    pub session: Session,
}

/// Plays a script in a session that starts from its spec. Calls nothing but the session.
///
/// # Errors
/// If an action cannot be done or an expectation is not met.
pub fn play(script: &Script, session: Session) -> Result<Played, ScriptError> {
    let mut player =
        Player { session, shown: vec![Kind::Events, Kind::Network, Kind::Actions, Kind::Replies], seen: 0 };
    player.seen = player.world().trace().len();
    let mut text = String::new();
    for block in &script.blocks {
        let first = player.seen;
        for (line, command) in &block.commands {
            player.run(*line, command, first)?;
        }
        for line in &block.text {
            text.push_str(line);
            text.push('\n');
        }
        if block.prints {
            text.push_str("----\n");
            text.push_str(&player.print());
            text.push('\n');
        }
    }
    let text = format!("{}\n", text.trim_end());
    Ok(Played { text, session: player.session })
}

struct Player {
    session: Session,
    shown: Vec<Kind>,
    /// How much of the trace is printed.
    seen: u32,
}

impl Player {
    fn world(&self) -> &World {
        self.session.world()
    }

    fn run(&mut self, line: u32, command: &Command, first: u32) -> Result<(), ScriptError> {
        let now = self.world().now();
        match command {
            Command::Run(span) => self.session.advance(now + *span),
            Command::Until(time) => self.session.advance(*time),
            Command::Quiet => {
                let end = now + QUIET_WITHIN;
                while !quiet(self.world()) && self.world().now() < end && self.session.step() {}
            }
            Command::Show(kinds) => self.shown.clone_from(kinds),
            Command::Act(action) => {
                self.session.act(action.clone()).map_err(|error| ScriptError::Action { line, error })?;
            }
            Command::Expect(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                if let Err(found) = self.look(&words, first) {
                    return Err(ScriptError::Unmet { line, expected: words.join(" "), found });
                }
            }
        }
        Ok(())
    }

    fn print(&mut self) -> String {
        let world = self.session.world();
        let mut text = String::new();
        for entry in world.trace().since(self.seen).filter(|entry| self.shown.contains(&kind(entry))) {
            text.push_str(&format!("{}\n", world.line(entry)));
        }
        self.seen = world.trace().len();
        text
    }

    /// Looks whether an expectation is met; if not, says what is so instead.
    fn look(&self, words: &[&str], first: u32) -> Result<(), String> {
        let world = self.world();
        match words {
            ["line", text] | ["noline", text] => {
                let found = world
                    .trace()
                    .since(first)
                    .map(|entry| world.line(entry).to_string())
                    .find(|line| line.contains(text));
                match (words[0], found) {
                    ("line", None) => Err("no line of this block has it".into()),
                    ("noline", Some(line)) => Err(format!("there is {}", line.trim())),
                    _ => Ok(()),
                }
            }
            ["equal", names @ ..] => {
                let servers = names.iter().map(|name| server(world, name)).collect::<Result<Vec<_>, _>>()?;
                let equal = servers.windows(2).all(|pair| pair[0].keyspace() == pair[1].keyspace());
                if equal { Ok(()) } else { Err("their keys differ".into()) }
            }
            [name, rest @ ..] => look_at(world, server(world, name)?, rest),
            [] => Err(EXPECTATIONS.into()),
        }
    }
}

fn look_at(world: &World, server: &Server, words: &[&str]) -> Result<(), String> {
    let held = |key: &str| {
        let entry = server.keyspace().db(0).get(key.as_bytes());
        entry.map(|entry| String::from_utf8_lossy(&entry.value).into_owned())
    };
    let (met, found) = match words {
        ["key", key, value] => (held(key).as_deref() == Some(value), format!("it is {:?}", held(key))),
        ["nokey", key] => (held(key).is_none(), format!("it is {:?}", held(key))),
        ["offset", "=", other] => {
            let other = self::server(world, other)?.offset();
            (server.offset() == other, format!("they are {} and {other}", server.offset()))
        }
        ["offset", n] => (server.offset().to_string() == *n, format!("it is {}", server.offset())),
        ["link", "up"] => {
            let state = server.master_link().map(|link| link.state);
            (state == Some(ReplState::Connected), format!("it is {state:?}"))
        }
        ["link", "down"] => {
            let state = server.master_link().map(|link| link.state);
            (state.is_some_and(|state| state != ReplState::Connected), format!("it is {state:?}"))
        }
        ["role", role] => {
            let is = if server.is_master() { "master" } else { "replica" };
            (is == *role, format!("it is a {is}"))
        }
        ["online", n] => {
            let all = server.replicas(world.now());
            let online = all.iter().filter(|replica| replica.phase == ReplicaPhase::Online).count();
            (online.to_string() == *n, format!("{online} of {} are", all.len()))
        }
        _ => return Err(format!("it may only say {EXPECTATIONS}")),
    };
    if met { Ok(()) } else { Err(found) }
}

fn server<'a>(world: &'a World, name: &str) -> Result<&'a Server, String> {
    let node = world.nodes().iter().find(|node| &*node.name == name);
    node.and_then(|node| node.server()).ok_or_else(|| format!("{name} is not running"))
}

/// Nothing with bytes is on the wire and every replica is connected and as far as its master.
fn quiet(world: &World) -> bool {
    let mut nodes = world.nodes().iter().filter_map(|node| node.server());
    world.packets().next().is_none()
        && nodes.all(|server| {
            server.master_link().is_none_or(|link| {
                let master = world.nodes().iter().find(|node| node.addr == link.master);
                let ahead = master.and_then(|node| node.server()).map(Server::offset);
                link.state == ReplState::Connected && ahead == Some(link.applied)
            })
        })
}

/// What kind of line an entry is.
fn kind(entry: &Entry) -> Kind {
    match &entry.what {
        What::Server(event) => match event {
            Event::Fed { .. } | Event::Applied { .. } | Event::Acked { .. } => Kind::Stream,
            Event::BacklogOverwrote { .. } => Kind::Backlog,
            Event::LinkState { .. } => Kind::Link,
            Event::Executed { .. } => Kind::Commands,
            _ => Kind::Events,
        },
        What::Sent(_) | What::Delivered { .. } | What::Lost { .. } => Kind::Packets,
        What::Dialled { .. } | What::Opened { .. } | What::Closed { .. } | What::Hung { .. } => Kind::Conns,
        What::Action(_) => Kind::Actions,
        What::ClientReply { .. } => match entry.party {
            Some(Party::Client(_)) => Kind::Replies,
            _ => Kind::Events,
        },
        _ => Kind::Network,
    }
}
