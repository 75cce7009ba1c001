//! The bookings of a business by day: coming, past or all; of one state; of what somebody looks for.

use axum::extract::{Query, State};
use axum::response::Html;
use serde_json::json;

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::render;
use super::super::rows::bounds;
use super::{PAGE, PARTS, Part, booking_row, hits, is_cut, owners, page, paged};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::item::BookingStatus;
use crate::outbound::plan::Desk;
use crate::store;
use crate::store::lookup::Order;

/// Which bookings, and where the page begins: after this moment and this booking.
#[derive(Debug, serde::Deserialize)]
pub(in super::super::super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    part: Part,
    /// Empty: all of them.
    #[serde(default)]
    state: String,
    after: Option<i64>,
    #[serde(default)]
    after_id: String,
}

/// `GET /bookings`.
pub(in super::super::super) async fn bookings(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let (today, _) = bounds(&desk.calendar, desk.calendar.zone.date(now));
    let (order, begins) = match wanted.part {
        Part::Coming => (Order::NextFirst, today),
        Part::Past => (Order::LastFirst, today),
        Part::All => (Order::LastFirst, Instant::from_millis(i64::MAX)),
    };
    let after = (
        wanted.after.map_or(begins, Instant::from_millis),
        wanted.after_id.as_str(),
    );
    let state: Option<BookingStatus> = wanted.state.parse().ok();
    let states = state.as_ref().map_or(BookingStatus::ALL, std::slice::from_ref);
    let hits = hits(&mut tx, business, "booking", &wanted.q).await?;
    let found = store::lookup::bookings(&mut tx, &business.id, states, hits.as_ref(), order, after, PAGE + 1).await?;
    let (rows, next) = paged(found, |booking| (json!(booking.starts_at.millis()), &booking.id));
    let owners = owners(&mut tx, rows.iter().map(|booking| &booking.customer_id)).await?;
    let page = page(
        &staff,
        json!({
            "here": "bookings", "q": wanted.q, "part": wanted.part, "parts": PARTS, "state": state,
            "states": BookingStatus::ALL, "cut": is_cut(hits.as_ref()),
            "rows": rows.iter().map(|booking| booking_row(booking, &owners)).collect::<Vec<_>>(),
            "next": next,
        }),
    );
    render("bookings.html", &staff.locale()?, &page)
}
