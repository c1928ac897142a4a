//! A master does the same with a client's plain `SET`s where they lie as the careful parser does, whatever
//! stands between them and however it is configured.

use crate::redis::effects::{Effect, Effects, Input};
use crate::redis::ids::ConnId;
use crate::redis::resp::encode_command;
use crate::redis::{Config, RedisVersion, Rng, Server, Span, Time};

/// What a client may send at once: mostly `SET`s.
fn batch(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..1 + rng.below(8) {
        let (key, value) = (format!("key:{}", rng.below(20)), "v".repeat(rng.below(300) as usize));
        let n = rng.below(3).to_string();
        let (set, yes) = (&b"SET"[..], rng.below(2) == 0);
        let (key, n) = (key.as_bytes(), n.as_bytes());
        let words: &[&[u8]] = match rng.below(120) {
            0 => &[b"MULTI"],
            1 | 2 => &[b"EXEC"],
            3 => &[set, key, b"soon", b"PX", b"90"],
            4 => &[b"FLUSHALL"],
            5 => &[b"CONFIG", b"SET", b"maxmemory", if yes { b"1000100" } else { b"0" }],
            6 => &[b"CONFIG", b"SET", b"min-replicas-to-write", n],
            7 => &[b"CONFIG", b"SET", b"client-query-buffer-limit", if yes { b"1gb" } else { b"1mb" }],
            8 => &[b"REPLICAOF", b"no", b"one"],
            9 if yes => &[b"REPLICAOF", b"elsewhere", b"1"],
            10 => &[b"WAIT", b"3", b"40"],
            11 => &[b"SELECT", n],
            12 => &[b"AUTH", b"secret"],
            13 => &[b"SET", key],
            14 => &[b"GET", key],
            15 => {
                bytes.extend_from_slice(b"\r\n");
                continue;
            }
            16 => {
                bytes.extend_from_slice(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nvxy");
                continue;
            }
            17 => &[b"FAILOVER", if yes { b"ABORT" } else { b"TIMEOUT" }, b"50"],
            _ => &[set, key, value.as_bytes()],
        };
        encode_command(words.iter().copied(), &mut bytes);
    }
    bytes
}

/// One server, and what it did: its events, and what it sent on each connection.
struct Run {
    server: Server,
    effects: Effects,
    told: Vec<String>,
    closed: Vec<ConnId>,
}

impl Run {
    fn new(version: RedisVersion, seed: u64) -> Self {
        let mut config = Config::new(version);
        if seed.is_multiple_of(3) {
            config.requirepass = "secret".into();
        }
        if seed.is_multiple_of(4) {
            config.limit_normal.hard = 30;
        }
        let mut run = Self {
            server: Server::new(config, seed),
            effects: Effects::new(),
            told: Vec::new(),
            closed: Vec::new(),
        };
        run.give(Time::ZERO, Input::Timer);
        run
    }

    fn give(&mut self, now: Time, input: Input<'_>) {
        self.effects.clear();
        self.server.handle(now, input, &mut self.effects);
        self.closed.clear();
        let (mut left, mut saved) = (Vec::new(), Vec::new());
        for event in self.effects.events() {
            self.told.push(format!("{event:?}"));
        }
        for effect in self.effects.list() {
            match effect {
                Effect::Send { conn, bytes, .. } => {
                    let sent = String::from_utf8_lossy(self.effects.slice(bytes)).to_ascii_lowercase();
                    self.told.push(format!("{conn} {sent}"));
                    left.push((*conn, bytes.len() as u64));
                }
                Effect::Close { conn } => self.closed.push(*conn),
                Effect::SaveSnapshot { job, .. } => saved.push(*job),
                other => self.told.push(format!("{other:?}")),
            }
        }
        let mut ignored = Effects::without_events();
        for (conn, bytes) in left {
            self.server.handle(now, Input::Sent { conn, bytes }, &mut ignored);
        }
        for job in saved {
            self.server.handle(now, Input::SnapshotSaved { job, ok: true }, &mut ignored);
        }
    }
}

#[test]
fn plain_sets_where_they_lie_and_the_careful_parser_agree() {
    let mut quick = 0;
    for seed in 0..36 {
        let version = [RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2][seed as usize % 3];
        let mut rng = Rng::new(seed);
        let mut runs = [Run::new(version, seed), Run::new(version, seed)];
        let (mut now, mut clients, mut made) = (Time::ZERO, Vec::new(), 0);
        for turn in 0..400 {
            now += Span::from_millis(rng.below(30));
            while clients.len() < 3 {
                made += 1;
                clients.push(ConnId::accepted(made));
                runs.iter_mut().for_each(|run| {
                    run.give(now, Input::Accepted { conn: ConnId::accepted(made), host: "c", port: 1 });
                });
            }
            let conn = clients[rng.below(3) as usize];
            // In lower case only the careful parser reads it.
            let bytes = if turn == 20 { b"PSYNC ? -1\r\n".to_vec() } else { batch(&mut rng) };
            let text = String::from_utf8_lossy(&bytes);
            let lower = text.replace("\r\nSET\r\n", "\r\nset\r\n").into_bytes();
            let cut = if rng.below(4) == 0 { rng.below(bytes.len() as u64) as usize } else { 0 };
            for (run, bytes) in runs.iter_mut().zip([&bytes, &lower]) {
                for piece in [&bytes[..cut], &bytes[cut..]] {
                    if !run.closed.contains(&conn) {
                        run.give(now, Input::Received { conn, bytes: piece });
                    }
                }
            }
            let [one, other] = &mut runs;
            assert_eq!(one.told, other.told, "seed {seed}, turn {turn}, {text:?}");
            assert_eq!(one.server.keyspace(), other.server.keyspace(), "seed {seed}, turn {turn}");
            assert_eq!(one.server.stats.commands, other.server.stats.commands);
            quick += one.told.iter().filter(|told| told.contains("\"set\", dirty: true")).count();
            let mut closed = std::mem::take(&mut one.closed);
            runs.iter_mut().for_each(|run| {
                run.told.clear();
                run.give(now, Input::Timer);
            });
            closed.extend_from_slice(&runs[0].closed);
            clients.retain(|client| !closed.contains(client));
        }
    }
    assert!(quick > 4000, "{quick} plain commands ran");
}

#[test]
fn a_set_within_an_argument_is_no_command() {
    let mut run = Run::new(RedisVersion::V7_0, 1);
    let (conn, set) = (ConnId::accepted(1), b"*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\nv\r\n");
    run.give(Time::ZERO, Input::Accepted { conn, host: "c", port: 1 });
    for bytes in [&b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$27\r\n"[..], set, b"\r\n"] {
        run.give(Time::ZERO, Input::Received { conn, bytes });
    }
    let db = run.server.keyspace().db(0);
    assert_eq!((db.len(), db.get(b"a").map(|entry| &entry.value[..])), (1, Some(&set[..])));
}

#[test]
fn a_set_waits_while_the_server_hands_over_or_shuts_down() {
    const SET: &[u8] = b"*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\nv\r\n";
    for command in ["PING\r\n", "FAILOVER\r\n", "SHUTDOWN NOSAVE\r\n"] {
        let (mut run, conns) = (Run::new(RedisVersion::V7_0, 1), [1, 2, 3].map(ConnId::accepted));
        for conn in conns {
            run.give(Time::ZERO, Input::Accepted { conn, host: "c", port: 1 });
        }
        let talk = [(0, "PSYNC ? -1\r\n"), (1, "SET a 1\r\n"), (1, command)];
        for (n, text) in talk {
            run.give(Time::ZERO, Input::Received { conn: conns[n], bytes: text.as_bytes() });
        }
        run.give(Time::ZERO, Input::Received { conn: conns[2], bytes: SET });
        let ran = run.server.keyspace().db(0).get(b"b").is_some();
        assert_eq!(ran, command == "PING\r\n", "{command:?}, {:?}", run.told);
    }
}
