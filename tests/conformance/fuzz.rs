//! Random commands sent to the server under test and to a real one: replies are compared byte by
//! byte, and so is what a raw replica of each receives. `CONFORMANCE_SEED` repeats a run,
//! `CONFORMANCE_FUZZ` is the number of commands.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::cluster::{Cluster, data, difference};
use crate::gen_commands::{Rng, command};
use crate::rdb;
use crate::resp::{Conn, Reply, Res, encode, escape, latin1, parse};
use crate::server::Binary;

const WAIT: Duration = Duration::from_secs(5);
/// Different differences reported before giving up.
const MANY: usize = 12;

/// A raw replica: what a server sends to its replicas.
pub(crate) struct Watcher {
    conn: Conn,
    offset: u64,
}

impl Watcher {
    pub(crate) fn open(port: u16) -> Res<Self> {
        let mut conn = Conn::connect(port)?;
        for words in [&["PING"][..], &["REPLCONF", "capa", "eof", "capa", "psync2"]] {
            conn.cmd(words)?;
        }
        conn.send(&encode(&["PSYNC", "?", "-1"]))?;
        let line = latin1(&conn.take_line(WAIT)?);
        let offset = line.trim_end().rsplit(' ').next().and_then(|n| n.parse().ok());
        let offset = offset.ok_or_else(|| format!("PSYNC: {line:?}"))?;
        rdb::receive(&mut conn, WAIT)?;
        // The stream starts with an ACK that comes after the snapshot's end was noticed.
        std::thread::sleep(Duration::from_millis(400));
        conn.send(&encode(&["REPLCONF", "ACK", "0"]))?;
        Ok(Self { conn, offset })
    }

    /// What it receives up to an offset.
    pub(crate) fn upto(&mut self, offset: u64) -> Res<Vec<u8>> {
        let more = usize::try_from(offset.saturating_sub(self.offset)).map_err(|e| e.to_string())?;
        self.offset = offset;
        self.conn.take(more, WAIT).map_err(|e| format!("{more} bytes are promised: {e}"))
    }
}

/// One server with the connections that watch it.
struct Side {
    client: Conn,
    replica: Watcher,
}

impl Side {
    fn open(port: u16) -> Res<Self> {
        let replica = Watcher::open(port)?;
        let mut client = Conn::connect(port)?;
        client.cmd(&["DEBUG", "SET-ACTIVE-EXPIRE", "0"])?;
        Ok(Self { client, replica })
    }

    /// Sends a command; its reply as bytes.
    fn reply(&mut self, args: &[Vec<u8>]) -> Res<Vec<u8>> {
        self.client.send(&encode(args))?;
        let mut used = None;
        self.client.fill_until(WAIT, |b| {
            used = if b.is_empty() { None } else { parse(b).ok().flatten().map(|(_, n)| n) };
            used.is_some()
        });
        match used {
            Some(n) => Ok(self.client.buf.drain(..n).collect()),
            None if self.client.closed => Err("closed the connection".to_owned()),
            None => Err(format!("no reply; received {:?}", escape(&self.client.buf))),
        }
    }
}

/// Seed and number of commands, from the environment or by the clock; printed.
pub(crate) fn seed_and_count(usual: u64) -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let clock = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |d| d.as_millis() as u64);
    let seed = number("CONFORMANCE_SEED").unwrap_or(clock % 1_000_000_007);
    let count = number("CONFORMANCE_FUZZ").unwrap_or(usual);
    println!("        random commands: CONFORMANCE_SEED={seed} CONFORMANCE_FUZZ={count}");
    (seed, count)
}

/// What both servers do with the same commands.
pub(crate) fn differential(bins: &[&Binary]) -> Res<()> {
    let (seed, count) = seed_and_count(6000);
    Cluster::new(bins, &[])?.explain(|c| {
        run(c, seed, count)
            .map_err(|e| format!("with CONFORMANCE_SEED={seed} CONFORMANCE_FUZZ={count}:\n{e}"))
    })
}

fn run(c: &mut Cluster, seed: u64, count: u64) -> Res<()> {
    let mut rng = Rng::new(seed);
    let mut sides = [Side::open(c.nodes[0].port)?, Side::open(c.nodes[1].port)?];
    let mut recent: Vec<String> = Vec::new();
    let mut kinds = BTreeSet::new();
    let mut found = Vec::new();
    for n in 0..count {
        let args = command(&mut rng);
        let line = args.iter().map(|a| format!("\"{}\"", escape(a))).collect::<Vec<_>>().join(" ");
        recent.push(line.clone());
        if recent.len() > 6 {
            recent.remove(0);
        }
        let replies = [sides[0].reply(&args), sides[1].reply(&args)];
        let mut wrong = compare_replies(&args, &replies);
        if wrong.is_none() {
            wrong = compare_streams(c, &mut sides)?;
        }
        if wrong.is_none() && n % 500 == 499 {
            let what = difference(&data(&c.nodes[0])?, &data(&c.nodes[1])?, 1500);
            wrong = what.map(|what| format!("data: {what}"));
        }
        let Some(wrong) = wrong else { continue };
        let kind =
            format!("{} {}", latin1(&args[0]).to_uppercase(), wrong.split(':').next().unwrap_or_default());
        if kinds.insert(kind) {
            found.push(format!(
                "      command {n}: {line}\n        {wrong}\n        before it: {}",
                recent.join(" | ")
            ));
        }
        if found.len() >= MANY {
            found.push("      … and perhaps more".to_owned());
            break;
        }
        sides = [reset(c, 0)?, reset(c, 1)?];
    }
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}

