//! Messages as the plan sees them: insert, move, hold, skip, revive. Sending them is `store::outbox`.

use super::alike::alike;
use super::db::{Tx, on};
use super::dialect::{listed, packed, rows_of};
use super::error::StoreError;
use super::packed::{rows, text};
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
    pub told_before: Option<String>,
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

row!(Existing {
    id,
    item_id,
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

/// The messages of items, whatever their state.
pub async fn of_items(tx: &mut Tx, items: &[&str]) -> Result<Vec<Existing>, StoreError> {
    let text: String = on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT ", packed!("id, item_id, item_revision, rule_id, customer_id, anchor, state, reason, hold, wanted_at, \
            useful_until, channel, told, attempts, \
            template || '|' || purpose || '|' || asks || '|' || only_if || '|' || channels"),
        " FROM message WHERE item_id IN ", listed!("$1")
    )).bind(text(items)?).fetch_one(c).await)?;
    rows(&text)
}

/// Writes a new message.
pub async fn insert(tx: &mut Tx, message: &NewMessage<'_>, now: Instant) -> Result<(), StoreError> {
    insert_all(tx, std::slice::from_ref(message), now).await
}

/// Writes new messages. Those of one rule go in one statement.
pub async fn insert_all(tx: &mut Tx, messages: &[NewMessage<'_>], now: Instant) -> Result<(), StoreError> {
    for group in alike(messages, same_rule) {
        let rows: Vec<_> = group
            .iter()
            .map(|m| {
                (
                    &m.id,
                    m.customer_id,
                    m.item_id,
                    m.item_revision,
                    &m.told,
                    &m.told_before,
                    m.planned.due_at.millis(),
                    m.planned.useful_until.millis(),
                )
            })
            .collect();
        let (message, planned) = (group[0], &group[0].planned);
        on!(tx, c => sqlx::query(concat!(
            "INSERT INTO message (id, customer_id, item_id, item_revision, told, told_before, wanted_at, due_at, \
                useful_until, business_id, item_kind, rule_id, anchor, template, purpose, asks, only_if, channels, channel, \
                lane, state, reason, hold, attempts, resends, created_at, updated_at) \
             SELECT value ->> 0, value ->> 1, value ->> 2, CAST(value ->> 3 AS BIGINT), value ->> 4, value ->> 5, \
                CAST(value ->> 6 AS BIGINT), CAST(value ->> 6 AS BIGINT), CAST(value ->> 7 AS BIGINT), $2, $3, $4, $5, $6, \
                $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, $16, $16 FROM ", rows_of!("$1")
        ))
        .bind(text(&rows)?).bind(message.business_id).bind(message.item_kind).bind(message.rule_id)
        .bind(message.anchor).bind(&planned.template).bind(planned.purpose).bind(planned.asks).bind(planned.only_if)
        .bind(&planned.channels).bind(planned.channel).bind(&planned.lane).bind(planned.state).bind(planned.reason)
        .bind(planned.hold).bind(now).execute(c).await)?;
    }
    Ok(())
}

/// Whether two new messages differ in nothing but whom they are for, what of, and when.
fn same_rule(one: &NewMessage<'_>, other: &NewMessage<'_>) -> bool {
    let rule = |m: &NewMessage<'_>| (m.item_kind, m.anchor);
    one.rule_id == other.rule_id
        && one.business_id == other.business_id
        && rule(one) == rule(other)
        && same_plan(&one.planned, &other.planned)
}

/// Whether two plans differ in nothing but their times.
fn same_plan(one: &Planned, other: &Planned) -> bool {
    let settings = |p: &Planned| (p.purpose, p.asks, p.only_if, p.channel, p.state, p.reason, p.hold);
    settings(one) == settings(other)
        && one.template == other.template
        && one.channels == other.channels
        && one.lane == other.lane
}

/// What a new plan says of a message that is still in the house.
#[derive(Clone, Debug)]
pub struct Replanned {
    pub id: String,
    /// The state it must still be in.
    pub from: State,
    pub planned: Planned,
}

/// Writes what new plans say of messages. What changes alike changes in one statement.
pub async fn replan_all(tx: &mut Tx, messages: &[Replanned], now: Instant) -> Result<(), StoreError> {
    let same = |one: &Replanned, other: &Replanned| one.from == other.from && same_plan(&one.planned, &other.planned);
    for group in alike(messages, same) {
        let rows: Vec<_> = group
            .iter()
            .map(|m| (&m.id, m.planned.due_at.millis(), m.planned.useful_until.millis()))
            .collect();
        let (from, planned) = (group[0].from, &group[0].planned);
        let done = on!(tx, c => sqlx::query(concat!(
            "UPDATE message SET template = $3, purpose = $4, asks = $5, only_if = $6, channels = $7, channel = $8, \
                lane = $9, state = $10, reason = $11, hold = $12, wanted_at = CAST(new.value ->> 1 AS BIGINT), \
                due_at = CAST(new.value ->> 1 AS BIGINT), useful_until = CAST(new.value ->> 2 AS BIGINT), \
                updated_at = $13 \
             FROM ", rows_of!("$1"), " AS new WHERE message.id = new.value ->> 0 AND message.state = $2"
        ))
        .bind(text(&rows)?).bind(from).bind(&planned.template).bind(planned.purpose).bind(planned.asks)
        .bind(planned.only_if).bind(&planned.channels).bind(planned.channel).bind(&planned.lane).bind(planned.state)
        .bind(planned.reason).bind(planned.hold).bind(now).execute(c).await)?;
        all(group.len(), done.rows_affected())?;
    }
    Ok(())
}

/// A message that a plan skips.
#[derive(Clone, Debug)]
pub struct Skipped {
    pub id: String,
    pub reason: Reason,
}

/// Skips messages that are planned or held.
pub async fn skip_all(tx: &mut Tx, messages: &[Skipped], now: Instant) -> Result<(), StoreError> {
    for group in alike(messages, |one, other| one.reason == other.reason) {
        let ids: Vec<_> = group.iter().map(|message| &message.id).collect();
        let done = on!(tx, c => sqlx::query(concat!(
            "UPDATE message SET state = 'skipped', reason = $2, hold = NULL, updated_at = $3 \
             WHERE id IN ", listed!("$1"), " AND state IN ('planned', 'held')"
        )).bind(text(&ids)?).bind(group[0].reason).bind(now).execute(c).await)?;
        all(ids.len(), done.rows_affected())?;
    }
    Ok(())
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

/// Lets a planned message go now that is due later. False: it is not planned, or due already.
pub async fn bring_forward(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE message SET due_at = $2, updated_at = $2 WHERE id = $1 AND state = 'planned' AND due_at > $2",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Puts a failed message back to be sent now. False: it has not failed.
pub async fn retry(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE message SET state = 'planned', due_at = $2, attempts = 0, updated_at = $2 WHERE id = $1 AND state = 'failed'",
    ).bind(id).bind(now).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// As many rows as were meant must have changed.
fn all(meant: usize, rows: u64) -> Result<(), StoreError> {
    if rows == meant as u64 {
        Ok(())
    } else {
        Err(StoreError::Stale("a message"))
    }
}
