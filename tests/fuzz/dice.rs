//! Choices read from bytes: the same function can be driven by a fuzzer and by a seeded generator.

use psync_lab::redis::Rng;

/// Bytes that are used up one choice after the other.
#[derive(Clone, Debug)]
pub(crate) struct Dice<'a> {
    data: &'a [u8],
}

impl<'a> Dice<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data }
    }

    /// Whether there is nothing left to choose with.
    pub(crate) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The next byte; zero if there are none left.
    pub(crate) fn byte(&mut self) -> u8 {
        let byte = self.data.first().copied().unwrap_or(0);
        self.data = self.data.get(1..).unwrap_or_default();
        byte
    }

    /// A number below `bound`, which must not be zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = usize::from(self.byte()) | if bound > 256 { usize::from(self.byte()) << 8 } else { 0 };
        wide % bound
    }

    /// One of several.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// At most `max` raw bytes.
    pub(crate) fn raw(&mut self, max: usize) -> &'a [u8] {
        let len = self.below(max + 1).min(self.data.len());
        let (raw, rest) = self.data.split_at(len);
        self.data = rest;
        raw
    }
}

/// Random bytes, at most `max`.
pub(crate) fn random_bytes(rng: &mut Rng, max: u64) -> Vec<u8> {
    (0..rng.below(max + 1)).map(|_| rng.next_u32() as u8).collect()
}

/// Changes, drops, doubles and moves a few bytes.
pub(crate) fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=rng.below(6) {
        if bytes.is_empty() {
            return;
        }
        let at = rng.below(bytes.len() as u64) as usize;
        let end = (at + rng.below(12) as usize).min(bytes.len());
        match rng.below(7) {
            0 => bytes[at] = rng.next_u32() as u8,
            1 => bytes[at] ^= 1 << rng.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                let to = rng.below(bytes.len() as u64 + 1) as usize;
                bytes.splice(to..to, copy);
            }
            4 => bytes.truncate(at),
            5 => bytes.insert(at, b"\r\n*$-09\xff\x00"[rng.below(9) as usize]),
            _ => bytes[at..end].fill(0xff),
        }
    }
}
