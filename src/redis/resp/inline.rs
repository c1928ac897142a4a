//! Inline commands: a line of words as a person types it into `telnet`.

use super::Command;

/// Splits a line as Redis's `sdssplitargs` does: double quotes with `\n \r \t \b \a \\ \" \xHH`,
/// single quotes with `\'` only, blanks between words. `None` if the quotes do not match.
pub fn split_inline(line: &[u8], into: &mut Command) -> Option<()> {
    into.clear();
    let blank = |b: u8| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x0b | 0x0c);
    let mut at = 0;
    let mut word = Vec::new();
    loop {
        while at < line.len() && blank(line[at]) {
            at += 1;
        }
        if at >= line.len() {
            return Some(());
        }
        word.clear();
        while at < line.len() && !blank(line[at]) && line[at] != 0 {
            match line[at] {
                b'"' => at = double_quoted(line, at + 1, &mut word)?,
                b'\'' => at = single_quoted(line, at + 1, &mut word)?,
                byte => {
                    word.push(byte);
                    at += 1;
                }
            }
        }
        into.push(&word);
        if line.get(at) == Some(&0) {
            return Some(());
        }
    }
}

/// A closing quote must be followed by a blank or nothing at all.
fn closed(line: &[u8], at: usize) -> Option<usize> {
    let next = line.get(at + 1);
    next.is_none_or(|b| b.is_ascii_whitespace() || *b == 0x0b).then_some(at + 1)
}

fn double_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match line.get(at)? {
            b'"' => return closed(line, at),
            b'\\' if line.get(at + 1) == Some(&b'x') && hex(line, at + 2).is_some() => {
                word.push(hex(line, at + 2)?);
                at += 4;
            }
            b'\\' if at + 1 < line.len() => {
                word.push(match line[at + 1] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 0x08,
                    b'a' => 0x07,
                    other => other,
                });
                at += 2;
            }
            byte => {
                word.push(*byte);
                at += 1;
            }
        }
    }
}

fn single_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match line.get(at)? {
            b'\'' => return closed(line, at),
            b'\\' if line.get(at + 1) == Some(&b'\'') => {
                word.push(b'\'');
                at += 2;
            }
            byte => {
                word.push(*byte);
                at += 1;
            }
        }
    }
}

fn hex(line: &[u8], at: usize) -> Option<u8> {
    let digit = |i: usize| line.get(i).and_then(|b| (*b as char).to_digit(16));
    Some((digit(at)? * 16 + digit(at + 1)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Option<Vec<String>> {
        let mut command = Command::default();
        split_inline(line.as_bytes(), &mut command)?;
        Some(command.args().iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect())
    }

    #[test]
    fn splits_like_sdssplitargs() {
        assert_eq!(words("  set  k v "), Some(vec!["set".into(), "k".into(), "v".into()]));
        assert_eq!(words(r#"set k "a\x41\n b""#), Some(vec!["set".into(), "k".into(), "aA\n b".into()]));
        assert_eq!(words(r"set k 'it\'s'"), Some(vec!["set".into(), "k".into(), "it's".into()]));
        assert_eq!(words(r#"set "" x"#), Some(vec!["set".into(), String::new(), "x".into()]));
        assert_eq!(words(r#"set "k"v"#), None, "text glued to a closing quote");
        assert_eq!(words("set 'k"), None);
        assert_eq!(words(""), Some(vec![]));
    }
}
