//! Many rows in one statement: `VALUES ($1, $2), ($3, $4)`.
//!
//! A statement costs a trip to the database's thread and back, whatever it does; group commit lives from few of them.

use std::fmt::Write as _;
use std::ops::Range;

/// Rows per statement, largest first: few sizes, so that each statement is prepared once and found again.
const SIZES: [usize; 4] = [64, 16, 4, 1];

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

/// `statement` with its `{values}` filled in for so many rows and columns. Numbering begins after `before` binds.
pub(super) fn with_values(statement: &str, rows: usize, columns: usize, before: usize) -> String {
    let mut values = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        values.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let number = before + row * columns + column + 1;
            // Writing to a string does not fail.
            let _ = write!(values, "{comma}${number}");
        }
        values.push(')');
    }
    statement.replace("{values}", &values)
}
