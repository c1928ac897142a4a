//! The form in which the page loads a lesson: the fields one after the other, as `postcard` writes them.
//!
//! It is written by whoever has read the JSON (the build, the lesson reader). The page reads it with the
//! few lines here instead of a general decoder, which would be a quarter of all that lessons cost in
//! the first load: reading cannot fail half-way, it goes on with zeros and says at the end that
//! the bytes were bad.

use super::format::Lesson;
use super::text::{Named, Text};

/// What a lesson's binary form begins with: its name and its version.
const MAGIC: &[u8] = b"PLL1";
/// How deep things may lie in each other; a lesson has far less.
const MOST_DEPTH: u32 = 64;

/// Why bytes are not a lesson of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a lesson of this version of the page")]
pub struct NotALesson;

/// Writes a lesson. `None` only if memory ends.
#[cfg(feature = "lesson-text")]
pub fn encode(lesson: &Lesson) -> Option<Vec<u8>> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(postcard::to_allocvec(lesson).ok()?);
    Some(bytes)
}

/// Reads a lesson that `encode` wrote. What it says is not checked here: that is done before it is
/// written.
///
/// # Errors
/// If the bytes are something else.
pub fn decode(bytes: &[u8]) -> Result<Lesson, NotALesson> {
    let body = bytes.strip_prefix(MAGIC).ok_or(NotALesson)?;
    let mut reader = Reader { rest: body, bad: false, depth: 0 };
    let lesson = reader.read();
    if reader.bad || !reader.rest.is_empty() { Err(NotALesson) } else { Ok(lesson) }
}

/// Bytes being read.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Whether the bytes were not what was expected; then only zeros follow.
    bad: bool,
    depth: u32,
}

/// What can be read.
pub(super) trait Read: Sized {
    /// Reads it; anything at all if the bytes are bad.
    fn read(from: &mut Reader<'_>) -> Self;
}

/// Reads something of a named type.
pub(super) fn read<T: Read>(from: &mut Reader<'_>) -> T {
    T::read(from)
}

impl Reader<'_> {
    pub(super) fn read<T: Read>(&mut self) -> T {
        T::read(self)
    }

    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.rest.split_first() else {
            self.fail();
            return 0;
        };
        self.rest = rest;
        *byte
    }

    fn fail(&mut self) {
        self.bad = true;
        self.rest = &[];
    }

    /// What lies in a list or a box may hold lists and boxes again.
    fn deeper(&mut self) {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            self.fail();
        }
    }

    /// A number, seven bits a byte, lowest first.
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return number;
            }
            if shift > 63 {
                self.fail();
                return 0;
            }
        }
    }

    /// A count of things that follow, each at least a byte.
    fn count(&mut self) -> usize {
        let count = self.number();
        if count > self.rest.len() as u64 {
            self.fail();
            return 0;
        }
        count as usize
    }

    /// The place of a variant. A bad one reads as the first, which in every type ends at once.
    pub(super) fn variant(&mut self) -> u32 {
        self.number() as u32
    }

    /// No such variant.
    pub(super) fn refuse<T: Read>(&mut self) -> T {
        self.fail();
        T::read(self)
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Read for $type {
            fn read(from: &mut Reader<'_>) -> Self {
                from.number() as Self
            }
        }
    )*};
}
numbers!(u16 u32 u64);

impl Read for i64 {
    fn read(from: &mut Reader<'_>) -> Self {
        let zigzag = from.number();
        (zigzag >> 1) as Self ^ -((zigzag & 1) as Self)
    }
}

impl Read for bool {
    fn read(from: &mut Reader<'_>) -> Self {
        from.byte() != 0
    }
}

impl Read for String {
    fn read(from: &mut Reader<'_>) -> Self {
        let count = from.count();
        let (text, rest) = from.rest.split_at(count);
        from.rest = rest;
        Self::from_utf8_lossy(text).into_owned()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        (from.byte() != 0).then(|| from.read())
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        from.deeper();
        let mut all = Self::new();
        for _ in 0..from.count() {
            all.push(from.read());
        }
        from.depth -= 1;
        all
    }
}

impl<T: Read> Read for Box<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        from.deeper();
        let inner = Self::new(from.read());
        from.depth -= 1;
        inner
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(from: &mut Reader<'_>) -> Self {
        (from.read(), from.read())
    }
}

impl<A: Read, B: Read, C: Read> Read for (A, B, C) {
    fn read(from: &mut Reader<'_>) -> Self {
        (from.read(), from.read(), from.read())
    }
}

impl Read for [String; 2] {
    fn read(from: &mut Reader<'_>) -> Self {
        [from.read(), from.read()]
    }
}

impl<T: Read> Read for Named<T> {
    fn read(from: &mut Reader<'_>) -> Self {
        Self(from.read())
    }
}

impl Read for Text {
    fn read(from: &mut Reader<'_>) -> Self {
        Self(from.read())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Condition;

    #[test]
    fn bad_bytes_are_refused_and_end() {
        let nested = |levels: usize| {
            // `all` with one item, again and again.
            let mut bytes = [0, 1].repeat(levels);
            bytes.extend([0, 0]);
            let mut reader = Reader { rest: &bytes, bad: false, depth: 0 };
            let _: Condition = reader.read();
            reader.bad
        };
        assert!(!nested(10));
        assert!(nested(100_000));
        let mut state = 1_u64;
        for len in 0..2000 {
            let noise = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8 & 15
            });
            let bytes: Vec<u8> = MAGIC.iter().copied().chain(noise.take(len % 200)).collect();
            assert_eq!(decode(&bytes), Err(NotALesson));
        }
        assert_eq!(decode(b"<html>"), Err(NotALesson));
    }
}
