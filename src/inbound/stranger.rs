//! Somebody wrote whom nobody knows, and a person at the desk says who it is.

use super::scene::replan_everybody_at;
use crate::domain::conversation::Conversation;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskItem;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::zone::Zones;
use crate::outbound::plan::{Desk, PlanError, replan_customer};
use crate::store::{self, StoreError, Tx};

/// How much of what a number has written is given to its customer.
const MOST_ROWS: i64 = 1_000;

/// A customer of whom no more is known than a name and the number that they wrote from.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn new_customer(
    tx: &mut Tx,
    business_id: &str,
    name: &str,
    address: &str,
    now: Instant,
) -> Result<Customer, StoreError> {
    let customer = Customer {
        name: name.to_owned(),
        phone: Some(address.to_owned()),
        // A text has come from it.
        phone_texts: true,
        ..Customer::unknown(new_id(now), business_id.to_owned())
    };
    store::customer::save(tx, &customer, now).await?;
    Ok(customer)
}

/// It is that customer: what the number has written is theirs from now on, and nobody else's. `writes_there`: the customer
/// is written to at that number from now on.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn is_customer(
    tx: &mut Tx,
    zones: &Zones,
    talk: &Conversation,
    customer: &Customer,
    writes_there: bool,
    by: &str,
    now: Instant,
) -> Result<(), PlanError> {
    let Some(address) = &talk.address else { return Ok(()) };
    let rows = store::desk_item::of_sender(tx, &talk.business_id, address, MOST_ROWS).await?;
    store::desk_item::give(tx, &rows, &talk.business_id, &customer.id).await?;
    take_from_others(tx, &rows, &talk.business_id, address, now).await?;
    store::conversation::remove(tx, &talk.id).await?;
    for row in rows.iter().take(1) {
        let row = DeskItem {
            customer_id: Some(customer.id.clone()),
            ..row.clone()
        };
        store::conversation::refresh(tx, &row).await?;
    }
    hand_over(tx, talk, customer, now).await?;
    let about = ("customer", customer.id.as_str());
    let by = format!("by {by}");
    store::history::add(tx, Some(&talk.business_id), about, "recognised", &by, now).await?;
    if writes_there && customer.phone.as_ref() != Some(address) {
        let desk = Desk::load(tx, zones, &talk.business_id).await?;
        let customer = Customer {
            phone: Some(address.clone()),
            phone_raw: None,
            phone_texts: true,
            ..customer.clone()
        };
        store::customer::save(tx, &customer, now).await?;
        store::history::add(tx, Some(&talk.business_id), about, "number changed", &by, now).await?;
        replan_customer(tx, &desk, &customer, now).await?;
        replan_everybody_at(tx, &desk, address, now).await?;
    }
    Ok(())
}

/// Who sees to the number sees to the customer, where nobody does yet.
async fn hand_over(tx: &mut Tx, talk: &Conversation, customer: &Customer, now: Instant) -> Result<(), StoreError> {
    let Some(owner) = &talk.owner_id else { return Ok(()) };
    let known = store::conversation::find(tx, &customer.id).await?;
    let mut known = known.unwrap_or_else(|| Conversation::with(&customer.id, &talk.business_id, now));
    if known.owner_id.is_none() {
        known.owner_id = Some(owner.clone());
        store::conversation::save(tx, &known).await?;
    }
    Ok(())
}

/// Other businesses with the same number of ours may have been meant, and were not.
async fn take_from_others(
    tx: &mut Tx,
    rows: &[DeskItem],
    business_id: &str,
    address: &str,
    now: Instant,
) -> Result<(), StoreError> {
    let replies: Vec<&str> = rows.iter().filter_map(|row| row.reply_id.as_deref()).collect();
    for taken in store::desk_item::take_from_others(tx, &replies, business_id, now).await? {
        store::conversation::refresh(tx, &taken).await?;
        let Some(other) = &taken.business_id else { continue };
        let left = store::desk_item::of_sender(tx, other, address, MOST_ROWS).await?;
        if left.iter().all(|row| row.words.is_none())
            && let Some(talk) = store::conversation::of_address(tx, other, address).await?
        {
            store::conversation::remove(tx, &talk.id).await?;
        }
    }
    Ok(())
}
