//! What messages are about: bookings, renewals, cases, and what customers have written.

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::closed_list::closed_list;
use super::conversation::Answer;
use super::instant::Instant;
use super::local::{LocalDate, LocalDateTime};

closed_list! {
    /// The kind of thing a message is about.
    ItemKind {
        Booking = "booking",
        Renewal = "renewal",
        Case = "case",
        /// What a customer has written: notices without a rule answer it.
        Reply = "reply",
    }
}

closed_list! {
    /// Where a visit stands.
    BookingStatus {
        Booked = "booked",
        Confirmed = "confirmed",
        ChangeRequested = "change_requested",
        Cancelled = "cancelled",
        InProgress = "in_progress",
        Completed = "completed",
        NoShow = "no_show",
    }
}

closed_list! {
    /// Where something that ends on a date stands.
    RenewalStatus {
        Active = "active",
        Renewed = "renewed",
        Declined = "declined",
        Lapsed = "lapsed",
        Ended = "ended",
    }
}

closed_list! {
    /// What it is that ends or falls due.
    RenewalKind { Policy = "policy", Warranty = "warranty", Inspection = "inspection", Service = "service" }
}

/// A visit at a local date and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub external_id: String,
    pub service: Option<String>,
    pub vehicle: Option<String>,
    /// Wall-clock start in the business's zone: the truth, from which `starts_at` is derived.
    pub starts: LocalDateTime,
    pub starts_at: Instant,
    pub duration_minutes: Option<i64>,
    pub status: BookingStatus,
    pub revision: i64,
    pub booked_at: Instant,
    /// When this revision became known.
    pub changed_at: Instant,
    pub completed_at: Option<Instant>,
}

/// A policy, warranty, inspection or service that ends or falls due on a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub external_id: String,
    pub kind: RenewalKind,
    pub subject: Option<String>,
    pub reference: Option<String>,
    pub ends_on: LocalDate,
    /// Decimal text as imported, like `412.50`.
    pub offer_amount: Option<String>,
    pub offer_currency: Option<String>,
    pub offer_url: Option<String>,
    pub status: RenewalStatus,
    pub revision: i64,
    pub booked_at: Instant,
    /// When this revision became known.
    pub changed_at: Instant,
    pub completed_at: Option<Instant>,
}

/// What a customer has written, for the notices that answer it; or what somebody at the desk has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The inbound message's.
    pub id: String,
    pub business_id: String,
    pub customer_id: String,
    pub at: Instant,
    /// The visit that it was about, where that is known.
    pub about: Option<Booking>,
    /// The words of somebody at the desk; none: it is the customer's.
    pub answer: Option<Answer>,
}

/// A booking, a renewal, a case or something written, for whoever plans, checks and explains them alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Booking(Booking),
    Renewal(Renewal),
    Case(Case),
    Reply(Written),
}

/// What an item's status means for the messages about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Still ahead: messages go.
    Live,
    /// A change was asked for: messages wait for a person.
    Pending,
    Cancelled,
    /// Over, in whatever way: nothing more to say ahead of it.
    Done,
}

impl Item {
    #[must_use]
    pub const fn kind(&self) -> ItemKind {
        match self {
            Self::Booking(_) => ItemKind::Booking,
            Self::Renewal(_) => ItemKind::Renewal,
            Self::Case(_) => ItemKind::Case,
            Self::Reply(_) => ItemKind::Reply,
        }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.id,
            Self::Renewal(renewal) => &renewal.id,
            Self::Case(case) => &case.id,
            Self::Reply(written) => &written.id,
        }
    }

    /// The id in the business's own system; a case and a reply have none but ours.
    #[must_use]
    pub fn external_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.external_id,
            Self::Renewal(renewal) => &renewal.external_id,
            Self::Case(case) => &case.id,
            Self::Reply(written) => &written.id,
        }
    }

    #[must_use]
    pub fn business_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.business_id,
            Self::Renewal(renewal) => &renewal.business_id,
            Self::Case(case) => &case.business_id,
            Self::Reply(written) => &written.business_id,
        }
    }

    #[must_use]
    pub fn customer_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.customer_id,
            Self::Renewal(renewal) => &renewal.customer_id,
            Self::Case(case) => &case.customer_id,
            Self::Reply(written) => &written.customer_id,
        }
    }

    #[must_use]
    pub const fn revision(&self) -> i64 {
        match self {
            Self::Booking(booking) => booking.revision,
            Self::Renewal(renewal) => renewal.revision,
            Self::Case(case) => case.revision,
            Self::Reply(_) => 1,
        }
    }

    /// When this revision became known: earlier than this no rule could have spoken of it.
    #[must_use]
    pub const fn known_at(&self) -> Instant {
        match self {
            Self::Booking(booking) => booking.changed_at,
            Self::Renewal(renewal) => renewal.changed_at,
            Self::Case(case) => case.changed_at,
            Self::Reply(written) => written.at,
        }
    }

    #[must_use]
    pub const fn completed_at(&self) -> Option<Instant> {
        match self {
            Self::Booking(booking) => booking.completed_at,
            Self::Renewal(renewal) => renewal.completed_at,
            Self::Case(case) => case.closed_at,
            Self::Reply(_) => None,
        }
    }

    #[must_use]
    pub const fn standing(&self) -> Standing {
        match self {
            Self::Booking(booking) => match booking.status {
                BookingStatus::Booked | BookingStatus::Confirmed => Standing::Live,
                BookingStatus::ChangeRequested => Standing::Pending,
                BookingStatus::Cancelled => Standing::Cancelled,
                BookingStatus::InProgress | BookingStatus::Completed | BookingStatus::NoShow => Standing::Done,
            },
            Self::Renewal(renewal) => match renewal.status {
                RenewalStatus::Active => Standing::Live,
                _ => Standing::Done,
            },
            Self::Case(case) if case.is_open() => Standing::Live,
            Self::Case(_) => Standing::Done,
            // What is said about a visit in answer to somebody's words is of no use once the visit is not ahead.
            Self::Reply(written) => match &written.about {
                Some(booking) => match booking.status {
                    BookingStatus::Cancelled => Standing::Cancelled,
                    BookingStatus::InProgress | BookingStatus::Completed | BookingStatus::NoShow => Standing::Done,
                    _ => Standing::Live,
                },
                None => Standing::Live,
            },
        }
    }

    /// Whether the item itself says that the customer has answered its question with yes.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        match self {
            Self::Booking(booking) => matches!(booking.status, BookingStatus::Confirmed),
            Self::Renewal(renewal) => matches!(renewal.status, RenewalStatus::Renewed),
            Self::Case(case) => matches!(case.solved, Some(true)),
            Self::Reply(_) => false,
        }
    }

    /// The status, as it is stored.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Booking(booking) => booking.status.as_str(),
            Self::Renewal(renewal) => renewal.status.as_str(),
            Self::Case(case) => case.status(),
            Self::Reply(_) => "received",
        }
    }

    /// The local date or date-time that the customer is told; of a case the moment it was opened.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Booking(booking) => booking.starts.to_string(),
            Self::Renewal(renewal) => renewal.ends_on.to_string(),
            Self::Case(case) => case.changed_at.to_string(),
            Self::Reply(written) => written.at.to_string(),
        }
    }
}
