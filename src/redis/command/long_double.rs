//! The `long double` in which Redis adds for `INCRBYFLOAT`: 64 bits of mantissa, as on x86.
//!
//! Integers only, so that every platform gets the same digits: read as `strtold` reads (rounded to
//! nearest, ties to even), added as the x87 adds, printed as `%.17Lf` without trailing zeros
//! (`string2ld` and `ld2string` with `LD_STR_HUMAN`, util.c).

/// The lowest exponent of a mantissa's last bit: what is smaller has fewer bits.
const LOWEST: i32 = -16_445;
/// The highest exponent of a mantissa's last bit.
const HIGHEST: i32 = 16_383 - 63;
/// Redis reads no longer numbers (`MAX_LONG_DOUBLE_CHARS`).
const LONGEST: usize = 5 * 1024;
/// Digits printed after the point.
const PLACES: u32 = 17;
const BILLION: u32 = 1_000_000_000;

/// A number, `mantissa × 2^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LongDouble {
    /// Finite. The mantissa's top bit is set unless the exponent is the lowest.
    Finite {
        /// The sign; zero has one too.
        negative: bool,
        /// The significant bits.
        mantissa: u64,
        /// The exponent of the last bit.
        exponent: i32,
    },
    /// Infinite.
    Infinite {
        /// The sign.
        negative: bool,
    },
}

use LongDouble::{Finite, Infinite};

impl LongDouble {
    pub(super) const ZERO: Self = Finite { negative: false, mantissa: 0, exponent: LOWEST };

    /// Reads a number as `string2ld` does: all of the text, decimal, hexadecimal or `inf`, neither
    /// too big nor so small that it would be zero.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        if text.len() >= LONGEST {
            return None;
        }
        let (negative, body) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") {
            return Some(Infinite { negative });
        }
        let (digits, value) = match body {
            [b'0', b'x' | b'X', hex @ ..] => read(hex, true)?,
            _ => read(body, false)?,
        };
        match value {
            Finite { mantissa, exponent, .. } if mantissa != 0 || !digits => {
                Some(Finite { negative, mantissa, exponent })
            }
            _ => None,
        }
    }

    /// The sum; `None` for what is not a number.
    pub(super) fn add(self, other: Self) -> Option<Self> {
        let (
            Finite { negative: n1, mantissa: m1, exponent: e1 },
            Finite { negative: n2, mantissa: m2, exponent: e2 },
        ) = (self, other)
        else {
            return match (self, other) {
                (Infinite { negative: a }, Infinite { negative: b }) if a != b => None,
                (Infinite { .. }, _) => Some(self),
                _ => Some(other),
            };
        };
        // The bigger one first.
        let (n1, m1, e1, n2, m2, e2) =
            if (e1, m1) >= (e2, m2) { (n1, m1, e1, n2, m2, e2) } else { (n2, m2, e2, n1, m1, e1) };
        let apart = e1.abs_diff(e2);
        let big = u128::from(m1) << 62;
        let small = u128::from(m2) << 62;
        let (aligned, lost) = match apart {
            0..=127 => (small >> apart, (small >> apart) << apart != small),
            _ => (0, small != 0),
        };
        if n1 == n2 {
            return Some(rounded(n1, big + aligned, e1 - 62, lost));
        }
        let sum = big - aligned - u128::from(lost);
        if sum == 0 && !lost {
            return Some(Self::ZERO);
        }
        Some(rounded(n1, sum, e1 - 62, lost))
    }

    /// Whether it is finite.
    pub(super) const fn is_finite(self) -> bool {
        matches!(self, Finite { .. })
    }

    /// `%.17Lf` without zeros at the end.
    pub(super) fn show(self) -> String {
        let (negative, mantissa, exponent) = match self {
            Finite { negative, mantissa, exponent } => (negative, mantissa, exponent),
            Infinite { negative } => return if negative { "-inf" } else { "inf" }.to_owned(),
        };
        let sign = if negative { "-" } else { "" };
        let text = if exponent >= 0 {
            let mut whole = Big::from(u128::from(mantissa));
            whole.shift_left(exponent.unsigned_abs());
            format!("{sign}{}", whole.decimal())
        } else {
            let unit = 10_u128.pow(PLACES);
            let scaled = u128::from(mantissa) * unit;
            let value = round_half_even(scaled, exponent.unsigned_abs(), false);
            let fraction = format!("{:017}", value % unit);
            let fraction = fraction.trim_end_matches('0');
            let dot = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{}{dot}{fraction}", value / unit)
        };
        if text == "-0" { "0".to_owned() } else { text }
    }
}

