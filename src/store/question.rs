//! Questions: written in the transaction that claims their message, answered or closed by whatever comes next.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::question::Question;

row!(Question {
    id,
    business_id,
    customer_id,
    message_id,
    channel,
    sender,
    address,
    asks,
    scale,
    item_kind,
    item_id,
    item_revision,
    state,
    asked_at,
    closes_at,
    answered_at
});

/// The columns of a `Question`, in the table named `question`.
macro_rules! question_columns {
    () => {
        "question.id, question.business_id, question.customer_id, question.message_id, question.channel, \
         question.sender, question.address, question.asks, question.scale, question.item_kind, question.item_id, \
         question.item_revision, question.state, question.asked_at, question.closes_at, question.answered_at"
    };
}

/// Writes a question. A message that is tried again asks again, in the same row: perhaps on another channel.
pub async fn ask(tx: &mut Tx, question: &Question) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO question (id, business_id, customer_id, message_id, channel, sender, address, asks, scale, \
            item_kind, item_id, item_revision, state, asked_at, closes_at, answered_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (message_id) DO UPDATE SET channel = excluded.channel, sender = excluded.sender, \
            address = excluded.address, state = excluded.state, asked_at = excluded.asked_at, \
            closes_at = excluded.closes_at, answered_at = excluded.answered_at",
    )
    .bind(&question.id).bind(&question.business_id).bind(&question.customer_id).bind(&question.message_id)
    .bind(question.channel).bind(&question.sender).bind(&question.address).bind(question.asks).bind(question.scale)
    .bind(question.item_kind).bind(&question.item_id).bind(question.item_revision).bind(question.state)
    .bind(question.asked_at).bind(question.closes_at).bind(question.answered_at).execute(c).await)?;
    Ok(())
}

/// One question.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Question>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", question_columns!(), " FROM question WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The question that a message asked.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Option<Question>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", question_columns!(), " FROM question WHERE message_id = $1"))
        .bind(message_id).fetch_optional(c).await)?,
    )
}

/// What was asked of an address by text and could still be meant at `since`, the newest first.
pub async fn asked_of(tx: &mut Tx, address: &str, since: Instant) -> Result<Vec<Question>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", question_columns!(), " FROM question \
         WHERE address = $1 AND channel = 'sms' AND closes_at > asked_at AND closes_at > $2 ORDER BY asked_at DESC, id DESC"
    )).bind(address).bind(since).fetch_all(c).await)?)
}

/// The open questions at the phones of a claim's customers.
pub async fn open_of_claim(tx: &mut Tx, owner: &str) -> Result<Vec<Question>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT DISTINCT ", question_columns!(), " FROM message JOIN customer ON customer.id = message.customer_id \
            JOIN question ON question.address = customer.phone \
         WHERE message.lease_owner = $1 AND message.state = 'sending' AND message.asks <> 'nothing' \
            AND question.state = 'open' AND question.channel = 'sms' ORDER BY question.asked_at, question.id"
    )).bind(owner).fetch_all(c).await)?)
}

/// Of the messages of a claim, those that are only of use while nobody has answered about their item, and somebody has.
pub async fn answered_of_claim(tx: &mut Tx, owner: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT message.id FROM message JOIN question ON question.item_id = message.item_id \
         WHERE message.lease_owner = $1 AND message.state = 'sending' AND message.only_if = 'unanswered' \
            AND question.state = 'answered' AND question.asks IN ('confirm', 'renewal') \
            AND question.item_revision = message.item_revision",
    ).bind(owner).fetch_all(c).await)?)
}

/// Whether the customer has answered what was asked about an item at this revision.
pub async fn is_answered(tx: &mut Tx, item_id: &str, revision: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM question WHERE item_id = $1 AND item_revision = $2 AND state = 'answered' \
            AND asks IN ('confirm', 'renewal') LIMIT 1",
    ).bind(item_id).bind(revision).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Notes an answer. The first one's moment stays: a second counts within a day of it.
pub async fn answer(tx: &mut Tx, id: &str, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE question SET state = 'answered', answered_at = COALESCE(answered_at, $2) WHERE id = $1",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(())
}

/// Closes an open question: another has taken its place, or its time is over.
pub async fn close(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE question SET state = 'closed' WHERE id = $1 AND state = 'open'")
        .bind(id).execute(c).await)?;
    Ok(())
}

/// Closes what is still open about an item: it is over, cancelled, or settled in another way.
pub async fn close_of_item(tx: &mut Tx, item_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE question SET state = 'closed' WHERE item_id = $1 AND state = 'open' AND asks IN ('confirm', 'renewal')",
    ).bind(item_id).execute(c).await)?;
    Ok(())
}

/// Takes a question back whose message did not reach anybody: no answer can be meant for it.
pub async fn take_back(tx: &mut Tx, message_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE question SET state = 'closed', closes_at = asked_at WHERE message_id = $1 AND state = 'open'",
    ).bind(message_id).execute(c).await)?;
    Ok(())
}

/// Lets the messages go now that waited for a number to be free. Returns how many.
pub async fn free(tx: &mut Tx, address: &str, now: Instant) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE message SET due_at = $2, updated_at = $2 \
         WHERE customer_id IN (SELECT id FROM customer WHERE phone = $1) AND state = 'planned' AND asks <> 'nothing' \
            AND channel = 'sms' AND wanted_at <= $2 AND due_at > $2",
    ).bind(address).bind(now).execute(c).await)?
    .rows_affected())
}

/// Whether a text about another item, that would have asked for a letter, went to that number since `since`: then a
/// letter may be meant for it.
pub async fn spoken_since(tx: &mut Tx, address: &str, item_id: &str, since: Instant) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM customer JOIN message ON message.customer_id = customer.id \
            JOIN attempt ON attempt.message_id = message.id \
         WHERE customer.phone = $1 AND message.item_id <> $2 AND message.asks IN ('confirm', 'renewal', 'solved') \
            AND attempt.channel = 'sms' AND attempt.started_at > $3 \
            AND attempt.state IN ('started', 'accepted', 'delivered', 'unknown') LIMIT 1",
    ).bind(address).bind(item_id).bind(since).fetch_optional(c).await)?;
    Ok(found.is_some())
}
