//! Keys that change their name or their database (db.c), and `PUBLISH`.

use super::keys::{OUT_OF_RANGE, database};
use super::{Call, Travel};
use crate::redis::effects::Effects;
use crate::redis::keyspace::Entry;
use crate::redis::resp::integer;
use crate::redis::server::Server;

const SAME: &str = "ERR source and destination objects are the same";

/// `RENAME key newkey`.
pub(super) fn rename(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if renamed(s, call, false, fx) {
        call.ok();
    }
}

/// `RENAMENX key newkey`.
pub(super) fn renamenx(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if renamed(s, call, true, fx) {
        call.integer(call.dirty as i64);
    }
}

/// `false` if an error was replied.
fn renamed(s: &mut Server, call: &mut Call<'_>, nx: bool, fx: &mut Effects) -> bool {
    let (from, to) = (call.args.get(1), call.args.get(2));
    let Some(entry) = s.lookup_write(call, from, fx).cloned() else {
        call.error("ERR no such key");
        return false;
    };
    if from == to || (s.lookup_write(call, to, fx).is_some() && nx) {
        return true;
    }
    let db = s.keys.db_mut(call.db);
    db.set(to, &entry.value, entry.expire_at);
    db.remove(from);
    call.dirty += 1;
    true
}

/// The entry of a key in another database, an expired one deleted first.
fn lookup_in<'s>(
    s: &'s mut Server,
    call: &mut Call<'_>,
    db: u32,
    key: &[u8],
    fx: &mut Effects,
) -> Option<&'s Entry> {
    let here = std::mem::replace(&mut call.db, db);
    let found = s.lookup_write(call, key, fx).is_some();
    call.db = here;
    s.keys.db(db).get(key).filter(|_| found)
}

/// `COPY source destination [DB number] [REPLACE]`.
pub(super) fn copy(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (from, to) = (call.args.get(1), call.args.get(2));
    let (mut db, mut replace, mut at) = (call.db, false, 3);
    while at < call.args.len() {
        if call.args.is(at, "replace") {
            replace = true;
        } else if call.args.is(at, "db") && at + 1 < call.args.len() {
            at += 1;
            match database(s, call, at) {
                Some(number) => db = number,
                None => return,
            }
        } else {
            return call.error("ERR syntax error");
        }
        at += 1;
    }
    if db == call.db && from == to {
        return call.error(SAME);
    }
    let Some(entry) = s.lookup_read(call, from, fx).cloned() else {
        return call.integer(0);
    };
    if lookup_in(s, call, db, to, fx).is_some() && !replace {
        return call.integer(0);
    }
    s.keys.db_mut(db).set(to, &entry.value, entry.expire_at);
    call.dirty += 1;
    call.integer(1);
}

/// `MOVE key db`.
pub(super) fn move_key(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let key = call.args.get(1);
    let Some(db) = database(s, call, 2) else {
        return;
    };
    if db == call.db {
        return call.error(SAME);
    }
    let Some(entry) = s.lookup_write(call, key, fx).cloned() else {
        return call.integer(0);
    };
    if lookup_in(s, call, db, key, fx).is_some() {
        return call.integer(0);
    }
    s.keys.db_mut(db).set(key, &entry.value, entry.expire_at);
    s.keys.db_mut(call.db).remove(key);
    call.dirty += 1;
    call.integer(1);
}

/// `SWAPDB index index`.
pub(super) fn swapdb(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    let mut numbers = [0; 2];
    for (n, word) in ["first", "second"].into_iter().enumerate() {
        match integer(call.args.get(n + 1)) {
            Some(number) if i32::try_from(number).is_ok() => numbers[n] = number,
            _ => return call.error(format!("ERR invalid {word} DB index")),
        }
    }
    let [a, b] = numbers.map(|n| u32::try_from(n).ok().filter(|n| *n < s.keys.databases()));
    let (Some(a), Some(b)) = (a, b) else {
        return call.error(OUT_OF_RANGE);
    };
    let (of_a, of_b) = (s.keys.db(a).clone(), s.keys.db(b).clone());
    *s.keys.db_mut(a) = of_b;
    *s.keys.db_mut(b) = of_a;
    call.dirty += 1;
    call.ok();
}

/// `TOUCH key …`.
pub(super) fn touch(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    super::keys::exists(s, call, fx);
}

/// `PUBLISH channel message`: travels even if nobody listens, and nobody can listen here.
pub(super) fn publish(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    call.travel = Travel::Queued;
    s.propagate_args(call.db, call.args);
    call.integer(0);
}
