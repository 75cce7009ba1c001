//! Links by which users choose a password, each good for one time. The token itself is never here, only its hash.

use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::instant::Instant;

/// Writes a new link of a user.
pub async fn add(tx: &mut Tx, token_hash: &str, user_id: &str, expires_at: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("INSERT INTO user_link (token_hash, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(token_hash).bind(user_id).bind(expires_at).execute(c).await)?;
    Ok(())
}

/// Whose link that is, if it works at `now`.
pub async fn find(tx: &mut Tx, token_hash: &str, now: Instant) -> Result<Option<String>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT user_id FROM user_link WHERE token_hash = $1 AND expires_at > $2")
        .bind(token_hash).bind(now).fetch_optional(c).await)?,
    )
}

/// Ends every link of a user: one was used, or a newer one takes their place. Returns how many there were.
pub async fn end_all(tx: &mut Tx, user_id: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM user_link WHERE user_id = $1").bind(user_id).execute(c).await)?
            .rows_affected(),
    )
}

/// Takes away links that ended before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM user_link WHERE expires_at < $1").bind(before).execute(c).await)?
            .rows_affected(),
    )
}
