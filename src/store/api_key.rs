//! Keys of businesses' own systems. The key itself is never here, only its hash.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::api_key::ApiKey;
use crate::domain::instant::Instant;

row!(ApiKey {
    id,
    business_id,
    name,
    made_by,
    made_at,
    used_at,
    revoked_at
});

/// The columns of an `ApiKey`.
macro_rules! key_columns {
    () => {
        "id, business_id, name, made_by, made_at, used_at, revoked_at"
    };
}

/// Writes a new key. False: the business has one of that name.
pub async fn add(tx: &mut Tx, key: &ApiKey, token_hash: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO api_key (id, business_id, name, token_hash, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    ).bind(&key.id).bind(&key.business_id).bind(&key.name).bind(token_hash).bind(&key.made_by).bind(key.made_at)
    .execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// The key with this hash, unless it is revoked.
pub async fn find(tx: &mut Tx, token_hash: &str) -> Result<Option<ApiKey>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", key_columns!(), " FROM api_key WHERE token_hash = $1 AND revoked_at IS NULL"
    )).bind(token_hash).fetch_optional(c).await)?)
}

/// The keys of a business that are not revoked, by name.
pub async fn of_business(tx: &mut Tx, business_id: &str) -> Result<Vec<ApiKey>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", key_columns!(), " FROM api_key WHERE business_id = $1 AND revoked_at IS NULL ORDER BY name"
    )).bind(business_id).fetch_all(c).await)?)
}

/// Notes that a key was used.
pub async fn used(tx: &mut Tx, id: &str, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE api_key SET used_at = $2 WHERE id = $1").bind(id).bind(now).execute(c).await)?;
    Ok(())
}

/// Revokes a key of a business. False: it has no such key, or has revoked it already.
pub async fn revoke(tx: &mut Tx, business_id: &str, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE api_key SET revoked_at = $3 WHERE id = $1 AND business_id = $2 AND revoked_at IS NULL",
    ).bind(id).bind(business_id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}
