//! Fields in a fixed order: one description of them writes and reads.

use super::{LinkError, MOST_TIME};
use crate::redis::{Rate, Span, Time};
use std::mem;

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
///
/// What cannot be read is remembered, and from then on everything reads as zero: the fields need not
/// ask after each, and lists end at once. [`finish`](Self::finish) tells.
pub(super) struct Coder<'a> {
    /// What is still to be read; `None` if this writes.
    input: Option<&'a [u8]>,
    output: Vec<u8>,
    /// Words that came before.
    words: Vec<Vec<u8>>,
    /// Bytes of all words so far.
    spent: usize,
    failed: Option<LinkError>,
}

impl<'a> Coder<'a> {
    /// One that writes.
    pub(super) fn writer() -> Self {
        Self { input: None, output: Vec::new(), words: Vec::new(), spent: 0, failed: None }
    }

    /// One that reads.
    pub(super) fn reader(bytes: &'a [u8]) -> Self {
        Self { input: Some(bytes), ..Self::writer() }
    }

    /// Whether this reads.
    pub(super) fn reads(&self) -> bool {
        self.input.is_some()
    }

    /// Whether there is more to be read.
    pub(super) fn has_more(&self) -> bool {
        self.input.is_some_and(|input| !input.is_empty())
    }

    /// What was written.
    pub(super) fn written(self) -> Vec<u8> {
        self.output
    }

    /// Whether everything was read, and all of it was right.
    pub(super) fn finish(&self) -> Result<(), LinkError> {
        match self.failed {
            Some(problem) => Err(problem),
            None if self.input.is_none_or(<[u8]>::is_empty) => Ok(()),
            None => Err(LinkError::Damaged),
        }
    }

    /// Remembers the first thing that is wrong.
    #[inline(never)]
    pub(super) fn fail(&mut self, problem: LinkError) {
        self.failed.get_or_insert(problem);
        self.input = Some(&[]);
    }

