//! Numbers whose owner says that we have the wrong person: what goes to them waits for somebody to look.

use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::instant::Instant;

/// Holds everything of a business to a number. False: it is held already.
pub async fn hold(tx: &mut Tx, business_id: &str, address: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO held_number (business_id, address, at) VALUES ($1, $2, $3) \
         ON CONFLICT (address, business_id) DO NOTHING",
    ).bind(business_id).bind(address).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Lets a number be used again. False: it was not held.
pub async fn release(tx: &mut Tx, business_id: &str, address: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query("DELETE FROM held_number WHERE address = $2 AND business_id = $1")
        .bind(business_id).bind(address).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Whether a business holds everything to this number.
pub async fn is_held(tx: &mut Tx, business_id: &str, address: &str) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM held_number WHERE address = $2 AND business_id = $1",
    ).bind(business_id).bind(address).fetch_optional(c).await)?;
    Ok(found.is_some())
}
