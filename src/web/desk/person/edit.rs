//! The record: a new one, and changes of one. What a change does is said before it is saved.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{back, desk_of};
use super::super::render;
use super::problems::phrase;
use super::{check, found, page, path};
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::link;
use crate::domain::locale::languages;
use crate::domain::message::Channel;
use crate::domain::record::{Field, Problem, Read, Typed, differences};
use crate::inbound::agreement::{Told, tell};
use crate::outbound::plan::Desk;
use crate::outbound::record::{self, Change, NewAddress};
use crate::store::Tx;

/// The standings that the program knows; a business's own system may have others.
const STANDINGS: [&str; 2] = ["regular", "vip"];

/// The form.
#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Sent {
    #[serde(flatten)]
    typed: Typed,
    /// The record that the form was made from.
    #[serde(default)]
    seen: String,
    /// What the user has been told already.
    #[serde(default)]
    sure: String,
    /// The no's of the address before hold for the new one as well.
    carry: Option<String>,
}

/// `GET /customers/new`, with what is known already.
pub(in super::super::super) async fn new(staff: Staff, Query(typed): Query<Typed>) -> Result<Response, WebError> {
    staff.business().ok_or(WebError::NotFound)?;
    let form = json!({ "typed": typed, "seen": "" });
    shown(&staff, StatusCode::OK, None, form)
}

/// `GET /customers/{id}/edit`.
pub(in super::super::super) async fn edit(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let customer = found(&mut app.store().read().await?, business, &id).await?;
    let form = json!({ "typed": Typed::of(&customer), "seen": seen(&customer) });
    shown(&staff, StatusCode::OK, Some(&customer), form)
}

/// `POST /customers`.
pub(in super::super::super) async fn add(
    State(app): State<App>,
    Acted { staff, form }: Acted<Sent>,
) -> Result<Response, WebError> {
    save(&app, &staff, None, &form).await
}

/// `POST /customers/{id}/edit`.
pub(in super::super::super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Sent>,
) -> Result<Response, WebError> {
    save(&app, &staff, Some(&id), &form).await
}

async fn save(app: &App, staff: &Staff, id: Option<&str>, form: &Sent) -> Result<Response, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let desk = desk_of(&mut tx, app, staff).await?;
    let before = match id {
        Some(id) => Some(found(&mut tx, &desk.business, id).await?),
        None => None,
    };
    if let Some(before) = before.as_ref().filter(|before| form.seen != seen(before)) {
        let there = Typed::of(before);
        let own = json!({ "typed": form.typed, "seen": seen(before), "there": there });
        return shown(staff, StatusCode::CONFLICT, Some(before), own);
    }
    let nobody = || Customer::unknown(new_id(now), desk.business.id.clone());
    let was = before.clone().unwrap_or_else(nobody);
    let read = match form.typed.read(&was, &desk.business.region) {
        Ok(read) => read,
        Err(problems) => {
            let own = json!({ "typed": form.typed, "seen": form.seen, "errors": phrases(&problems) });
            return shown(staff, StatusCode::UNPROCESSABLE_ENTITY, before.as_ref(), own);
        }
    };
    if differences(&was, &read.customer).is_empty() {
        return Ok(back(&path(&was), &desk.business, "unchanged").into_response());
    }
    let by = staff.user.name.as_str();
    let change = Change {
        before: before.as_ref(),
        after: &read.customer,
        by,
    };
    let addresses = record::new_addresses(&mut tx, &change).await?;
    let effects = record::write(&mut tx, app.store(), &desk, &change, now).await?;
    if check::is_needed(&read, &addresses, &effects) && form.sure != check::mark(&read, &addresses) {
        let checked = check::shown(&mut tx, app, &desk, &read, &addresses, effects).await?;
        let own = json!({ "typed": form.typed, "seen": form.seen, "check": checked });
        return shown(staff, StatusCode::OK, before.as_ref(), own);
    }
    if form.carry.is_some() {
        carry(&mut tx, app, &desk, &read, &addresses, by, now).await?;
    }
    tx.commit().await?;
    app.tell_senders();
    let said = if before.is_some() { "saved" } else { "added" };
    Ok(back(&path(&read.customer), &desk.business, said).into_response())
}

/// Says no at the new addresses to what the customer has said no to at those before.
async fn carry(
    tx: &mut Tx,
    app: &App,
    desk: &Desk,
    read: &Read,
    addresses: &[NewAddress; 2],
    by: &str,
    now: Instant,
) -> Result<(), WebError> {
    let wording = format!("said at the address before ({})", desk.business.name);
    for (channel, purpose) in addresses.iter().flat_map(|address| &address.left_behind) {
        let told = Told {
            given: false,
            channels: &[*channel],
            purposes: &[*purpose],
            wording: Some(&wording),
            by,
        };
        // Where the customer has no address on that channel, there is nothing to keep it for.
        let _no_address = tell(tx, &app.dispatcher.zones, &read.customer, &told, now).await?;
    }
    Ok(())
}

/// The mark of a record, by which a form knows whether it is still the one it was made from.
fn seen(customer: &Customer) -> String {
    link::hash(&json!(customer).to_string())
}

fn phrases(problems: &BTreeMap<Field, Problem>) -> Value {
    let told = problems
        .iter()
        .map(|(field, problem)| (field.to_string(), phrase(problem)));
    Value::Object(told.collect())
}

fn shown(staff: &Staff, status: StatusCode, customer: Option<&Customer>, own: Value) -> Result<Response, WebError> {
    let mut page = page(staff, own);
    page["customer"] = json!(customer.map(|customer| json!({ "id": customer.id, "name": customer.name })));
    page["languages"] = json!(languages());
    page["channels"] = json!(Channel::ALL);
    page["standings"] = json!(STANDINGS);
    Ok((status, render("customer_edit.html", &staff.locale()?, &page)?).into_response())
}
