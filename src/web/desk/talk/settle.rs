//! What a user does about what waits, in one click.

use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::super::super::acted::{Acted as Form, Nothing};
use super::super::super::error::WebError;
use super::super::acting::{back, written};
use super::{Talk, users};
use crate::app::App;
use crate::domain::case::CaseSource;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::inbound::act::{self, Acted, Said, Way};
use crate::inbound::case::{self, Unhappy};
use crate::inbound::consent::{self, Wish};
use crate::store::{self, Tx};

/// How much of an unknown number's words is settled at once.
const MOST_OF_SENDER: i64 = 1_000;

/// What a user does about a row.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Done,
    Confirm,
    Cancel,
    OptOut,
    OpenCase,
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Settled {
    act: Act,
    #[serde(default)]
    note: String,
    /// Back to the conversation, not to the inbox.
    stay: Option<String>,
}

/// `POST /inbox/{id}`, of a row.
pub(in super::super::super) async fn settle(
    State(app): State<App>,
    Path(id): Path<String>,
    Form { staff, form }: Form<Settled>,
) -> Result<Redirect, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    let row = store::desk_item::find(&mut tx, &id).await?;
    let row = row.filter(|row| row.business_id.as_ref() == Some(&talk.row.business_id));
    let row = row.ok_or(WebError::NotFound)?;
    let (business, stays) = (&talk.desk.business, talk.path());
    let path = if form.stay.is_some() { stays.as_str() } else { "/inbox" };
    if row.done_at.is_some() {
        return Ok(back(path, business, "already"));
    }
    let said = acted(&mut tx, &app, &talk, &staff.user.name, &row, form.act, now).await?;
    if said == "impossible" {
        return Ok(back(path, business, said));
    }
    let (zones, by) = (&app.dispatcher.zones, &staff.user.name);
    act::settle(&mut tx, zones, &row.id, by, written(&form.note), now).await?;
    look(&mut tx, &talk, now).await?;
    tx.commit().await?;
    app.tell_senders();
    // Where it can be undone.
    if let ("cancelled", Some(ItemKind::Booking), Some(booking)) = (said, row.item_kind, &row.item_id) {
        return Ok(back(&format!("/bookings/{booking}"), business, said));
    }
    Ok(back(path, business, said))
}

/// Settles all that waits in a conversation.
pub(super) async fn settle_all(
    tx: &mut Tx,
    app: &App,
    talk: &Talk,
    by: &str,
    outcome: Option<&str>,
    now: Instant,
) -> Result<(), WebError> {
    let rows = match (&talk.row.customer_id, &talk.row.address) {
        (None, Some(address)) => {
            store::desk_item::of_sender(tx, &talk.row.business_id, address, MOST_OF_SENDER).await?
        }
        (Some(customer_id), _) => store::desk_item::waiting_for(tx, customer_id).await?,
        (None, None) => Vec::new(),
    };
    for row in rows.iter().filter(|row| row.done_at.is_none()) {
        act::settle(tx, &app.dispatcher.zones, &row.id, by, outcome, now).await?;
    }
    Ok(())
}

/// Somebody has seen what is there.
async fn look(tx: &mut Tx, talk: &Talk, now: Instant) -> Result<(), WebError> {
    if let Some(mut row) = store::conversation::find(tx, &talk.row.id).await? {
        row.seen_at = Some(now);
        store::conversation::save(tx, &row).await?;
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Done {
    #[serde(default)]
    note: String,
}

/// `POST /inbox/{id}/done`: all that waits in it.
pub(in super::super::super) async fn done(
    State(app): State<App>,
    Path(id): Path<String>,
    Form { staff, form }: Form<Done>,
) -> Result<Redirect, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    if talk.row.due_at.is_none() {
        return Ok(back("/inbox", &talk.desk.business, "already"));
    }
    settle_all(&mut tx, &app, &talk, &staff.user.name, written(&form.note), now).await?;
    look(&mut tx, &talk, now).await?;
    tx.commit().await?;
    app.tell_senders();
    Ok(back("/inbox", &talk.desk.business, "done"))
}

#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Assignment {
    /// A user of the business; empty: nobody.
    #[serde(default)]
    owner: String,
}

