//! Whom to phone, what to say, and what came of it.

use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::acted::Acted;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::{Said, back, desk_of, written};
use super::paging::{begins, paged};
use super::render;
use crate::app::App;
use crate::domain::call::CallOutcome;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::inbound::call::{self, CallError, Called};
use crate::outbound::plan::Desk;
use crate::store::call::Call;
use crate::store::{self, Tx};

/// How many calls a page holds: the most urgent first, or the last made.
const PAGE: i64 = 30;

/// Which calls a list shows, and where the page begins: after this moment and this call.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Which {
    made: Option<String>,
    after: Option<i64>,
    #[serde(default)]
    after_id: String,
}

/// `GET /calls`.
pub(in super::super) async fn calls(
    State(app): State<App>,
    staff: Staff,
    Query(which): Query<Which>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let made = which.made.is_some();
    let begins = (begins(which.after, made), which.after_id.as_str());
    let found = if made {
        store::call::made_before(&mut tx, &desk.business.id, begins, PAGE + 1).await?
    } else {
        store::call::urgent_after(&mut tx, &desk.business.id, now, begins, PAGE + 1).await?
    };
    let (found, next) = paged(found, PAGE, |call| {
        (json!(call.done_at.unwrap_or(call.due_at).millis()), &call.id)
    });
    let mut rows = Vec::with_capacity(found.len());
    for call in &found {
        rows.push(shown(&mut tx, &desk, call, now).await?);
    }
    let mut page = staff.page();
    page["here"] = json!("calls");
    page["rows"] = json!(rows);
    page["made"] = json!(made);
    page["next"] = next;
    page["notice"] = json!(said.notice());
    render("calls.html", &staff.locale()?, &page)
}

async fn shown(tx: &mut Tx, desk: &Desk, call: &Call, now: Instant) -> Result<Value, WebError> {
    let customer = store::customer::find(tx, &call.customer_id).await?;
    let message = store::report::message(tx, &call.message_id).await?;
    let about = message.map_or(ItemKind::Reply, |message| message.item_kind);
    let outcomes: Vec<_> = CallOutcome::ALL.iter().filter(|outcome| outcome.fits(about)).collect();
    let local = |at: Instant| desk.calendar.zone.local(at);
    Ok(json!({
        "id": call.id, "who": customer.map_or_else(String::new, |customer| customer.name), "phone": call.phone,
        "script": call.script, "before": local(call.due_at), "overdue": call.due_at < now,
        "not_before": call.call_at.map(local), "outcomes": outcomes, "outcome": call.outcome, "note": call.note,
        "done_at": call.done_at.map(local), "done_by": call.done_by,
    }))
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Made {
    outcome: CallOutcome,
    #[serde(default)]
    note: String,
    /// On the business's wall clock, as browsers write it; empty: nobody is to call again.
    #[serde(default)]
    again: String,
}

/// `POST /calls/{id}`.
pub(in super::super) async fn made(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Made>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let call = store::call::find(&mut tx, &id).await?;
    let call = call
        .filter(|call| call.business_id == business.id)
        .ok_or(WebError::NotFound)?;
    let again = match written(&form.again) {
        None => None,
        Some(text) => match NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
            Ok(at) => Some(desk.calendar.zone.instant(at)),
            Err(_) => return Ok(back("/calls", business, "when_again")),
        },
    };
    if again.is_some_and(|at| at <= now) || (again.is_none() && form.outcome == CallOutcome::CallBack) {
        return Ok(back("/calls", business, "when_again"));
    }
    let called = Called {
        outcome: form.outcome,
        note: written(&form.note),
        by: &staff.user.name,
        again,
    };
    match call::made(&mut tx, &app.dispatcher.zones, &call, &called, now).await {
        Ok(()) => tx.commit().await?,
        Err(CallError::Made(_)) => return Ok(back("/calls", business, "call_made")),
        Err(CallError::Outcome { .. }) => return Err(WebError::BadRequest("error_call_end")),
        Err(error) => return Err(error.into()),
    }
    app.tell_senders();
    Ok(back("/calls", business, "called"))
}
