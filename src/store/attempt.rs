//! Attempts: written before the carrier is called, settled when it has answered or was asked.

use std::collections::{BTreeMap, HashSet};

use super::alike::alike;
use super::db::{Tx, on};
use super::dialect::{each, listed, rows_of};
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::attempt::{Attempt, AttemptState};
use crate::domain::ids::first_id;
use crate::domain::instant::Instant;

row!(Attempt {
    id,
    message_id,
    business_id,
    number,
    channel,
    carrier,
    sender,
    address,
    subject,
    text,
    segments,
    state,
    provider_id,
    stage,
    provider_status,
    code,
    failure,
    started_at,
    settled_at,
    look_at,
    looks
});

/// The columns of an `Attempt`, in the table named `attempt`.
macro_rules! attempt_columns {
    () => {
        "attempt.id, attempt.message_id, attempt.business_id, attempt.number, attempt.channel, attempt.carrier, \
         attempt.sender, attempt.address, attempt.subject, attempt.text, attempt.segments, attempt.state, \
         attempt.provider_id, attempt.stage, attempt.provider_status, attempt.code, attempt.failure, \
         attempt.started_at, attempt.settled_at, attempt.look_at, attempt.looks"
    };
}

/// Started attempts that are alike, ready to be written. What they share is bound once: taking a value out of a packed
/// row costs as much as writing it.
#[derive(Clone, Debug)]
pub struct PackedAttempts {
    first: Attempt,
    rows: String,
}

impl PackedAttempts {
    /// Packs attempts, which takes time, and no database.
    ///
    /// # Errors
    /// Never: texts and numbers can be written.
    pub fn of(attempts: &[Attempt]) -> Result<Vec<Self>, StoreError> {
        let groups = alike(attempts, same_start).into_iter().map(|group| {
            let rows: Vec<_> = group
                .iter()
                .map(|a| (&a.id, &a.message_id, &a.address, &a.text, a.segments, &a.subject))
                .collect();
            let rows = text(&rows)?;
            Ok(Self {
                first: group[0].clone(),
                rows,
            })
        });
        groups.collect()
    }
}

/// Writes started attempts.
pub async fn insert_all(tx: &mut Tx, attempts: &[PackedAttempts]) -> Result<(), StoreError> {
    for PackedAttempts { first, rows } in attempts {
        on!(tx, c => sqlx::query(concat!(
            "INSERT INTO attempt (id, message_id, address, text, segments, subject, business_id, number, channel, \
                carrier, sender, state, started_at, looks) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, CAST(value ->> 4 AS BIGINT), value ->> 5, \
                $2, $3, $4, $5, $6, $7, $8, $9 FROM ", rows_of!("$1")
        ))
        .bind(rows).bind(&first.business_id).bind(first.number).bind(first.channel).bind(&first.carrier)
        .bind(&first.sender).bind(first.state).bind(first.started_at).bind(first.looks).execute(c).await)?;
    }
    Ok(())
}

/// Whether two attempts start alike: they differ in the message, the words and the address alone.
fn same_start(one: &Attempt, other: &Attempt) -> bool {
    let shared = |a: &'_ Attempt| (a.number, a.channel, a.state, a.started_at, a.looks);
    shared(one) == shared(other)
        && one.business_id == other.business_id
        && one.carrier == other.carrier
        && one.sender == other.sender
}

/// How an attempt ended, or what has become known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptEnd<'a> {
    pub id: &'a str,
    pub state: AttemptState,
    pub provider_id: Option<&'a str>,
    pub stage: Option<i64>,
    pub provider_status: Option<&'a str>,
    pub code: Option<i64>,
    pub failure: Option<&'a str>,
    pub look_at: Option<Instant>,
    pub at: Instant,
}

impl<'a> AttemptEnd<'a> {
    /// An end that says nothing but the state.
    #[must_use]
    pub const fn new(id: &'a str, state: AttemptState, at: Instant) -> Self {
        Self {
            id,
            state,
            provider_id: None,
            stage: None,
            provider_status: None,
            code: None,
            failure: None,
            look_at: None,
            at,
        }
    }
}

/// An attempt's end, and the state it is settled from.
type Ending<'a> = (AttemptEnd<'a>, AttemptState);

