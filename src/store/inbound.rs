//! What customers sent: stored as it came, once each, then read by the reply step.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    pub id: String,
    pub carrier: String,
    pub provider_id: String,
    pub channel: Channel,
    pub sender: String,
    /// The number of ours that it was sent to.
    pub recipient: String,
    /// None once retention has blanked it.
    pub body: Option<String>,
    /// How many pictures and the like came with it; they are not fetched.
    pub media: i64,
    /// What the provider says that the keyword did: STOP, START, HELP; empty where it did nothing.
    pub opt_out_type: String,
    /// JSON: the raw pairs, without the body.
    pub pairs: String,
    pub received_at: Instant,
}

row!(Inbound {
    id,
    carrier,
    provider_id,
    channel,
    sender,
    recipient,
    body,
    media,
    opt_out_type,
    pairs,
    received_at
});

/// The columns of an `Inbound`, in the table named `inbound`.
macro_rules! inbound_columns {
    () => {
        "inbound.id, inbound.carrier, inbound.provider_id, inbound.channel, inbound.sender, inbound.recipient, \
         inbound.body, inbound.media, inbound.opt_out_type, inbound.pairs, inbound.received_at"
    };
}

/// A message about to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewInbound<'a> {
    pub carrier: &'a str,
    pub provider_id: &'a str,
    pub channel: Channel,
    pub sender: &'a str,
    pub recipient: &'a str,
    pub body: &'a str,
    pub media: i64,
    pub opt_out_type: &'a str,
    pub pairs: &'a str,
    /// When it was sent, as far as that is known.
    pub received_at: Instant,
}

/// Stores a message. False: the same one is stored already.
pub async fn store(tx: &mut Tx, inbound: &NewInbound<'_>, now: Instant) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, \
            received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (provider_id, carrier) DO NOTHING",
    )
    .bind(new_id(now)).bind(inbound.carrier).bind(inbound.provider_id).bind(inbound.channel).bind(inbound.sender)
    .bind(inbound.recipient).bind(inbound.body).bind(inbound.media).bind(inbound.opt_out_type).bind(inbound.pairs)
    .bind(inbound.received_at).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// The ids of messages that no step has read yet, oldest first; those of one moment in the order of storing, in which ids
/// rise.
pub async fn unread(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM inbound WHERE read_at IS NULL ORDER BY received_at, id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Takes an unread message for reading. None: somebody else has read it.
pub async fn take(tx: &mut Tx, id: &str, now: Instant) -> Result<Option<Inbound>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "UPDATE inbound SET read_at = $2 WHERE id = $1 AND read_at IS NULL RETURNING ", inbound_columns!()
    )).bind(id).bind(now).fetch_optional(c).await)?)
}

/// One message.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Inbound>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", inbound_columns!(), " FROM inbound WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The latest messages of a sender, newest first.
pub async fn of_sender(tx: &mut Tx, sender: &str, limit: i64) -> Result<Vec<Inbound>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", inbound_columns!(), " FROM inbound WHERE sender = $1 ORDER BY received_at DESC, id DESC LIMIT $2"
    )).bind(sender).bind(limit).fetch_all(c).await)?)
}

/// The numbers of ours that something came in on since `since`.
pub async fn recipients_since(tx: &mut Tx, since: Instant) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT recipient FROM inbound WHERE channel = 'sms' AND received_at >= $1 ORDER BY recipient",
    ).bind(since).fetch_all(c).await)?)
}

/// Blanks what was written in messages received before `before`, and what the desk copied of it. Returns how many.
pub async fn blank_bodies(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    let blanked = on!(tx, c => sqlx::query(
        "UPDATE inbound SET body = NULL WHERE body IS NOT NULL AND received_at < $1 AND read_at IS NOT NULL",
    ).bind(before).execute(c).await)?;
    on!(tx, c => sqlx::query(
        "UPDATE desk_item SET words = NULL WHERE words IS NOT NULL AND opened_at < $1 AND done_at IS NOT NULL",
    ).bind(before).execute(c).await)?;
    Ok(blanked.rows_affected())
}
