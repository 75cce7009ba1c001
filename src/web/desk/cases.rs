//! Unhappy customers: who sees to each until when, and what was at the bottom of it.

use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::acted::Acted;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::{Said, about, back, desk_of, written};
use super::paging::{begins, paged};
use super::render;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::case::{Case, Cause};
use crate::domain::instant::Instant;
use crate::inbound::case::{self, Closing};
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

/// How many cases a page holds: the most urgent first, or the last closed.
const PAGE: i64 = 50;

/// Which cases a list shows, and where the page begins: after this moment and this case.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Which {
    closed: Option<String>,
    after: Option<i64>,
    #[serde(default)]
    after_id: String,
}

/// `GET /cases`.
pub(in super::super) async fn cases(
    State(app): State<App>,
    staff: Staff,
    Query(which): Query<Which>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let closed = which.closed.is_some();
    let begins = (begins(which.after, closed), which.after_id.as_str());
    let found = if closed {
        store::customer_case::closed_before(&mut tx, &desk.business.id, begins, PAGE + 1).await?
    } else {
        store::customer_case::open_after(&mut tx, &desk.business.id, begins, PAGE + 1).await?
    };
    let (found, next) = paged(found, PAGE, |case| {
        (json!(case.closed_at.unwrap_or(case.due_at).millis()), &case.id)
    });
    let mut rows = Vec::with_capacity(found.len());
    for case in &found {
        rows.push(shown(&mut tx, &desk, case, now).await?);
    }
    let mut page = staff.page();
    page["here"] = json!("cases");
    page["rows"] = json!(rows);
    page["closed"] = json!(closed);
    page["next"] = next;
    page["notice"] = json!(said.notice());
    render("cases.html", &staff.locale()?, &page)
}

/// `GET /cases/{id}`.
pub(in super::super) async fn case(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let case = found(&mut tx, &desk.business, &id).await?;
    let mut page = staff.page();
    page["here"] = json!("cases");
    page["row"] = shown(&mut tx, &desk, &case, app.dispatcher.clock.now()).await?;
    page["causes"] = json!(Cause::ALL);
    page["notice"] = json!(said.notice());
    render("case.html", &staff.locale()?, &page)
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Assignment {
    owner: String,
}

/// `POST /cases/{id}/assign`.
pub(in super::super) async fn assign(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Assignment>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let owner = written(&form.owner).ok_or(WebError::BadRequest("error_say_who"))?;
    let mut tx = app.store().write().await?;
    let case = found(&mut tx, business, &id).await?;
    case::assign(&mut tx, &case, owner, app.dispatcher.clock.now()).await?;
    tx.commit().await?;
    Ok(back(&format!("/cases/{}", case.id), business, "assigned"))
}

#[derive(Debug, Deserialize)]
pub(in super::super) struct Close {
    cause: Cause,
    #[serde(default)]
    note: String,
}

/// `POST /cases/{id}/close`.
pub(in super::super) async fn close(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Close>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let closing = Closing {
        cause: form.cause,
        note: written(&form.note),
        by: &staff.user.name,
    };
    let mut tx = app.store().write().await?;
    let case = found(&mut tx, business, &id).await?;
    let now = app.dispatcher.clock.now();
    let closed = case::close(&mut tx, &app.dispatcher.zones, &case, &closing, now).await?;
    tx.commit().await?;
    app.tell_senders();
    Ok(back("/cases", business, if closed { "closed" } else { "already" }))
}

/// A case of that business; what is another's is not there.
async fn found(tx: &mut Tx, business: &Business, id: &str) -> Result<Case, WebError> {
    let case = store::customer_case::find(tx, id).await?;
    case.filter(|case| case.business_id == business.id)
        .ok_or(WebError::NotFound)
}

async fn shown(tx: &mut Tx, desk: &Desk, case: &Case, now: Instant) -> Result<Value, WebError> {
    let customer = store::customer::find(tx, &case.customer_id).await?;
    let local = |at: Instant| desk.calendar.zone.local(at);
    Ok(json!({
        "id": case.id, "customer": case.customer_id, "by": local(case.due_at), "overdue": case.is_open() && case.due_at < now,
        "who": customer.as_ref().map_or("", |customer| customer.name.as_str()),
        "phone": customer.as_ref().and_then(|customer| customer.phone.as_deref()),
        "owner": case.owner, "words": case.words, "closed_at": case.closed_at.map(local), "cause": case.cause,
        "note": case.note, "score": case.scale.zip(case.score).map(|(scale, score)| scale.in_words(score)),
        "about": about(tx, desk, case.item_kind.zip(case.item_id.as_deref())).await?,
    }))
}
