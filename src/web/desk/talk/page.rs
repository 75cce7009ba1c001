//! `GET /inbox/{id}`: one conversation whole.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{Said, about};
use super::super::lookup::{Page, thread};
use super::super::render;
use super::write::{Typed, writing};
use super::{Talk, owner_of, users};
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::domain::item::{Booking, Item, ItemKind, Standing};
use crate::domain::locale::Locale;
use crate::domain::reply::named_time;
use crate::store::{self, Tx};

/// How many texts of an unknown number are shown.
const EARLIER: i64 = 30;

/// How many customers with an unknown sender's number, or found by a search, are proposed.
const PROPOSED: usize = 10;

/// Whom somebody looks for, to say who an unknown sender is.
#[derive(Debug, Default, serde::Deserialize)]
pub(in super::super::super) struct Sought {
    #[serde(default)]
    q: String,
}

/// `GET /inbox/{id}`.
pub(in super::super::super) async fn talk(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(wanted): Query<Page>,
    Query(sought): Query<Sought>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let talk = Talk::load(&mut tx, &app, &staff, &id).await?;
    let mut page = whole(&mut tx, &app, &staff, &talk, &wanted, &Typed::default()).await?;
    if talk.customer.is_none() {
        page["q"] = json!(sought.q);
        page["found"] = found(&mut tx, &talk, &sought.q).await?;
    }
    page["notice"] = json!(said.notice());
    render("talk.html", &staff.locale()?, &page)
}

/// All that the page of a conversation shows.
pub(super) async fn whole(
    tx: &mut Tx,
    app: &App,
    staff: &Staff,
    talk: &Talk,
    wanted: &Page,
    typed: &Typed,
) -> Result<Value, WebError> {
    let now = app.dispatcher.clock.now();
    let local = |at: Instant| talk.desk.calendar.zone.local(at);
    let (row, customer) = (&talk.row, talk.customer.as_ref());
    let users = users(tx, staff, &talk.desk.business.id).await?;
    let mut page = staff.page();
    page["here"] = json!("inbox");
    page["talk"] = json!({
        "id": row.id, "who": customer.map(|customer| customer.name.as_str()), "customer": row.customer_id,
        "phone": row.address.as_deref().or_else(|| customer.and_then(|customer| customer.phone.as_deref())),
        "email": customer.and_then(|customer| customer.email.as_deref()), "known": customer.is_some(),
        "standing": customer.and_then(|customer| customer.standing.as_deref()), "shared": row.shared,
        "unread": row.is_unread(), "by": row.due_at.map(local), "overdue": row.due_at.is_some_and(|due| due < now),
        "since": row.waits_since.map(local), "owner": owner_of(row, &users, staff),
    });
    page["version"] = json!(store::conversation::version(tx, &talk.desk.business.id).await?);
    page["me"] = json!(staff.user.id);
    page["users"] = users
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    page["waiting"] = waiting(tx, talk, now).await?;
    match customer {
        Some(customer) => {
            page["thread"] = thread(tx, &talk.desk, &customer.id, wanted).await?;
            page["write"] = writing(tx, talk, customer, typed, now).await?;
            let case = store::customer_case::open_of(tx, &customer.id).await?;
            page["case"] = json!(case.map(|case| json!({ "id": case.id, "words": case.words })));
        }
        None => page["texts"] = texts(tx, talk).await?,
    }
    Ok(page)
}

/// What waits, the first first, with what it may mean and what can be done about it.
async fn waiting(tx: &mut Tx, talk: &Talk, now: Instant) -> Result<Value, WebError> {
    let rows = match (&talk.row.customer_id, &talk.row.address) {
        (Some(customer_id), _) => store::desk_item::waiting_for(tx, customer_id).await?,
        (None, Some(address)) => {
            let mut rows = store::desk_item::of_sender(tx, &talk.row.business_id, address, EARLIER).await?;
            rows.retain(|row| row.done_at.is_none());
            rows.reverse();
            rows
        }
        (None, None) => Vec::new(),
    };
    let mut shown = Vec::with_capacity(rows.len());
    for row in &rows {
        shown.push(one(tx, talk, row, now).await?);
    }
    Ok(shown.into())
}

