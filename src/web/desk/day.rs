//! One day of one business, whole: page by page.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::super::error::WebError;
use super::super::staff::Staff;
use super::overview::counted;
use super::render;
use super::rows::{bounds, rows, shifted};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::outbound::plan::Desk;
use crate::store;
use crate::store::report::Filter;

/// How many messages a page holds.
const PAGE: i64 = 50;

/// Where a page begins: after this message.
#[derive(Debug, serde::Deserialize)]
pub(in super::super) struct After {
    after_due: Option<i64>,
    after_id: Option<String>,
}

/// `GET /days/{date}`.
pub(in super::super) async fn day(
    staff: Staff,
    State(app): State<App>,
    Path(date): Path<String>,
    Query(after): Query<After>,
) -> Result<Html<String>, WebError> {
    let date: NaiveDate = date.parse().map_err(|_| WebError::NotFound)?;
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let (from, to) = bounds(&desk.calendar, date);
    let filter = Filter {
        business_id: Some(business.id.clone()),
        since: Some(from),
        until: Some(to - TimeDelta::milliseconds(1)),
        state: None,
    };
    let after = after
        .after_due
        .map(|due| (Instant::from_millis(due), after.after_id.unwrap_or_default()));
    let lines = store::report::page(&mut tx, &filter, after, PAGE).await?;
    let full = i64::try_from(lines.len()).is_ok_and(|count| count == PAGE);
    let next = lines
        .last()
        .filter(|_| full)
        .map(|last| json!({ "due": last.due_at.millis(), "id": last.id }));
    let mut page = staff.page();
    page["date"] = json!(date);
    page["next"] = json!(next);
    page["earlier"] = json!(shifted(date, -1));
    page["later"] = json!(shifted(date, 1));
    page["counts"] = counted(&mut tx, &desk, date).await?;
    page["rows"] = json!(rows(&mut tx, &app, &desk, lines).await?);
    render("day.html", &staff.locale()?, &page)
}
