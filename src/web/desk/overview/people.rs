//! Who comes today and tomorrow, and what ends in the coming days.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::super::error::WebError;
use super::super::rows::{bounds, shifted, state_name};
use crate::domain::coming::{Coming, Ending};
use crate::domain::customer::Customer;
use crate::domain::local::LocalDate;
use crate::domain::message::Channel;
use crate::domain::replan::Hold;
use crate::outbound::plan::Desk;
use crate::outbound::today::{self, Around, Due, Visit};
use crate::store::Tx;
use crate::store::report::Line;

/// How many visits of a day, and how much of what ends, is shown; the lists of bookings and renewals have them all.
const SHOWN: i64 = 50;

/// How many days ahead something ends soon.
const SOON: i64 = 7;

/// Today and tomorrow, by the business's calendar.
pub(super) async fn days(tx: &mut Tx, desk: &Desk, today: NaiveDate) -> Result<Value, WebError> {
    let mut days = Vec::new();
    for (name, date) in [("today", today), ("tomorrow", shifted(today, 1))] {
        let (visits, count) = today::visits(tx, desk, bounds(&desk.calendar, date), SHOWN).await?;
        let more = count - i64::try_from(visits.len()).unwrap_or_default();
        let confirmed = visits.iter().filter(|visit| visit.coming == Coming::Confirmed).count();
        days.push(json!({
            "name": name, "date": date, "count": count, "more": more, "confirmed": confirmed,
            "visits": visits.iter().map(|visit| shown_visit(desk, visit)).collect::<Vec<_>>(),
        }));
    }
    Ok(days.into())
}

/// What ends from today on.
pub(super) async fn ends(tx: &mut Tx, desk: &Desk, today: NaiveDate) -> Result<Value, WebError> {
    let span = (LocalDate(today), LocalDate(shifted(today, SOON)));
    let (dues, count) = today::dues(tx, desk, span, SHOWN).await?;
    Ok(json!({
        "days": SOON, "count": count, "more": count - i64::try_from(dues.len()).unwrap_or_default(),
        "rows": dues.iter().map(|due| shown_due(desk, due)).collect::<Vec<_>>(),
    }))
}

fn shown_visit(desk: &Desk, visit: &Visit) -> Value {
    let booking = &visit.booking;
    // What waits says better why there is no yes.
    let says_enough = matches!(
        visit.coming,
        Coming::Confirmed | Coming::Here | Coming::Done | Coming::NoShow
    );
    let coming = Some(visit.coming).filter(|_| says_enough || visit.around.waiting.is_empty());
    let mut row = shown_around(desk, &visit.around);
    row["id"] = json!(booking.id);
    row["starts"] = json!(booking.starts);
    row["customer"] = json!(booking.customer_id);
    row["what"] = json!([&booking.service, &booking.vehicle]);
    row["stands"] = json!(coming);
    row["tone"] = json!(match visit.coming {
        Coming::Confirmed | Coming::Here | Coming::Done => "good",
        Coming::EarlierYes | Coming::Unreachable | Coming::Unwanted | Coming::NoShow | Coming::Cancelled => "bad",
        Coming::WantsChange | Coming::Answered | Coming::Asked => "wait",
        Coming::NotAsked => "plain",
    });
    row
}

fn shown_due(desk: &Desk, due: &Due) -> Value {
    let renewal = &due.renewal;
    let says_enough = matches!(due.ending, Ending::Renewed | Ending::Declined | Ending::Over);
    let ending = Some(due.ending).filter(|_| says_enough || due.around.waiting.is_empty());
    let mut row = shown_around(desk, &due.around);
    row["id"] = json!(renewal.id);
    row["ends_on"] = json!(renewal.ends_on);
    row["customer"] = json!(renewal.customer_id);
    row["kind"] = json!(renewal.kind);
    row["what"] = json!([&renewal.subject, &renewal.reference]);
    row["stands"] = json!(ending);
    row["tone"] = json!(match due.ending {
        Ending::Renewed => "good",
        Ending::Declined | Ending::Over | Ending::Unreachable | Ending::Unwanted => "bad",
        Ending::Answered | Ending::Asked => "wait",
        Ending::Told | Ending::NotTold => "plain",
    });
    row
}

fn shown_around(desk: &Desk, around: &Around) -> Value {
    let customer = around.customer.as_ref();
    let waiting = around.waiting.iter();
    json!({
        "who": customer.map_or("", |customer| customer.name.as_str()), "phone": customer.and_then(phone),
        "waiting": waiting.map(|row| json!({ "id": row.id, "kind": row.kind })).collect::<Vec<_>>(),
        "last": around.last.as_ref().map(|line| said(desk, line)),
        "next": around.next.as_ref().map(|line| said(desk, line)),
    })
}

/// The number to phone, as it is known.
fn phone(customer: &Customer) -> Option<&str> {
    customer.phone.as_deref().or(customer.phone_raw.as_deref())
}

/// A message in few words.
fn said(desk: &Desk, line: &Line) -> Value {
    let hold: Option<Hold> = line.hold;
    json!({
        "id": line.id, "template": line.template, "at": desk.calendar.zone.local(line.due_at), "hold": hold,
        "channel": line.channel.filter(|channel| *channel != Channel::Call), "state": state_name(line.state, line.channel),
    })
}
