//! Where a scene is played: its servers, connections and proxies, and what they showed.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::proxy::Proxy;
use crate::rdb;
use crate::resp::{Conn, Res, encode, escape, latin1};
use crate::scene::{Scene, words};
use crate::scene_words::escape_all;
use crate::server::{Binary, Server, free_listener};

const COMMON: [(&str, &str); 7] = [
    ("save", ""),
    ("appendonly", "no"),
    ("repl-ping-replica-period", "3600"),
    ("repl-timeout", "3600"),
    ("repl-diskless-sync", "yes"),
    ("repl-diskless-sync-delay", "0"),
    ("bind", "127.0.0.1"),
];
pub(crate) const LONG: Duration = Duration::from_secs(15);
const QUIET: Duration = Duration::from_millis(250);

/// What each step showed: the line's number and a text without what differs from run to run.
pub(crate) type Shown = Vec<(usize, String)>;

/// A scene being played.
pub(crate) struct Stage<'a> {
    cast: &'a dyn Fn(&str) -> &'a Binary,
    pub(crate) nodes: BTreeMap<String, Server>,
    /// Client connections (`A`, `A/2`), raw ones and those of played masters.
    pub(crate) conns: BTreeMap<String, Conn>,
    proxies: BTreeMap<String, Proxy>,
    pub(crate) fakes: BTreeMap<String, (u16, TcpListener)>,
    pub(crate) ids: Vec<String>,
    expected: Option<&'a Shown>,
    shown: Shown,
}

/// Plays a scene; with `expected` it waits (a little) for what is to be seen.
pub(crate) fn play<'a>(
    scene: &Scene,
    cast: &'a dyn Fn(&str) -> &'a Binary,
    expected: Option<&'a Shown>,
) -> Res<Shown> {
    let mut stage = Stage {
        cast,
        nodes: BTreeMap::new(),
        conns: BTreeMap::new(),
        proxies: BTreeMap::new(),
        fakes: BTreeMap::new(),
        ids: Vec::new(),
        expected,
        shown: Vec::new(),
    };
    for (number, line) in &scene.steps {
        if let Err(why) = stage.step(*number, line) {
            let logs = stage
                .nodes
                .iter()
                .map(|(name, s)| format!("\n      last lines of {name} ({}):\n{}", s.label(), s.log_tail(8)));
            return Err(format!("line {number}: {line}\n      {why}{}", logs.collect::<String>()));
        }
    }
    Ok(stage.shown)
}

impl<'a> Stage<'a> {
    fn step(&mut self, number: usize, line: &str) -> Res<()> {
        let words = words(line)
            .into_iter()
            .map(|(word, quoted)| if quoted { Ok(word) } else { self.fill(&word) })
            .collect::<Res<Vec<_>>>()?;
        let text: Vec<String> = words.iter().map(|w| latin1(w)).collect();
        let word = |n: usize| text.get(n).map_or("", String::as_str);
        match (word(0), word(1)) {
            ("node", name) => self.start(name, &text[2..]),
            ("raw", name) => self.raw(name, word(2), &words[3..]),
            ("proxy", name) => {
                let proxy = Proxy::to(self.node(word(2))?.port)?;
                self.proxies.insert(name.to_owned(), proxy);
                Ok(())
            }
            ("fake", name) => {
                let (port, listener) = free_listener();
                listener.set_nonblocking(true).map_err(|e| e.to_string())?;
                self.fakes.insert(name.to_owned(), (port, listener));
                Ok(())
            }
            (name, "serve") if self.fakes.contains_key(name) => self.serve(number, name, &words[2..]),
            (name, "cut" | "heal") if self.proxies.contains_key(name) => {
                let proxy = &self.proxies[name];
                if word(1) == "cut" {
                    proxy.cut()
                } else {
                    proxy.heal()
                }
                Ok(())
            }
            ("sleep", seconds) => {
                let seconds = seconds.parse().map_err(|_| "sleep how long?")?;
                std::thread::sleep(Duration::from_secs_f64(seconds));
                Ok(())
            }
            ("kill", name) => {
                self.node(name)?.kill();
                self.forget(name);
                Ok(())
            }
            ("shutdown", name) => {
                self.node(name)?.shutdown(word(2))?;
                self.forget(name);
                Ok(())
            }
            ("sync", master) => self.sync(master, &text[2..]),
            ("until", name) => self.until(name, word(2), word(3)),
            ("fill", name) => {
                let (count, size) = (word(2).parse::<usize>(), word(3).parse::<usize>());
                let (Ok(count), Ok(size)) = (count, size) else { return Err("fill how much?".to_owned()) };
                let conn = self.client(name)?;
                for n in 0..count {
                    conn.cmd(&[b"SET".to_vec(), format!("bulk:{n}").into_bytes(), vec![b'v'; size]])?;
                }
                Ok(())
            }
            (name, "close") => {
                self.conns.remove(name);
                std::thread::sleep(Duration::from_millis(50));
                Ok(())
            }
            (first, _) => self.talk(number, first, &words[1..]),
        }
    }

