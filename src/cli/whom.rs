//! Whom somebody means: an id, or a phone or mail address as people write them.

use anyhow::Context as _;

use crate::domain::customer::Customer;
use crate::domain::{email_address, phone};
use crate::store::{self, Store, StoreError, Tx};

/// How a customer can be named, for messages.
pub(super) const HOW: &str = "name a customer by our id or your own, by phone (+49…) or by mail address";

/// The ids of the customers that somebody may mean.
pub(super) async fn customers(tx: &mut Tx, text: &str) -> Result<Vec<String>, StoreError> {
    let mut customers = Vec::new();
    for name in names(tx, text).await? {
        let meant = store::report::meant_by(tx, &name).await?;
        customers.extend(
            meant
                .into_iter()
                .filter(|(kind, _)| kind == "customer")
                .map(|(_, id)| id),
        );
        if !customers.is_empty() {
            break;
        }
    }
    customers.sort();
    customers.dedup();
    Ok(customers)
}

/// The one customer that is meant.
pub(super) async fn one(store: &Store, id: &str) -> anyhow::Result<Customer> {
    let mut tx = store.read().await?;
    let mut found = Vec::new();
    for id in customers(&mut tx, id).await? {
        found.extend(store::customer::find(&mut tx, &id).await?);
    }
    match found.len() {
        0 => anyhow::bail!("`{id}` is no customer here: {HOW}; `daybefore why BOOKING` tells whose one is"),
        1 => found.pop().context("a customer"),
        _ => {
            let ids: Vec<_> = found
                .iter()
                .map(|customer| format!("{} ({})", customer.id, customer.business_id))
                .collect();
            anyhow::bail!(
                "`{id}` can mean several customers; name one by our id: {}",
                ids.join(", ")
            )
        }
    }
}

/// What somebody has written, first as it is, then as the address that it may be in the country of a business.
async fn names(tx: &mut Tx, text: &str) -> Result<Vec<String>, StoreError> {
    let mut names = vec![text.to_owned()];
    for business in store::business::all(tx).await? {
        names.extend(address(text, &business.region).filter(|name| !names.contains(name)));
    }
    Ok(names)
}

/// A phone in full, or a mail address as it is stored; none: it is neither.
pub(super) fn address(text: &str, region: &str) -> Option<String> {
    if text.contains('@') {
        return email_address::parse(text).ok();
    }
    // An id of digits alone is no number that somebody dials.
    let dials = text.starts_with(['+', '0', '(']) || text.contains([' ', '-', '/']);
    phone::parse(text, region)
        .ok()
        .filter(|_| dials)
        .map(|phone| phone.e164)
}
