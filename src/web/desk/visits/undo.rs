//! The way back from a change, while there is one.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::{found, item_path, local};
use crate::app::App;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::desk_change::{self, Undone};
use crate::outbound::plan::Desk;
use crate::store::Tx;

/// Which change.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Which {
    change: String,
}

/// What the page of an item offers to undo.
pub(in super::super) async fn offer(tx: &mut Tx, desk: &Desk, item: &Item, now: Instant) -> Result<Value, WebError> {
    let offer = desk_change::offered(tx, item, now).await?;
    Ok(offer.map_or(
        Value::Null,
        |offer| json!({ "change": offer.change_id, "by": offer.made_by, "until": local(desk, offer.until) }),
    ))
}

/// `POST /bookings/{id}/undo`.
pub(super) async fn booking(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Which>,
) -> Result<Redirect, WebError> {
    undo(&app, &staff, ItemKind::Booking, &id, &form.change).await
}

/// `POST /renewals/{id}/undo`.
pub(super) async fn renewal(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Which>,
) -> Result<Redirect, WebError> {
    undo(&app, &staff, ItemKind::Renewal, &id, &form.change).await
}

async fn undo(app: &App, staff: &Staff, kind: ItemKind, id: &str, change: &str) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().write().await?;
    // Read once nobody else can write: what is over by then is over.
    let now = app.dispatcher.clock.now();
    let item = found(&mut tx, business, kind, id).await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let said = match desk_change::undo(&mut tx, &desk, &item, change, &staff.user.name, now).await? {
        Undone::Done => {
            tx.commit().await?;
            app.tell_senders();
            "undone"
        }
        Undone::Already => "undone_before",
        Undone::TooLate => "undo_too_late",
        Undone::Left => "undo_left",
        Undone::Changed => "undo_changed",
    };
    Ok(back(&item_path(kind, id), business, said))
}
