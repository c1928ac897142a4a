//! Redis's limits on what a connection may send, and what they cost.

#[path = "fuzz/rig.rs"]
#[expect(dead_code, reason = "shared with the fuzz tests")]
mod rig;

use psync_lab::redis::{ConnId, Input, RedisVersion};
use rig::{QUERY_LIMIT, RDB_LIMIT, REPLY_LIMIT, Rig};

const CONN: ConnId = ConnId::accepted(1);

/// What a server answers to these bytes, and whether it keeps the connection.
fn answer(bytes: &[u8]) -> (String, bool) {
    let mut rig = Rig::new(RedisVersion::V7_0);
    rig.accept(CONN);
    rig.receive(CONN, bytes);
    (rig.heard(CONN), rig.conns.contains_key(&CONN))
}

fn refusal(what: &str) -> (String, bool) {
    (format!("-ERR Protocol error: {what}\r\n"), false)
}

#[test]
fn numbers_are_bounded_before_memory_is_asked_for() {
    assert_eq!(answer(b"*2147483647\r\n$536870912\r\n"), (String::new(), true), "the most that is allowed");
    assert_eq!(answer(b"*2147483648\r\n"), refusal("invalid multibulk length"));
    assert_eq!(answer(b"*1\r\n$536870913\r\n"), refusal("invalid bulk length"));
    assert_eq!(answer(b"*1\r\n$-5\r\n"), refusal("invalid bulk length"));
    assert_eq!(answer(b"*1\r\n$99999999999999999999\r\n"), refusal("invalid bulk length"));
    let mut rig = Rig::new(RedisVersion::V7_0);
    rig.accept(CONN);
    rig.receive(CONN, b"*2147483647\r\n$536870912\r\nabc");
    assert!(rig.server.buffered() < 1000, "{} bytes", rig.server.buffered());
}

#[test]
fn an_inline_command_has_64_kb() {
    // The rig's own limit is smaller than Redis's, so this asks the parser.
    use psync_lab::redis::resp::{Limits, Parsed, ProtocolError, Query};
    let limits = Limits { max_bulk: 512 << 20, authenticated: true, from_master: false };
    for (len, fits) in [(65_536, true), (65_537, false)] {
        let mut query = Query::default();
        query.extend(&vec![b'a'; len]);
        match query.parse(limits) {
            Ok(Parsed::Incomplete) => assert!(fits),
            result => assert!(!fits && result.err() == Some(ProtocolError::InlineTooBig)),
        }
    }
}

#[test]
fn an_unfinished_command_counts_with_all_its_words() {
    let mut rig = Rig::new(RedisVersion::V7_0);
    rig.accept(CONN);
    rig.receive(CONN, b"*1000000\r\n");
    let words = b"$4\r\nword\r\n".repeat(100);
    let mut sent = 0;
    while rig.conns.contains_key(&CONN) {
        rig.receive(CONN, &words);
        sent += words.len() as u64;
        assert!(sent <= QUERY_LIMIT + 2000, "words that are complete must count");
    }
    assert!(sent >= QUERY_LIMIT - 2000);
}

#[test]
fn a_transaction_counts_with_all_it_has_queued() {
    let mut rig = Rig::new(RedisVersion::V7_0);
    rig.accept(CONN);
    rig.receive(CONN, b"MULTI\r\n");
    for _ in 0..QUERY_LIMIT {
        rig.receive(CONN, b"SET k v\r\n");
    }
    assert!(!rig.conns.contains_key(&CONN), "a queue without end");
    rig.ping();
}

