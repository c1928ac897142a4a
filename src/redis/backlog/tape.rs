//! An append-only stretch of the stream's bytes, cheap to copy.
//!
//! Full chunks are shared between copies; only the last, growing chunk is copied. Ten nodes with a
//! mebibyte each are copied in about a microsecond, so the lab can keep a snapshot per second of a
//! session. Appending touches no shared state.

use crate::redis::units::BytePos;
use std::collections::VecDeque;
use std::rc::Rc;

/// Bytes of one chunk. A copy of a tape copies at most this much.
const CHUNK: usize = 8192;

/// Consecutive bytes of a history.
#[derive(Debug)]
pub struct Tape {
    /// Position of the first byte of the first chunk.
    start: BytePos,
    /// The first byte that is still asked for.
    wanted: BytePos,
    /// The byte that will be appended next.
    end: BytePos,
    /// Full chunks of exactly [`CHUNK`] bytes.
    full: Rc<VecDeque<Rc<Vec<u8>>>>,
    /// The chunk that grows.
    tail: Vec<u8>,
    /// Dropped chunks that nobody else had, for the next ones: appending to a backlog that is full
    /// asks the allocator for nothing. At most [`SPARES`].
    spares: Vec<Rc<Vec<u8>>>,
}

/// Blocks are dropped whole, and several chunks with them.
const SPARES: usize = 8;

impl Clone for Tape {
    /// Without what nobody asks for any more at the beginning of the only chunk: the lab keeps a thousand
    /// worlds, whose rings are shorter than a chunk.
    fn clone(&self) -> Self {
        let wanted = (self.wanted - self.start) as usize;
        let old = if self.full.is_empty() { wanted.min(self.tail.len()) } else { 0 };
        Self {
            start: self.start.plus(old as u64),
            wanted: self.wanted,
            end: self.end,
            full: Rc::clone(&self.full),
            tail: self.tail[old..].to_vec(),
            spares: Vec::new(),
        }
    }
}

impl Tape {
    /// An empty tape whose first byte will be `start`.
    pub fn new(start: BytePos) -> Self {
        let (full, tail, spares) = (Rc::default(), Vec::new(), Vec::new());
        Self { start, wanted: start, end: start, full, tail, spares }
    }

    /// The byte that will be appended next.
    pub fn end(&self) -> BytePos {
        self.end
    }

    /// Appends bytes.
    pub fn append(&mut self, mut bytes: &[u8]) {
        self.end = self.end.plus(bytes.len() as u64);
        loop {
            let room = CHUNK - self.tail.len();
            if bytes.len() < room {
                self.tail.extend_from_slice(bytes);
                return;
            }
            let (now, later) = bytes.split_at(room);
            self.tail.extend_from_slice(now);
            let mut chunk = self.spares.pop().unwrap_or_default();
            // Nobody else has it: nothing is copied.
            let next = Rc::make_mut(&mut chunk);
            next.clear();
            next.reserve_exact(CHUNK);
            std::mem::swap(next, &mut self.tail);
            Rc::make_mut(&mut self.full).push_back(chunk);
            bytes = later;
        }
    }

    /// Lets go of chunks that lie wholly before `first`.
    pub fn drop_before(&mut self, first: BytePos) {
        self.wanted = self.wanted.max(first);
        let chunks = (first - self.start) as usize / CHUNK;
        if chunks == 0 || self.full.is_empty() {
            return;
        }
        let chunks = chunks.min(self.full.len());
        let full = Rc::make_mut(&mut self.full);
        for _ in 0..chunks {
            if let Some(mut chunk) = full.pop_front()
                && self.spares.len() < SPARES
                && Rc::get_mut(&mut chunk).is_some()
            {
                self.spares.push(chunk);
            }
        }
        self.start = self.start.plus((chunks * CHUNK) as u64);
    }

    /// The bytes from `from` on, piece by piece; nothing if `from` is not on the tape.
    pub fn slices(&self, from: BytePos) -> impl Iterator<Item = &[u8]> {
        let here = from >= self.start && from < self.end();
        let skip =
            if here { (from - self.start) as usize } else { self.full.len() * CHUNK + self.tail.len() };
        let (chunk, within) = (skip / CHUNK, skip % CHUNK);
        // Mostly it is the newest bytes that are asked for.
        let (first, others, tail) = match self.full.get(chunk) {
            Some(first) => (&first[within..], chunk + 1, &self.tail[..]),
            None => (&self.tail[within..], self.full.len(), &[][..]),
        };
        let others = self.full.range(others..).map(|chunk| &chunk[..]);
        [first].into_iter().chain(others).chain([tail]).filter(|piece| !piece.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_any_position() {
        let all: Vec<u8> = (0..20_000_u32).map(|i| i as u8 ^ (i >> 8) as u8).collect();
        let mut tape = Tape::new(BytePos::new(101));
        for part in all.chunks(777) {
            tape.append(part);
        }
        assert_eq!(tape.end(), BytePos::new(101 + 20_000));
        for from in [0_usize, 1, 4095, 4096, 4097, 12_288, 19_999] {
            let got: Vec<u8> = tape.slices(BytePos::new(101 + from as u64)).flatten().copied().collect();
            assert_eq!(got, &all[from..], "from {from}");
        }
        assert_eq!(tape.slices(tape.end()).count(), 0);
        assert_eq!(tape.slices(BytePos::new(100)).count(), 0);
        tape.drop_before(BytePos::new(101 + 9000));
        let got: Vec<u8> = tape.slices(BytePos::new(101 + 9000)).flatten().copied().collect();
        assert_eq!(got, &all[9000..]);
        assert_eq!(tape.slices(BytePos::new(101)).count(), 0, "dropped");
    }

    #[test]
    fn a_copy_keeps_its_bytes() {
        let mut tape = Tape::new(BytePos::FIRST);
        tape.append(&[1; 5000]);
        let copy = tape.clone();
        tape.append(&[2; 5000]);
        assert_eq!(copy.end(), BytePos::new(5001));
        assert!(copy.slices(BytePos::FIRST).flatten().all(|b| *b == 1));
    }

    #[test]
    fn a_copy_leaves_out_what_nobody_asks_for() {
        let (mut tape, mut all) = (Tape::new(BytePos::FIRST), Vec::new());
        for n in 0..3000_u32 {
            let bytes = [n as u8; 37];
            tape.append(&bytes);
            all.extend_from_slice(&bytes);
            let first = all.len().saturating_sub(512);
            tape.drop_before(BytePos::new(first as u64 + 1));
            let copy = tape.clone();
            let got: Vec<u8> = copy.slices(BytePos::new(first as u64 + 1)).flatten().copied().collect();
            assert_eq!(got, &all[first..], "{n}");
            assert!(copy.tail.len() <= 512 || !copy.full.is_empty());
            if n % 7 == 0 {
                // Runs go on from copies.
                tape = copy;
            }
        }
    }
}
