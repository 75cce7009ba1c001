//! Claiming what is due, and what a claim is about: every function reads for the whole batch at once.

use super::customer::customer_columns;
use super::db::{Tx, on};
use super::dialect::{list_of, listed, packed};
use super::error::StoreError;
use super::holds::Obstacles;
use super::item::{booking_columns, renewal_columns};
use super::packed::{Listed, rows, text};
use super::types::row;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, ItemKind, Renewal};
use crate::domain::message::{Asks, Channel, Purpose};
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
    pub wanted_at: Instant,
    pub due_at: Instant,
    pub useful_until: Instant,
    /// This one included.
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
    wanted_at,
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
         message.only_if, message.channels, message.channel, message.lane, message.told_before, message.wanted_at, \
         message.due_at, message.useful_until, message.attempts, message.resends"
    };
}
pub(super) use claimed_columns;

/// When the next planned message of a lane is due; none where nothing is planned, or the lane waits for an operator.
pub async fn next_due(tx: &mut Tx, lane: &str) -> Result<Option<Instant>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT due_at FROM message WHERE state = 'planned' AND lane = $1 \
            AND NOT EXISTS (SELECT 1 FROM paused_lane WHERE lane = $1) ORDER BY due_at LIMIT 1",
    ).bind(lane).fetch_optional(c).await)?)
}

/// Up to `limit` due messages of a lane, the earliest due first. Nothing where the lane waits for an operator.
pub async fn due(tx: &mut Tx, lane: &str, limit: i64, now: Instant) -> Result<Vec<Claimed>, StoreError> {
    // PostgreSQL's arm will add FOR UPDATE SKIP LOCKED to the inner select; here the transaction has the write lock.
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!(claimed_columns!()), " FROM (SELECT ", claimed_columns!(), " FROM message \
         WHERE state = 'planned' AND lane = $1 AND due_at <= $2 \
            AND NOT EXISTS (SELECT 1 FROM paused_lane WHERE lane = $1) ORDER BY due_at LIMIT $3) AS message"
    )).bind(lane).bind(now).bind(limit).fetch_one(c).await)?;
    let mut due: Vec<Claimed> = rows(&text)?;
    due.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
    Ok(due)
}

/// A lease of due messages to `owner`, which names this very batch; it counts as an attempt.
#[derive(Clone, Debug)]
pub struct Lease {
    pub owner: String,
    pub until: Instant,
    messages: Listed,
    count: usize,
}

impl Lease {
    /// A lease of these messages, each of which has an attempt more.
    ///
    /// # Errors
    /// Never: ids can be written.
    pub fn of(claimed: &mut [Claimed], owner: String, until: Instant) -> Result<Self, StoreError> {
        for message in &mut *claimed {
            message.attempts += 1;
        }
        let ids: Vec<_> = claimed.iter().map(|message| &message.id).collect();
        Ok(Self {
            owner,
            until,
            messages: Listed::of(&ids)?,
            count: claimed.len(),
        })
    }
}

/// Leases due messages.
pub async fn lease(tx: &mut Tx, lease: &Lease, now: Instant) -> Result<(), StoreError> {
    let leased = on!(tx, c => sqlx::query(concat!(
        "UPDATE message SET state = 'sending', attempts = attempts + 1, lease_owner = $2, lease_until = $3, \
            updated_at = $4 \
         WHERE id IN ", listed!("$1"), " AND state = 'planned'"
    )).bind(lease.messages.as_str()).bind(&lease.owner).bind(lease.until).bind(now).execute(c).await)?
    .rows_affected();
    if leased != lease.count as u64 {
        return Err(StoreError::Stale("a due message"));
    }
    Ok(())
}

/// The ids that a claim names, each once.
#[derive(Clone, Debug, Default)]
pub struct Named<'a> {
    pub bookings: Vec<&'a str>,
    pub renewals: Vec<&'a str>,
}