    /// A number that is at most `most`.
    #[inline(never)]
    pub(super) fn number(&mut self, value: &mut u64, most: u64) {
        if self.input.is_some() {
            *value = match self.read_number() {
                Some(read) if read <= most => read,
                Some(_) => {
                    self.fail(LinkError::Value);
                    0
                }
                None => {
                    self.fail(LinkError::Damaged);
                    0
                }
            };
            return;
        }
        let mut rest = *value;
        while rest >= 0x80 {
            self.output.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.output.push(rest as u8);
    }

    /// A number in its one form: no zeros before it, nothing beyond 64 bits.
    fn read_number(&mut self) -> Option<u64> {
        let mut read = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.input?.split_first()?;
            self.input = Some(rest);
            read |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return ((shift < 63 || byte <= 1) && (byte != 0 || shift == 0)).then_some(read);
            }
        }
        None
    }

    /// A smaller number.
    pub(super) fn number32(&mut self, value: &mut u32, most: u32) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, u64::from(most));
        *value = wide as u32;
    }

    /// A port.
    pub(super) fn number16(&mut self, value: &mut u16) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, u64::from(u16::MAX));
        *value = wide as u16;
    }

    /// The number of a node or client.
    pub(super) fn number8(&mut self, value: &mut u8) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, u64::from(u8::MAX));
        *value = wide as u8;
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, value: &mut bool) {
        let mut wide = u64::from(*value);
        self.number(&mut wide, 1);
        *value = wide == 1;
    }

    /// A length of time, at most so many microseconds.
    pub(super) fn span(&mut self, value: &mut Span, most: u64) {
        let mut micros = value.as_micros();
        self.number(&mut micros, most);
        *value = Span::from_micros(micros);
    }

    /// An instant of a session.
    pub(super) fn time(&mut self, value: &mut Time) {
        let mut micros = value.as_micros();
        self.number(&mut micros, MOST_TIME);
        *value = Time::from_micros(micros);
    }

    /// A rate.
    pub(super) fn rate(&mut self, value: &mut Rate) {
        let mut rate = value.bytes_per_second();
        self.number(&mut rate, 1 << 40);
        *value = Rate::per_second(rate);
    }

    /// How long a list is, at most `most`.
    pub(super) fn length(&mut self, length: usize, most: u64) -> usize {
        let mut wide = length as u64;
        self.number(&mut wide, most);
        wide as usize
    }

    /// Any bytes: the place of a word that is known (even), or a length and the bytes (odd).
    #[inline(never)]
    pub(super) fn word(&mut self, word: &mut Vec<u8>) {
        if self.reads() {
            *word = self.read_word().unwrap_or_default();
            self.spent += word.len();
            if self.spent > MOST_WORDS {
                self.fail(LinkError::Value);
            }
            return;
        }
        let before = self.words.iter().position(|known| known == word).map(|n| n + WORDS.len());
        let fixed = || WORDS.iter().position(|known| known.as_bytes() == word.as_slice());
        if let Some(n) = fixed().or(before) {
            return self.number(&mut (n as u64 * 2), u64::MAX);
        }
        self.number(&mut (word.len() as u64 * 2 + 1), u64::MAX);
        self.output.extend_from_slice(word);
        self.words.push(word.clone());
    }

    fn read_word(&mut self) -> Option<Vec<u8>> {
        let mut code = 0;
        self.number(&mut code, MOST_WORD * 2 + 1);
        let n = (code / 2) as usize;
        let word = if code % 2 == 0 {
            let fixed = WORDS.get(n).map(|known| known.as_bytes());
            let before = || self.words.get(n - WORDS.len()).map(Vec::as_slice);
            fixed.or_else(before).map(<[u8]>::to_vec)
        } else {
            self.input.and_then(|input| input.split_at_checked(n)).map(|(bytes, rest)| {
                self.input = Some(rest);
                self.words.push(bytes.to_vec());
                bytes.to_vec()
            })
        };
        if word.is_none() {
            self.fail(LinkError::Damaged);
        }
        word
    }

    /// A text of at most so many bytes.
    #[inline(never)]
    pub(super) fn text(&mut self, text: &mut String, most: usize) {
        let mut bytes = mem::take(text).into_bytes();
        self.word(&mut bytes);
        if self.reads() && bytes.len() > most {
            self.fail(LinkError::Value);
        }
        match String::from_utf8(bytes) {
            Ok(read) => *text = read,
            Err(_) => self.fail(LinkError::Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut coder = Coder::writer();
            coder.number(&mut value.clone(), u64::MAX);
            let bytes = coder.written();
            let mut read = 0;
            let mut reader = Coder::reader(&bytes);
            reader.number(&mut read, u64::MAX);
            assert_eq!((reader.finish(), read), (Ok(()), value));
        }
        let long: &[&[u8]] =
            &[b"", b"\x80", b"\x80\x00", &[0xff; 11], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"];
        for bytes in long {
            assert_eq!(number(bytes, u64::MAX), Err(LinkError::Damaged), "{bytes:?}");
        }
        assert_eq!(number(b"\x08", 7), Err(LinkError::Value));
    }

    fn number(bytes: &[u8], most: u64) -> Result<(), LinkError> {
        let mut reader = Coder::reader(bytes);
        reader.number(&mut 0, most);
        reader.finish()
    }

    #[test]
    fn a_word_that_came_before_costs_a_byte_or_two() {
        let mut coder = Coder::writer();
        for word in ["SET", "a longer word", "a longer word", "SET"] {
            coder.word(&mut word.as_bytes().to_vec());
        }
        let bytes = coder.written();
        assert_eq!(bytes.len(), 1 + (1 + 13) + 2 + 1);
        let mut reader = Coder::reader(&bytes);
        for word in ["SET", "a longer word", "a longer word", "SET"] {
            let mut read = Vec::new();
            reader.word(&mut read);
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
        coder.number(&mut place.clone(), u64::MAX);
        let again = coder.written();
        (0..1000).for_each(|_| bytes.extend(&again));
        let mut reader = Coder::reader(&bytes);
        let mut read = 0;
        while reader.failed.is_none() {
            let mut word = Vec::new();
            reader.word(&mut word);
            read += word.len();
        }
        assert_eq!(reader.finish(), Err(LinkError::Value));
        assert!(read <= MOST_WORDS + 4096);
    }
}