    /// Steps whose first word is a name with a sign.
    fn talk(&mut self, number: usize, first: &str, rest: &[Vec<u8>]) -> Res<()> {
        if let Some((name, what)) = first.split_once('<') {
            let text = self.receive(name, what)?;
            return self.show(number, &text);
        }
        if let Some(name) = first.strip_suffix(">>") {
            return self.conn(name)?.send(&rest.concat());
        }
        if let Some(name) = first.strip_suffix('>') {
            return self.conn(name)?.send(&encode(rest));
        }
        if let Some(name) = first.strip_suffix('&') {
            self.client(name)?.send(&encode(rest))?;
            std::thread::sleep(Duration::from_millis(60));
            return Ok(());
        }
        if let Some(name) = first.strip_suffix('?') {
            return self.poll(number, |stage| stage.info(name, rest));
        }
        if let Some(name) = first.strip_suffix('~') {
            return self.poll(number, |stage| Ok(stage.client(name)?.cmd(rest)?.show()));
        }
        let reply = self.client(first)?.cmd(rest)?.show();
        self.show(number, &reply)
    }

    fn start(&mut self, name: &str, settings: &[String]) -> Res<()> {
        let mut config: Vec<(String, String)> =
            COMMON.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let mut of = None;
        let mut words = settings.iter();
        while let Some(word) = words.next() {
            match word.split_once('=') {
                Some((key, value)) => {
                    config.retain(|(k, _)| k != key);
                    config.push((key.to_owned(), value.replace('+', " ")));
                }
                None => of = words.next(),
            }
        }
        if let Some(of) = of {
            config.push(("replicaof".to_owned(), format!("127.0.0.1 {}", self.port(of)?)));
        }
        self.forget(name);
        match self.nodes.get_mut(name) {
            Some(known) => known.restart(&config)?,
            None => {
                // Somebody else may have taken the port meanwhile.
                let start = || Server::start((self.cast)(name), &config);
                let server = start().or_else(|_| start())?;
                self.nodes.insert(name.to_owned(), server);
            }
        }
        match of {
            Some(of) if self.nodes.contains_key(of) => self.sync(of, &[name.to_owned()]),
            _ => Ok(()),
        }
    }

    fn forget(&mut self, node: &str) {
        self.conns.retain(|name, _| name.split('/').next() != Some(node));
    }

    fn raw(&mut self, name: &str, node: &str, said: &[Vec<u8>]) -> Res<()> {
        let mut conn = Conn::connect(self.node(node)?.port)?;
        conn.cmd(&["PING"])?;
        if !said.is_empty() {
            let mut words = vec![b"REPLCONF".to_vec()];
            words.extend_from_slice(said);
            conn.cmd(&words)?;
        }
        self.conns.insert(name.to_owned(), conn);
        Ok(())
    }

    fn receive(&mut self, name: &str, what: &str) -> Res<String> {
        let wants = self.expected.and_then(|e| e.get(self.shown.len())).map(|(_, t)| t.clone());
        let conn = self.conn(name)?;
        Ok(match what {
            "" => conn.reply(Duration::from_secs(20))?.show(),
            "line" => escape(&conn.take_line(LONG)?),
            "rdb" => {
                let rdb = rdb::receive(conn, LONG)?;
                let aux = rdb.aux.iter().map(|(name, value)| {
                    let shown = if name.starts_with("repl-") { value.as_str() } else { "…" };
                    format!("{name}={shown}")
                });
                format!("{} {} {}", rdb.framing, rdb.magic, aux.collect::<Vec<_>>().join(" "))
            }
            "closed" => conn.closes_within(Duration::from_millis(800)).to_string(),
            "quiet" => {
                let least = usize::from(wants.is_some_and(|w| !w.is_empty()));
                let bytes = conn.take_until_quiet(least, Duration::from_secs(3), QUIET);
                escape_all(&bytes)
            }
            other => return Err(format!("receive {other}?")),
        })
    }

