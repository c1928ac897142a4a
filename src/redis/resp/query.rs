//! A connection's input buffer and the parser over it.

use super::integer::integer;
use super::{Args, Command, split_inline};
use std::ops::Range;

/// Longest line of a header or an inline command, in bytes (`PROTO_INLINE_MAX_SIZE`).
const MAX_LINE: usize = 64 * 1024;
/// Arguments up to this many bytes are within every limit (a stranger's is 16 KB).
const QUICK_BULK: u32 = 1024;
/// Above this many parsed bytes the buffer's head is dropped.
const COMPACT_AT: usize = 16 * 1024;

/// What a connection may send.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest argument in bytes (`proto-max-bulk-len`); a master may send more.
    pub max_bulk: u64,
    /// Whether the peer has logged in; strangers may send only small commands.
    pub authenticated: bool,
    /// Whether the peer is our master: inline commands are then a protocol error.
    pub from_master: bool,
}

/// Why the input cannot be understood. The text is Redis's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// No line end within 64 KB of an inline command.
    #[error("Protocol error: too big inline request")]
    InlineTooBig,
    /// The quotes of an inline command do not match.
    #[error("Protocol error: unbalanced quotes in request")]
    UnbalancedQuotes,
    /// No line end within 64 KB of `*<count>`.
    #[error("Protocol error: too big mbulk count string")]
    CountTooBig,
    /// `*<count>` is no number, or too large a one.
    #[error("Protocol error: invalid multibulk length")]
    BadCount,
    /// A stranger sends more than ten words.
    #[error("Protocol error: unauthenticated multibulk length")]
    UnauthenticatedCount,
    /// No line end within 64 KB of `$<length>`.
    #[error("Protocol error: too big bulk count string")]
    BulkTooBig,
    /// Something else than `$` where an argument must begin.
    #[error("Protocol error: expected '$', got '{0}'")]
    ExpectedBulk(char),
    /// `$<length>` is no number, negative, or too large.
    #[error("Protocol error: invalid bulk length")]
    BadBulk,
    /// A stranger sends an argument of more than 16 KB.
    #[error("Protocol error: unauthenticated bulk length")]
    UnauthenticatedBulk,
    /// Our master sent an inline command: the stream is out of step.
    #[error("Protocol error: Master using the inline protocol. Desync?")]
    InlineFromMaster,
}

/// One step of parsing.
#[derive(Debug)]
pub enum Parsed<'a> {
    /// A command; it ends before [`Query::pos`].
    Command(Args<'a>),
    /// An empty line or an empty array: nothing to run, but bytes were read.
    Empty,
    /// The command is not complete yet.
    Incomplete,
}

/// A connection's input: bytes received, how far they are parsed, and the command under way.
#[derive(Clone, Debug, Default)]
pub struct Query {
    buf: Vec<u8>,
    pos: usize,
    /// Words of the multibulk command under way.
    words: Vec<Range<usize>>,
    /// Words still missing; 0 between commands.
    missing: u64,
    /// Length of the argument under way, once its header is read.
    bulk: Option<usize>,
    /// Words of the last inline command.
    inline: Command,
}

