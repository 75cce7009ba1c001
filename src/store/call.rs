//! Calls: to-dos to phone somebody, made when a message's channel is a person's voice.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;

/// A call to be made, or made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Call {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub message_id: String,
    pub phone: String,
    pub script: String,
    pub opened_at: Instant,
    /// When it stops being useful.
    pub due_at: Instant,
    pub done_at: Option<Instant>,
    pub outcome: Option<String>,
}

row!(Call {
    id,
    business_id,
    customer_id,
    message_id,
    phone,
    script,
    opened_at,
    due_at,
    done_at,
    outcome
});

/// A call to put on the list.
#[derive(Clone, Copy, Debug)]
pub struct NewCall<'a> {
    pub business_id: &'a str,
    pub customer_id: &'a str,
    pub message_id: &'a str,
    pub phone: &'a str,
    pub script: &'a str,
    pub due_at: Instant,
}

/// Opens a call; once per message, however often it is asked.
pub async fn open(tx: &mut Tx, call: NewCall<'_>, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, due_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (message_id) WHERE done_at IS NULL DO NOTHING",
    )
    .bind(new_id(now)).bind(call.business_id).bind(call.customer_id).bind(call.message_id).bind(call.phone)
    .bind(call.script).bind(now).bind(call.due_at).execute(c).await)?;
    Ok(())
}

/// The calls that nobody has made yet, of one business or all, the most urgent first.
pub async fn open_calls(tx: &mut Tx, business_id: Option<&str>) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, customer_id, message_id, phone, script, opened_at, due_at, done_at, outcome FROM call \
         WHERE done_at IS NULL AND business_id = COALESCE($1, business_id) ORDER BY due_at, id",
    ).bind(business_id).fetch_all(c).await)?)
}

/// The most urgent calls of a business that nobody has made yet and that are still of use.
pub async fn most_urgent(tx: &mut Tx, business_id: &str, now: Instant, limit: i64) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, customer_id, message_id, phone, script, opened_at, due_at, done_at, outcome FROM call \
         WHERE done_at IS NULL AND business_id = $1 AND due_at >= $2 ORDER BY due_at, id LIMIT $3",
    ).bind(business_id).bind(now).bind(limit).fetch_all(c).await)?)
}

/// How many calls of a business nobody has made yet and are still of use.
pub async fn open_count(tx: &mut Tx, business_id: &str, now: Instant) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM call WHERE done_at IS NULL AND business_id = $1 AND due_at >= $2",
    ).bind(business_id).bind(now).fetch_one(c).await)?)
}
