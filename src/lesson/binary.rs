//! The form in which the page loads a lesson: `postcard`, behind four bytes that say so.

use super::format::Lesson;

/// What a lesson's binary form begins with: its name and its version.
const MAGIC: &[u8] = b"PLL1";

/// Why bytes are not a lesson of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a lesson of this version of the page")]
pub struct NotALesson;

/// Writes a lesson. `None` only if memory ends.
pub fn encode(lesson: &Lesson) -> Option<Vec<u8>> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(postcard::to_allocvec(lesson).ok()?);
    Some(bytes)
}

/// Reads a lesson that [`encode`] wrote. It trusts the writer with depth and sizes: bytes come from this
/// project's build or from its own reader, never from a stranger's file.
///
/// # Errors
/// If the bytes are something else.
pub fn decode(bytes: &[u8]) -> Result<Lesson, NotALesson> {
    let body = bytes.strip_prefix(MAGIC).ok_or(NotALesson)?;
    postcard::from_bytes(body).map_err(|_| NotALesson)
}
