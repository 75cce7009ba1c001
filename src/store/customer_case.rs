//! Cases: unhappy customers, each owned by a person until closed.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::case::{Case, Cause};
use crate::domain::instant::Instant;

row!(Case {
    id,
    business_id,
    customer_id,
    item_kind,
    item_id,
    rating_id,
    scale,
    score,
    source,
    words,
    owner,
    revision,
    opened_at,
    changed_at,
    due_at,
    closed_at,
    cause,
    note,
    solved
});

/// A `Case` from the table named `customer_case`, with the score of its rating.
macro_rules! select_case {
    () => {
        "SELECT customer_case.id, customer_case.business_id, customer_case.customer_id, customer_case.item_kind, \
            customer_case.item_id, customer_case.rating_id, rating.scale, rating.score, customer_case.source, \
            customer_case.words, customer_case.owner, customer_case.revision, customer_case.opened_at, \
            customer_case.changed_at, customer_case.due_at, customer_case.closed_at, customer_case.cause, \
            customer_case.note, customer_case.solved \
         FROM customer_case LEFT JOIN rating ON rating.id = customer_case.rating_id "
    };
}

/// One case.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Case>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!(select_case!(), "WHERE customer_case.id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The customer's open case.
pub async fn open_of(tx: &mut Tx, customer_id: &str) -> Result<Option<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(), "WHERE customer_case.customer_id = $1 AND customer_case.closed_at IS NULL"
    )).bind(customer_id).fetch_optional(c).await)?)
}

/// Every case of these customers, the oldest first.
pub async fn of_customers(tx: &mut Tx, customers: &[&str]) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(), "WHERE customer_case.customer_id IN ", listed!("$1"), " ORDER BY customer_case.id"
    )).bind(text(customers)?).fetch_all(c).await)?)
}

/// A page of one business's cases, by id, after the id `after`.
pub async fn page(tx: &mut Tx, business_id: &str, after: &str, limit: i64) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(),
        "WHERE customer_case.business_id = $1 AND customer_case.id > $2 ORDER BY customer_case.id LIMIT $3"
    )).bind(business_id).bind(after).bind(limit).fetch_all(c).await)?)
}

/// The open cases of one business or all, the most urgent first.
pub async fn open_cases(tx: &mut Tx, business_id: Option<&str>, limit: i64) -> Result<Vec<Case>, StoreError> {
    // Two statements: that of one business reads its own open cases alone, in their order.
    let statement = match business_id {
        Some(_) => concat!(
            select_case!(),
            "WHERE customer_case.closed_at IS NULL AND customer_case.business_id = $1 \
             ORDER BY customer_case.due_at, customer_case.id LIMIT $2"
        ),
        None => concat!(
            select_case!(),
            "WHERE customer_case.closed_at IS NULL AND $1 IS NULL ORDER BY customer_case.due_at, customer_case.id LIMIT $2"
        ),
    };
    Ok(on!(tx, c => sqlx::query_as(statement).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The closed cases of one business or all, the last closed first.
pub async fn closed_cases(tx: &mut Tx, business_id: Option<&str>, limit: i64) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(),
        "WHERE customer_case.closed_at IS NOT NULL \
            AND customer_case.business_id = COALESCE($1, customer_case.business_id) \
         ORDER BY customer_case.closed_at DESC, customer_case.id LIMIT $2"
    )).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The cases of one business that were closed at `since` or later, the last first.
pub async fn closed_since(tx: &mut Tx, business_id: &str, since: Instant, limit: i64) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(),
        "WHERE customer_case.business_id = $1 AND customer_case.closed_at >= $2 \
         ORDER BY customer_case.closed_at DESC LIMIT $3"
    )).bind(business_id).bind(since).bind(limit).fetch_all(c).await)?)
}

