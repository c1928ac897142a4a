//! A wasm file as streams, one for each kind of number in its code: a compressor sees operators beside
//! operators and locals beside locals, and makes a twelfth less of them. A local is told by how many others
//! were used since, which repeats from function to function; its own number does not.
//! `www/offline-parts.js` joins them.

use crate::error::TaskError;
use crate::shrink::put_number;

/// Streams, in the order in which they are put one after the other.
const STREAMS: usize = 14;
/// Everything outside the code section; then locals' types and counts; then operators.
const OUTSIDE: usize = 0;
const LOCALS: usize = 1;
const OPERATORS: usize = 2;
/// Which local is read or written.
const USED_LOCALS: usize = 7;
/// `i32.const` with a number of at least this many bytes (mostly an address) is told apart, by an operator
/// of its own, which no wasm file has.
const LARGE: usize = 3;
const LARGE_CONST: u8 = 0xff;

const BLOCK: u8 = 0x02;
const IF: u8 = 0x04;
const END: u8 = 0x0b;
const BR_TABLE: u8 = 0x0e;
const SELECT: u8 = 0x1c;
const I32_CONST: u8 = 0x41;
const F32_CONST: u8 = 0x43;
const F64_CONST: u8 = 0x44;
/// Before some operators that came later.
const PREFIX: u8 = 0xfc;

/// Operators that stand often before this number, as their first: both together are one operator, which no
/// wasm file has. Blocks without a result; the two locals used last; 0 and 1; addresses aligned as usual.
const JOINED: [(u8, u64); 30] = [
    (0x02, 0x40),
    (0x03, 0x40),
    (0x04, 0x40),
    (0x20, 0),
    (0x20, 1),
    (0x41, 0),
    (0x41, 1),
    (0x28, 2),
    (0x29, 3),
    (0x2a, 2),
    (0x2b, 3),
    (0x2c, 0),
    (0x2d, 0),
    (0x2e, 1),
    (0x2f, 1),
    (0x30, 0),
    (0x31, 0),
    (0x32, 1),
    (0x33, 1),
    (0x34, 2),
    (0x35, 2),
    (0x36, 2),
    (0x37, 3),
    (0x38, 2),
    (0x39, 3),
    (0x3a, 0),
    (0x3b, 0),
    (0x3c, 1),
    (0x3d, 1),
    (0x3e, 2),
];
/// The first of them.
const FIRST_JOINED: u8 = 0xd3;

/// The operator that stands for this one and its first number.
fn joined(op: u8, number: u64) -> Option<u8> {
    let place = JOINED.iter().position(|pair| *pair == (op, number))?;
    Some(FIRST_JOINED + place as u8)
}

/// A wasm file, taken apart.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// The streams.
    pub(super) streams: Vec<Vec<u8>>,
    /// How many functions the code has.
    pub(super) functions: usize,
    /// How many bytes of the first stream stand before the code's first function.
    pub(super) before: usize,
}

/// The streams of an operator's numbers, a hexadecimal digit each. `br_table` and `select` with types have one
/// for a list; constants with a point have one for raw bytes.
fn kinds(op: u8) -> Option<&'static str> {
    Some(match op {
        // Blocks' types and how an address is aligned follow from the operator, and stay beside it.
        0x02..=0x04 => "2",
        0x0c | 0x0d => "3",
        0x0e => "4",
        0x10 => "5",
        0x11 => "66",
        0x1c => "2",
        0x20..=0x22 => "7",
        0x23..=0x26 | 0x3f | 0x40 | 0xd0 | 0xd2 => "8",
        0x28..=0x3e => "29",
        I32_CONST => "a",
        LARGE_CONST => "b",
        0x42 => "c",
        0x43 | 0x44 => "d",
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 | 0xfc => "",
        _ => return None,
    })
}

/// The same for the operators after the prefix 0xfc.
const LATER: [&str; 18] =
    ["", "", "", "", "", "", "", "", "88", "8", "88", "8", "88", "8", "88", "8", "8", "8"];

