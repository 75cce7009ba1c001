//! The sandbox phone: what a customer's phone and mailbox have received, and what can be answered from there. Only where
//! texts or mails reach nobody: for real customers there is no such page.

mod act;
mod list;
mod sample;

use axum::extract::{Path, Query, State};
use axum::http::HeaderName;
use axum::response::{Html, IntoResponse};
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::{Said, desk_of};
use super::render;
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::linked_text::pieces;
use crate::domain::message::{Asks, Channel, State as Standing};
use crate::domain::question::Question;
use crate::outbound::plan::Desk;
use crate::outbound::sample as samples;
use crate::outbound::sandbox_phone::{self, Entry};
use crate::outbound::ways::can_reply;
use crate::store::{self, Tx};

pub(in super::super) use act::{answer, open_link};
pub(in super::super) use sample::sample;

/// How much a phone shows at once.
const ON_SCREEN: usize = 30;

/// How many of the ratings asked for last are looked at for one that can still be given.
const RATINGS: i64 = 50;

/// While a message is on its way, the page looks again after so many seconds.
const LOOK_AGAIN: (HeaderName, &str) = (HeaderName::from_static("refresh"), "2");

/// Where the list of customers and the thread begin.
#[derive(Debug, Default, serde::Deserialize)]
pub(in super::super) struct Wanted {
    /// Customers whose last message came before this attempt.
    list_before: Option<String>,
    /// What came before this moment and this id.
    before: Option<i64>,
    #[serde(default)]
    before_id: String,
}

/// `GET /phone`: the customer who was written to last.
pub(in super::super) async fn phones(
    State(app): State<App>,
    staff: Staff,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<impl IntoResponse, WebError> {
    page(&app, &staff, None, &wanted, &said).await
}

/// `GET /phone/{customer}`.
pub(in super::super) async fn phone(
    State(app): State<App>,
    staff: Staff,
    Path(customer): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<impl IntoResponse, WebError> {
    page(&app, &staff, Some(&customer), &wanted, &said).await
}

async fn page(
    app: &App,
    staff: &Staff,
    customer: Option<&str>,
    wanted: &Wanted,
    said: &Said,
) -> Result<(Option<[(HeaderName, &'static str); 1]>, Html<String>), WebError> {
    if !staff.sandbox {
        return Err(WebError::NotFound);
    }
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, app, staff).await?;
    let list = list::list(&mut tx, &desk, wanted.list_before.as_deref(), now).await?;
    let chosen = match customer.or_else(|| list.first()) {
        Some(id) => Some(owner(&mut tx, &desk, id).await?),
        None => None,
    };
    let rating = store::question::last_open_rating(&mut tx, &desk.business.id, now, RATINGS).await?;
    let is_sandbox = app.dispatcher.is_sandbox(Channel::Sms);
    let sample = samples::find(&mut tx, &desk.business.id).await?;
    let mut page = staff.page();
    page["version"] = json!(store::conversation::version(&mut tx, &desk.business.id).await?);
    page["here"] = json!("phone");
    page["notice"] = json!(said.notice());
    page["try"] = json!({
        "yes": list.asked_for(Asks::Confirm).or_else(|| list.asked_for(Asks::Renewal)),
        "rating": rating.map(|question| question.customer_id),
    });
    page["sample"] = json!(is_sandbox.then(|| json!({ "customer": sample.map(|sample| sample.id) })));
    page["list"] = list.rows;
    page["list_next"] = json!(list.next);
    page["now"] = json!(desk.calendar.zone.local(now));
    let mut on_its_way = false;
    if let Some(customer) = chosen {
        let next = store::report::coming_to(&mut tx, &customer.id, 1)
            .await?
            .into_iter()
            .next();
        on_its_way = next
            .as_ref()
            .is_some_and(|next| next.state == Standing::Planned && next.due_at <= now);
        page["phone"] = screen(&mut tx, app, &desk, &customer, wanted, now).await?;
        page["phone"]["coming"] = json!(next.map(|next| desk.calendar.zone.local(next.due_at)));
        page["phone"]["on_its_way"] = json!(on_its_way);
    }
    let html = render("phone.html", &staff.locale()?, &page)?;
    Ok((on_its_way.then_some([LOOK_AGAIN]), html))
}

/// A customer of that business who was not erased; whoever is another's is not there.
async fn owner(tx: &mut Tx, desk: &Desk, id: &str) -> Result<Customer, WebError> {
    let customer = store::customer::find(tx, id).await?;
    customer
        .filter(|customer| customer.business_id == desk.business.id && !customer.erased)
        .ok_or(WebError::NotFound)
}

/// One customer's phone: what is on it, the oldest first, and what can be answered.
async fn screen(
    tx: &mut Tx,
    app: &App,
    desk: &Desk,
    customer: &Customer,
    wanted: &Wanted,
    now: Instant,
) -> Result<Value, WebError> {
    let before = wanted
        .before
        .map(|at| (Instant::from_millis(at), wanted.before_id.as_str()));
    let mut entries = sandbox_phone::thread(tx, customer, before, ON_SCREEN + 1).await?;
    let more = entries.len() > ON_SCREEN;
    entries.truncate(ON_SCREEN);
    let next = entries.last().filter(|_| more).map(|last| {
        let (at, id) = last.place();
        json!({ "before": at.millis(), "before_id": id })
    });
    let numbers: Vec<&str> = customer.phone.as_deref().into_iter().collect();
    let asked = sandbox_phone::asked(tx, &desk.business.id, &numbers, now).await?;
    entries.reverse();
    Ok(json!({
        "customer": customer.id, "who": customer.name, "number": customer.phone, "email": customer.email,
        "entries": entries.iter().map(|entry| shown(desk, entry)).collect::<Vec<_>>(),
        "is_latest": before.is_none(), "next": next,
        "can_answer": can_answer(app, desk, customer),
        "asks": asked.last().map(|question| question.asks),
        "answers": short_answers(asked.last()),
    }))
}

/// Whether the customer can text the business: there is a number, and what is sent to it is not sent for real.
fn can_answer(app: &App, desk: &Desk, customer: &Customer) -> bool {
    let sender = app.dispatcher.sender(Channel::Sms, &desk.business);
    customer.phone.is_some() && app.dispatcher.is_sandbox(Channel::Sms) && can_reply(Channel::Sms, &sender)
}

fn short_answers(asked: Option<&Question>) -> Value {
    let asks = asked.map_or(Asks::Nothing, |question| question.asks);
    let scale = asked.and_then(|question| question.scale);
    let answers = sandbox_phone::short_answers(asks, scale).into_iter();
    answers
        .map(|(words, means)| json!({ "words": words, "means": means }))
        .collect()
}

fn shown(desk: &Desk, entry: &Entry) -> Value {
    let local = |at: Instant| desk.calendar.zone.local(at);
    match entry {
        Entry::Written(written) => json!({ "kind": "written", "at": local(written.at), "words": written.words }),
        Entry::Arrived(arrived) => json!({
            "kind": if arrived.channel == Channel::Email { "mail" } else { "text" },
            "id": arrived.id, "at": local(arrived.at), "subject": arrived.subject, "sender": arrived.sender,
            "pieces": arrived.text.as_deref().map(pieces),
            "calendar": sandbox_phone::calendar_part(arrived).map(|method| method.as_str().to_lowercase()),
        }),
    }
}
