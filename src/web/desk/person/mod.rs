//! The customer at the desk: the record, consent, notes, everything that is stored, and the end of it.

mod check;
mod consent;
mod edit;
mod erase;
mod export;
mod notes;
mod problems;

use serde_json::Value;

use super::super::error::WebError;
use super::super::staff::Staff;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::store::{self, Tx};

pub(super) use consent::standing;
pub(in super::super) use consent::{consent, number_is_right, tell};
pub(in super::super) use edit::{add, change, edit, new};
pub(in super::super) use erase::{erase, erasure};
pub(in super::super) use export::{as_json, as_text};
pub(super) use notes::latest as notes;
pub(in super::super) use notes::{note, strike};

/// A customer of that business; what is another's is not there, and whoever was erased neither.
pub(super) async fn found(tx: &mut Tx, business: &Business, id: &str) -> Result<Customer, WebError> {
    let customer = store::customer::find(tx, id).await?;
    customer
        .filter(|customer| customer.business_id == business.id && !customer.erased)
        .ok_or(WebError::NotFound)
}

/// The path of a customer's page.
fn path(customer: &Customer) -> String {
    format!("/customers/{}", customer.id)
}

/// What every page about a customer shows, and what this one does.
fn page(staff: &Staff, own: Value) -> Value {
    let mut page = staff.page();
    page["here"] = "customers".into();
    if let (Value::Object(page), Value::Object(own)) = (&mut page, own) {
        page.extend(own);
    }
    page
}