async fn one(tx: &mut Tx, talk: &Talk, row: &DeskItem, now: Instant) -> Result<Value, WebError> {
    let local = |at: Instant| talk.desk.calendar.zone.local(at);
    let reply = match &row.reply_id {
        Some(id) => store::reply::find(tx, id).await?,
        None => None,
    };
    let item = match row.item_kind.zip(row.item_id.as_deref()) {
        Some((ItemKind::Booking, id)) => store::item::find(tx, ItemKind::Booking, id).await?,
        _ => None,
    };
    let can_move = item
        .as_ref()
        .is_some_and(|item| matches!(item.standing(), Standing::Live | Standing::Pending));
    let booking = match &item {
        Some(Item::Booking(booking)) if can_move => Some(booking),
        _ => None,
    };
    Ok(json!({
        "id": row.id, "kind": row.kind, "words": row.words, "by": local(row.due_at), "overdue": row.due_at < now,
        "about": about(tx, &talk.desk, row.item_kind.zip(row.item_id.as_deref())).await?,
        "suggests": reply.map(|reply| json!({ "intent": reply.intent, "sure": sure(reply.certainty) })),
        "move": booking.map(|booking| move_address(talk, booking, row)),
        "can": {
            "confirm": can_move && !item.as_ref().is_some_and(Item::is_confirmed), "cancel": can_move,
            "opt_out": true, "open_case": row.customer_id.is_some(),
        },
    }))
}

/// How sure the reading of a reply is, by the name of a phrase.
const fn sure(certainty: i64) -> &'static str {
    match certainty {
        90.. => "sure",
        60..90 => "likely",
        _ => "guess",
    }
}

/// Where a visit is moved: with the day and the time that the customer has named, where they have.
fn move_address(talk: &Talk, booking: &Booking, row: &DeskItem) -> String {
    let business = &talk.desk.business;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("business", &business.id);
    let own = talk.customer.as_ref().and_then(|customer| customer.locale.as_deref());
    let locale = Locale::parse(own.unwrap_or(&business.locale)).ok();
    let written_on = talk.desk.calendar.zone.date(row.opened_at);
    let named = named_time(row.words.as_deref().unwrap_or_default(), locale, written_on);
    if let Some(date) = named.date {
        query.append_pair("date", &date.format("%Y-%m-%d").to_string());
    }
    if let Some(time) = named.time {
        query.append_pair("time", &time.format("%H:%M").to_string());
    }
    format!("/bookings/{}/change?{}", booking.id, query.finish())
}

/// What an unknown number has written to this business, the latest first.
async fn texts(tx: &mut Tx, talk: &Talk) -> Result<Value, WebError> {
    let Some(address) = &talk.row.address else {
        return Ok(Value::Null);
    };
    let rows = store::desk_item::of_sender(tx, &talk.row.business_id, address, EARLIER).await?;
    let local = |at: Instant| talk.desk.calendar.zone.local(at);
    Ok(rows
        .iter()
        .map(|row| json!({ "at": local(row.opened_at), "words": row.words, "done": row.done_at.is_some() }))
        .collect())
}

/// Whom an unknown sender may be: customers of this business with that number, or those that somebody looks for.
async fn found(tx: &mut Tx, talk: &Talk, query: &str) -> Result<Value, WebError> {
    let business = &talk.desk.business;
    let mut customers: Vec<Customer> = if query.trim().is_empty() {
        let known = store::customer::with_phone(tx, talk.row.address.as_deref().unwrap_or_default()).await?;
        known
            .into_iter()
            .filter(|customer| customer.business_id == business.id)
            .collect()
    } else {
        super::super::lookup::sought(tx, business, query).await?
    };
    customers.retain(|customer| !customer.erased);
    customers.truncate(PROPOSED);
    Ok(customers
        .iter()
        .map(|customer| {
            json!({
                "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email,
                "number": customer.external_id, "same_number": customer.phone == talk.row.address,
            })
        })
        .collect())
}
