//! Lanes: the senders that messages queue for, and those that wait for an operator.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::instant::Instant;

/// A lane that an operator must look at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PausedLane {
    pub lane: String,
    pub code: Option<i64>,
    pub failure: String,
    pub at: Instant,
}

row!(PausedLane {
    lane,
    code,
    failure,
    at
});

/// Pauses a lane. False: it was paused already.
pub async fn pause(tx: &mut Tx, paused: &PausedLane) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO paused_lane (lane, code, failure, at) VALUES ($1, $2, $3, $4) ON CONFLICT (lane) DO NOTHING",
    ).bind(&paused.lane).bind(paused.code).bind(&paused.failure).bind(paused.at).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// Lets a lane go on; every lane where none is named. Returns how many were paused.
pub async fn resume(tx: &mut Tx, lane: Option<&str>) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query("DELETE FROM paused_lane WHERE lane = COALESCE($1, lane)").bind(lane).execute(c).await)?
        .rows_affected())
}

/// The paused lanes.
pub async fn paused(tx: &mut Tx) -> Result<Vec<PausedLane>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT lane, code, failure, at FROM paused_lane ORDER BY lane").fetch_all(c).await)?,
    )
}
