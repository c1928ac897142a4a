//! The stream gives the same server however it is read: plain `SET`s where they lie, in batches or one
//! by one, or every command through the careful parser.

use crate::redis::effects::{Effect, Effects, Input};
use crate::redis::ids::{ConnId, Endpoint};
use crate::redis::resp::encode_command;
use crate::redis::{BytePos, Config, RedisVersion, Rng, Server, Time};

/// A replica that has just loaded an empty snapshot.
pub(super) fn replica(version: RedisVersion, effects: &mut Effects) -> (Server, ConnId) {
    let mut config = Config::new(version);
    config.replicaof = Some(Endpoint::new("master", 1));
    config.repl_backlog_size = 64 * 1024;
    let mut server = Server::new(config, 1);
    server.handle(Time::ZERO, Input::Timer, effects);
    let dialled = effects.list().iter().find_map(|effect| match effect {
        Effect::Connect { conn, .. } => Some(*conn),
        _ => None,
    });
    let conn = dialled.expect("it dials");
    let empty = b"REDIS0009\xff\0\0\0\0\0\0\0\0";
    let mut talk = b"+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC ".to_vec();
    talk.extend_from_slice(format!("{} 0\r\n${}\r\n", "0".repeat(40), empty.len()).as_bytes());
    talk.extend_from_slice(empty);
    server.handle(Time::ZERO, Input::Connected { conn }, effects);
    server.handle(Time::ZERO, Input::Received { conn, bytes: &talk }, effects);
    (server, conn)
}

/// A stream of mostly `SET`s, with everything else that may stand between them.
fn stream(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    let open = rng.below(2) == 0;
    for turn in 0..800 {
        let (key, n) = (format!("key:{}", rng.below(40)), rng.below(20_000) as usize);
        let long = vec![b'v'; if rng.below(50) == 0 { n } else { n % 60 }];
        let words: &[&[u8]] = match rng.below(60) {
            0 => &[b"SELECT", if open { b"1" } else { b"0" }],
            1 => &[b"PING"],
            2 => &[b"DEL", key.as_bytes()],
            3 => &[b"SET", key.as_bytes(), b"5", b"PXAT", b"99999999999999"],
            4 => &[b"INCR", b"counter"],
            5 => &[b"MULTI"],
            6 | 7 => &[b"EXEC"],
            8 => {
                bytes.extend_from_slice(b"\r\n");
                continue;
            }
            9 => &[b"REPLCONF", b"GETACK", b"*"],
            _ => &[b"SET", key.as_bytes(), &long],
        };
        encode_command(words.iter().copied(), &mut bytes);
        if turn == 799 {
            encode_command([&b"EXEC"[..]], &mut bytes);
        }
    }
    bytes
}

/// What one replica shows after the stream came in pieces of at most `most` bytes, and what it sent.
fn follow(version: RedisVersion, mut effects: Effects, bytes: &[u8], most: u64) -> (Server, Vec<u8>) {
    let (mut server, conn) = replica(version, &mut effects);
    // A replica of its own, so that what is passed on is seen.
    let sub = ConnId::accepted(1);
    server.handle(Time::ZERO, Input::Accepted { conn: sub, host: "sub", port: 2 }, &mut effects);
    let id = server.repl_id();
    let psync = format!("PSYNC {id} 1\r\n");
    server.handle(Time::ZERO, Input::Received { conn: sub, bytes: psync.as_bytes() }, &mut effects);
    let (mut rng, mut at, mut sent) = (Rng::new(most), 0, Vec::new());
    while at < bytes.len() {
        let piece = (1 + rng.below(most) as usize).min(bytes.len() - at);
        effects.clear();
        let input = Input::Received { conn, bytes: &bytes[at..at + piece] };
        server.handle(Time::ZERO, input, &mut effects);
        at += piece;
        for effect in effects.list().to_vec() {
            if let Effect::Send { conn, bytes, .. } = effect {
                sent.extend_from_slice(effects.slice(&bytes));
                let bytes = bytes.len() as u64;
                let mut ignored = Effects::without_events();
                server.handle(Time::ZERO, Input::Sent { conn, bytes }, &mut ignored);
            }
        }
    }
    assert!(sent.len() > bytes.len() / 2, "it was passed on");
    (server, sent)
}

#[test]
fn batches_single_sets_and_the_careful_parser_agree() {
    for seed in 0..12 {
        let version = [RedisVersion::V6_2, RedisVersion::V7_0][seed as usize % 2];
        let mut rng = Rng::new(seed);
        let bytes = stream(&mut rng);
        // In lower case only the careful parser reads it.
        let lower: Vec<u8> =
            String::from_utf8_lossy(&bytes).replace("\r\nSET\r\n", "\r\nset\r\n").into_bytes();
        let most = [7, 100, 5000, 70_000][seed as usize % 4];
        let (batches, sent) = follow(version, Effects::without_events(), &bytes, most);
        let others = [
            follow(version, Effects::new(), &bytes, most),
            follow(version, Effects::for_log(), &bytes, 333),
            follow(version, Effects::without_events(), &lower, most),
        ];
        for (n, (other, also_sent)) in others.iter().enumerate() {
            let shown = |server: &Server| {
                let backlog = server.backlog();
                format!("{:?} {:?} {backlog:?}", server.offset(), server.master_link())
            };
            assert_eq!(shown(&batches), shown(other), "seed {seed}, way {n}");
            assert_eq!(batches.keyspace(), other.keyspace(), "seed {seed}, way {n}");
            let first = batches.backlog().map_or(BytePos::FIRST, |backlog| backlog.first);
            let bytes = |server: &Server| server.backlog_bytes(first, u64::MAX).to_ascii_lowercase();
            assert_eq!(bytes(&batches), bytes(other), "seed {seed}, way {n}");
            if n != 1 {
                // The same on every connection. (Cut differently, `SET`s and ACKs alternate otherwise.)
                assert_eq!(sent.to_ascii_lowercase(), also_sent.to_ascii_lowercase(), "seed {seed}, way {n}");
            }
        }
    }
}
