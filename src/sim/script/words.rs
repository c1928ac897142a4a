//! The words of one line, read from the left; errors name the line and what was expected.

use super::ScriptError;
use crate::redis::config::value::parse_memory;
use crate::redis::{Rate, Span};

/// The words of a line.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    pub(super) line: u32,
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(line: u32, text: &'a str) -> Self {
        Self { line, rest: text.trim() }
    }

    /// The next word, if there is one.
    pub(super) fn maybe(&mut self) -> Option<&'a str> {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        (!word.is_empty()).then_some(word)
    }

    pub(super) fn next(&mut self, expected: &'static str) -> Result<&'a str, ScriptError> {
        let line = self.line;
        self.maybe().ok_or(ScriptError::Bad { line, found: String::new(), expected })
    }

    /// All words that are left; at least one.
    pub(super) fn all(&mut self, expected: &'static str) -> Result<Vec<&'a str>, ScriptError> {
        let mut words = vec![self.next(expected)?];
        words.extend(std::iter::from_fn(|| self.maybe()));
        Ok(words)
    }

    /// The rest of the line as it is.
    pub(super) fn rest(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }

    pub(super) fn end(&mut self) -> Result<(), ScriptError> {
        match self.maybe() {
            None => Ok(()),
            Some(word) => Err(self.bad(word, "the end of the line")),
        }
    }

    pub(super) fn bad(&self, found: &str, expected: &'static str) -> ScriptError {
        ScriptError::Bad { line: self.line, found: found.into(), expected }
    }

    /// `250ms`, `1s`, `2m`, `80us`.
    pub(super) fn span(&mut self) -> Result<Span, ScriptError> {
        let expected = "a time such as 250ms, 1s or 2m";
        let word = self.next(expected)?;
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let unit = match &word[digits..] {
            "us" => 1,
            "ms" => 1000,
            "s" => 1_000_000,
            "m" => 60_000_000,
            _ => return Err(self.bad(word, expected)),
        };
        let number: Option<u64> = word[..digits].parse().ok();
        let micros = number.and_then(|number| number.checked_mul(unit));
        micros.map(Span::from_micros).ok_or_else(|| self.bad(word, expected))
    }

    /// A number of bytes: `512`, `16kb`, `1mb`.
    pub(super) fn bytes(&mut self) -> Result<u64, ScriptError> {
        let expected = "a number of bytes such as 512, 16kb or 1mb";
        let word = self.next(expected)?;
        parse_memory(word).map_err(|_| self.bad(word, expected))
    }

    pub(super) fn rate(&mut self) -> Result<Rate, ScriptError> {
        self.bytes().map(Rate::per_second)
    }

    pub(super) fn number(&mut self) -> Result<u64, ScriptError> {
        let word = self.next("a number")?;
        word.parse().map_err(|_| self.bad(word, "a number"))
    }

    pub(super) fn yes(&mut self) -> Result<bool, ScriptError> {
        match self.next("yes or no")? {
            "yes" => Ok(true),
            "no" => Ok(false),
            word => Err(self.bad(word, "yes or no")),
        }
    }
}