impl Query {
    /// Appends received bytes.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.buf.extend_from_slice(bytes);
    }

    /// Where parsing stands in the buffer.
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// Bytes of the buffer between two positions.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buf[range]
    }

    /// Bytes received and not parsed yet.
    pub fn unparsed(&self) -> usize {
        self.buf.len() - self.pos
    }

    /// Bytes received and not executed yet: those not parsed, and the words of a command that is not
    /// complete.
    pub fn unexecuted(&self) -> usize {
        self.buf.len() - self.command_start()
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.buf.capacity() + self.words.capacity() * size_of::<Range<usize>>()
    }

    /// Takes what is not parsed yet, leaving nothing.
    pub fn take_unparsed(&mut self) -> Vec<u8> {
        let rest = self.buf.split_off(self.pos);
        *self = Self::default();
        rest
    }

    /// Bytes received and not parsed yet, if no command is under way.
    pub fn rest(&self) -> &[u8] {
        if self.missing == 0 { &self.buf[self.pos..] } else { &[] }
    }

    /// Counts bytes of [`rest`](Self::rest) as parsed: whole commands that were run otherwise.
    pub fn skip(&mut self, bytes: usize) {
        self.pos += bytes;
    }

    /// Forgets all bytes and where parsing stood, but keeps the memory.
    pub fn clear(&mut self) {
        self.buf.clear();
        self.rewind(0);
    }

    /// Whether it holds no byte.
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// Goes back to `pos`: the command just parsed is to be parsed again later.
    pub fn rewind(&mut self, pos: usize) {
        self.pos = pos;
        self.missing = 0;
        self.bulk = None;
        self.words.clear();
    }

    /// Drops the first `upto` bytes, which must be parsed. Only between commands.
    pub fn drop_head(&mut self, upto: usize) {
        let keep_words = self.missing > 0;
        if upto == self.buf.len() {
            self.buf.clear();
            if self.buf.capacity() > 4 * COMPACT_AT {
                self.buf.shrink_to(COMPACT_AT);
            }
        } else {
            self.buf.drain(..upto);
        }
        self.pos -= upto;
        if keep_words {
            for word in &mut self.words {
                *word = word.start - upto..word.end - upto;
            }
        }
    }

    /// Where the command under way began, or where the next will.
    pub fn command_start(&self) -> usize {
        if self.missing > 0 { self.words.first().map_or(self.pos, |w| w.start) } else { self.pos }
    }

    /// Whether enough parsed bytes lie before the command under way to be worth dropping.
    pub fn wants_compaction(&self) -> bool {
        self.missing == 0 && self.pos > 0 && (self.pos >= COMPACT_AT || self.pos == self.buf.len())
    }

    /// Parses the next command.
    ///
    /// # Errors
    /// If the bytes break the protocol; the connection is to be closed then.
    pub fn parse(&mut self, limits: Limits) -> Result<Parsed<'_>, ProtocolError> {
        if self.missing == 0 {
            match self.buf.get(self.pos) {
                None => return Ok(Parsed::Incomplete),
                Some(b'*') => {
                    if !self.parse_count(limits)? {
                        return Ok(Parsed::Incomplete);
                    }
                    if self.missing == 0 {
                        return Ok(Parsed::Empty);
                    }
                }
                Some(_) => return self.parse_inline(limits),
            }
        }
        while self.missing > 0 {
            if !self.parse_word(limits)? {
                return Ok(Parsed::Incomplete);
            }
        }
        Ok(Parsed::Command(Args { buf: &self.buf, words: &self.words }))
    }

    /// The line from `self.pos` to the next `\r`, if its `\n` (or any byte after it) is here too.
    fn line(&self) -> Option<&[u8]> {
        let rest = &self.buf[self.pos..];
        let window = &rest[..rest.len().min(MAX_LINE + 2)];
        let end = window.iter().position(|&b| b == b'\r')?;
        (end + 1 < rest.len()).then(|| &rest[..end])
    }

    /// The common header, `*3\r\n` or `$16\r\n`, in one pass: its number and its length. `None` for
    /// anything else, which the careful way reads.
    fn quick_header(&self, kind: u8) -> Option<(u32, usize)> {
        let rest = self.buf.get(self.pos..)?;
        if *rest.first()? != kind {
            return None;
        }
        let mut value = 0;
        for (n, byte) in rest.get(1..)?.iter().take(7).enumerate() {
            match byte {
                b'0'..=b'9' => value = value * 10 + u32::from(byte - b'0'),
                b'\r' if n > 0 && rest.len() > n + 2 && (n == 1 || rest[1] != b'0') => {
                    return Some((value, n + 3));
                }
                _ => return None,
            }
        }
        None
    }

    fn parse_count(&mut self, limits: Limits) -> Result<bool, ProtocolError> {
        if let Some((count, len)) = self.quick_header(b'*').filter(|(count, _)| *count <= 10) {
            self.pos += len;
            self.words.clear();
            self.missing = u64::from(count);
            return Ok(true);
        }
        let Some(line) = self.line() else {
            return if self.unparsed() > MAX_LINE { Err(ProtocolError::CountTooBig) } else { Ok(false) };
        };
        let count = integer(&line[1..]).filter(|n| *n <= i64::from(i32::MAX));
        let count = count.ok_or(ProtocolError::BadCount)?;
        if count > 10 && !limits.authenticated {
            return Err(ProtocolError::UnauthenticatedCount);
        }
        self.pos += line.len() + 2;
        self.words.clear();
        self.missing = count.max(0) as u64;
        Ok(true)
    }

    fn parse_word(&mut self, limits: Limits) -> Result<bool, ProtocolError> {
        let within =
            |(length, _): &(u32, usize)| *length <= QUICK_BULK && u64::from(*length) <= limits.max_bulk;
        let quick = if self.bulk.is_none() { self.quick_header(b'$').filter(within) } else { None };
        let length = match (self.bulk, quick) {
            (Some(length), _) => length,
            (None, Some((length, len))) => {
                self.pos += len;
                self.bulk = Some(length as usize);
                length as usize
            }
            (None, None) => {
                let Some(line) = self.line() else {
                    return if self.unparsed() > MAX_LINE {
                        Err(ProtocolError::BulkTooBig)
                    } else {
                        Ok(false)
                    };
                };
                if line.first() != Some(&b'$') {
                    let got = self.buf[self.pos];
                    return Err(ProtocolError::ExpectedBulk(got as char));
                }
                let length = integer(&line[1..]).filter(|n| *n >= 0);
                let length = length.ok_or(ProtocolError::BadBulk)? as u64;
                if length > limits.max_bulk && !limits.from_master {
                    return Err(ProtocolError::BadBulk);
                }
                if length > 16 * 1024 && !limits.authenticated {
                    return Err(ProtocolError::UnauthenticatedBulk);
                }
                let length = usize::try_from(length).map_err(|_| ProtocolError::BadBulk)?;
                self.pos += line.len() + 2;
                self.bulk = Some(length);
                length
            }
        };
        if self.unparsed() < length.saturating_add(2) {
            return Ok(false);
        }
        self.words.push(self.pos..self.pos + length);
        self.pos += length + 2;
        self.bulk = None;
        self.missing -= 1;
        Ok(true)
    }

    fn parse_inline(&mut self, limits: Limits) -> Result<Parsed<'_>, ProtocolError> {
        let rest = &self.buf[self.pos..];
        let Some(end) = rest.iter().take(MAX_LINE + 1).position(|&b| b == b'\n') else {
            return if rest.len() > MAX_LINE {
                Err(ProtocolError::InlineTooBig)
            } else {
                Ok(Parsed::Incomplete)
            };
        };
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        split_inline(line, &mut self.inline).ok_or(ProtocolError::UnbalancedQuotes)?;
        if !line.is_empty() && limits.from_master {
            return Err(ProtocolError::InlineFromMaster);
        }
        self.pos += end + 1;
        Ok(if self.inline.args().is_empty() { Parsed::Empty } else { Parsed::Command(self.inline.args()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Limits = Limits { max_bulk: 1 << 20, authenticated: true, from_master: false };

    fn commands(query: &mut Query, limits: Limits) -> Result<Vec<Vec<String>>, ProtocolError> {
        let mut seen = Vec::new();
        loop {
            match query.parse(limits)? {
                Parsed::Command(args) => {
                    seen.push(args.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect());
                }
                Parsed::Empty => {}
                Parsed::Incomplete => return Ok(seen),
            }
        }
    }

    #[test]
    fn any_cut_of_pipelined_input_gives_the_same_commands() {
        let input = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na\r\n\r\nping\r\n*1\r\n$4\r\nPING\r\n\r\n*0\r\n*1\r\n$4\r\nQUIT\r\n";
        let whole = {
            let mut query = Query::default();
            query.extend(input);
            commands(&mut query, CLIENT).expect("valid")
        };
        assert_eq!(whole.len(), 4);
        assert_eq!(whole[0], ["SET", "k", "a\r\n"]);
        for cut in 0..input.len() {
            let mut query = Query::default();
            let mut seen = Vec::new();
            for part in [&input[..cut], &input[cut..]] {
                query.extend(part);
                seen.extend(commands(&mut query, CLIENT).expect("valid"));
                if query.wants_compaction() {
                    query.drop_head(query.pos());
                }
            }
            assert_eq!(seen, whole, "cut at {cut}");
        }
    }

    #[test]
    fn protocol_errors_use_redis_words() {
        let error = |input: &[u8], limits| {
            let mut query = Query::default();
            query.extend(input);
            commands(&mut query, limits).expect_err("must be refused").to_string()
        };
        assert_eq!(error(b"*x\r\n", CLIENT), "Protocol error: invalid multibulk length");
        assert_eq!(error(b"*3\r\nSET\r\n", CLIENT), "Protocol error: expected '$', got 'S'");
        assert_eq!(error(b"*1\r\n$-5\r\n", CLIENT), "Protocol error: invalid bulk length");
        assert_eq!(error(b"*1\r\n$9999999\r\n", CLIENT), "Protocol error: invalid bulk length");
        assert_eq!(error(b"set 'k\r\n", CLIENT), "Protocol error: unbalanced quotes in request");
        assert_eq!(error(&[b'a'; MAX_LINE + 1], CLIENT), "Protocol error: too big inline request");
        let mut long = b"*1\r\n$".to_vec();
        long.extend_from_slice(&[b'1'; MAX_LINE + 1]);
        assert_eq!(error(&long, CLIENT), "Protocol error: too big bulk count string");
        let stranger = Limits { authenticated: false, ..CLIENT };
        assert_eq!(error(b"*11\r\n", stranger), "Protocol error: unauthenticated multibulk length");
        let master = Limits { from_master: true, ..CLIENT };
        assert!(error(b"hello\r\n", master).contains("inline protocol"));
    }
}
