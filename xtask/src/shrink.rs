//! Makes the page's glue smaller: no comments, no indentation, and short names for what the wasm file
//! imports. (wasm-bindgen names each import after its function and a hash, in both files.)

use std::collections::BTreeMap;

/// The start of every name that wasm-bindgen makes up for an import.
const MARK: &str = "__wbg_";

/// The glue and the wasm file, smaller. A file that is not understood stays as it is.
pub(crate) fn shrink(glue: &str, wasm: &[u8]) -> (String, Vec<u8>) {
    let glue = without_comments(glue);
    let names = short_names(&glue);
    match rename_imports(wasm, &names) {
        Some(wasm) => (rename_words(&glue, &names), wasm),
        None => (glue, wasm.to_vec()),
    }
}

/// Drops lines that are comments, and blanks at the start of lines. The glue has no text of several
/// lines whose blanks would count.
pub(crate) fn without_comments(glue: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in glue.lines().map(str::trim) {
        inside |= line.starts_with("/*");
        if !inside && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        inside &= !line.ends_with("*/");
    }
    out
}

/// A short name for each import that the glue names in its list (`__wbg_…: function`).
fn short_names(glue: &str) -> BTreeMap<String, String> {
    let listed = glue.lines().filter_map(|line| line.split_once(':').map(|(name, _)| name));
    let names = listed.filter(|name| name.starts_with(MARK) && name.chars().all(is_word));
    names.enumerate().map(|(n, name)| (name.to_owned(), format!("_{n}"))).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// Replaces whole words.
fn rename_words(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_word) {
        let end = rest[at..].find(|c| !is_word(c)).map_or(rest.len(), |length| at + length);
        out.push_str(&rest[..at]);
        let word = &rest[at..end];
        out.push_str(names.get(word).map_or(word, String::as_str));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Writes the wasm file with other names in its import section; `None` if it is not as expected.
fn rename_imports(wasm: &[u8], names: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    const IMPORTS: u8 = 2;
    let mut out = wasm.get(..8)?.to_vec();
    let mut rest = &wasm[8..];
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let length = number(&mut rest)?;
        let mut section = take(&mut rest, length)?;
        let renamed = if id == IMPORTS { Some(imports(&mut section, names)?) } else { None };
        out.push(id);
        let section = renamed.as_deref().unwrap_or(section);
        put_number(&mut out, section.len());
        out.extend_from_slice(section);
    }
    Some(out)
}

fn imports(section: &mut &[u8], names: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    const FUNCTION: u8 = 0;
    let count = number(section)?;
    let mut out = Vec::new();
    put_number(&mut out, count);
    for _ in 0..count {
        let module = text(section)?;
        let name = text(section)?;
        let (&kind, after) = section.split_first()?;
        if kind != FUNCTION {
            return None;
        }
        *section = after;
        let index = number(section)?;
        for text in [module, names.get(name).map_or(name, String::as_str)] {
            put_number(&mut out, text.len());
            out.extend_from_slice(text.as_bytes());
        }
        out.push(kind);
        put_number(&mut out, index);
    }
    section.is_empty().then_some(out)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = number(bytes)?;
    std::str::from_utf8(take(bytes, length)?).ok()
}

/// Reads an unsigned LEB128 number.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7, 14, 21, 28] {
        let byte = take(bytes, 1)?[0];
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Writes an unsigned LEB128 number.
pub(crate) fn put_number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_get_the_same_short_names() {
        let glue = "/**\n * Words.\n */\nfunction get() {\n    // why\n    return {\n        \
                    __wbg_log_00: function(a) { say(a, 'http://x'); },\n    };\n}\n";
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        // One import, the function `__wbg_log_00` of `g` with type 3; then a section of code.
        wasm.extend(b"\x02\x12\x01\x01g\x0c__wbg_log_00\x00\x03\x0a\x01\x00");
        let (glue, wasm) = shrink(glue, &wasm);
        assert_eq!(glue, "function get() {\nreturn {\n_0: function(a) { say(a, 'http://x'); },\n};\n}\n");
        assert_eq!(wasm, b"\0asm\x01\0\0\0\x02\x08\x01\x01g\x02_0\x00\x03\x0a\x01\x00");
    }

    #[test]
    fn what_is_not_understood_stays() {
        let glue = "__wbg_log_00: function() {}\n";
        let (same, wasm) = shrink(glue, b"\0asm\x01\0\0\0\x02\x7f");
        assert_eq!((same.as_str(), wasm.as_slice()), (glue, &b"\0asm\x01\0\0\0\x02\x7f"[..]));
    }

    #[test]
    fn numbers_are_read_back() {
        for value in [0, 127, 128, 300, 1 << 20] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            assert_eq!(number(&mut bytes.as_slice()), Some(value));
        }
    }
}
