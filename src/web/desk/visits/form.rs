//! The form itself: empty, filled with what is, or with what was typed and what is wrong with it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::lookup::{look_for, page};
use super::super::render;
use super::fields::{Fields, Proposed, told};
use super::{Target, found};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::item::{ItemKind, RenewalKind, Standing};
use crate::domain::locale::languages;
use crate::outbound::desk_change::{Why, Wrong};
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

/// How many of those whom a search has found can be chosen from.
const MOST_FOUND: usize = 20;

/// A form that is being answered.
pub(super) struct Form<'a> {
    pub app: &'a App,
    pub staff: &'a Staff,
    pub desk: &'a Desk,
    pub target: &'a Target,
}

/// `GET /bookings/new`, `GET /renewals/new`: for somebody known, somebody looked for, or somebody new.
pub(super) async fn blank(
    app: &App,
    staff: &Staff,
    kind: ItemKind,
    customer: &str,
    find: &str,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let form = Form {
        app,
        staff,
        desk: &desk,
        target: &Target::Add(kind),
    };
    let mut fields = Fields {
        customer: customer.to_owned(),
        ..Fields::default()
    };
    let mut known = Vec::new();
    if !find.trim().is_empty() {
        known = look_for(&mut tx, business, find).await?;
        known.truncate(MOST_FOUND);
        // Whoever was looked for in vain is most likely new, by the name that was typed.
        if known.is_empty() && find.chars().all(|c| !c.is_ascii_digit() && c != '@') {
            find.trim().clone_into(&mut fields.name);
        }
    }
    let mut shown = form.shown(&mut tx, &fields, &[]).await?;
    shown["find"] = json!(find);
    shown["found"] = known
        .iter()
        .map(|customer| json!({ "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email }))
        .collect();
    answer(staff, StatusCode::OK, shown)
}

/// `GET /bookings/{id}/change`, `GET /renewals/{id}/change`.
pub(super) async fn filled(
    app: &App,
    staff: &Staff,
    kind: ItemKind,
    id: &str,
    proposed: Proposed,
) -> Result<Response, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let item = found(&mut tx, business, kind, id).await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let form = Form {
        app,
        staff,
        desk: &desk,
        target: &Target::Edit(kind, id.to_owned()),
    };
    let shown = form.shown(&mut tx, &Fields::of(&item).with(proposed), &[]).await?;
    answer(staff, StatusCode::OK, shown)
}

impl Form<'_> {
    /// The form with what was typed, and what is wrong with it.
    pub(super) async fn show(&self, tx: &mut Tx, fields: &Fields, wrong: &[Wrong]) -> Result<Response, WebError> {
        let status = if wrong.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        answer(self.staff, status, self.shown(tx, fields, wrong).await?)
    }

    /// The form with what was typed, where somebody else has changed the rest meanwhile.
    pub(super) async fn show_changed(&self, tx: &mut Tx, fields: &Fields) -> Result<Response, WebError> {
        let mut shown = self.shown(tx, fields, &[]).await?;
        shown["meanwhile"] = json!(true);
        answer(self.staff, StatusCode::CONFLICT, shown)
    }

    async fn shown(&self, tx: &mut Tx, fields: &Fields, wrong: &[Wrong]) -> Result<Value, WebError> {
        let business = &self.desk.business;
        let mut about = Value::Null;
        let mut base = String::new();
        let mut customer_id = fields.customer.clone();
        if let Target::Edit(kind, id) | Target::Become(kind, id) = self.target {
            let item = found(tx, business, *kind, id).await?;
            item.customer_id().clone_into(&mut customer_id);
            base = Fields::of(&item).as_base();
            about = json!({
                "id": id, "number": item.external_id(),
                "over": !matches!(item.standing(), Standing::Live | Standing::Pending),
            });
        }
        let customer = match customer_id.as_str() {
            "" => None,
            id => Some(customer(tx, business, id).await?),
        };
        let errors: BTreeMap<_, _> = wrong.iter().map(told).collect();
        Ok(json!({
            "here": format!("{}s", self.target.kind()), "kind": self.target.kind(), "action": self.target.path(),
            "adds": matches!(self.target, Target::Add(_)), "fields": fields, "base": base, "about": about,
            "customer": customer, "errors": errors, "asks_past": wrong.iter().any(|wrong| wrong.why == Why::Past),
            "kinds": RenewalKind::ALL, "languages": languages(),
        }))
    }

    /// A status that can't be taken on: the page of the item with what is wrong.
    pub(super) async fn item_with_errors(
        &self,
        kind: ItemKind,
        id: &str,
        fields: &Fields,
        wrong: &[Wrong],
    ) -> Result<Response, WebError> {
        let errors: BTreeMap<_, _> = wrong.iter().map(told).collect();
        let extra = json!({ "errors": errors, "fields": fields });
        let page = super::super::lookup::item_page(self.staff, self.app, kind, id, extra).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

async fn customer(tx: &mut Tx, business: &Business, id: &str) -> Result<Value, WebError> {
    let customer = store::customer::find(tx, id).await?;
    let customer = customer.filter(|customer| customer.business_id == business.id);
    let customer = customer.ok_or(WebError::NotFound)?;
    Ok(json!({ "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email }))
}

fn answer(staff: &Staff, status: StatusCode, shown: Value) -> Result<Response, WebError> {
    let page = render("visit_form.html", &staff.locale()?, &page(staff, shown))?;
    Ok((status, page).into_response())
}
