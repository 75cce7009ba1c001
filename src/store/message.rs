//! Messages as the plan sees them: insert, move, hold, skip, revive. Sending them is `store::outbox`.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::message::{Asks, Channel, Purpose, Reason, State};
use crate::domain::replan::{Existing, Hold};
use crate::domain::rule::{Anchor, OnlyIf};

/// A message about to be written.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    pub id: String,
    pub business_id: &'a str,
    pub customer_id: &'a str,
    pub item_kind: ItemKind,
    pub item_id: &'a str,
    pub item_revision: i64,
    pub rule_id: &'a str,
    pub anchor: Anchor,
    pub told: String,
    pub told_before: Option<&'a str>,
    pub planned: Planned,
}

/// What a plan decides of a message, new or existing.
#[derive(Clone, Debug)]
pub struct Planned {
    pub template: String,
    pub purpose: Purpose,
    pub asks: Asks,
    pub only_if: OnlyIf,
    pub channels: String,
    pub channel: Option<Channel>,
    pub lane: String,
    pub state: State,
    pub reason: Option<Reason>,
    pub hold: Option<Hold>,
    pub due_at: Instant,
    pub useful_until: Instant,
}

struct ExistingRow {
    id: String,
    item_revision: i64,
    rule_id: String,
    customer_id: String,
    anchor: Anchor,
    state: State,
    reason: Option<Reason>,
    hold: Option<Hold>,
    wanted_at: Instant,
    useful_until: Instant,
    channel: Option<Channel>,
    told: String,
    attempts: i64,
    settings: String,
}

row!(ExistingRow {
    id,
    item_revision,
    rule_id,
    customer_id,
    anchor,
    state,
    reason,
    hold,
    wanted_at,
    useful_until,
    channel,
    told,
    attempts,
    settings
});

impl From<ExistingRow> for Existing {
    fn from(row: ExistingRow) -> Self {
        Self {
            id: row.id,
            item_revision: row.item_revision,
            rule_id: row.rule_id,
            customer_id: row.customer_id,
            anchor: row.anchor,
            state: row.state,
            reason: row.reason,
            hold: row.hold,
            wanted_at: row.wanted_at,
            useful_until: row.useful_until,
            channel: row.channel,
            told: row.told,
            attempts: row.attempts,
            settings: row.settings,
        }
    }
}

/// The messages of one item, whatever their state.
pub async fn of_item(tx: &mut Tx, item_id: &str) -> Result<Vec<Existing>, StoreError> {
    let rows: Vec<ExistingRow> = on!(tx, c => sqlx::query_as(
        "SELECT id, item_revision, rule_id, customer_id, anchor, state, reason, hold, wanted_at, useful_until, channel, \
            told, attempts, template || '|' || purpose || '|' || asks || '|' || only_if || '|' || channels AS settings \
         FROM message WHERE item_id = $1",
    ).bind(item_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Existing::from).collect())
}

/// Writes a new message.
pub async fn insert(tx: &mut Tx, message: &NewMessage<'_>, now: Instant) -> Result<(), StoreError> {
    let planned = &message.planned;
    on!(tx, c => sqlx::query(
        "INSERT INTO message (id, business_id, customer_id, item_kind, item_id, item_revision, rule_id, anchor, template, \
            purpose, asks, only_if, channels, channel, lane, told, told_before, state, reason, hold, wanted_at, due_at, \
            useful_until, attempts, resends, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, \
            $22, 0, 0, $23, $23)",
    )
    .bind(&message.id).bind(message.business_id).bind(message.customer_id).bind(message.item_kind)
    .bind(message.item_id).bind(message.item_revision).bind(message.rule_id).bind(message.anchor)
    .bind(&planned.template).bind(planned.purpose).bind(planned.asks).bind(planned.only_if).bind(&planned.channels)
    .bind(planned.channel).bind(&planned.lane).bind(&message.told).bind(message.told_before).bind(planned.state)
    .bind(planned.reason).bind(planned.hold).bind(planned.due_at).bind(planned.useful_until).bind(now)
    .execute(c).await)?;
    Ok(())
}

/// Writes what a new plan says of a message that is still in the house. `from` is the state it must still be in.
pub async fn replan(tx: &mut Tx, id: &str, from: State, planned: &Planned, now: Instant) -> Result<(), StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE message SET template = $3, purpose = $4, asks = $5, only_if = $6, channels = $7, channel = $8, lane = $9, \
            state = $10, reason = $11, hold = $12, wanted_at = $13, due_at = $13, useful_until = $14, updated_at = $15 \
         WHERE id = $1 AND state = $2",
    )
    .bind(id).bind(from).bind(&planned.template).bind(planned.purpose).bind(planned.asks).bind(planned.only_if)
    .bind(&planned.channels).bind(planned.channel).bind(&planned.lane).bind(planned.state).bind(planned.reason)
    .bind(planned.hold).bind(planned.due_at).bind(planned.useful_until).bind(now).execute(c).await)?;
    one(done.rows_affected())
}

/// Skips a message that is planned or held.
pub async fn skip(tx: &mut Tx, id: &str, reason: Reason, now: Instant) -> Result<(), StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE message SET state = 'skipped', reason = $2, hold = NULL, updated_at = $3 \
         WHERE id = $1 AND state IN ('planned', 'held')",
    ).bind(id).bind(reason).bind(now).execute(c).await)?;
    one(done.rows_affected())
}

/// Skips held messages that are of no use any more: by an open case, or because nobody acted in time. How many.
pub async fn skip_overdue_held(tx: &mut Tx, now: Instant) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE message SET state = 'skipped', reason = CASE hold WHEN 'case' THEN 'case_open' ELSE 'too_late' END, \
            hold = NULL, updated_at = $1 \
         WHERE state = 'held' AND useful_until < $1",
    ).bind(now).execute(c).await)?
    .rows_affected())
}

/// When the next held message stops being of use.
pub async fn next_overdue_held(tx: &mut Tx) -> Result<Option<Instant>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT MIN(useful_until) FROM message WHERE state = 'held'")
        .fetch_one(c).await)?,
    )
}

/// Waits a planned message by a person's hand, or lets a held one go. False: it was not in a state for that.
pub async fn hold(tx: &mut Tx, id: &str, held: bool, now: Instant) -> Result<bool, StoreError> {
    let done = if held {
        on!(tx, c => sqlx::query(
            "UPDATE message SET state = 'held', hold = 'person', updated_at = $2 WHERE id = $1 AND state = 'planned'",
        ).bind(id).bind(now).execute(c).await)?
    } else {
        on!(tx, c => sqlx::query(
            "UPDATE message SET state = 'planned', hold = NULL, updated_at = $2 WHERE id = $1 AND state = 'held'",
        ).bind(id).bind(now).execute(c).await)?
    };
    Ok(done.rows_affected() == 1)
}

/// Puts a failed message back to be sent now. False: it has not failed.
pub async fn retry(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE message SET state = 'planned', due_at = $2, attempts = 0, updated_at = $2 WHERE id = $1 AND state = 'failed'",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// One row was meant and one must have changed.
pub(super) const fn one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale("the message"))
    }
}
