//! Rows of numbers in little memory, each found without reading others: History keeps hours of them.
//!
//! Full chunks are packed. A column of a chunk is stored as what its numbers exceed the least of them by,
//! in as many bytes as the largest needs: two or three for what grows with time, none for what stays. The
//! newest rows wait as they are.

/// Rows of a chunk.
const CHUNK: usize = 64;
/// So many rows wait at most for one that is not settled.
const MOST_WAIT: usize = 16 * 1024;

/// Rows of `N` numbers.
#[derive(Clone, Debug)]
pub(super) struct Packed<const N: usize> {
    chunks: Vec<Box<[u8]>>,
    newest: Vec<[u64; N]>,
}

impl<const N: usize> Default for Packed<N> {
    fn default() -> Self {
        Self { chunks: Vec::new(), newest: Vec::new() }
    }
}

impl<const N: usize> Packed<N> {
    pub(super) fn len(&self) -> usize {
        self.chunks.len() * CHUNK + self.newest.len()
    }

    /// The bytes it takes on the heap.
    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        let chunks = self.chunks.capacity() * size_of::<Box<[u8]>>();
        // An allocator keeps a length with each.
        let packed: usize = self.chunks.iter().map(|chunk| chunk.len() + 8).sum();
        chunks + packed + self.newest.capacity() * size_of::<[u64; N]>()
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: [u64; N]) {
        self.push_unsettled(row, |_| true);
    }

    /// Appends a row. Rows are packed once they are `settled`: one that is not is cheaper to change.
    pub(super) fn push_unsettled(&mut self, row: [u64; N], settled: impl Fn(&[u64; N]) -> bool) {
        let full = self.newest.get(..CHUNK);
        if full.is_some_and(|rows| self.newest.len() >= MOST_WAIT || rows.iter().all(settled)) {
            self.chunks.push(pack(self.newest[..CHUNK].as_flattened(), N));
            self.newest.drain(..CHUNK);
        }
        self.newest.push(row);
    }

    /// The `n`-th row.
    pub(super) fn get(&self, n: usize) -> Option<[u64; N]> {
        match self.chunks.get(n / CHUNK) {
            Some(chunk) => Some(std::array::from_fn(|column| read(chunk, N, n % CHUNK, column))),
            None => self.newest.get(n - self.chunks.len() * CHUNK).copied(),
        }
    }

    /// One number of the `n`-th row.
    fn number(&self, n: usize, column: usize) -> Option<u64> {
        match self.chunks.get(n / CHUNK) {
            Some(chunk) => Some(read(chunk, N, n % CHUNK, column)),
            None => self.newest.get(n - self.chunks.len() * CHUNK).map(|row| row[column]),
        }
    }

    /// The newest row.
    pub(super) fn last(&self) -> Option<[u64; N]> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Changes the `n`-th row; a packed one costs as much as 64.
    pub(super) fn set(&mut self, n: usize, row: [u64; N]) {
        if n / CHUNK < self.chunks.len() {
            let mut rows = self.unpack(n / CHUNK);
            rows[n % CHUNK] = row;
            self.chunks[n / CHUNK] = pack(rows.as_flattened(), N);
        } else if let Some(newest) = self.newest.get_mut(n - self.chunks.len() * CHUNK) {
            *newest = row;
        }
    }

    /// Keeps the first `len` rows.
    pub(super) fn truncate(&mut self, len: usize) {
        if len / CHUNK < self.chunks.len() {
            self.newest = self.unpack(len / CHUNK);
            self.chunks.truncate(len / CHUNK);
        }
        self.newest.truncate(len - self.chunks.len() * CHUNK);
    }

    fn unpack(&self, chunk: usize) -> Vec<[u64; N]> {
        (chunk * CHUNK..(chunk + 1) * CHUNK).filter_map(|n| self.get(n)).collect()
    }

    /// The first row from the `from`-th on whose number in a column is larger than `limit`. The column
    /// ascends. Quick if that row is near.
    pub(super) fn after(&self, from: usize, column: usize, limit: u64) -> usize {
        let beyond = |n: usize| self.number(n, column).is_none_or(|number| number > limit);
        let (mut low, mut step) = (from, 1);
        while !beyond(low + step - 1) {
            low += step;
            step *= 2;
        }
        let mut high = (low + step - 1).min(self.len()).max(low);
        while low < high {
            let middle = low + (high - low) / 2;
            if beyond(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// Where the row of rows begins that ends before the `end`-th and in which a column is always larger
    /// than `limit`.
    pub(super) fn above(&self, end: usize, column: usize, limit: u64) -> usize {
        let mut n = end;
        while n > 0 {
            let whole = if n % CHUNK == 0 { self.chunks.get(n / CHUNK - 1) } else { None };
            if whole.is_some_and(|chunk| least(chunk, N, column) > limit) {
                n -= CHUNK;
            } else if self.number(n - 1, column).is_some_and(|number| number > limit) {
                n -= 1;
            } else {
                break;
            }
        }
        n
    }
}

/// A chunk: for each column how many bytes a number takes, for each column the least number, and the rows.
fn pack(rows: &[u64], columns: usize) -> Box<[u8]> {
    let of = |column| rows.iter().skip(column).step_by(columns).copied();
    let least: Vec<u64> = (0..columns).map(|column| of(column).min().unwrap_or(0)).collect();
    let widths: Vec<u8> = (0..columns)
        .map(|column| {
            let most = of(column).max().unwrap_or(0) - least[column];
            (u64::BITS - most.leading_zeros()).div_ceil(8) as u8
        })
        .collect();
    let stride: usize = widths.iter().map(|width| usize::from(*width)).sum();
    let mut chunk = Vec::with_capacity(columns * 9 + stride * CHUNK);
    chunk.extend_from_slice(&widths);
    least.iter().for_each(|least| chunk.extend_from_slice(&least.to_le_bytes()));
    for (n, number) in rows.iter().enumerate() {
        let column = n % columns;
        chunk.extend_from_slice(&(number - least[column]).to_le_bytes()[..usize::from(widths[column])]);
    }
    chunk.into()
}

/// The least number of a column.
fn least(chunk: &[u8], columns: usize, column: usize) -> u64 {
    number(&chunk[columns + column * 8..][..8])
}

fn read(chunk: &[u8], columns: usize, row: usize, column: usize) -> u64 {
    let (mut stride, mut before) = (0, 0);
    for (n, width) in chunk[..columns].iter().enumerate() {
        if n == column {
            before = stride;
        }
        stride += usize::from(*width);
    }
    let place = columns * 9 + row * stride + before;
    least(chunk, columns, column) + number(&chunk[place..][..usize::from(chunk[column])])
}

/// A number, its least byte first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rng;

    #[test]
    fn it_is_a_list_whatever_is_in_it() {
        let (mut packed, mut list, mut rng) = (Packed::<3>::default(), Vec::new(), Rng::new(3));
        let mut at = 0;
        for n in 0..4000_u64 {
            let most = 1 << rng.below(20);
            at += rng.below(most);
            let far = if n % 500 == 0 { u64::MAX - rng.below(9) } else { rng.below(3) };
            let row = [at, 7, far];
            if rng.below(3) > 0 {
                // One row that takes its time.
                packed.push_unsettled(row, |row| row[0] % 97 > 0);
            } else {
                packed.push(row);
            }
            list.push(row);
            let any = rng.below(list.len() as u64) as usize;
            match rng.below(40) {
                0 => {
                    list[any][1] = at;
                    packed.set(any, list[any]);
                }
                1 if any + 90 > list.len() && list.len() > 3000 => {
                    list.truncate(any);
                    packed.truncate(any);
                }
                _ => {}
            }
            assert_eq!((packed.len(), packed.last()), (list.len(), list.last().copied()));
            assert_eq!(packed.get(any), list.get(any).copied());
        }
        assert!(packed.chunks.len() > 20);
        assert!((0..list.len() + 100).all(|n| packed.get(n) == list.get(n).copied()));
        for _ in 0..2000 {
            let (from, limit) = (rng.below(list.len() as u64) as usize, rng.below(at + 1000));
            let after = from + list[from..].partition_point(|row| row[0] <= limit);
            assert_eq!(packed.after(from, 0, limit), after);
            let above = list[..from].iter().rev().take_while(|row| row[2] > limit % 3).count();
            assert_eq!(packed.above(from, 2, limit % 3), from - above);
            let above = list[..from].iter().rev().take_while(|row| row[0] > limit).count();
            assert_eq!(packed.above(from, 0, limit), from - above);
        }
        assert_eq!(packed.after(list.len(), 0, 5), list.len());
    }

    #[test]
    fn what_grows_with_time_takes_few_bytes() {
        let mut packed = Packed::<2>::default();
        for n in 0..100_000_u64 {
            packed.push([n * 240_000, n * 37]);
        }
        let each = packed.heap_bytes() as f64 / 100_000.0;
        assert!(each < 6.0, "{each}");
    }
}
