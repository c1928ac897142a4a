//! Rows of numbers in little memory, each found without reading others: History keeps hours of them.
//!
//! Full chunks are packed. A column of a chunk is stored as what its numbers exceed the least of them by,
//! in as many bytes as the largest needs: two or three for what grows with time, none for what stays. The
//! newest rows wait as they are.

/// Rows of a chunk.
const CHUNK: usize = 64;
/// So many rows wait at most for one that is not settled.
const MOST_WAIT: usize = 16 * 1024;
/// Most columns.
const MOST: usize = 5;

/// A row. Columns that a list does not have are zero, and take nothing.
pub(super) type Row = [u64; MOST];

/// A list of rows.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    columns: usize,
    chunks: Vec<Box<[u8]>>,
    /// The newest rows, one after the other.
    newest: Vec<u64>,
}

impl Packed {
    /// An empty list of rows of so many numbers.
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, chunks: Vec::new(), newest: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.packed() + self.newest.len() / self.columns
    }

    fn packed(&self) -> usize {
        self.chunks.len() * CHUNK
    }

    /// The bytes it takes on the heap.
    #[cfg(test)]
    pub(super) fn heap_bytes(&self) -> usize {
        let chunks = self.chunks.capacity() * size_of::<Box<[u8]>>();
        // An allocator keeps a length with each.
        let packed: usize = self.chunks.iter().map(|chunk| chunk.len() + 8).sum();
        chunks + packed + self.newest.capacity() * size_of::<u64>()
    }

    /// Appends a row. Rows are packed once the last number of each is no zero, unless they all `settle` at
    /// once: it is cheaper to change one that is not packed.
    #[inline(never)]
    pub(super) fn push(&mut self, row: &Row, settle: bool) {
        let whole = self.columns * CHUNK;
        if self.newest.len() >= whole {
            let waits = self.newest.len() < MOST_WAIT * self.columns;
            let mut last = self.newest[..whole].iter().skip(self.columns - 1).step_by(self.columns);
            if settle || !waits || last.all(|number| *number > 0) {
                self.chunks.push(pack(&self.newest[..whole], self.columns));
                self.newest.drain(..whole);
            }
        }
        self.newest.extend_from_slice(&row[..self.columns]);
    }

    /// One number of the `n`-th row; the largest there can be if there is no such row.
    fn number(&self, n: usize, column: usize) -> u64 {
        match self.chunks.get(n / CHUNK) {
            Some(chunk) => read(chunk, self.columns, n % CHUNK, column),
            None => {
                let place = (n - self.packed()) * self.columns + column;
                self.newest.get(place).copied().unwrap_or(u64::MAX)
            }
        }
    }

    /// The `n`-th row.
    #[inline(never)]
    pub(super) fn get(&self, n: usize) -> Option<Row> {
        if n >= self.len() {
            return None;
        }
        let mut row = Row::default();
        for (column, number) in row[..self.columns].iter_mut().enumerate() {
            *number = self.number(n, column);
        }
        Some(row)
    }

    /// The newest row.
    pub(super) fn last(&self) -> Option<Row> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Changes the `n`-th row; a packed one costs as much as 64.
    #[inline(never)]
    pub(super) fn set(&mut self, n: usize, row: &Row) {
        let (columns, chunk) = (self.columns, n / CHUNK);
        let packed = chunk < self.chunks.len();
        let mut rows = if packed { self.unpack(chunk) } else { std::mem::take(&mut self.newest) };
        let place = if packed { n % CHUNK } else { n - self.packed() };
        rows[place * columns..][..columns].copy_from_slice(&row[..columns]);
        if packed {
            self.chunks[chunk] = pack(&rows, columns);
        } else {
            self.newest = rows;
        }
    }

    /// Keeps the first `len` rows.
    #[inline(never)]
    pub(super) fn truncate(&mut self, len: usize) {
        if len < self.packed() {
            self.newest = self.unpack(len / CHUNK);
            self.chunks.truncate(len / CHUNK);
        }
        self.newest.truncate((len - self.packed()) * self.columns);
    }

    fn unpack(&self, chunk: usize) -> Vec<u64> {
        let mut rows = Vec::with_capacity(self.columns * CHUNK);
        for n in 0..CHUNK * self.columns {
            rows.push(read(&self.chunks[chunk], self.columns, n / self.columns, n % self.columns));
        }
        rows
    }

    /// The first row from the `from`-th on whose number in a column is larger than `limit`. The column
    /// ascends. Quick if that row is near.
    #[inline(never)]
    pub(super) fn after(&self, from: usize, column: usize, limit: u64) -> usize {
        let len = self.len();
        // At first two steps are taken for one, then half of what is left.
        let (mut low, mut high, mut step) = (from, len, 1);
        while low < high {
            let gallops = high == len;
            let middle = if gallops { low + step - 1 } else { low + (high - low) / 2 };
            if middle >= len {
                high = len - 1;
                if self.number(high, column) <= limit {
                    return len;
                }
            } else if self.number(middle, column) > limit {
                high = middle;
            } else {
                low = middle + 1;
                step <<= usize::from(gallops);
            }
        }
        low
    }

    /// Where the row of rows begins that ends before the `end`-th and in which a column is always larger
    /// than `limit`.
    #[inline(never)]
    pub(super) fn above(&self, end: usize, column: usize, limit: u64) -> usize {
        let mut n = end;
        while n > 0 {
            let whole = if n.is_multiple_of(CHUNK) { self.chunks.get(n / CHUNK - 1) } else { None };
            if whole.is_some_and(|chunk| least(chunk, self.columns, column) > limit) {
                n -= CHUNK;
            } else if self.number(n - 1, column) > limit {
                n -= 1;
            } else {
                break;
            }
        }
        n
    }
}

