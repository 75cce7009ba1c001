//! One booking or renewal with its messages.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::Said;
use super::super::render;
use super::super::rows::rows;
use super::super::visits::{history, offer};
use super::{booking_row, page, renewal_row};
use crate::app::App;
use crate::domain::item::{Item, ItemKind, Standing};
use crate::outbound::desk_change::can_become;
use crate::outbound::plan::Desk;
use crate::store;

/// How many messages of an item are shown: the latest.
const MOST_MESSAGES: usize = 100;

/// `GET /bookings/{id}`.
pub(in super::super::super) async fn booking(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    item_page(&staff, &app, ItemKind::Booking, &id, json!({ "notice": said.notice() })).await
}

/// `GET /renewals/{id}`.
pub(in super::super::super) async fn renewal(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    item_page(&staff, &app, ItemKind::Renewal, &id, json!({ "notice": said.notice() })).await
}

/// The page of an item, with what else is to be said on it.
pub(in super::super) async fn item_page(
    staff: &Staff,
    app: &App,
    kind: ItemKind,
    id: &str,
    also: Value,
) -> Result<Html<String>, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let item = store::item::find(&mut tx, kind, id).await?;
    let item = item
        .filter(|item| item.business_id() == business.id)
        .ok_or(WebError::NotFound)?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let customer: Vec<_> = store::customer::find(&mut tx, item.customer_id())
        .await?
        .into_iter()
        .collect();
    let mut lines = store::report::of_item(&mut tx, id).await?;
    let earlier = lines.len().saturating_sub(MOST_MESSAGES);
    lines.drain(..earlier);
    let (facts, changed_at) = match &item {
        Item::Booking(booking) => (booking_row(booking, &customer), booking.changed_at),
        Item::Renewal(renewal) => (renewal_row(renewal, &customer), renewal.changed_at),
        Item::Case(_) | Item::Reply(_) => return Err(WebError::NotFound),
    };
    let price = match &item {
        Item::Renewal(renewal) => json!([renewal.offer_amount, renewal.offer_currency, renewal.offer_url]),
        _ => json!(null),
    };
    let minutes = match &item {
        Item::Booking(booking) => booking.duration_minutes,
        _ => None,
    };
    let now = app.dispatcher.clock.now();
    let mut shown = json!({
            "here": format!("{kind}s"), "can": can_become(&item),
            "ahead": matches!(item.standing(), Standing::Live | Standing::Pending),
            "undo": offer(&mut tx, &desk, &item, now).await?, "history": history(&mut tx, &desk, id).await?,
            "kind": kind, "item": facts, "minutes": minutes, "offer": price,
            "changed": desk.calendar.zone.local(changed_at), "rows": rows(&mut tx, app, &desk, lines).await?,
    });
    if let (Value::Object(shown), Value::Object(also)) = (&mut shown, also) {
        shown.extend(also);
    }
    render("item.html", &staff.locale()?, &page(staff, shown))
}