/// The tables that the decoder needs, as declarations.
pub(super) fn constants() -> String {
    let listed = |kinds: Vec<&str>| {
        let list = |kinds: &str| {
            let digits = kinds.chars().filter_map(|kind| kind.to_digit(16)).map(|kind| kind.to_string());
            format!("[{}]", digits.collect::<Vec<_>>().join(","))
        };
        format!("[{}]", kinds.into_iter().map(list).collect::<Vec<_>>().join(","))
    };
    let all = (0..=255).map(|op| kinds(op).unwrap_or("")).collect();
    let joined = (FIRST_JOINED..).zip(JOINED).map(|(code, (op, number))| format!("{code}:[{op},{number}]"));
    let joined = joined.collect::<Vec<_>>().join(",");
    format!("var KINDS={},LATER={},JOINED={{{joined}}};\n", listed(all), listed(LATER.to_vec()))
}

/// Takes a wasm file apart.
pub(super) fn split(wasm: &[u8]) -> Result<Split, TaskError> {
    let unknown = || TaskError::Other("the code of the page as one file has an unknown operator.".to_owned());
    taken_apart(wasm).ok_or_else(unknown)
}

fn taken_apart(wasm: &[u8]) -> Option<Split> {
    const CODE: u8 = 10;
    let mut rest = Reader { bytes: wasm, at: 8 };
    let mut split = Split { streams: vec![Vec::new(); STREAMS], ..Split::default() };
    while rest.at < wasm.len() {
        let id = rest.byte()?;
        let (length, _) = rest.number()?;
        if id == CODE {
            let end = rest.at + length as usize;
            split.functions = rest.number()?.0 as usize;
            split.before = rest.at;
            for _ in 0..split.functions {
                function(&mut rest, &mut split.streams)?;
            }
            let outside = [wasm.get(..split.before)?, wasm.get(rest.at..)?].concat();
            split.streams[OUTSIDE] = outside;
            return (rest.at == end).then_some(split);
        }
        rest.at += length as usize;
    }
    None
}

/// Takes one function apart. Its length is left out: its last `end` says where it ends.
fn function(code: &mut Reader<'_>, streams: &mut [Vec<u8>]) -> Option<()> {
    let (length, bytes) = code.number()?;
    let end = code.at + length as usize;
    for _ in 0..code.copy(streams, LOCALS)? {
        code.copy(streams, LOCALS)?;
        code.copy(streams, LOCALS)?;
    }
    let mut recent = Recent::default();
    let mut depth = 1;
    while depth > 0 {
        let mut op = code.byte()?;
        // Else an operator of our own would be taken for it.
        kinds(op).filter(|_| op != LARGE_CONST)?;
        if op == I32_CONST && code.clone().number()?.1 >= LARGE {
            op = LARGE_CONST;
        }
        streams[OPERATORS].push(op);
        depth += usize::from(matches!(op, BLOCK..=IF));
        depth -= usize::from(op == END);
        let mut kinds = kinds(op)?;
        if op == PREFIX {
            kinds = LATER.get(code.copy(streams, OPERATORS)? as usize)?;
        }
        let mut numbers = kinds.chars().filter_map(|kind| kind.to_digit(16)).map(|kind| kind as usize);
        match op {
            BR_TABLE | SELECT => {
                let stream = numbers.next()?;
                // A table has one more, its default.
                for _ in 0..code.copy(streams, stream)? + u64::from(op == BR_TABLE) {
                    code.copy(streams, stream)?;
                }
            }
            F32_CONST | F64_CONST => {
                let stream = numbers.next()?;
                for _ in 0..if op == F32_CONST { 4 } else { 8 } {
                    streams[stream].push(code.byte()?);
                }
            }
            _ => {
                for (n, stream) in numbers.enumerate() {
                    let start = code.at;
                    let (mut number, bytes) = code.number()?;
                    let local = stream == USED_LOCALS;
                    if local {
                        // The decoder writes it anew.
                        shortest(number).filter(|shortest| *shortest == bytes)?;
                        number = recent.rank(number as usize);
                    }
                    match joined(op, number).filter(|_| n == 0 && bytes == 1) {
                        Some(code) => *streams[OPERATORS].last_mut()? = code,
                        None if local => put_number(&mut streams[stream], number as usize),
                        None => streams[stream].extend(&code.bytes[start..code.at]),
                    }
                }
            }
        }
    }
    (code.at == end && bytes == shortest(length)?).then_some(())
}

