//! Replies: how an inbound message was understood, and what the program did about it by itself.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;

/// A reading of an inbound message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The inbound message's.
    pub id: String,
    /// None: nobody knows the sender.
    pub business_id: Option<String>,
    pub customer_id: Option<String>,
    pub question_id: Option<String>,
    pub item_kind: Option<ItemKind>,
    pub item_id: Option<String>,
    pub intent: String,
    pub score: Option<i64>,
    pub action: String,
    /// In hundredths.
    pub certainty: i64,
    pub at: Instant,
}

row!(Reply {
    id,
    business_id,
    customer_id,
    question_id,
    item_kind,
    item_id,
    intent,
    score,
    action,
    certainty,
    at
});

/// The columns of a `Reply`, in the table named `reply`.
macro_rules! reply_columns {
    () => {
        "reply.id, reply.business_id, reply.customer_id, reply.question_id, reply.item_kind, reply.item_id, \
         reply.intent, reply.score, reply.action, reply.certainty, reply.at"
    };
}

/// Writes a reading.
pub async fn insert(tx: &mut Tx, reply: &Reply) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO reply (id, business_id, customer_id, question_id, item_kind, item_id, intent, score, action, \
            certainty, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&reply.id).bind(&reply.business_id).bind(&reply.customer_id).bind(&reply.question_id).bind(reply.item_kind)
    .bind(&reply.item_id).bind(&reply.intent).bind(reply.score).bind(&reply.action).bind(reply.certainty)
    .bind(reply.at).execute(c).await)?;
    Ok(())
}

/// One reading.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Reply>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", reply_columns!(), " FROM reply WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// What a customer has written, newest first.
pub async fn of_customer(tx: &mut Tx, customer_id: &str, limit: i64) -> Result<Vec<Reply>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", reply_columns!(), " FROM reply WHERE customer_id = $1 ORDER BY at DESC, id DESC LIMIT $2"
    )).bind(customer_id).bind(limit).fetch_all(c).await)?)
}
