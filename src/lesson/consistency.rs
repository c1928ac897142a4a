//! What a client can notice of replication: a read that is too old, a write that is gone. Judged from
//! what the clients sent and were answered, as they would judge it themselves.

use super::scope::Scope;
use crate::redis::Time;
use crate::sim::{Client, ClientId, Exchange};
use std::borrow::Cow;

/// The words of a command as it went over the wire (`*3 $3 SET …`).
fn words(command: &[u8]) -> Vec<&[u8]> {
    let mut words = Vec::new();
    let mut rest = command;
    // After each `$<len>` line comes the word.
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(at + 1);
        let len =
            std::str::from_utf8(line).ok().and_then(|line| line.trim_end().strip_prefix('$')?.parse().ok());
        rest = match len.map(|len: usize| (after.get(..len), after.get(len + 2..))) {
            Some((Some(word), Some(after))) => {
                words.push(word);
                after
            }
            _ => after,
        };
    }
    words
}

/// A write of a key whose value is sure.
struct Write<'a> {
    value: Cow<'a, [u8]>,
    /// `None` while it has no answer.
    exchange: Option<&'a Exchange>,
}

/// What a command does to a key.
enum Effect<'a> {
    /// Nothing.
    None,
    /// It gives it this value.
    Value(Cow<'a, [u8]>),
    /// Something that is not followed here.
    Unsure,
}

/// What a command did to `key`, as far as its words and its reply (if there is one yet) say it.
fn effect<'a>(words: &[&'a [u8]], key: &[u8], reply: Option<&'a [u8]>) -> Effect<'a> {
    let one_of = |name: &[u8], names: &[&str]| names.iter().any(|other| is(name, other));
    match words {
        // In a transaction: whether it is executed is another reply.
        words if words.contains(&key) && reply == Some(b"+QUEUED\r\n") => Effect::Unsure,
        [name, ..] if one_of(name, &["flushall", "flushdb"]) => Effect::Unsure,
        [name, ..] if one_of(name, &["get", "mget", "exists", "ttl", "pttl", "type", "strlen"]) => {
            Effect::None
        }
        [name, of, value] if *of == key && one_of(name, &["set", "getset"]) => {
            Effect::Value(Cow::Borrowed(value))
        }
        [name, of, value] if *of == key && is(name, "setnx") => match reply {
            Some(b":1\r\n") => Effect::Value(Cow::Borrowed(value)),
            Some(_) => Effect::None,
            None => Effect::Unsure,
        },
        [name, pairs @ ..] if is(name, "mset") => {
            let given = pairs.chunks_exact(2).rfind(|pair| pair[0] == key);
            given.map_or(Effect::None, |pair| Effect::Value(Cow::Borrowed(pair[1])))
        }
        [name, of, ..] if *of == key && one_of(name, &["incr", "decr", "incrby", "decrby"]) => match reply {
            Some([b':', number @ .., b'\r', b'\n']) => Effect::Value(Cow::Borrowed(number)),
            Some(_) => Effect::None,
            None => Effect::Unsure,
        },
        words if words.contains(&key) => Effect::Unsure,
        _ => Effect::None,
    }
}

fn is(word: &[u8], name: &str) -> bool {
    word.eq_ignore_ascii_case(name.as_bytes())
}

/// All clients and consoles.
fn clients<'a>(scope: &Scope<'a>) -> impl Iterator<Item = &'a Client> {
    let world = scope.world();
    (0..=u8::MAX).map_while(move |n| world.client(ClientId(n)))
}

/// All exchanges of all clients and consoles.
fn exchanges<'a>(scope: &Scope<'a>) -> impl Iterator<Item = &'a Exchange> {
    clients(scope).flat_map(|client| client.log().iter())
}

/// The writes of a key, and whether nothing else may have changed it.
fn writes<'a>(scope: &Scope<'a>, key: &[u8]) -> (Vec<Write<'a>>, bool) {
    let (mut writes, mut plain) = (Vec::new(), true);
    let done = exchanges(scope).map(|exchange| (&*exchange.command, Some(exchange)));
    let open = clients(scope).flat_map(Client::unanswered).map(|command| (command, None));
    for (command, exchange) in done.chain(open) {
        let reply = exchange.and_then(|exchange| exchange.reply.as_deref());
        match effect(&words(command), key, reply) {
            Effect::None => {}
            Effect::Value(value) => writes.push(Write { value, exchange }),
            Effect::Unsure => plain = false,
        }
    }
    (writes, plain)
}

