//! Ratings: every answer to the question how it went, and what the figures are made of.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Channel, State};
use crate::domain::rating::Scale;

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rating {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    /// The message that asked.
    pub message_id: String,
    pub scale: Scale,
    /// Of the question as it was worded.
    pub version: String,
    pub score: i64,
    /// As it was given.
    pub raw: Option<String>,
    /// The words beside the score.
    pub comment: Option<String>,
    pub channel: Channel,
    /// Of several answers to one message one counts.
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

/// The columns of a `Rating`.
macro_rules! rating_columns {
    () => {
        "id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, raw, comment, channel, \
         counts, at"
    };
}

/// Keeps an answer. Where it counts, an earlier one to the same message does not any more.
pub async fn add(tx: &mut Tx, rating: &Rating) -> Result<(), StoreError> {
    if rating.counts {
        on!(tx, c => sqlx::query("UPDATE rating SET counts = FALSE WHERE message_id = $1 AND counts")
            .bind(&rating.message_id).execute(c).await)?;
    }
    on!(tx, c => sqlx::query(
        "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, raw, \
            comment, channel, counts, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&rating.id).bind(&rating.business_id).bind(&rating.customer_id).bind(rating.item_kind)
    .bind(&rating.item_id).bind(&rating.message_id).bind(rating.scale).bind(&rating.version).bind(rating.score)
    .bind(&rating.raw).bind(&rating.comment).bind(rating.channel).bind(rating.counts).bind(rating.at)
    .execute(c).await)?;
    Ok(())
}

/// Every answer to one message, the first one first.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Vec<Rating>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", rating_columns!(), " FROM rating WHERE message_id = $1 ORDER BY at, id"
    )).bind(message_id).fetch_all(c).await)?)
}

/// Every answer of a customer, the first one first.
pub async fn of_customer(tx: &mut Tx, customer_id: &str) -> Result<Vec<Rating>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", rating_columns!(), " FROM rating WHERE customer_id = $1 ORDER BY at, id"
    )).bind(customer_id).fetch_all(c).await)?)
}

/// Answers by their ids.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Rating>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", rating_columns!(), " FROM rating WHERE id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// Of these items those of which the customer said how they went, and when first.
pub async fn first_about(tx: &mut Tx, items: &[&str]) -> Result<Vec<(String, Instant)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT item_id, MIN(at) FROM rating WHERE item_id IN ", listed!("$1"), " GROUP BY item_id"
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// A question how it went that left the house, and its answer where there is one.
#[derive(Clone, Debug)]
pub struct Asked {
    pub channel: Option<Channel>,
    pub state: State,
    pub asked_at: Instant,
    /// The booking's service, or what it was that was renewed.
    pub service: Option<String>,
    pub scale: Option<Scale>,
    pub score: Option<i64>,
}

row!(Asked {
    channel,
    state,
    asked_at,
    service,
    scale,
    score
});

/// Every such question of a business that was due from `from` until before `to`.
pub async fn asked(tx: &mut Tx, business_id: &str, from: Instant, to: Instant) -> Result<Vec<Asked>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT message.channel, message.state, message.due_at AS asked_at, \
            COALESCE(booking.service, renewal.kind) AS service, rating.scale, rating.score \
         FROM message \
            LEFT JOIN rating ON rating.message_id = message.id AND rating.counts \
            LEFT JOIN booking ON booking.id = message.item_id LEFT JOIN renewal ON renewal.id = message.item_id \
         WHERE message.asks = 'rating' AND message.business_id = $1 AND message.due_at >= $2 AND message.due_at < $3 \
            AND message.state IN ('unknown', 'accepted', 'delivered')",
    ).bind(business_id).bind(from).bind(to).fetch_all(c).await)?)
}

/// Questions how it went that are alike, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedAlike {
    pub channel: Option<Channel>,
    pub state: State,
    /// The booking's service, or what it was that was renewed.
    pub service: Option<String>,
    pub scale: Option<Scale>,
    pub score: Option<i64>,
    pub count: i64,
}

row!(AskedAlike {
    channel,
    state,
    service,
    scale,
    score,
    count
});

/// The same as `asked`, counted. At most `limit` questions are looked at, the latest.
pub async fn asked_alike(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    to: Instant,
    limit: i64,
) -> Result<Vec<AskedAlike>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT asked.channel, asked.state, COALESCE(booking.service, renewal.kind) AS service, rating.scale, \
            rating.score, COUNT(*) AS count \
         FROM (SELECT id, item_id, channel, state FROM message \
            WHERE asks = 'rating' AND business_id = $1 AND due_at >= $2 AND due_at < $3 \
                AND state IN ('unknown', 'accepted', 'delivered') ORDER BY due_at DESC LIMIT $4) AS asked \
            LEFT JOIN rating ON rating.message_id = asked.id AND rating.counts \
            LEFT JOIN booking ON booking.id = asked.item_id LEFT JOIN renewal ON renewal.id = asked.item_id \
         GROUP BY asked.channel, asked.state, COALESCE(booking.service, renewal.kind), rating.scale, rating.score",
    ).bind(business_id).bind(from).bind(to).bind(limit).fetch_all(c).await)?)
}

/// The answers of a business's customers that have words beside the score, given from `from` on and before the moment and
/// the id that `before` has, the latest first.
pub async fn comments(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    before: (Instant, &str),
    limit: i64,
) -> Result<Vec<Rating>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", rating_columns!(), " FROM rating \
         WHERE business_id = $1 AND comment IS NOT NULL AND at >= $2 AND (at, id) < ($3, $4) \
         ORDER BY at DESC, id DESC LIMIT $5"
    )).bind(business_id).bind(from).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await)?)
}

/// Blanks the words of answers given before `before`. The scores stay. How many there were.
pub async fn blank_words(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE rating SET raw = NULL, comment = NULL WHERE at < $1 AND (raw IS NOT NULL OR comment IS NOT NULL)",
    ).bind(before).execute(c).await)?
    .rows_affected())
}

/// Blanks the words of a customer's answers, for their erasure. The scores stay.
pub async fn blank_customer(tx: &mut Tx, customer_id: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("UPDATE rating SET raw = NULL, comment = NULL WHERE customer_id = $1")
        .bind(customer_id).execute(c).await)?
        .rows_affected(),
    )
}