    /// Shows what `look` finds; asks again for a while if that is not what is expected.
    fn poll(&mut self, number: usize, look: impl Fn(&mut Self) -> Res<String>) -> Res<()> {
        let goal = self.expected.and_then(|e| e.get(self.shown.len())).map(|(_, t)| t.clone());
        let end = Instant::now() + Duration::from_millis(2500);
        loop {
            let seen = look(self)?;
            let ids = self.ids.clone();
            let text = self.hide(&seen);
            if goal.as_ref().is_none_or(|g| *g == text) || Instant::now() > end {
                self.shown.push((number, text));
                return Ok(());
            }
            self.ids = ids;
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub(crate) fn show(&mut self, number: usize, text: &str) -> Res<()> {
        let text = self.hide(text);
        self.shown.push((number, text));
        Ok(())
    }

    fn info(&mut self, name: &str, fields: &[Vec<u8>]) -> Res<String> {
        let server = self.node(name)?;
        let mut found = Vec::new();
        if fields.is_empty() {
            found = server.info("replication")?;
        }
        for field in fields.iter().map(|f| latin1(f)) {
            let value = server.field(&field)?.unwrap_or_else(|| "absent".to_owned());
            found.push((field, value));
        }
        Ok(found.iter().map(|(k, v)| format!("{k}:{v}")).collect::<Vec<_>>().join(" "))
    }

    pub(crate) fn node(&mut self, name: &str) -> Res<&mut Server> {
        self.nodes.get_mut(name).ok_or_else(|| format!("no node {name}"))
    }

    fn conn(&mut self, name: &str) -> Res<&mut Conn> {
        self.conns.get_mut(name).ok_or_else(|| format!("no connection {name}"))
    }

    fn client(&mut self, name: &str) -> Res<&mut Conn> {
        if !self.conns.contains_key(name) {
            let port = self.node(name.split('/').next().unwrap_or(name))?.port;
            self.conns.insert(name.to_owned(), Conn::connect(port)?);
        }
        self.conn(name)
    }

    pub(crate) fn port(&self, name: &str) -> Res<u16> {
        let fake = self.fakes.get(name).map(|(port, _)| *port);
        let port = self.nodes.get(name).map(|s| s.port).or(fake).or(self.proxies.get(name).map(|p| p.port));
        port.ok_or_else(|| format!("nothing is called {name}"))
    }

    /// Everything that has a port.
    pub(crate) fn ports(&self) -> Vec<(String, u16)> {
        let nodes = self.nodes.iter().map(|(n, s)| (n.clone(), s.port));
        let fakes = self.fakes.iter().map(|(n, (port, _))| (n.clone(), *port));
        nodes.chain(fakes).chain(self.proxies.iter().map(|(n, p)| (n.clone(), p.port))).collect()
    }

    /// The number of an id, by its first appearance.
    pub(crate) fn id(&mut self, id: &str) -> String {
        let known = self.ids.iter().position(|i| i == id);
        let at = known.unwrap_or(self.ids.len());
        if known.is_none() {
            self.ids.push(id.to_owned());
        }
        format!("<id{}>", at + 1)
    }

    fn sync(&mut self, master: &str, replicas: &[String]) -> Res<()> {
        let end = Instant::now() + LONG;
        loop {
            let goal = self.node(master)?.field("master_repl_offset")?;
            let mut late = Vec::new();
            for replica in replicas {
                let server = self.node(replica)?;
                if server.field("slave_repl_offset")? != goal
                    || server.field("master_link_status")?.as_deref() != Some("up")
                {
                    late.push(replica.clone());
                }
            }
            let info = self.node(master)?.info("replication")?;
            let acked = format!("offset={},", goal.clone().unwrap_or_default());
            for (key, value) in info {
                if key.starts_with("slave")
                    && value.contains("port=")
                    && !value.contains("port=0,")
                    && !(value.contains("state=online") && value.contains(&acked))
                {
                    late.push(format!("{master}'s {key}:{value}"));
                }
            }
            if late.is_empty() {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("not in sync after 15 s: {late:?}"));
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    fn until(&mut self, name: &str, field: &str, value: &str) -> Res<()> {
        let end = Instant::now() + LONG;
        loop {
            let got = self.node(name)?.field(field)?.unwrap_or_default();
            if got == value {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("{field} is {got}, never {value}"));
            }
            std::thread::sleep(Duration::from_millis(8));
        }
    }
}
