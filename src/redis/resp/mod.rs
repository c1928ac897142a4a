//! RESP2, the protocol on every connection: requests read, replies written.
//!
//! [`Query`] parses pipelined input cut anywhere, without copying arguments; [`Args`] is one parsed
//! command. Protocol errors are worded as in Redis's `processMultibulkBuffer` and
//! `processInlineBuffer` (networking.c).

mod inline;
mod integer;
mod query;
mod quick;
pub mod reply;

pub use inline::split_inline;
pub(crate) use integer::{integer, leading_integer};
pub use query::{Limits, Parsed, ProtocolError, Query};
pub(crate) use quick::{MOST as MOST_PLAIN, PlainSet, plain_set};

use std::ops::Range;

/// The words of one command, borrowed from the buffer they arrived in.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    buf: &'a [u8],
    words: &'a [Range<usize>],
}

impl<'a> Args<'a> {
    /// How many words, the command's name included.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are no words at all.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Word `n`; empty if there is none (arity is checked before commands run).
    pub fn get(&self, n: usize) -> &'a [u8] {
        self.words.get(n).map_or(&[][..], |word| &self.buf[word.clone()])
    }

    /// Word `n` as text for comparing with options, replacing what is not UTF-8.
    pub fn text(&self, n: usize) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.get(n))
    }

    /// Whether word `n` equals `word`, ignoring ASCII case.
    pub fn is(&self, n: usize, word: &str) -> bool {
        self.get(n).eq_ignore_ascii_case(word.as_bytes())
    }

    /// All words.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (buf, words) = (self.buf, self.words);
        words.iter().map(move |word| &buf[word.clone()])
    }

    /// An owned copy, to be kept in a transaction's queue.
    pub fn to_command(&self) -> Command {
        self.iter().collect()
    }
}

/// An owned command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    buf: Vec<u8>,
    words: Vec<Range<usize>>,
}

impl Command {
    /// The words.
    pub fn args(&self) -> Args<'_> {
        Args { buf: &self.buf, words: &self.words }
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.buf.capacity() + self.words.capacity() * size_of::<Range<usize>>()
    }

    fn clear(&mut self) {
        self.buf.clear();
        self.words.clear();
    }

    fn push(&mut self, word: &[u8]) {
        let start = self.buf.len();
        self.buf.extend_from_slice(word);
        self.words.push(start..self.buf.len());
    }
}

impl<'a> FromIterator<&'a [u8]> for Command {
    fn from_iter<T: IntoIterator<Item = &'a [u8]>>(words: T) -> Self {
        let mut command = Self::default();
        for word in words {
            command.push(word);
        }
        command
    }
}

/// Appends `words` as a RESP array of bulk strings: how commands travel.
pub fn encode_command<'a, I>(words: I, out: &mut Vec<u8>)
where
    I: IntoIterator<Item = &'a [u8]>,
    I::IntoIter: ExactSizeIterator,
{
    let words = words.into_iter();
    reply::array(out, words.len());
    for word in words {
        reply::bulk(out, word);
    }
}

impl Args<'_> {
    /// Appends the command as a RESP array of bulk strings, case preserved.
    pub fn encode(&self, out: &mut Vec<u8>) {
        reply::array(out, self.len());
        for word in self.iter() {
            reply::bulk(out, word);
        }
    }
}
