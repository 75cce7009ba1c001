//! Questions: written in the transaction that claims their message, answered or closed by whatever comes next.

use super::db::{Tx, on};
use super::dialect::{listed, rows_of};
use super::error::StoreError;
use super::packed::{Listed, text};
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

/// Writes questions. A message that is tried again asks again, in the same row, perhaps on another channel; what is
/// answered stays so.
pub async fn ask_all(tx: &mut Tx, questions: &[Question]) -> Result<(), StoreError> {
    if questions.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = questions
        .iter()
        .map(|q| {
            (
                &q.id,
                &q.business_id,
                &q.customer_id,
                &q.message_id,
                q.channel,
                &q.sender,
                &q.address,
                q.asks,
                q.scale,
                q.item_kind,
                &q.item_id,
                q.item_revision,
                q.state,
                q.asked_at.millis(),
                q.closes_at.millis(),
                q.answered_at.map(Instant::millis),
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO question (id, business_id, customer_id, message_id, channel, sender, address, asks, scale, \
            item_kind, item_id, item_revision, state, asked_at, closes_at, answered_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
            value ->> 8, value ->> 9, value ->> 10, CAST(value ->> 11 AS BIGINT), value ->> 12, \
            CAST(value ->> 13 AS BIGINT), CAST(value ->> 14 AS BIGINT), CAST(value ->> 15 AS BIGINT) \
         FROM ", rows_of!("$1"), " WHERE TRUE \
         ON CONFLICT (message_id) DO UPDATE SET channel = excluded.channel, sender = excluded.sender, \
            address = excluded.address, state = excluded.state, asked_at = excluded.asked_at, \
            closes_at = excluded.closes_at \
         WHERE question.state <> 'answered'"
    )).bind(text(&rows)?).execute(c).await)?;
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

/// The open questions at these phones, the first asked first.
pub async fn open_at(tx: &mut Tx, addresses: &Listed) -> Result<Vec<Question>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", question_columns!(), " FROM question \
         WHERE address IN ", listed!("$1"), " AND state = 'open' AND channel = 'sms' ORDER BY asked_at, id"
    )).bind(addresses.as_str()).fetch_all(c).await)?)
}

/// The rating that a business has asked for last by text, of those that can still be given. At most `limit` messages are
/// looked at.
pub async fn last_open_rating(
    tx: &mut Tx,
    business_id: &str,
    now: Instant,
    limit: i64,
) -> Result<Option<Question>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", question_columns!(), " FROM (SELECT id FROM message \
            WHERE business_id = $1 AND asks = 'rating' AND due_at <= $2 ORDER BY due_at DESC LIMIT $3) AS recent \
            CROSS JOIN question \
         WHERE question.message_id = recent.id AND question.state = 'open' AND question.channel = 'sms' AND question.closes_at > $2 \
         ORDER BY question.asked_at DESC, question.id DESC LIMIT 1"
    )).bind(business_id).bind(now).bind(limit).fetch_optional(c).await)?)
}

/// Of these items those that the customer has answered about, with the revision the answer is for.
pub async fn answered_about(tx: &mut Tx, items: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT DISTINCT item_id, item_revision FROM question \
         WHERE item_id IN ", listed!("$1"), " AND state = 'answered' AND asks IN ('confirm', 'renewal')"
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// Notes an answer. The first one's moment stays: a second counts within a day of it.
pub async fn answer(tx: &mut Tx, id: &str, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE question SET state = 'answered', answered_at = COALESCE(answered_at, $2) WHERE id = $1",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(())
}

/// Closes open questions: others have taken their place, or their time is over.
pub async fn close_all(tx: &mut Tx, ids: &[&str]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "UPDATE question SET state = 'closed' WHERE id IN ", listed!("$1"), " AND state = 'open'"
    )).bind(text(ids)?).execute(c).await)?;
    Ok(())
}

/// What is still open about an item.
pub async fn open_about(tx: &mut Tx, item_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM question WHERE item_id = $1 AND state = 'open' AND asks IN ('confirm', 'renewal') ORDER BY id",
    ).bind(item_id).fetch_all(c).await)?)
}

/// Opens questions again whose time is not over, where nothing else is open between the two numbers meanwhile.
pub async fn reopen(tx: &mut Tx, ids: &[String], now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "UPDATE question SET state = 'open' WHERE id IN ", listed!("$1"), " AND state = 'closed' AND closes_at > $2 \
            AND NOT EXISTS (SELECT 1 FROM question other WHERE other.address = question.address \
                AND other.sender = question.sender AND other.state = 'open' AND other.channel = 'sms')"
    )).bind(text(ids)?).bind(now).execute(c).await)?;
    Ok(())
}

/// Closes what is still open about an item: it is over, cancelled, or settled in another way.
pub async fn close_of_item(tx: &mut Tx, item_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE question SET state = 'closed' WHERE item_id = $1 AND state = 'open' AND asks IN ('confirm', 'renewal')",
    ).bind(item_id).execute(c).await)?;
    Ok(())
}

/// Takes the questions of messages back that did not reach anybody: no answer can be meant for them.
pub async fn take_back(tx: &mut Tx, messages: &[&str]) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "UPDATE question SET state = 'closed', closes_at = asked_at \
         WHERE message_id IN ", listed!("$1"), " AND state = 'open'"
    )).bind(text(messages)?).execute(c).await)?;
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

/// Whether the same number was told something about another item after it was asked this, until `until`: then words can
/// be meant for either.
pub async fn spoken_since(tx: &mut Tx, question: &Question, until: Instant) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM customer JOIN message ON message.customer_id = customer.id \
            JOIN attempt ON attempt.message_id = message.id \
         WHERE customer.phone = $1 AND message.item_id <> $2 AND message.item_kind <> 'reply' \
            AND attempt.channel = 'sms' AND attempt.started_at > $3 AND attempt.started_at <= $4 \
            AND attempt.state IN ('started', 'accepted', 'delivered', 'unknown') LIMIT 1",
    )
    .bind(&question.address).bind(&question.item_id).bind(question.asked_at).bind(until).fetch_optional(c).await)?;
    Ok(found.is_some())
}
