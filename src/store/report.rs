//! What people ask: the plan as a list, one message's rows, what is overdue.

use std::collections::HashSet;

use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::ids::first_id;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
use crate::domain::replan::Hold;
use crate::domain::rule::OnlyIf;

/// A message with everything its line in a list needs.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub item_kind: ItemKind,
    pub item_id: String,
    pub item_revision: i64,
    pub rule_id: String,
    pub template: String,
    pub purpose: Purpose,
    pub asks: Asks,
    pub only_if: OnlyIf,
    pub channel: Option<Channel>,
    pub lane: String,
    pub told: String,
    pub told_before: Option<String>,
    pub state: State,
    pub reason: Option<Reason>,
    pub hold: Option<Hold>,
    pub due_at: Instant,
    pub useful_until: Instant,
    pub attempts: i64,
    /// How often it was sent again after an unknown outcome.
    pub resends: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

row!(Line {
    id,
    business_id,
    customer_id,
    item_kind,
    item_id,
    item_revision,
    rule_id,
    template,
    purpose,
    asks,
    only_if,
    channel,
    lane,
    told,
    told_before,
    state,
    reason,
    hold,
    due_at,
    useful_until,
    attempts,
    resends,
    created_at,
    updated_at
});

/// The columns of a `Line`.
macro_rules! line_columns {
    () => {
        "id, business_id, customer_id, item_kind, item_id, item_revision, rule_id, template, purpose, asks, only_if, \
         channel, lane, told, told_before, state, reason, hold, due_at, useful_until, attempts, resends, created_at, \
         updated_at"
    };
}
pub(super) use line_columns;

/// Which messages a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub business_id: Option<String>,
    pub state: Option<State>,
    pub until: Option<Instant>,
    pub since: Option<Instant>,
}

/// A page of messages in the order they are due, after the one that `after` names.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<(Instant, String)>,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    let (due, id) = after.unwrap_or((Instant::from_millis(i64::MIN), String::new()));
    let since = filter.since.unwrap_or(Instant::from_millis(i64::MIN));
    let until = filter.until.unwrap_or(Instant::from_millis(i64::MAX));
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message \
         WHERE (due_at > $1 OR (due_at = $1 AND id > $2)) AND due_at >= $3 AND due_at <= $4 \
            AND business_id = COALESCE($5, business_id) AND state = COALESCE($6, state) \
         ORDER BY due_at, id LIMIT $7"
    ))
    .bind(due).bind(id).bind(since).bind(until).bind(&filter.business_id).bind(filter.state).bind(limit)
    .fetch_all(c).await)?)
}

/// One message.
pub async fn message(tx: &mut Tx, id: &str) -> Result<Option<Line>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", line_columns!(), " FROM message WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The messages about one item, in the order they are due.
pub async fn of_item(tx: &mut Tx, item_id: &str) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message WHERE item_id = $1 ORDER BY due_at, id"
    )).bind(item_id).fetch_all(c).await)?)
}

/// The messages about several items, in the order they are due.
pub async fn of_items(tx: &mut Tx, items: &[&str]) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message WHERE item_id IN ", listed!("$1"), " ORDER BY due_at, id"
    )).bind(text(items)?).fetch_all(c).await)?)
}

/// When a message of a business has last gone, of those that were due from `since` until `now`. At most `limit` messages
/// are looked at.
pub async fn last_gone(
    tx: &mut Tx,
    business_id: &str,
    since: Instant,
    now: Instant,
    limit: i64,
) -> Result<Option<Instant>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT due_at FROM (SELECT due_at, id, business_id, state FROM message WHERE due_at >= $2 AND due_at <= $3 \
            ORDER BY due_at DESC, id DESC LIMIT $4) AS recent \
         WHERE business_id = $1 AND state IN ('accepted', 'delivered') ORDER BY due_at DESC LIMIT 1",
    ).bind(business_id).bind(since).bind(now).bind(limit).fetch_optional(c).await)?)
}

/// The messages to a customer that are still to go, the next one first.
pub async fn coming_to(tx: &mut Tx, customer_id: &str, limit: i64) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message WHERE customer_id = $1 AND state IN ('planned', 'held') \
         ORDER BY due_at, id LIMIT $2"
    )).bind(customer_id).bind(limit).fetch_all(c).await)?)
}

/// The messages to a customer that have not left, were not to go, or are on their way, in the order they are due.
pub async fn unsettled_of(tx: &mut Tx, customer_id: &str) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message \
         WHERE customer_id = $1 AND state IN ('planned', 'held', 'sending', 'unknown', 'skipped') ORDER BY due_at, id"
    )).bind(customer_id).fetch_all(c).await)?)
}

