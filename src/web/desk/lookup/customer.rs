//! One customer: the record, what is booked and what ends, what may be sent and why, and everything that was said.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::acting::Said;
use super::super::person;
use super::super::render;
use super::super::rows::{bounds, rows};
use super::thread::{Wanted, thread};
use super::{booking_row, page, renewal_row};
use crate::app::App;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::local::LocalDate;
use crate::domain::locale::Locale;
use crate::domain::note;
use crate::domain::visits::{is_regular, vehicles, visits};
use crate::outbound::plan::Desk;
use crate::store::lookup::Order;
use crate::store::{self, Tx};

/// How many messages that are still to go are shown, and how many bookings and renewals, coming and past.
const SHOWN: i64 = 10;
const SHOWN_ITEMS: usize = 10;

/// How many bookings and renewals, coming and past, are counted and looked through for vehicles.
const LOOKED_AT: i64 = 500;

/// `GET /customers/{id}`.
pub(in super::super::super) async fn customer(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    Query(said): Query<Said>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = person::found(&mut tx, business, &id).await?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let since = store::lookup::known_since(&mut tx, &id).await?;
    let coming = store::report::coming_to(&mut tx, &id, SHOWN).await?;
    let ledger = store::ledger::lines_of(&mut tx, &customer).await?;
    let page = page(
        &staff,
        json!({
            "here": "customers", "customer": record(&customer),
            "since": since.map(|since| desk.calendar.zone.date(since)),
            "items": items(&mut tx, &desk, &customer, now).await?,
            "holds": holds(&mut tx, &desk, &customer).await?,
            "consent": person::standing(&ledger, &desk, &customer), "notice": said.notice(),
            "notes": person::notes(&mut tx, &staff, &desk, &id).await?, "note_longest": note::LONGEST,
            "coming": rows(&mut tx, &app, &desk, coming).await?,
            "thread": thread(&mut tx, &desk, &id, &wanted).await?,
        }),
    );
    render("customer.html", &staff.locale()?, &page)
}

fn record(customer: &Customer) -> Value {
    let locale = customer.locale.as_deref().map(Locale::parse);
    json!({
        "id": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email,
        "number": customer.external_id, "standing": customer.standing, "notes": customer.notes,
        "channel": customer.channel,
        "language": locale.and_then(Result::ok).map(|locale| locale.language()),
        // What came in, where no number could be read from it.
        "phone_raw": customer.phone_raw.as_ref().filter(|_| customer.phone.is_none()),
    })
}

/// Bookings and renewals, what comes first; how often the customer came, and their vehicles.
async fn items(tx: &mut Tx, desk: &Desk, customer: &Customer, now: Instant) -> Result<Value, WebError> {
    let today = desk.calendar.zone.date(now);
    let (begins, date) = (bounds(&desk.calendar, today).0, LocalDate(today));
    let (mut bookings, mut renewals) = (Vec::new(), Vec::new());
    for order in [Order::NextFirst, Order::LastFirst] {
        let of = &customer.id;
        bookings.push(store::lookup::bookings_of(tx, of, order, (begins, ""), LOOKED_AT).await?);
        renewals.push(store::lookup::renewals_of(tx, of, order, (date, ""), LOOKED_AT).await?);
    }
    let shown = |rows: &Vec<Vec<Value>>| -> Vec<Value> {
        let firsts = rows.iter().flat_map(|rows| rows.iter().take(SHOWN_ITEMS));
        firsts.cloned().collect()
    };
    let rows_of_bookings = bookings
        .iter()
        .map(|part| part.iter().map(|row| booking_row(row, &[])).collect());
    let rows_of_renewals = renewals
        .iter()
        .map(|part| part.iter().map(|row| renewal_row(row, &[])).collect());
    let (booking_rows, renewal_rows) = (rows_of_bookings.collect(), rows_of_renewals.collect());
    let (bookings, renewals) = (bookings.concat(), renewals.concat());
    let standing = customer.standing.as_deref();
    Ok(json!({
        "bookings": shown(&booking_rows), "renewals": shown(&renewal_rows),
        "visits": visits(&bookings), "vehicles": vehicles(&bookings, &renewals, now, date),
        "regular": is_regular(standing), "ratings": ratings(tx, &customer.id).await?,
    }))
}

/// How the customer was served, in their own numbers: how many answers count, and the last of them.
async fn ratings(tx: &mut Tx, customer_id: &str) -> Result<Value, WebError> {
    let mut ratings = store::rating::of_customer(tx, customer_id).await?;
    ratings.retain(|rating| rating.counts);
    let last = ratings.last();
    Ok(json!({
        "count": ratings.len(),
        "last": last.map(|last| json!({
            "score": last.score, "most": last.scale.range().end(), "unhappy": last.scale.is_unhappy(last.score),
        })),
    }))
}

/// What keeps messages to a customer waiting, or from arriving.
async fn holds(tx: &mut Tx, desk: &Desk, customer: &Customer) -> Result<Value, WebError> {
    let case = store::customer_case::open_of(tx, &customer.id).await?;
    let number_held = match &customer.phone {
        Some(phone) => store::held_number::is_held(tx, &customer.business_id, phone).await?,
        None => false,
    };
    let waiting = store::desk_item::waiting_for(tx, &customer.id).await?;
    let waiting = waiting.iter().filter(|item| item.holds);
    Ok(json!({
        "case": case.map(|case| json!({
            "id": case.id, "words": case.words, "owner": case.owner, "by": desk.calendar.zone.local(case.due_at),
        })),
        "number": number_held,
        "bad": store::ledger::bad_addresses(tx, customer).await?,
        "waiting": waiting.map(|item| json!({
            "kind": item.kind, "words": item.words, "by": desk.calendar.zone.local(item.due_at),
        })).collect::<Vec<_>>(),
    }))
}
