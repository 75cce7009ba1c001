//! History: what happened to items, customers and settings. Only ever added to.

use super::db::{Tx, on};
use super::dialect::rows_of;
use super::error::StoreError;
use super::packed::text;
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

/// A line about to be added.
#[derive(Clone, Debug)]
pub struct NewHistory<'a> {
    /// What kind of thing it happened to, and its id.
    pub about: (&'a str, String),
    pub event: &'a str,
    pub detail: String,
}

/// Adds a line about something of a business.
pub async fn add(
    tx: &mut Tx,
    business_id: Option<&str>,
    about: (&str, &str),
    event: &str,
    detail: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let line = NewHistory {
        about: (about.0, about.1.to_owned()),
        event,
        detail: detail.to_owned(),
    };
    add_all(tx, business_id, &[line], now).await
}

/// Adds lines about things of a business, in their order.
pub async fn add_all(
    tx: &mut Tx,
    business_id: Option<&str>,
    lines: &[NewHistory<'_>],
    now: Instant,
) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = lines
        .iter()
        .map(|line| (new_id(now), line.about.0, &line.about.1, line.event, &line.detail))
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO history (id, business_id, about_kind, about_id, event, detail, at) \
         SELECT value ->> 0, $2, value ->> 1, value ->> 2, value ->> 3, value ->> 4, $3 FROM ", rows_of!("$1")
    )).bind(text(&rows)?).bind(business_id).bind(now).execute(c).await)?;
    Ok(())
}

/// What happened to one thing, in order.
pub async fn of(tx: &mut Tx, about_id: &str) -> Result<Vec<HistoryLine>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT about_id, event, detail, at FROM history WHERE about_id = $1 ORDER BY id")
        .bind(about_id).fetch_all(c).await)?,
    )
}
