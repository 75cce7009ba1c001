//! Pages of long lists: where one begins, and where the next one does.

use serde_json::{Value, json};

use crate::domain::instant::Instant;

/// The moment at which a page of a list begins: the one that the address names, else the end that the list begins with.
pub(super) fn begins(after: Option<i64>, latest_first: bool) -> Instant {
    let end = if latest_first { i64::MAX } else { i64::MIN };
    Instant::from_millis(after.unwrap_or(end))
}

/// The rows of a page, and whether more follow: one row more than a page holds was asked for.
pub(super) fn one_page<T>(mut rows: Vec<T>, size: i64) -> (Vec<T>, bool) {
    let size = usize::try_from(size).unwrap_or_default();
    let more = rows.len() > size;
    rows.truncate(size);
    (rows, more)
}

/// The rows of a page, and what the address of the next one says: the place of the last row, or null where none follows.
pub(super) fn paged<T>(rows: Vec<T>, size: i64, place: impl Fn(&T) -> (Value, &str)) -> (Vec<T>, Value) {
    let (rows, more) = one_page(rows, size);
    let next = rows.last().filter(|_| more).map(|last| {
        let (after, id) = place(last);
        json!({ "after": after, "after_id": id })
    });
    (rows, json!(next))
}
