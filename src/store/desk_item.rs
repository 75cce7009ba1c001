//! The inbox: what waits for a person.

use super::conversation;
use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::desk_item::{DeskItem, DeskKind};
use crate::domain::instant::Instant;

row!(DeskItem {
    id,
    business_id,
    customer_id,
    item_kind,
    item_id,
    reply_id,
    kind,
    words,
    holds,
    opened_at,
    due_at,
    done_at,
    done_by,
    outcome
});

/// The columns of a `DeskItem`, in the table named `desk_item`.
macro_rules! desk_item_columns {
    () => {
        "desk_item.id, desk_item.business_id, desk_item.customer_id, desk_item.item_kind, desk_item.item_id, \
         desk_item.reply_id, desk_item.kind, desk_item.words, desk_item.holds, desk_item.opened_at, desk_item.due_at, \
         desk_item.done_at, desk_item.done_by, desk_item.outcome"
    };
}

/// Puts something into the inbox, and its conversation in line with it.
pub async fn open(tx: &mut Tx, item: &DeskItem) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO desk_item (id, business_id, customer_id, item_kind, item_id, reply_id, kind, words, holds, \
            opened_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&item.id).bind(&item.business_id).bind(&item.customer_id).bind(item.item_kind).bind(&item.item_id)
    .bind(&item.reply_id).bind(item.kind).bind(&item.words).bind(item.holds).bind(item.opened_at).bind(item.due_at)
    .execute(c).await)?;
    conversation::refresh(tx, item).await
}

/// One row of the inbox.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<DeskItem>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", desk_item_columns!(), " FROM desk_item WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// What waits, of one business or all, the most urgent first. What belongs to no business is in the list of all.
pub async fn waiting(tx: &mut Tx, business_id: Option<&str>) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item \
         WHERE done_at IS NULL AND ($1 IS NULL OR business_id = $1) ORDER BY due_at, id"
    )).bind(business_id).fetch_all(c).await)?)
}

/// What waits about several bookings or renewals, oldest first.
pub async fn waiting_about_all(tx: &mut Tx, items: &[&str]) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item \
         WHERE item_id IN ", listed!("$1"), " AND done_at IS NULL ORDER BY opened_at, id"
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// What waits about one booking or renewal, oldest first.
pub async fn waiting_about(tx: &mut Tx, item_id: &str) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item WHERE item_id = $1 AND done_at IS NULL ORDER BY opened_at, id"
    )).bind(item_id).fetch_all(c).await)?)
}

/// What waits about one customer, oldest first.
pub async fn waiting_for(tx: &mut Tx, customer_id: &str) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item \
         WHERE customer_id = $1 AND done_at IS NULL ORDER BY opened_at, id"
    )).bind(customer_id).fetch_all(c).await)?)
}

/// What waits of customers, the latest first; where nothing does, what came last.
pub async fn latest_of_customers(tx: &mut Tx, customers: &[&str]) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item WHERE customer_id IN ", listed!("$1"), " \
            AND (done_at IS NULL OR NOT EXISTS (SELECT 1 FROM desk_item later \
                WHERE later.customer_id = desk_item.customer_id \
                    AND (later.done_at IS NULL OR (later.opened_at, later.id) > (desk_item.opened_at, desk_item.id)))) \
         ORDER BY opened_at DESC, id DESC"
    )).bind(text(customers)?).fetch_all(c).await)?)
}

/// Of these items those about which something of that kind was ever put into the inbox, done or not, and when last.
pub async fn opened_about(tx: &mut Tx, items: &[&str], kind: DeskKind) -> Result<Vec<(String, Instant)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT item_id, MAX(opened_at) FROM desk_item WHERE item_id IN ", listed!("$1"), " AND kind = $2 GROUP BY item_id"
    )).bind(text(items)?).bind(kind).fetch_all(c).await)?)
}

