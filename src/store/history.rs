//! History: what happened to items, customers and settings. Only ever added to.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HistoryLine {
    pub about_id: String,
    pub event: String,
    pub detail: String,
    pub at: Instant,
}

row!(HistoryLine {
    about_id,
    event,
    detail,
    at
});

/// Adds a line about something of a business.
pub async fn add(
    tx: &mut Tx,
    business_id: Option<&str>,
    about: (&str, &str),
    event: &str,
    detail: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let (about_kind, about_id) = about;
    on!(tx, c => sqlx::query(
        "INSERT INTO history (id, business_id, about_kind, about_id, event, detail, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new_id(now)).bind(business_id).bind(about_kind).bind(about_id).bind(event).bind(detail).bind(now)
    .execute(c).await)?;
    Ok(())
}

/// What happened to one thing, in order.
pub async fn of(tx: &mut Tx, about_id: &str) -> Result<Vec<HistoryLine>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT about_id, event, detail, at FROM history WHERE about_id = $1 ORDER BY id")
        .bind(about_id).fetch_all(c).await)?,
    )
}
