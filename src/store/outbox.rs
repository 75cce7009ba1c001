//! The outbox: settle how messages ended, and look after those whose sender is gone.
//!
//! Every statement that moves a message repeats the state and the lease it moves it from.

use super::alike::alike;
use super::claim::{Claimed, claimed_columns};
use super::db::{Tx, on};
use super::dialect::listed;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Reason, State};
use crate::domain::replan::Hold;

/// Where a message goes from a state it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Moves messages on, each only if it still is where its settlement says; returns how many were. The others had been
/// moved by somebody else. What moves alike moves in one statement.
pub async fn settle_all(tx: &mut Tx, settlements: &[Settlement<'_>]) -> Result<u64, StoreError> {
    let mut moved = 0;
    for group in alike(settlements, same_move) {
        let ids: Vec<_> = group.iter().map(|settlement| settlement.message_id).collect();
        moved += settle_alike(tx, &text(&ids)?, group[0]).await?;
    }
    Ok(moved)
}

async fn settle_alike(tx: &mut Tx, ids: &str, how: &Settlement<'_>) -> Result<u64, StoreError> {
    // Three statements: what is set is checked, and written to its indexes, even where it stays the same.
    let done = match &how.again {
        None if is_plain(how) => on!(tx, c => sqlx::query(concat!(
            "UPDATE message SET state = $4, updated_at = $5, lease_owner = NULL, lease_until = NULL \
             WHERE id IN ", listed!("$1"), " AND state = $2 AND COALESCE(lease_owner, '') = $3"
        ))
        .bind(ids).bind(how.from).bind(how.owner).bind(how.to).bind(how.at).execute(c).await),
        None => on!(tx, c => sqlx::query(concat!(
            "UPDATE message SET state = $4, reason = $5, hold = $6, attempts = attempts - $7, resends = resends + $8, \
                updated_at = $9, lease_owner = NULL, lease_until = NULL \
             WHERE id IN ", listed!("$1"), " AND state = $2 AND COALESCE(lease_owner, '') = $3"
        ))
        .bind(ids).bind(how.from).bind(how.owner).bind(how.to).bind(how.reason).bind(how.hold)
        .bind(i64::from(how.uncount)).bind(i64::from(how.resend)).bind(how.at).execute(c).await),
        Some(again) => on!(tx, c => sqlx::query(concat!(
            "UPDATE message SET state = $4, reason = $5, hold = $6, attempts = attempts - $7, resends = resends + $8, \
                updated_at = $9, lease_owner = NULL, lease_until = NULL, due_at = $10, \
                channel = COALESCE($11, channel), lane = $12 \
             WHERE id IN ", listed!("$1"), " AND state = $2 AND COALESCE(lease_owner, '') = $3"
        ))
        .bind(ids).bind(how.from).bind(how.owner).bind(how.to).bind(how.reason).bind(how.hold)
        .bind(i64::from(how.uncount)).bind(i64::from(how.resend)).bind(how.at).bind(again.due_at).bind(again.channel)
        .bind(&again.lane).execute(c).await),
    }?;
    Ok(done.rows_affected())
}

/// Whether a message that is being sent gets its next state and nothing else.
fn is_plain(how: &Settlement<'_>) -> bool {
    let bare = Settlement::new(how.message_id, State::Sending, how.to, how.at);
    *how == Settlement {
        owner: how.owner,
        ..bare
    }
}

/// Whether two settlements differ in nothing but the message.
fn same_move(one: &Settlement<'_>, other: &Settlement<'_>) -> bool {
    let as_one = Settlement {
        message_id: one.message_id,
        ..other.clone()
    };
    *one == as_one
}

/// Moves one message on. False: somebody else has moved it.
pub async fn settle(tx: &mut Tx, settlement: &Settlement<'_>) -> Result<bool, StoreError> {
    Ok(settle_all(tx, std::slice::from_ref(settlement)).await? == 1)
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