/// A fresh state after a difference, so that it is not reported again and again.
fn reset(c: &mut Cluster, node: usize) -> Res<Side> {
    let mut side = Side::open(c.nodes[node].port)?;
    side.client.cmd(&["FLUSHALL"])?;
    let offset = offset(c, node)?;
    side.replica.upto(offset)?;
    Ok(side)
}

fn offset(c: &mut Cluster, node: usize) -> Res<u64> {
    let text = c.field(node, "master_repl_offset")?;
    text.parse().map_err(|_| format!("master_repl_offset is {text:?}"))
}

fn compare_replies(args: &[Vec<u8>], replies: &[Res<Vec<u8>>; 2]) -> Option<String> {
    let [Ok(ours), Ok(real)] = replies else {
        let show = |r: &Res<Vec<u8>>| r.as_ref().map_or_else(Clone::clone, |b| escape(b));
        return (replies[0] != replies[1])
            .then(|| format!("reply: {} against {}", show(&replies[0]), show(&replies[1])));
    };
    if ours == real {
        return None;
    }
    let close = match (parse(ours), parse(real)) {
        (Ok(Some((a, _))), Ok(Some((b, _)))) => alike(&args[0], &a, &b),
        _ => false,
    };
    (!close).then(|| format!("reply: {} against {}", escape(ours), escape(real)))
}

/// Equal but for the moments at which two servers read their clocks.
fn alike(word: &[u8], a: &Reply, b: &Reply) -> bool {
    match (a, b) {
        (Reply::Int(a), Reply::Int(b)) => {
            let slack = match word.to_ascii_uppercase().as_slice() {
                b"TTL" | b"EXPIRETIME" => 1,
                b"PTTL" | b"PEXPIRETIME" => 1500,
                b"EXEC" => 1500,
                _ => 0,
            };
            a == b || (*a > 0 && *b > 0 && (a - b).abs() <= slack)
        }
        (Reply::Array(Some(a)), Reply::Array(Some(b))) => {
            // KEYS has no order, and neither has it inside EXEC.
            let sorted = |list: &[Reply]| {
                let mut texts: Vec<_> = list.iter().map(Reply::text).collect();
                texts.sort();
                texts
            };
            let keys = a.iter().chain(b).all(|r| matches!(r, Reply::Bulk(Some(_))));
            a.len() == b.len()
                && (keys && sorted(a) == sorted(b) || a.iter().zip(b).all(|(a, b)| alike(word, a, b)))
        }
        _ => a == b,
    }
}

/// The bytes each replica got since the last command.
fn compare_streams(c: &mut Cluster, sides: &mut [Side; 2]) -> Res<Option<String>> {
    let now = [offset(c, 0)?, offset(c, 1)?];
    let mut bytes = [Vec::new(), Vec::new()];
    for (i, side) in sides.iter_mut().enumerate() {
        bytes[i] = match side.replica.upto(now[i]) {
            Ok(bytes) => bytes,
            Err(e) => return Ok(Some(format!("stream: of {}: {e}", ["the server", "the peer"][i]))),
        };
    }
    let [ours, real] = &bytes;
    if ours == real || same_stream(ours, real) {
        return Ok(None);
    }
    Ok(Some(format!("stream: {} against {}", escape(ours), escape(real))))
}

/// Command by command, argument by argument; times in milliseconds may differ a little.
fn same_stream(mut a: &[u8], mut b: &[u8]) -> bool {
    while let (Ok(Some((x, used_a))), Ok(Some((y, used_b)))) = (parse(a), parse(b)) {
        let (Reply::Array(Some(x)), Reply::Array(Some(y))) = (x, y) else { return false };
        if x.len() != y.len() || !x.iter().zip(&y).all(|(x, y)| x == y || near(x, y)) {
            return false;
        }
        (a, b) = (&a[used_a..], &b[used_b..]);
        if a.is_empty() || b.is_empty() {
            return a.is_empty() && b.is_empty();
        }
    }
    false
}

fn near(a: &Reply, b: &Reply) -> bool {
    let number =
        |r: &Reply| r.text().and_then(|t| latin1(&t).parse::<i64>().ok()).filter(|n| *n > 1_000_000_000_000);
    matches!((number(a), number(b)), (Some(a), Some(b)) if (a - b).abs() <= 1500)
}
