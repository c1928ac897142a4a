//! What a client can notice of replication: a read that is too old, a write that is gone. Judged from
//! what the clients sent and were answered, as they would judge it themselves.

use super::scope::Scope;
use crate::redis::Time;
use crate::sim::{Client, ClientId, Exchange};

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

/// A plain `SET key value` that a client sent.
struct Write<'a> {
    value: &'a [u8],
    /// `None` while it has no answer.
    exchange: Option<&'a Exchange>,
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
        let words = words(command);
        match words.as_slice() {
            [name, of, value] if is(name, "set") && *of == key => writes.push(Write { value, exchange }),
            [name, _] if is(name, "get") => {}
            [name, ..] if is(name, "flushall") || is(name, "flushdb") => plain = false,
            words => plain &= !words.contains(&key),
        }
    }
    (writes, plain)
}

fn acknowledged(exchange: &Exchange) -> bool {
    exchange.reply.as_deref() == Some(b"+OK\r\n")
}

/// The values that are as good as the newest write that was acknowledged before `before`: its own, and
/// those of writes that were under way with it or came later. `None` if there was no such write.
fn good<'a>(writes: &[Write<'a>], before: Time) -> Option<Vec<&'a [u8]>> {
    let exchanges = writes.iter().filter_map(|write| write.exchange);
    let done = exchanges.filter(|exchange| acknowledged(exchange) && exchange.done <= before);
    let newest = done.max_by_key(|exchange| exchange.done)?;
    let later = |write: &&Write<'_>| write.exchange.is_none_or(|exchange| exchange.done > newest.sent);
    Some(writes.iter().filter(later).map(|write| write.value).collect())
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
        if let [name, key, _] = words(&exchange.command).as_slice()
            && is(name, "set")
            && !keys.iter().any(|known| known == key)
        {
            keys.push(key.to_vec());
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
}
