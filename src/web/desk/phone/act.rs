//! What is done on the phone: an answer is sent, a link is opened.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{back, desk_of, written};
use super::{can_answer, owner};
use crate::app::App;
use crate::carrier::sandbox;
use crate::domain::link::LinkPurpose;
use crate::domain::linked_text::{Piece, pieces};
use crate::inbound::sandbox_phone as inbound;
use crate::outbound::sandbox_phone as outbound;
use crate::store;

/// Longest text that a phone sends at once: ten segments.
const LONGEST_TEXT: usize = 1_600;

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Answer {
    #[serde(default)]
    words: String,
}

/// `POST /phone/{customer}`: the customer texts something.
pub(in super::super::super) async fn answer(
    State(app): State<App>,
    Path(customer): Path<String>,
    Acted { staff, form }: Acted<Answer>,
) -> Result<Redirect, WebError> {
    only_in_sandbox(&staff)?;
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let customer = owner(&mut tx, &desk, &customer).await?;
    drop(tx);
    let page = format!("/phone/{}", customer.id);
    let Some(number) = customer.phone.as_deref().filter(|_| can_answer(&app, &desk, &customer)) else {
        return Err(WebError::NotFound);
    };
    let Some(words) = written(&form.words) else {
        return Ok(back(&page, &desk.business, "phone_empty"));
    };
    if words.chars().count() > LONGEST_TEXT {
        return Ok(back(&page, &desk.business, "phone_long"));
    }
    let now = app.dispatcher.clock.now();
    inbound::answer(&app.dispatcher, &desk.business, number, words, now).await?;
    app.tell_senders();
    Ok(back(&page, &desk.business, "phone_sent"))
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct OpenedLink {
    /// The attempt whose text has the link.
    attempt: String,
    purpose: String,
    score: Option<i64>,
}

/// `POST /phone/{customer}/open`: the customer opens a link of a text or mail. What was sent has a link of its own, which
/// only its receiver knows: this one is new.
pub(in super::super::super) async fn open_link(
    State(app): State<App>,
    Path(customer): Path<String>,
    Acted { staff, form }: Acted<OpenedLink>,
) -> Result<Redirect, WebError> {
    only_in_sandbox(&staff)?;
    let purpose: LinkPurpose = form.purpose.parse().map_err(|_| WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let customer = owner(&mut tx, &desk, &customer).await?;
    let arrived = store::sandbox_phone::find(&mut tx, &form.attempt, sandbox::NAME).await?;
    let arrived = arrived
        .filter(|arrived| arrived.customer_id == customer.id && app.dispatcher.is_sandbox(arrived.channel))
        .ok_or(WebError::NotFound)?;
    // No link but one that the customer has got.
    let text = arrived.text.as_deref().unwrap_or_default();
    let is_there = |piece: &Piece<'_>| matches!(piece, Piece::Own { purpose: there, .. } if *there == purpose);
    if !pieces(text).iter().any(is_there) {
        return Err(WebError::NotFound);
    }
    let token = outbound::link(&mut tx, &desk, &arrived, purpose, now).await?;
    tx.commit().await?;
    let score = form.score.map_or_else(String::new, |score| format!("?score={score}"));
    Ok(Redirect::to(&format!("{}{score}", purpose.url("", token.as_str()))))
}

/// For real customers there is no such page.
fn only_in_sandbox(staff: &Staff) -> Result<(), WebError> {
    if staff.sandbox { Ok(()) } else { Err(WebError::NotFound) }
}
