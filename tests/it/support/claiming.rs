//! A sender that claims messages and begins attempts, and does nothing more.

use daybefore::domain::attempt::Attempt;
use daybefore::domain::instant::Instant;
use daybefore::store::attempt::{PackedAttempts, insert_all};
use daybefore::store::claim::{Claimed, Lease, due, lease};
use daybefore::store::{StoreError, Tx};

/// Leases up to `limit` due messages of a lane to `owner`.
pub async fn claim(
    tx: &mut Tx,
    lane: &str,
    owner: &str,
    limit: i64,
    now: Instant,
    lease_until: Instant,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = due(tx, lane, limit, now).await?;
    lease(tx, &Lease::of(&mut claimed, owner.to_owned(), lease_until)?, now).await?;
    Ok(claimed)
}

/// Writes attempts that have begun.
pub async fn begin_attempts(tx: &mut Tx, attempts: &[Attempt]) -> Result<(), StoreError> {
    insert_all(tx, &PackedAttempts::of(attempts)?).await
}