/// The closed cases of a business before the moment and the id that `before` has, the last closed first.
pub async fn closed_before(
    tx: &mut Tx,
    business_id: &str,
    before: (Instant, &str),
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(),
        "WHERE customer_case.business_id = $1 AND customer_case.closed_at IS NOT NULL \
            AND (customer_case.closed_at, customer_case.id) < ($2, $3) \
         ORDER BY customer_case.closed_at DESC, customer_case.id DESC LIMIT $4"
    )).bind(business_id).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await)?)
}

/// The open cases of a business after the moment and the id that `after` has, the most urgent first.
pub async fn open_after(
    tx: &mut Tx,
    business_id: &str,
    after: (Instant, &str),
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(),
        "WHERE customer_case.business_id = $1 AND customer_case.closed_at IS NULL \
            AND (customer_case.due_at, customer_case.id) > ($2, $3) \
         ORDER BY customer_case.due_at, customer_case.id LIMIT $4"
    )).bind(business_id).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)?)
}

/// What was at the bottom of a business's cases that were closed from `from` until before `to`, and how often.
pub async fn causes(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    to: Instant,
) -> Result<Vec<(Cause, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT cause, COUNT(*) FROM customer_case \
         WHERE business_id = $1 AND closed_at IS NOT NULL AND closed_at >= $2 AND closed_at < $3 \
         GROUP BY cause ORDER BY COUNT(*) DESC, cause",
    ).bind(business_id).bind(from).bind(to).fetch_all(c).await)?)
}

/// How many cases of a business are open.
pub async fn open_count(tx: &mut Tx, business_id: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM customer_case WHERE closed_at IS NULL AND business_id = $1",
    ).bind(business_id).fetch_one(c).await)?)
}

/// Cases by their ids.
pub async fn of_ids(tx: &mut Tx, ids: &[&str]) -> Result<Vec<Case>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        select_case!(), "WHERE customer_case.id IN ", listed!("$1")
    )).bind(text(ids)?).fetch_all(c).await)?)
}

/// Writes a case, new or changed.
pub async fn save(tx: &mut Tx, case: &Case, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO customer_case (id, business_id, customer_id, item_kind, item_id, rating_id, source, words, owner, \
            revision, opened_at, changed_at, due_at, closed_at, cause, note, solved, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (id) DO UPDATE SET item_kind = excluded.item_kind, item_id = excluded.item_id, \
            rating_id = excluded.rating_id, words = excluded.words, owner = excluded.owner, \
            revision = excluded.revision, changed_at = excluded.changed_at, due_at = excluded.due_at, \
            closed_at = excluded.closed_at, cause = excluded.cause, note = excluded.note, solved = excluded.solved, \
            updated_at = excluded.updated_at",
    )
    .bind(&case.id).bind(&case.business_id).bind(&case.customer_id).bind(case.item_kind).bind(&case.item_id)
    .bind(&case.rating_id).bind(case.source).bind(&case.words).bind(&case.owner).bind(case.revision)
    .bind(case.opened_at).bind(case.changed_at).bind(case.due_at).bind(case.closed_at).bind(case.cause)
    .bind(&case.note).bind(case.solved).bind(now).execute(c).await)?;
    Ok(())
}

/// Blanks the words of cases that were closed before `before`. How many there were.
pub async fn blank_words(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE customer_case SET words = NULL, note = NULL \
         WHERE closed_at < $1 AND (words IS NOT NULL OR note IS NOT NULL)",
    ).bind(before).execute(c).await)?
    .rows_affected())
}

/// Blanks everything that a customer said in cases, for their erasure.
pub async fn blank_customer(tx: &mut Tx, customer_id: &str) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("UPDATE customer_case SET words = NULL, note = NULL WHERE customer_id = $1")
        .bind(customer_id).execute(c).await)?
        .rows_affected(),
    )
}

/// How many cases of a business are open, and when one of them was last changed: who asks again sees that something did.
pub async fn mark(tx: &mut Tx, business_id: &str) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), COALESCE(MAX(updated_at), 0) FROM customer_case WHERE business_id = $1 AND closed_at IS NULL",
    ).bind(business_id).fetch_one(c).await)?)
}
