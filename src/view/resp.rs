//! RESP bytes, decoded for reading. A cut anywhere in the middle is shown as far as it goes.

/// Splits bytes into the commands and replies they hold, one line of text each, at most `limit`.
pub fn decode(bytes: &[u8], limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        if lines.len() == limit {
            lines.push("…".to_owned());
            break;
        }
        let (line, used) = one(rest);
        lines.push(line);
        rest = &rest[used.clamp(1, rest.len())..];
    }
    lines
}

/// The first word of the first command, in capitals: `SET`. `None` if these bytes start in the middle.
pub fn verb(bytes: &[u8]) -> Option<String> {
    verbs(bytes).next()
}

/// The first words of all commands in these bytes.
pub fn verbs(bytes: &[u8]) -> impl Iterator<Item = String> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (words, used) = array(rest)?;
        rest = &rest[used..];
        words.first().map(|word| String::from_utf8_lossy(word).to_ascii_uppercase())
    })
}

/// A reply as a person reads it: the text of a bulk string with its line breaks, the items of an
/// array one a line.
pub fn reply(bytes: &[u8]) -> String {
    if let Some((text, used)) = bulk(bytes).filter(|(_, used)| *used == bytes.len()) {
        debug_assert!(used >= text.len());
        let text = String::from_utf8_lossy(text);
        return text.lines().collect::<Vec<_>>().join("\n");
    }
    let mut rest = bytes;
    let mut lines = Vec::new();
    while let Some((head, used)) = line(rest).filter(|_| lines.len() < 200) {
        let used = match bulk(rest) {
            Some((text, used)) => {
                lines.push(super::format::value_of(text, 200));
                used
            }
            None => {
                match head {
                    b"$-1" | b"*-1" => lines.push("(nil)".to_owned()),
                    b"*0" => lines.push("(empty)".to_owned()),
                    [b'*', ..] => {}
                    [b':' | b'+', text @ ..] => lines.push(super::format::value_of(text, 400)),
                    other => lines.push(super::format::value_of(other, 400)),
                }
                used
            }
        };
        rest = &rest[used..];
    }
    lines.join("\n")
}

/// Splits a typed command into words as `redis-cli` does: spaces part, quotes hold together.
/// `None` if a quote is not closed.
pub fn split(typed: &str) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut quote = None;
    let mut chars = typed.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('"'), '\\') => {
                let escaped = match chars.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                };
                push(word.get_or_insert_default(), escaped);
            }
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => push(word.get_or_insert_default(), c),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => push(word.get_or_insert_default(), c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

fn push(word: &mut Vec<u8>, c: char) {
    word.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// One command or reply and how many bytes it takes.
fn one(bytes: &[u8]) -> (String, usize) {
    if let Some((words, used)) = array(bytes) {
        let words: Vec<_> = words.iter().map(|word| super::format::value_of(word, 48)).collect();
        return (words.join(" "), used);
    }
    match bytes[0] {
        b'$' => match bulk(bytes) {
            Some((word, used)) => (super::format::value_of(word, 96), used),
            None => raw(bytes),
        },
        b'+' | b'-' | b':' => match line(bytes) {
            Some((text, used)) => (super::format::value_of(text, 120), used),
            None => raw(bytes),
        },
        b'\n' => ("\\n".to_owned(), 1),
        _ => raw(bytes),
    }
}

fn raw(bytes: &[u8]) -> (String, usize) {
    let shown = &bytes[..bytes.len().min(120)];
    let mut text = super::format::text_of(shown);
    if shown.len() < bytes.len() {
        text.push('…');
    }
    (text, bytes.len())
}

/// A complete array of bulk strings.
fn array(bytes: &[u8]) -> Option<(Vec<&[u8]>, usize)> {
    let (head, mut used) = line(bytes)?;
    let count: usize = number(head.strip_prefix(b"*")?)?;
    let mut words = Vec::new();
    for _ in 0..count.min(1024) {
        let (word, len) = bulk(&bytes[used..])?;
        words.push(word);
        used += len;
    }
    Some((words, used))
}

fn bulk(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (head, used) = line(bytes)?;
    let len: usize = number(head.strip_prefix(b"$")?)?;
    let end = used.checked_add(len)?;
    let word = bytes.get(used..end)?;
    (bytes.get(end..end.checked_add(2)?)? == b"\r\n").then_some((word, end + 2))
}

/// A line without its `\r\n`, and how many bytes it takes with it.
fn line(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((&bytes[..end], end + 2))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &[u8] = b"*3\r\n$3\r\nset\r\n$2\r\nk1\r\n$3\r\nv31\r\n";

    #[test]
    fn commands_are_read_one_after_another() {
        let two = [SET, b"*1\r\n$4\r\nPING\r\n"].concat();
        assert_eq!(decode(&two, 9), ["set k1 v31", "PING"]);
        assert_eq!(verbs(&two).collect::<Vec<_>>(), ["SET", "PING"]);
        assert_eq!(decode(&two, 1), ["set k1 v31", "…"]);
    }

    #[test]
    fn replies_and_pieces_are_shown_as_they_are() {
        assert_eq!(decode(b"+CONTINUE\r\n:5\r\n$2\r\nhi\r\n", 9), ["+CONTINUE", ":5", "hi"]);
        assert_eq!(decode(&SET[..9], 9), ["*3\\r\\n$3\\r\\ns"]);
        assert_eq!(verb(&SET[5..]), None);
    }

    #[test]
    fn replies_are_read_as_text() {
        assert_eq!(reply(b"+OK\r\n"), "OK");
        assert_eq!(reply(b"-READONLY no\r\n"), "-READONLY no");
        assert_eq!(reply(b"$-1\r\n"), "(nil)");
        assert_eq!(reply(b"$12\r\nrole:m\r\na:b\n\r\n"), "role:m\na:b");
        assert_eq!(reply(b"*2\r\n$1\r\na\r\n:7\r\n"), "a\n7");
    }

    #[test]
    fn typed_commands_are_split_like_redis_cli_does() {
        let words = |text| split(text).map(|words| words.concat().len());
        assert_eq!(split("set k \"a b\""), Some(vec![b"set".to_vec(), b"k".to_vec(), b"a b".to_vec()]));
        assert_eq!(split("  "), Some(vec![]));
        assert_eq!(split("set k ''").map(|w| w.len()), Some(3));
        assert_eq!(words("set k 值"), Some(7));
        assert_eq!(split("get \"k"), None);
    }

    #[test]
    fn any_bytes_end() {
        for bytes in
            [&b"*99999999999999999999\r\n"[..], b"$-1\r\n", b"*-1\r\n", b"\r\n\r\n", b"$5\r\nab", b"*1\r\n"]
        {
            decode(bytes, 9);
        }
    }
}
