//! Calls: to-dos to phone somebody, made when a message's channel is a person's voice.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::call::CallOutcome;
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
    /// Not before this, where the customer asked for another time.
    pub call_at: Option<Instant>,
    /// When it stops being useful.
    pub due_at: Instant,
    pub done_at: Option<Instant>,
    pub done_by: Option<String>,
    pub outcome: Option<CallOutcome>,
    pub note: Option<String>,
}

row!(Call {
    id,
    business_id,
    customer_id,
    message_id,
    phone,
    script,
    opened_at,
    call_at,
    due_at,
    done_at,
    done_by,
    outcome,
    note
});

/// The columns of a `Call`.
macro_rules! call_columns {
    () => {
        "id, business_id, customer_id, message_id, phone, script, opened_at, call_at, due_at, done_at, done_by, outcome, \
         note"
    };
}

/// A call to put on the list.
#[derive(Clone, Copy, Debug)]
pub struct NewCall<'a> {
    pub business_id: &'a str,
    pub customer_id: &'a str,
    pub message_id: &'a str,
    pub phone: &'a str,
    pub script: &'a str,
    pub call_at: Option<Instant>,
    pub due_at: Instant,
}

/// Opens a call; a message has one open call at most, however often it is asked.
pub async fn open(tx: &mut Tx, call: NewCall<'_>, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, call_at, due_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (message_id) WHERE done_at IS NULL DO NOTHING",
    )
    .bind(new_id(now)).bind(call.business_id).bind(call.customer_id).bind(call.message_id).bind(call.phone)
    .bind(call.script).bind(now).bind(call.call_at).bind(call.due_at).execute(c).await)?;
    Ok(())
}

/// One call.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Call>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", call_columns!(), " FROM call WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The calls of one message, the first one first.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call WHERE message_id = $1 ORDER BY id"
    )).bind(message_id).fetch_all(c).await)?)
}

/// Calls by their ids.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call WHERE id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// The calls that nobody has made yet, of one business or all, the most urgent first.
pub async fn open_calls(tx: &mut Tx, business_id: Option<&str>) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call \
         WHERE done_at IS NULL AND business_id = COALESCE($1, business_id) ORDER BY due_at, id"
    )).bind(business_id).fetch_all(c).await)?)
}

/// The calls that were made, of one business or all, the last one first.
pub async fn made(tx: &mut Tx, business_id: Option<&str>, limit: i64) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call \
         WHERE done_at IS NOT NULL AND business_id = COALESCE($1, business_id) ORDER BY done_at DESC, id DESC LIMIT $2"
    )).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The most urgent calls of a business that nobody has made yet, that are still of use and whose time has come.
pub async fn most_urgent(tx: &mut Tx, business_id: &str, now: Instant, limit: i64) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call \
         WHERE done_at IS NULL AND business_id = $1 AND due_at >= $2 AND COALESCE(call_at, $2) <= $2 \
         ORDER BY due_at, id LIMIT $3"
    )).bind(business_id).bind(now).bind(limit).fetch_all(c).await)?)
}

/// The same after the moment and the id that `after` has.
pub async fn urgent_after(
    tx: &mut Tx,
    business_id: &str,
    now: Instant,
    after: (Instant, &str),
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call \
         WHERE done_at IS NULL AND business_id = $1 AND due_at >= $2 AND (due_at, id) > ($3, $4) \
            AND COALESCE(call_at, $2) <= $2 ORDER BY due_at, id LIMIT $5"
    )).bind(business_id).bind(now).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)?)
}

/// The calls of a business that were made before the moment and the id that `before` has, the last one first.
pub async fn made_before(
    tx: &mut Tx,
    business_id: &str,
    before: (Instant, &str),
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", call_columns!(), " FROM call \
         WHERE done_at IS NOT NULL AND business_id = $1 AND (done_at, id) < ($2, $3) \
         ORDER BY done_at DESC, id DESC LIMIT $4"
    )).bind(business_id).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await)?)
}

/// How many calls of a business nobody has made yet, are still of use and whose time has come.
pub async fn open_count(tx: &mut Tx, business_id: &str, now: Instant) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM call \
         WHERE done_at IS NULL AND business_id = $1 AND due_at >= $2 AND COALESCE(call_at, $2) <= $2",
    ).bind(business_id).bind(now).fetch_one(c).await)?)
}

/// Notes what came of a call. False: it was made before.
pub async fn done(
    tx: &mut Tx,
    id: &str,
    outcome: CallOutcome,
    note: Option<&str>,
    by: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE call SET done_at = $2, outcome = $3, note = $4, done_by = $5 WHERE id = $1 AND done_at IS NULL",
    ).bind(id).bind(now).bind(outcome).bind(note).bind(by).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Calls of a customer that are still to be made go to another number.
pub async fn redirect(tx: &mut Tx, customer_id: &str, phone: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE call SET phone = $2 WHERE customer_id = $1 AND done_at IS NULL AND phone <> $2")
        .bind(customer_id).bind(phone).execute(c).await)?;
    Ok(())
}
