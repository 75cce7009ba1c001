//! What an import heeds where a customer gets another address, for whoever else gives them one.

use super::known::Known;
use super::{batch, withdrawals};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::store::{self, Store, StoreError, Tx};

/// Writes into the ledger what was said no to at the customer's new addresses, where it would not count by itself: by
/// people who were erased since, or before an import gave what it can't give there. The plans are the caller's.
///
/// # Errors
/// When the database fails, or the key of erased people's hashes is needed and can't be used.
pub async fn heed(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    before: Option<&Customer>,
    now: Instant,
) -> Result<(), StoreError> {
    let mut known = Known::default();
    known.put(customer.clone());
    let addresses: Vec<_> = [&customer.phone, &customer.email]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    batch::load_said(tx, store, &customer.business_id, &mut known, &addresses).await?;
    withdrawals::heed(&mut known, customer, before, now);
    let lines = std::mem::take(&mut known.changes.consents);
    let lines: Vec<_> = lines.iter().map(|line| line.as_stored(&customer.business_id)).collect();
    store::ledger::add_all(tx, &lines).await
}
