//! The one command that streams are made of, `SET key value`, in the form in which every client and
//! every Redis writes it, read in one pass and where it lies. Whatever differs in a single byte is
//! left to the careful parser ([`Query`](super::Query)), which reads the same out of these bytes, and
//! these bytes are also how the command travels on ([`encode_command`](super::encode_command)).

/// How it begins.
const SET: &[u8] = b"*3\r\n$3\r\nSET\r\n$";

/// `SET key value`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlainSet<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Bytes of the command: at most [`MOST`].
    pub(crate) len: usize,
}

/// Longest command that is read here: a key of three digits, a value of four.
pub(crate) const MOST: usize = SET.len() + 5 + 999 + 2 + 7 + 9999 + 2;
// Many of them may be appended to a backlog at once.
const _: () = assert!(MOST <= crate::redis::backlog::SMALL);

/// The command at the beginning of `bytes`, if it is a whole `SET` of a short key to a short value.
#[inline]
pub(crate) fn plain_set(bytes: &[u8]) -> Option<PlainSet<'_>> {
    let rest = bytes.strip_prefix(SET)?;
    let (length, rest) = match rest {
        [a @ b'0'..=b'9', b'\r', b'\n', rest @ ..] => (digit(*a), rest),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', b'\n', rest @ ..] => (digit(*a) * 10 + digit(*b), rest),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b'\r', b'\n', rest @ ..] => {
            (digit(*a) * 100 + digit(*b) * 10 + digit(*c), rest)
        }
        _ => return None,
    };
    let (key, rest) = rest.split_at_checked(length)?;
    let (length, rest) = match rest.strip_prefix(b"\r\n")? {
        [b'$', a @ b'0'..=b'9', b'\r', b'\n', rest @ ..] => (digit(*a), rest),
        [b'$', a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', b'\n', rest @ ..] => {
            (digit(*a) * 10 + digit(*b), rest)
        }
        [b'$', a @ b'1'..=b'9', rest @ ..] => {
            let (more, rest) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'\r')?)?;
            if more.len() > 3 || !more.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let length = more.iter().fold(digit(*a), |length, more| length * 10 + digit(*more));
            (length, rest.strip_prefix(b"\r\n")?)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    let rest = rest.strip_prefix(b"\r\n")?;
    Some(PlainSet { key, value, len: bytes.len() - rest.len() })
}

fn digit(byte: u8) -> usize {
    usize::from(byte - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::resp::{Limits, Parsed, Query};

    /// What the careful parser reads at the beginning of `bytes`.
    fn careful(bytes: &[u8]) -> Option<(Vec<Vec<u8>>, usize)> {
        let mut query = Query::default();
        query.extend(bytes);
        let limits = Limits { max_bulk: u64::MAX, authenticated: true, from_master: true };
        let words = match query.parse(limits) {
            Ok(Parsed::Command(args)) => args.iter().map(<[u8]>::to_vec).collect(),
            _ => return None,
        };
        Some((words, query.pos()))
    }

    #[test]
    fn both_parsers_read_the_same() {
        for (key, value) in [(0, 0), (1, 3), (9, 10), (16, 3), (99, 100), (999, 9999), (100, 1024)] {
            let (key, value) = (vec![b'k'; key], vec![b'\r'; value]);
            let mut bytes = Vec::new();
            crate::redis::resp::encode_command([&b"SET"[..], &key[..], &value[..]], &mut bytes);
            let whole = bytes.len();
            bytes.extend_from_slice(b"*1\r\n");
            let set = plain_set(&bytes).expect("in the usual form");
            assert_eq!((set.key, set.value, set.len), (&key[..], &value[..], whole));
            assert!(whole <= MOST);
            for cut in 0..whole {
                assert_eq!(plain_set(&bytes[..cut]), None, "cut at {cut}");
            }
            // Any wrong byte: either both still agree, or it is left to the careful one.
            for at in 0..whole.min(80) {
                for byte in [b'0', b'9', b'$', b'\r', b'\n', b'x', b'-'] {
                    let mut changed = bytes.clone();
                    changed[at] = byte;
                    if let Some(set) = plain_set(&changed) {
                        let words = vec![b"SET".to_vec(), set.key.to_vec(), set.value.to_vec()];
                        assert_eq!(careful(&changed), Some((words, set.len)), "byte {at} is {byte}");
                    }
                }
            }
        }
    }

    #[test]
    fn long_ones_are_left_to_the_careful_parser() {
        let mut bytes = Vec::new();
        crate::redis::resp::encode_command([&b"SET"[..], &[b'k'; 1000][..], b"v"], &mut bytes);
        assert_eq!(plain_set(&bytes), None);
        bytes.clear();
        crate::redis::resp::encode_command([&b"SET"[..], b"k", &[b'v'; 10_000][..]], &mut bytes);
        assert_eq!(plain_set(&bytes), None);
    }
}