/// How many bytes the decoder writes for a length or a local.
fn shortest(number: u64) -> Option<usize> {
    (1..=5).find(|bytes| number >> (7 * bytes) == 0)
}

/// The locals of a function, the last used first. Those that were never used follow in their order.
#[derive(Default)]
struct Recent(Vec<usize>);

impl Recent {
    /// The place of a local, which is then the first.
    fn rank(&mut self, local: usize) -> u64 {
        self.0.extend(self.0.len()..=local);
        let rank = self.0.iter().position(|one| *one == local).unwrap_or(local);
        self.0[..=rank].rotate_right(1);
        rank as u64
    }
}

/// A place in a wasm file.
#[derive(Clone)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A LEB128 number (its bits, with no regard to a sign) and how many bytes it has.
    fn number(&mut self) -> Option<(u64, usize)> {
        let mut value = 0;
        for n in 0..10 {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f).checked_shl(7 * n).unwrap_or(0);
            if byte < 0x80 {
                return Some((value, n as usize + 1));
            }
        }
        None
    }

    /// Copies a number into a stream as it is, and says which.
    fn copy(&mut self, streams: &mut [Vec<u8>], stream: usize) -> Option<u64> {
        let start = self.at;
        let (value, _) = self.number()?;
        streams[stream].extend(&self.bytes[start..self.at]);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_taken_apart_by_kinds() {
        let mut wasm = b"\0asm\x01\0\0\0\x01\x01\x00".to_vec();
        // (local i32) (block (br_if 0 (local.get 5)) (i32.load 8 (i32.const 300000)))
        // (local.set 5 (local.tee 1 (local.get 5))) (br_table 0 1)
        let body = b"\x01\x01\x7f\x02\x40\x20\x05\x0d\x00\x41\xe0\xa7\x12\x28\x02\x08\x1a\x0b\
            \x20\x05\x22\x01\x21\x05\x0e\x01\x00\x01\x0b";
        wasm.extend([10, body.len() as u8 + 2, 1, body.len() as u8]);
        wasm.extend(body);
        wasm.extend(b"\x0b\x01\x00");
        let split = split(&wasm).unwrap_or_default();
        assert_eq!((split.functions, split.before), (1, 14));
        assert_eq!(split.streams[OUTSIDE], [&wasm[..14], b"\x0b\x01\x00"].concat());
        assert_eq!(split.streams[LOCALS], b"\x01\x01\x7f");
        assert_eq!(split.streams[OPERATORS], b"\xd3\x20\x0d\xff\xda\x1a\x0b\xd6\x22\x21\x0e\x0b");
        let rest: Vec<&[u8]> = split.streams[3..].iter().map(Vec::as_slice).collect();
        let none: &[u8] = &[];
        assert_eq!(
            rest,
            [
                b"\x00" as &[u8],
                b"\x01\x00\x01",
                none,
                none,
                b"\x05\x02\x01",
                none,
                b"\x08",
                none,
                b"\xe0\xa7\x12",
                none,
                none
            ]
        );
    }

    #[test]
    fn what_is_unknown_is_refused() {
        let wasm = b"\0asm\x01\0\0\0\x0a\x05\x01\x03\x00\x06\x0b";
        assert!(split(wasm).is_err() && split(&wasm[..12]).is_err());
    }
}
