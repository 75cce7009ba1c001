//! What a start owes to whatever ran before: its leases are dead, its stopped senders get another chance, callbacks
//! and messages that it stored are read, files that were handed over to it are gone, and plans made with other zone data are
//! made again.

use super::dispatch::{DispatchError, Dispatcher};
use super::import::handed_over;
use super::plan::{PlanError, replan_business};
use super::rescue;
use crate::domain::instant::Instant;
use crate::inbound::{delivery, reply};
use crate::store::{self, StoreError};

/// Why a start could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a database in order before anything is sent from it. Only the process that alone may send does this.
///
/// # Errors
/// When the database fails, or the zone data lack the zone of a business.
pub async fn take_over(dispatcher: &Dispatcher, now: Instant) -> Result<(), TakeOverError> {
    dispatcher.started.take_over(&dispatcher.store.path());
    let mut tx = dispatcher.store.write().await?;
    store::outbox::expire_leases(&mut tx, now).await?;
    let resumed = store::lane::resume(&mut tx, None).await?;
    tx.commit().await?;
    if resumed > 0 {
        tracing::info!(resumed, "senders that were stopped get another try after this start");
    }
    handed_over::tidy_at_start(&dispatcher.store, now).await?;
    replan_for_zone_data(dispatcher, now).await?;
    delivery::read_receipts(dispatcher, now).await?;
    reply::read_inbound(dispatcher, now).await?;
    rescue::rescue(dispatcher, now).await?;
    // What the process before has left is looked after: from here on the record is this one's.
    dispatcher.started.begin();
    rescue::reconcile(dispatcher, now).await?;
    Ok(())
}

async fn replan_for_zone_data(dispatcher: &Dispatcher, now: Instant) -> Result<(), TakeOverError> {
    let version = dispatcher.zones.version();
    let mut tx = dispatcher.store.write().await?;
    let before = store::setting::get(&mut tx, store::setting::ZONE_VERSION).await?;
    if before.as_deref() == Some(version) {
        return Ok(());
    }
    let businesses = store::business::all(&mut tx).await?;
    tx.commit().await?;
    for business in &businesses {
        let planning = replan_business(&dispatcher.store, &dispatcher.zones, &business.id, now, |_| {}).await?;
        tracing::info!(business = %business.id, zone_data = version, moved = planning.moved, "planned again with other zone data");
    }
    let mut tx = dispatcher.store.write().await?;
    store::setting::put(&mut tx, store::setting::ZONE_VERSION, version).await?;
    Ok(tx.commit().await?)
}
