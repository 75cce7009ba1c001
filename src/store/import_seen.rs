//! The rows that a running import has met.

use super::db::{Tx, on};
use super::dialect::{listed, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};

/// Those of the ids that an import has met before, and the lines of the file at which they stood.
pub async fn met(tx: &mut Tx, import_id: &str, external_ids: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("external_id, line"), " FROM import_seen \
         WHERE import_id = $1 AND external_id IN ", listed!("$2")
    )).bind(import_id).bind(text(external_ids)?).fetch_one(c).await)?;
    rows(&text)
}

/// Notes rows of an import, by their ids and lines.
pub async fn note_all(tx: &mut Tx, import_id: &str, rows: &[(&str, i64)]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO import_seen (import_id, external_id, line) \
         SELECT $1, value ->> 0, CAST(value ->> 1 AS BIGINT) FROM ", rows_of!("$2")
    )).bind(import_id).bind(text(rows)?).execute(c).await)?;
    Ok(())
}

/// Forgets what an import has met, and what those have left that were killed: they were begun before `before`, an id.
/// Others may be running.
pub async fn forget(tx: &mut Tx, import_id: &str, before: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM import_seen WHERE import_id = $1 OR import_id < $2")
        .bind(import_id).bind(before).execute(c).await)?;
    Ok(())
}