/// The ids that somebody may mean by `text`: a message, booking, renewal, case or customer, by our id or their own, each
/// once. What a business's own system calls them is looked for business by business, since its indexes begin with that.
pub async fn meant_by(tx: &mut Tx, text: &str) -> Result<Vec<(String, String)>, StoreError> {
    let mut meant: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT 'message', id FROM message WHERE id = $1 \
         UNION ALL SELECT 'booking', id FROM booking WHERE id = $1 \
         UNION ALL SELECT 'booking', id FROM booking WHERE business_id IN (SELECT id FROM business) AND external_id = $1 \
         UNION ALL SELECT 'renewal', id FROM renewal WHERE id = $1 \
         UNION ALL SELECT 'renewal', id FROM renewal WHERE business_id IN (SELECT id FROM business) AND external_id = $1 \
         UNION ALL SELECT 'case', id FROM customer_case WHERE id = $1 \
         UNION ALL SELECT 'customer', id FROM customer WHERE id = $1 \
         UNION ALL SELECT 'customer', id FROM customer WHERE business_id IN (SELECT id FROM business) AND external_id = $1 \
         UNION ALL SELECT 'customer', id FROM customer WHERE phone = $1 \
         UNION ALL SELECT 'customer', id FROM customer WHERE business_id IN (SELECT id FROM business) AND email = $1 \
         UNION ALL SELECT 'message', message_id FROM attempt WHERE id = $1",
    ).bind(text).fetch_all(c).await)?;
    let mut seen = HashSet::new();
    meant.retain(|found| seen.insert(found.clone()));
    Ok(meant)
}

/// The messages that a provider knows by this id. Looks at every attempt, since a provider's ids have no index: not for
/// what runs often.
pub async fn by_provider_id(tx: &mut Tx, provider_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT DISTINCT message_id FROM attempt WHERE provider_id = $1")
        .bind(provider_id).fetch_all(c).await)?,
    )
}

/// How many messages are in each state, of one business or all.
pub async fn counts(tx: &mut Tx, business_id: Option<&str>) -> Result<Vec<(State, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT state, COUNT(*) FROM message WHERE business_id = COALESCE($1, business_id) GROUP BY state ORDER BY state",
    ).bind(business_id).fetch_all(c).await)?)
}

/// How many messages of a business are in each state that are due from `from` until before `to`. At most `limit` are
/// looked at, so that a page costs the same whatever the day holds.
pub async fn counts_between(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    to: Instant,
    limit: i64,
) -> Result<Vec<(State, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT state, COUNT(*) FROM ( \
            SELECT state FROM message WHERE due_at >= $1 AND due_at < $2 AND business_id = $3 LIMIT $4) bounded \
         GROUP BY state ORDER BY state",
    ).bind(from).bind(to).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The messages of a business that somebody should look at, the latest first: failed, of unknown outcome, or without
/// an address that works.
pub async fn troubled(
    tx: &mut Tx,
    business_id: &str,
    from: Instant,
    to: Instant,
    limit: i64,
) -> Result<Vec<Line>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", line_columns!(), " FROM message WHERE due_at >= $1 AND due_at < $2 AND business_id = $3 \
            AND (state IN ('failed', 'unknown') OR reason IN ('no_address', 'undeliverable')) \
         ORDER BY due_at DESC, id DESC LIMIT $4"
    )).bind(from).bind(to).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// Why messages were skipped since `since`, and how many.
pub async fn skips_since(tx: &mut Tx, since: Instant) -> Result<Vec<(Reason, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT reason, COUNT(*) FROM message WHERE state = 'skipped' AND updated_at >= $1 GROUP BY reason ORDER BY reason",
    ).bind(since).fetch_all(c).await)?)
}

/// How many planned messages of a lane were due before `before`.
pub async fn overdue(tx: &mut Tx, lane: &str, before: Instant) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM message WHERE state = 'planned' AND lane = $1 AND due_at < $2",
    ).bind(lane).bind(before).fetch_one(c).await)?)
}

/// How many planned messages of a business in these lanes were due before `before`, up to `limit`, and when the first of
/// them was.
pub async fn overdue_of(
    tx: &mut Tx,
    business_id: &str,
    lanes: &[&str],
    before: Instant,
    limit: i64,
) -> Result<(i64, Option<Instant>), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT COUNT(*), MIN(due_at) FROM (SELECT due_at FROM message \
            WHERE state = 'planned' AND lane IN ", listed!("$2"), " AND due_at < $3 AND business_id = $1 LIMIT $4) AS late"
    )).bind(business_id).bind(text(lanes)?).bind(before).bind(limit).fetch_one(c).await)?)
}

/// How attempts started since `since` stand, as (channel and state, how many).
pub async fn attempts_since(tx: &mut Tx, since: Instant) -> Result<Vec<(String, i64)>, StoreError> {
    // Attempts' ids rise with time, so the day's part of the table is found without an index of its own.
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT channel || ' ' || state, COUNT(*) FROM attempt WHERE id >= $1 GROUP BY channel, state ORDER BY channel, state",
    ).bind(first_id(since)).fetch_all(c).await)?)
}
