//! Fields in a fixed order: one description of them writes and reads.

use super::{LinkError, MOST_TIME};
use crate::redis::{Rate, Span, Time};
use std::mem;

/// A field was read (or written), or is not acceptable.
pub(super) type Step = Result<(), LinkError>;

/// Words that commands and worlds are made of. Their places are part of the format.
const WORDS: &[&str] = &[
    "SET",
    "GET",
    "DEL",
    "INCR",
    "DECR",
    "INCRBY",
    "APPEND",
    "MSET",
    "MGET",
    "EXPIRE",
    "PEXPIRE",
    "TTL",
    "PERSIST",
    "KEYS",
    "*",
    "DBSIZE",
    "FLUSHALL",
    "SELECT",
    "MULTI",
    "EXEC",
    "INFO",
    "replication",
    "ROLE",
    "REPLICAOF",
    "NO",
    "ONE",
    "WAIT",
    "CONFIG",
    "EX",
    "PX",
    "NX",
    "XX",
    "k1",
    "k2",
    "k3",
    "k4",
    "v1",
    "v2",
    "v3",
    "v4",
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "60",
    "100",
    "1000",
    "key",
    "value",
    "hello",
    "world",
    "course",
    "redis",
    "name",
    "a",
    "b",
    "c",
    "d",
    "e",
    "x",
    "y",
    "172.16.19.3",
    "172.16.19.5",
    "172.16.19.7",
    "6379",
    "writer",
    "SET k{key} v{n}",
    "SET k1 v1",
    "SET k2 v2",
    "SET course redis",
    "set",
    "get",
    "del",
    "incr",
    "append",
    "info",
    "wait",
    "config",
];
/// Most bytes of one word or text.
const MOST_WORD: u64 = 4096;
/// Most bytes of all words together: what their short forms stand for included.
const MOST_WORDS: usize = 256 * 1024;

/// Writes fields, or reads them.
pub(super) struct Coder<'a> {
    /// What is still to be read; `None` if this writes.
    input: Option<&'a [u8]>,
    output: Vec<u8>,
    /// Words that came before.
    words: Vec<Vec<u8>>,
    /// Bytes of all words so far.
    spent: usize,
}

impl<'a> Coder<'a> {
    /// One that writes.
    pub(super) fn writer() -> Self {
        Self { input: None, output: Vec::new(), words: Vec::new(), spent: 0 }
    }

    /// One that reads.
    pub(super) fn reader(bytes: &'a [u8]) -> Self {
        Self { input: Some(bytes), ..Self::writer() }
    }

    /// Whether this reads.
    pub(super) fn reads(&self) -> bool {
        self.input.is_some()
    }

    /// What was written.
    pub(super) fn written(self) -> Vec<u8> {
        self.output
    }

    /// Whether everything is read.
    pub(super) fn at_end(&self) -> bool {
        self.input.is_none_or(<[u8]>::is_empty)
    }

