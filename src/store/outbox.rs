//! The outbox: claim what is due, look at what it is about, settle how it ended.
//!
//! Every statement that moves a message repeats the state and the lease it moves it from.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::customer::customer_columns;
use super::db::{Tx, on};
use super::dialect::CLAIM_SQLITE;
use super::error::StoreError;
use super::item::{booking_columns, renewal_columns};
use super::types::row;
use super::values::{chunks, with_values};
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, ItemKind, Renewal};
use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
use crate::domain::replan::Hold;
use crate::domain::rule::{Anchor, OnlyIf};

/// A claimed message, as it stands in its row.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub item_revision: i64,
    pub rule_id: String,
    pub anchor: Anchor,
    pub template: String,
    pub purpose: Purpose,
    pub asks: Asks,
    pub only_if: OnlyIf,
    pub channels: String,
    pub channel: Option<Channel>,
    pub lane: String,
    pub told_before: Option<String>,
    pub due_at: Instant,
    pub useful_until: Instant,
    pub attempts: i64,
    pub resends: i64,
}

row!(Claimed {
    id,
    business_id,
    customer_id,
    item_kind,
    item_id,
    item_revision,
    rule_id,
    anchor,
    template,
    purpose,
    asks,
    only_if,
    channels,
    channel,
    lane,
    told_before,
    due_at,
    useful_until,
    attempts,
    resends
});

/// The columns of a `Claimed`.
macro_rules! claimed_columns {
    () => {
        "message.id, message.business_id, message.customer_id, message.item_kind, message.item_id, \
         message.item_revision, message.rule_id, message.anchor, message.template, message.purpose, message.asks, \
         message.only_if, message.channels, message.channel, message.lane, message.told_before, message.due_at, \
         message.useful_until, message.attempts, message.resends"
    };
}

/// When the next planned message of a lane is due.
pub async fn next_due(tx: &mut Tx, lane: &str) -> Result<Option<Instant>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT due_at FROM message WHERE state = 'planned' AND lane = $1 ORDER BY due_at LIMIT 1",
    ).bind(lane).fetch_optional(c).await)?)
}

/// Leases up to `limit` due messages of a lane to `owner` and counts the attempt. The owner names this very batch.
pub async fn claim(
    tx: &mut Tx,
    lane: &str,
    owner: &str,
    limit: i64,
    now: Instant,
    lease_until: Instant,
) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(CLAIM_SQLITE)
        .bind(lane).bind(now).bind(limit).bind(owner).bind(lease_until).execute(c).await)?
    .rows_affected())
}

/// The messages of a claim, the earliest due first.
pub async fn claimed(tx: &mut Tx, owner: &str) -> Result<Vec<Claimed>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", claimed_columns!(), " FROM message WHERE lease_owner = $1 AND state = 'sending' ORDER BY due_at, id"
    )).bind(owner).fetch_all(c).await)?)
}

/// The customers of a claim.
pub async fn customers(tx: &mut Tx, owner: &str) -> Result<Vec<Customer>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT DISTINCT ", customer_columns!(), " FROM message JOIN customer ON customer.id = message.customer_id \
         WHERE message.lease_owner = $1 AND message.state = 'sending'"
    )).bind(owner).fetch_all(c).await)?)
}

/// The bookings of a claim.
pub async fn bookings(tx: &mut Tx, owner: &str) -> Result<Vec<Booking>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT DISTINCT ", booking_columns!(), " FROM message JOIN booking ON booking.id = message.item_id \
         WHERE message.lease_owner = $1 AND message.state = 'sending'"
    )).bind(owner).fetch_all(c).await)?)
}

/// The renewals of a claim.
pub async fn renewals(tx: &mut Tx, owner: &str) -> Result<Vec<Renewal>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT DISTINCT ", renewal_columns!(), " FROM message JOIN renewal ON renewal.id = message.item_id \
         WHERE message.lease_owner = $1 AND message.state = 'sending'"
    )).bind(owner).fetch_all(c).await)?)
}

struct ConsentRow {
    customer_id: String,
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    given: bool,
    at: Instant,
}

row!(ConsentRow {
    customer_id,
    channel,
    purpose,
    given,
    at
});

