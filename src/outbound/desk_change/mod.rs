//! What users change of bookings and renewals at the desk: written and planned in one transaction, kept from the carriers
//! while it can be undone, and shown with all that follows before it is done.

mod effects;
mod entry;
mod standing;
mod undo;
mod wrong;

use super::plan::{Desk, Hints, replan_item};
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, Standing};
use crate::domain::undo::UNDO_FOR;
use crate::store::desk_change::DeskChange;
use crate::store::{self, StoreError, Tx};

pub use effects::{Effects, Preview};
pub use entry::{Entry, Made, Wish, make};
pub use standing::can_become;
pub use undo::{Offer, Undone, offered, undo};
pub use wrong::{EntryError, Why, Wrong};

pub use super::import::typed::Cells;

/// Somebody at the desk who makes a change.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    pub by: &'a str,
    /// The change's own: a second one of the same id is the same.
    pub change_id: &'a str,
    pub now: Instant,
}

/// Writes an item as a user has changed it, tells its history, and plans it again.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn change(
    tx: &mut Tx,
    desk: &Desk,
    customer: &Customer,
    (before, after): (&Item, &Item),
    (event, detail): (&str, &str),
    hand: Hand<'_>,
) -> Result<(), StoreError> {
    store::desk_change::keep_said(tx, before).await?;
    if before.status() != after.status() || before.told() != after.told() {
        answer_wishes(tx, after, event, hand).await?;
    }
    let mut questions = Vec::new();
    if matches!(after.standing(), Standing::Cancelled | Standing::Done) {
        questions = store::question::open_about(tx, after.id()).await?;
        store::question::close_of_item(tx, after.id()).await?;
    }
    note(tx, Some(before), after, questions, hand).await?;
    store::item::save(tx, after, hand.now).await?;
    let about = (after.kind().as_str(), after.id());
    let detail = match detail {
        "" => format!("by {}", hand.by),
        detail => format!("{detail}; by {}", hand.by),
    };
    store::history::add(tx, Some(after.business_id()), about, event, &detail, hand.now).await?;
    replan_item(tx, desk, after, customer, Hints::default(), hand.now).await?;
    Ok(())
}

/// What the customer has asked for about an item has its answer.
async fn answer_wishes(tx: &mut Tx, item: &Item, outcome: &str, hand: Hand<'_>) -> Result<(), StoreError> {
    for row in store::desk_item::waiting_about(tx, item.id()).await? {
        if matches!(row.kind, DeskKind::Change | DeskKind::Decline | DeskKind::RenewalWanted) {
            store::desk_item::done(tx, &row.id, hand.by, Some(outcome), hand.now).await?;
        }
    }
    Ok(())
}

/// Notes the change, so that plans know of it and it can be undone.
async fn note(
    tx: &mut Tx,
    before: Option<&Item>,
    after: &Item,
    questions: Vec<String>,
    hand: Hand<'_>,
) -> Result<(), StoreError> {
    let change = DeskChange {
        id: hand.change_id.to_owned(),
        business_id: after.business_id().to_owned(),
        item_kind: after.kind(),
        item_id: after.id().to_owned(),
        revision: after.revision(),
        before: before.cloned(),
        after: after.clone(),
        questions,
        made_by: hand.by.to_owned(),
        made_at: hand.now,
        undo_until: hand.now + UNDO_FOR,
        undone_at: None,
    };
    store::desk_change::add(tx, &change).await
}
