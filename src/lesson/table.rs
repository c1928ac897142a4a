//! A table in a step.

use super::in_file;
use super::text::Text;

in_file! {
    /// A plain table, shown under a step's text. All rows have as many cells as the head.
    pub struct Table {
        /// The columns' names; may be empty texts. At most 6.
        pub head: Vec<Text>,
        /// The rows, at most 12. A row's first cell names it.
        pub rows: Vec<Vec<Text>>,
    }
}

impl Table {
    /// All its texts, with their place: `None` for the head, then the row, and the column.
    pub fn cells(&self) -> impl Iterator<Item = (Option<usize>, usize, &Text)> {
        let head = self.head.iter().enumerate().map(|(column, text)| (None, column, text));
        head.chain(self.rows.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().enumerate().map(move |(column, text)| (Some(row), column, text))
        }))
    }
}
