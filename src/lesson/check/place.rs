//! Where in a JSON text a field stands.

use std::fmt;

/// A step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(String),
    Index(usize),
}

/// A field of a file: `steps[2].until`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(Vec<Part>);

impl Place {
    /// The file itself.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// A field of this value.
    pub(crate) fn key(&self, key: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(Part::Key(key.to_owned()));
        Self(parts)
    }

    /// An item of this list.
    pub(crate) fn index(&self, n: usize) -> Self {
        let mut parts = self.0.clone();
        parts.push(Part::Index(n));
        Self(parts)
    }

    /// A field written as a path: `nodes[1].replica_of`.
    pub(crate) fn path(&self, path: &str) -> Self {
        let mut place = self.clone();
        for piece in path.split(['.', '[', ']']).filter(|piece| !piece.is_empty()) {
            place = match piece.parse() {
                Ok(n) => place.index(n),
                Err(_) => place.key(piece),
            };
        }
        place
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, part) in self.0.iter().enumerate() {
            match part {
                Part::Key(key) if n == 0 => f.write_str(key)?,
                Part::Key(key) => write!(f, ".{key}")?,
                Part::Index(n) => write!(f, "[{n}]")?,
            }
        }
        Ok(())
    }
}

/// Line and column (in bytes) of a field, from 1; of the last value on the way that is there. The text
/// must be JSON.
pub(crate) fn locate(text: &str, place: &Place) -> (u32, u32) {
    let mut json = Json { bytes: text.as_bytes(), at: 0 };
    json.space();
    for part in &place.0 {
        let here = json.at;
        let found = match part {
            Part::Key(key) => json.enter_key(key),
            Part::Index(n) => json.enter_index(*n),
        };
        if !found {
            json.at = here;
            break;
        }
    }
    let before = &json.bytes[..json.at.min(json.bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    (line as u32 + 1, column as u32 + 1)
}

struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Json<'a> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b'}')
    }

    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Takes this byte, with the space around it.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.bytes.get(self.at) == Some(&byte);
        if there {
            self.at += 1;
            self.space();
        }
        there
    }

    fn string(&mut self) -> &'a [u8] {
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.bytes.len());
        self.at = (self.at + 1).min(self.bytes.len());
        &self.bytes[start.min(end)..end]
    }

    fn skip(&mut self) {
        let mut depth = 0_u32;
        while self.at < self.bytes.len() {
            match self.peek() {
                b'"' => {
                    self.string();
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                _ => self.at += 1,
            }
            if depth == 0 {
                self.space();
                if matches!(self.peek(), b',' | b'}' | b']') {
                    return;
                }
            }
        }
    }

    fn enter_key(&mut self, wanted: &str) -> bool {
        if !self.take(b'{') {
            return false;
        }
        while self.peek() == b'"' {
            let key = self.string();
            self.take(b':');
            if key == wanted.as_bytes() {
                return true;
            }
            self.skip();
            self.take(b',');
        }
        false
    }

    fn enter_index(&mut self, wanted: usize) -> bool {
        if !self.take(b'[') {
            return false;
        }
        for _ in 0..wanted {
            self.skip();
            if !self.take(b',') {
                return false;
            }
        }
        self.peek() != b']'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        let text = "{\n  \"a\": {\"x\": \"}\\\"]\", \"b\": [1, {\"c\":\n null}, [2, 3]]},\n  \"d\": 4\n}";
        let at = |path: &str| locate(text, &Place::root().path(path));
        assert_eq!(at(""), (1, 1));
        assert_eq!(at("a.x"), (2, 14));
        assert_eq!(at("a.b[0]"), (2, 28));
        assert_eq!(at("a.b[1].c"), (3, 2));
        assert_eq!(at("a.b[2][1]"), (3, 13));
        assert_eq!(at("d"), (4, 8));
        assert_eq!(at("a.nowhere"), (2, 8), "the last value on the way");
        assert_eq!(at("a.b[7]"), (2, 27));
        assert_eq!(Place::root().path("a.b[2][1]").to_string(), "a.b[2][1]");
    }
}
