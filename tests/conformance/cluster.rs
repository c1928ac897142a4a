//! A few servers that replicate each other, and the data in them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::resp::{Conn, Reply, Res, escape};
use crate::server::{Binary, Server};

/// Settings of every server here.
const COMMON: [(&str, &str); 6] = [
    ("save", ""),
    ("appendonly", "no"),
    ("repl-ping-replica-period", "3600"),
    ("repl-timeout", "3600"),
    ("repl-diskless-sync-delay", "0"),
    ("bind", "127.0.0.1"),
];

/// Servers by number; the test decides who follows whom.
pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Server>,
    labels: Vec<String>,
}

/// Every key of every database: its value and its expiry in milliseconds (-1: none).
pub(crate) type Data = BTreeMap<(u8, Vec<u8>), (Vec<u8>, i64)>;

impl Cluster {
    pub(crate) fn new(bins: &[&Binary], more: &[(&str, &str)]) -> Res<Self> {
        let mut config: Vec<(String, String)> = Vec::new();
        for (name, value) in COMMON.iter().chain(more) {
            config.retain(|(known, _)| known != name);
            config.push(((*name).to_owned(), (*value).to_owned()));
        }
        let labels = bins.iter().enumerate().map(|(i, b)| format!("#{i} ({})", b.label)).collect();
        let nodes = bins.iter().map(|b| Server::start(b, &config)).collect::<Res<_>>()?;
        Ok(Self { nodes, labels })
    }

    /// Runs `body`; a failure gets the ends of all logs.
    pub(crate) fn explain<T>(mut self, body: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        body(&mut self).map_err(|why| {
            let logs = self
                .labels
                .iter()
                .zip(&self.nodes)
                .map(|(l, s)| format!("      last lines of {l}:\n{}", s.log_tail(8)));
            format!("{why}\n{}", logs.collect::<String>())
        })
    }

    pub(crate) fn ask(&mut self, node: usize, words: &str) -> Res<Reply> {
        let words: Vec<_> = words.split_whitespace().collect();
        self.nodes[node].ask(&words)
    }

    /// A command that must answer `+OK`.
    pub(crate) fn ok(&mut self, node: usize, words: &str) -> Res<()> {
        match self.ask(node, words)? {
            Reply::Status(s) if s == b"OK" => Ok(()),
            other => Err(format!("{}: {words}: {}", self.labels[node], other.show())),
        }
    }

    /// `REPLICAOF` to a port, then waits for the link.
    pub(crate) fn follow(&mut self, node: usize, port: u16) -> Res<()> {
        self.ok(node, &format!("REPLICAOF 127.0.0.1 {port}"))?;
        self.link_up(node)
    }

    pub(crate) fn link_up(&mut self, node: usize) -> Res<()> {
        self.until(node, "master_link_status", "up")
    }

    /// Waits until an INFO field has a value.
    pub(crate) fn until(&mut self, node: usize, field: &str, value: &str) -> Res<()> {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let got = self.field(node, field)?;
            if got == value {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("{}: {field} is {got}, never {value} within 15 s", self.labels[node]));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn field(&mut self, node: usize, field: &str) -> Res<String> {
        Ok(self.nodes[node].field(field)?.unwrap_or_else(|| "absent".to_owned()))
    }

    /// `sync_full`, `sync_partial_ok`, `sync_partial_err` of a master.
    pub(crate) fn syncs(&mut self, node: usize, expected: [u32; 3]) -> Res<()> {
        let mut got = Vec::new();
        for field in ["sync_full", "sync_partial_ok", "sync_partial_err"] {
            got.push(self.field(node, field)?);
        }
        if got == expected.map(|n| n.to_string()) {
            return Ok(());
        }
        Err(format!(
            "{}: full/partial ok/partial err are {}, expected {expected:?}",
            self.labels[node],
            got.join("/")
        ))
    }

    /// Waits until all of `replicas` are linked, at the master's offset, with its id and its data.
    pub(crate) fn settle(&mut self, master: usize, replicas: &[usize]) -> Res<()> {
        for &node in replicas {
            self.link_up(node)?;
        }
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let mut apart = self.positions_differ(master, replicas)?;
            if apart.is_none() {
                let whole = data(&self.nodes[master])?;
                for &node in replicas {
                    let what = difference(&whole, &data(&self.nodes[node])?, 0);
                    apart = apart.or(what
                        .map(|w| format!("data of {} and {}: {w}", self.labels[master], self.labels[node])));
                }
            }
            match apart {
                None => return Ok(()),
                Some(what) if Instant::now() > end => return Err(format!("still apart after 15 s: {what}")),
                Some(_) => std::thread::sleep(Duration::from_millis(30)),
            }
        }
    }

    fn positions_differ(&mut self, master: usize, replicas: &[usize]) -> Res<Option<String>> {
        for &node in replicas {
            for (theirs, ours) in [
                ("slave_repl_offset", "master_repl_offset"),
                ("master_repl_offset", "master_repl_offset"),
                ("master_replid", "master_replid"),
                ("master_replid2", "master_replid2"),
            ] {
                let (goal, got) = (self.field(master, ours)?, self.field(node, theirs)?);
                // A replica that joined by full resync knows no earlier id.
                if goal != got && !(theirs == "master_replid2" && got.trim_matches('0').is_empty()) {
                    return Ok(Some(format!(
                        "{}: {theirs} is {got}, the master has {goal}",
                        self.labels[node]
                    )));
                }
            }
        }
        Ok(None)
    }
}

