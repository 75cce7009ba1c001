//! The customers of a business: all by name, or those that somebody looks for.

use axum::extract::{Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::Said;
use super::super::render;
use super::{PAGE, meant_exactly, page, paged, worded};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::search;
use crate::store::{self, Tx};

/// What is looked for, and where the page begins: after this name or word, and this customer.
#[derive(Debug, serde::Deserialize)]
pub(in super::super::super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    after_id: String,
}

/// `GET /customers`.
pub(in super::super::super) async fn customers(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let (rows, next) = if wanted.q.trim().is_empty() {
        by_name(&mut tx, business, &wanted).await?
    } else {
        found(&mut tx, business, &wanted).await?
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let page = page(
        &staff,
        json!({ "here": "customers", "q": wanted.q, "rows": rows, "next": next, "notice": said.notice() }),
    );
    render("customers.html", &staff.locale()?, &page)
}

/// A page of customers, and where the next one begins.
type Listed = (Vec<Customer>, Value);

async fn by_name(tx: &mut Tx, business: &Business, wanted: &Wanted) -> Result<Listed, WebError> {
    let after = (wanted.after.as_str(), wanted.after_id.as_str());
    let found = store::lookup::customers(tx, &business.id, after, PAGE + 1).await?;
    Ok(paged(found, |last| {
        (json!(store::customer::name_key(&last.name)), &last.id)
    }))
}

/// Whoever is meant exactly comes first, then whose name it is; on the first page also whose vehicle or policy it is.
async fn found(tx: &mut Tx, business: &Business, wanted: &Wanted) -> Result<Listed, WebError> {
    let after = Some((wanted.after.as_str(), wanted.after_id.as_str())).filter(|(_, id)| !id.is_empty());
    let prefixes = search::sought(&wanted.q);
    let named = store::search_word::find(tx, &business.id, "customer", &prefixes, after, PAGE + 1).await?;
    let (named, next) = paged(named, |(word, id)| (json!(word), id));
    let mut ids = Vec::new();
    if after.is_none() {
        ids.extend(meant_exactly(tx, business, &wanted.q).await?);
    }
    ids.extend(named.into_iter().map(|(_, id)| id));
    if after.is_none() {
        let mut items = worded(tx, business, "booking", &wanted.q).await?;
        items.extend(worded(tx, business, "renewal", &wanted.q).await?);
        let items: Vec<_> = items.iter().map(String::as_str).collect();
        ids.extend(store::lookup::owners(tx, &items).await?);
    }
    let known = store::lookup::customers_of_ids(tx, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let mut rows: Vec<Customer> = Vec::new();
    for id in ids {
        let is_new = rows.iter().all(|row| row.id != id);
        rows.extend(known.iter().find(|known| known.id == id).filter(|_| is_new).cloned());
    }
    Ok((rows, next))
}

/// The first of those whom somebody may mean.
pub(in super::super) async fn look_for(
    tx: &mut Tx,
    business: &Business,
    query: &str,
) -> Result<Vec<Customer>, WebError> {
    let wanted = Wanted {
        q: query.to_owned(),
        after: String::new(),
        after_id: String::new(),
    };
    Ok(found(tx, business, &wanted).await?.0)
}

fn row(customer: &Customer) -> Value {
    json!({
        "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email,
        "standing": customer.standing, "number": customer.external_id,
    })
}
