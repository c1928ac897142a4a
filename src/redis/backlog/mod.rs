//! The replication backlog: the last bytes of the replication stream, for replicas that return.
//!
//! Two models behind one interface. [`Ring`](BacklogModel::Ring) is the circular buffer of Redis
//! ≤ 6.2 (`feedReplicationBacklog`): exactly `size` bytes, the oldest overwritten first.
//! [`Blocks`](BacklogModel::Blocks) is the list of blocks of Redis ≥ 7.0 (`feedReplicationBuffer`),
//! which the replicas' output buffers share: a block is dropped only when no replica needs it.
//! Both keep their bytes on a [`Tape`], so that copying a server costs next to nothing.

mod blocks;
mod tape;

use super::config::BacklogModel;
use super::units::{BytePos, Offset};
use blocks::{Blocks, MIN_BLOCK};
pub use tape::Tape;

/// Blocks trimmed at most when the stream grows (`REPL_BACKLOG_TRIM_BLOCKS_PER_CALL`).
pub const TRIM_PER_CALL: usize = 64;
/// Blocks trimmed at most per loop of the server (`beforeSleep`).
pub const TRIM_PER_LOOP: usize = 640;

/// Commands of at most this many bytes may be appended together ([`Backlog::append_small`]).
pub const SMALL: usize = MIN_BLOCK as usize;

/// The backlog of one server.
#[derive(Clone, Debug)]
pub struct Backlog {
    tape: Tape,
    /// `repl_backlog_size` in bytes.
    size: u64,
    /// `repl_backlog_histlen` in bytes: how many of the tape's last bytes may be served.
    histlen: u64,
    model: Model,
}

#[derive(Clone, Debug)]
enum Model {
    Ring {
        /// `repl_backlog_idx`: where in the circle the next byte goes.
        idx: u64,
    },
    Blocks(Blocks),
}

impl Backlog {
    /// An empty backlog of a server that stands at `offset` (`createReplicationBacklog`): it can
    /// serve a replica that misses nothing.
    pub fn new(model: BacklogModel, size: u64, offset: Offset) -> Self {
        let model = match model {
            BacklogModel::Ring => Model::Ring { idx: 0 },
            BacklogModel::Blocks { payload } => Model::Blocks(Blocks::new(payload)),
        };
        Self { tape: Tape::new(offset.next()), size: size.max(1), histlen: 0, model }
    }

    /// `repl_backlog_size` in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// `repl_backlog_histlen` in bytes.
    pub fn histlen(&self) -> u64 {
        self.histlen
    }

    /// `repl_backlog_first_byte_offset`: the oldest byte that can be served.
    pub fn first(&self) -> BytePos {
        BytePos::new(self.tape.end().get() - self.histlen)
    }

    /// The byte that will be appended next.
    pub fn end(&self) -> BytePos {
        self.tape.end()
    }

    /// `repl_backlog_idx` of the circular model.
    pub fn idx(&self) -> Option<u64> {
        match &self.model {
            Model::Ring { idx } => Some(*idx),
            Model::Blocks(_) => None,
        }
    }

    /// Whether output buffers share these bytes (Redis ≥ 7.0).
    pub fn is_shared(&self) -> bool {
        matches!(self.model, Model::Blocks(_))
    }