/// The first key that differs; expiries may be `slack` milliseconds apart.
pub(crate) fn difference(whole: &Data, copy: &Data, slack: i64) -> Option<String> {
    let show = |v: Option<&(Vec<u8>, i64)>| {
        v.map_or_else(|| "missing".to_owned(), |(v, t)| format!("{:?} expires {t}", escape(v)))
    };
    let same = |a: Option<&(Vec<u8>, i64)>, b: Option<&(Vec<u8>, i64)>| match (a, b) {
        (Some((a, s)), Some((b, t))) => a == b && (s == t || *s > 0 && *t > 0 && (s - t).abs() <= slack),
        _ => false,
    };
    whole.keys().chain(copy.keys()).find(|k| !same(whole.get(k), copy.get(k))).map(|key| {
        let (here, there) = (show(whole.get(key)), show(copy.get(key)));
        format!(
            "db {} key {:?}: {here} against {there} ({} and {} keys)",
            key.0,
            escape(&key.1),
            whole.len(),
            copy.len()
        )
    })
}

/// Everything in a server.
pub(crate) fn data(server: &Server) -> Res<Data> {
    let mut conn = Conn::connect(server.port)?;
    let mut all = Data::new();
    for db in 0..16_u8 {
        conn.cmd(&["SELECT", &db.to_string()])?;
        let Reply::Array(Some(keys)) = conn.cmd(&["KEYS", "*"])? else {
            return Err("KEYS *: no list".to_owned());
        };
        for key in keys.iter().filter_map(Reply::text) {
            let value = conn.cmd(&[&b"GET"[..], &key])?.text().unwrap_or_default();
            let expiry = match conn.cmd(&[&b"PEXPIRETIME"[..], &key])? {
                Reply::Int(ms) => ms,
                // Older than 7.0, where times travel relative: whether it expires is all there is to compare.
                _ => match conn.cmd(&[&b"PTTL"[..], &key])? {
                    Reply::Int(ms @ ..=0) => ms,
                    _ => 1,
                },
            };
            all.insert((db, key), (value, expiry));
        }
    }
    Ok(all)
}

/// Strings of every kind that snapshots encode differently, in four databases, some with expiries.
pub(crate) fn fill(server: &Server) -> Res<()> {
    let mut conn = Conn::connect(server.port)?;
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |n: usize| -> Vec<u8> {
        (0..n)
            .map(|_| {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                (noise >> 24) as u8
            })
            .collect()
    };
    let integers = "0 -1 127 128 -128 -129 32767 32768 -32769 2147483647 2147483648 -2147483648 -2147483649 \
                    9223372036854775807 -9223372036854775808 12345678901234567890 007 1.5 +5";
    let mut values: Vec<Vec<u8>> = integers.split_whitespace().map(|w| w.as_bytes().to_vec()).collect();
    for n in [0, 1, 19, 20, 21, 63, 64, 300, 16_383, 16_384, 100_000] {
        values.push(vec![b'a'; n]);
        values.push(random(n));
        values.push(b"the same words over and over; ".iter().copied().cycle().take(n).collect());
    }
    for db in ["0", "1", "9", "15"] {
        conn.cmd(&["SELECT", db])?;
        for (i, value) in values.iter().enumerate() {
            conn.cmd(&[&b"SET"[..], format!("key:{i}").as_bytes(), value])?;
        }
        for (i, ttl) in
            ["EX 1000", "PX 123456789", "PXAT 4102444800000", "EXAT 9000000000"].iter().enumerate()
        {
            let words: Vec<String> =
                format!("SET ttl:{i} v{i} {ttl}").split(' ').map(str::to_owned).collect();
            conn.cmd(&words)?;
        }
    }
    conn.cmd(&[&b"SET"[..], b"binary\0\r\n\xff key", b"\xff\x00\r\n"])?;
    Ok(())
}

/// A line of every write command, in three databases.
pub(crate) const WRITES: &str = "SET a 1|SET b two|APPEND b three|INCR a|DECRBY a 5|INCRBYFLOAT a 1.25|GETSET c x|SETNX d y|SETNX d z|\
    SETEX e 1000 v|PSETEX f 1000000 v|MSET g 1 h 2 i 3|DEL g|UNLINK h|EXPIRE b 5000|PEXPIRE c 5000000|EXPIREAT d 4102444800|\
    PEXPIREAT i 4102444800001|PERSIST c|GETEX b PERSIST|GETEX b EX 7000|GETDEL nokey|GETDEL f|SET k v EX 900 GET|SET k w KEEPTTL|\
    SET k u XX|SET n v NX PX 900000|EXPIRE n -1|SELECT 3|MULTI|SET x 1|INCR x|DEL nokey|EXEC|MULTI|SET y 1|SELECT 4|SET z 1|EXEC|\
    FLUSHDB|SET q 1|SELECT 0|MULTI|SET w 1|DISCARD|SET last 1";

/// Sends the lines of a script separated by `|` on one connection; errors and all.
pub(crate) fn script(server: &Server, lines: &str) -> Res<()> {
    let mut conn = Conn::connect(server.port)?;
    for line in lines.split('|') {
        let words: Vec<_> = line.split_whitespace().collect();
        conn.cmd(&words)?;
    }
    Ok(())
}

/// Writes about `count` KB.
pub(crate) fn bulk(server: &Server, count: usize) -> Res<()> {
    let mut conn = Conn::connect(server.port)?;
    for n in 0..count {
        conn.cmd(&[&b"SET"[..], format!("bulk:{n}").as_bytes(), &vec![b'v'; 1000]])?;
    }
    Ok(())
}