#[test]
fn replies_that_nobody_reads_end_at_the_configured_limit() {
    let mut rig = Rig::new(RedisVersion::V7_0);
    let value = vec![b'v'; 10_000];
    let set: [&[u8]; 3] = [b"SET", b"big", &value];
    rig.give(Input::Operator { args: &set });
    rig.accept(CONN);
    rig.receive(CONN, &b"GET big\r\n".repeat(1000));
    assert!(!rig.conns.contains_key(&CONN));
    assert!(rig.server.buffered() < REPLY_LIMIT);
    // A reader that keeps up gets any amount.
    rig.accept(ConnId::accepted(2));
    for _ in 0..100 {
        rig.receive(ConnId::accepted(2), b"GET big\r\n");
        (0..4).for_each(|_| rig.drain(ConnId::accepted(2)));
    }
    assert!(rig.conns.contains_key(&ConnId::accepted(2)));
}

#[test]
fn a_flood_of_lines_in_the_handshake_takes_linear_time() {
    let mut rig = Rig::new(RedisVersion::V7_0);
    let follow: [&[u8]; 3] = [b"REPLICAOF", b"h", b"1"];
    rig.give(Input::Operator { args: &follow });
    let conn = rig.master().expect("it dials");
    rig.connect(conn);
    rig.receive(conn, b"+PONG\r\n+OK\r\n+OK\r\n");
    // Dropping each line from the front would move 2 000 000² / 2 bytes: minutes.
    rig.receive(conn, &vec![b'\n'; 2_000_000]);
    assert_eq!(rig.master(), Some(conn), "still waiting for the verdict");
    rig.ping();
}

#[test]
fn the_operator_cannot_be_a_replica() {
    for line in [&["PSYNC", "?", "-1"][..], &["SYNC"]] {
        let mut rig = Rig::new(RedisVersion::V7_0);
        let words: Vec<&[u8]> = line.iter().map(|word| word.as_bytes()).collect();
        rig.give(Input::Operator { args: &words });
        assert!(rig.server.replicas(rig.now).is_empty());
    }
}

#[test]
fn times_at_the_end_of_time_do_not_overflow() {
    let mut rig = Rig::new(RedisVersion::V7_0);
    for line in [
        &["SET", "k", "v", "PXAT", "9223372036854775807"][..],
        &["CONFIG", "SET", "repl-backlog-ttl", "9223372036854775807"],
    ] {
        let words: Vec<&[u8]> = line.iter().map(|word| word.as_bytes()).collect();
        rig.give(Input::Operator { args: &words });
        assert!(rig.server.deadline().is_none_or(|at| at >= rig.now));
    }
    // A replica comes and goes: the backlog's end is computed from the setting.
    rig.accept(CONN);
    rig.receive(CONN, b"PSYNC ? -1\r\n");
    rig.close(CONN);
    assert!(rig.server.deadline().is_some());
}

#[test]
fn a_master_that_never_finishes_a_command_is_left() {
    for endless in [&b"\n"[..], b"*1000000\r\n", b"$0\r\n\r\n", b"*1\r\n$1000000\r\n"] {
        let mut rig = Rig::new(RedisVersion::V7_0);
        let follow: [&[u8]; 3] = [b"REPLICAOF", b"h", b"1"];
        rig.give(Input::Operator { args: &follow });
        let conn = rig.master().expect("it dials");
        rig.connect(conn);
        rig.receive(
            conn,
            b"+PONG\r\n+OK\r\n+OK\r\n+FULLRESYNC c14a91b3a7e5cad86a179eb3dcdc31468cad0a65 7\r\n",
        );
        rig.receive(conn, b"$18\r\nREDIS0010\xff\0\0\0\0\0\0\0\0");
        rig.receive(conn, if endless[0] == b'$' { b"*1000000\r\n" } else { b"" });
        rig.receive(conn, endless);
        let more = if endless[0] == b'*' { &b"$0\r\n\r\n"[..] } else { endless };
        let mut sent = 0;
        while rig.master() == Some(conn) {
            rig.receive(conn, &more.repeat(100));
            sent += more.len() as u64 * 100;
            assert!(sent < 2 * RDB_LIMIT, "{:?}", endless.escape_ascii());
        }
        assert!(rig.server.buffered() < 1000, "nothing of it is kept");
        rig.ping();
    }
}
