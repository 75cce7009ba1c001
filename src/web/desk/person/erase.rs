//! Forgetting a customer for good: what goes, what stays, and the name to type.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::super::render;
use super::{found, page};
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::message::State as MessageState;
use crate::domain::record::name_key;
use crate::outbound::erasure::erase as forget;
use crate::store::{self, Tx};

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Typed {
    name: String,
}

/// `GET /customers/{id}/erase`: for owners.
pub(in super::super::super) async fn erasure(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = found(&mut tx, business, &id).await?;
    staff.only_owner()?;
    shown(&mut tx, &staff, &customer, None).await
}

/// `POST /customers/{id}/erase`: the same act as `daybefore erase`.
pub(in super::super::super) async fn erase(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Typed>,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = found(&mut tx, business, &id).await?;
    staff.only_owner()?;
    if name_key(&form.name) != name_key(to_type(&customer)) {
        return shown(&mut tx, &staff, &customer, Some(&form.name)).await;
    }
    drop(tx);
    let now = app.dispatcher.clock.now();
    let erased = forget(&app.dispatcher, &customer.id, now).await?;
    tracing::info!(customer = %customer.id, user = %staff.user.id, "a customer was erased at the desk");
    app.tell_senders();
    let said = if erased.is_some() { "erased" } else { "already" };
    Ok(back("/customers", business, said).into_response())
}

/// What a user types to show that this very customer is meant.
fn to_type(customer: &Customer) -> &str {
    let known = [
        Some(&customer.name).filter(|name| !name.trim().is_empty()),
        customer.phone.as_ref(),
        customer.email.as_ref(),
        customer.external_id.as_ref(),
    ];
    known.into_iter().flatten().next().unwrap_or(&customer.id)
}

async fn shown(tx: &mut Tx, staff: &Staff, customer: &Customer, typed: Option<&str>) -> Result<Response, WebError> {
    let coming = store::report::unsettled_of(tx, &customer.id).await?;
    let waits = |line: &&store::report::Line| matches!(line.state, MessageState::Planned | MessageState::Held);
    let page = page(
        staff,
        json!({
            "customer": { "id": customer.id, "name": customer.name }, "to_type": to_type(customer), "typed": typed,
            "coming": coming.iter().filter(waits).count(),
        }),
    );
    let status = if typed.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, render("customer_erase.html", &staff.locale()?, &page)?).into_response())
}
