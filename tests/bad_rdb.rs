//! A master that sends a wrong snapshot: the sync is aborted, the data is as Redis leaves it, an
//! event says why, and the replica tries again.
//!
//! Measured on redis-server 7.0.15: a wrong header or a file that is no RDB is retried at once
//! (`cancelReplicationHandshake(1)`), the old data stays until the file is complete and is gone after
//! it. A damaged file ends Redis's process; here the next attempt waits for the next tick.

#[path = "fuzz/rig.rs"]
#[expect(dead_code, reason = "shared with the fuzz tests")]
mod rig;

use psync_lab::redis::rdb::{RdbInfo, encode};
use psync_lab::redis::{ConnId, Event, Input, Keyspace, RedisVersion, ReplState, Span};
use rig::Rig;

const SUB: ConnId = ConnId::accepted(7);
const ID: &str = "c14a91b3a7e5cad86a179eb3dcdc31468cad0a65";

fn good_rdb() -> Vec<u8> {
    let mut keys = Keyspace::new(16);
    keys.db_mut(0).set(b"k", b"v", None);
    encode(&keys, &RdbInfo { version: RedisVersion::V7_0, ctime: 0, used_mem: 0, repl: None })
}

fn framed(rdb: &[u8]) -> Vec<u8> {
    [format!("${}\r\n", rdb.len()).as_bytes(), rdb].concat()
}

/// From dialling to the verdict; gives what the replica asked for.
fn shake_hands(rig: &mut Rig) -> String {
    let conn = rig.master().expect("it dials");
    rig.connect(conn);
    rig.receive(conn, b"+PONG\r\n");
    rig.receive(conn, b"+OK\r\n+OK\r\n");
    let heard = rig.heard(conn);
    heard.rsplit("PSYNC\r\n").next().unwrap_or_default().replace("\r\n", " ")
}

fn answer(rig: &mut Rig, after: &[u8]) {
    let conn = rig.master().expect("it dialled");
    rig.receive(conn, format!("+FULLRESYNC {ID} 100\r\n").as_bytes());
    rig.receive(conn, after);
}

/// A replica with a key, linked to its master, with a replica of its own; the master was just lost.
fn replica(version: RedisVersion) -> Rig {
    let mut rig = Rig::new(version);
    let follow: [&[u8]; 3] = [b"REPLICAOF", b"h", b"1"];
    rig.give(Input::Operator { args: &follow });
    shake_hands(&mut rig);
    answer(&mut rig, &framed(&good_rdb()));
    assert_eq!(rig.server.keyspace().len(), 1);
    rig.accept(SUB);
    rig.receive(SUB, format!("PSYNC {ID} 101\r\n").as_bytes());
    assert_eq!(rig.server.replicas(rig.now).len(), 1);
    let master = rig.master().expect("it is linked");
    rig.close(master);
    rig
}

fn why(rig: &Rig) -> String {
    let rejected = rig.events.iter().rev().find_map(|event| match event {
        Event::RdbRejected { error } => Some(error.to_string()),
        _ => None,
    });
    rejected.expect("an event says why")
}

fn state(rig: &Rig) -> Option<ReplState> {
    rig.server.master_link().map(|link| link.state)
}

/// A damaged file was complete: the old data is gone, and with it all that hung on it.
fn everything_is_gone(rig: &mut Rig) {
    assert!(rig.server.keyspace().is_empty(), "flushed before loading");
    assert!(rig.server.replicas(rig.now).is_empty(), "sub-replicas are dropped");
    assert_eq!(rig.server.backlog(), None);
    let asks = {
        if state(rig) == Some(ReplState::Connect) {
            // Not at once, but at the next tick of a second.
            rig.wait(Span::from_millis(1000), 100);
        }
        shake_hands(rig)
    };
    assert!(asks.contains("? $2 -1"), "the cached master is discarded: {asks}");
    answer(rig, &framed(&good_rdb()));
    assert_eq!(rig.server.keyspace().len(), 1, "and the next attempt succeeds");
    rig.ping();
}

#[test]
fn a_damaged_file_waits_for_the_next_tick() {
    let good = good_rdb();
    let mut checksum = good.clone();
    checksum[good.len() - 1] ^= 1;
    let key = good.windows(2).position(|pair| pair == b"\x01k").expect("the key is there");
    let mut unknown = good.clone();
    unknown[key - 1] = 99;
    let mut list = good.clone();
    list[key - 1] = 18;
    let cases = [
        (good[..good.len() - 3].to_vec(), "cut short"),
        (checksum, "checksum"),
        (unknown, "99"),
        (list, "list"),
    ];
    for version in [RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2] {
        for (rdb, reason) in &cases {
            let mut rig = replica(version);
            shake_hands(&mut rig);
            answer(&mut rig, &framed(rdb));
            assert!(why(&rig).contains(reason), "{reason}: {}", why(&rig));
            assert_eq!(state(&rig), Some(ReplState::Connect));
            everything_is_gone(&mut rig);
        }
    }
}

#[test]
fn what_is_no_rdb_is_retried_at_once() {
    for rdb in [&b"HELLO0010\xff\0\0\0\0\0\0\0\0"[..], b"REDIS0099\xff\0\0\0\0\0\0\0\0"] {
        let mut rig = replica(RedisVersion::V7_0);
        shake_hands(&mut rig);
        answer(&mut rig, &framed(rdb));
        why(&rig);
        assert_eq!(state(&rig), Some(ReplState::Connecting), "dials at once");
        everything_is_gone(&mut rig);
    }
}

#[test]
fn a_wrong_header_leaves_everything_and_is_retried_at_once() {
    let long = [b"$", &[b'1'; 2000][..]].concat();
    let cases: [(&[u8], &str); 7] = [
        // What begins with no digit is zero to `strtol`, and reading nothing is the end.
        (b"$\r\nx", "connection lost"),
        (b"$abc\r\nx", "connection lost"),
        (b"$EOF:short\r\nx", "connection lost"),
        (b"-ERR no\r\n", "aborted replication"),
        (b"hello\r\n", "not '$'"),
        (b"$-5\r\n", "not a length"),
        (&long, "no RDB header"),
    ];
    for (header, reason) in cases {
        let mut rig = replica(RedisVersion::V7_0);
        shake_hands(&mut rig);
        answer(&mut rig, header);
        assert!(why(&rig).contains(reason), "{reason}: {}", why(&rig));
        assert_eq!(rig.server.keyspace().len(), 1);
        assert_eq!(rig.server.replicas(rig.now).len(), 1);
        assert_eq!(state(&rig), Some(ReplState::Connecting), "dials at once");
        assert!(shake_hands(&mut rig).contains(&format!("{ID} $3 101")), "the old history is asked for");
    }
}

#[test]
fn a_snapshot_above_the_limit_is_refused_before_it_is_taken() {
    let mark = [b'm'; 40];
    let endless = [&b"$EOF:"[..], &mark, b"\r\n", &[b'x'; 70_000]].concat();
    for header in [&b"$4000000000\r\n"[..], b"$99999999999999999999\r\n", &endless] {
        let mut rig = replica(RedisVersion::V7_0);
        shake_hands(&mut rig);
        answer(&mut rig, header);
        assert!(why(&rig).contains("more than this server takes (60000)"), "{}", why(&rig));
        assert_eq!(rig.server.keyspace().len(), 1, "the old data stays");
        assert_eq!(state(&rig), Some(ReplState::Connect), "not at once: it would be refused again");
    }
}