/// `value / 2^by`, rounded to the nearest, ties to even; `lost` says that `value` had more after it.
fn round_half_even(value: u128, by: u32, lost: bool) -> u128 {
    if by == 0 {
        return value;
    }
    if by > 127 {
        return 0;
    }
    let (kept, rest, half) = (value >> by, value & ((1 << by) - 1), 1 << (by - 1));
    let up = rest > half || (rest == half && (lost || kept & 1 == 1));
    kept + u128::from(up)
}

/// `value × 2^exponent` with 64 bits.
fn rounded(negative: bool, value: u128, exponent: i32, lost: bool) -> LongDouble {
    if value == 0 {
        return Finite { negative, mantissa: 0, exponent: LOWEST };
    }
    let bits = 128 - value.leading_zeros().cast_signed();
    let excess = (bits - 64).max(LOWEST - exponent);
    let (mut mantissa, mut exponent) = if excess >= 0 {
        (round_half_even(value, excess.unsigned_abs(), lost), exponent + excess)
    } else {
        (value << excess.unsigned_abs(), exponent + excess)
    };
    if mantissa >> 64 != 0 {
        mantissa >>= 1;
        exponent += 1;
    }
    match u64::try_from(mantissa) {
        Ok(mantissa) if exponent <= HIGHEST => Finite { negative, mantissa, exponent },
        _ => Infinite { negative },
    }
}

/// Reads digits with a point and an exponent; also whether any digit was not zero.
fn read(text: &[u8], hex: bool) -> Option<(bool, LongDouble)> {
    let (radix, mark) = if hex { (16, b'p') } else { (10, b'e') };
    let end = text.iter().position(|b| b.to_ascii_lowercase() == mark).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let mut exponent = match rest {
        [] => 0,
        [_, rest @ ..] => read_exponent(rest)?,
    };
    let mut value = Big::default();
    let (mut seen, mut point, mut significant) = (false, false, 0_u32);
    for byte in digits {
        if *byte == b'.' && !point {
            point = true;
            continue;
        }
        let digit = char::from(*byte).to_digit(radix)?;
        seen = true;
        value.times_plus(radix, digit);
        significant += u32::from(significant > 0 || digit > 0);
        exponent -= i64::from(point) * if hex { 4 } else { 1 };
    }
    if !seen {
        return None;
    }
    if significant == 0 {
        return Some((false, LongDouble::ZERO));
    }
    // Far outside of the range there is no need to compute.
    let size = i64::from(significant) * if hex { 4 } else { 1 } + exponent;
    let limit = if hex { 16_500 } else { 4_970 };
    if size > limit {
        return Some((true, Infinite { negative: false }));
    }
    if size < -limit {
        return Some((true, LongDouble::ZERO));
    }
    let power = i32::try_from(exponent).ok()?;
    let (binary, lost) = if hex {
        (power, false)
    } else if power >= 0 {
        value.times_ten_to(power.unsigned_abs());
        (0, false)
    } else {
        let tens = power.unsigned_abs();
        // Enough bits that 66 remain: ten takes less than 10/3.
        let up = tens * 10 / 3 + 70;
        value.shift_left(up);
        (-up.cast_signed(), value.divide_by_ten_to(tens))
    };
    let (top, skipped, more) = value.top();
    Some((true, rounded(false, top, binary + skipped, lost || more)))
}

/// A signed decimal number, no bigger than anything needs.
fn read_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0_i64, |n, b| (n * 10 + i64::from(b - b'0')).min(1_000_000));
    Some(if negative { -value } else { value })
}

/// A natural number of any size, lowest digits first, without zeros on top.
#[derive(Clone, Debug, Default)]
struct Big(Vec<u32>);

