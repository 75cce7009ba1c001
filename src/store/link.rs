//! Links: what the holder of a token may do. The token itself is never here, only its hash.

use super::db::{Tx, on};
use super::dialect::rows_of;
use super::error::StoreError;
use super::packed::text;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::link::LinkPurpose;
use crate::domain::message::Channel;

/// A link, as a message carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub token_hash: String,
    pub purpose: LinkPurpose,
    pub business_id: String,
    pub customer_id: String,
    pub message_id: String,
    /// The channel and the address that the message went to.
    pub channel: Channel,
    pub address: String,
    pub created_at: Instant,
    pub expires_at: Instant,
}

row!(Link {
    token_hash,
    purpose,
    business_id,
    customer_id,
    message_id,
    channel,
    address,
    created_at,
    expires_at
});

/// Writes new links.
pub async fn insert_all(tx: &mut Tx, links: &[Link]) -> Result<(), StoreError> {
    if links.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = links
        .iter()
        .map(|link| {
            (
                &link.token_hash,
                link.purpose,
                &link.business_id,
                &link.customer_id,
                &link.message_id,
                link.channel,
                &link.address,
                link.created_at.millis(),
                link.expires_at.millis(),
            )
        })
        .collect();
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO link (token_hash, purpose, business_id, customer_id, message_id, channel, address, created_at, \
            expires_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
            CAST(value ->> 7 AS BIGINT), CAST(value ->> 8 AS BIGINT) FROM ", rows_of!("$1")
    )).bind(text(&rows)?).execute(c).await)?;
    Ok(())
}

/// The link with this hash that is good for `purpose` at `now`.
pub async fn find(
    tx: &mut Tx,
    token_hash: &str,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<Option<Link>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT token_hash, purpose, business_id, customer_id, message_id, channel, address, created_at, expires_at \
         FROM link WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3",
    ).bind(token_hash).bind(purpose).bind(now).fetch_optional(c).await)?)
}

/// Takes away links that ended before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM link WHERE token_hash IN (SELECT token_hash FROM link WHERE expires_at < $1 LIMIT $2)",
    ).bind(before).bind(limit).execute(c).await)?
    .rows_affected())
}
