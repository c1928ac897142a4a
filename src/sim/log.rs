//! An append-only list that many copies of a world share: a copy costs one pointer per chunk, and
//! only the last, unfinished chunk is copied when both sides go on. Its oldest part may be forgotten;
//! every item keeps its number.

use std::rc::Rc;

const CHUNK: usize = 64;

/// An append-only list. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Log<T> {
    /// Full chunks.
    chunks: Vec<Rc<Vec<T>>>,
    /// The chunk that grows.
    tail: Vec<T>,
    /// The number of the first item that is kept.
    first: u32,
    len: u32,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self::forgotten(0)
    }
}

impl<T> Log<T> {
    /// A list of so many items, all of which are forgotten.
    pub fn forgotten(len: u32) -> Self {
        Self { chunks: Vec::new(), tail: Vec::new(), first: len, len }
    }

    /// How many there are, with those that are forgotten.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of the oldest that is kept: 0 unless some were forgotten.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// The `n`-th, counted from zero; `None` if it is forgotten.
    pub fn get(&self, n: u32) -> Option<&T> {
        let n = n.checked_sub(self.first)? as usize;
        self.chunk(n / CHUNK)?.get(n % CHUNK)
    }

    /// The newest.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    fn chunk(&self, n: usize) -> Option<&[T]> {
        match self.chunks.get(n) {
            Some(chunk) => Some(chunk),
            None => (n == self.chunks.len()).then_some(&self.tail),
        }
    }

    /// All that are kept, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.since(self.first)
    }

    /// From the `n`-th on, oldest first.
    pub fn since(&self, n: u32) -> impl DoubleEndedIterator<Item = &T> {
        (n.max(self.first)..self.len).filter_map(|n| self.get(n))
    }

    /// Forgets all but about the newest `keep`; never fewer are kept.
    pub fn forget(&mut self, keep: u32) {
        let old = (self.len - self.first).saturating_sub(keep) as usize / CHUNK;
        self.chunks.drain(..old);
        self.first += (old * CHUNK) as u32;
    }
}

impl<T: Clone> Log<T> {
    /// Appends one.
    pub fn push(&mut self, item: T) {
        self.append(|| item);
    }

    /// Appends one that is made when there is room for it, so that it is written where it stays. What is
    /// put together elsewhere, in case asking for memory fails, and copied in larger words a moment later
    /// makes a processor wait.
    #[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
    pub(super) fn append(&mut self, make: impl FnOnce() -> T) {
        loop {
            if self.tail.len() < self.tail.capacity() {
                self.len += 1;
                return self.tail.push(make());
            }
            self.make_room();
        }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        if self.tail.len() < CHUNK {
            return self.tail.reserve_exact(CHUNK - self.tail.len());
        }
        #[cfg(target_arch = "wasm32")]
        grow_memory(self.chunks.len());
        let full = std::mem::replace(&mut self.tail, Vec::with_capacity(CHUNK));
        self.chunks.push(Rc::new(full));
    }

    /// The list as it was when it had `len` items; `None` if the last of them is forgotten, or if it
    /// never had so many.
    pub fn until(&self, len: u32) -> Option<Self> {
        if len > self.len || len <= self.first {
            return None;
        }
        // The last chunk, full or not, is the one that grows.
        let kept = (len - self.first) as usize;
        let full = (kept - 1) / CHUNK;
        let tail = self.chunk(full)?[..kept - full * CHUNK].to_vec();
        Some(Self { chunks: self.chunks[..full].to_vec(), tail, first: self.first, len })
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

    #[test]
    fn what_is_forgotten_keeps_its_number() {
        let mut log = Log::default();
        (0..1000).for_each(|n| log.push(n));
        log.forget(300);
        assert!((300..400).contains(&log.iter().count()), "{}", log.iter().count());
        assert_eq!((log.len(), log.get(999), log.get(700)), (1000, Some(&999), Some(&700)));
        let first = log.first();
        assert_eq!((log.get(first), log.get(first - 1)), (Some(&first), None));
        assert_eq!(log.since(0).next(), Some(&first));
        assert_eq!(log.since(998).copied().collect::<Vec<_>>(), [998, 999]);
        for n in [first + 1, first + 64, 850, 1000] {
            let mut then = log.until(n).expect("kept");
            assert_eq!((then.len(), then.last(), then.get(n)), (n, Some(&(n - 1)), None));
            then.push(7);
            assert_eq!((then.get(n), then.get(n - 1)), (Some(&7), Some(&(n - 1))));
        }
        assert!(log.until(first).is_none() && log.until(1001).is_none());
        let mut later = Log::forgotten(1000);
        later.push(5);
        assert_eq!(
            (later.len(), later.first(), later.get(1000), later.last()),
            (1001, 1000, Some(&5), Some(&5))
        );
    }
}
