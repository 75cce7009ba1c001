//! A batch of rows and the database: reading all that the rows are about, and writing all that they have changed, in a
//! few statements whatever the batch's size.

use std::collections::{HashMap, HashSet};

use super::known::{Changes, Known};
use super::ledger::Ledger;
use super::overruled;
use super::reading::Reading;
use super::{Import, ImportKind};
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::erasure::{ErasureKey, Withdrawal};
use crate::domain::item::{BookingStatus, Item};
use crate::outbound::distinct::distinct;
use crate::outbound::erasure::key_for_import;
use crate::outbound::plan::{Desk, Planning, plan_all};
use crate::store::customer::{Sought, name_key};
use crate::store::{self, Store, StoreError, Tx};

/// Reads what is known of everything that the rows are about.
pub(super) async fn load(
    tx: &mut Tx,
    store: &Store,
    import: &Import<'_>,
    rows: &[Reading],
) -> Result<Known, StoreError> {
    let business_id = import.business_id;
    let external_ids = distinct(rows.iter().map(|row| row.external_id.as_str()));
    let mut known = Known::default();
    let items = match import.kind {
        ImportKind::Bookings => store::item::bookings_by_external_id(tx, business_id, &external_ids)
            .await?
            .into_iter()
            .map(Item::Booking)
            .collect(),
        ImportKind::Renewals => store::item::renewals_by_external_id(tx, business_id, &external_ids)
            .await?
            .into_iter()
            .map(Item::Renewal)
            .collect(),
        ImportKind::Customers => Vec::new(),
    };
    let owners = distinct(items.iter().map(Item::customer_id));
    for customer in store::customer::find_all(tx, business_id, &sought(rows, &owners)).await? {
        known.put(customer);
    }
    overruled::load(tx, &mut known).await?;
    if !owners.is_empty() {
        known
            .item_counts
            .extend(store::customer::item_counts(tx, &owners).await?);
    }
    known.cancelled = cancelled(tx, &items).await?;
    known.said = said(tx, &items).await?;
    let addresses = distinct(rows.iter().flat_map(Reading::addresses));
    load_said(tx, store, business_id, &mut known, &addresses).await?;
    let by_external_id = |item: Item| (item.external_id().to_owned(), item);
    known.items = items.into_iter().map(by_external_id).collect();
    Ok(known)
}

/// Reads what was said by those who are known and at these addresses, also by people who were erased since.
pub(super) async fn load_said(
    tx: &mut Tx,
    store: &Store,
    business_id: &str,
    known: &mut Known,
    addresses: &[&str],
) -> Result<(), StoreError> {
    if let Some(key) = key_for_import(tx, store, business_id).await? {
        known.withdrawals = withdrawals(tx, business_id, &key, addresses).await?;
    }
    known.ledger = ledger(tx, business_id, known, addresses).await?;
    Ok(())
}

/// Whom the rows may mean: the customers of their items, those they name by id, and those of the same name and number.
fn sought<'a>(rows: &'a [Reading], owners: &[&'a str]) -> Sought<'a> {
    let people = || rows.iter().filter_map(Reading::person);
    let namesakes = people().filter_map(|person| {
        let (phone, email) = (person.number(), person.email.as_deref());
        let name = person.name.as_ref().filter(|_| phone.is_some() || email.is_some())?;
        Some((name_key(name), phone, email))
    });
    Sought {
        ids: owners.to_vec(),
        external_ids: distinct(people().filter_map(|person| person.customer_id.as_deref())),
        namesakes: namesakes.collect(),
    }
}

/// The items among these that wait for somebody to take note of the customer's cancellation.
async fn cancelled(tx: &mut Tx, items: &[Item]) -> Result<HashSet<String>, StoreError> {
    let cancelled = items.iter().filter(|item| match item {
        Item::Booking(booking) => booking.status == BookingStatus::Cancelled,
        _ => false,
    });
    let ids: Vec<_> = cancelled.map(Item::id).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let waiting = store::desk_item::waiting_of_kind(tx, &ids, DeskKind::VisitCancelled).await?;
    Ok(waiting.into_iter().collect())
}

/// How their file left those of the items that were changed at the desk since.
async fn said(tx: &mut Tx, items: &[Item]) -> Result<HashMap<String, Item>, StoreError> {
    if items.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = items.iter().map(Item::id).collect();
    let said = store::desk_change::said(tx, &ids).await?;
    Ok(said.into_iter().map(|item| (item.id().to_owned(), item)).collect())
}

/// What was said no to at the addresses by people who were erased since.
async fn withdrawals(
    tx: &mut Tx,
    business_id: &str,
    key: &ErasureKey,
    addresses: &[&str],
) -> Result<HashMap<String, Vec<Withdrawal>>, StoreError> {
    let by_hash: HashMap<_, _> = addresses.iter().map(|address| (key.hash(address), *address)).collect();
    let hashes: Vec<_> = by_hash.keys().map(String::as_str).collect();
    let mut withdrawals: HashMap<String, Vec<_>> = HashMap::new();
    for (hash, withdrawal) in store::erasure::kept(tx, business_id, &hashes).await? {
        if let Some(address) = by_hash.get(&hash) {
            withdrawals.entry((*address).to_owned()).or_default().push(withdrawal);
        }
    }
    Ok(withdrawals)
}

async fn ledger(tx: &mut Tx, business_id: &str, known: &Known, addresses: &[&str]) -> Result<Ledger, StoreError> {
    let customers: Vec<_> = known.customers().map(|customer| customer.id.as_str()).collect();
    let theirs = |customer: &Customer| [customer.phone.clone(), customer.email.clone()];
    let known_addresses: Vec<_> = known.customers().flat_map(theirs).flatten().collect();
    let addresses = distinct(
        known_addresses
            .iter()
            .map(String::as_str)
            .chain(addresses.iter().copied()),
    );
    let spoken = store::ledger::spoken(tx, business_id, &customers, &addresses).await?;
    Ok(Ledger::new(spoken))
}

/// Plans and writes everything that the rows have changed.
pub(super) async fn save(
    tx: &mut Tx,
    desk: &Desk,
    import: &Import<'_>,
    import_id: &str,
    mut known: Known,
) -> Result<Planning, StoreError> {
    let (business_id, now) = (import.business_id, import.now);
    let steps = std::mem::take(&mut known.changes.steps);
    store::customer::save_all(tx, &known.changed_customers(), now).await?;
    let planning = plan_all(tx, desk, steps, now).await?;
    let Changes {
        items,
        consents,
        history,
        lines,
        said,
        ..
    } = known.changes;
    store::item::save_all(tx, &items.iter().collect::<Vec<_>>(), now).await?;
    store::desk_change::said_anew(tx, &said).await?;
    let consents: Vec<_> = consents.iter().map(|line| line.as_stored(business_id)).collect();
    store::ledger::add_all(tx, &consents).await?;
    store::history::add_all(tx, Some(business_id), &history, now).await?;
    let lines: Vec<_> = lines.iter().map(|(id, line)| (id.as_str(), *line)).collect();
    store::import_seen::note_all(tx, import_id, &lines).await?;
    Ok(planning)
}
