//! Ratings: every answer to a rating question is kept; of several the latest within a day counts.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::Channel;
use crate::domain::rating::Scale;

/// An answer to a rating question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub message_id: String,
    pub scale: Scale,
    /// Of the question as it was worded.
    pub version: String,
    pub score: i64,
    /// As it was given; none once retention has blanked it.
    pub raw: Option<String>,
    pub comment: Option<String>,
    pub channel: Channel,
    pub counts: bool,
    pub at: Instant,
}

row!(Rating {
    id,
    business_id,
    customer_id,
    item_kind,
    item_id,
    message_id,
    scale,
    version,
    score,
    raw,
    comment,
    channel,
    counts,
    at
});

/// The columns of a `Rating`, in the table named `rating`.
macro_rules! rating_columns {
    () => {
        "rating.id, rating.business_id, rating.customer_id, rating.item_kind, rating.item_id, rating.message_id, \
         rating.scale, rating.version, rating.score, rating.raw, rating.comment, rating.channel, rating.counts, rating.at"
    };
}

/// Writes a rating; where it counts, it counts instead of those before it.
pub async fn insert(tx: &mut Tx, rating: &Rating) -> Result<(), StoreError> {
    if rating.counts {
        on!(tx, c => sqlx::query("UPDATE rating SET counts = FALSE WHERE message_id = $1 AND counts")
            .bind(&rating.message_id).execute(c).await)?;
    }
    on!(tx, c => sqlx::query(
        "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, raw, \
            comment, channel, counts, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&rating.id).bind(&rating.business_id).bind(&rating.customer_id).bind(rating.item_kind).bind(&rating.item_id)
    .bind(&rating.message_id).bind(rating.scale).bind(&rating.version).bind(rating.score).bind(&rating.raw)
    .bind(&rating.comment).bind(rating.channel).bind(rating.counts).bind(rating.at).execute(c).await)?;
    Ok(())
}

/// The ratings that answer one message, oldest first.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Vec<Rating>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", rating_columns!(), " FROM rating WHERE message_id = $1 ORDER BY at, id"
    )).bind(message_id).fetch_all(c).await)?)
}
