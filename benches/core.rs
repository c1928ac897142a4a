//! How fast the core is, in memory: `cargo bench --profile native --bench core [name]`.
//!
//! Each line is the median of interleaved rounds. Absolute numbers depend on the machine; compare
//! lines of one run. `cargo xtask bench core` adds what needs real servers and a browser.

use psync_lab::redis::backlog::Backlog;
use psync_lab::redis::rdb::{RdbInfo, decode, encode};
use psync_lab::redis::{BacklogModel, Config, ConnId, Effect, Effects, Input, Offset, RedisVersion};
use psync_lab::redis::{Keyspace, Server, Time};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bytes handed in at once, as the TCP driver reads them.
const READ: usize = 64 * 1024;

/// The clock of the benches, which the core itself must not read.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn main() {
    let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.starts_with(only));
    for keys in [1000, 1_000_000] {
        let name = format!("ingest-{keys}-keys");
        if wanted(&name) {
            ingest(keys, &name);
        }
    }
    if wanted("append") {
        append();
    }
    if wanted("snapshot") {
        snapshot();
    }
    if wanted("rdb") {
        rdb();
    }
}

/// The median time of `rounds` runs of each of `sides`, interleaved.
fn medians(rounds: usize, sides: &mut [&mut dyn FnMut() -> Duration]) -> Vec<Duration> {
    let mut times = vec![Vec::new(); sides.len()];
    for _ in 0..rounds {
        for (side, times) in sides.iter_mut().zip(&mut times) {
            times.push(side());
        }
    }
    times
        .iter_mut()
        .map(|times| {
            times.sort_unstable();
            times[times.len() / 2]
        })
        .collect()
}

/// A line for `cargo xtask bench core`.
fn row(name: &str, ours: &str, peer: &str, ratio: f64) {
    println!("row;{name};{ours};{peer};{ratio}");
}

