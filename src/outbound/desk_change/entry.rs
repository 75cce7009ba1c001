//! What a user asks for in a form: something new, something different, something over.

use super::standing::{become_, can_become};
use super::{EntryError, Hand, Why, Wrong, change, note};
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::import::typed::{self, Cells, New};
use crate::outbound::plan::{Desk, Hints, replan_item};
use crate::store::{self, Store, Tx};

/// What a user wants.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Whose it is; none: of whom the cells tell.
    Add {
        kind: ItemKind,
        customer_id: Option<String>,
        known_to_customer: bool,
    },
    Edit {
        kind: ItemKind,
        id: String,
    },
    /// A status. A renewal that is renewed may come with the end of its new term (`ends_on`).
    Become {
        kind: ItemKind,
        id: String,
        status: String,
    },
}

/// A form that was sent.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub wish: Wish,
    pub cells: Cells,
    /// Somebody was asked whether a time that has passed is meant, and said yes.
    pub past_is_meant: bool,
    pub hand: Hand<'a>,
}

/// What a change has made, in the caller's transaction.
#[derive(Clone, Debug)]
pub struct Made {
    pub before: Option<Item>,
    pub after: Item,
    pub customer: Customer,
    pub is_new_customer: bool,
    /// The customer's record has something new, which other messages to them may use.
    pub completes_customer: bool,
    /// Fields that were taken, but should be looked at.
    pub warnings: Vec<String>,
}

/// Makes the change in the caller's transaction; committed, it holds.
///
/// # Errors
/// When it can't be made; then the transaction must not be committed.
pub async fn make(tx: &mut Tx, store: &Store, desk: &Desk, entry: &Entry<'_>) -> Result<Made, EntryError> {
    match &entry.wish {
        Wish::Add {
            kind,
            customer_id,
            known_to_customer,
        } => {
            add(
                tx,
                store,
                desk,
                entry,
                *kind,
                customer_id.as_deref(),
                *known_to_customer,
            )
            .await
        }
        Wish::Edit { kind, id } => {
            let (before, customer) = found(tx, desk, *kind, id).await?;
            let after = edited(&before, desk, entry)?;
            let event = if before.told() == after.told() {
                "changed"
            } else {
                "moved"
            };
            done(tx, desk, customer, before, after, event, entry.hand).await
        }
        Wish::Become { kind, id, status } => {
            let (before, customer) = found(tx, desk, *kind, id).await?;
            if before.status() == status {
                return Err(EntryError::Unchanged);
            }
            if !can_become(&before).contains(&status.as_str()) {
                return Err(EntryError::Impossible);
            }
            let after = become_(&before, status, desk, entry)?;
            done(tx, desk, customer, before, after, status, entry.hand).await
        }
    }
}

async fn found(tx: &mut Tx, desk: &Desk, kind: ItemKind, id: &str) -> Result<(Item, Customer), EntryError> {
    let item = store::item::find(tx, kind, id).await?;
    let item = item.filter(|item| item.business_id() == desk.business.id);
    let item = item.ok_or(EntryError::NotThere)?;
    let customer = customer(tx, desk, item.customer_id()).await?;
    Ok((item, customer))
}

async fn customer(tx: &mut Tx, desk: &Desk, id: &str) -> Result<Customer, EntryError> {
    let customer = store::customer::find(tx, id).await?;
    let customer = customer.filter(|customer| customer.business_id == desk.business.id);
    customer.ok_or(EntryError::NotThere)
}

async fn done(
    tx: &mut Tx,
    desk: &Desk,
    customer: Customer,
    before: Item,
    after: Item,
    event: &str,
    hand: Hand<'_>,
) -> Result<Made, EntryError> {
    let detail = typed::difference(&before, &after);
    if detail.is_empty() {
        return Err(EntryError::Unchanged);
    }
    change(tx, desk, &customer, (&before, &after), (event, &detail), hand).await?;
    Ok(Made {
        before: Some(before),
        after,
        customer,
        is_new_customer: false,
        completes_customer: false,
        warnings: Vec::new(),
    })
}

