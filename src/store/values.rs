//! Many rows in one statement: `VALUES (?, ?), (?, ?)`.
//!
//! A statement costs a trip to the database's thread and back, whatever it does; group commit lives from few of them.

use std::ops::Range;

use super::dialect::PLACEHOLDER_SQLITE;

/// Rows per statement, largest first: few sizes, so that each statement is prepared once and found again.
const SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// Cuts `count` rows into statements.
pub(super) fn chunks(count: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| start + size <= count)?;
        let range = start..start + size;
        start += size;
        Some(range)
    })
}

/// `statement` with its `{values}` filled in for so many rows and columns.
pub(super) fn with_values(statement: &str, rows: usize, columns: usize) -> String {
    let row = format!("({})", vec![PLACEHOLDER_SQLITE; columns].join(", "));
    statement.replace("{values}", &vec![row.as_str(); rows].join(", "))
}