/// Of these items those about which something of that kind waits.
pub async fn waiting_of_kind(tx: &mut Tx, items: &[&str], kind: DeskKind) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT DISTINCT item_id FROM desk_item \
         WHERE item_id IN ", listed!("$1"), " AND kind = $2 AND done_at IS NULL"
    )).bind(text(items)?).bind(kind).fetch_all(c).await)?)
}

/// Notes that somebody has dealt with it. False: it was done already, or there is no such row.
pub async fn done(tx: &mut Tx, id: &str, by: &str, outcome: Option<&str>, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE desk_item SET done_at = $2, done_by = $3, outcome = $4 WHERE id = $1 AND done_at IS NULL",
    ).bind(id).bind(now).bind(by).bind(outcome).execute(c).await)?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    if let Some(row) = find(tx, id).await? {
        conversation::refresh(tx, &row).await?;
        if let (None, Some(reply_id)) = (&row.customer_id, &row.reply_id) {
            conversation::refresh_sharing(tx, reply_id).await?;
        }
    }
    Ok(true)
}

/// The rows that one inbound message has brought: where several businesses may be meant, one each.
pub async fn of_reply(tx: &mut Tx, reply_id: &str) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM desk_item WHERE reply_id = $1 ORDER BY id"
    )).bind(reply_id).fetch_all(c).await)?)
}

/// What a business has got from a number that nobody knows, done or not, the latest first.
pub async fn of_sender(tx: &mut Tx, business_id: &str, sender: &str, limit: i64) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", desk_item_columns!(), " FROM inbound JOIN desk_item ON desk_item.reply_id = inbound.id \
         WHERE inbound.sender = $2 AND desk_item.business_id = $1 AND desk_item.customer_id IS NULL \
         ORDER BY desk_item.opened_at DESC, desk_item.id DESC LIMIT $3"
    )).bind(business_id).bind(sender).bind(limit).fetch_all(c).await)?)
}

/// Who an unknown sender is has been found out: these rows and what they came with are the customer's.
pub async fn give(tx: &mut Tx, rows: &[DeskItem], business_id: &str, customer_id: &str) -> Result<(), StoreError> {
    let ids: Vec<_> = rows.iter().map(|row| &row.id).collect();
    let replies: Vec<_> = rows.iter().filter_map(|row| row.reply_id.as_deref()).collect();
    on!(&mut *tx, c => sqlx::query(concat!(
        "UPDATE desk_item SET customer_id = $3 WHERE id IN ", listed!("$1"), " AND business_id = $2 AND customer_id IS NULL"
    )).bind(text(&ids)?).bind(business_id).bind(customer_id).execute(c).await)?;
    on!(tx, c => sqlx::query(concat!(
        "UPDATE reply SET business_id = $2, customer_id = $3 WHERE id IN ", listed!("$1"), " AND customer_id IS NULL"
    )).bind(text(&replies)?).bind(business_id).bind(customer_id).execute(c).await)?;
    Ok(())
}

/// What came with these replies was not meant for any business but this one: the others lose it, words and all. Returns
/// the rows that they had.
pub async fn take_from_others(
    tx: &mut Tx,
    replies: &[&str],
    business_id: &str,
    now: Instant,
) -> Result<Vec<DeskItem>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "UPDATE desk_item SET words = NULL, done_at = COALESCE(done_at, $3), \
            done_by = COALESCE(done_by, 'another business'), \
            outcome = CASE WHEN done_at IS NULL THEN 'was meant for another business' ELSE outcome END \
         WHERE reply_id IN ", listed!("$1"), " AND business_id <> $2 AND customer_id IS NULL \
         RETURNING ", desk_item_columns!()
    )).bind(text(replies)?).bind(business_id).bind(now).fetch_all(c).await)?)
}

/// Opens what was done about an item at that very moment again. How many.
pub async fn reopen(tx: &mut Tx, item_id: &str, done_at: Instant) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE desk_item SET done_at = NULL, done_by = NULL, outcome = NULL WHERE item_id = $1 AND done_at = $2",
    ).bind(item_id).bind(done_at).execute(c).await)?
    .rows_affected())
}
