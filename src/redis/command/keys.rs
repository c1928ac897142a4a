//! Commands about keys and databases (db.c).

use super::Call;
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::resp::{integer, reply};
use crate::redis::server::Server;

pub(super) const OUT_OF_RANGE: &str = "ERR DB index is out of range";

/// `DEL key …` and `UNLINK key …`.
pub(super) fn del(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    for n in 1..call.args.len() {
        let key = call.args.get(n);
        if s.lookup_write(call, key, fx).is_some() && s.keys.db_mut(call.db).remove(key).is_some() {
            call.dirty += 1;
        }
    }
    call.integer(call.dirty as i64);
}

/// `EXISTS key …`.
pub(super) fn exists(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let found = (1..call.args.len()).filter(|n| s.lookup_read(call, call.args.get(*n), fx).is_some()).count();
    call.integer(found as i64);
}

/// `TYPE key`.
pub(super) fn type_of(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let found = s.lookup_read(call, call.args.get(1), fx).is_some();
    reply::simple(call.reply, if found { "string" } else { "none" });
}

/// `DBSIZE`: expired keys that nobody deleted yet count.
pub(super) fn dbsize(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    call.integer(s.keys.db(call.db).len() as i64);
}

/// `KEYS pattern`.
pub(super) fn keys(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    let (pattern, now) = (call.args.get(1), s.unix_ms());
    // Expired keys are hidden, but not deleted (`keyIsExpired`).
    let live = |at: Option<u64>| at.is_none_or(|at| now <= at);
    let found: Vec<&[u8]> = s
        .keys
        .db(call.db)
        .iter()
        .filter(|(key, entry)| live(entry.expire_at) && matches(pattern, key))
        .map(|(key, _)| key)
        .collect();
    reply::array(call.reply, found.len());
    for key in found {
        call.bulk(key);
    }
}

/// `SELECT index`.
pub(super) fn select(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    if let Some(n) = database(s, call, 1) {
        call.db = n;
        call.ok();
    }
}

/// Reads a database's number (`getIntFromObjectOrReply`); `None` if an error was replied.
pub(super) fn database(s: &Server, call: &mut Call<'_>, at: usize) -> Option<u32> {
    let Some(number) = integer(call.args.get(at)) else {
        call.error("ERR value is not an integer or out of range");
        return None;
    };
    if i32::try_from(number).is_err() {
        call.error(format!("ERR value is out of range, value must between {} and {}", i32::MIN, i32::MAX));
        return None;
    }
    let found = u32::try_from(number).ok().filter(|n| *n < s.keys.databases());
    if found.is_none() {
        call.error(OUT_OF_RANGE);
    }
    found
}

/// `FLUSHALL [ASYNC|SYNC]`: travels even if there was nothing to delete.
pub(super) fn flushall(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    if flush_option(call) {
        s.kill_bgsave();
        s.keys.flush_all();
        call.dirty += 1;
        call.ok();
    }
}

/// `FLUSHDB [ASYNC|SYNC]`.
pub(super) fn flushdb(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    if flush_option(call) {
        let had = s.keys.db(call.db).len() as u64;
        s.keys.flush_db(call.db);
        call.dirty += if s.config.version == RedisVersion::V6_2 { had } else { had.max(1) };
        call.ok();
    }
}

fn flush_option(call: &mut Call<'_>) -> bool {
    let good = match call.args.len() {
        1 => true,
        2 => call.args.is(1, "async") || call.args.is(1, "sync"),
        _ => false,
    };
    if !good {
        call.error("ERR syntax error");
    }
    good
}

/// Glob matching as in `stringmatchlen` (util.c): `*`, `?`, `[a-z]`, `[^a]`, `\` escapes.
pub(super) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on if what follows the last `*` does not fit: linear in pattern × text.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            None if t == text.len() => return true,
            None => None,
            Some(_) => text.get(t).and_then(|byte| one(&pattern[p..], *byte)),
        };
        match (step, retry) {
            (Some(used), _) => {
                p += used;
                t += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                retry = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
            (None, _) => return false,
        }
    }
}

/// Whether the pattern's first element takes `byte`, and how long that element is.
fn one(pattern: &[u8], byte: u8) -> Option<usize> {
    match pattern {
        [b'?', ..] => Some(1),
        [b'\\', escaped, ..] => (*escaped == byte).then_some(2),
        [b'[', rest @ ..] => {
            let (negated, mut at) = if rest.first() == Some(&b'^') { (true, 1) } else { (false, 0) };
            let mut found = false;
            while at < rest.len() && rest[at] != b']' {
                if rest[at] == b'\\' && at + 1 < rest.len() {
                    at += 1;
                    found |= rest[at] == byte;
                } else if at + 2 < rest.len() && rest[at + 1] == b'-' {
                    let (low, high) = (rest[at].min(rest[at + 2]), rest[at].max(rest[at + 2]));
                    found |= (low..=high).contains(&byte);
                    at += 2;
                } else {
                    found |= rest[at] == byte;
                }
                at += 1;
            }
            (found != negated).then_some((at + 2).min(pattern.len()))
        }
        [plain, ..] => (*plain == byte).then_some(1),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_like_redis() {
        let yes = [
            ("*", ""),
            ("h?llo", "hello"),
            ("h*llo", "heeeello"),
            ("h[ae]llo", "hallo"),
            ("h[^e]llo", "hbllo"),
        ];
        for (pattern, text) in yes {
            assert!(matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        let no = [("", "x"), ("h?llo", "hllo"), ("h[^e]llo", "hello"), ("a*b", "ac"), ("\\*", "x")];
        for (pattern, text) in no {
            assert!(!matches(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
        }
        assert!(matches(b"[a-c]*[0-9]", b"b-7"));
        assert!(!matches(&b"a*".repeat(40), &b"a".repeat(39)));
    }
}
