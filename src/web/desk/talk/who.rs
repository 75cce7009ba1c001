//! `POST /inbox/{id}/who`: somebody says who an unknown sender is.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::acting::{back, written};
use super::Talk;
use crate::app::App;
use crate::inbound::stranger;
use crate::store;

/// Longest name, in characters.
const LONGEST_NAME: usize = 200;

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Known {
    /// A customer of the business.
    #[serde(default)]
    customer: String,
    /// A new one's name.
    #[serde(default)]
    name: String,
    /// The customer is written to at that number from now on.
    writes_there: Option<String>,
}

/// `POST /inbox/{id}/who`.
pub(in super::super::super) async fn who(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Known>,
) -> Result<Redirect, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    let business = &talk.desk.business;
    let Some(address) = talk.row.address.as_deref() else {
        // Somebody was faster.
        return Ok(back(&talk.path(), business, "already"));
    };
    let customer = match (written(&form.customer), written(&form.name)) {
        (Some(id), _) => {
            let customer = store::customer::find(&mut tx, id).await?;
            let customer = customer.filter(|known| known.business_id == business.id && !known.erased);
            customer.ok_or(WebError::NotFound)?
        }
        (None, Some(name)) if name.chars().count() <= LONGEST_NAME => {
            stranger::new_customer(&mut tx, &business.id, name, address, now).await?
        }
        (None, _) => return Ok(back(&talk.path(), business, "who_name")),
    };
    let writes_there = form.writes_there.is_some() || !customer.phone_texts;
    let (zones, by) = (&app.dispatcher.zones, &staff.user.name);
    stranger::is_customer(&mut tx, zones, &talk.row, &customer, writes_there, by, now).await?;
    tx.commit().await?;
    app.tell_senders();
    Ok(back(&format!("/inbox/{}", customer.id), business, "recognised"))
}
