//! Parts and bits of strings (t_string.c, bitops.c).

use super::Call;
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::resp::integer;
use crate::redis::server::Server;

const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";
const BAD_BIT_OFFSET: &str = "ERR bit offset is not an integer or out of range";

/// `SETRANGE key offset value`.
pub(super) fn setrange(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (key, value) = (call.args.get(1), call.args.get(3));
    let at = match integer(call.args.get(2)).map(u64::try_from) {
        Some(Ok(at)) => at,
        Some(Err(_)) => return call.error("ERR offset is out of range"),
        None => return call.error(NOT_AN_INTEGER),
    };
    let len = s.lookup_write(call, key, fx).map_or(0, |e| e.value.len());
    if value.is_empty() {
        return call.integer(len as i64);
    }
    let end = at.saturating_add(value.len() as u64);
    let Some(end) = usize::try_from(end).ok().filter(|_| end <= s.config.proto_max_bulk_len) else {
        return call.error(super::strings::TOO_LONG);
    };
    let bytes = room(s, call.db, key, end.max(len));
    bytes[end - value.len()..end].copy_from_slice(value);
    let len = bytes.len();
    call.dirty += 1;
    call.integer(len as i64);
}

/// The value of a key, made if need be and filled up with zeros to `len`.
fn room<'s>(s: &'s mut Server, db: u32, key: &[u8], len: usize) -> &'s mut [u8] {
    let db = s.keys.db_mut(db);
    if db.get(key).is_none() {
        db.set(key, b"", None);
    }
    match db.value_mut(key) {
        Some(value) => {
            if value.len() < len {
                value.resize(len, 0);
            }
            value
        }
        None => &mut [],
    }
}

/// `GETRANGE key start end`, and `SUBSTR`.
pub(super) fn getrange(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (Some(start), Some(end)) = (integer(call.args.get(2)), integer(call.args.get(3))) else {
        return call.error(NOT_AN_INTEGER);
    };
    let part = match s.lookup_read(call, call.args.get(1), fx) {
        Some(entry) => {
            let len = entry.value.len() as i64;
            let from_end = |n: i64| if n < 0 { n.saturating_add(len).max(0) } else { n };
            let swapped = start < 0 && end < 0 && start > end;
            let (first, last) = (from_end(start), from_end(end).min(len - 1));
            let range = usize::try_from(first).ok().zip(usize::try_from(last + 1).ok());
            range.filter(|(a, b)| a < b && !swapped).and_then(|(a, b)| entry.value.get(a..b))
        }
        None => None,
    };
    crate::redis::resp::reply::bulk(call.reply, part.unwrap_or_default());
}

/// `MSETNX key value …`: all of them or none.
pub(super) fn msetnx(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if call.args.len().is_multiple_of(2) {
        return call.wrong_pairs("msetnx", s.config.version);
    }
    for at in (1..call.args.len()).step_by(2) {
        if s.lookup_write(call, call.args.get(at), fx).is_some() {
            return call.integer(0);
        }
    }
    for at in (1..call.args.len()).step_by(2) {
        s.keys.db_mut(call.db).set(call.args.get(at), call.args.get(at + 1), None);
        call.dirty += 1;
    }
    call.integer(1);
}

/// The byte and the mask of a bit (`getBitOffsetFromArgument`).
fn bit(s: &Server, call: &Call<'_>) -> Option<(usize, u8)> {
    let offset = integer(call.args.get(2)).and_then(|n| u64::try_from(n).ok())?;
    let byte = offset / 8;
    let fits = byte < s.config.proto_max_bulk_len;
    Some((usize::try_from(byte).ok().filter(|_| fits)?, 0x80 >> (offset % 8)))
}

/// `SETBIT key offset 0|1`.
pub(super) fn setbit(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let Some((byte, mask)) = bit(s, call) else {
        return call.error(BAD_BIT_OFFSET);
    };
    let on = match integer(call.args.get(3)) {
        Some(bit @ 0..=1) => bit == 1,
        _ => return call.error("ERR bit is not an integer or out of range"),
    };
    let key = call.args.get(1);
    let len = s.lookup_write(call, key, fx).map_or(0, |e| e.value.len());
    let bytes = room(s, call.db, key, byte + 1);
    let was = bytes[byte] & mask != 0;
    bytes[byte] = if on { bytes[byte] | mask } else { bytes[byte] & !mask };
    // Since 7.0 a bit that is the same already does not travel.
    let changed = was != on || len <= byte || s.config.version == RedisVersion::V6_2;
    call.dirty += u64::from(changed);
    call.integer(i64::from(was));
}

/// `GETBIT key offset`.
pub(super) fn getbit(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let Some((byte, mask)) = bit(s, call) else {
        return call.error(BAD_BIT_OFFSET);
    };
    let found = s.lookup_read(call, call.args.get(1), fx).and_then(|e| e.value.get(byte).copied());
    call.integer(i64::from(found.is_some_and(|b| b & mask != 0)));
}
