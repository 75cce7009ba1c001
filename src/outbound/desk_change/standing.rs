//! What an item can become: over, cancelled, renewed, or ahead again.

use chrono::NaiveTime;

use super::{Entry, EntryError, Why, Wrong};
use crate::domain::item::{BookingStatus, Item, Renewal, RenewalStatus};
use crate::outbound::import::typed;
use crate::outbound::plan::Desk;

/// What an item can become at the desk.
#[must_use]
pub fn can_become(item: &Item) -> &'static [&'static str] {
    match item {
        Item::Booking(booking) => match booking.status {
            BookingStatus::Booked
            | BookingStatus::Confirmed
            | BookingStatus::ChangeRequested
            | BookingStatus::InProgress => &["completed", "no_show", "cancelled"],
            BookingStatus::Cancelled | BookingStatus::Completed | BookingStatus::NoShow => &["booked"],
        },
        Item::Renewal(renewal) => match renewal.status {
            RenewalStatus::Active => &["renewed", "declined", "lapsed"],
            _ => &["active"],
        },
        Item::Case(_) | Item::Reply(_) => &[],
    }
}

/// The item in another status, as a file would put it there.
pub(super) fn become_(before: &Item, status: &str, desk: &Desk, entry: &Entry<'_>) -> Result<Item, EntryError> {
    let now = entry.hand.now;
    Ok(match before {
        Item::Booking(booking) => {
            let status = status.parse().map_err(|_| EntryError::Impossible)?;
            Item::Booking(typed::booking_stands(booking, status, desk, now))
        }
        Item::Renewal(renewal) => {
            let status = status.parse().map_err(|_| EntryError::Impossible)?;
            Item::Renewal(settled(renewal, status, desk, entry)?)
        }
        Item::Case(_) | Item::Reply(_) => return Err(EntryError::NotThere),
    })
}

/// A renewal that is settled. With the end of its new term that term begins at once; how the renewing went is asked all
/// the same.
fn settled(before: &Renewal, status: RenewalStatus, desk: &Desk, entry: &Entry<'_>) -> Result<Renewal, EntryError> {
    let now = entry.hand.now;
    let renewed = (status == RenewalStatus::Renewed).then_some(now);
    let typed = entry.cells.iter().find(|(column, _)| *column == "ends_on");
    let new_term = typed
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty() && renewed.is_some());
    let Some(ends_on) = new_term else {
        return Ok(Renewal {
            status,
            completed_at: renewed,
            ..before.clone()
        });
    };
    let cells = vec![("kind", before.kind.to_string()), ("ends_on", ends_on.to_owned())];
    let read = typed::renewal(before, cells, desk, now).map_err(Wrong::all)?;
    if read.ends_on <= before.ends_on || desk.calendar.zone.instant(read.ends_on.0.and_time(NaiveTime::MIN)) <= now {
        return Err(Wrong::one("ends_on", Why::NotLater));
    }
    Ok(Renewal {
        ends_on: read.ends_on,
        status: RenewalStatus::Active,
        revision: before.revision + 1,
        changed_at: now,
        completed_at: renewed,
        // The offer was for the term that begins now.
        offer_amount: None,
        offer_currency: None,
        offer_url: None,
        ..before.clone()
    })
}
