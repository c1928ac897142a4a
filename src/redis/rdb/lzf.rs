//! Unpacking LZF, the compression of `rdbcompression yes` (`lzf_d.c` of liblzf).

/// The longest string that is unpacked, in bytes: Redis's default `proto-max-bulk-len`.
pub(super) const LONGEST: u64 = 512 * 1024 * 1024;

/// Whether `packed` bytes could unpack to `plain` bytes: three bytes make at most 264, so a file
/// cannot ask for memory out of proportion to its size.
pub(super) fn plausible(packed: u64, plain: u64) -> bool {
    plain <= LONGEST && plain <= packed.saturating_mul(88)
}

/// Unpacks to exactly `plain` bytes; `None` if the input does not do that. The caller has checked
/// that the length is [`plausible`].
pub(super) fn unpack(mut packed: &[u8], plain: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(plain);
    while let Some((&control, rest)) = packed.split_first() {
        packed = rest;
        if control < 32 {
            let (run, rest) = packed.split_at_checked(usize::from(control) + 1)?;
            out.extend_from_slice(run);
            packed = rest;
        } else {
            let mut len = usize::from(control >> 5) + 2;
            if len == 9 {
                let (&more, rest) = packed.split_first()?;
                len += usize::from(more);
                packed = rest;
            }
            let (&low, rest) = packed.split_first()?;
            packed = rest;
            let back = (usize::from(control & 31) << 8 | usize::from(low)) + 1;
            let start = out.len().checked_sub(back)?;
            if len > plain - out.len() {
                return None;
            }
            if back >= len {
                out.extend_from_within(start..start + len);
            } else {
                // The copy overlaps itself: it repeats the last `back` bytes.
                for at in start..start + len {
                    out.push(out[at]);
                }
            }
        }
        if out.len() > plain {
            return None;
        }
    }
    (out.len() == plain).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_back_references() {
        assert_eq!(unpack(b"\x02abc", 3).as_deref(), Some(&b"abc"[..]));
        // "ab", then 3 bytes from 2 back, overlapping: "aba".
        assert_eq!(unpack(b"\x01ab\x20\x01", 5).as_deref(), Some(&b"ababa"[..]));
        // One byte, then 9 + 255 repeats of it: the densest form there is.
        assert_eq!(unpack(b"\x00x\xe0\xff\x00", 265), Some(vec![b'x'; 265]));
    }

    #[test]
    fn damage_is_refused() {
        assert_eq!(unpack(b"\x02ab", 3), None, "a literal run cut short");
        assert_eq!(unpack(b"\x02abc", 2), None, "more than was promised");
        assert_eq!(unpack(b"\x02abc", 4), None, "less than was promised");
        assert_eq!(unpack(b"\x00x\xe0\xff\x00", 100), None, "a copy beyond the end");
        assert_eq!(unpack(b"\x00a\x20\x01", 4), None, "a reference before the start");
        assert_eq!(unpack(b"\x00a\x20", 4), None, "a reference cut short");
        assert_eq!(unpack(b"\x00a\xe0", 300), None, "a long reference cut short");
    }

    #[test]
    fn bombs_are_implausible() {
        assert!(plausible(5, 265));
        assert!(!plausible(5, 10_000));
        assert!(!plausible(u64::MAX, LONGEST + 1));
    }
}
