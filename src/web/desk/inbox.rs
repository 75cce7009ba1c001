//! What waits for an answer, and what a user can do about it in one click.

use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::acted::Acted as Form;
use super::super::error::WebError;
use super::super::staff::Staff;
use super::acting::{Said as Notice, about, back, desk_of, written};
use super::render;
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::case::CaseSource;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskItem;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind, Standing};
use crate::inbound::act::{self, Acted, Said, Way};
use crate::inbound::case::{self, Unhappy};
use crate::inbound::consent::{self, Wish};
use crate::outbound::plan::Desk;
use crate::store::{self, Tx};

/// How many rows a page holds.
const PAGE: i64 = 50;

/// How many texts of the same number are shown beside a row.
const EARLIER: i64 = 10;

/// Where a page begins: after this row.
#[derive(Debug, Deserialize)]
pub(in super::super) struct After {
    after_due: Option<i64>,
    after_id: Option<String>,
}

/// `GET /inbox`.
pub(in super::super) async fn inbox(
    State(app): State<App>,
    staff: Staff,
    Query(after): Query<After>,
    Query(notice): Query<Notice>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let after = after
        .after_due
        .map(|due| (Instant::from_millis(due), after.after_id.unwrap_or_default()));
    let waiting = store::desk_item::waiting_page(&mut tx, &desk.business.id, after, PAGE).await?;
    let full = i64::try_from(waiting.len()).is_ok_and(|count| count == PAGE);
    let mut page = staff.page();
    page["here"] = json!("inbox");
    page["next"] = json!(
        waiting
            .last()
            .filter(|_| full)
            .map(|last| json!({ "due": last.due_at.millis(), "id": last.id }))
    );
    let mut rows = Vec::with_capacity(waiting.len());
    for row in &waiting {
        rows.push(shown(&mut tx, &desk, row, now).await?.0);
    }
    page["rows"] = json!(rows);
    page["notice"] = json!(notice.notice());
    render("inbox.html", &staff.locale()?, &page)
}

/// A row as pages show it, and the customer whose it is.
async fn shown(tx: &mut Tx, desk: &Desk, row: &DeskItem, now: Instant) -> Result<(Value, Option<Customer>), WebError> {
    let customer = match &row.customer_id {
        Some(id) => store::customer::find(tx, id).await?,
        None => None,
    };
    let inbound = match &row.reply_id {
        Some(id) => store::inbound::find(tx, id).await?,
        None => None,
    };
    let phone = inbound.map(|inbound| inbound.sender);
    let phone = phone.or_else(|| customer.as_ref().and_then(|customer| customer.phone.clone()));
    let value = json!({
        "id": row.id, "by": desk.calendar.zone.local(row.due_at), "overdue": row.done_at.is_none() && row.due_at < now,
        "who": customer.as_ref().map(|customer| customer.name.as_str()), "customer": row.customer_id, "phone": phone,
        "kind": row.kind, "words": row.words,
        "about": about(tx, desk, row.item_kind.zip(row.item_id.as_deref())).await?,
    });
    Ok((value, customer))
}

/// `GET /inbox/{id}`.
pub(in super::super) async fn item(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Html<String>, WebError> {
    let mut tx = app.store().read().await?;
    let desk = desk_of(&mut tx, &app, &staff).await?;
    let row = found(&mut tx, &desk.business, &id).await?;
    let (value, customer) = shown(&mut tx, &desk, &row, app.dispatcher.clock.now()).await?;
    let standing = match row.item_kind.zip(row.item_id.as_deref()) {
        Some((ItemKind::Booking, id)) => store::item::find(&mut tx, ItemKind::Booking, id).await?,
        _ => None,
    };
    let can_move = standing
        .as_ref()
        .is_some_and(|item| matches!(item.standing(), Standing::Live | Standing::Pending));
    let mut earlier = Vec::new();
    if let Some(phone) = value["phone"].as_str() {
        for text in store::inbound::of_sender(&mut tx, phone, EARLIER).await? {
            earlier.push(json!({ "at": desk.calendar.zone.local(text.received_at), "words": text.body }));
        }
    }
    let mut page = staff.page();
    page["here"] = json!("inbox");
    page["can"] = json!({
        "confirm": can_move && !standing.as_ref().is_some_and(Item::is_confirmed), "cancel": can_move,
        "opt_out": value["phone"].is_string(), "open_case": customer.is_some(),
    });
    page["done"] = json!(
        row.done_at
            .map(|at| { json!({ "when": desk.calendar.zone.local(at), "by": row.done_by, "outcome": row.outcome }) })
    );
    page["row"] = value;
    page["earlier"] = json!(earlier);
    render("inbox_item.html", &staff.locale()?, &page)
}

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
pub(in super::super) struct Settled {
    act: Act,
    #[serde(default)]
    note: String,
}

/// `POST /inbox/{id}`.
pub(in super::super) async fn settle(
    State(app): State<App>,
    Path(id): Path<String>,
    Form { staff, form }: Form<Settled>,
) -> Result<Redirect, WebError> {
    let business = staff.business().ok_or(WebError::NotFound)?;
    let now = app.dispatcher.clock.now();
    let mut tx = app.store().write().await?;
    let row = found(&mut tx, business, &id).await?;
    if row.done_at.is_some() {
        return Ok(back("/inbox", business, "already"));
    }
    let said = acted(&mut tx, &app, &staff.user.name, &row, form.act, now).await?;
    if said == "impossible" {
        return Ok(back("/inbox", business, said));
    }
    act::settle(
        &mut tx,
        &app.dispatcher.zones,
        &row.id,
        &staff.user.name,
        written(&form.note),
        now,
    )
    .await?;
    tx.commit().await?;
    app.tell_senders();
    // Where it can be undone.
    let path = match (said, row.item_kind, row.item_id) {
        ("cancelled", Some(ItemKind::Booking), Some(booking)) => format!("/bookings/{booking}"),
        _ => "/inbox".to_owned(),
    };
    Ok(back(&path, business, said))
}

/// Does it, and says what was done.
async fn acted(
    tx: &mut Tx,
    app: &App,
    by: &str,
    row: &DeskItem,
    act: Act,
    now: Instant,
) -> Result<&'static str, WebError> {
    let zones = &app.dispatcher.zones;
    let (Some(business_id), Some(customer_id)) = (row.business_id.as_deref(), row.customer_id.as_deref()) else {
        return Ok(if matches!(act, Act::Done) { "done" } else { "impossible" });
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
                let wish = Wish {
                    business_ids: &[business_id.to_owned()],
                    address,
                    channel: None,
                    purpose: None,
                    source: "desk",
                    wording: row.words.as_deref(),
                };
                consent::opt_out(tx, zones, &wish, now).await?;
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

/// A row of that business's inbox; what is another's is not there.
async fn found(tx: &mut Tx, business: &Business, id: &str) -> Result<DeskItem, WebError> {
    let row = store::desk_item::find(tx, id).await?;
    row.filter(|row| row.business_id.as_deref() == Some(business.id.as_str()))
        .ok_or(WebError::NotFound)
}
