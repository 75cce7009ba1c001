//! Erasure: blanking what tells who somebody was, wherever it stands, and keeping what they said no to.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::{customer_case, rating};
use crate::domain::customer::Customer;
use crate::domain::erasure::Withdrawal;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};

/// Whether a business has erased people who had said no.
pub async fn any_kept(tx: &mut Tx, business_id: &str) -> Result<bool, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT 1 FROM erased_withdrawal WHERE business_id = $1 LIMIT 1",
    ).bind(business_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Keeps what somebody said no to, under the hash of an address; of two the later one.
pub async fn keep(
    tx: &mut Tx,
    business_id: &str,
    address_hash: &str,
    withdrawal: &Withdrawal,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO erased_withdrawal (address_hash, business_id, channel, purpose, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (address_hash, business_id, channel, purpose) DO UPDATE SET at = excluded.at \
            WHERE excluded.at > erased_withdrawal.at",
    )
    .bind(address_hash).bind(business_id).bind(withdrawal.channel).bind(withdrawal.purpose).bind(withdrawal.at)
    .execute(c).await)?;
    Ok(())
}

/// What is kept under the hashes of addresses, each with its hash.
pub async fn kept(
    tx: &mut Tx,
    business_id: &str,
    address_hashes: &[&str],
) -> Result<Vec<(String, Withdrawal)>, StoreError> {
    let kept: Vec<(String, Channel, Purpose, Instant)> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT address_hash, channel, purpose, at FROM erased_withdrawal \
         WHERE business_id = $1 AND address_hash IN ", listed!("$2"), " ORDER BY address_hash, channel, purpose"
    )).bind(business_id).bind(text(address_hashes)?).fetch_all(c).await)?;
    let split = |(hash, channel, purpose, at)| (hash, Withdrawal { channel, purpose, at });
    Ok(kept.into_iter().map(split).collect())
}

/// Every address that a customer was ever written to at, had before, or spoke from, besides those that stand in their row.
pub async fn past_addresses(tx: &mut Tx, customer_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT attempt.address FROM attempt JOIN message ON message.id = attempt.message_id \
            WHERE message.customer_id = $1 AND attempt.address <> '' \
         UNION SELECT value FROM overruled WHERE customer_id = $1 AND field IN ('phone', 'email') \
         UNION SELECT address FROM consent WHERE customer_id = $1 AND address IS NOT NULL",
    ).bind(customer_id).fetch_all(c).await)?)
}

/// One statement about a customer, with the moment as `$2`.
type Step = &'static str;

/// What is blanked by the customer's id. Rows stay, so that the figures stay.
const BY_CUSTOMER: [Step; 18] = [
    "UPDATE booking SET vehicle = NULL, updated_at = $2 WHERE customer_id = $1",
    "DELETE FROM search_word WHERE about_id = $1 OR about_id IN (SELECT id FROM booking WHERE customer_id = $1) \
        OR about_id IN (SELECT id FROM renewal WHERE customer_id = $1)",
    "UPDATE renewal SET subject = NULL, reference = NULL, offer_url = NULL, updated_at = $2 WHERE customer_id = $1",
    "DELETE FROM desk_change WHERE made_at <= $2 AND (item_id IN (SELECT id FROM booking WHERE customer_id = $1) \
        OR item_id IN (SELECT id FROM renewal WHERE customer_id = $1))",
    "DELETE FROM file_said WHERE item_id IN (SELECT id FROM booking WHERE customer_id = $1) \
        OR item_id IN (SELECT id FROM renewal WHERE customer_id = $1)",
    "UPDATE receipt SET pairs = '[]' WHERE received_at <= $2 AND attempt_id IN ( \
        SELECT attempt.id FROM attempt JOIN message ON message.id = attempt.message_id WHERE message.customer_id = $1)",
    "UPDATE attempt SET text = NULL, subject = NULL, address = '', look_at = NULL \
     WHERE started_at <= $2 AND message_id IN (SELECT id FROM message WHERE customer_id = $1)",
    "UPDATE inbound SET body = NULL, sender = '', pairs = '[]' \
     WHERE received_at <= $2 AND id IN (SELECT id FROM reply WHERE customer_id = $1)",
    "UPDATE desk_item SET words = NULL, done_at = COALESCE(done_at, $2), done_by = COALESCE(done_by, 'erasure'), \
        outcome = CASE WHEN done_at IS NULL THEN 'erased' END WHERE customer_id = $1",
    "UPDATE conversation SET due_at = NULL, waits_since = NULL, done_at = COALESCE(done_at, $2), version = ( \
        SELECT MAX(version) + 1 FROM conversation known WHERE known.business_id = conversation.business_id) \
     WHERE customer_id = $1",
    "UPDATE answer SET words = NULL, subject = NULL, in_reply_to = NULL WHERE customer_id = $1 AND written_at <= $2",
    "UPDATE customer_case SET cause = COALESCE(cause, 'other'), closed_at = COALESCE(closed_at, $2), updated_at = $2 \
     WHERE customer_id = $1",
    "UPDATE note SET text = NULL WHERE customer_id = $1 AND at <= $2",
    "DELETE FROM overruled WHERE customer_id = $1 AND at <= $2",
    "UPDATE call SET phone = '', script = '', note = NULL, done_at = COALESCE(done_at, $2), \
        done_by = COALESCE(done_by, 'erasure') WHERE customer_id = $1",
    "UPDATE question SET address = '', state = CASE state WHEN 'open' THEN 'closed' ELSE state END \
     WHERE customer_id = $1 AND asked_at <= $2",
    "DELETE FROM link WHERE customer_id = $1 AND created_at <= $2",
    "UPDATE history SET detail = '' WHERE at <= $2 AND (about_id = $1 \
        OR about_id IN (SELECT id FROM booking WHERE customer_id = $1) \
        OR about_id IN (SELECT id FROM renewal WHERE customer_id = $1) \
        OR about_id IN (SELECT id FROM message WHERE customer_id = $1))",
];