/// What the ledger says of the customers of a claim, by their id and by their addresses.
pub async fn consents(tx: &mut Tx, owner: &str) -> Result<Vec<(String, ConsentLine)>, StoreError> {
    let rows: Vec<ConsentRow> = on!(tx, c => sqlx::query_as(
        "WITH who AS (SELECT DISTINCT customer.id, customer.business_id, customer.phone, customer.email \
            FROM message JOIN customer ON customer.id = message.customer_id \
            WHERE message.lease_owner = $1 AND message.state = 'sending') \
         SELECT who.id AS customer_id, l.channel, l.purpose, l.given, l.at FROM who JOIN consent l ON l.customer_id = who.id \
         UNION ALL SELECT who.id, l.channel, l.purpose, l.given, l.at FROM who \
            JOIN consent l ON l.address = who.phone AND l.business_id = who.business_id \
         UNION ALL SELECT who.id, l.channel, l.purpose, l.given, l.at FROM who \
            JOIN consent l ON l.address = who.email AND l.business_id = who.business_id",
    ).bind(owner).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.customer_id,
                ConsentLine {
                    channel: row.channel,
                    purpose: row.purpose,
                    given: row.given,
                    at: row.at,
                },
            )
        })
        .collect())
}

/// The bad addresses among those of a claim's customers.
pub async fn bad_addresses(tx: &mut Tx, owner: &str) -> Result<Vec<(Channel, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT bad.channel, bad.address FROM message JOIN customer ON customer.id = message.customer_id \
            JOIN bad_address bad ON bad.address IN (customer.phone, customer.email) \
         WHERE message.lease_owner = $1 AND message.state = 'sending'",
    ).bind(owner).fetch_all(c).await)?)
}

/// Of the messages of a claim, those whose item has a later one that is due as well and still useful (an outage left
/// several): the later one speaks for all. Calls do not speak for texts, nor texts for calls.
pub async fn overtaken(tx: &mut Tx, owner: &str, now: Instant) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT message.id FROM message JOIN message later ON later.item_id = message.item_id \
            AND later.customer_id = message.customer_id AND later.item_revision >= message.item_revision \
         WHERE message.lease_owner = $1 AND message.state = 'sending' \
            AND (later.state = 'planned' OR (later.state = 'sending' AND later.lease_owner = $1)) \
            AND later.wanted_at > message.wanted_at AND later.due_at <= $2 AND later.useful_until >= $2 \
            AND NOT EXISTS (SELECT 1 FROM paused_lane WHERE paused_lane.lane = later.lane) \
            AND (later.channel = 'call') = (message.channel = 'call')",
    ).bind(owner).bind(now).fetch_all(c).await)?)
}

/// Of the surveys of a claim, those whose customer was asked since `since`, or is being asked in this very claim.
pub async fn surveyed(tx: &mut Tx, owner: &str, since: Instant) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT message.id FROM message JOIN message other ON other.customer_id = message.customer_id \
         WHERE message.lease_owner = $1 AND message.state = 'sending' AND message.purpose = 'survey' \
            AND other.purpose = 'survey' AND other.id <> message.id AND other.due_at > $2 \
            AND (other.state IN ('unknown', 'accepted', 'delivered') \
                OR (other.state = 'sending' AND (other.lease_owner <> $1 OR other.id < message.id)))",
    ).bind(owner).bind(since).fetch_all(c).await)?)
}

/// Texts that customers of a claim got since `since` from the same template about another item, as (message, text).
/// What was taken back by a cancellation in between has to be said again.
pub async fn recent_texts(tx: &mut Tx, owner: &str, since: Instant) -> Result<Vec<(String, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT message.id, attempt.text FROM message \
            JOIN message other ON other.customer_id = message.customer_id AND other.template = message.template \
                AND other.item_id <> message.item_id \
            JOIN attempt ON attempt.message_id = other.id \
         WHERE message.lease_owner = $1 AND message.state = 'sending' AND attempt.text IS NOT NULL \
            AND other.state IN ('sending', 'unknown', 'accepted', 'delivered') \
            AND attempt.state IN ('started', 'accepted', 'delivered', 'unknown') AND attempt.started_at > $2 \
            AND NOT EXISTS (SELECT 1 FROM message back WHERE back.item_id = other.item_id AND back.anchor = 'cancelled' \
                AND back.state NOT IN ('skipped', 'failed'))",
    ).bind(owner).bind(since).fetch_all(c).await)?)
}

/// Where a message goes from a state it is in.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    pub message_id: &'a str,
    pub from: State,
    /// The claim that has it, while it is being sent; empty otherwise.
    pub owner: &'a str,
    pub to: State,
    pub reason: Option<Reason>,
    pub hold: Option<Hold>,
    /// When it is due again, and on which channel; none: as before.
    pub again: Option<Again>,
    /// Gives the counted attempt back: nothing was tried.
    pub uncount: bool,
    /// It is sent again after an unknown outcome.
    pub resend: bool,
    pub at: Instant,
}

