//! The syntax of `redis.conf`: one directive a line, words with quotes (`sdssplitargs`).

use std::fmt;

/// Where a directive was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// On the command line.
    CommandLine,
    /// In a file.
    File {
        /// The file, as it was named.
        path: String,
        /// The line, counted from one.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => write!(f, "Reading the command line"),
            Self::File { path, line } => write!(f, "Reading the configuration file {path}, at line {line}"),
        }
    }
}

/// One directive: a setting's name in lower case and the words after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) args: Vec<String>,
    pub(super) origin: Origin,
}

impl fmt::Display for Directive {
    /// As one would write it into a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for arg in &self.args {
            if arg.is_empty() || arg.contains([' ', '"', '\'']) {
                write!(f, " \"{}\"", arg.escape_debug())?;
            } else {
                write!(f, " {arg}")?;
            }
        }
        Ok(())
    }
}

/// A line that is no directive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineError {
    /// A quote is not closed, or something follows a closing quote.
    #[error("Unbalanced quotes in configuration line")]
    Quotes,
    /// Escapes made something that is no text.
    #[error("The value is not UTF-8 text")]
    NotText,
}

/// The directive in a line; `None` for comments and empty lines.
pub(super) fn parse_line(line: &str, origin: Origin) -> Result<Option<Directive>, LineError> {
    let line = line.trim_matches([' ', '\t', '\r', '\n']);
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let mut words = split_words(line)?.into_iter();
    let Some(name) = words.next() else {
        return Ok(None);
    };
    Ok(Some(Directive { name: name.to_ascii_lowercase(), args: words.collect(), origin }))
}

/// Cuts a line into words as `sdssplitargs` does: `"a b\n\x00"` with escapes, `'a b'` with only `\'`.
pub(super) fn split_words(line: &str) -> Result<Vec<String>, LineError> {
    let mut bytes = line.bytes().peekable();
    let mut words = Vec::new();
    loop {
        while bytes.next_if(u8::is_ascii_whitespace).is_some() {}
        if bytes.peek().is_none() {
            return Ok(words);
        }
        let mut word = Vec::new();
        while let Some(byte) = bytes.next_if(|byte| !byte.is_ascii_whitespace()) {
            match byte {
                b'"' => double_quoted(&mut bytes, &mut word)?,
                b'\'' => single_quoted(&mut bytes, &mut word)?,
                _ => {
                    word.push(byte);
                    continue;
                }
            }
            if bytes.peek().is_some_and(|next| !next.is_ascii_whitespace()) {
                return Err(LineError::Quotes);
            }
        }
        words.push(String::from_utf8(word).map_err(|_| LineError::NotText)?);
    }
}

fn double_quoted(bytes: &mut impl Iterator<Item = u8>, word: &mut Vec<u8>) -> Result<(), LineError> {
    let mut next = || bytes.next().ok_or(LineError::Quotes);
    loop {
        match next()? {
            b'"' => return Ok(()),
            b'\\' => match next()? {
                b'n' => word.push(b'\n'),
                b'r' => word.push(b'\r'),
                b't' => word.push(b'\t'),
                b'b' => word.push(8),
                b'a' => word.push(7),
                b'x' => {
                    let (high, low) = (next()?, next()?);
                    match ((high as char).to_digit(16), (low as char).to_digit(16)) {
                        (Some(high), Some(low)) => word.push((high * 16 + low) as u8),
                        _ => return Err(LineError::Quotes),
                    }
                }
                other => word.push(other),
            },
            byte => word.push(byte),
        }
    }
}

fn single_quoted(
    bytes: &mut std::iter::Peekable<impl Iterator<Item = u8>>,
    word: &mut Vec<u8>,
) -> Result<(), LineError> {
    loop {
        match bytes.next().ok_or(LineError::Quotes)? {
            b'\'' => return Ok(()),
            b'\\' if bytes.next_if_eq(&b'\'').is_some() => word.push(b'\''),
            byte => word.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        split_words(line).expect("well formed")
    }

    #[test]
    fn words_and_quotes() {
        assert_eq!(words(" a  b\tc "), ["a", "b", "c"]);
        assert_eq!(words(r#"save "" 'it''s'"#.replace("''", r"\'").as_str()), ["save", "", "it's"]);
        assert_eq!(words(r#"x "a b\n\x41\"" é"#), ["x", "a b\nA\"", "é"]);
        assert_eq!(words(""), Vec::<String>::new());
    }

    #[test]
    fn broken_quotes() {
        for line in [r#"a "b"#, "a 'b", r#"a "b"c"#, r#"a "b\"#, r#"a "\x4""#, r#"a "\xzz""#] {
            assert_eq!(split_words(line), Err(LineError::Quotes), "{line}");
        }
        assert_eq!(split_words(r#"a "\xff""#), Err(LineError::NotText));
    }

    #[test]
    fn lines() {
        let parse = |line| parse_line(line, Origin::CommandLine).expect("well formed");
        assert_eq!(parse("  # comment"), None);
        assert_eq!(parse("\r"), None);
        let directive = parse("Save 3600 1\r").expect("a directive");
        assert_eq!((directive.name.as_str(), directive.args.join(" ")), ("save", "3600 1".into()));
        assert_eq!(parse("save ''").expect("a directive").to_string(), "save \"\"");
    }
}
