//! The sandbox phone: what a customer's phone and mailbox have received, and what can be answered from there. Only where
//! texts or mails reach nobody: for real customers there is no such page.

mod act;
mod list;

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::{Said, desk_of};
use super::render;
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::linked_text::pieces;
use crate::domain::message::{Asks, Channel};
use crate::domain::question::Question;
use crate::outbound::plan::Desk;
use crate::outbound::sandbox_phone::{self, Entry};
use crate::outbound::ways::can_reply;
use crate::store::{self, Tx};

pub(in super::super) use act::{answer, open_link};

/// How much a phone shows at once.
const ON_SCREEN: usize = 30;

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
) -> Result<Html<String>, WebError> {
    page(&app, &staff, None, &wanted, &said).await
}

/// `GET /phone/{customer}`.
pub(in super::super) async fn phone(
    State(app): State<App>,
    staff: Staff,
    Path(customer): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    page(&app, &staff, Some(&customer), &wanted, &said).await
}

async fn page(
    app: &App,
    staff: &Staff,
    customer: Option<&str>,
    wanted: &Wanted,
    said: &Said,
) -> Result<Html<String>, WebError> {
    if !staff.sandbox {
        return Err(WebError::NotFound);
    }
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, app, staff).await?;
    let list = list::list(&mut tx, &desk, wanted.list_before.as_deref(), now).await?;
    let chosen = match customer {
        Some(id) => Some(owner(&mut tx, &desk, id).await?),
        None => match list.first() {
            Some(id) => Some(owner(&mut tx, &desk, id).await?),
            None => None,
        },
    };
    let mut page = staff.page();
    page["here"] = json!("phone");
    page["notice"] = json!(said.notice());
    page["list"] = list.rows;
    page["list_next"] = json!(list.next);
    page["now"] = json!(desk.calendar.zone.local(now));
    if let Some(customer) = chosen {
        page["phone"] = screen(&mut tx, app, &desk, &customer, wanted, now).await?;
    }
    render("phone.html", &staff.locale()?, &page)
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
