//! One customer: the record, what is booked and what ends, what may be sent and why, and everything that was said.

use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::render;
use super::super::rows::{bounds, rows};
use super::thread::{Wanted, thread};
use super::{booking_row, page, renewal_row};
use crate::app::App;
use crate::domain::consent::{ConsentLine, Verdict, deciding, verdict};
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::local::LocalDate;
use crate::domain::locale::Locale;
use crate::domain::message::{Channel, Purpose};
use crate::outbound::plan::Desk;
use crate::store::lookup::Order;
use crate::store::{self, Tx};

/// How many bookings and renewals, coming and past, and how many messages that are still to go, are shown.
const SHOWN: i64 = 10;

/// `GET /customers/{id}`.
pub(in super::super::super) async fn customer(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    let now = app.dispatcher.clock.now();
    let business = staff.business().ok_or(WebError::NotFound)?;
    let mut tx = app.store().read().await?;
    let customer = store::customer::find(&mut tx, &id).await?;
    let customer = customer
        .filter(|customer| customer.business_id == business.id)
        .ok_or(WebError::NotFound)?;
    let desk = Desk::load(&mut tx, &app.dispatcher.zones, &business.id).await?;
    let since = store::lookup::known_since(&mut tx, &id).await?;
    let coming = store::report::coming_to(&mut tx, &id, SHOWN).await?;
    let page = page(
        &staff,
        json!({
            "here": "customers", "customer": record(&customer),
            "since": since.map(|since| desk.calendar.zone.date(since)),
            "items": items(&mut tx, &desk, &customer, now).await?,
            "holds": holds(&mut tx, &desk, &customer).await?,
            "consent": consent(&mut tx, &desk, &customer).await?,
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
        "channel": customer.channel, "erased": customer.erased,
        "language": locale.and_then(Result::ok).map(|locale| locale.language()),
        // What came in, where no number could be read from it.
        "phone_raw": customer.phone_raw.as_ref().filter(|_| customer.phone.is_none()),
    })
}

/// Bookings and renewals, what comes first.
async fn items(tx: &mut Tx, desk: &Desk, customer: &Customer, now: Instant) -> Result<Value, WebError> {
    let today = desk.calendar.zone.date(now);
    let (begins, date) = (bounds(&desk.calendar, today).0, LocalDate(today));
    let (mut bookings, mut renewals) = (Vec::new(), Vec::new());
    for order in [Order::NextFirst, Order::LastFirst] {
        let of = &customer.id;
        bookings.extend(store::lookup::bookings_of(tx, of, order, (begins, ""), SHOWN).await?);
        renewals.extend(store::lookup::renewals_of(tx, of, order, (date, ""), SHOWN).await?);
    }
    Ok(json!({
        "bookings": bookings.iter().map(|booking| booking_row(booking, &[])).collect::<Vec<_>>(),
        "renewals": renewals.iter().map(|renewal| renewal_row(renewal, &[])).collect::<Vec<_>>(),
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

/// For each purpose and channel whether it may be used, and the line of the ledger that says so.
async fn consent(tx: &mut Tx, desk: &Desk, customer: &Customer) -> Result<Value, WebError> {
    let ledger = store::ledger::lines_of(tx, customer).await?;
    let lines: Vec<_> = ledger
        .iter()
        .map(|line| ConsentLine {
            channel: line.channel,
            purpose: line.purpose,
            given: line.given,
            at: line.at,
        })
        .collect();
    let mut rows = Vec::new();
    for purpose in Purpose::ALL {
        for channel in Channel::ALL {
            let says = verdict(&lines, *channel, *purpose, desk.business.surveys_need_consent);
            let proof = deciding(&lines, *channel, *purpose).map(|at| &ledger[at]);
            rows.push(json!({
                "purpose": purpose, "channel": channel, "reachable": customer.address(*channel).is_some(),
                "verdict": verdict_name(says),
                "proof": proof.map(|line| json!({
                    "source": line.source, "wording": line.wording, "at": desk.calendar.zone.local(line.at),
                })),
            }));
        }
    }
    Ok(rows.into())
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::OptedOut => "opted_out",
        Verdict::NoConsent => "no_consent",
    }
}
