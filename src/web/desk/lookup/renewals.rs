//! The renewals of a business by the date on which they end: coming, past or all; of one kind and state; of what somebody
//! looks for.

use axum::extract::{Query, State};
use axum::response::Html;
use chrono::NaiveDate;
use serde_json::json;

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::render;
use super::{PAGE, PARTS, Part, hits, is_cut, owners, page, paged, renewal_row};
use crate::app::App;
use crate::domain::item::{RenewalKind, RenewalStatus};
use crate::domain::local::LocalDate;
use crate::outbound::plan::Desk;
use crate::store;
use crate::store::lookup::Order;

/// Which renewals, and where the page begins: after this date and this renewal.
#[derive(Debug, serde::Deserialize)]
pub(in super::super::super) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    part: Part,
    /// Empty: all of them.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    after_id: String,
}

/// `GET /renewals`.
pub(in super::super::super) async fn renewals(
    staff: Staff,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let today = LocalDate(desk.calendar.zone.date(now));
    let (order, begins) = match wanted.part {
        Part::Coming => (Order::NextFirst, today),
        Part::Past => (Order::LastFirst, today),
        Part::All => (Order::LastFirst, LocalDate(last_day())),
    };
    let after = (wanted.after.parse().unwrap_or(begins), wanted.after_id.as_str());
    let kind: Option<RenewalKind> = wanted.kind.parse().ok();
    let state: Option<RenewalStatus> = wanted.state.parse().ok();
    let which = (
        kind.as_ref().map_or(RenewalKind::ALL, std::slice::from_ref),
        state.as_ref().map_or(RenewalStatus::ALL, std::slice::from_ref),
    );
    let hits = hits(&mut tx, business, "renewal", &wanted.q).await?;
    let found = store::lookup::renewals(&mut tx, &business.id, which, hits.as_ref(), order, after, PAGE + 1).await?;
    let (rows, next) = paged(found, |renewal| (json!(renewal.ends_on), &renewal.id));
    let owners = owners(&mut tx, rows.iter().map(|renewal| &renewal.customer_id)).await?;
    let page = page(
        &staff,
        json!({
            "here": "renewals", "q": wanted.q, "part": wanted.part, "parts": PARTS, "kind": kind,
            "kinds": RenewalKind::ALL, "state": state, "states": RenewalStatus::ALL, "cut": is_cut(hits.as_ref()),
            "rows": rows.iter().map(|renewal| renewal_row(renewal, &owners)).collect::<Vec<_>>(),
            "next": next,
        }),
    );
    render("renewals.html", &staff.locale()?, &page)
}

/// Behind every date that is written with four digits of a year.
fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}
