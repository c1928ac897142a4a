//! What peers say, right and wrong.

use crate::dice::Dice;
use psync_lab::redis::resp::{Command, split_inline};

/// Numbers at which something may break.
pub(crate) const NUMBERS: &[&str] = &[
    "-1",
    "0",
    "1",
    "2",
    "53",
    "100",
    "-0",
    "01",
    "+1",
    "1.5",
    "x",
    "",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999",
];

/// Ids that a replica may name.
pub(crate) const IDS: &[&str] = &[
    "?",
    "0000000000000000000000000000000000000000",
    "c14a91b3a7e5cad86a179eb3dcdc31468cad0a65",
    "C14A91B3A7E5CAD86A179EB3DCDC31468CAD0A65",
    "c14a91b3",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
    "c14a91b3a7e5cad86a179eb3dcdc31468cad0a65c14a91b3a7e5cad86a179eb3dcdc31468cad0a65",
];

/// Commands of a client or a replica: `#` is a number, `@` an id, `%` a key, `~` a few odd bytes.
const COMMANDS: &[&str] = &[
    "PING",
    "ECHO ~",
    "SET % ~",
    "SET % # PX #",
    "SET % # EXAT #",
    "SET % ~ KEEPTTL GET",
    "GET %",
    "GETSET % ~",
    "GETDEL %",
    "DEL % %",
    "INCRBY % #",
    "DECRBY % #",
    "INCRBYFLOAT % #",
    "APPEND % ~",
    "APPEND % %",
    "STRLEN %",
    "MSET % # % ~",
    "MGET % % %",
    "EXPIRE % #",
    "PEXPIRE % #",
    "EXPIREAT % #",
    "PEXPIREAT % #",
    "PERSIST %",
    "TTL %",
    "PTTL %",
    "TYPE %",
    "KEYS *a*a*a*a*b",
    "KEYS ~",
    "DBSIZE",
    "FLUSHALL",
    "SELECT #",
    "MULTI",
    "EXEC",
    "DISCARD",
    "INFO",
    "INFO ~",
    "ROLE",
    "REPLICAOF NO ONE",
    "REPLICAOF h #",
    "REPLICAOF h 1",
    "REPLICAOF g 2",
    "REPLCONF",
    "REPLCONF listening-port #",
    "REPLCONF ip-address ~",
    "REPLCONF capa eof capa psync2",
    "REPLCONF capa eof",
    "REPLCONF rdb-only #",
    "REPLCONF ACK #",
    "REPLCONF ACK 0",
    "REPLCONF GETACK *",
    "REPLCONF version 8.0.1",
    "REPLCONF ~ ~",
    "PSYNC ? -1",
    "PSYNC ? -1",
    "PSYNC @ #",
    "PSYNC @ # FAILOVER",
    "SYNC",
    "SYNC ~",
    "WAIT # #",
    "WAIT 1 100",
    "FAILOVER",
    "FAILOVER TIMEOUT #",
    "FAILOVER TO h # FORCE TIMEOUT 10",
    "FAILOVER ABORT",
    "CONFIG GET *",
    "CONFIG SET repl-backlog-size #",
    "CONFIG SET repl-backlog-ttl #",
    "CONFIG SET repl-timeout #",
    "CONFIG SET repl-diskless-sync no",
    "CONFIG SET repl-diskless-sync yes",
    "CONFIG SET repl-diskless-sync-delay #",
    "CONFIG SET min-replicas-to-write #",
    "CONFIG SET maxmemory #",
    "CONFIG SET rdb-key-save-delay #",
    "CONFIG SET client-output-buffer-limit",
    "CONFIG SET ~ ~",
    "BGSAVE",
    "SAVE",
    "LASTSAVE",
    "CLIENT LIST",
    "CLIENT ID",
    "CLIENT SETNAME ~",
    "CLIENT KILL TYPE normal SKIPME no",
    "CLIENT KILL TYPE replica",
    "CLIENT KILL TYPE master",
    "CLIENT KILL ID #",
    "CLIENT KILL 10.0.0.9:40000",
    "COMMAND",
    "COMMAND COUNT",
    "DEBUG SLEEP #",
    "DEBUG CHANGE-REPL-ID",
    "AUTH ~",
    "AUTH ~ ~",
    "SHUTDOWN ABORT",
    "QUIT",
    "~",
    "~ ~ ~",
];

/// Lines that break the protocol, or nearly.
const GARBAGE: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\n\n\n\n\n\n\n\n",
    b"*\r\n",
    b"*-1\r\n",
    b"*0\r\n",
    b"*2147483647\r\n",
    b"*2147483648\r\n",
    b"*99999999999999999999\r\n",
    b"*1\r\n$-5\r\n",
    b"*1\r\n$536870912\r\n",
    b"*1\r\n$536870913\r\n",
    b"*1\r\n$99999999999999999999\r\n",
    b"*3\r\n$3\r\nSET\r\n$1\r\n",
    b"$5\r\nhello\r\n",
    b"SET \"a b\r\n",
    b"*1\r\n:5\r\n",
    b"\0\0\0\0",
    b"*1000000\r\n$0\r\n\r\n$0\r\n\r\n$0\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
];

fn word(dice: &mut Dice<'_>, shape: &str, ids: &[String]) -> Vec<u8> {
    match shape {
        "#" => dice.pick(NUMBERS).into(),
        "@" if dice.below(3) > 0 && !ids.is_empty() => dice.pick(ids).into(),
        "@" => dice.pick(IDS).into(),
        "%" => vec![b'k', b'0' + dice.below(4) as u8],
        "~" if dice.below(12) == 0 => vec![b'a'; 20_000],
        "~" => dice.raw(12).to_vec(),
        _ => shape.into(),
    }
}

/// One command as it travels: whole, inline, or damaged; `ids` are some that the server knows.
pub(crate) fn command(dice: &mut Dice<'_>, ids: &[String]) -> Vec<u8> {
    if dice.below(16) == 0 {
        return dice.pick(GARBAGE).to_vec();
    }
    let words = words(dice, ids);
    let mut bytes = Vec::new();
    let command: Command = words.iter().map(Vec::as_slice).collect();
    command.args().encode(&mut bytes);
    match dice.below(20) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            let line = words.join(&b' ');
            if split_inline(&line, &mut Command::default()).is_some() {
                bytes = [line, b"\r\n".to_vec()].concat();
            }
        }
        2 => {
            let at = dice.below(bytes.len());
            bytes[at] = dice.byte();
        }
        _ => {}
    }
    bytes
}

/// The words of one command.
pub(crate) fn words(dice: &mut Dice<'_>, ids: &[String]) -> Vec<Vec<u8>> {
    let shape = COMMANDS[dice.below(COMMANDS.len())];
    shape.split(' ').map(|shape| word(dice, shape, ids)).collect()
}