/// Settles attempts, each only where it still is in the state given with it. What is known is kept where the new end
/// does not say it. Returns the ids of those that somebody else had settled. What ends alike is settled in one statement.
pub async fn settle_all(tx: &mut Tx, endings: &[Ending<'_>]) -> Result<HashSet<String>, StoreError> {
    let mut missed = HashSet::new();
    for group in alike(endings, same_end) {
        if settle_alike(tx, &group).await? < group.len() as u64 {
            missed.extend(settled_otherwise(tx, &group).await?);
        }
    }
    Ok(missed)
}

/// Settles one attempt. False: it was settled by somebody else.
pub async fn settle(tx: &mut Tx, end: &AttemptEnd<'_>, from: AttemptState) -> Result<bool, StoreError> {
    Ok(settle_alike(tx, &[&(end.clone(), from)]).await? == 1)
}

/// Whether two endings differ in nothing but the attempt and the provider's id.
fn same_end((one, from): &Ending<'_>, (other, other_from): &Ending<'_>) -> bool {
    let as_one = AttemptEnd {
        id: one.id,
        provider_id: one.provider_id,
        ..other.clone()
    };
    *one == as_one && from == other_from
}

async fn settle_alike(tx: &mut Tx, rows: &[&Ending<'_>]) -> Result<u64, StoreError> {
    let (end, from) = rows[0];
    let provider_ids: BTreeMap<_, _> = rows.iter().map(|(end, _)| (end.id, end.provider_id)).collect();
    Ok(on!(tx, c => sqlx::query(concat!(
        "UPDATE attempt SET state = $2, \
            provider_id = COALESCE(attempt.provider_id, v.value), \
            stage = COALESCE($3, attempt.stage), provider_status = COALESCE($4, attempt.provider_status), \
            code = COALESCE($5, attempt.code), failure = COALESCE($6, attempt.failure), look_at = $7, settled_at = $8 \
         FROM ", each!("$1"), " AS v WHERE attempt.id = v.key AND attempt.state = $9"
    ))
    .bind(text(&provider_ids)?).bind(end.state).bind(end.stage).bind(end.provider_status).bind(end.code)
    .bind(end.failure).bind(end.look_at).bind(end.at).bind(from).execute(c).await)?
    .rows_affected())
}

/// Of attempts just settled, those that are not where they were to go.
async fn settled_otherwise(tx: &mut Tx, rows: &[&Ending<'_>]) -> Result<Vec<String>, StoreError> {
    let (end, _) = rows[0];
    let ids: Vec<_> = rows.iter().map(|(end, _)| end.id).collect();
    Ok(on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT id FROM attempt WHERE id IN ", listed!("$1"), " AND (state <> $2 OR settled_at <> $3)"
    )).bind(text(&ids)?).bind(end.state).bind(end.at).fetch_all(c).await)?)
}

/// Notes the provider's id of an attempt that a callback has settled before the call returned.
pub async fn note_provider_id(tx: &mut Tx, id: &str, provider_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE attempt SET provider_id = $2 WHERE id = $1 AND provider_id IS NULL",
    )
        .bind(id).bind(provider_id).execute(c).await)?;
    Ok(())
}

/// Notes how far the provider says an attempt came, whose end it has told.
pub async fn note_stage(tx: &mut Tx, id: &str, stage: i64, status: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE attempt SET stage = $2, provider_status = $3 WHERE id = $1")
        .bind(id).bind(stage).bind(status).execute(c).await)?;
    Ok(())
}

/// Asks again later: the provider did not know of it, or could not be asked.
pub async fn look_later(tx: &mut Tx, id: &str, look_at: Option<Instant>, in_vain: bool) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE attempt SET look_at = $2, looks = looks + $3 WHERE id = $1")
        .bind(id).bind(look_at).bind(i64::from(in_vain)).execute(c).await)?;
    Ok(())
}

/// One attempt.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Attempt>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", attempt_columns!(), " FROM attempt WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The attempt to the customers of a number that a provider knows by this id.
pub async fn at_number(tx: &mut Tx, number: &str, provider_id: &str) -> Result<Option<Attempt>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", attempt_columns!(), " FROM customer JOIN message ON message.customer_id = customer.id \
            JOIN attempt ON attempt.message_id = message.id \
         WHERE customer.phone = $1 AND attempt.provider_id = $2 ORDER BY attempt.id DESC LIMIT 1"
    )).bind(number).bind(provider_id).fetch_optional(c).await)?)
}

/// Of the ids of a provider, those that attempts have which were started since `since`, but for the attempt `except`.
pub async fn known_ids(
    tx: &mut Tx,
    provider_ids: &[&str],
    since: Instant,
    except: &str,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(concat!(
        "SELECT provider_id FROM attempt WHERE id >= $2 AND provider_id IN ", listed!("$1"), " AND id <> $3"
    )).bind(text(provider_ids)?).bind(first_id(since)).bind(except).fetch_all(c).await)?)
}

/// The attempts of one message, in their order.
pub async fn of_message(tx: &mut Tx, message_id: &str) -> Result<Vec<Attempt>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", attempt_columns!(), " FROM attempt WHERE message_id = $1 ORDER BY started_at, number, id"
    )).bind(message_id).fetch_all(c).await)?)
}

/// Attempts whose provider is to be asked by now.
pub async fn to_look_at(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<Attempt>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", attempt_columns!(), " FROM attempt WHERE look_at IS NOT NULL AND look_at <= $1 ORDER BY look_at LIMIT $2"
    )).bind(now).bind(limit).fetch_all(c).await)?)
}

/// When the next provider is to be asked.
pub async fn next_look(tx: &mut Tx) -> Result<Option<Instant>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT look_at FROM attempt WHERE look_at IS NOT NULL ORDER BY look_at LIMIT 1",
    ).fetch_optional(c).await)?)
}

/// Blanks what was said in up to `limit` attempts that were started before `before`, the first of them after the attempt
/// `after`. Returns how many it looked at and the last of them; none: there are no more.
pub async fn blank_texts(
    tx: &mut Tx,
    after: &str,
    before: Instant,
    limit: i64,
) -> Result<Option<(u64, String)>, StoreError> {
    let (count, last): (i64, Option<String>) = on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), MAX(id) FROM (SELECT id FROM attempt WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) old",
    ).bind(after).bind(first_id(before)).bind(limit).fetch_one(c).await)?;
    let Some(last) = last else { return Ok(None) };
    on!(tx, c => sqlx::query(
        "UPDATE attempt SET text = NULL, subject = NULL WHERE id > $1 AND id <= $2 AND text IS NOT NULL",
    ).bind(after).bind(&last).execute(c).await)?;
    Ok(Some((count.unsigned_abs(), last)))
}
