//! Where the blocks of Redis ≥ 7.0's replication buffer begin and end. The bytes lie on the tape.

use crate::redis::units::BytePos;
use std::collections::VecDeque;
use std::rc::Rc;

/// Smallest block asked of the allocator, without header (`PROTO_REPLY_CHUNK_BYTES`).
pub(super) const MIN_BLOCK: u64 = 16 * 1024;
/// `sizeof(replBufBlock)`.
const BLOCK_HEADER: u64 = 40;
/// `sizeof(listNode)`.
const LIST_NODE: u64 = 24;

#[derive(Clone, Copy, Debug)]
struct Block {
    start: BytePos,
    /// Usable bytes.
    size: u64,
    /// Bytes used.
    used: u64,
}

/// The list of blocks, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Usable bytes of the smallest block.
    payload: u64,
    /// All blocks but the last.
    full: Rc<VecDeque<Block>>,
    /// Usable bytes of the oldest of them: what is asked for at every turn. Without one, more than there
    /// can be.
    oldest: u64,
    /// The block that is being filled, apart so that appending touches nothing shared.
    tail: Option<Block>,
}

impl Blocks {
    pub(super) fn new(payload: u64) -> Self {
        Self { payload, full: Rc::default(), oldest: u64::MAX, tail: None }
    }

    /// Accounts for `len` bytes from `start` on, which came in pieces of at most `piece` bytes; `true`
    /// if a block was added.
    pub(super) fn append(&mut self, start: BytePos, mut len: u64, piece: u64, backlog_size: u64) -> bool {
        let mut at = start;
        let mut added = false;
        if let Some(tail) = &mut self.tail {
            let copied = len.min(tail.size - tail.used);
            tail.used += copied;
            len -= copied;
            at = at.plus(copied);
        }
        while len > 0 {
            // No block below 16 KB, none above a sixteenth of the backlog.
            let limit = MIN_BLOCK.max(backlog_size / 16);
            let size = usable(len.min(piece).max(MIN_BLOCK).min(limit), self.payload);
            let used = len.min(size);
            if let Some(full) = self.tail.replace(Block { start: at, size, used }) {
                Rc::make_mut(&mut self.full).push_back(full);
                self.find_oldest();
            }
            len -= used;
            at = at.plus(used);
            added = true;
        }
        added
    }

    /// How many bytes dropping the oldest block would free, if it may be dropped.
    #[inline]
    pub(super) fn trimmable(&self, pinned: Option<BytePos>, histlen: u64, size: u64) -> Option<u64> {
        // Redis compares with the block's capacity and frees it; a block that is not the last is full.
        // Never to less than one block.
        let enough = histlen > self.oldest.saturating_add(size);
        let in_use = |first: &Block| pinned.is_some_and(|p| p < first.start.plus(first.used));
        (enough && !self.full.front().is_some_and(in_use)).then_some(self.oldest)
    }

    pub(super) fn pop(&mut self) {
        Rc::make_mut(&mut self.full).pop_front();
        self.find_oldest();
    }

    fn find_oldest(&mut self) {
        self.oldest = self.full.front().map_or(u64::MAX, |first| first.size);
    }

    /// Memory from the block that holds `from` to the last one, headers included.
    pub(super) fn usage(&self, from: BytePos) -> u64 {
        let Some(last) = self.tail else {
            return 0;
        };
        let mut newest_first = [last].into_iter().chain(self.full.iter().rev().copied());
        let (mut blocks, mut first) = (0, last);
        for block in newest_first.by_ref() {
            (blocks, first) = (blocks + 1, block);
            if block.start <= from {
                break;
            }
        }
        (last.start.plus(last.size) - first.start) + blocks * (LIST_NODE + BLOCK_HEADER)
    }
}

/// Usable bytes of a block when `size` are asked for. With jemalloc the allocation is rounded up to
/// a size class (four per doubling); with libc's malloc it is what was asked for.
fn usable(size: u64, payload: u64) -> u64 {
    if payload <= MIN_BLOCK {
        return size;
    }
    let wanted = size + BLOCK_HEADER;
    let step = (wanted.next_power_of_two() / 8).max(1);
    wanted.next_multiple_of(step) - BLOCK_HEADER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jemalloc_rounds_up_to_its_classes() {
        assert_eq!(usable(16384, 20440), 20440);
        assert_eq!(usable(65536, 20440), 81920 - 40);
        assert_eq!(usable(16384, 16384), 16384);
    }

    #[test]
    fn usage_counts_whole_blocks() {
        let mut blocks = Blocks::new(20440);
        blocks.append(BytePos::FIRST, 20440 * 2 + 5, u64::MAX, 1 << 20);
        // One block is asked for 40885 + 40 bytes: the class above is 40960.
        assert_eq!(blocks.usage(BytePos::FIRST), 40960 - 40 + 64);
    }
}
