//! base64url without padding (RFC 4648 §5): bytes as characters that an address may hold.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Appends the bytes.
pub(super) fn write(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..=chunk.len() {
            out.push(DIGITS[(bits >> (18 - 6 * n)) as usize & 63] as char);
        }
    }
}

/// The bytes; `None` if there are other characters, or not as many as whole bytes need.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        bits = (bits << 6 | value as u32) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    // A whole character that gives no byte, or bits that a writer would have left zero.
    (count < 6 && bits & ((1 << count) - 1) == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back() {
        for len in 0..70_u8 {
            let bytes: Vec<u8> = (0..len).map(|n| n.wrapping_mul(197)).collect();
            let mut text = String::new();
            write(&mut text, &bytes);
            assert_eq!(read(&text), Some(bytes));
        }
    }

    #[test]
    fn as_the_rfc_writes_it() {
        for (bytes, text) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            let mut out = String::new();
            write(&mut out, bytes.as_bytes());
            assert_eq!(out, text);
        }
        for bad in ["A", "Zh", "Zg==", "Zm 8", "Zm9+", "Zm\u{e9}"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