impl<'a> Settlement<'a> {
    /// A move of a message that nobody is sending, and nothing else.
    #[must_use]
    pub const fn new(message_id: &'a str, from: State, to: State, at: Instant) -> Self {
        Self {
            message_id,
            from,
            owner: "",
            to,
            reason: None,
            hold: None,
            again: None,
            uncount: false,
            resend: false,
            at,
        }
    }
}

/// The next try of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    pub due_at: Instant,
    pub channel: Option<Channel>,
    pub lane: String,
}

/// Moves messages on, each only if it still is where its settlement says. Returns the ids that were moved; the others
/// had been moved by somebody else.
pub async fn settle_all(tx: &mut Tx, settlements: &[Settlement<'_>]) -> Result<HashSet<String>, StoreError> {
    let mut moved = HashSet::with_capacity(settlements.len());
    for range in chunks(settlements.len()) {
        let rows = &settlements[range];
        let statement = with_values(
            "UPDATE message SET state = v.column4, reason = v.column5, due_at = COALESCE(v.column6, message.due_at), \
                channel = COALESCE(v.column7, message.channel), lane = COALESCE(v.column8, message.lane), \
                attempts = message.attempts - v.column9, resends = message.resends + v.column10, hold = v.column12, \
                lease_owner = NULL, lease_until = NULL, updated_at = v.column11 \
             FROM (VALUES {values}) AS v \
             WHERE message.id = v.column1 AND message.state = v.column2 AND COALESCE(message.lease_owner, '') = v.column3 \
             RETURNING message.id",
            rows.len(),
            12,
        );
        let ids: Vec<String> = on!(tx, c => {
            let mut query = sqlx::query_scalar(AssertSqlSafe(statement));
            for row in rows {
                let again = row.again.as_ref();
                query = query
                    .bind(row.message_id).bind(row.from).bind(row.owner).bind(row.to).bind(row.reason)
                    .bind(again.map(|again| again.due_at)).bind(again.and_then(|again| again.channel))
                    .bind(again.map(|again| again.lane.as_str())).bind(i64::from(row.uncount))
                    .bind(i64::from(row.resend)).bind(row.at).bind(row.hold);
            }
            query.fetch_all(c).await
        })?;
        moved.extend(ids);
    }
    Ok(moved)
}

/// Moves one message on. False: somebody else has moved it.
pub async fn settle(tx: &mut Tx, settlement: &Settlement<'_>) -> Result<bool, StoreError> {
    Ok(!settle_all(tx, std::slice::from_ref(settlement)).await?.is_empty())
}

/// Messages whose lease has run out.
pub async fn stranded(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<Stranded>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT message.id, message.lease_owner, attempt.id AS attempt_id FROM message \
            LEFT JOIN attempt ON attempt.message_id = message.id AND attempt.state = 'started' \
         WHERE message.state = 'sending' AND message.lease_until <= $1 LIMIT $2",
    ).bind(now).bind(limit).fetch_all(c).await)?)
}

/// A message whose sender is gone, and the attempt that may have reached the carrier.
#[derive(Clone, Debug)]
pub struct Stranded {
    pub id: String,
    pub lease_owner: String,
    pub attempt_id: Option<String>,
}

row!(Stranded {
    id,
    lease_owner,
    attempt_id
});

/// Ends every lease now: the one process that may hold leases has just started, so their owners are dead.
pub async fn expire_leases(tx: &mut Tx, now: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("UPDATE message SET lease_until = $1 WHERE state = 'sending' AND lease_until > $1")
        .bind(now).execute(c).await)?
        .rows_affected(),
    )
}

/// One message, its state, and who has leased it (empty: nobody).
pub async fn in_flight(tx: &mut Tx, id: &str) -> Result<Option<(Claimed, State, String)>, StoreError> {
    let claimed: Option<Claimed> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", claimed_columns!(), " FROM message WHERE id = $1"
    )).bind(id).fetch_optional(c).await)?;
    let Some(claimed) = claimed else { return Ok(None) };
    let (state, owner): (State, String) = on!(tx, c => sqlx::query_as(
        "SELECT state, COALESCE(lease_owner, '') FROM message WHERE id = $1",
    ).bind(id).fetch_one(c).await)?;
    Ok(Some((claimed, state, owner)))
}

/// How often a message was sent again after an unknown outcome.
pub async fn resends(tx: &mut Tx, id: &str) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT resends FROM message WHERE id = $1").bind(id).fetch_one(c).await)?)
}
