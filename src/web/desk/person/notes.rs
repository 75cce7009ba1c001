//! What the staff note about a customer.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::{Acted, Nothing};
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::back;
use super::{found, path};
use crate::app::App;
use crate::domain::ids::new_id;
use crate::domain::note::{self, Note, NoteError};
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

/// How many notes a customer's page shows, the latest; the others are in the thread.
const SHOWN: i64 = 10;

/// The latest notes about a customer, each with whether this user may strike it.
pub(in super::super) async fn latest(
    tx: &mut Tx,
    staff: &Staff,
    desk: &Desk,
    customer_id: &str,
) -> Result<Value, WebError> {
    let notes = store::note::of_customer(tx, customer_id, SHOWN).await?;
    let local = |at| desk.calendar.zone.local(at);
    let shown = notes.iter().map(|note| {
        json!({
            "id": note.id, "author": note.author, "text": note.text, "at": local(note.at),
            "struck_by": note.struck_by, "may_strike": note.may_strike(&staff.user.id, staff.role()),
        })
    });
    Ok(shown.collect())
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Written {
    text: String,
}

/// `POST /customers/{id}/notes`.
pub(in super::super::super) async fn note(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Written>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let customer = found(&mut tx, business, &id).await?;
    let text = match note::text(&form.text) {
        Ok(text) => text,
        Err(NoteError::Empty) => return Ok(back(&path(&customer), business, "note_empty")),
        Err(NoteError::TooLong) => return Ok(back(&path(&customer), business, "note_too_long")),
    };
    let note = Note {
        id: new_id(now),
        business_id: business.id.clone(),
        customer_id: customer.id.clone(),
        user_id: staff.user.id.clone(),
        author: staff.user.name.clone(),
        text: Some(text),
        at: now,
        struck_at: None,
        struck_by: None,
    };
    store::note::add(&mut tx, &note).await?;
    tx.commit().await?;
    Ok(back(&path(&customer), business, "noted"))
}

/// `POST /customers/{id}/notes/{note}/strike`: for its author and for owners.
pub(in super::super::super) async fn strike(
    State(app): State<App>,
    Path((id, note)): Path<(String, String)>,
    Acted { staff, .. }: Acted<Nothing>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().write().await?;
    let customer = found(&mut tx, business, &id).await?;
    let note = store::note::find(&mut tx, &note).await?;
    let note = note
        .filter(|note| note.customer_id == customer.id)
        .ok_or(WebError::NotFound)?;
    if note.struck_at.is_some() {
        return Ok(back(&path(&customer), business, "already"));
    }
    if !note.may_strike(&staff.user.id, staff.role()) {
        return Err(WebError::NotAllowed("error_note_is_anothers"));
    }
    let now = app.dispatcher.clock.now();
    store::note::strike(&mut tx, &note.id, &staff.user.name, now).await?;
    tx.commit().await?;
    Ok(back(&path(&customer), business, "struck"))
}
