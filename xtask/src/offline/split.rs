//! A wasm file as streams, one for each kind of number in its code: a compressor sees operators beside
//! operators and locals beside locals, and makes a twelfth less of them. `www/offline.js` joins them.

use crate::error::TaskError;

/// Streams, in the order in which they are put one after the other.
const STREAMS: usize = 14;
/// Everything outside the code section; then locals' types and counts; then operators.
const OUTSIDE: usize = 0;
const LOCALS: usize = 1;
const OPERATORS: usize = 2;
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
    format!("var KINDS={},LATER={};\n", listed(all), listed(LATER.to_vec()))
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
    let mut depth = 1;
    while depth > 0 {
        let mut op = code.byte()?;
        if op == LARGE_CONST {
            return None;
        }
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
                for stream in numbers {
                    code.copy(streams, stream)?;
                }
            }
        }
    }
    // The decoder writes the shortest form of the length.
    let shortest = (1..=5).find(|bytes| length >> (7 * bytes) == 0)?;
    (code.at == end && bytes == shortest).then_some(())
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
        // (local i32) (block (br_if 0 (local.get 5)) (i32.load 8 (i32.const 300000))) (br_table 0 1)
        let body =
            b"\x01\x01\x7f\x02\x40\x20\x05\x0d\x00\x41\xe0\xa7\x12\x28\x02\x08\x1a\x0b\x0e\x01\x00\x01\x0b";
        wasm.extend([10, body.len() as u8 + 2, 1, body.len() as u8]);
        wasm.extend(body);
        wasm.extend(b"\x0b\x01\x00");
        let split = split(&wasm).unwrap_or_default();
        assert_eq!((split.functions, split.before), (1, 14));
        assert_eq!(split.streams[OUTSIDE], [&wasm[..14], b"\x0b\x01\x00"].concat());
        assert_eq!(split.streams[LOCALS], b"\x01\x01\x7f");
        assert_eq!(split.streams[OPERATORS], b"\x02\x40\x20\x0d\xff\x28\x02\x1a\x0b\x0e\x0b");
        let rest: Vec<&[u8]> = split.streams[3..].iter().map(Vec::as_slice).collect();
        let none: &[u8] = &[];
        assert_eq!(
            rest,
            [
                b"\x00" as &[u8],
                b"\x01\x00\x01",
                none,
                none,
                b"\x05",
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
