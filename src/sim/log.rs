//! An append-only list that many copies of a world share: a copy costs one pointer per chunk, and
//! only the last, unfinished chunk is copied when both sides go on.

use std::rc::Rc;

const CHUNK: usize = 256;

/// An append-only list. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Log<T> {
    chunks: Vec<Rc<Vec<T>>>,
    len: u32,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T> Log<T> {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `n`-th, counted from zero.
    pub fn get(&self, n: u32) -> Option<&T> {
        self.chunks.get(n as usize / CHUNK)?.get(n as usize % CHUNK)
    }

    /// The newest.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// From the `n`-th on, oldest first; skips whole chunks.
    pub fn since(&self, n: u32) -> impl Iterator<Item = &T> {
        let (chunk, rest) = (n as usize / CHUNK, n as usize % CHUNK);
        self.chunks.iter().skip(chunk).flat_map(|chunk| chunk.iter()).skip(rest)
    }
}

impl<T: Clone> Log<T> {
    /// Appends one. Inline, so that it is written where it stays: what is put together elsewhere and
    /// copied in larger words a moment later makes a processor wait.
    #[inline]
    pub fn push(&mut self, item: T) {
        self.len += 1;
        if let Some(chunk) = self.with_room() {
            chunk.push(item);
        }
    }

    /// The last chunk, for the item that is counted already.
    #[inline(never)]
    fn with_room(&mut self) -> Option<&mut Vec<T>> {
        if self.len as usize % CHUNK == 1 {
            #[cfg(target_arch = "wasm32")]
            grow_memory(self.chunks.len());
            self.chunks.push(Rc::new(Vec::with_capacity(CHUNK)));
        }
        self.chunks.last_mut().map(Rc::make_mut)
    }
}

/// Asks for a mebibyte and gives it back, once in so many chunks. WebAssembly's memory grows by what is
/// asked for, mostly its least, 64 KB, and each time the engine may look for garbage first.
#[cfg(target_arch = "wasm32")]
fn grow_memory(chunks: usize) {
    if chunks % 16 == 15 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_the_past_and_part_ways() {
        let mut log = Log::default();
        (0..600).for_each(|n| log.push(n));
        let mut copy = log.clone();
        log.push(1000);
        copy.push(2000);
        assert_eq!((log.len(), log.get(599), log.last()), (601, Some(&599), Some(&1000)));
        assert_eq!(copy.last(), Some(&2000));
        assert!(Rc::ptr_eq(&log.chunks[0], &copy.chunks[0]));
        assert_eq!(log.since(598).copied().collect::<Vec<_>>(), [598, 599, 1000]);
        assert_eq!(log.since(700).count(), 0);
    }
}
