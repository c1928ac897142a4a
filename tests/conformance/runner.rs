//! Executes one scenario step by step against servers of one program.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::fake::FakeMaster;
use crate::hooks;
use crate::mask::{Mask, ids_in};
use crate::rdb::{self, Rdb};
use crate::resp::{Conn, Reply, Res, bytes_of, encode, escape};
use crate::scenario::{Exchange, NodeSpec, RdbStep, Scenario, Step, scalar};
use crate::server::{Binary, Server};

/// How long a state that is expected may take to come about.
const SOON: Duration = Duration::from_secs(3);
pub(crate) const LONG: Duration = Duration::from_secs(15);
pub(crate) const QUIET: Duration = Duration::from_millis(150);
/// No scenario may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// A scenario being run.
pub(crate) struct Run<'a> {
    pub(crate) scenario: &'a Scenario,
    bin: &'a Binary,
    pub(crate) nodes: BTreeMap<String, Server>,
    clients: BTreeMap<String, Conn>,
    /// Commands whose replies are compared at the end.
    waiting: Vec<(Conn, Value)>,
    pub(crate) raws: BTreeMap<String, (String, Conn)>,
    pub(crate) fake: FakeMaster,
    pub(crate) mask: Mask,
    pub(crate) last_rdb: Vec<u8>,
    /// `observed` labels that a hook has compared.
    pub(crate) seen: BTreeSet<String>,
    deadline: Instant,
}

/// What a run came to: the labels nothing compared, or the failure.
pub(crate) fn run(scenario: &Scenario, bin: &Binary) -> Res<Vec<String>> {
    let mut run = Run {
        scenario,
        bin,
        nodes: BTreeMap::new(),
        clients: BTreeMap::new(),
        waiting: Vec::new(),
        raws: BTreeMap::new(),
        fake: FakeMaster::new()?,
        mask: Mask::default(),
        last_rdb: Vec::new(),
        seen: BTreeSet::new(),
        deadline: Instant::now() + LIMIT,
    };
    run.mask.ports.insert("M".to_owned(), run.fake.port);
    for spec in &scenario.setup.nodes {
        run.start(spec).map_err(|e| format!("setup of {}: {e}", spec.node))?;
    }
    for (number, step) in scenario.steps.iter().enumerate() {
        let done = hooks::before(&mut run, number)
            .and_then(|()| run.step(step))
            .and_then(|()| hooks::after(&mut run, number));
        done.map_err(|e| run.failure(number, step, &e))?;
        if Instant::now() > run.deadline {
            return Err(run.failure(number, step, "the scenario takes more than 60 s"));
        }
    }
    for (mut conn, expected) in std::mem::take(&mut run.waiting) {
        if !expected.is_null() {
            same_reply(&mut run.mask, &expected, &conn.reply(LONG)?)?;
        }
    }
    let open =
        scenario.observed.iter().filter(|(k, v)| !run.seen.contains(*k) && !scenario.shown_by_steps(k, v));
    Ok(open.map(|(k, _)| k.clone()).collect())
}

