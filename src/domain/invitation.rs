//! The calendar invitation of a booking: an iTIP request or cancellation (RFC 5546) as iCalendar text (RFC 5545).
//!
//! The `icalendar` crate writes it: properties, parameters, escaping, CRLF. Two things are done here, because it does
//! not do them: line ends and quotes are kept out of names, and lines are folded anew (version 0.17 lets the last
//! piece of a folded line be 76 octets long).

use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::instant::Instant;
use super::rule::Anchor;

/// What the customer's calendar is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A new visit, or a changed one.
    Request,
    /// The visit will not take place.
    Cancel,
}

/// A booking as its calendar entry. Times are instants: the entry carries UTC, and every calendar shows local time.
#[derive(Clone, Debug)]
pub struct Invitation {
    pub method: Method,
    /// The same for the booking's whole life; a calendar finds its entry by it and by the organizer.
    pub uid: String,
    /// Rises with every change of time or state, and with the cancellation (RFC 5546, 2.1.4): the booking's revision.
    pub sequence: u32,
    /// When this text is made (DTSTAMP).
    pub now: Instant,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// The business, with the address that the mail comes from; answers go there.
    pub organizer: Party,
    /// The customer, with the address that the mail goes to.
    pub attendee: Party,
    pub summary: String,
    pub location: Option<String>,
}

/// A name and a mail address.
#[derive(Clone, Debug)]
pub struct Party {
    /// Empty when unknown.
    pub name: String,
    pub address: String,
}

impl Method {
    /// What a mail whose rule counts from `anchor` does to the customer's calendar; none: it has no calendar part.
    #[must_use]
    pub const fn of(anchor: Anchor) -> Option<Self> {
        match anchor {
            Anchor::Booked | Anchor::Start | Anchor::Changed => Some(Self::Request),
            Anchor::Cancelled => Some(Self::Cancel),
            Anchor::Completed | Anchor::EndsOn | Anchor::Opened | Anchor::Rated => None,
        }
    }

    /// The word of the METHOD property, which the MIME part's parameter repeats (RFC 6047, 2.4).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The invitation as text/calendar, every line ended by CRLF.
#[must_use]
pub fn invitation(invitation: &Invitation) -> String {
    let mut event = Event::new();
    event
        .uid(&line(&invitation.uid))
        .sequence(invitation.sequence)
        .timestamp(invitation.now.utc())
        .starts(invitation.starts_at.utc())
        .ends(invitation.ends_at.utc())
        .summary(&text(&invitation.summary))
        .append_property(party("ORGANIZER", &invitation.organizer).done())
        .append_multi_property(attendee(invitation));
    if let Some(location) = &invitation.location {
        event.location(&text(location));
    }
    match invitation.method {
        Method::Request => event.status(EventStatus::Confirmed),
        Method::Cancel => event.status(EventStatus::Cancelled),
    };
    // Not `Calendar::new`, which signs with the crate's name.
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Daybefore//Daybefore//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", invitation.method.as_str()))
        .push(event);
    fold(&calendar.to_string())
}

/// Lines of at most 75 octets without their CRLF, split between characters (RFC 5545, 3.1).
fn fold(folded: &str) -> String {
    const LIMIT: usize = 75;
    let mut out = String::with_capacity(folded.len() + 64);
    for line in folded.replace("\r\n ", "").split_terminator("\r\n") {
        let mut room = LIMIT;
        for c in line.chars() {
            if c.len_utf8() > room {
                out.push_str("\r\n ");
                // The blank that marks a continuation counts too.
                room = LIMIT - 1;
            }
            room -= c.len_utf8();
            out.push(c);
        }
        out.push_str("\r\n");
    }
    out
}

/// The customer. A cancellation asks for no answer.
fn attendee(invitation: &Invitation) -> Property {
    let mut property = party("ATTENDEE", &invitation.attendee);
    property
        .add_parameter("CUTYPE", "INDIVIDUAL")
        .add_parameter("ROLE", "REQ-PARTICIPANT");
    if invitation.method == Method::Request {
        property
            .add_parameter("PARTSTAT", "NEEDS-ACTION")
            .add_parameter("RSVP", "TRUE");
    }
    property.done()
}

fn party(name: &str, party: &Party) -> Property {
    let mut property = Property::new(name, format!("mailto:{}", line(&party.address)));
    let name = parameter(&party.name);
    if !name.is_empty() {
        property.add_parameter("CN", &name);
    }
    property
}

/// A TEXT value: line ends in one form, which the crate escapes, and no other control characters.
fn text(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

/// A value that is written as it is: no control characters, so that it can't begin another line.
fn line(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

/// A parameter value. Quotes can't be written in one at all (RFC 5545, 3.1), so they become apostrophes.
fn parameter(value: &str) -> String {
    let clean: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.replace('"', "'").trim().to_owned()
}

#[cfg(test)]
mod tests;
