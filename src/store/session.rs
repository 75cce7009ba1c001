//! Sessions: browsers that are signed in. The token itself is never here, only its hash.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::session::Session;

row!(Session {
    token_hash,
    user_id,
    created_at,
    seen_at,
    expires_at
});

/// Writes a new session.
pub async fn add(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    ).bind(&session.token_hash).bind(&session.user_id).bind(session.created_at).bind(session.seen_at)
    .bind(session.expires_at).execute(c).await)?;
    Ok(())
}

/// The session with this hash, if it lasts at `now`.
pub async fn find(tx: &mut Tx, token_hash: &str, now: Instant) -> Result<Option<Session>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT token_hash, user_id, created_at, seen_at, expires_at FROM session \
         WHERE token_hash = $1 AND expires_at > $2",
    ).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

/// Notes that a session was used. Nothing changes where it has ended meanwhile, or was used later.
pub async fn used(tx: &mut Tx, session: &Session) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE session SET seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND seen_at < $2",
    ).bind(&session.token_hash).bind(session.seen_at).bind(session.expires_at).execute(c).await)?;
    Ok(())
}

/// Ends a session.
pub async fn end(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM session WHERE token_hash = $1").bind(token_hash).execute(c).await)?;
    Ok(())
}

/// Ends every session of a user. Returns how many there were.
pub async fn end_all(tx: &mut Tx, user_id: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM session WHERE user_id = $1").bind(user_id).execute(c).await)?
            .rows_affected(),
    )
}

/// Ends every session of a user but this one. Returns how many there were.
pub async fn end_others(tx: &mut Tx, user_id: &str, token_hash: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM session WHERE user_id = $1 AND token_hash <> $2")
        .bind(user_id).bind(token_hash).execute(c).await)?
        .rows_affected(),
    )
}

/// The sessions of a user that last at `now`, the last used first.
pub async fn of_user(tx: &mut Tx, user_id: &str, now: Instant) -> Result<Vec<Session>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT token_hash, user_id, created_at, seen_at, expires_at FROM session \
         WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, created_at DESC",
    ).bind(user_id).bind(now).fetch_all(c).await)?)
}

/// Takes away sessions that ended before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM session WHERE expires_at < $1").bind(before).execute(c).await)?
            .rows_affected(),
    )
}
