//! A mail's calendar part: the invitation of a booking, whose SEQUENCE follows the booking's revision.

use chrono::TimeDelta;

use crate::carrier::CalendarPart;
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::invitation::{Invitation, Method, Party, invitation};
use crate::domain::item::{Booking, Item};
use crate::domain::rule::Anchor;

/// How long a visit is shown in calendars where the business does not say.
const USUAL_VISIT: TimeDelta = TimeDelta::minutes(60);

/// The calendar part of a mail about `item`; none where there is no visit ahead to enter or to take out.
pub(super) fn calendar(
    item: &Item,
    anchor: Anchor,
    business: &Business,
    customer: &Customer,
    from: &str,
    to: &str,
    now: Instant,
) -> Option<CalendarPart> {
    let Item::Booking(booking) = item else { return None };
    let method = Method::of(anchor)?;
    let body = invitation(&describe(booking, method, business, customer, from, to, now));
    Some(CalendarPart {
        method: method.as_str(),
        body,
    })
}

fn describe(
    booking: &Booking,
    method: Method,
    business: &Business,
    customer: &Customer,
    from: &str,
    to: &str,
    now: Instant,
) -> Invitation {
    let organizer = mailbox_address(from);
    let length = booking
        .duration_minutes
        .filter(|minutes| *minutes > 0)
        .map_or(USUAL_VISIT, TimeDelta::minutes);
    let what: Vec<&str> = [booking.service.as_deref(), Some(business.name.as_str())]
        .into_iter()
        .flatten()
        .collect();
    Invitation {
        method,
        // Not the sender's domain: the entry must be found again after a business has changed its address.
        uid: format!("{}@daybefore", booking.id),
        sequence: u32::try_from(booking.revision - 1).unwrap_or(0),
        now,
        starts_at: booking.starts_at,
        ends_at: booking.starts_at + length,
        organizer: Party {
            name: business.name.clone(),
            address: organizer,
        },
        attendee: Party {
            name: customer.name.clone(),
            address: to.to_owned(),
        },
        summary: what.join(" - "),
        location: business.address.clone(),
    }
}

/// The bare address of `Name <a@b>`.
fn mailbox_address(mailbox: &str) -> String {
    let inner = mailbox
        .rsplit_once('<')
        .map_or(mailbox, |(_, rest)| rest.trim_end_matches('>'));
    inner.trim().to_owned()
}
