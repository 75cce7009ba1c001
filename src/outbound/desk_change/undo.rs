//! Undoing: the item is what it was, and so are its messages, as long as nothing of the change has left the house.

use super::super::plan::{Desk, Hints, PlanError, replan_item};
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, BookingStatus, Item, Renewal, RenewalStatus};
use crate::domain::message::State;
use crate::store::desk_change::DeskChange;
use crate::store::{self, StoreError, Tx};

/// A change that can be undone now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub change_id: String,
    pub made_by: String,
    pub until: Instant,
}

/// What has come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    Done,
    /// Somebody has undone it before.
    Already,
    /// The time for it is over.
    TooLate,
    /// A message that follows from the change is on its way, or was sent.
    Left,
    /// The item has changed since.
    Changed,
}

/// The change of an item that can be undone now.
///
/// # Errors
/// When the database fails.
pub async fn offered(tx: &mut Tx, item: &Item, now: Instant) -> Result<Option<Offer>, StoreError> {
    let Some(change) = store::desk_change::latest(tx, item.id()).await? else {
        return Ok(None);
    };
    if obstacle(tx, &change, item, now).await?.is_some() {
        return Ok(None);
    }
    // What is of use only before the time is over does not wait for it.
    let mut until = change.undo_until;
    for line in store::report::of_item(tx, item.id()).await? {
        if line.state == State::Planned {
            until = until.min(line.due_at);
        }
    }
    Ok((now < until).then_some(Offer {
        change_id: change.id,
        made_by: change.made_by,
        until,
    }))
}

/// Why a change can't be undone, where it can't.
async fn obstacle(tx: &mut Tx, change: &DeskChange, item: &Item, now: Instant) -> Result<Option<Undone>, StoreError> {
    Ok(if change.undone_at.is_some() {
        Some(Undone::Already)
    } else if store::desk_change::anything_left(tx, &change.item_id, change.made_at).await? {
        Some(Undone::Left)
    } else if *item != in_revision(&change.after, change.revision) {
        Some(Undone::Changed)
    } else {
        (now >= change.undo_until).then_some(Undone::TooLate)
    })
}

/// Undoes a change of an item. Whether anything has left is decided in the caller's transaction, in which nothing more
/// can leave.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn undo(
    tx: &mut Tx,
    desk: &Desk,
    item: &Item,
    change_id: &str,
    by: &str,
    now: Instant,
) -> Result<Undone, PlanError> {
    let change = store::desk_change::find(tx, change_id).await?;
    let Some(change) = change.filter(|change| change.item_id == item.id()) else {
        return Ok(Undone::TooLate);
    };
    if let Some(obstacle) = obstacle(tx, &change, item, now).await? {
        return Ok(obstacle);
    }
    if !store::desk_change::undone(tx, &change.id, now).await? {
        return Ok(Undone::Already);
    }
    let customer = store::customer::find(tx, item.customer_id()).await?;
    let customer = customer.ok_or_else(|| StoreError::Inconsistent(format!("{} has no customer", item.id())))?;
    let was = match &change.before {
        Some(before) => again(tx, before, item).await?,
        None => taken_back(item, now),
    };
    store::item::save(tx, &was, now).await?;
    store::desk_item::reopen(tx, item.id(), change.made_at).await?;
    store::question::reopen(tx, &change.questions, now).await?;
    let about = (item.kind().as_str(), item.id());
    let detail = format!("by {by}");
    store::history::add(tx, Some(item.business_id()), about, "undone", &detail, now).await?;
    replan_item(tx, desk, &was, &customer, Hints::default(), now).await?;
    Ok(Undone::Done)
}

/// The item as it was before. A revision that only the desk has seen is never used again, so the item gets a new one;
/// what was said and asked of it as it was goes on to count.
async fn again(tx: &mut Tx, before: &Item, now_is: &Item) -> Result<Item, StoreError> {
    let (from, since) = (before.revision(), now_is.revision());
    if from == since {
        return Ok(before.clone());
    }
    let revision = since + 1;
    store::desk_change::carry_over(tx, before.id(), from, revision).await?;
    Ok(in_revision(before, revision))
}

fn in_revision(item: &Item, revision: i64) -> Item {
    match item.clone() {
        Item::Booking(booking) => Item::Booking(Booking { revision, ..booking }),
        Item::Renewal(renewal) => Item::Renewal(Renewal { revision, ..renewal }),
        other => other,
    }
}

/// What was only just added, and is not any more.
fn taken_back(item: &Item, now: Instant) -> Item {
    match item.clone() {
        Item::Booking(booking) => Item::Booking(Booking {
            status: BookingStatus::Cancelled,
            revision: booking.revision + 1,
            changed_at: now,
            completed_at: None,
            ..booking
        }),
        Item::Renewal(renewal) => Item::Renewal(Renewal {
            status: RenewalStatus::Ended,
            completed_at: None,
            ..renewal
        }),
        other => other,
    }
}
