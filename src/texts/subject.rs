//! From what we store to what a text may speak of.

use chrono::NaiveDate;

use super::about::{About, AboutBusiness, AboutCustomer, AboutItem, Offer, Ways};
use super::catalogue::{self, Audience};
use super::{Rendered, TextError, Texts};
use crate::domain::business::Business;
use crate::domain::case::Case;
use crate::domain::customer::Customer;
use crate::domain::item::{Booking, BookingStatus, Item};
use crate::domain::local::LocalDateTime;
use crate::domain::locale::{Locale, LocaleError};
use crate::domain::message::{Asks, Channel};
use crate::domain::zone::Zone;

/// A message's business, customer and item, and what else its words depend on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub business: &'a Business,
    pub customer: &'a Customer,
    pub item: &'a Item,
    pub asks: Asks,
    /// The time that the customer was told before the change.
    pub told_before: Option<&'a str>,
    /// Marketing consent stands: a price may be shown.
    pub may_offer: bool,
    /// The business's local date at the moment of sending.
    pub today: NaiveDate,
    /// Whose clock the business goes by.
    pub zone: &'a Zone,
    pub ways: Ways<'a>,
}

impl Texts {
    /// Writes what `template` says of `subject` on `channel`: in the customer's language or else the business's, and in the
    /// business's where it is the reader.
    ///
    /// # Errors
    /// When there is no such text, or it can't be rendered.
    pub fn write(&self, template: &str, channel: Channel, subject: &Subject<'_>) -> Result<Rendered, TextError> {
        let to_business = catalogue::find(template).is_some_and(|found| found.audience == Audience::Business);
        let about = subject.about(to_business).map_err(|error| TextError::Locale {
            business: subject.business.id.clone(),
            template: template.to_owned(),
            problem: error.to_string(),
        })?;
        self.render(template, channel, &about)
    }
}

impl<'a> Subject<'a> {
    /// The same, as texts know it; an error when neither the customer's nor the business's language has texts.
    pub(super) fn about(&self, to_business: bool) -> Result<About<'a>, LocaleError> {
        let own = self.customer.locale.as_deref().filter(|_| !to_business);
        let own = own.and_then(|tag| Locale::parse(tag).ok());
        let locale = own.map_or_else(|| Locale::parse(&self.business.locale), Ok)?;
        Ok(About {
            business: AboutBusiness {
                id: &self.business.id,
                name: &self.business.name,
                phone: self.business.phone.as_deref(),
                email: self.business.email.as_deref(),
                address: self.business.address.as_deref(),
                review_link: self.business.review_url.as_deref(),
            },
            customer: AboutCustomer {
                name: &self.customer.name,
            },
            item: self.item(),
            asks: self.asks,
            locale,
            today: self.today,
            ways: self.ways,
        })
    }

    fn item(&self) -> AboutItem<'a> {
        match self.item {
            Item::Booking(booking) => self.booking(booking),
            Item::Case(case) => self.case(case),
            // Of what was written only the visit is spoken of.
            Item::Reply(written) => match &written.about {
                Some(booking) => self.booking(booking),
                None => AboutItem::Reply {
                    written: self.zone.local(written.at),
                },
            },
            Item::Renewal(renewal) => AboutItem::Renewal {
                kind: renewal.kind.as_str(),
                subject: renewal.subject.as_deref(),
                reference: renewal.reference.as_deref(),
                ends_on: renewal.ends_on.0,
                offer: self.offer(
                    renewal.offer_amount.as_deref(),
                    renewal.offer_currency.as_deref(),
                    renewal.offer_url.as_deref(),
                ),
            },
        }
    }

    fn booking(&self, booking: &'a Booking) -> AboutItem<'a> {
        let told = self
            .told_before
            .and_then(|told| told.parse::<LocalDateTime>().ok())
            .map(|told| told.0);
        // A cancelled visit is named by the time that the customer knows it by.
        let cancelled = booking.status == BookingStatus::Cancelled;
        AboutItem::Booking {
            service: booking.service.as_deref(),
            vehicle: booking.vehicle.as_deref(),
            starts: told.filter(|_| cancelled).unwrap_or(booking.starts.0),
            was: told.filter(|_| !cancelled),
            confirmed: booking.status == BookingStatus::Confirmed,
        }
    }

    fn case(&self, case: &'a Case) -> AboutItem<'a> {
        AboutItem::Case {
            words: case.words.as_deref(),
            score: case.scale.zip(case.score),
            opened: self.zone.local(case.changed_at),
            due: self.zone.local(case.due_at),
            customer_phone: self.customer.phone.as_deref(),
            customer_email: self.customer.email.as_deref(),
        }
    }

    fn offer(&self, amount: Option<&'a str>, currency: Option<&'a str>, url: Option<&'a str>) -> Option<Offer<'a>> {
        let (amount, currency) = (amount?, currency?);
        self.may_offer.then_some(Offer { amount, currency, url })
    }
}
