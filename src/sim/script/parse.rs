//! Reading a script: lines that set the scene make the spec, the others become commands.

use super::words::Words;
use super::{Block, COMMANDS, Command, EXPECTATIONS, Kind, Script, ScriptError};
use crate::redis::config::{BacklogModel, BufferLimit, RedisVersion};
use crate::redis::{Rate, Span, Time};
use crate::sim::action::{Action, LinkMode};
use crate::sim::ids::{ClientId, LinkId, NodeId};
use crate::sim::settings::NodeSettings;
use crate::sim::spec::{ClientSpec, LinkSpec, NodeSpec, PathSpec, WorldSpec, WriteLoad};

const NODE: &str = "the name of a node";
const SETTINGS: &str = "backlog | backlog-ttl | repl-timeout | ping | diskless | diskless-delay | limit | version | \
     load | bgsave | socket-buffer | receive-buffer | min-replicas | max-lag | serve-stale | replicaof";

/// Reads a script.
///
/// # Errors
/// With the line and what is allowed there.
pub fn parse(text: &str) -> Result<Script, ScriptError> {
    let path = PathSpec {
        latency: Span::from_millis(10),
        jitter: Span::ZERO,
        rate: Rate::per_second(1_000_000),
        mss: 1460,
        rdb_mss: 1460,
    };
    let mut spec = WorldSpec::new(Vec::new(), 1);
    spec.other_links = path;
    let mut parser = Parser { spec, begun: false };
    let mut blocks = vec![Block::default()];
    let mut printed = false;
    for (n, line) in text.lines().enumerate() {
        let number = n as u32 + 1;
        let Some(block) = blocks.last_mut() else { break };
        if printed {
            if line.trim().is_empty() {
                printed = false;
                blocks.push(Block::default());
            }
            continue;
        }
        if line.trim_end() == "----" {
            block.prints = true;
            printed = true;
            continue;
        }
        block.text.push(line.into());
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some(command) = parser.line(Words::new(number, content))? {
            block.commands.push((number, command));
        }
    }
    Ok(Script { spec: parser.spec, blocks })
}

struct Parser {
    spec: WorldSpec,
    /// Whether something was done already, so that the spec is settled.
    begun: bool,
}

impl Parser {
    fn line(&mut self, mut words: Words<'_>) -> Result<Option<Command>, ScriptError> {
        let first = words.next("a command")?;
        if self.scene(first, &mut words)? {
            if self.begun {
                return Err(ScriptError::TooLate { line: words.line });
            }
            words.end()?;
            return Ok(None);
        }
        let command = match first {
            "run" => Command::Run(words.span()?),
            "until" => Command::Until(Time::ZERO + words.span()?),
            "quiet" => Command::Quiet,
            "show" => Command::Show(kinds(&mut words)?),
            "expect" => Command::Expect(self.expectation(&mut words)?),
            _ => Command::Act(self.action(first, &mut words)?),
        };
        words.end()?;
        // What is shown does not belong to the world.
        self.begun |= !matches!(command, Command::Show(_));
        Ok(Some(command))
    }