/// A chunk: for each column how many bytes a number takes, for each column the least number, and the rows.
#[inline(never)]
fn pack(rows: &[u64], columns: usize) -> Box<[u8]> {
    let (mut lows, mut highs) = ([u64::MAX; MOST], [0; MOST]);
    for (n, number) in rows.iter().enumerate() {
        let column = n % columns;
        lows[column] = lows[column].min(*number);
        highs[column] = highs[column].max(*number);
    }
    let mut chunk = Vec::with_capacity(columns * 9 + rows.len() * 2);
    for column in 0..columns {
        chunk.push((71 - (highs[column] - lows[column]).leading_zeros() as u8) / 8);
    }
    lows[..columns].iter().for_each(|low| chunk.extend_from_slice(&low.to_le_bytes()));
    for (n, number) in rows.iter().enumerate() {
        let column = n % columns;
        let mut more = number - lows[column];
        for _ in 0..chunk[column] {
            chunk.push(more as u8);
            more >>= 8;
        }
    }
    chunk.into()
}

/// The least number of a column.
fn least(chunk: &[u8], columns: usize, column: usize) -> u64 {
    number(&chunk[columns + column * 8..][..8])
}

#[inline(never)]
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
        let (mut packed, mut list, mut rng) = (Packed::new(3), Vec::new(), Rng::new(3));
        let mut at = 0;
        for n in 0..4000_u64 {
            let most = 1 << rng.below(20);
            at += rng.below(most);
            let far = match n % 500 {
                0 => u64::MAX - rng.below(9),
                n if n % 90 == 5 => 0,
                _ => 1 + rng.below(3),
            };
            let row = [at, 7, far, 0, 0];
            // Without those whose last number is zero, or with them.
            packed.push(&row, n % 40 == 39);
            list.push(row);
            let any = rng.below(list.len() as u64) as usize;
            match rng.below(40) {
                0 => {
                    list[any][1] = at;
                    packed.set(any, &list[any]);
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
        let mut packed = Packed::new(2);
        for n in 0..100_000_u64 {
            packed.push(&[n * 240_000, n * 37, 0, 0, 0], true);
        }
        let each = packed.heap_bytes() as f64 / 100_000.0;
        assert!(each < 6.0, "{each}");
    }
}
