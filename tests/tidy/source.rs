//! Rust source as these checks see it: without comments, strings and test modules.

/// Blanks out comments, strings and characters; every line keeps its place.
pub(crate) fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let after_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let skip = match rest {
            [b'/', b'/', ..] => rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => block_comment(rest),
            [b'"', ..] => string(rest),
            [b'b', b'"', ..] if !after_word => 1 + string(&rest[1..]),
            [b'r', b'"' | b'#', ..] if !after_word => raw_string(rest, 1),
            [b'b', b'r', b'"' | b'#', ..] if !after_word => raw_string(rest, 2),
            [b'\'', ..] => character(rest),
            _ => 0,
        };
        if skip == 0 {
            code.push(rest[0]);
            at += 1;
            continue;
        }
        code.extend(rest[..skip].iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }));
        at += skip;
    }
    String::from_utf8_lossy(&code).into_owned()
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`; nothing if it is a raw name like `r#type`.
fn raw_string(rest: &[u8], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|b| **b == b'#').count();
    if rest.get(prefix + hashes) != Some(&b'"') {
        return 0;
    }
    let end = [&b"\""[..], &vec![b'#'; hashes]].concat();
    let body = prefix + hashes + 1;
    let found = rest[body..].windows(end.len()).position(|window| window == end);
    found.map_or(rest.len(), |n| body + n + end.len())
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn character(rest: &[u8]) -> usize {
    match rest {
        [_, b'\\', _, tail @ ..] => tail.iter().position(|b| *b == b'\'').map_or(0, |n| n + 4),
        [_, first, ..] => {
            let len = std::str::from_utf8(&rest[1..rest.len().min(5)])
                .map_or_else(|e| e.valid_up_to(), str::len)
                .min(4);
            let text = String::from_utf8_lossy(&rest[1..=len]);
            let size = text.chars().next().map_or(1, char::len_utf8);
            if *first != b'\'' && rest.get(1 + size) == Some(&b'\'') { size + 2 } else { 0 }
        }
        _ => 0,
    }
}

/// Blanks out what only tests see: items below `#[cfg(test)]`, to their closing brace or semicolon.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut left = code.to_owned();
    while let Some(start) = left.find(MARK) {
        let mut depth = 0;
        let mut end = left.len();
        for (at, byte) in left.bytes().enumerate().skip(start + MARK.len()) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(byte, b'}' | b';') {
                end = at + 1;
                break;
            }
        }
        let blank: String = left[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        left.replace_range(start..end, &blank);
    }
    left
}

/// The names in a line of code, with what comes directly before and after each.
pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The top-level names of crates or rooms that a line of `module` (its path below the crate) reaches
/// with `crate::…`, `psync_lab::…` or enough `super::`.
pub(crate) fn rooms(line: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "psync_lab::"] {
        for (at, _) in line.match_indices(root) {
            let before = line[..at].chars().next_back();
            if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                found.extend(heads(&line[at + root.len()..]));
            }
        }
    }
    let mut at = 0;
    while let Some(n) = line[at..].find("super::") {
        let mut end = at + n;
        let mut ups = 0;
        while line[end..].starts_with("super::") {
            (ups, end) = (ups + 1, end + "super::".len());
        }
        if ups >= depth {
            found.extend(heads(&line[end..]));
        }
        at = end;
    }
    found
}

/// The first name of a path, or of each path in `{…}`.
fn heads(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return words(path).next().map(str::to_owned).into_iter().collect();
    };
    let (mut depth, mut expects) = (0, true);
    let mut found = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects = true,
            c if expects && (c.is_alphanumeric() || c == '_') => {
                found.extend(words(&group[at..]).next().map(str::to_owned));
                expects = false;
            }
            _ => {}
        }
    }
    found
}
