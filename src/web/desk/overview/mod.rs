//! The first page, for the morning: what is wrong, who comes today and tomorrow, who must be called or answered, what ends
//! soon, and the days around.

mod people;
mod urgent;

use axum::extract::State;
use axum::response::Html;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::render;
use super::rows::{bounds, rows, shifted};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::message::State as Standing;
use crate::outbound::plan::Desk;
use crate::outbound::problems::{self, MOST_COUNTED as MOST_LATE, Problem};
use crate::store::{self, Tx};

/// How many messages that went wrong it shows.
const SHOWN_TROUBLES: i64 = 5;

/// A day with more messages than this is counted as "so many and more".
pub(super) const MOST_COUNTED: i64 = 5_000;

/// Days around today that are counted.
const DAYS_AROUND: std::ops::RangeInclusive<i64> = -2..=2;

/// What went wrong within this time is shown; and what is about to be impossible, as far ahead.
const TROUBLE_WINDOW: TimeDelta = TimeDelta::days(3);

/// `GET /`.
pub(in super::super) async fn overview(staff: Staff, State(app): State<App>) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let mut page = staff.page();
    page["here"] = json!("today");
    page["zone_data"] = json!(app.dispatcher.zones.version());
    page["version"] = json!(env!("CARGO_PKG_VERSION"));
    if let Some(business) = staff.business() {
        let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
        let local = desk.calendar.zone.local(now);
        page["now"] = json!(local);
        page["today"] = json!(local.date());
        page["fresh"] = json!(is_fresh(&mut tx, &business.id).await?);
        page["problems"] = stands_in_the_way(&mut tx, &app, &desk, now).await?;
        let troubles = troubles(&mut tx, &app, &desk, now).await?;
        page["troubles"] = json!(troubles);
        let last = problems::last_gone(&mut tx, &business.id, now).await?;
        page["last_gone"] = json!(last.map(|last| desk.calendar.zone.local(last)));
        page["days"] = people::days(&mut tx, &desk, local.date()).await?;
        page["ends"] = people::ends(&mut tx, &desk, local.date()).await?;
        urgent::add(&mut tx, &desk, &staff, now, &mut page).await?;
        page["around"] = around(&mut tx, &desk, local.date()).await?;
    }
    render("overview.html", &staff.locale()?, &page)
}

/// Whether nothing has been imported or booked yet.
async fn is_fresh(tx: &mut Tx, business_id: &str) -> Result<bool, WebError> {
    Ok(store::lookup::customers(tx, business_id, ("", ""), 1).await?.is_empty())
}

async fn stands_in_the_way(tx: &mut Tx, app: &App, desk: &Desk, now: Instant) -> Result<Value, WebError> {
    let problems = problems::problems(tx, &app.dispatcher, desk, now).await?;
    let local = |at: Instant| desk.calendar.zone.local(at);
    let shown = problems.into_iter().map(|problem| match problem {
        Problem::Stopped {
            channel,
            failure,
            code,
            since,
        } => json!({ "kind": "stopped", "channel": channel, "failure": failure, "code": code, "since": local(since) }),
        Problem::Late { count, since } => {
            json!({ "kind": "late", "count": count, "and_more": count >= MOST_LATE, "since": local(since) })
        }
        Problem::OldZones { version } => json!({ "kind": "old_zones", "version": version }),
        Problem::LittleSpace { megabytes } => json!({ "kind": "little_space", "megabytes": megabytes }),
    });
    Ok(shown.collect())
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
