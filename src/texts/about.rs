//! All that a text may speak of, as the caller gives it. `facts` shows it to templates.

use chrono::{NaiveDate, NaiveDateTime};

use super::catalogue::Item;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;
use crate::domain::rating::Scale;

/// What one message speaks of. Everything is shown as the customer shall read it, in `locale`.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub business: AboutBusiness<'a>,
    pub customer: AboutCustomer<'a>,
    pub item: AboutItem<'a>,
    pub asks: Asks,
    pub locale: Locale,
    /// The business's local date at the moment of sending: what "tomorrow" is measured from.
    pub today: NaiveDate,
    pub ways: Ways<'a>,
}

/// How the reader can answer.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'a> {
    /// The customer's page for this message.
    pub link: Option<&'a str>,
    /// Where mails of this kind are ended.
    pub unsubscribe_link: Option<&'a str>,
    /// A text message can be answered. Where it can't (the sender is a name), the link takes the place of the letters.
    pub by_reply: bool,
}

impl Ways<'_> {
    /// No link, and letters that arrive: what a text is like without a public address.
    pub const REPLY: Self = Self {
        link: None,
        unsubscribe_link: None,
        by_reply: true,
    };
}

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub struct AboutBusiness<'a> {
    /// Decides which own texts apply; never shown.
    pub id: &'a str,
    pub name: &'a str,
    pub phone: Option<&'a str>,
    pub email: Option<&'a str>,
    /// One or several lines.
    pub address: Option<&'a str>,
    /// Where it can be reviewed in public.
    pub review_link: Option<&'a str>,
}

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct AboutCustomer<'a> {
    /// May be empty.
    pub name: &'a str,
}

/// The item that the message is about.
#[derive(Clone, Copy, Debug)]
pub enum AboutItem<'a> {
    Booking {
        service: Option<&'a str>,
        vehicle: Option<&'a str>,
        /// Local time of the business.
        starts: NaiveDateTime,
        /// When it was before the change.
        was: Option<NaiveDateTime>,
        confirmed: bool,
    },
    Renewal {
        /// policy, warranty, inspection or service.
        kind: &'a str,
        /// What it covers: a vehicle, a home.
        subject: Option<&'a str>,
        /// Number of the policy or contract.
        reference: Option<&'a str>,
        ends_on: NaiveDate,
        /// Only where marketing consent stands.
        offer: Option<Offer<'a>>,
    },
    Case {
        /// What the customer said.
        words: Option<&'a str>,
        /// On this scale.
        score: Option<(Scale, i64)>,
        /// Local time of the business.
        opened: NaiveDateTime,
        /// Until when somebody should have called.
        due: NaiveDateTime,
        /// Where the customer can be called.
        customer_phone: Option<&'a str>,
        customer_email: Option<&'a str>,
    },
    /// What a customer has written: only texts that speak of no item can be made of it.
    Reply {
        /// Local time of the business.
        written: NaiveDateTime,
    },
}

/// What the agent offers.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Decimal point, no grouping: `412.50`.
    pub amount: &'a str,
    /// ISO 4217.
    pub currency: &'a str,
    pub url: Option<&'a str>,
}

impl AboutItem<'_> {
    /// Which kind of item it is.
    #[must_use]
    pub const fn item(&self) -> Item {
        match self {
            Self::Booking { .. } => Item::Booking,
            Self::Renewal { .. } => Item::Renewal,
            Self::Case { .. } => Item::Case,
            Self::Reply { .. } => Item::Any,
        }
    }
}