impl Run<'_> {
    fn failure(&self, number: usize, step: &Step, why: &str) -> String {
        let op: String = format!("{step:?}").chars().take(230).collect();
        let logs =
            self.nodes.iter().map(|(name, s)| format!("      last lines of {name}:\n{}", s.log_tail(8)));
        format!("step {number}: {op}\n      {why}\n{}", logs.collect::<String>())
    }

    pub(crate) fn node(&mut self, name: &str) -> Res<&mut Server> {
        self.nodes.get_mut(name).ok_or_else(|| format!("no node {name}"))
    }

    pub(crate) fn raw(&mut self, name: &str) -> Res<&mut Conn> {
        self.raws.get_mut(name).map(|(_, c)| c).ok_or_else(|| format!("no raw connection {name}"))
    }

    fn start(&mut self, spec: &NodeSpec) -> Res<()> {
        let mut config: BTreeMap<String, String> = BTreeMap::new();
        config.extend(self.bin.dialect.config.clone());
        for (name, value) in self.scenario.setup.common_config.iter().chain(&spec.config) {
            config.insert(name.clone(), scalar(value));
        }
        let mut config: Vec<_> = config.into_iter().collect();
        let master = spec.replicaof.as_deref();
        if let Some(of) = master {
            let address = match of {
                "fake-master" => format!("127.0.0.1 {}", self.fake.port),
                of if of.contains(':') => of.split(' ').next().unwrap_or(of).replace(':', " "),
                of => format!("127.0.0.1 {}", self.node(of)?.port),
            };
            config.push(("replicaof".to_owned(), address));
        }
        if let Some(known) = self.nodes.get_mut(&spec.node) {
            known.restart(&config)?;
        } else {
            let server = Server::start(self.bin, &config)?;
            self.mask.ports.insert(spec.node.clone(), server.port);
            self.nodes.insert(spec.node.clone(), server);
        }
        self.clients.remove(&spec.node);
        match master {
            Some("fake-master") => self.fake.accept(LONG),
            Some(of) if self.nodes.contains_key(of) => {
                self.wait_until(&format!("{}.master_link_status == up", spec.node))?;
                self.wait_until(&format!("{of}: every slaveN line says state=online"))?;
                self.wait_until(&format!("{of}.min_slaves_good_slaves != 0"))
            }
            _ => Ok(()),
        }
    }

    fn step(&mut self, step: &Step) -> Res<()> {
        match step {
            Step::Cmd { node, args, reply } => self.cmd(node, args, reply),
            Step::CmdAsync { node, args, reply } => {
                let mut conn = Conn::connect(self.node(node)?.port)?;
                conn.send(&encode(&self.args(args)?))?;
                self.waiting.push((conn, reply.clone().unwrap_or_default()));
                Ok(())
            }
            Step::Info { node, section, fields } => self.info(node, section, fields),
            Step::RawConnect { conn, node, handshake } => self.raw_connect(conn, node, handshake),
            Step::RawSend { conn, bytes } => {
                self.choose_ids(conn, bytes)?;
                let bytes = self.mask.fill(bytes)?;
                self.raw(conn)?.send(&bytes)
            }
            Step::RawRecvLine { conn, bytes } => {
                let line = self.raw(conn)?.take_line(LONG)?;
                self.mask.check(bytes, &line)
            }
            Step::RawRecvRdb(expected) => self.recv_rdb(expected),
            Step::RawRecvUntilQuiet { conn, bytes, len } => {
                let got = self.raw(conn)?.take_until_quiet(*len, SOON, QUIET);
                self.mask.check(bytes, &got)
            }
            Step::RawClose { conn } => {
                self.raws.remove(conn);
                std::thread::sleep(Duration::from_millis(50));
                Ok(())
            }
            Step::RawClosedByPeer { conn, value } => {
                let wait = if *value { Duration::from_secs(5) } else { Duration::from_millis(300) };
                let closed = self.raw(conn)?.closes_within(wait);
                if closed == *value {
                    Ok(())
                } else {
                    Err(format!("closed by the server: {closed}, expected {value}"))
                }
            }
            Step::FakeMasterAcceptsAndAnswersHandshake { ping, replconf, then_replica_sends } => {
                self.fake.handshake(ping, replconf, then_replica_sends, &mut self.mask)
            }
            Step::FakeMasterSend { bytes } => {
                for id in ids_in(bytes) {
                    self.mask.ids.entry(id).or_insert_with(|| random_id(self.fake.port));
                }
                let bytes = self.mask.fill(&self.bin.dialect.speak(bytes))?;
                self.fake.send(&bytes)
            }
            Step::FakeMasterRecv { bytes } => self.fake.recv(bytes, &mut self.mask),
            Step::FakeMasterClosesConnection {} => {
                self.fake.close();
                Ok(())
            }
            Step::WaitSynced { master, replicas } => self.wait_synced(master, replicas),
            Step::WaitUntil { what } => self.wait_until(what),
            Step::Sleep { seconds } => {
                std::thread::sleep(Duration::from_secs_f64(*seconds));
                Ok(())
            }
            Step::Kill9 { node } => {
                self.node(node)?.kill();
                Ok(())
            }
            Step::Start(spec) => self.start(spec),
            Step::Shutdown { node } => self.node(node)?.shutdown("NOSAVE"),
            Step::ShutdownSave { node } => self.node(node)?.shutdown("SAVE"),
            Step::Note { text } => hooks::note(self, text),
        }
    }

    fn args(&self, args: &[Value]) -> Res<Vec<Vec<u8>>> {
        args.iter().map(|a| self.mask.fill(&scalar(a))).collect()
    }

    /// A command on the node's lasting client connection.
    pub(crate) fn client(&mut self, node: &str, args: &[Vec<u8>]) -> Res<Reply> {
        if !self.clients.contains_key(node) {
            let conn = Conn::connect(self.node(node)?.port)?;
            self.clients.insert(node.to_owned(), conn);
        }
        self.clients.get_mut(node).ok_or("no client")?.cmd(args)
    }

    /// Reads may be ahead of what the server was just sent on another connection: they are asked again.
    fn cmd(&mut self, node: &str, args: &[Value], expected: &Value) -> Res<()> {
        let args = self.args(args)?;
        let word = args[0].to_ascii_uppercase();
        let reads: [&[u8]; 8] =
            [b"GET", b"DBSIZE", b"ROLE", b"EXISTS", b"TTL", b"PTTL", b"PEXPIRETIME", b"STRLEN"];
        let end = Instant::now() + if reads.contains(&word.as_slice()) { SOON } else { Duration::ZERO };
        loop {
            let reply = self.client(node, &args)?;
            match same_reply(&mut self.mask, expected, &reply) {
                Ok(()) => return Ok(()),
                Err(why) if Instant::now() >= end => {
                    return Err(format!("{why}\n      reply: {}", reply.show()));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Compares INFO fields, asking again for a while: the server may not have read everything yet.
    fn info(&mut self, node: &str, section: &str, fields: &Map<String, Value>) -> Res<()> {
        let end = Instant::now() + SOON;
        loop {
            let have = self.node(node)?.info(section)?;
            let mut mask = self.mask.clone();
            let wrong: Vec<_> = fields
                .iter()
                .filter_map(|(name, expected)| {
                    let got = have.iter().find(|(k, _)| k == name).map(|(_, v)| v);
                    let ok = match (expected, got) {
                        (Value::Null, None) => Ok(()),
                        (Value::Null, Some(_)) => Err(()),
                        (v, Some(got)) => mask.check(&scalar(v), got.as_bytes()).map_err(|_| ()),
                        (_, None) => Err(()),
                    };
                    let got = got.map_or_else(|| "absent".to_owned(), |v| escape(&mask.hide(v.as_bytes())));
                    ok.err().map(|()| format!("{node}.{name}: expected {expected}, got {got}"))
                })
                .collect();
            if wrong.is_empty() {
                self.mask = mask;
                return Ok(());
            }
            if Instant::now() > end {
                return Err(wrong.join("\n      "));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    fn raw_connect(&mut self, name: &str, node: &str, handshake: &[Exchange]) -> Res<()> {
        let mut conn = Conn::connect(self.node(node)?.port)?;
        for part in handshake {
            if part.dir == ">" {
                conn.send(&self.mask.fill(&part.bytes)?)?;
            } else {
                let got = conn.take(bytes_of(&part.bytes)?.len(), LONG)?;
                self.mask.check(&part.bytes, &got).map_err(|e| format!("handshake: {e}"))?;
            }
        }
        self.raws.insert(name.to_owned(), (node.to_owned(), conn));
        Ok(())
    }

    fn recv_rdb(&mut self, expected: &RdbStep) -> Res<()> {
        let conn = self.raws.get_mut(&expected.conn).map(|(_, c)| c).ok_or("no such connection")?;
        let Rdb { framing, magic, aux, bytes } = rdb::receive(conn, LONG)?;
        let dialect = &self.bin.dialect;
        let version = dialect.speak(&expected.magic);
        if framing != expected.framing || magic != version {
            return Err(format!("{framing} {magic}, expected {} {version}", expected.framing));
        }
        let order: Vec<_> = aux.iter().map(|(name, _)| name.clone()).collect();
        let named: Vec<_> = expected.aux_order.iter().map(|n| dialect.aux_name(n).to_owned()).collect();
        if order != named {
            return Err(format!("AUX fields {order:?}, expected {named:?}"));
        }
        let fields = [
            ("repl-stream-db", &expected.repl_stream_db),
            ("repl-id", &expected.repl_id),
            ("repl-offset", &expected.repl_offset),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                let got = aux.iter().find(|(k, _)| k == name).map_or("absent", |(_, v)| v);
                self.mask.check(value, got.as_bytes()).map_err(|e| format!("AUX {name}: {e}"))?;
            }
        }
        self.last_rdb = bytes;
        Ok(())
    }

    /// Gives the ids that a raw command names for the first time their values: an id that shows up
    /// in replies later is one of the servers' own; any other is a free choice.
    fn choose_ids(&mut self, conn: &str, bytes: &str) -> Res<()> {
        let node = self.raws.get(conn).map_or_else(String::new, |(n, _)| n.clone());
        for id in ids_in(bytes) {
            if self.mask.ids.contains_key(&id) {
                continue;
            }
            let comes_back = self.scenario.steps.iter().any(|s| {
                !matches!(s, Step::RawSend { .. }) && format!("{s:?}").contains(&format!("<replid{id}>"))
            });
            let mut names: Vec<String> = self.nodes.keys().filter(|n| **n != node).cloned().collect();
            if comes_back {
                names.insert(0, node.clone());
            }
            let mut chosen = random_id(self.fake.port);
            'search: for name in names {
                for field in ["master_replid", "master_replid2"] {
                    let value = self.node(&name)?.field(field)?.unwrap_or_default();
                    if !value.trim_matches('0').is_empty() && !self.mask.ids.values().any(|v| *v == value) {
                        chosen = value;
                        break 'search;
                    }
                }
            }
            self.mask.bind(id, &chosen)?;
        }
        Ok(())
    }
}

/// Compares a reply with its JSON form: errors start with `-`, status and bulk are both strings,
/// a masked number is a string too.
pub(crate) fn same_reply(mask: &mut Mask, expected: &Value, got: &Reply) -> Res<()> {
    match (expected, got) {
        (Value::Null, Reply::Bulk(None) | Reply::Array(None)) => Ok(()),
        (Value::Number(n), Reply::Int(i)) if n.as_i64() == Some(*i) => Ok(()),
        (Value::Array(want), Reply::Array(Some(have))) if want.len() == have.len() => {
            want.iter().zip(have).try_for_each(|(w, h)| same_reply(mask, w, h))
        }
        (Value::String(s), Reply::Status(_) | Reply::Bulk(Some(_)) | Reply::Error(_) | Reply::Int(_)) => {
            mask.check(s, &got.text().unwrap_or_default())
        }
        _ => Err(format!("expected {expected}")),
    }
}

/// Forty hex digits that differ from call to call.
pub(crate) fn random_id(salt: u16) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |d| d.as_nanos());
    let mut x = (now as u64) ^ u64::from(salt) << 40 | 1;
    let mut digit = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        char::from_digit((x >> 33) as u32 & 15, 16).unwrap_or('0')
    };
    (0..40).map(|_| digit()).collect()
}
