//! Businesses whose settings have changed, so that everything of them is planned again, and how far that has come.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;

/// One business's new plans, from when they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Replan {
    pub business_id: String,
    pub asked_at: Instant,
    /// Items of this kind up to `after_id`, and all of the kinds before it, are done.
    pub kind: ItemKind,
    pub after_id: String,
    /// How many items that are.
    pub done: i64,
    pub planned: i64,
    pub moved: i64,
    pub skipped: i64,
    pub ended_at: Option<Instant>,
}

row!(Replan {
    business_id,
    asked_at,
    kind,
    after_id,
    done,
    planned,
    moved,
    skipped,
    ended_at
});

/// The columns of a `Replan`.
macro_rules! replan_columns {
    () => {
        "business_id, asked_at, kind, after_id, done, planned, moved, skipped, ended_at"
    };
}

/// Asks for everything of a business to be planned again, from the beginning also where that is under way.
pub async fn ask(tx: &mut Tx, business_id: &str, now: Instant) -> Result<(), StoreError> {
    save(
        tx,
        &Replan {
            business_id: business_id.to_owned(),
            asked_at: now,
            kind: ItemKind::Booking,
            after_id: String::new(),
            done: 0,
            planned: 0,
            moved: 0,
            skipped: 0,
            ended_at: None,
        },
    )
    .await
}

/// Writes how far it has come.
pub async fn save(tx: &mut Tx, replan: &Replan) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO replan (", replan_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (business_id) DO UPDATE SET asked_at = excluded.asked_at, kind = excluded.kind, \
            after_id = excluded.after_id, done = excluded.done, planned = excluded.planned, moved = excluded.moved, \
            skipped = excluded.skipped, ended_at = excluded.ended_at"
    ))
    .bind(&replan.business_id).bind(replan.asked_at).bind(replan.kind).bind(&replan.after_id).bind(replan.done)
    .bind(replan.planned).bind(replan.moved).bind(replan.skipped).bind(replan.ended_at).execute(c).await)?;
    Ok(())
}

/// The last one of a business, ended or not.
pub async fn find(tx: &mut Tx, business_id: &str) -> Result<Option<Replan>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", replan_columns!(), " FROM replan WHERE business_id = $1"
    )).bind(business_id).fetch_optional(c).await)?)
}

/// The businesses that wait for the rest of their new plans, the one that has waited longest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT business_id FROM replan WHERE ended_at IS NULL ORDER BY asked_at",
    ).fetch_all(c).await)?)
}
