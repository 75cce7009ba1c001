//! What is known, to look up: customers, bookings, renewals.

mod bookings;
mod customer;
mod customers;
mod item;
mod renewals;
mod thread;

use super::super::error::WebError;
use super::super::staff::Staff;
use super::paging;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::item::{Booking, Renewal};
use crate::domain::{email_address, phone, search};
use crate::store::lookup::Hits;
use crate::store::{self, Tx};
use serde_json::{Value, json};

pub(in super::super) use bookings::bookings;
pub(in super::super) use customer::customer;
pub(in super::super) use customers::customers;
pub(super) use customers::look_for;
pub(super) use item::item_page;
pub(in super::super) use item::{booking, renewal};
pub(in super::super) use renewals::renewals;
pub(super) use thread::{Wanted as Page, thread};

/// How many rows a page holds.
const PAGE: i64 = 50;

/// How many customers, and how many bookings or renewals, a search in a list takes up at most.
const MOST_FOUND: i64 = 200;

/// Which part of a list by time is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    #[default]
    Coming,
    Past,
    All,
}

const PARTS: [Part; 3] = [Part::Coming, Part::Past, Part::All];

/// What every page of the desk shows, and what this one does.
pub(super) fn page(staff: &Staff, own: Value) -> Value {
    let mut page = staff.page();
    if let (Value::Object(page), Value::Object(own)) = (&mut page, own) {
        page.extend(own);
    }
    page
}

/// Whose phone, mail address or number in the business's own system somebody typed, each customer once.
async fn meant_exactly(tx: &mut Tx, business: &Business, query: &str) -> Result<Vec<String>, WebError> {
    let phone = phone::parse(query, &business.region).ok().map(|phone| phone.e164);
    let email = email_address::parse(query).ok();
    let (phone, email) = (phone.as_deref(), email.as_deref());
    Ok(store::lookup::customers_by(tx, &business.id, phone, email, query.trim(), MOST_FOUND).await?)
}

/// Customers that somebody looks for: whoever is meant exactly, then whose name it is.
pub(super) async fn sought(tx: &mut Tx, business: &Business, query: &str) -> Result<Vec<Customer>, WebError> {
    let mut ids = meant_exactly(tx, business, query).await?;
    ids.extend(worded(tx, business, "customer", query).await?);
    Ok(store::lookup::customers_of_ids(tx, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?)
}

/// The ids of what has the words that somebody typed: customers, bookings or renewals.
async fn worded(tx: &mut Tx, business: &Business, kind: &str, query: &str) -> Result<Vec<String>, WebError> {
    let prefixes = search::sought(query);
    let found = store::search_word::find(tx, &business.id, kind, &prefixes, None, MOST_FOUND).await?;
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// What a search in the list of bookings or renewals has found. None: nobody searches.
async fn hits(tx: &mut Tx, business: &Business, kind: &str, query: &str) -> Result<Option<Hits>, WebError> {
    if query.trim().is_empty() {
        return Ok(None);
    }
    let mut customers = meant_exactly(tx, business, query).await?;
    customers.extend(worded(tx, business, "customer", query).await?);
    let items = worded(tx, business, kind, query).await?;
    Ok(Some(Hits { customers, items }))
}

/// Whether a search found more than it takes up.
fn is_cut(hits: Option<&Hits>) -> bool {
    let full = |found: &Vec<String>| i64::try_from(found.len()).is_ok_and(|found| found >= MOST_FOUND);
    hits.is_some_and(|hits| full(&hits.customers) || full(&hits.items))
}

/// The rows of a page, and where the next one begins: one row more than a page was asked for.
fn paged<T>(rows: Vec<T>, place: impl Fn(&T) -> (Value, &str)) -> (Vec<T>, Value) {
    paging::paged(rows, PAGE, place)
}

/// The names of those whose bookings or renewals these are.
async fn owners(tx: &mut Tx, ids: impl Iterator<Item = &String>) -> Result<Vec<Customer>, WebError> {
    let mut ids: Vec<&str> = ids.map(String::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(store::lookup::customers_of_ids(tx, &ids).await?)
}

fn name_of<'a>(owners: &'a [Customer], id: &str) -> &'a str {
    let owner = owners.iter().find(|customer| customer.id == id);
    owner.map_or("", |customer| customer.name.as_str())
}

fn booking_row(booking: &Booking, owners: &[Customer]) -> Value {
    json!({
        "id": booking.id, "starts": booking.starts, "customer": booking.customer_id,
        "who": name_of(owners, &booking.customer_id), "service": booking.service, "vehicle": booking.vehicle,
        "status": booking.status, "number": booking.external_id,
    })
}

fn renewal_row(renewal: &Renewal, owners: &[Customer]) -> Value {
    json!({
        "id": renewal.id, "ends_on": renewal.ends_on, "customer": renewal.customer_id,
        "who": name_of(owners, &renewal.customer_id), "kind": renewal.kind, "subject": renewal.subject,
        "reference": renewal.reference, "status": renewal.status, "number": renewal.external_id,
    })
}
