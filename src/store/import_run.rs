//! Files that were handed over at the desk or by a key, and what became of them.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::import_run::{ImportRun, ImportState};
use crate::domain::instant::Instant;

row!(ImportRun {
    id,
    business_id,
    user_id,
    made_by,
    kind,
    file_name,
    size,
    known,
    state,
    summary,
    problem,
    made_at,
    changed_at
});

/// The columns of an `ImportRun`.
macro_rules! run_columns {
    () => {
        "id, business_id, user_id, made_by, kind, file_name, size, known, state, summary, problem, made_at, changed_at"
    };
}

/// Writes a new one.
pub async fn add(tx: &mut Tx, run: &ImportRun) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(concat!(
        "INSERT INTO import_run (", run_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(&run.id).bind(&run.business_id).bind(&run.user_id).bind(&run.made_by).bind(run.kind).bind(&run.file_name)
    .bind(run.size).bind(run.known).bind(run.state).bind(&run.summary).bind(&run.problem).bind(run.made_at)
    .bind(run.changed_at).execute(c).await)?;
    Ok(())
}

/// Writes how it stands now. False: it was no longer in the state `from`.
pub async fn change(tx: &mut Tx, run: &ImportRun, from: ImportState) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE import_run SET known = $3, state = $4, summary = $5, problem = $6, changed_at = $7 \
         WHERE id = $1 AND state = $2",
    )
    .bind(&run.id).bind(from).bind(run.known).bind(run.state).bind(&run.summary).bind(&run.problem)
    .bind(run.changed_at).execute(c).await)?;
    Ok(done.rows_affected() == 1)
}

/// One of them.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<ImportRun>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as(concat!("SELECT ", run_columns!(), " FROM import_run WHERE id = $1"))
        .bind(id).fetch_optional(c).await)?,
    )
}

/// The last of a business's files that something was done with, the latest first.
pub async fn last(tx: &mut Tx, business_id: &str, limit: i64) -> Result<Vec<ImportRun>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(concat!(
        "SELECT ", run_columns!(), " FROM import_run WHERE business_id = $1 ORDER BY made_at DESC, id LIMIT $2"
    )).bind(business_id).bind(limit).fetch_all(c).await)?)
}

/// The process that worked on these has ended: what was imported in part is `interrupted`, and whatever waited for its
/// user's yes is over, since its file is gone. Returns how many were interrupted.
pub async fn interrupt(tx: &mut Tx, now: Instant) -> Result<u64, StoreError> {
    let interrupted = on!(&mut *tx, c => sqlx::query(
        "UPDATE import_run SET state = 'interrupted', changed_at = $1 WHERE state = 'importing'",
    ).bind(now).execute(c).await)?;
    on!(tx, c => sqlx::query("UPDATE import_run SET state = 'expired', changed_at = $1 WHERE state IN ('looking', 'ready')")
        .bind(now).execute(c).await)?;
    Ok(interrupted.rows_affected())
}

/// Ends what has waited for its user's yes since before `before`.
pub async fn expire(tx: &mut Tx, before: Instant, now: Instant) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE import_run SET state = 'expired', changed_at = $2 WHERE state = 'ready' AND changed_at < $1",
    ).bind(before).bind(now).execute(c).await)?;
    Ok(())
}

/// Forgets what was handed over before `before`. Returns how many.
pub async fn prune(tx: &mut Tx, before: Instant) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("DELETE FROM import_run WHERE made_at < $1").bind(before).execute(c).await)?
            .rows_affected(),
    )
}