fn mb_per_second(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

/// Size of the streams; `BENCH_MB` makes them smaller, for counting instructions.
fn megabytes() -> usize {
    std::env::var("BENCH_MB").ok().and_then(|mb| mb.parse().ok()).unwrap_or(64)
}

/// A replica that has just been told `+CONTINUE`.
fn replica() -> (Server, ConnId) {
    let mut config = Config::new(RedisVersion::V7_0);
    config.replicaof = Some(psync_lab::redis::Endpoint::new("master", 1));
    let mut server = Server::new(config, 1);
    let mut effects = Effects::without_events();
    server.handle(Time::ZERO, Input::Timer, &mut effects);
    let conn = effects
        .list()
        .iter()
        .find_map(|effect| match effect {
            Effect::Connect { conn, .. } => Some(*conn),
            _ => None,
        })
        .expect("it dials");
    let id = "0123456789012345678901234567890123456789";
    let empty = b"REDIS0010\xff\0\0\0\0\0\0\0\0";
    let mut talk = b"+PONG\r\n+OK\r\n+OK\r\n".to_vec();
    talk.extend_from_slice(format!("+FULLRESYNC {id} 0\r\n${}\r\n", empty.len()).as_bytes());
    talk.extend_from_slice(empty);
    server.handle(Time::ZERO, Input::Connected { conn }, &mut effects);
    server.handle(Time::ZERO, Input::Received { conn, bytes: &talk }, &mut effects);
    (server, conn)
}

/// Executing a master's stream of `SET key:… xxx`.
fn ingest(keys: u64, name: &str) {
    let mut rng = psync_lab::redis::Rng::new(7);
    let mut stream = b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n".to_vec();
    while stream.len() < megabytes() << 20 {
        let key = rng.below(keys);
        stream.extend_from_slice(
            format!("*3\r\n$3\r\nSET\r\n$16\r\nkey:{key:012}\r\n$3\r\nxxx\r\n").as_bytes(),
        );
    }
    let mut run = || {
        let (mut server, conn) = replica();
        let mut effects = Effects::without_events();
        let start = now();
        for bytes in stream.chunks(READ) {
            effects.clear();
            server.handle(Time::ZERO, Input::Received { conn, bytes }, &mut effects);
        }
        let time = start.elapsed();
        assert_eq!(server.offset(), Offset::new(stream.len() as u64), "every byte is applied");
        black_box(server);
        time
    };
    let time = medians(5, &mut [&mut run])[0];
    println!("{name}: {:.0} MB/s", mb_per_second(stream.len(), time));
}

/// Appending commands to a backlog, against copying the same pieces into a plain circle.
fn append() {
    let total = 256 << 20;
    for piece in [45_usize, 1024, 16 * 1024] {
        let bytes = vec![7_u8; piece];
        let mut plain = || {
            let mut circle = vec![0_u8; 1 << 20];
            let (start, mut at) = (now(), 0);
            for _ in 0..total / piece {
                let room = circle.len() - at;
                let first = room.min(piece);
                circle[at..at + first].copy_from_slice(&black_box(&bytes)[..first]);
                circle[..piece - first].copy_from_slice(&bytes[first..]);
                at = (at + piece) % circle.len();
            }
            black_box(&circle);
            start.elapsed()
        };
        let backlog = |model| {
            let mut log = Backlog::new(model, 1 << 20, Offset::ZERO);
            let start = now();
            for _ in 0..total / piece {
                log.append(black_box(&bytes));
                log.trim(None, 64);
            }
            black_box(&log);
            start.elapsed()
        };
        let mut ring = || backlog(BacklogModel::Ring);
        let mut blocks = || backlog(BacklogModel::Blocks { payload: 20440 });
        let ring_time = medians(9, &mut [&mut plain, &mut ring, &mut blocks]);
        let block_time = ring_time[2];
        println!(
            "append, {piece} bytes: memcpy {:.0} MB/s, ring {:.0} ({:.2}×), blocks {:.0} ({:.2}×)",
            mb_per_second(total, ring_time[0]),
            mb_per_second(total, ring_time[1]),
            ring_time[1].as_secs_f64() / ring_time[0].as_secs_f64(),
            mb_per_second(total, block_time),
            block_time.as_secs_f64() / ring_time[0].as_secs_f64(),
        );
        let rate = |time| format!("{:.1} GB/s", mb_per_second(total, time) / 1e3);
        let [memcpy, ring, blocks] = [ring_time[0], ring_time[1], ring_time[2]];
        for (name, ours) in [(format!("append-{piece}"), ring), (format!("append-{piece}-blocks"), blocks)] {
            row(&name, &rate(ours), &rate(memcpy), ours.as_secs_f64() / memcpy.as_secs_f64());
        }
    }
}

/// A copy of ten nodes with a mebibyte of backlog each, against copying their bytes.
fn snapshot() {
    let (mut server, conn) = replica();
    let mut effects = Effects::without_events();
    let mut sent = 0;
    while sent < 2 << 20 {
        let set = format!("*3\r\n$3\r\nSET\r\n$8\r\nkey:{:04}\r\n$3\r\nxxx\r\n", sent % 1000);
        server.handle(Time::ZERO, Input::Received { conn, bytes: set.as_bytes() }, &mut effects);
        effects.clear();
        sent += set.len();
    }
    let nodes: Vec<Server> = (0..10).map(|_| server.clone()).collect();
    let first = server.backlog().expect("it follows").first;
    let bytes: Vec<Vec<u8>> = nodes.iter().map(|n| n.backlog_bytes(first, u64::MAX)).collect();
    assert!(bytes.iter().all(|b| b.len() >= 1 << 20), "a mebibyte each");
    let mut deep = || {
        let start = now();
        for _ in 0..20 {
            black_box(bytes.clone());
            let keys: Vec<Vec<(Vec<u8>, Vec<u8>)>> = nodes
                .iter()
                .map(|n| n.keyspace().db(0).iter().map(|(k, e)| (k.to_vec(), e.value.to_vec())).collect())
                .collect();
            black_box(keys);
        }
        start.elapsed() / 20
    };
    let mut cheap = || {
        let start = now();
        for _ in 0..1000 {
            black_box(nodes.clone());
        }
        start.elapsed() / 1000
    };
    let times = medians(7, &mut [&mut deep, &mut cheap]);
    println!(
        "snapshot of 10 nodes: deep {:.0} µs, ours {:.2} µs, 1/{:.0}",
        times[0].as_secs_f64() * 1e6,
        times[1].as_secs_f64() * 1e6,
        times[0].as_secs_f64() / times[1].as_secs_f64()
    );
    let micros = |time: Duration| format!("{:.2} µs", time.as_secs_f64() * 1e6);
    row("snapshot", &micros(times[1]), &micros(times[0]), times[1].as_secs_f64() / times[0].as_secs_f64());
}

/// Writing and loading an RDB of a million small keys.
fn rdb() {
    let mut keys = Keyspace::new(1);
    for n in 0..1_000_000 {
        let key = format!("key:{n:07}");
        keys.db_mut(0).set(key.as_bytes(), key.as_bytes(), None);
    }
    let info = RdbInfo { version: RedisVersion::V7_0, ctime: 0, used_mem: 0, repl: None };
    let bytes = encode(&keys, &info);
    let mut write = || {
        let start = now();
        black_box(encode(&keys, &info));
        start.elapsed()
    };
    let mut load = || {
        let start = now();
        let loaded = decode(&bytes, 1).expect("well formed");
        assert_eq!(loaded.keys.len(), keys.len());
        start.elapsed()
    };
    let times = medians(3, &mut [&mut write, &mut load]);
    println!(
        "rdb of 1,000,000 keys: write {:.0} MB/s, load {:.0} MB/s",
        mb_per_second(bytes.len(), times[0]),
        mb_per_second(bytes.len(), times[1]),
    );
}
