//! String commands (t_string.c), with the forms in which they travel.

use super::expiry::{deadline_ms, past};
use super::{Call, Travel};
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::resp::{integer, reply};
use crate::redis::server::Server;

const SYNTAX: &str = "ERR syntax error";
pub(super) const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

/// `GET key`.
pub(super) fn get(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let found = s.lookup_read(call, call.args.get(1), fx);
    reply::bulk_or_null(call.reply, found.map(|e| &e.value[..]));
}

/// `MGET key …`.
pub(super) fn mget(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    reply::array(call.reply, call.args.len() - 1);
    for n in 1..call.args.len() {
        get_into(s, call, n, fx);
    }
}

fn get_into(s: &mut Server, call: &mut Call<'_>, n: usize, fx: &mut Effects) {
    let found = s.lookup_read(call, call.args.get(n), fx);
    reply::bulk_or_null(call.reply, found.map(|e| &e.value[..]));
}

/// `STRLEN key`.
pub(super) fn strlen(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let len = s.lookup_read(call, call.args.get(1), fx).map_or(0, |e| e.value.len());
    call.integer(len as i64);
}

/// Options of `SET` and `GETEX`.
#[derive(Default)]
struct Options {
    nx: bool,
    xx: bool,
    get: bool,
    keep_ttl: bool,
    persist: bool,
    /// `EX`, `PX`, `EXAT` or `PXAT` and the place of its argument.
    expire: Option<(&'static str, usize)>,
}

fn options(call: &Call<'_>, from: usize, getex: bool) -> Option<Options> {
    let mut o = Options::default();
    let mut at = from;
    while at < call.args.len() {
        let unit = ["ex", "px", "exat", "pxat"].into_iter().find(|unit| call.args.is(at, unit));
        if let Some(unit) = unit {
            // The same unit may be repeated: the last one counts.
            let other = o.expire.is_some_and(|(known, _)| known != unit);
            if other || o.keep_ttl || o.persist || at + 1 >= call.args.len() {
                return None;
            }
            o.expire = Some((unit, at + 1));
            at += 2;
            continue;
        }
        if getex && call.args.is(at, "persist") && o.expire.is_none() {
            o.persist = true;
        } else if getex {
            return None;
        } else if call.args.is(at, "nx") && !o.xx {
            o.nx = true;
        } else if call.args.is(at, "xx") && !o.nx {
            o.xx = true;
        } else if call.args.is(at, "get") {
            o.get = true;
        } else if call.args.is(at, "keepttl") && o.expire.is_none() {
            o.keep_ttl = true;
        } else {
            return None;
        }
        at += 1;
    }
    Some(o)
}

/// `SET key value [NX|XX] [GET] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL]`.
pub(super) fn set(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if call.args.len() == 3 && (call.from_master || s.keys.db(call.db).expiring() == 0) {
        // The common case, with one look-up: nothing can be expired.
        s.keys.db_mut(call.db).set(call.args.get(1), call.args.get(2), None);
        call.dirty += 1;
        return call.ok();
    }
    let Some(o) = options(call, 3, false) else {
        return call.error(SYNTAX);
    };
    if o.nx && o.get && s.config.version == RedisVersion::V6_2 {
        return call.error(SYNTAX);
    }
    let expire = match o.expire {
        None => None,
        Some((unit, at)) => match deadline_ms(s, call, unit, at, "set") {
            Some(ms) => Some((unit, at, ms)),
            None => return,
        },
    };
    store(s, call, &o, expire, 2, fx);
}

/// `SETNX key value`.
pub(super) fn setnx(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let key = call.args.get(1);
    if s.lookup_write(call, key, fx).is_some() {
        return call.integer(0);
    }
    s.keys.db_mut(call.db).set(key, call.args.get(2), None);
    call.dirty += 1;
    call.integer(1);
}

/// `SETEX key seconds value`.
pub(super) fn setex(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    set_with_ttl(s, call, "ex", "setex", fx);
}

/// `PSETEX key milliseconds value`.
pub(super) fn psetex(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    set_with_ttl(s, call, "px", "psetex", fx);
}

fn set_with_ttl(s: &mut Server, call: &mut Call<'_>, unit: &'static str, name: &str, fx: &mut Effects) {
    if let Some(ms) = deadline_ms(s, call, unit, 2, name) {
        store(s, call, &Options::default(), Some((unit, 2, ms)), 3, fx);
    }
}

/// `setGenericCommand`: `expire` is the unit, the place of its argument and the absolute time.
fn store(
    s: &mut Server,
    call: &mut Call<'_>,
    o: &Options,
    expire: Option<(&str, usize, u64)>,
    value_at: usize,
    fx: &mut Effects,
) {
    let (key, value) = (call.args.get(1), call.args.get(value_at));
    let old = s.lookup_write(call, key, fx);
    let found = old.is_some();
    let kept = old.and_then(|e| e.expire_at).filter(|_| o.keep_ttl);
    if o.get {
        reply::bulk_or_null(call.reply, old.map(|e| &e.value[..]));
    }
    if (o.nx && found) || (o.xx && !found) {
        if !o.get {
            call.null();
        }
        return;
    }
    let expire_at = expire.map(|(_, _, ms)| ms).or(kept);
    s.keys.db_mut(call.db).set(key, value, expire_at);
    call.dirty += 1;
    if !o.get {
        call.ok();
    }
    travel_as_set(s, call, o, expire, value);
}

/// Argument `at`, in seconds (`ex`) or milliseconds, as milliseconds.
fn relative_ms(call: &Call<'_>, unit: &str, at: usize) -> i64 {
    let given = integer(call.args.get(at)).unwrap_or(0);
    if unit == "ex" { given.saturating_mul(1000) } else { given }
}

/// The form in which `SET` and its relatives travel.
fn travel_as_set(
    s: &mut Server,
    call: &mut Call<'_>,
    o: &Options,
    expire: Option<(&str, usize, u64)>,
    value: &[u8],
) {
    let key = call.args.get(1);
    if let Some((unit, at, ms)) = expire {
        call.travel = Travel::Queued;
        let ms = ms.to_string();
        match s.config.version {
            RedisVersion::V6_2 if unit.ends_with("at") => {
                s.propagate(call.db, &[b"SET", key, value, b"PXAT", ms.as_bytes()]);
            }
            RedisVersion::V6_2 => {
                // Relative milliseconds: a replica counts from when it applies them.
                let relative = relative_ms(call, unit, at);
                s.propagate(call.db, &[b"SET", key, value, b"PX", relative.to_string().as_bytes()]);
            }
            RedisVersion::V7_2 if o.nx => {
                s.propagate(call.db, &[b"SET", key, value, b"NX", b"PXAT", ms.as_bytes()]);
            }
            RedisVersion::V7_0 | RedisVersion::V7_2 => {
                s.propagate(call.db, &[b"SET", key, value, b"PXAT", ms.as_bytes()]);
            }
        }
    } else if o.get {
        // The replica has no use for the old value.
        call.travel = Travel::Queued;
        let words: Vec<&[u8]> = call
            .args
            .iter()
            .enumerate()
            .filter(|(n, w)| *n < 3 || !w.eq_ignore_ascii_case(b"get"))
            .map(|(_, w)| w)
            .collect();
        s.propagate(call.db, &words);
    }
}

/// `GETSET key value`.
pub(super) fn getset(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (key, value) = (call.args.get(1), call.args.get(2));
    let old = s.lookup_write(call, key, fx);
    reply::bulk_or_null(call.reply, old.map(|e| &e.value[..]));
    s.keys.db_mut(call.db).set(key, value, None);
    call.dirty += 1;
    call.travel = Travel::Queued;
    s.propagate(call.db, &[b"SET", key, value]);
}

/// `GETDEL key`.
pub(super) fn getdel(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let key = call.args.get(1);
    let old = s.lookup_write(call, key, fx);
    let found = old.is_some();
    reply::bulk_or_null(call.reply, old.map(|e| &e.value[..]));
    if found {
        s.keys.db_mut(call.db).remove(key);
        call.dirty += 1;
        call.travel = Travel::Queued;
        s.propagate(call.db, &[b"DEL", key]);
    }
}

/// `GETEX key [EX s|PX ms|EXAT s|PXAT ms|PERSIST]`.
pub(super) fn getex(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let Some(o) = options(call, 2, true) else {
        return call.error(SYNTAX);
    };
    let key = call.args.get(1);
    if s.lookup_write(call, key, fx).is_none() {
        return call.null();
    }
    let expire = match o.expire {
        None => None,
        Some((unit, at)) => match deadline_ms(s, call, unit, at, "getex") {
            Some(ms) => Some((unit, at, ms)),
            None => return,
        },
    };
    let entry = s.keys.db(call.db).get(key);
    reply::bulk_or_null(call.reply, entry.map(|e| &e.value[..]));
    let had_ttl = entry.is_some_and(|e| e.expire_at.is_some());
    match expire {
        Some((unit, _, ms)) if unit.ends_with("at") && past(s, call, ms) => {
            s.keys.db_mut(call.db).remove(key);
            call.dirty += 1;
            call.travel = Travel::Queued;
            s.propagate(call.db, &[b"DEL", key]);
        }
        Some((unit, at, ms)) => {
            s.keys.db_mut(call.db).set_expiry(key, Some(ms));
            call.dirty += 1;
            call.travel = Travel::Queued;
            if s.config.version == RedisVersion::V6_2 && !unit.ends_with("at") {
                // Relative: a replica counts from when it applies it.
                let left = relative_ms(call, unit, at);
                return s.propagate(call.db, &[b"PEXPIRE", key, left.to_string().as_bytes()]);
            }
            s.propagate(call.db, &[b"PEXPIREAT", key, ms.to_string().as_bytes()]);
        }
        None if o.persist && had_ttl => {
            s.keys.db_mut(call.db).set_expiry(key, None);
            call.dirty += 1;
            call.travel = Travel::Queued;
            s.propagate(call.db, &[b"PERSIST", key]);
        }
        None => {}
    }
}

/// `MSET key value …`.
pub(super) fn mset(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if call.args.len().is_multiple_of(2) {
        return call.wrong_pairs("mset", s.config.version);
    }
    for at in (1..call.args.len()).step_by(2) {
        // Looked up first: an expired key leaves with a DEL of its own.
        s.lookup_write(call, call.args.get(at), fx);
        s.keys.db_mut(call.db).set(call.args.get(at), call.args.get(at + 1), None);
        call.dirty += 1;
    }
    call.ok();
}

/// `APPEND key value`.
pub(super) fn append(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (key, more) = (call.args.get(1), call.args.get(2));
    let had = s.lookup_write(call, key, fx).map(|e| e.value.len());
    let len = had.unwrap_or(0) + more.len();
    if had.is_some() && len as u64 > s.config.proto_max_bulk_len {
        return call.error(TOO_LONG);
    }
    let db = s.keys.db_mut(call.db);
    match db.value_mut(key) {
        Some(value) => value.extend_from_slice(more),
        None => db.set(key, more, None),
    }
    call.dirty += 1;
    call.integer(len as i64);
}