/// Whether a command was answered, and not with an error.
fn acknowledged(exchange: &Exchange) -> bool {
    exchange.reply.as_deref().is_some_and(|reply| !reply.starts_with(b"-"))
}

/// The values that are as good as the newest write that was acknowledged before `before`: its own, and
/// those of writes that were under way with it or came later. `None` if there was no such write.
fn good<'a>(writes: &'a [Write<'_>], before: Time) -> Option<Vec<&'a [u8]>> {
    let exchanges = writes.iter().filter_map(|write| write.exchange);
    let done = exchanges.filter(|exchange| acknowledged(exchange) && exchange.done <= before);
    let newest = done.max_by_key(|exchange| exchange.done)?;
    let later = |write: &&Write<'_>| write.exchange.is_none_or(|exchange| exchange.done > newest.sent);
    Some(writes.iter().filter(later).map(|write| &*write.value).collect())
}

/// Whether a `GET` since the scope began was answered with less than what was acknowledged before it.
pub(super) fn stale_read(scope: &Scope<'_>) -> bool {
    exchanges(scope).filter(|exchange| exchange.sent >= scope.begun).any(|exchange| {
        let asked = words(&exchange.command);
        let ([name, key], Some(reply)) = (asked.as_slice(), exchange.reply.as_deref()) else { return false };
        if !is(name, "get") || reply.starts_with(b"-") {
            return false;
        }
        let (writes, plain) = writes(scope, key);
        let Some(good) = good(&writes, exchange.sent).filter(|_| plain) else { return false };
        let value = reply.strip_suffix(b"\r\n").and_then(|reply| {
            let line = reply.iter().position(|byte| *byte == b'\n')?;
            reply.get(line + 1..)
        });
        value.is_none_or(|value| !good.contains(&value))
    })
}

/// Whether the newest acknowledged write of some key is on no running node, though one is a master.
pub(super) fn lost_write(scope: &Scope<'_>) -> bool {
    let running = || scope.world().nodes().iter().filter_map(crate::sim::Node::server);
    if !running().any(crate::redis::Server::is_master) {
        return false;
    }
    let fresh = exchanges(scope).filter(|exchange| acknowledged(exchange));
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for exchange in fresh {
        let words = words(&exchange.command);
        // A command's key stands behind its name; `MSET` has several.
        let several = words.first().is_some_and(|name| is(name, "mset"));
        let step = if several { 2 } else { words.len().max(1) };
        for key in words.iter().skip(1).step_by(step) {
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_vec());
            }
        }
    }
    keys.iter().any(|key| {
        let (writes, plain) = writes(scope, key);
        let Some(good) = good(&writes, scope.world().now()).filter(|_| plain) else { return false };
        running().all(|server| {
            let held = server.keyspace().db(0).get(key);
            held.is_none_or(|entry| !good.contains(&entry.value.as_slice()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_command() {
        assert_eq!(words(b"*3\r\n$3\r\nSET\r\n$2\r\nk1\r\n$4\r\nv\n$1\r\n"), [&b"SET"[..], b"k1", b"v\n$1"]);
        assert_eq!(words(b"*1\r\n$9\r\nPI"), Vec::<&[u8]>::new());
    }

    #[test]
    fn what_commands_do_to_a_key() {
        let told = |line: &'static str, reply: Option<&'static str>| {
            let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            match effect(&words, b"k1", reply.map(str::as_bytes)) {
                Effect::None => "nothing".to_owned(),
                Effect::Value(value) => String::from_utf8_lossy(&value).into_owned(),
                Effect::Unsure => "unsure".to_owned(),
            }
        };
        assert_eq!(told("SET k1 v", None), "v");
        assert_eq!(told("SET k1 v EX 1", Some("+OK\r\n")), "unsure");
        assert_eq!(told("SET k1 v", Some("+QUEUED\r\n")), "unsure");
        assert_eq!(told("mset k0 a k1 b k1 c", Some("+OK\r\n")), "c");
        assert_eq!(told("INCR k1", Some(":7\r\n")), "7");
        assert_eq!(
            (told("INCR k1", None), told("INCR k1", Some("-ERR\r\n"))),
            ("unsure".into(), "nothing".into())
        );
        assert_eq!(
            (told("SETNX k1 v", Some(":0\r\n")), told("SETNX k1 v", Some(":1\r\n"))),
            ("nothing".into(), "v".into())
        );
        assert_eq!((told("SET k2 k3", None), told("APPEND k1 x", None)), ("nothing".into(), "unsure".into()));
    }
}
