//! Status callbacks: stored as they came, once each, then read by the delivery step.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;

/// A callback as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReceipt {
    pub id: String,
    /// From the callback's URL; may be missing or not ours.
    pub attempt_id: Option<String>,
    pub provider_id: String,
    pub status: String,
    /// The provider's error code, empty when there is none.
    pub code: String,
    pub pairs: String,
    pub received_at: Instant,
}

row!(StoredReceipt {
    id,
    attempt_id,
    provider_id,
    status,
    code,
    pairs,
    received_at
});

/// A callback about to be stored.
#[derive(Clone, Debug)]
pub struct NewReceipt<'a> {
    pub attempt_id: Option<&'a str>,
    pub provider_id: &'a str,
    pub status: &'a str,
    pub code: &'a str,
    pub pairs: &'a str,
}

/// Stores a callback. False: the same one is stored already.
pub async fn store(tx: &mut Tx, receipt: &NewReceipt<'_>, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO receipt (id, attempt_id, provider_id, status, code, pairs, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (provider_id, status, code) DO NOTHING",
    )
    .bind(new_id(now)).bind(receipt.attempt_id).bind(receipt.provider_id).bind(receipt.status).bind(receipt.code)
    .bind(receipt.pairs).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Callbacks that no step has read yet, oldest first.
pub async fn unread(tx: &mut Tx, limit: i64) -> Result<Vec<StoredReceipt>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, attempt_id, provider_id, status, code, pairs, received_at FROM receipt WHERE read_at IS NULL \
         ORDER BY received_at, id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Notes that a callback has been read.
pub async fn mark_read(tx: &mut Tx, id: &str, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE receipt SET read_at = $2 WHERE id = $1 AND read_at IS NULL")
        .bind(id).bind(now).execute(c).await)?;
    Ok(())
}

/// Forgets callbacks that were read before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM receipt WHERE read_at IS NOT NULL AND received_at < $1")
        .bind(before).execute(c).await)?
        .rows_affected(),
    )
}

/// The callbacks of an attempt, by either id, oldest first.
pub async fn of_attempt(
    tx: &mut Tx,
    attempt_id: &str,
    provider_id: Option<&str>,
) -> Result<Vec<StoredReceipt>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, attempt_id, provider_id, status, code, pairs, received_at FROM receipt \
         WHERE provider_id = $2 OR (attempt_id = $1 AND $2 IS NULL) ORDER BY received_at, id",
    ).bind(attempt_id).bind(provider_id).fetch_all(c).await)?)
}
