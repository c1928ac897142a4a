//! A hostile master: every line of the handshake, every framing of the snapshot, and a stream.

use crate::dice::Dice;
use crate::rig::{Conn, Rig};
use crate::words::{self, IDS, NUMBERS};
use psync_lab::redis::rdb::{RdbInfo, encode};
use psync_lab::redis::{Input, Keyspace, RedisVersion, Span};

/// What a master may answer, right and wrong.
const LINES: &[&[u8]] = &[
    b"+PONG\r\n",
    b"+PONG\r\n",
    b"+OK\r\n",
    b"+OK\r\n+OK\r\n",
    b"+OK\r\n+OK\r\n",
    b"\n",
    b"\r\n",
    b"-ERR no\r\n",
    b"-NOAUTH no\r\n",
    b"-LOADING no\r\n",
    b"-NOMASTERLINK no\r\n",
    b"+CONTINUE\r\n",
    b"+CONTINUE \r\n",
    b"+FULLRESYNC\r\n",
    b"+FULLRESYNC x y z\r\n",
    b"$-5\r\n",
    b"$0\r\n",
    b"$99999999999999999999\r\n",
    b"$4000000000\r\n",
    b"$100\r\n",
    b"$18\r\nREDIS0010\xff\0\0\0\0\0\0\0\0",
    b"$18\r\nREDIS0010\x0e\0\0\0\0\0\0\0\0",
    b"$9\r\nHELLO0010",
    b"$EOF:short\r\n",
    b"$EOF:\r\n",
    b"$EOF:0123456789012345678901234567890123456789\r\n",
    b"0123456789012345678901234567890123456789",
    b"REDIS0010\xff\0\0\0\0\0\0\0\0",
    b"hello\r\n",
    b"$",
    b"*1\r\n$4\r\nping\r\n",
    b"*3\r\n$3\r\nSET\r\n$2\r\nk1\r\n$1\r\nv\r\n",
    b"*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n",
    b"*1\r\n$5\r\nMULTI\r\n",
    b"*1\r\n$4\r\nEXEC\r\n",
    b"*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n",
    b"*1\r\n$99999999999\r\n",
];

/// Runs a replica whose master says what `data` chooses.
///
/// # Panics
/// If the replica does something it must not.
pub(crate) fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let mut rig = Rig::new(dice.pick(&[RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2]));
    let follow: [&[u8]; 3] = [b"REPLICAOF", b"h", b"1"];
    rig.give(Input::Operator { args: &follow });
    while !dice.is_empty() {
        let Some(conn) = rig.master() else {
            rig.wait(Span::from_millis(1000), 20);
            // The next byte is used up even if nothing was dialled.
            dice.byte();
            continue;
        };
        if rig.conns.get(&conn) == Some(&Conn::Dialling) {
            if dice.below(20) == 0 {
                rig.close(conn)
            } else {
                rig.connect(conn)
            }
            continue;
        }
        if dice.below(3) == 0 && rig.server.master_link().is_some_and(|link| link.rdb.is_none()) {
            // As far as a real master gets.
            rig.receive(conn, b"+PONG\r\n+OK\r\n+OK\r\n");
        }
        match dice.below(40) {
            0 => rig.close(conn),
            1 => rig.wait(Span::from_millis(dice.pick(&[100, 1000, 7000])), 100),
            2 => flood(&mut rig, &mut dice),
            3 => rig.drain(conn),
            _ => {
                let bytes = line(&mut dice, &rig);
                let piece = 1 + dice.below(600);
                bytes.chunks(piece).for_each(|piece| rig.receive(conn, piece));
            }
        }
    }
    rig.ping();
}

/// The same line over and over, far more than any limit: must end, in short time.
fn flood(rig: &mut Rig, dice: &mut Dice<'_>) {
    let line = dice.pick(&[&b"\n"[..], b"x", b"\r\n", b"+OK\r\n", b"\0", b"$", b"*1\r\n$4\r\nping\r\n"]);
    let flood = line.repeat(100_000 / line.len());
    for _ in 0..3 {
        let Some(conn) = rig.master().filter(|conn| matches!(rig.conns.get(conn), Some(Conn::Open { .. })))
        else {
            return;
        };
        rig.receive(conn, &flood);
        rig.drain(conn);
    }
}

fn line(dice: &mut Dice<'_>, rig: &Rig) -> Vec<u8> {
    let own = rig.server.repl_id().to_string();
    match dice.below(8) {
        0 => format!("+FULLRESYNC {} {}\r\n", dice.pick(IDS), dice.pick(NUMBERS)).into_bytes(),
        1 => format!("+FULLRESYNC {own} {}\r\n", dice.pick(NUMBERS)).into_bytes(),
        2 => format!("+CONTINUE {}\r\n", dice.pick(&[&own[..], IDS[1], IDS[2], IDS[4]])).into_bytes(),
        3 => snapshot(dice),
        4 => words::command(dice, &[own]),
        5 => dice.raw(40).to_vec(),
        _ => dice.pick(LINES).to_vec(),
    }
}

/// A snapshot in one of the two framings, perhaps with a byte changed.
fn snapshot(dice: &mut Dice<'_>) -> Vec<u8> {
    let mut keys = Keyspace::new(16);
    for n in 0..dice.below(4) {
        let expire_at = (dice.below(2) == 0).then(|| u64::from(dice.byte()) << 55 >> 1);
        keys.db_mut(dice.below(16) as u32).set(&[b'k', b'0' + n as u8], dice.raw(20), expire_at);
    }
    let info = RdbInfo { version: RedisVersion::V7_0, ctime: 0, used_mem: 0, repl: None };
    let mut rdb = encode(&keys, &info);
    if dice.below(3) == 0 {
        let at = dice.below(rdb.len());
        rdb[at] = dice.byte();
    }
    let mark = &b"0123456789012345678901234567890123456789"[..];
    match dice.below(3) {
        0 => [b"$EOF:", mark, b"\r\n", &rdb, mark].concat(),
        _ => [format!("${}\r\n", rdb.len()).as_bytes(), &rdb].concat(),
    }
}