/// What a claim is about.
#[derive(Clone, Debug)]
pub struct About {
    pub customers: Vec<Customer>,
    pub bookings: Vec<Booking>,
    pub renewals: Vec<Renewal>,
    /// The messages about the same items that are planned, due, still useful, and not waiting for an operator: also those
    /// that are about to be claimed.
    pub rivals: Vec<Rival>,
    /// The texts that the customers got since `since`. What was taken back by a cancellation in between has to be said
    /// again.
    pub recent_texts: Vec<RecentText>,
}

/// What a claim is about, as the database has handed it over: reading it takes time, and no database.
#[derive(Debug)]
pub struct PackedAbout {
    customers: String,
    bookings: String,
    renewals: String,
    rivals: String,
    recent_texts: String,
}

impl PackedAbout {
    /// Reads it.
    ///
    /// # Errors
    /// When the database holds what the program can't have written.
    pub fn read(&self) -> Result<About, StoreError> {
        Ok(About {
            customers: rows(&self.customers)?,
            bookings: rows(&self.bookings)?,
            renewals: rows(&self.renewals)?,
            rivals: rows(&self.rivals)?,
            recent_texts: rows(&self.recent_texts)?,
        })
    }
}

/// What a claim is about, before it is leased, in one statement whatever its size; and the addresses of its customers.
pub async fn about(
    tx: &mut Tx,
    named: &Named<'_>,
    customers: &Listed,
    since: Instant,
    now: Instant,
) -> Result<(PackedAbout, Listed), StoreError> {
    let items: Vec<_> = named.bookings.iter().chain(&named.renewals).collect();
    let (customers, bookings, renewals, rivals, recent_texts, addresses): (
        String,
        String,
        String,
        String,
        String,
        String,
    ) = on!(tx, c => sqlx::query_as(concat!(
            "SELECT (SELECT ", packed!(customer_columns!()), " FROM customer WHERE id IN ", listed!("$1"), "), \
             (SELECT ", packed!(booking_columns!()), " FROM booking WHERE id IN ", listed!("$2"), "), \
             (SELECT ", packed!(renewal_columns!()), " FROM renewal WHERE id IN ", listed!("$3"), "), \
             (SELECT ", packed!("item_id, customer_id, item_revision, wanted_at, channel"), " FROM message \
                WHERE item_id IN ", listed!("$4"), " AND state = 'planned' AND due_at <= $6 AND useful_until >= $6 \
                    AND lane NOT IN (SELECT lane FROM paused_lane)), \
             (SELECT ", packed!("message.customer_id, message.item_id, message.template, attempt.text"), " FROM message \
                JOIN attempt ON attempt.message_id = message.id \
                WHERE message.customer_id IN ", listed!("$1"), " AND message.updated_at > $5 \
                    AND message.state IN ('sending', 'unknown', 'accepted', 'delivered') \
                    AND attempt.text IS NOT NULL AND attempt.started_at > $5 \
                    AND attempt.state IN ('started', 'accepted', 'delivered', 'unknown') \
                    AND NOT EXISTS (SELECT 1 FROM message back WHERE back.item_id = message.item_id \
                        AND back.anchor = 'cancelled' AND back.state NOT IN ('skipped', 'failed'))), \
             (SELECT ", list_of!("address"), " FROM ( \
                SELECT phone AS address FROM customer WHERE id IN ", listed!("$1"), " AND phone IS NOT NULL \
                UNION SELECT email FROM customer WHERE id IN ", listed!("$1"), " AND email IS NOT NULL) AS known)"
        ))
        .bind(customers.as_str()).bind(text(&named.bookings)?).bind(text(&named.renewals)?)
        .bind(text(&items)?).bind(since).bind(now).fetch_one(c).await)?;
    let about = PackedAbout {
        customers,
        bookings,
        renewals,
        rivals,
        recent_texts,
    };
    Ok((about, Listed::made(addresses)))
}

/// A line of the ledger, and whom it speaks of: a customer, or whoever of a business has an address.
#[derive(Clone, Debug)]
pub struct ScopedConsent {
    pub customer_id: Option<String>,
    pub business_id: String,
    pub address: Option<String>,
    channel: Option<Channel>,
    purpose: Option<Purpose>,
    given: bool,
    at: Instant,
}