/// Adds something new. It is planned as an import would, then again as something that can still be undone.
async fn add(
    tx: &mut Tx,
    store: &Store,
    desk: &Desk,
    entry: &Entry<'_>,
    kind: ItemKind,
    customer_id: Option<&str>,
    known_to_customer: bool,
) -> Result<Made, EntryError> {
    let hand = entry.hand;
    let customer = match customer_id {
        Some(id) => Some(customer(tx, desk, id).await?),
        None => None,
    };
    if customer.as_ref().is_some_and(|customer| customer.erased) {
        return Err(EntryError::Impossible);
    }
    let mut cells = entry.cells.clone();
    let given = cells
        .iter()
        .any(|(column, text)| *column == "external_id" && !text.trim().is_empty());
    if !given {
        cells.retain(|(column, _)| *column != "external_id");
        cells.push(("external_id", own_number(hand.now)));
    }
    let named = customer.is_some()
        || cells
            .iter()
            .any(|(column, text)| *column == "name" && !text.trim().is_empty());
    let new = New {
        kind,
        cells,
        customer,
        known_to_customer,
        by: hand.by,
        now: hand.now,
    };
    let added = match typed::add(tx, store, desk, new).await? {
        Ok(added) => added,
        Err(problems) if problems.iter().any(|problem| problem.column == "external_id") => {
            return Err(Wrong::one("external_id", Why::Taken));
        }
        Err(problems) => return Err(Wrong::all(problems)),
    };
    if !named {
        return Err(Wrong::one("name", Why::Unreadable));
    }
    when_fits(None, &added.item, desk, entry)?;
    note(tx, None, &added.item, Vec::new(), hand).await?;
    replan_item(tx, desk, &added.item, &added.customer, Hints::default(), hand.now).await?;
    Ok(Made {
        before: None,
        after: added.item,
        customer: added.customer,
        is_new_customer: added.is_new_customer,
        completes_customer: added.completes_customer,
        warnings: added.warnings.into_iter().map(|warning| warning.column).collect(),
    })
}

/// The number of something that no other system has given one.
fn own_number(now: Instant) -> String {
    let id = new_id(now).to_uppercase();
    let tail = id.len().saturating_sub(8);
    format!("D-{}", &id[tail..])
}

fn edited(before: &Item, desk: &Desk, entry: &Entry<'_>) -> Result<Item, EntryError> {
    let (cells, now) = (entry.cells.clone(), entry.hand.now);
    let after = match before {
        Item::Booking(booking) => typed::booking(booking, cells, desk, now).map(Item::Booking),
        Item::Renewal(renewal) => typed::renewal(renewal, cells, desk, now).map(Item::Renewal),
        Item::Case(_) | Item::Reply(_) => return Err(EntryError::NotThere),
    };
    let after = after.map_err(Wrong::all)?;
    when_fits(Some(before), &after, desk, entry)?;
    Ok(after)
}

/// Whether the time of something new, or its new time, is one that there is, and is still to come.
fn when_fits(before: Option<&Item>, after: &Item, desk: &Desk, entry: &Entry<'_>) -> Result<(), EntryError> {
    if before.is_some_and(|before| before.told() == after.told()) {
        return Ok(());
    }
    let (zone, now) = (&desk.calendar.zone, entry.hand.now);
    let (field, passed) = match after {
        Item::Booking(booking) if !zone.shows(booking.starts.0) => return Err(Wrong::one("starts_at", Why::Gap)),
        Item::Booking(booking) => ("starts_at", booking.starts_at <= now),
        Item::Renewal(renewal) => ("ends_on", renewal.ends_on.0 < zone.date(now)),
        Item::Case(_) | Item::Reply(_) => return Err(EntryError::NotThere),
    };
    if passed && !entry.past_is_meant {
        return Err(Wrong::one(field, Why::Past));
    }
    Ok(())
}
