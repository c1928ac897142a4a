//! Numbers as Redis reads them.

/// Reads a decimal number as `string2ll` does: no blanks, no plus sign, no leading zeros.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [] => return None,
        [b'0'] => return (!negative).then_some(0),
        [b'0', ..] => return None,
        _ => {}
    }
    let mut value: i64 = 0;
    for digit in digits {
        let digit = i64::from((*digit as char).to_digit(10)?);
        value = value.checked_mul(10)?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
    }
    Some(value)
}

/// Reads the number that a text begins with as `strtoll` does: after blanks, with either sign, up to
/// what is no digit. Zero if there is none; what is too large is the largest there is.
pub(crate) fn leading_integer(text: &[u8]) -> i64 {
    let text = text.trim_ascii_start();
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let digits = digits.iter().map_while(|digit| (*digit as char).to_digit(10));
    digits.fold(0, |value: i64, digit| value.saturating_mul(10).saturating_add(sign * i64::from(digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_integers_are_not() {
        let read = ["12", " +12 x", "-1", "007", "abc", "", "-", "12abc", "99999999999999999999"];
        let numbers = [12, 12, -1, 7, 0, 0, 0, 12, i64::MAX];
        assert_eq!(read.map(|text| leading_integer(text.as_bytes())), numbers);
    }

    #[test]
    fn integers_are_strict() {
        assert_eq!(integer(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer(b"9223372036854775808"), None);
        for bad in ["", "-", "+1", " 1", "1 ", "01", "-0", "1.0"] {
            assert_eq!(integer(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
