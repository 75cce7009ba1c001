//! `GET /inbox`: a page of conversations, the most urgent first.

use axum::extract::{Query, State};
use axum::response::Html;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::{Said, desk_of};
use super::super::render;
use super::super::words::Words;
use super::{is_owner, owner_of, users};
use crate::app::App;
use crate::domain::conversation::Conversation;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::outbound::plan::Desk;
use crate::store::conversation::Whose;
use crate::store::{self, Tx};

/// How many conversations a page holds.
const PAGE: i64 = 50;

/// How many texts of an unknown number are looked through for what waits.
const MOST_OF_SENDER: i64 = 50;

/// Up to how many are counted.
const MOST_COUNTED: i64 = 100;

/// Which conversations a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Show {
    #[default]
    All,
    Mine,
    Nobodys,
    Done,
}

const SHOWS: [Show; 4] = [Show::All, Show::Mine, Show::Nobodys, Show::Done];

/// What is shown, and where the page begins: after this conversation.
#[derive(Debug, Deserialize)]
pub(in super::super::super) struct Wanted {
    #[serde(default)]
    show: Show,
    after: Option<i64>,
    #[serde(default)]
    after_place: i64,
    #[serde(default)]
    after_id: String,
}

/// `GET /inbox`.
pub(in super::super::super) async fn inbox(
    State(app): State<App>,
    staff: Staff,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let users = users(&mut tx, &staff, &desk.business.id).await?;
    let mut found = found(&mut tx, &desk, &staff, &users, &wanted).await?;
    let size = usize::try_from(PAGE).unwrap_or_default();
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|last| {
        let at = if wanted.show == Show::Done {
            last.done_at
        } else {
            last.due_at
        };
        json!({ "after": at.map(Instant::millis), "after_place": last.place, "after_id": last.id })
    });
    let (waiting, unread) =
        store::conversation::counts(&mut tx, &desk.business.id, is_owner(&staff), MOST_COUNTED).await?;
    let mut page = staff.page();
    page["here"] = json!("inbox");
    page["shows"] = json!(SHOWS);
    page["show"] = json!(wanted.show);
    page["waiting"] = json!(waiting);
    page["many"] = json!(waiting >= MOST_COUNTED);
    page["unread"] = json!(unread);
    page["version"] = json!(store::conversation::version(&mut tx, &desk.business.id).await?);
    page["rows"] = shown(&mut tx, &desk, &staff, &found, now).await?;
    page["next"] = json!(next);
    page["notice"] = json!(said.notice());
    render("inbox.html", &staff.locale()?, &page)
}

/// A page, and one conversation more where there is one.
async fn found(
    tx: &mut Tx,
    desk: &Desk,
    staff: &Staff,
    users: &[(String, String)],
    wanted: &Wanted,
) -> Result<Vec<Conversation>, WebError> {
    let business_id = &desk.business.id;
    let owner = is_owner(staff);
    let after = wanted.after.map(Instant::from_millis);
    let id = wanted.after_id.clone();
    let user_ids: Vec<&str> = users.iter().map(|(id, _)| id.as_str()).collect();
    let whose = match wanted.show {
        Show::All => Whose::Everybodys,
        Show::Mine => Whose::Mine(&staff.user.id),
        Show::Nobodys => Whose::Nobodys(&user_ids),
        Show::Done => {
            let before = after.map(|at| (at, id));
            return Ok(store::conversation::done(tx, business_id, owner, before, PAGE + 1).await?);
        }
    };
    let after = after.map(|at| (at, wanted.after_place, id));
    Ok(store::conversation::waiting(tx, business_id, whose, owner, after, PAGE + 1).await?)
}

/// Conversations as rows of a list.
pub(in super::super) async fn shown(
    tx: &mut Tx,
    desk: &Desk,
    staff: &Staff,
    found: &[Conversation],
    now: Instant,
) -> Result<Value, WebError> {
    let users = users(tx, staff, &desk.business.id).await?;
    let ids: Vec<&str> = found.iter().filter_map(|talk| talk.customer_id.as_deref()).collect();
    let customers = store::lookup::customers_of_ids(tx, &ids).await?;
    let items = store::desk_item::latest_of_customers(tx, &ids).await?;
    let mut rows = Vec::with_capacity(found.len());
    for talk in found {
        let customer = customers
            .iter()
            .find(|known| Some(&known.id) == talk.customer_id.as_ref());
        let own: Vec<DeskItem> = match &talk.address {
            Some(address) => {
                let all = store::desk_item::of_sender(tx, &desk.business.id, address, MOST_OF_SENDER).await?;
                waiting_or_last(all)
            }
            None => items
                .iter()
                .filter(|item| item.customer_id == talk.customer_id)
                .cloned()
                .collect(),
        };
        rows.push(row(desk, staff, talk, customer, &own, &users, now));
    }
    Ok(rows.into())
}

/// Of rows, the latest first, those that wait; where none does, the last.
fn waiting_or_last(rows: Vec<DeskItem>) -> Vec<DeskItem> {
    let (waiting, mut done): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.done_at.is_none());
    if waiting.is_empty() {
        done.truncate(1);
        return done;
    }
    waiting
}

fn row(
    desk: &Desk,
    staff: &Staff,
    talk: &Conversation,
    customer: Option<&Customer>,
    items: &[DeskItem],
    users: &[(String, String)],
    now: Instant,
) -> Value {
    let local = |at: Instant| desk.calendar.zone.local(at);
    let mut kinds: Vec<_> = items.iter().map(|item| item.kind).collect();
    kinds.dedup();
    let last = items
        .iter()
        .find(|item| item.words.as_ref().is_some_and(|words| !words.is_empty()));
    json!({
        "id": talk.id, "who": customer.map(|customer| customer.name.as_str()), "phone": talk.address,
        "customer": talk.customer_id, "standing": customer.and_then(|customer| customer.standing.as_deref()),
        "kinds": kinds, "what": kinds.first(), "words": last.and_then(|item| item.words.as_deref()),
        "by": talk.due_at.map(local), "overdue": talk.due_at.is_some_and(|due| due < now),
        "since": talk.waits_since.map(local), "done_at": talk.done_at.filter(|_| talk.due_at.is_none()).map(local),
        "owner": owner_of(talk, users, staff), "unread": talk.is_unread(), "shared": talk.shared,
    })
}

/// `GET /inbox/new`: how many conversations have something that nobody has looked at, in a word or two; empty: none.
pub(in super::super::super) async fn new(State(app): State<App>, staff: Staff) -> Result<String, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let (_, unread) = store::conversation::counts(&mut tx, &business.id, is_owner(&staff), MOST_COUNTED).await?;
    if unread == 0 {
        return Ok(String::new());
    }
    let words = Words::of(&staff.locale()?);
    Ok(words
        .say("new_count", &[("count", unread.to_string())])
        .unwrap_or_default())
}
