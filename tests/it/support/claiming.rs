//! A sender that claims messages and does nothing more.

use daybefore::domain::instant::Instant;
use daybefore::store::claim::{Claimed, due, lease};
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
    lease(tx, &mut claimed, owner, now, lease_until).await?;
    Ok(claimed)
}
