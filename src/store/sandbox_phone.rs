//! What the sandbox took in place of customers' phones and mailboxes, and what was answered from there.

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::Channel;
use crate::domain::rule::Anchor;

/// How many attempts, of whichever business, a page of customers looks through at most.
const LOOKED_AT: i64 = 2_000;

/// A text or mail that has arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The attempt's.
    pub id: String,
    pub message_id: String,
    pub customer_id: String,
    pub template: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub anchor: Anchor,
    pub channel: Channel,
    /// Ours.
    pub sender: String,
    pub address: String,
    pub subject: Option<String>,
    /// With a placeholder in place of each link; none once retention has blanked it.
    pub text: Option<String>,
    pub at: Instant,
}

row!(Arrived {
    id,
    message_id,
    customer_id,
    template,
    item_kind,
    item_id,
    anchor,
    channel,
    sender,
    address,
    subject,
    text,
    at
});

/// The columns of an `Arrived`.
macro_rules! arrived_columns {
    () => {
        "attempt.id, attempt.message_id, message.customer_id, message.template, message.item_kind, message.item_id, \
         message.anchor, attempt.channel, attempt.sender, attempt.address, attempt.subject, attempt.text, \
         attempt.started_at AS at"
    };
}

/// What has arrived last at each customer of a business, the latest first, from before the attempt `before` on; and where
/// the next page begins. `alerts` are the templates that speak to the business itself. The join is a CROSS JOIN, which SQLite
/// does not turn round: no more is read than it looks through.
pub async fn latest(
    tx: &mut Tx,
    business_id: &str,
    carrier: &str,
    alerts: &[&str],
    before: Option<&str>,
    limit: usize,
) -> Result<(Vec<Arrived>, Option<String>), StoreError> {
    // Above every id: none begins with a letter behind `f`.
    let before = before.unwrap_or("g");
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows: Vec<Arrived> = on!(&mut *tx, c => sqlx::query_as(concat!(
        "SELECT ", arrived_columns!(), " FROM (SELECT id FROM attempt WHERE id < $1 ORDER BY id DESC LIMIT $6) AS recent \
            CROSS JOIN attempt ON attempt.id = recent.id JOIN message ON message.id = attempt.message_id \
         WHERE attempt.business_id = $2 AND attempt.carrier = $3 AND attempt.state IN ('accepted', 'delivered') \
            AND attempt.address <> '' AND message.template NOT IN ", listed!("$4"), " AND NOT EXISTS ( \
                SELECT 1 FROM message AS other JOIN attempt AS later ON later.message_id = other.id \
                WHERE other.customer_id = message.customer_id AND other.template NOT IN ", listed!("$4"), " \
                    AND later.id > attempt.id AND later.carrier = $3 AND later.state IN ('accepted', 'delivered')) \
         ORDER BY recent.id DESC LIMIT $5"
    ))
    .bind(before).bind(business_id).bind(carrier).bind(text(alerts)?).bind(most).bind(LOOKED_AT).fetch_all(c).await)?;
    if rows.len() > limit {
        rows.truncate(limit);
        let next = rows.last().map(|last| last.id.clone());
        return Ok((rows, next));
    }
    let (looked_at, last): (i64, Option<String>) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), MIN(id) FROM (SELECT id FROM attempt WHERE id < $1 ORDER BY id DESC LIMIT $2) AS looked_at",
    ).bind(before).bind(LOOKED_AT).fetch_one(c).await)?;
    Ok((rows, last.filter(|_| looked_at == LOOKED_AT)))
}

/// What has arrived at these customers, the latest first, from before `before` on.
pub async fn arrived_at(
    tx: &mut Tx,
    customers: &[&str],
    carrier: &str,
    before: (Instant, &str),
    limit: i64,
) -> Result<Vec<Arrived>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", arrived_columns!(), " FROM message JOIN attempt ON attempt.message_id = message.id \
         WHERE message.customer_id IN ", listed!("$1"), " AND attempt.carrier = $2 \
            AND attempt.state IN ('accepted', 'delivered') AND (attempt.started_at, attempt.id) < ($3, $4) \
         ORDER BY attempt.started_at DESC, attempt.id DESC LIMIT $5"
    )).bind(text(customers)?).bind(carrier).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await)?)
}

/// One attempt that has arrived.
pub async fn find(tx: &mut Tx, attempt_id: &str, carrier: &str) -> Result<Option<Arrived>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", arrived_columns!(), " FROM attempt JOIN message ON message.id = attempt.message_id \
         WHERE attempt.id = $1 AND attempt.carrier = $2 AND attempt.state IN ('accepted', 'delivered')"
    )).bind(attempt_id).bind(carrier).fetch_optional(c).await)?)
}

/// What was written from a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub id: String,
    /// None once retention has blanked it.
    pub words: Option<String>,
    pub at: Instant,
}

row!(Written { id, words, at });

/// What was written to a business from a number, the latest first, from before `before` on. Where nobody has read it, or
/// nothing tells which business is meant, whatever was written there: its provider's id begins with `own`.
pub async fn written_by(
    tx: &mut Tx,
    number: &str,
    business_id: &str,
    own: &str,
    before: (Instant, &str),
    limit: i64,
) -> Result<Vec<Written>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT inbound.id, inbound.body AS words, inbound.received_at AS at \
         FROM inbound LEFT JOIN reply ON reply.id = inbound.id \
         WHERE inbound.sender = $1 AND inbound.channel = 'sms' AND (inbound.received_at, inbound.id) < ($4, $5) \
            AND (reply.business_id = $2 \
                OR (reply.business_id IS NULL AND substr(inbound.provider_id, 1, length($3)) = $3)) \
         ORDER BY inbound.received_at DESC, inbound.id DESC LIMIT $6",
    ).bind(number).bind(business_id).bind(own).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await)?)
}
