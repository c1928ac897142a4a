//! `INCR` and its relatives (t_string.c).

use super::{Call, Travel};
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
        None => (Some(Decimal(0)), None),
        Some(entry) => (Decimal::parse(&entry.value), entry.expire_at),
    };
    let by = call.args.get(2);
    if infinite(by) && old.is_some() {
        return call.error("ERR increment would produce NaN or Infinity");
    }
    let (Some(old), Some(by)) = (old, Decimal::parse(by)) else {
        return call.error("ERR value is not a valid float");
    };
    let Some(new) = old.0.checked_add(by.0).map(Decimal) else {
        return call.error("ERR increment would produce NaN or Infinity");
    };
    let text = new.show();
    s.keys.db_mut(call.db).set(key, text.as_bytes(), expire_at);
    call.dirty += 1;
    call.bulk(text.as_bytes());
    call.travel = Travel::Queued;
    s.propagate(call.db, &[b"SET", key, text.as_bytes(), b"KEEPTTL"]);
}

/// `strtold` reads these as infinity.
fn infinite(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity")
}

/// A decimal number with 17 places, what Redis prints of a `long double` (`LD_STR_HUMAN`). Integers
/// only, so that every platform gets the same digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal(i128);

const PLACES: i32 = 17;

impl Decimal {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let exponent_at = text.find(['e', 'E']).filter(|_| !text.contains(['x', 'X']));
        let (mantissa, exponent) = match exponent_at {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            // `strtold` reads hexadecimal, too.
            let value = i128::from(u64::from_str_radix(hex, 16).ok()?).checked_mul(10_i128.pow(17))?;
            return Some(Self(if negative { -value } else { value }));
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut value: i128 = 0;
        for digit in whole.chars().chain(fraction.chars()) {
            value = value.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
        }
        let shift = PLACES.checked_add(exponent)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        if shift >= 0 {
            value = value.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?;
        } else {
            let unit = 10_i128.checked_pow(shift.unsigned_abs()).unwrap_or(i128::MAX);
            value = (value + unit / 2) / unit;
        }
        Some(Self(if negative { -value } else { value }))
    }

    fn show(self) -> String {
        let unit = 10_u128.pow(PLACES.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let fraction = format!("{:017}", value % unit);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{}{dot}{fraction}", value / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_like_redis() {
        let add = |a: &str, b: &str| {
            let (a, b) = (Decimal::parse(a.as_bytes())?, Decimal::parse(b.as_bytes())?);
            Some(Decimal(a.0 + b.0).show())
        };
        assert_eq!(add("10.50", "0.1").as_deref(), Some("10.6"));
        assert_eq!(add("5.0e3", "2.0e2").as_deref(), Some("5200"));
        assert_eq!(add("3", "-3.25").as_deref(), Some("-0.25"));
        assert_eq!(add("0x10", "0").as_deref(), Some("16"));
        assert_eq!(add("x", "1"), None);
        assert_eq!(add(".", "1"), None);
        assert_eq!(add("1e99", "1"), None);
    }
}