    /// A number that is at most `most`.
    #[inline(never)]
    pub(super) fn number(&mut self, value: &mut u64, most: u64) -> Step {
        let Some(mut input) = self.input else {
            let mut rest = *value;
            while rest >= 0x80 {
                self.output.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            self.output.push(rest as u8);
            return Ok(());
        };
        let mut read = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = input.split_first().ok_or(LinkError::Damaged)?;
            input = rest;
            read |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                // A number has one form only: no zeros before it, nothing beyond 64 bits.
                let whole = (shift < 63 || byte <= 1) && (byte != 0 || shift == 0);
                self.input = Some(input);
                *value = read;
                return if !whole {
                    Err(LinkError::Damaged)
                } else if read > most {
                    Err(LinkError::Value)
                } else {
                    Ok(())
                };
            }
        }
        Err(LinkError::Damaged)
    }

    /// A smaller number.
    pub(super) fn number32(&mut self, value: &mut u32, most: u32) -> Step {
        let mut wide = u64::from(*value);
        self.number(&mut wide, u64::from(most))?;
        *value = wide as u32;
        Ok(())
    }

    /// A port.
    pub(super) fn number16(&mut self, value: &mut u16) -> Step {
        let mut wide = u32::from(*value);
        self.number32(&mut wide, u32::from(u16::MAX))?;
        *value = wide as u16;
        Ok(())
    }

    /// The number of a node or client.
    pub(super) fn number8(&mut self, value: &mut u8) -> Step {
        let mut wide = u32::from(*value);
        self.number32(&mut wide, u32::from(u8::MAX))?;
        *value = wide as u8;
        Ok(())
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, value: &mut bool) -> Step {
        let mut wide = u64::from(*value);
        self.number(&mut wide, 1)?;
        *value = wide == 1;
        Ok(())
    }

    /// A length of time, at most so many microseconds.
    pub(super) fn span(&mut self, value: &mut Span, most: u64) -> Step {
        let mut micros = value.as_micros();
        self.number(&mut micros, most)?;
        *value = Span::from_micros(micros);
        Ok(())
    }

    /// An instant of a session.
    pub(super) fn time(&mut self, value: &mut Time) -> Step {
        let mut micros = value.as_micros();
        self.number(&mut micros, MOST_TIME)?;
        *value = Time::from_micros(micros);
        Ok(())
    }

    /// A rate.
    pub(super) fn rate(&mut self, value: &mut Rate) -> Step {
        let mut rate = value.bytes_per_second();
        self.number(&mut rate, 1 << 40)?;
        *value = Rate::per_second(rate);
        Ok(())
    }

    /// How long a list is, at most `most`.
    pub(super) fn length(&mut self, length: usize, most: u64) -> Result<usize, LinkError> {
        let mut wide = length as u64;
        self.number(&mut wide, most)?;
        Ok(wide as usize)
    }

    /// Any bytes: the place of a word that is known (even), or a length and the bytes (odd).
    pub(super) fn word(&mut self, word: &mut Vec<u8>) -> Step {
        if !self.reads() {
            let before = self.words.iter().position(|known| known == word).map(|n| n + WORDS.len());
            let fixed = || WORDS.iter().position(|known| known.as_bytes() == word.as_slice());
            if let Some(n) = fixed().or(before) {
                return self.number(&mut (n as u64 * 2), u64::MAX);
            }
            self.number(&mut (word.len() as u64 * 2 + 1), u64::MAX)?;
            self.output.extend_from_slice(word);
            self.words.push(word.clone());
            return Ok(());
        }
        let mut code = 0;
        self.number(&mut code, MOST_WORD * 2 + 1)?;
        let n = (code / 2) as usize;
        if code % 2 == 0 {
            let fixed = WORDS.get(n).map(|known| known.as_bytes());
            let before = || self.words.get(n - WORDS.len()).map(Vec::as_slice);
            *word = fixed.or_else(before).ok_or(LinkError::Damaged)?.to_vec();
        } else {
            let input = self.input.unwrap_or_default();
            let (bytes, rest) = input.split_at_checked(n).ok_or(LinkError::Damaged)?;
            self.input = Some(rest);
            *word = bytes.to_vec();
            self.words.push(word.clone());
        }
        self.spent += word.len();
        if self.spent > MOST_WORDS { Err(LinkError::Value) } else { Ok(()) }
    }

    /// A text of at most so many bytes.
    pub(super) fn text(&mut self, text: &mut String, most: usize) -> Step {
        let mut bytes = mem::take(text).into_bytes();
        self.word(&mut bytes)?;
        if self.reads() && bytes.len() > most {
            return Err(LinkError::Value);
        }
        *text = String::from_utf8(bytes).map_err(|_| LinkError::Damaged)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut coder = Coder::writer();
            coder.number(&mut value.clone(), u64::MAX).expect("writing does not fail");
            let bytes = coder.written();
            let mut read = 0;
            assert_eq!(Coder::reader(&bytes).number(&mut read, u64::MAX), Ok(()));
            assert_eq!(read, value);
        }
        let long: &[&[u8]] =
            &[b"", b"\x80", b"\x80\x00", &[0xff; 11], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"];
        for bytes in long {
            assert_eq!(Coder::reader(bytes).number(&mut 0, u64::MAX), Err(LinkError::Damaged), "{bytes:?}");
        }
        assert_eq!(Coder::reader(b"\x08").number(&mut 0, 7), Err(LinkError::Value));
    }

    #[test]
    fn a_word_that_came_before_costs_a_byte_or_two() {
        let mut coder = Coder::writer();
        for word in ["SET", "a longer word", "a longer word", "SET"] {
            coder.word(&mut word.as_bytes().to_vec()).expect("writing does not fail");
        }
        let bytes = coder.written();
        assert_eq!(bytes.len(), 1 + (1 + 13) + 2 + 1);
        let mut reader = Coder::reader(&bytes);
        for word in ["SET", "a longer word", "a longer word", "SET"] {
            let mut read = Vec::new();
            reader.word(&mut read).expect("it was written so");
            assert_eq!(read, word.as_bytes());
        }
    }

    #[test]
    fn words_cannot_swell() {
        // One long word, then its place again and again: a small input that stands for much.
        let mut bytes = vec![0x81, 0x40];
        bytes.extend([b'x'; 4096]);
        let place = (WORDS.len() * 2) as u64;
        let mut coder = Coder::writer();
        coder.number(&mut place.clone(), u64::MAX).expect("writing does not fail");
        let again = coder.written();
        (0..1000).for_each(|_| bytes.extend(&again));
        let mut reader = Coder::reader(&bytes);
        let mut read = 0;
        let refused = loop {
            let mut word = Vec::new();
            match reader.word(&mut word) {
                Ok(()) => read += word.len(),
                Err(problem) => break problem,
            }
        };
        assert_eq!(refused, LinkError::Value);
        assert!(read <= MOST_WORDS);
    }
}