impl From<u128> for Big {
    fn from(mut value: u128) -> Self {
        let mut limbs = Vec::new();
        while value > 0 {
            limbs.push(value as u32);
            value >>= 32;
        }
        Self(limbs)
    }
}

impl Big {
    fn times_plus(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.0 {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn times_ten_to(&mut self, tens: u32) {
        for _ in 0..tens / 9 {
            self.times_plus(BILLION, 0);
        }
        self.times_plus(10_u32.pow(tens % 9), 0);
    }

    /// Divides and returns the rest.
    fn divide(&mut self, by: u32) -> u32 {
        let mut rest = 0_u64;
        for limb in self.0.iter_mut().rev() {
            let here = rest << 32 | u64::from(*limb);
            *limb = (here / u64::from(by)) as u32;
            rest = here % u64::from(by);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        rest as u32
    }

    /// Divides by a power of ten; whether anything was left over.
    fn divide_by_ten_to(&mut self, tens: u32) -> bool {
        let mut lost = false;
        for _ in 0..tens / 9 {
            lost |= self.divide(BILLION) != 0;
        }
        lost | (self.divide(10_u32.pow(tens % 9)) != 0)
    }

    fn shift_left(&mut self, bits: u32) {
        self.times_plus(1 << (bits % 32), 0);
        if !self.0.is_empty() {
            self.0.splice(0..0, std::iter::repeat_n(0, (bits / 32) as usize));
        }
    }

    /// The highest limbs, how many bits lie below them, and whether any of those is set.
    fn top(&self) -> (u128, i32, bool) {
        let low = self.0.len().saturating_sub(4);
        let (below, top) = self.0.split_at(low);
        let value = top.iter().rev().fold(0_u128, |n, limb| n << 32 | u128::from(*limb));
        (value, i32::try_from(low * 32).unwrap_or(i32::MAX), below.iter().any(|limb| *limb != 0))
    }

    fn decimal(mut self) -> String {
        let mut groups = Vec::new();
        while !self.0.is_empty() {
            groups.push(self.divide(BILLION));
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        for group in groups.iter().rev() {
            text.push_str(&format!("{group:09}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::LongDouble;

    fn add(a: &str, b: &str) -> Option<String> {
        let sum = LongDouble::parse(a.as_bytes())?.add(LongDouble::parse(b.as_bytes())?)?;
        sum.is_finite().then(|| sum.show())
    }

    /// What a real 7.0.15 answered.
    #[test]
    fn sums_are_those_of_a_real_server() {
        let sums = [
            ("10.50", "0.1", "10.6"),
            ("5.0e3", "2.0e2", "5200"),
            ("3", "-3.25", "-0.25"),
            ("0x10", "0", "16"),
            ("0x1.8p3", "-0", "12"),
            ("1000", "0.1", "1000.09999999999999998"),
            ("12345678901234567890", "-0.5", "12345678901234567890"),
            ("9223372036854775807", "3.14", "9223372036854775810"),
            ("3.0e3", "0", "3000"),
            ("-0.0", "-0.0", "0"),
            ("1e-4940", "0", "0"),
            ("1e22", "1", "10000000000000000000000"),
        ];
        for (a, b, sum) in sums {
            assert_eq!(add(a, b).as_deref(), Some(sum), "{a} + {b}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "x", ".", "1e", "1e+", "0x", "0x.", " 1", "1 ", "nan", "1e5000", "1e-5000", "0x1p", "1..2"]
        {
            assert_eq!(LongDouble::parse(text.as_bytes()), None, "{text}");
        }
        assert!(LongDouble::parse(b"-Infinity").is_some_and(|n| !n.is_finite()));
        assert_eq!(add("inf", "-inf"), None);
        assert_eq!(add("1e4932", "1e4932"), None);
    }

    #[test]
    fn integers_of_64_bits_are_exact() {
        let mut n = 1_u64;
        for _ in 0..500 {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let half = n / 2;
            assert_eq!(add(&half.to_string(), &(n - half).to_string()), Some(n.to_string()));
            assert_eq!(add(&n.to_string(), &format!("-{half}")), Some((n - half).to_string()));
        }
    }
}
