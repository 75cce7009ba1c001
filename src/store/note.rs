//! Notes of the staff about customers. A row is only ever added and struck; an erasure blanks its text.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::note::Note;

row!(Note {
    id,
    business_id,
    customer_id,
    user_id,
    author,
    text,
    at,
    struck_at,
    struck_by
});

/// The columns of a `Note`.
macro_rules! note_columns {
    () => {
        "id, business_id, customer_id, user_id, author, text, at, struck_at, struck_by"
    };
}

/// Adds a note.
pub async fn add(tx: &mut Tx, note: &Note) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO note (", note_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(&note.id).bind(&note.business_id).bind(&note.customer_id).bind(&note.user_id).bind(&note.author)
    .bind(&note.text).bind(note.at).bind(note.struck_at).bind(&note.struck_by).execute(c).await)?;
    Ok(())
}

/// One note.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Note>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", note_columns!(), " FROM note WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The notes about a customer, the latest first.
pub async fn of_customer(tx: &mut Tx, customer_id: &str, limit: i64) -> Result<Vec<Note>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", note_columns!(), " FROM note WHERE customer_id = $1 ORDER BY at DESC, id DESC LIMIT $2"
    )).bind(customer_id).bind(limit).fetch_all(c).await)?)
}

/// Notes by their ids.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Note>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", note_columns!(), " FROM note WHERE id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// Strikes a note. False: it was struck already, or is not there.
pub async fn strike(tx: &mut Tx, id: &str, by: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE note SET struck_at = $3, struck_by = $2 WHERE id = $1 AND struck_at IS NULL",
    ).bind(id).bind(by).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}