/// Blanks everything of a customer but the bare customer row, which the caller saves, and the addresses.
pub async fn blank(tx: &mut Tx, customer_id: &str, now: Instant) -> Result<(), StoreError> {
    for step in BY_CUSTOMER {
        on!(tx, c => sqlx::query(step).bind(customer_id).bind(now).execute(c).await)?;
    }
    rating::blank_customer(tx, customer_id).await?;
    customer_case::blank_customer(tx, customer_id).await?;
    Ok(())
}

/// Blanks an address of a customer in what is kept by address. Where another customer of the business has it too, what
/// was said from there goes on speaking for that one.
pub async fn blank_address(tx: &mut Tx, customer: &Customer, address: &str, shared: bool) -> Result<(), StoreError> {
    if shared {
        on!(tx, c => sqlx::query(
            "UPDATE consent SET customer_id = NULL, wording = NULL \
             WHERE customer_id = $1 AND business_id = $2 AND address = $3",
        ).bind(&customer.id).bind(&customer.business_id).bind(address).execute(c).await)?;
        return Ok(());
    }
    on!(tx, c => sqlx::query(
        "UPDATE consent SET customer_id = $1, address = NULL, wording = NULL \
         WHERE business_id = $2 AND address = $3 AND (customer_id IS NULL OR customer_id = $1)",
    ).bind(&customer.id).bind(&customer.business_id).bind(address).execute(c).await)?;
    on!(tx, c => sqlx::query("DELETE FROM held_number WHERE business_id = $1 AND address = $2")
        .bind(&customer.business_id).bind(address).execute(c).await)?;
    on!(tx, c => sqlx::query("DELETE FROM conversation WHERE business_id = $1 AND address = $2")
        .bind(&customer.business_id).bind(address).execute(c).await)?;
    on!(tx, c => sqlx::query(
        "UPDATE desk_item SET words = NULL WHERE reply_id IN (SELECT reply.id FROM reply \
            JOIN inbound ON inbound.id = reply.id \
            WHERE inbound.sender = $1 AND (reply.business_id IS NULL OR reply.business_id = $2))",
    ).bind(address).bind(&customer.business_id).execute(c).await)?;
    on!(tx, c => sqlx::query(
        "UPDATE inbound SET body = NULL, sender = '', pairs = '[]' WHERE sender = $1 AND read_at IS NOT NULL AND id IN ( \
            SELECT id FROM reply WHERE business_id IS NULL OR business_id = $2)",
    ).bind(address).bind(&customer.business_id).execute(c).await)?;
    on!(tx, c => sqlx::query(
        "DELETE FROM bad_address WHERE address = $1 AND NOT EXISTS ( \
            SELECT 1 FROM customer WHERE (phone = $1 OR email = $1) AND id <> $2)",
    ).bind(address).bind(&customer.id).execute(c).await)?;
    Ok(())
}

/// Blanks the wording of the lines that stay, and addresses that were this customer's before.
pub async fn blank_ledger(tx: &mut Tx, customer_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE consent SET address = NULL, wording = NULL WHERE customer_id = $1")
        .bind(customer_id).execute(c).await)?;
    Ok(())
}

/// Gives up on messages of which nobody knows yet whether they arrived: there is nobody left to ask about.
pub async fn give_up(tx: &mut Tx, customer_id: &str, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE message SET state = 'skipped', reason = 'erased', hold = NULL, updated_at = $2 \
         WHERE customer_id = $1 AND state IN ('planned', 'held', 'unknown')",
    ).bind(customer_id).bind(now).execute(c).await)?;
    Ok(())
}
