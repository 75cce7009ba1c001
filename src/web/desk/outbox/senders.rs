//! Senders that are stopped: what went wrong, how to mend it, and how they go on.

use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use crate::app::App;
use crate::carrier::remedy::Remedy;
use crate::outbound::dispatch::channel_of;
use crate::outbound::plan::Desk;
use crate::store::lane::PausedLane;
use crate::store::{self, Tx};

/// Those that others than the user's businesses have to themselves are not theirs to see.
async fn seen_by(tx: &mut Tx, staff: &Staff) -> Result<Vec<PausedLane>, WebError> {
    let mut paused = store::lane::paused(tx).await?;
    let is_anothers = |lane: &str| lane.split_once('/').is_some_and(|(_, id)| staff.of(id).is_none());
    paused.retain(|paused| !is_anothers(&paused.lane));
    Ok(paused)
}

/// The stopped senders, with what went wrong and what mends it.
pub(super) async fn stopped(tx: &mut Tx, staff: &Staff, desk: &Desk) -> Result<Value, WebError> {
    let of_lane = |paused: PausedLane| {
        let channel = channel_of(&paused.lane);
        json!({
            "lane": paused.lane, "channel": channel, "failure": paused.failure, "code": paused.code,
            "remedy": Remedy::of(channel, paused.code), "since": desk.calendar.zone.local(paused.at),
            "own": paused.lane.contains('/'),
        })
    };
    Ok(seen_by(tx, staff).await?.into_iter().map(of_lane).collect())
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Resumed {
    lane: String,
}

/// `POST /outbox/resume`.
pub(in super::super::super) async fn resume(
    State(app): State<App>,
    Acted { staff, form }: Acted<Resumed>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let known = seen_by(&mut tx, &staff).await?;
    if known.iter().all(|paused| paused.lane != form.lane) {
        return Ok(back("/outbox", business, "already"));
    }
    store::lane::resume(&mut tx, Some(&form.lane)).await?;
    let by = format!("by {}", staff.user.name);
    let about = ("lane", form.lane.as_str());
    store::history::add(&mut tx, Some(&business.id), about, "resumed", &by, now).await?;
    tx.commit().await?;
    app.tell_senders();
    Ok(back("/outbox", business, "goes_on"))
}
