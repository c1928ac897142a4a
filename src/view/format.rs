//! Numbers as the page writes them.

use crate::redis::{Span, Time};

/// Groups of three digits, parted by a space that does not break: `1 982`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// Seconds with three decimals: `12.480`.
pub fn clock(at: Time) -> String {
    at.to_string()
}

/// A span in the unit that suits it: `180 ms`, `7.3 s`, `95 s`.
pub fn span(of: Span) -> String {
    let millis = of.as_millis();
    match millis {
        0..1000 => format!("{millis}\u{a0}ms"),
        1000..60_000 => format!("{}.{}\u{a0}s", millis / 1000, millis / 100 % 10),
        _ => format!("{}\u{a0}s", millis / 1000),
    }
}

/// How often something happens that happens every so often: `4`, `0.5`.
pub fn per_second(every: Span) -> String {
    let every = every.as_micros().max(1);
    let tenths = (10_000_000 + every / 2) / every;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A pixel coordinate with one decimal at most: short paths are quick to parse.
pub fn px(x: f64) -> String {
    let mut out = String::new();
    push_px(&mut out, x);
    out
}

/// Appends a pixel coordinate; written by hand, since paths are thousands of them: `{:.1}` pulls in
/// the float formatter, and formatting of any kind takes several times longer than this.
pub fn push_px(out: &mut String, x: f64) {
    let tenths = (x * 10.0).round() as i64;
    if tenths < 0 {
        out.push('-');
    }
    let tenths = tenths.unsigned_abs();
    push_digits(out, tenths / 10);
    if !tenths.is_multiple_of(10) {
        out.push('.');
        push_digits(out, tenths % 10);
    }
}

/// About how wide a text is in a font of so many pixels: Chinese characters are as wide as high, others half as
/// much.
pub fn width_of(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c < '\u{2e80}' { 0.54 } else { 1.0 } * size).sum()
}

fn push_digits(out: &mut String, n: u64) {
    if n > 9 {
        push_digits(out, n / 10);
    }
    out.push((b'0' + (n % 10) as u8) as char);
}

/// Bytes as text: what is printable as it is, the rest as `\xNN`.
pub fn text_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e => out.push(byte as char),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out
}

/// Bytes in hexadecimal, eight a line, each line with the number of its first byte and as text.
pub fn hex_dump(bytes: &[u8], first: u64) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for (n, line) in bytes.chunks(8).enumerate() {
        // Writing into a String cannot fail.
        let _ = write!(out, "{:>5} ", first + n as u64 * 8);
        for place in 0..8 {
            let _ = match line.get(place) {
                Some(byte) => write!(out, " {byte:02x}"),
                None => write!(out, "   "),
            };
        }
        out.push_str("  ");
        out.extend(line.iter().map(|&byte| if (0x20..0x7f).contains(&byte) { byte as char } else { '·' }));
        out.push('\n');
    }
    out
}

/// Bytes as text that may be in any language: UTF-8 where it is valid.
pub fn value_of(bytes: &[u8], at_most: usize) -> String {
    let full = match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => text_of(bytes),
    };
    if full.chars().count() <= at_most {
        return full;
    }
    let mut short: String = full.chars().take(at_most.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        for (n, text) in [(0, "0"), (999, "999"), (1982, "1\u{a0}982"), (1_234_567, "1\u{a0}234\u{a0}567")] {
            assert_eq!(grouped(n), text);
        }
    }

    #[test]
    fn coordinates_are_short() {
        let all: Vec<_> = [0.0, 12.0, 12.34, -0.55, -7.96].map(px).into();
        assert_eq!(all, ["0", "12", "12.3", "-0.6", "-8"]);
    }

    #[test]
    fn rates_are_rounded_to_tenths() {
        let all: Vec<_> = [250, 600, 1000, 1050, 2000].map(|ms| per_second(Span::from_millis(ms))).into();
        assert_eq!(all, ["4", "1.7", "1", "1", "0.5"]);
    }

    #[test]
    fn spans_choose_their_unit() {
        let all: Vec<_> = [7, 7_340, 95_000].map(|ms| span(Span::from_millis(ms))).into();
        assert_eq!(all, ["7\u{a0}ms", "7.3\u{a0}s", "95\u{a0}s"]);
    }

    #[test]
    fn bytes_are_dumped_with_their_numbers() {
        let dump = hex_dump(b"*1\r\n$4\r\nPING", 1425);
        assert_eq!(dump, " 1425  2a 31 0d 0a 24 34 0d 0a  *1··$4··\n 1433  50 49 4e 47              PING\n");
    }

    #[test]
    fn control_bytes_are_escaped() {
        assert_eq!(text_of(b"*1\r\n\x00\xff"), "*1\\r\\n\\x00\\xff");
        assert_eq!(value_of("键值很长".as_bytes(), 3), "键值…");
    }
}
