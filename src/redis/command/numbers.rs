//! `INCR` and its relatives (t_string.c).

use super::long_double::LongDouble;
use super::{Call, Travel};
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::resp::integer;
use crate::redis::server::Server;

const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";

/// `INCR key`.
pub(super) fn incr(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    add(s, call, 1, fx);
}

/// `DECR key`.
pub(super) fn decr(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    add(s, call, -1, fx);
}

/// `INCRBY key increment`.
pub(super) fn incrby(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    match integer(call.args.get(2)) {
        Some(by) => add(s, call, by, fx),
        None => call.error(NOT_AN_INTEGER),
    }
}

/// `DECRBY key decrement`.
pub(super) fn decrby(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    match integer(call.args.get(2)) {
        // 6.2 does not look: the lowest number is its own opposite.
        Some(i64::MIN) if s.config.version == RedisVersion::V6_2 => add(s, call, i64::MIN, fx),
        Some(i64::MIN) => call.error("ERR decrement would overflow"),
        Some(by) => add(s, call, -by, fx),
        None => call.error(NOT_AN_INTEGER),
    }
}

fn add(s: &mut Server, call: &mut Call<'_>, by: i64, fx: &mut Effects) {
    let key = call.args.get(1);
    let (old, expire_at): (i64, _) = match s.lookup_write(call, key, fx) {
        None => (0, None),
        Some(entry) => match integer(&entry.value) {
            Some(old) => (old, entry.expire_at),
            None => return call.error(NOT_AN_INTEGER),
        },
    };
    let Some(new) = old.checked_add(by) else {
        return call.error("ERR increment or decrement would overflow");
    };
    s.keys.db_mut(call.db).set(key, new.to_string().as_bytes(), expire_at);
    call.dirty += 1;
    call.integer(new);
}

/// `INCRBYFLOAT key increment`; travels as `SET key <result> KEEPTTL`, so that rounding happens once.
pub(super) fn incrbyfloat(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let key = call.args.get(1);
    let (old, expire_at) = match s.lookup_write(call, key, fx) {
        None => (Some(LongDouble::ZERO), None),
        Some(entry) => (LongDouble::parse(&entry.value), entry.expire_at),
    };
    let (Some(old), Some(by)) = (old, LongDouble::parse(call.args.get(2))) else {
        return call.error("ERR value is not a valid float");
    };
    let Some(new) = old.add(by).filter(|sum| sum.is_finite()) else {
        return call.error("ERR increment would produce NaN or Infinity");
    };
    let text = new.show();
    s.keys.db_mut(call.db).set(key, text.as_bytes(), expire_at);
    call.dirty += 1;
    call.bulk(text.as_bytes());
    call.travel = Travel::Queued;
    s.propagate(call.db, &[b"SET", key, text.as_bytes(), b"KEEPTTL"]);
}