row!(ScopedConsent {
    customer_id,
    business_id,
    address,
    channel,
    purpose,
    given,
    at
});

impl ScopedConsent {
    /// What it says.
    #[must_use]
    pub const fn line(&self) -> ConsentLine {
        ConsentLine {
            channel: self.channel,
            purpose: self.purpose,
            given: self.given,
            at: self.at,
        }
    }
}

/// The columns of a `ScopedConsent`.
macro_rules! scoped_columns {
    () => {
        "customer_id, business_id, address, channel, purpose, given, at"
    };
}

/// What the ledger says, and what stands in the way, as the database has handed it over.
#[derive(Debug)]
pub struct PackedStanding {
    lines: String,
    obstacles: String,
}

impl PackedStanding {
    /// Reads it.
    ///
    /// # Errors
    /// When the database holds what the program can't have written.
    pub fn read(&self) -> Result<(Vec<ScopedConsent>, Obstacles), StoreError> {
        Ok((rows(&self.lines)?, Obstacles::of_rows(rows(&self.obstacles)?)?))
    }
}

/// What the ledger says of customers, by their ids and by their addresses, and what else stands in the way of messages
/// about these items. The plan has held what it could; this is for what was on its way meanwhile and came back.
pub async fn standing(
    tx: &mut Tx,
    customers: &Listed,
    items: &Listed,
    addresses: &Listed,
) -> Result<PackedStanding, StoreError> {
    let (lines, obstacles): (String, String) = on!(tx, c => sqlx::query_as(concat!(
        "SELECT (SELECT ", packed!(scoped_columns!()), " FROM ( \
             SELECT ", scoped_columns!(), " FROM consent WHERE customer_id IN ", listed!("$1"), " \
             UNION ALL SELECT ", scoped_columns!(), " FROM consent WHERE address IN ", listed!("$2"), ") AS line), \
          (SELECT ", packed!("kind, about"), " FROM ( \
             SELECT channel AS kind, address AS about FROM bad_address WHERE address IN ", listed!("$2"), " \
             UNION ALL SELECT 'case', customer_id FROM customer_case \
                WHERE closed_at IS NULL AND customer_id IN ", listed!("$1"), " \
             UNION ALL SELECT 'pending', item_id FROM desk_item \
                WHERE done_at IS NULL AND holds AND item_id IN ", listed!("$3"), " \
             UNION ALL SELECT 'number', business_id || ' ' || address FROM held_number \
                WHERE address IN ", listed!("$2"), ") AS obstacle)"
    )).bind(customers.as_str()).bind(addresses.as_str()).bind(items.as_str()).fetch_one(c).await)?;
    Ok(PackedStanding { lines, obstacles })
}

/// A planned message that is due as well.
#[derive(Clone, Debug)]
pub struct Rival {
    pub item_id: String,
    pub customer_id: String,
    pub item_revision: i64,
    pub wanted_at: Instant,
    pub channel: Option<Channel>,
}

row!(Rival {
    item_id,
    customer_id,
    item_revision,
    wanted_at,
    channel
});

/// Those of the customers whom a survey has reached, or may have reached, since `since`, but for these messages.
pub async fn surveyed(
    tx: &mut Tx,
    customers: &[&str],
    since: Instant,
    except: &[&str],
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT DISTINCT customer_id FROM message WHERE customer_id IN ", listed!("$1"), " AND purpose = 'survey' \
            AND due_at > $2 AND state IN ('sending', 'unknown', 'accepted', 'delivered') AND id NOT IN ", listed!("$3")
    )).bind(text(customers)?).bind(since).bind(text(except)?).fetch_all(c).await)?)
}

/// A text that a customer got.
#[derive(Clone, Debug)]
pub struct RecentText {
    pub customer_id: String,
    pub item_id: String,
    pub template: String,
    pub text: String,
}

row!(RecentText {
    customer_id,
    item_id,
    template,
    text
});