/// `POST /inbox/{id}/assign`.
pub(in super::super::super) async fn assign(
    State(app): State<App>,
    Path(id): Path<String>,
    Form { staff, form }: Form<Assignment>,
) -> Result<Redirect, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    let owner = written(&form.owner);
    let users = users(&mut tx, &staff, &talk.desk.business.id).await?;
    if owner.is_some_and(|owner| users.iter().all(|(id, _)| id != owner)) {
        return Err(WebError::BadRequest("error_nobody_here"));
    }
    let mut row = talk.row.clone();
    row.owner_id = owner.map(str::to_owned);
    row.seen_at = Some(now);
    store::conversation::save(&mut tx, &row).await?;
    tx.commit().await?;
    let said = match owner {
        Some(owner) if owner == staff.user.id => "taken",
        Some(_) => "given",
        None => "left",
    };
    Ok(back(&talk.path(), &talk.desk.business, said))
}

/// `POST /inbox/{id}/seen`: somebody has looked at it.
pub(in super::super::super) async fn seen(
    State(app): State<App>,
    Path(id): Path<String>,
    Form { staff, .. }: Form<Nothing>,
) -> Result<Redirect, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    if talk.row.is_unread() {
        look(&mut tx, &talk, now).await?;
        tx.commit().await?;
    }
    Ok(back(&talk.path(), &talk.desk.business, "read"))
}

/// Does it, and says what was done.
async fn acted(
    tx: &mut Tx,
    app: &App,
    talk: &Talk,
    by: &str,
    row: &DeskItem,
    act: Act,
    now: Instant,
) -> Result<&'static str, WebError> {
    let zones = &app.dispatcher.zones;
    let (Some(business_id), Some(customer_id)) = (row.business_id.as_deref(), row.customer_id.as_deref()) else {
        return of_nobody(tx, app, talk, row, act, now).await;
    };
    let item = row.item_kind.zip(row.item_id.as_deref());
    let said = Said {
        business_id,
        customer_id,
        item,
        revision: None,
        question_id: None,
        way: Way::Desk,
        words: None,
        reply_id: row.reply_id.as_deref(),
        by: Some(by),
    };
    Ok(match act {
        Act::Done => "done",
        Act::Confirm => match act::confirm(tx, zones, &said, now).await? {
            Acted::Done | Acted::Already => "confirmed",
            Acted::ToDesk => "impossible",
        },
        Act::Cancel => match act::cancel_visit(tx, zones, &said, now).await? {
            Acted::Done | Acted::Already => "cancelled",
            Acted::ToDesk => "impossible",
        },
        Act::OptOut => {
            let customer = store::customer::find(tx, customer_id)
                .await?
                .ok_or(WebError::NotFound)?;
            for address in [&customer.phone, &customer.email].into_iter().flatten() {
                opt_out(tx, app, business_id, address, row, now).await?;
            }
            "opted_out"
        }
        Act::OpenCase => {
            let unhappy = Unhappy {
                item: item.filter(|(kind, _)| matches!(kind, ItemKind::Booking | ItemKind::Renewal)),
                words: row.words.as_deref(),
                by: Some(by),
                ..Unhappy::new(CaseSource::Desk)
            };
            case::open_for(tx, zones, customer_id, &unhappy, now).await?;
            "opened"
        }
    })
}

/// What can be done about somebody whom nobody knows.
async fn of_nobody(
    tx: &mut Tx,
    app: &App,
    talk: &Talk,
    row: &DeskItem,
    act: Act,
    now: Instant,
) -> Result<&'static str, WebError> {
    match (act, &talk.row.address) {
        (Act::Done, _) => Ok("done"),
        (Act::OptOut, Some(address)) => {
            opt_out(tx, app, &talk.row.business_id, address, row, now).await?;
            Ok("opted_out")
        }
        _ => Ok("impossible"),
    }
}

async fn opt_out(
    tx: &mut Tx,
    app: &App,
    business_id: &str,
    address: &str,
    row: &DeskItem,
    now: Instant,
) -> Result<(), WebError> {
    let wish = Wish {
        business_ids: &[business_id.to_owned()],
        address,
        channel: None,
        purpose: None,
        source: "desk",
        wording: row.words.as_deref(),
    };
    consent::opt_out(tx, &app.dispatcher.zones, &wish, now).await?;
    Ok(())
}
