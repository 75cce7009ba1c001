//! The rows that a running import has met.

use super::db::{Tx, on};
use super::error::StoreError;

/// Notes a row of an import. Some line: the id stood at that line of the same file before.
pub async fn note(tx: &mut Tx, import_id: &str, external_id: &str, line: i64) -> Result<Option<i64>, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO import_seen (import_id, external_id, line) VALUES ($1, $2, $3) \
         ON CONFLICT (import_id, external_id) DO NOTHING",
    ).bind(import_id).bind(external_id).bind(line).execute(c).await)?;
    if done.rows_affected() == 1 {
        return Ok(None);
    }
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT line FROM import_seen WHERE import_id = $1 AND external_id = $2")
        .bind(import_id).bind(external_id).fetch_optional(c).await)?,
    )
}

/// Forgets what an import has met, and what older ones have left that were killed.
pub async fn forget(tx: &mut Tx, import_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM import_seen WHERE import_id <= $1").bind(import_id).execute(c).await)?;
    Ok(())
}
