//! Held messages that nobody let go in time: they are skipped, so that a hold that ends late sends nothing stale.

use super::dispatch::{DispatchError, Dispatcher};
use crate::domain::instant::Instant;
use crate::store;

/// Skips held messages that are of no use any more: as `case_open` where a complaint held them, else as `too_late`.
/// Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn skip_overdue(dispatcher: &Dispatcher, now: Instant) -> Result<u64, DispatchError> {
    let mut tx = dispatcher.store.read().await?;
    // Most minutes nothing is overdue: then nothing waits for the one writer.
    if store::message::next_overdue_held(&mut tx)
        .await?
        .is_none_or(|next| next >= now)
    {
        return Ok(0);
    }
    drop(tx);
    let mut tx = dispatcher.store.write().await?;
    let skipped = store::message::skip_overdue_held(&mut tx, now).await?;
    tx.commit().await?;
    Ok(skipped)
}
