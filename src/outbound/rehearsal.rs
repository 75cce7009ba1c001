//! Living through time on a virtual clock, with the same steps as live: for `rehearse`, the demonstration and tests.

use chrono::TimeDelta;

use super::dispatch::{DispatchError, Dispatcher, drain, lanes};
use super::{held, rescue};
use crate::clock::VirtualClock;
use crate::domain::instant::Instant;
use crate::store;

/// Moves the clock from due moment to due moment up to `until`, doing at each what is due then.
///
/// # Errors
/// When a step can't be done.
pub async fn live_through(dispatcher: &Dispatcher, clock: &VirtualClock, until: Instant) -> Result<(), DispatchError> {
    while let Some(next) = next_moment(dispatcher).await?.filter(|next| *next <= until) {
        clock.advance_to(next);
        let now = dispatcher.clock.now();
        for lane in lanes(&dispatcher.store).await? {
            drain(dispatcher, &lane).await?;
        }
        rescue::reconcile(dispatcher, now).await?;
        held::skip_overdue(dispatcher, now).await?;
    }
    clock.advance_to(until);
    Ok(())
}

/// When something is to be done next: a message is due on a lane that works, a carrier is to be asked, or a held message
/// stops being of use.
async fn next_moment(dispatcher: &Dispatcher) -> Result<Option<Instant>, DispatchError> {
    let lanes = lanes(&dispatcher.store).await?;
    let mut tx = dispatcher.store.read().await?;
    let looks = store::attempt::next_look(&mut tx).await?;
    // Still of use at that very moment, not after it.
    let overdue = store::message::next_overdue_held(&mut tx)
        .await?
        .map(|end| end + TimeDelta::milliseconds(1));
    let mut next = looks.into_iter().chain(overdue).min();
    for lane in &lanes {
        let due = store::claim::next_due(&mut tx, lane).await?;
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}
