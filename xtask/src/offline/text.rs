//! Bytes as characters of a UTF-8 file: 7.13 bits in each byte, where base64 has 6.
//!
//! The bytes are read as an arithmetic code whose symbols are characters: one that takes two bytes is as
//! likely as two that take one, and so on. `www/offline.js` codes the characters and has the bytes again.

/// What a file or HTML would change: NUL, carriage return, the end of a text file, the start of an element.
const EXCLUDED: [u32; 4] = [0, 13, 26, 60];

/// A character of one byte is so many times likelier than one of two, and that than one of three.
const WIDTH: u64 = 141;
const ONE: u64 = (128 - EXCLUDED.len() as u64) * WIDTH * WIDTH;
const TWO: u64 = 1920 * WIDTH;
/// Without surrogates.
const THREE: u64 = 0x1_0000 - 0x800 - 0x800;
const TOTAL: u64 = ONE + TWO + THREE;
/// The last symbol, which also has what division leaves.
const LAST: u32 = 0xffff;

/// The arithmetic code's widest range, and the one below which the next byte is read.
const WIDEST: u64 = 1 << 48;
const NARROW: u64 = 1 << 40;

/// The numbers that the decoder needs, as declarations.
pub(super) fn constants() -> String {
    let mut rank = 0;
    let ranks = (0..128).map(|c| {
        let own = if EXCLUDED.contains(&c) { 0 } else { rank };
        rank += u32::from(!EXCLUDED.contains(&c));
        own.to_string()
    });
    let ranks = ranks.collect::<Vec<_>>().join(",");
    format!("var WIDTH={WIDTH},TWO={ONE},THREE={},TOTAL={TOTAL},RANKS=[{ranks}];\n", ONE + TWO)
}

/// The text.
pub(super) fn text(bytes: &[u8]) -> String {
    let ones: Vec<u32> = (0..128).filter(|c| !EXCLUDED.contains(c)).collect();
    // What follows decides the last bytes: a middle value, so that nothing is carried into them.
    let end = bytes.len() + 2;
    let mut rest = bytes.iter().copied().chain([0x80]).chain(std::iter::repeat(0)).map(u64::from);
    let mut next = move || rest.next().unwrap_or(0);
    let mut code = (0..6).fold(0, |code, _| code << 8 | next());
    let mut out = String::new();
    let (mut range, mut read) = (WIDEST, 0);
    while read < end {
        let step = range / TOTAL;
        let at = (code / step).min(TOTAL - 1);
        let (point, start, size) = if at < ONE {
            let n = at / (WIDTH * WIDTH);
            (ones[n as usize], n * WIDTH * WIDTH, WIDTH * WIDTH)
        } else if at < ONE + TWO {
            let n = (at - ONE) / WIDTH;
            (128 + n as u32, ONE + n * WIDTH, WIDTH)
        } else {
            let n = (at - ONE - TWO) as u32 + 0x800;
            (if n < 0xd800 { n } else { n + 0x800 }, at, 1)
        };
        code -= step * start;
        range = if point == LAST { range - step * start } else { step * size };
        while range < NARROW {
            code = code << 8 | next();
            range <<= 8;
            read += 1;
        }
        // Surrogates have been left out.
        out.extend(char::from_u32(point));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `www/offline.js` does it.
    fn bytes_of(text: &str) -> Vec<u8> {
        let (mut low, mut range, mut out) = (0_u64, WIDEST, Vec::<u8>::new());
        for point in text.chars().map(u32::from) {
            let c = u64::from(point);
            let excluded = EXCLUDED.iter().filter(|one| **one < point).count() as u64;
            let (start, size) = match point {
                0..128 => ((c - excluded) * WIDTH * WIDTH, WIDTH * WIDTH),
                128..0x800 => (ONE + (c - 128) * WIDTH, WIDTH),
                _ => (ONE + TWO + c - if point > 0xdfff { 0x1000 } else { 0x800 }, 1),
            };
            let step = range / TOTAL;
            low += step * start;
            range = if point == LAST { range - step * start } else { step * size };
            if low >= WIDEST {
                low -= WIDEST;
                for byte in out.iter_mut().rev() {
                    *byte = byte.wrapping_add(1);
                    if *byte != 0 {
                        break;
                    }
                }
            }
            while range < NARROW {
                out.push((low / NARROW) as u8);
                low = low % NARROW * 256;
                range *= 256;
            }
        }
        out
    }

    #[test]
    fn bytes_come_back_dense_and_hold_nothing_of_html() {
        let noise: Vec<u8> = (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        // All ones are the last symbol again and again.
        for bytes in [&noise[..], &[], &[0; 3000], &[255; 3000], b"PSYNC ? -1"] {
            let text = text(bytes);
            assert!(!text.contains(['\0', '\r', '\x1a', '<']));
            assert_eq!(&bytes_of(&text)[..bytes.len()], bytes);
        }
        assert!(text(&noise).len() < noise.len() * 9 / 8);
    }
}