    /// Reads a line that sets the scene; `false` if it is another one.
    fn scene(&mut self, first: &str, words: &mut Words<'_>) -> Result<bool, ScriptError> {
        match first {
            "course" => self.spec = WorldSpec::course(),
            "nodes" => {
                for name in words.all(NODE)? {
                    self.add_node(name);
                }
            }
            "seed" => self.spec.seed = words.number()?,
            "paths" => {
                self.spec.other_links.latency = words.span()?;
                self.spec.other_links.rate = words.rate()?;
            }
            "link" => {
                let link = self.link(words)?;
                let path = &mut self.spec.links[link.index()].path;
                path.latency = words.span()?;
                path.rate = words.rate()?;
            }
            "set" => self.setting(words)?,
            "data" => {
                let node = self.node(words)?;
                self.spec.nodes[node.index()].data.push(words.rest().into());
            }
            "client" => {
                let name = words.next("a name for the client")?.into();
                let at = self.node(words)?;
                let every = words.span()?;
                let command = words.rest();
                let keys = 2;
                let writes = WriteLoad { every, keys, command: command.into(), ..WriteLoad::default() };
                let latency = Span::from_millis(1);
                self.spec.clients.push(ClientSpec { name, at, latency, writes, running: true });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn add_node(&mut self, name: &str) {
        let host = format!("10.0.1.{}", self.spec.nodes.len() + 1);
        let mut node = NodeSpec::new(name, &host, 6379);
        node.settings =
            NodeSettings { bgsave_min: Span::from_millis(100), load_rate: None, ..NodeSettings::default() };
        self.spec.nodes.push(node);
    }

    fn setting(&mut self, words: &mut Words<'_>) -> Result<(), ScriptError> {
        let node = self.node(words)?.index();
        let name = words.next(SETTINGS)?;
        if name == "replicaof" {
            self.spec.nodes[node].replica_of = Some(self.node(words)?);
            return Ok(());
        }
        let settings = &mut self.spec.nodes[node].settings;
        match name {
            "backlog" => settings.backlog_size = words.bytes()?,
            "backlog-ttl" => settings.backlog_ttl = words.number()?,
            "repl-timeout" => settings.repl_timeout = words.number()?,
            "ping" => settings.ping_period = words.number()?,
            "diskless" => settings.diskless = words.yes()?,
            "diskless-delay" => settings.diskless_delay = words.number()?,
            "limit" => {
                let (hard, soft) = (words.bytes()?, words.bytes()?);
                settings.replica_limit = BufferLimit { hard, soft, soft_seconds: words.number()? };
            }
            "version" => {
                let ring = BacklogModel::Ring;
                let blocks = BacklogModel::Blocks { payload: 16384 };
                (settings.version, settings.backlog_model) = match words.next("6.2, 7.0 or 7.2")? {
                    "6.2" => (RedisVersion::V6_2, ring),
                    "7.0" => (RedisVersion::V7_0, blocks),
                    "7.2" => (RedisVersion::V7_2, blocks),
                    word => return Err(words.bad(word, "6.2, 7.0 or 7.2")),
                };
            }
            "load" => settings.load_rate = Some(words.rate()?),
            "bgsave" => settings.bgsave_rate = words.rate()?,
            "socket-buffer" => settings.socket_buffer = words.bytes()?,
            "receive-buffer" => settings.receive_buffer = words.bytes()?,
            "min-replicas" => settings.min_replicas = words.number()?,
            "max-lag" => settings.min_replicas_max_lag = words.number()?,
            "serve-stale" => settings.serve_stale = words.yes()?,
            word => return Err(words.bad(word, SETTINGS)),
        }
        Ok(())
    }

    fn action(&mut self, first: &str, words: &mut Words<'_>) -> Result<Action, ScriptError> {
        Ok(match first {
            "cut" => Action::Cut(self.link(words)?),
            "heal" => Action::Heal(self.link(words)?),
            "hold" => Action::SetLinkMode(self.link(words)?, LinkMode::Hold),
            "silent" => Action::SetLinkMode(self.link(words)?, LinkMode::Silent),
            "deaf" => {
                let link = self.link(words)?;
                Action::SetLinkMode(link, LinkMode::OneWay { to: self.node(words)? })
            }
            "write" => {
                let node = self.node(words)?;
                let args = words.all("a command")?.into_iter().map(|word| word.as_bytes().to_vec()).collect();
                Action::Write { node, args }
            }
            "replicaof" => {
                let node = self.node(words)?;
                let of = match words.clone().maybe() {
                    Some("none") => words.maybe().and(None),
                    _ => {
                        let master = self.node(words)?;
                        Some(self.spec.nodes[master.index()].addr.clone())
                    }
                };
                Action::ReplicaOf { node, of }
            }
            "kill" => Action::Kill(self.node(words)?),
            "restart" => {
                let node = self.node(words)?;
                let keep_rdb = match words.maybe() {
                    None => true,
                    Some("empty") => false,
                    Some(word) => return Err(words.bad(word, "empty, or nothing")),
                };
                Action::Restart { node, keep_rdb }
            }
            "pause" => Action::Pause(self.node(words)?),
            "resume" => Action::Resume(self.node(words)?),
            "rate" => {
                let client = self.client(words)?;
                Action::ClientRate { client, every: words.span()? }
            }
            "start" => Action::ClientRun(self.client(words)?, true),
            "stop" => Action::ClientRun(self.client(words)?, false),
            word => {
                let (line, word) = (words.line, word.into());
                return Err(ScriptError::Unknown { line, word, allowed: COMMANDS });
            }
        })
    }

    /// Checks the names in an expectation; the rest is checked when it is looked at.
    fn expectation(&self, words: &mut Words<'_>) -> Result<Vec<String>, ScriptError> {
        let mut look = words.clone();
        let first = look.next(EXPECTATIONS)?;
        match first {
            "line" | "noline" => {
                words.rest();
                return Ok(vec![first.into(), look.rest().into()]);
            }
            "equal" => {
                while look.clone().maybe().is_some() {
                    self.node(&mut look)?;
                }
            }
            _ => {
                self.node(&mut words.clone())?;
                let what = look.next(EXPECTATIONS)?;
                let known = ["key", "nokey", "offset", "link", "role", "online"];
                if !known.contains(&what) {
                    let (line, word) = (words.line, what.into());
                    return Err(ScriptError::Unknown { line, word, allowed: EXPECTATIONS });
                }
            }
        }
        Ok(words.all(EXPECTATIONS)?.into_iter().map(String::from).collect())
    }

    fn node(&self, words: &mut Words<'_>) -> Result<NodeId, ScriptError> {
        let name = words.next(NODE)?;
        self.spec.node_named(name).ok_or_else(|| words.bad(name, NODE))
    }

    fn client(&self, words: &mut Words<'_>) -> Result<ClientId, ScriptError> {
        let expected = "the name of a client";
        let name = words.next(expected)?;
        let place = self.spec.clients.iter().position(|client| client.name == name);
        place.map(|n| ClientId(n as u8)).ok_or_else(|| words.bad(name, expected))
    }

    /// `a-b`: the link between two nodes. One that was not spoken of yet is like the others.
    fn link(&mut self, words: &mut Words<'_>) -> Result<LinkId, ScriptError> {
        let expected = "a link such as a-b";
        let pair = words.next(expected)?;
        let node = |name| self.spec.node_named(name);
        let ends = pair.split_once('-').and_then(|(a, b)| Some((node(a)?, node(b)?)));
        let Some((a, b)) = ends.filter(|(a, b)| a != b) else {
            return Err(words.bad(pair, expected));
        };
        if let Some(link) = self.spec.link_between(a, b) {
            return Ok(link);
        }
        self.spec.links.push(LinkSpec { a, b, path: self.spec.other_links });
        Ok(LinkId(self.spec.links.len() as u16 - 1))
    }
}

fn kinds(words: &mut Words<'_>) -> Result<Vec<Kind>, ScriptError> {
    let expected =
        "events, stream, backlog, link, commands, packets, conns, network, actions, replies or nothing";
    let mut kinds = Vec::new();
    for word in words.all(expected)? {
        kinds.push(match word {
            "events" => Kind::Events,
            "stream" => Kind::Stream,
            "backlog" => Kind::Backlog,
            "link" => Kind::Link,
            "commands" => Kind::Commands,
            "packets" => Kind::Packets,
            "conns" => Kind::Conns,
            "network" => Kind::Network,
            "actions" => Kind::Actions,
            "replies" => Kind::Replies,
            "nothing" => continue,
            word => return Err(words.bad(word, expected)),
        });
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_name_the_line_and_what_is_allowed() {
        assert!(error("nodes a b\n\nfly a").starts_with("line 3: \"fly\" is not one of:\ncourse | nodes"));
        assert_eq!(error("nodes a b\ncut a-c"), "line 2: \"a-c\" where a link such as a-b should be");
        assert_eq!(error("run 5"), "line 1: \"5\" where a time such as 250ms, 1s or 2m should be");
        assert_eq!(error("run"), "line 1: \"\" where a time such as 250ms, 1s or 2m should be");
        assert_eq!(error("run 1s 2s"), "line 1: \"2s\" where the end of the line should be");
        assert_eq!(
            error("nodes a\nrun 1s\nnodes b"),
            "line 3: the scene must be set before anything happens in it"
        );
        assert!(error("nodes a\nexpect a happy").starts_with("line 2: \"happy\" is not one of:\nexpect"));
        assert!(error("nodes a\nset a colour red").contains("backlog | "));
    }

    #[test]
    fn printed_lines_end_at_an_empty_line() {
        let script = parse("nodes a b\nrun 1s\n----\nanything\n\nrun 2s\n").expect("a good script");
        assert_eq!(script.blocks.len(), 2);
        assert!(script.blocks[0].prints && !script.blocks[1].prints);
        assert_eq!(script.blocks[1].text, ["run 2s"]);
    }
}
