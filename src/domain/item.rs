//! What messages are about: bookings, renewals and cases.

use serde::Serialize;

use super::case::Case;
use super::closed_list::closed_list;
use super::instant::Instant;
use super::local::{LocalDate, LocalDateTime};

closed_list! {
    /// The kind of thing a message is about.
    ItemKind { Booking = "booking", Renewal = "renewal", Case = "case" }
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// A booking, a renewal or a case, for whoever plans, checks and explains them alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Booking(Booking),
    Renewal(Renewal),
    Case(Case),
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
        }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.id,
            Self::Renewal(renewal) => &renewal.id,
            Self::Case(case) => &case.id,
        }
    }

    /// The id in the business's own system; a case has none but ours.
    #[must_use]
    pub fn external_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.external_id,
            Self::Renewal(renewal) => &renewal.external_id,
            Self::Case(case) => &case.id,
        }
    }

    #[must_use]
    pub fn business_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.business_id,
            Self::Renewal(renewal) => &renewal.business_id,
            Self::Case(case) => &case.business_id,
        }
    }

    #[must_use]
    pub fn customer_id(&self) -> &str {
        match self {
            Self::Booking(booking) => &booking.customer_id,
            Self::Renewal(renewal) => &renewal.customer_id,
            Self::Case(case) => &case.customer_id,
        }
    }

    #[must_use]
    pub const fn revision(&self) -> i64 {
        match self {
            Self::Booking(booking) => booking.revision,
            Self::Renewal(renewal) => renewal.revision,
            Self::Case(case) => case.revision,
        }
    }

    /// When this revision became known: earlier than this no rule could have spoken of it.
    #[must_use]
    pub const fn known_at(&self) -> Instant {
        match self {
            Self::Booking(booking) => booking.changed_at,
            Self::Renewal(renewal) => renewal.changed_at,
            Self::Case(case) => case.changed_at,
        }
    }

    #[must_use]
    pub const fn completed_at(&self) -> Option<Instant> {
        match self {
            Self::Booking(booking) => booking.completed_at,
            Self::Renewal(renewal) => renewal.completed_at,
            Self::Case(case) => case.closed_at,
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
        }
    }

    /// Whether the item itself says that the customer has answered its question with yes.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        match self {
            Self::Booking(booking) => matches!(booking.status, BookingStatus::Confirmed),
            Self::Renewal(renewal) => matches!(renewal.status, RenewalStatus::Renewed),
            Self::Case(case) => matches!(case.solved, Some(true)),
        }
    }

    /// The status, as it is stored.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Booking(booking) => booking.status.as_str(),
            Self::Renewal(renewal) => renewal.status.as_str(),
            Self::Case(case) => case.status(),
        }
    }

    /// The local date or date-time that the customer is told; of a case the moment it was opened.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Booking(booking) => booking.starts.to_string(),
            Self::Renewal(renewal) => renewal.ends_on.to_string(),
            Self::Case(case) => case.changed_at.to_string(),
        }
    }
}
