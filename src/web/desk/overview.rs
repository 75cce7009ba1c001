//! The first page: today, tomorrow, who is unhappy, what waits, what went wrong, who is to be phoned, and the days around.

use axum::extract::State;
use axum::response::Html;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use super::rows::{bounds, rows, shifted};
use super::talk::conversations;
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::message::State as Standing;
use crate::domain::user::Role;
use crate::outbound::plan::Desk;
use crate::store::conversation::Whose;
use crate::store::lane::PausedLane;
use crate::store::report::Filter;
use crate::store::{self, Tx};

/// How many messages of a day the overview shows; the day's own page has them all.
const SHOWN_A_DAY: i64 = 40;

/// How many calls, and how many messages that went wrong, it shows.
const SHOWN_TROUBLES: i64 = 5;

/// A day with more messages than this is counted as "so many and more".
pub(super) const MOST_COUNTED: i64 = 5_000;

/// The days around today that are counted.
const DAYS_AROUND: std::ops::RangeInclusive<i64> = -7..=7;

/// What went wrong within this time is shown; and what is about to be impossible, as far ahead.
const TROUBLE_WINDOW: TimeDelta = TimeDelta::days(3);

/// `GET /`.
pub(in super::super) async fn overview(staff: Staff, State(app): State<App>) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let mut page = staff.page();
    page["here"] = json!("today");
    page["stopped"] = json!(stopped(&mut tx, &staff).await?);
    page["zone_data"] = json!(app.dispatcher.zones.version());
    page["version"] = json!(env!("CARGO_PKG_VERSION"));
    if let Some(business) = staff.business() {
        let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
        let local = desk.calendar.zone.local(now);
        let today = local.date();
        page["now"] = json!(local);
        page["days"] = json!([
            listed_day(&mut tx, &app, &desk, today, "today").await?,
            listed_day(&mut tx, &app, &desk, shifted(today, 1), "tomorrow").await?,
        ]);
        page["around"] = around(&mut tx, &desk, today).await?;
        page["troubles"] = troubles(&mut tx, &app, &desk, now).await?;
        page["cases"] = cases(&mut tx, &desk, now).await?;
        page["open_cases"] = json!(store::customer_case::open_count(&mut tx, &business.id).await?);
        let owner = staff.role() == Some(Role::Owner);
        let (waiting, _) = store::conversation::counts(&mut tx, &business.id, owner, MOST_COUNTED).await?;
        page["waiting"] = json!(waiting);
        let whose = Whose::Everybodys;
        let urgent = store::conversation::waiting(&mut tx, &business.id, whose, owner, None, SHOWN_TROUBLES).await?;
        page["inbox"] = conversations(&mut tx, &desk, &staff, &urgent, now).await?;
        page["calls"] = calls(&mut tx, &desk, now).await?;
        page["open_calls"] = json!(store::call::open_count(&mut tx, &business.id, now).await?);
    }
    render("overview.html", &staff.locale()?, &page)
}

/// Senders that wait for an operator: those that all share, and the user's own.
async fn stopped(tx: &mut Tx, staff: &Staff) -> Result<Vec<PausedLane>, WebError> {
    let mut paused = store::lane::paused(tx).await?;
    let is_anothers = |lane: &str| lane.split_once('/').is_some_and(|(_, id)| staff.of(id).is_none());
    paused.retain(|paused| !is_anothers(&paused.lane));
    Ok(paused)
}

async fn listed_day(tx: &mut Tx, app: &App, desk: &Desk, date: NaiveDate, name: &str) -> Result<Value, WebError> {
    let (from, to) = bounds(&desk.calendar, date);
    let filter = Filter {
        business_id: Some(desk.business.id.clone()),
        since: Some(from),
        until: Some(to - TimeDelta::milliseconds(1)),
        state: None,
    };
    let lines = store::report::page(tx, &filter, None, SHOWN_A_DAY).await?;
    let shown = lines.len();
    let (skipped, going): (Vec<_>, Vec<_>) = rows(tx, app, desk, lines)
        .await?
        .into_iter()
        .partition(|row| row.skipped);
    let counted = counted(tx, desk, date).await?;
    let more = counted["total"].as_i64().unwrap_or_default() - i64::try_from(shown).unwrap_or_default();
    Ok(json!({
        "name": name, "date": date, "going": going, "skipped": skipped, "counts": counted,
        "more": more,
    }))
}

/// How many messages of a day are to go, went, will not go, or failed.
pub(super) async fn counted(tx: &mut Tx, desk: &Desk, date: NaiveDate) -> Result<Value, WebError> {
    let (from, to) = bounds(&desk.calendar, date);
    let counts = store::report::counts_between(tx, &desk.business.id, from, to, MOST_COUNTED).await?;
    let sum = |states: &[Standing]| -> i64 {
        counts
            .iter()
            .filter(|(state, _)| states.contains(state))
            .map(|(_, count)| count)
            .sum()
    };
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    Ok(json!({
        "to_go": sum(&[Standing::Planned, Standing::Sending, Standing::Held]),
        "gone": sum(&[Standing::Accepted, Standing::Delivered]),
        "wrong": sum(&[Standing::Failed, Standing::Unknown]),
        "not_sent": sum(&[Standing::Skipped]),
        "total": total,
        "and_more": total >= MOST_COUNTED,
    }))
}

async fn around(tx: &mut Tx, desk: &Desk, today: NaiveDate) -> Result<Value, WebError> {
    let mut days = Vec::new();
    for distance in DAYS_AROUND {
        let date = shifted(today, distance);
        let counts = counted(tx, desk, date).await?;
        days.push(json!({ "date": date, "counts": counts, "today": distance == 0 }));
    }
    Ok(days.into())
}

async fn troubles(tx: &mut Tx, app: &App, desk: &Desk, now: Instant) -> Result<Value, WebError> {
    let (from, to) = (now - TROUBLE_WINDOW, now + TROUBLE_WINDOW);
    let lines = store::report::troubled(tx, &desk.business.id, from, to, SHOWN_TROUBLES).await?;
    Ok(json!(rows(tx, app, desk, lines).await?))
}

async fn cases(tx: &mut Tx, desk: &Desk, now: Instant) -> Result<Value, WebError> {
    let mut cases = Vec::new();
    for case in store::customer_case::open_cases(tx, Some(&desk.business.id), SHOWN_TROUBLES).await? {
        let customer = store::customer::find(tx, &case.customer_id).await?;
        cases.push(json!({
            "id": case.id, "by": desk.calendar.zone.local(case.due_at), "overdue": case.due_at < now,
            "phone": customer.as_ref().and_then(|who| who.phone.clone()),
            "who": customer.map_or_else(String::new, |customer| customer.name),
            "owner": case.owner, "words": case.words,
            "score": case.scale.zip(case.score).map(|(scale, score)| scale.in_words(score)),
        }));
    }
    Ok(cases.into())
}

async fn calls(tx: &mut Tx, desk: &Desk, now: Instant) -> Result<Value, WebError> {
    let mut calls = Vec::new();
    for call in store::call::most_urgent(tx, &desk.business.id, now, SHOWN_TROUBLES).await? {
        let customer = store::customer::find(tx, &call.customer_id).await?;
        calls.push(json!({
            "who": customer.map_or_else(String::new, |customer| customer.name),
            "customer": call.customer_id, "phone": call.phone, "script": call.script, "message": call.message_id,
            "before": desk.calendar.zone.local(call.due_at),
        }));
    }
    Ok(calls.into())
}