    /// Appends bytes of the stream; `true` if a new block had to be made, which is when Redis ≥ 7.0
    /// checks output buffer limits. The circular model overwrites its oldest bytes at once; blocks
    /// wait for [`trim`](Self::trim).
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) -> bool {
        self.append_pieces(bytes, u64::MAX)
    }

    /// Appends many small commands at once, each of at most [`SMALL`] bytes: the same as appending one
    /// after the other, since none of them asks for more than the smallest block.
    #[inline]
    pub fn append_small(&mut self, bytes: &[u8]) -> bool {
        self.append_pieces(bytes, SMALL as u64)
    }

    fn append_pieces(&mut self, bytes: &[u8], piece: u64) -> bool {
        let start = self.tape.end();
        self.tape.append(bytes);
        let len = bytes.len() as u64;
        match &mut self.model {
            Model::Ring { idx } => {
                *idx += len;
                // A division costs as much as copying a short command.
                if *idx >= self.size {
                    *idx %= self.size;
                }
                self.histlen = (self.histlen + len).min(self.size);
                let first = self.first();
                self.tape.drop_before(first);
                false
            }
            Model::Blocks(blocks) => {
                self.histlen += len;
                blocks.append(start, len, piece, self.size)
            }
        }
    }

    /// Whether [`trim`](Self::trim) could drop something if no replica needed it.
    pub fn may_trim(&self) -> bool {
        match &self.model {
            Model::Ring { .. } => false,
            Model::Blocks(blocks) => blocks.trimmable(None, self.histlen, self.size).is_some(),
        }
    }

    /// Drops the oldest blocks while what remains still fills `repl-backlog-size`
    /// (`incrementalTrimReplicationBacklog`). `pinned` is the oldest byte a replica still has to be
    /// sent: its block and later ones stay.
    pub fn trim(&mut self, pinned: Option<BytePos>, max_blocks: usize) {
        let Model::Blocks(blocks) = &mut self.model else {
            return;
        };
        let before = self.histlen;
        for _ in 0..max_blocks {
            let Some(freed) = blocks.trimmable(pinned, self.histlen, self.size) else {
                break;
            };
            blocks.pop();
            self.histlen -= freed;
        }
        if self.histlen < before {
            let first = self.first();
            self.tape.drop_before(first);
        }
    }

    /// Changes `repl-backlog-size` (`resizeReplicationBacklog`): the circular model forgets
    /// everything, blocks keep their data and trim later.
    pub fn resize(&mut self, size: u64) {
        if self.size == size {
            return;
        }
        self.size = size.max(1);
        if let Model::Ring { idx } = &mut self.model {
            *idx = 0;
            self.histlen = 0;
            self.tape = Tape::new(self.tape.end());
        }
    }

    /// Whether a replica that asks for `from` can be served: it is in the backlog or just after it.
    pub fn covers(&self, from: BytePos) -> bool {
        from >= self.first() && from <= self.end()
    }

    /// The bytes from `from` on as contiguous pieces; empty if they are gone or not there yet.
    pub fn slices(&self, from: BytePos) -> impl Iterator<Item = &[u8]> {
        self.tape.slices(from)
    }

    /// What Redis ≥ 7.0 counts as the output buffer of a replica that waits for `from` on
    /// (`getClientOutputBufferMemoryUsage`): whole blocks and their headers. Zero for the circular
    /// model, whose replicas own their buffers.
    pub fn shared_usage(&self, from: BytePos) -> u64 {
        match &self.model {
            Model::Ring { .. } => 0,
            Model::Blocks(blocks) => blocks.usage(from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(n: u32) -> Vec<u8> {
        // SET key:%06d <1000 × v>, with the SELECT in front of the first: the facts' own trace.
        let value = "v".repeat(1000);
        let set = format!("*3\r\n$3\r\nSET\r\n$10\r\nkey:{n:06}\r\n$1000\r\n{value}\r\n");
        let select = if n == 1 { "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n" } else { "" };
        format!("{select}{set}").into_bytes()
    }

    /// `(offset, first, histlen)` after each of `n` SETs with a replica that reads everything.
    fn trace(model: BacklogModel, n: u32) -> Vec<(u64, u64, u64)> {
        let mut log = Backlog::new(model, 16384, Offset::ZERO);
        (1..=n)
            .map(|i| {
                log.append(&set(i));
                log.trim(Some(log.end()), TRIM_PER_CALL);
                (log.end().held_before().get(), log.first().get(), log.histlen())
            })
            .collect()
    }

    #[test]
    fn ring_trace_of_redis_6_2_14() {
        let trace = trace(BacklogModel::Ring, 39);
        assert_eq!(trace[14], (15608, 1, 15608));
        assert_eq!(trace[15], (16647, 264, 16384));
        assert_eq!(trace[38], (40544, 24161, 16384));
    }

    #[test]
    fn block_trace_of_redis_7_0_15() {
        let trace = trace(BacklogModel::Blocks { payload: 20440 }, 56);
        assert_eq!(trace[34], (36388, 1, 36388));
        assert_eq!(trace[35], (37427, 20441, 16987));
        assert_eq!(trace[54], (57168, 20441, 36728));
        assert_eq!(trace[55], (58207, 40881, 17327));
    }

    #[test]
    fn a_slow_replica_pins_its_block() {
        let mut log = Backlog::new(BacklogModel::Blocks { payload: 20440 }, 16384, Offset::ZERO);
        for i in 1..=100 {
            log.append(&set(i));
            log.trim(Some(BytePos::FIRST), TRIM_PER_CALL);
        }
        assert_eq!((log.first().get(), log.histlen()), (1, 103_923));
        log.trim(None, TRIM_PER_LOOP);
        assert_eq!((log.first().get(), log.histlen()), (81761, 22163));
    }

    #[test]
    fn small_commands_may_be_appended_together() {
        for model in [BacklogModel::Ring, BacklogModel::Blocks { payload: 20440 }] {
            let mut one_by_one = Backlog::new(model, 16384, Offset::ZERO);
            let mut together = one_by_one.clone();
            let mut bytes = Vec::new();
            for i in 1..=300 {
                bytes.extend_from_slice(&set(i));
                one_by_one.append(&set(i));
                one_by_one.trim(None, TRIM_PER_CALL);
                if i % 97 == 0 {
                    together.append_small(&std::mem::take(&mut bytes));
                    together.trim(None, TRIM_PER_CALL);
                    assert_eq!(format!("{:?}", together.model), format!("{:?}", one_by_one.model));
                    assert_eq!(together.first(), one_by_one.first());
                }
            }
        }
    }

    #[test]
    fn one_big_value_with_a_small_backlog() {
        let mut log = Backlog::new(BacklogModel::Blocks { payload: 20440 }, 16384, Offset::ZERO);
        log.append(&vec![b'x'; 100_056]);
        log.trim(Some(log.end()), TRIM_PER_CALL);
        assert_eq!((log.first().get(), log.histlen()), (81761, 18296));
    }

    #[test]
    fn the_circle_wraps_where_redis_wraps() {
        let mut log = Backlog::new(BacklogModel::Ring, 10, Offset::new(5));
        log.append(b"abcdefgh");
        log.append(b"ijkl");
        assert_eq!(log.idx(), Some(2));
        assert_eq!((log.first().get(), log.histlen()), (8, 10));
        let bytes: Vec<u8> = log.slices(log.first()).flatten().copied().collect();
        assert_eq!(bytes, b"cdefghijkl");
        assert!(log.covers(BytePos::new(8)) && log.covers(BytePos::new(18)));
        assert!(!log.covers(BytePos::new(7)) && !log.covers(BytePos::new(19)));
    }
}
