//! Erasure: a customer is forgotten, what they said no to is not.

use super::dispatch::Dispatcher;
use super::plan::{Desk, PlanError, replan_customer};
use crate::domain::customer::Customer;
use crate::domain::erasure::{ErasureKey, standing_withdrawals};
use crate::domain::instant::Instant;
use crate::store::ledger::NewConsent;
use crate::store::{self, Store, StoreError, Tx};

/// What stands in place of the name.
const NOBODY: &str = "(erased)";

/// What an erasure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Bookings and renewals of which the figures stay.
    pub items: usize,
    /// Addresses that were forgotten.
    pub addresses: usize,
    /// Withdrawals that stay, as hashes.
    pub withdrawals: usize,
}

/// Erases a customer; nothing where there is none of that id, or who was erased before.
///
/// # Errors
/// When the database fails, or the key of the hashes can't be used; then nothing is erased.
pub async fn erase(dispatcher: &Dispatcher, customer_id: &str, now: Instant) -> Result<Option<Erased>, PlanError> {
    let mut tx = dispatcher.store.write().await?;
    tx.overwrite_what_goes().await?;
    let customer = store::customer::find(&mut tx, customer_id).await?;
    let Some(customer) = customer.filter(|customer| !customer.erased) else {
        return Ok(None);
    };
    let desk = Desk::load(&mut tx, &dispatcher.zones, &customer.business_id).await?;
    let addresses = addresses(&mut tx, &customer).await?;
    let withdrawals = keep_withdrawals(&mut tx, &dispatcher.store, &customer, &addresses).await?;
    store::erasure::blank(&mut tx, &customer.id, now).await?;
    for address in &addresses {
        let others = store::ledger::customers_at(&mut tx, &customer.business_id, address).await?;
        let shared = others.iter().any(|id| *id != customer.id);
        store::erasure::blank_address(&mut tx, &customer, address, shared).await?;
    }
    store::erasure::blank_ledger(&mut tx, &customer.id).await?;
    // What is claimed already has had its last look: dispatch reads this line before it calls the carrier.
    store::ledger::add(&mut tx, &nothing_more(&customer), now).await?;
    let nobody = blanked(&customer);
    store::customer::save(&mut tx, &nobody, now).await?;
    replan_customer(&mut tx, &desk, &nobody, now).await?;
    store::erasure::give_up(&mut tx, &customer.id, now).await?;
    let items = store::item::of_customer(&mut tx, &customer.id).await?.len();
    let about = ("customer", customer.id.as_str());
    store::history::add(&mut tx, Some(&customer.business_id), about, "erased", "", now).await?;
    tx.commit().await?;
    dispatcher.withdrawn.written();
    dispatcher.store.flush_log().await?;
    Ok(Some(Erased {
        items,
        addresses: addresses.len(),
        withdrawals,
    }))
}

/// Every address that was ever this customer's, as far as we know.
async fn addresses(tx: &mut Tx, customer: &Customer) -> Result<Vec<String>, StoreError> {
    let mut addresses = store::erasure::past_addresses(tx, &customer.id).await?;
    addresses.extend(customer.phone.clone());
    addresses.extend(customer.email.clone());
    addresses.sort();
    addresses.dedup();
    Ok(addresses)
}

/// Keeps each standing withdrawal under the hash of each address: by whichever one the person comes back, it is met.
async fn keep_withdrawals(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    addresses: &[String],
) -> Result<usize, StoreError> {
    let mut lines = store::ledger::of_customer(tx, customer).await?;
    let past = addresses
        .iter()
        .filter(|address| customer.phone.as_ref() != Some(address) && customer.email.as_ref() != Some(address));
    for address in past {
        lines.extend(store::ledger::of_address(tx, &customer.business_id, address).await?);
    }
    let withdrawals = standing_withdrawals(&lines);
    if withdrawals.is_empty() {
        return Ok(0);
    }
    let key = store.make_erasure_key()?;
    for address in addresses {
        let hash = key.hash(address);
        for withdrawal in &withdrawals {
            store::erasure::keep(tx, &customer.business_id, &hash, withdrawal).await?;
        }
    }
    Ok(withdrawals.len())
}

/// Nobody who was erased gets anything.
fn nothing_more(customer: &Customer) -> NewConsent<'_> {
    NewConsent {
        business_id: &customer.business_id,
        customer_id: Some(&customer.id),
        address: None,
        channel: None,
        purpose: None,
        given: false,
        source: "erasure",
        wording: None,
    }
}

fn blanked(customer: &Customer) -> Customer {
    Customer {
        name: NOBODY.to_owned(),
        erased: true,
        ..Customer::unknown(customer.id.clone(), customer.business_id.clone())
    }
}

/// The key that an import needs: only where somebody was erased who had said no.
///
/// # Errors
/// When it is needed and not there: an import that does not know who said no must not be made.
pub async fn key_for_import(tx: &mut Tx, store: &Store, business_id: &str) -> Result<Option<ErasureKey>, StoreError> {
    if !store::erasure::any_kept(tx, business_id).await? {
        return Ok(None);
    }
    let key = store.erasure_key()?.ok_or_else(|| StoreError::ErasureKey {
        path: store.erasure_key_path().display().to_string(),
        why: "it is missing".to_owned(),
    })?;
    Ok(Some(key))
}
