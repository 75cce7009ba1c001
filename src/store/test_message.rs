//! Messages that users have sent to themselves to see whether sending works. No figure and no plan reads them.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;
use crate::domain::message::Channel;
use crate::domain::test_message::{TestMessage, TestState};

row!(TestMessage {
    id,
    business_id,
    channel,
    carrier,
    sender,
    address,
    state,
    provider_id,
    provider_status,
    code,
    failure,
    made_by,
    made_at,
    changed_at
});

/// The columns of a `TestMessage`.
macro_rules! test_columns {
    () => {
        "id, business_id, channel, carrier, sender, address, state, provider_id, provider_status, code, failure, \
         made_by, made_at, changed_at"
    };
}

/// Writes a new one.
pub async fn add(tx: &mut Tx, test: &TestMessage) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO test_message (", test_columns!(), ") \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    ))
    .bind(&test.id).bind(&test.business_id).bind(test.channel).bind(&test.carrier).bind(&test.sender)
    .bind(&test.address).bind(test.state).bind(&test.provider_id).bind(&test.provider_status).bind(test.code)
    .bind(&test.failure).bind(&test.made_by).bind(test.made_at).bind(test.changed_at).execute(c).await)?;
    Ok(())
}

/// Writes what has become known of one. False: it is no longer in the state `from`.
pub async fn change(tx: &mut Tx, test: &TestMessage, from: TestState) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE test_message SET state = $3, provider_id = $4, provider_status = $5, code = $6, failure = $7, \
            changed_at = $8 WHERE id = $1 AND state = $2",
    )
    .bind(&test.id).bind(from).bind(test.state).bind(&test.provider_id).bind(&test.provider_status).bind(test.code)
    .bind(&test.failure).bind(test.changed_at).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// One of them.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<TestMessage>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", test_columns!(), " FROM test_message WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The last of a business, the latest first.
pub async fn last(tx: &mut Tx, business_id: &str, limit: i64) -> Result<Vec<TestMessage>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", test_columns!(), " FROM test_message WHERE business_id = $1 ORDER BY made_at DESC, id DESC LIMIT $2"
    )).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// How many a business has sent since `since`.
pub async fn count_since(tx: &mut Tx, business_id: &str, since: Instant) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM test_message WHERE business_id = $1 AND made_at > $2")
        .bind(business_id).bind(since).fetch_one(c).await)?,
    )
}

/// Why a provider delivers nothing to an address, in its own words: it calls the address bad.
pub async fn called_bad(tx: &mut Tx, channel: Channel, address: &str) -> Result<Option<String>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT failure FROM bad_address WHERE channel = $1 AND address = $2")
        .bind(channel).bind(address).fetch_optional(c).await)?,
    )
}

/// Forgets those that were sent before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM test_message WHERE made_at < $1").bind(before).execute(c).await)?
            .rows_affected(),
    )
}
