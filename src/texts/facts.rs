//! What templates see of an `About`: the names that they may use, each value as the customer shall read it.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use super::about::{About, AboutItem};
use super::catalogue::Item;
use super::tidy::one_line;
use crate::domain::locale::Locale;
use crate::domain::message::Asks;

const COMMON: [&str; 19] = [
    "business",
    "phone",
    "email",
    "address",
    "signature",
    "customer",
    "link",
    "unsubscribe_link",
    "by_link",
    "asks_confirm",
    "asks_renewal",
    "asks_rating",
    "asks_solved",
    "review_link",
    "date",
    "day",
    "when",
    "today",
    "locale",
];
const BOOKING: [&str; 8] = [
    "time",
    "service",
    "vehicle",
    "what",
    "old_date",
    "old_time",
    "old_when",
    "confirmed",
];
const RENEWAL: [&str; 5] = ["kind", "subject", "reference", "offer", "offer_link"];

const CASE: [&str; 7] = [
    "words",
    "words_in_short",
    "score",
    "due_date",
    "due_time",
    "customer_phone",
    "customer_email",
];

/// How much of a customer's words an alert by text message tells.
const SHORT: usize = 60;

/// The names that a template about this kind of item may use.
pub(super) fn names(item: Item) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match item {
        Item::Booking => &BOOKING,
        Item::Renewal => &RENEWAL,
        Item::Case => &CASE,
        Item::Any => &[],
    };
    COMMON.iter().chain(own).copied()
}

/// What the template engine asks for values. They are made when a text asks for them: most texts use a few.
#[derive(Debug)]
pub(super) struct Facts {
    business: String,
    phone: String,
    email: String,
    address: String,
    customer: String,
    link: String,
    unsubscribe_link: String,
    by_reply: bool,
    review_link: String,
    item: ItemFacts,
    asks: Asks,
    locale: Locale,
    today: NaiveDate,
}

#[derive(Debug)]
enum ItemFacts {
    Booking {
        service: String,
        vehicle: String,
        starts: NaiveDateTime,
        was: Option<NaiveDateTime>,
        confirmed: bool,
    },
    Renewal {
        kind: String,
        subject: String,
        reference: String,
        ends_on: NaiveDate,
        offer: String,
        offer_link: String,
    },
    Case {
        words: String,
        score: String,
        opened: NaiveDateTime,
        due: NaiveDateTime,
        customer_phone: String,
        customer_email: String,
    },
    Reply {
        written: NaiveDateTime,
    },
}

fn line(text: Option<&str>) -> String {
    text.map(one_line).unwrap_or_default()
}

impl Facts {
    pub(super) fn new(about: &About<'_>) -> Self {
        let business = &about.business;
        let address = business.address.unwrap_or_default();
        let address = if address.contains(['\n', '\r']) {
            address
                .lines()
                .map(one_line)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        } else {
            one_line(address)
        };
        Self {
            business: one_line(business.name),
            phone: line(business.phone),
            email: line(business.email),
            address,
            customer: one_line(about.customer.name),
            link: line(about.ways.link),
            unsubscribe_link: line(about.ways.unsubscribe_link),
            by_reply: about.ways.by_reply,
            review_link: line(business.review_link),
            item: ItemFacts::new(about),
            asks: about.asks,
            locale: about.locale,
            today: about.today,
        }
    }

    fn common(&self, name: &str) -> Option<Value> {
        Some(match name {
            "business" => Value::from(self.business.as_str()),
            "phone" => Value::from(self.phone.as_str()),
            "email" => Value::from(self.email.as_str()),
            "address" => Value::from(self.address.as_str()),
            "signature" => Value::from(self.signature()),
            "customer" => Value::from(self.customer.as_str()),
            "link" => Value::from(self.link.as_str()),
            "unsubscribe_link" => Value::from(self.unsubscribe_link.as_str()),
            "by_link" => Value::from(!self.by_reply && self.asks != Asks::Nothing && !self.is_confirmed()),
            "asks_confirm" => Value::from(self.asks(Asks::Confirm) && !self.is_confirmed()),
            "asks_renewal" => Value::from(self.asks(Asks::Renewal)),
            "asks_rating" => Value::from(self.asks(Asks::Rating)),
            "asks_solved" => Value::from(self.asks(Asks::Solved)),
            "review_link" => Value::from(self.review_link.as_str()),
            "date" => Value::from(self.locale.date(self.date(), self.today)),
            "day" => Value::from(self.locale.day(self.date(), self.today).unwrap_or_default()),
            "when" => Value::from(self.when()),
            "today" => Value::from(self.locale.date(self.today, self.today)),
            "locale" => Value::from(self.locale.tag()),
            _ => return None,
        })
    }

    fn date(&self) -> NaiveDate {
        match &self.item {
            ItemFacts::Booking { starts, .. } => starts.date(),
            ItemFacts::Renewal { ends_on, .. } => *ends_on,
            ItemFacts::Case { opened, .. } => opened.date(),
            ItemFacts::Reply { written } => written.date(),
        }
    }

    fn when(&self) -> String {
        match &self.item {
            ItemFacts::Booking { starts, .. } => self.locale.on_at(*starts, self.today),
            ItemFacts::Renewal { ends_on, .. } => self.locale.on(*ends_on, self.today),
            ItemFacts::Case { opened, .. } => self.locale.on_at(*opened, self.today),
            ItemFacts::Reply { written } => self.locale.on_at(*written, self.today),
        }
    }

    /// Whether letters or digits are asked for: not where no answer arrives.
    fn asks(&self, asks: Asks) -> bool {
        self.by_reply && self.asks == asks
    }

    const fn is_confirmed(&self) -> bool {
        matches!(self.item, ItemFacts::Booking { confirmed: true, .. })
    }

    /// Name, address, phone and email, each on its line: how a mail ends.
    fn signature(&self) -> String {
        let lines = [&self.business, &self.address, &self.phone, &self.email];
        lines
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn of_item(&self, name: &str) -> Option<Value> {
        match &self.item {
            ItemFacts::Booking {
                service,
                vehicle,
                starts,
                was,
                confirmed,
            } => Some(match name {
                "time" => Value::from(self.locale.time(starts.time())),
                "service" => Value::from(service.as_str()),
                "vehicle" => Value::from(vehicle.as_str()),
                "what" => Value::from(joined(service, vehicle)),
                "confirmed" => Value::from(*confirmed),
                "old_date" => was.map_or_else(empty, |was| self.locale.date(was.date(), self.today).into()),
                "old_time" => was.map_or_else(empty, |was| self.locale.time(was.time()).into()),
                "old_when" => was.map_or_else(empty, |was| self.locale.on_at(was, self.today).into()),
                _ => return None,
            }),
            ItemFacts::Renewal {
                kind,
                subject,
                reference,
                offer,
                offer_link,
                ..
            } => Some(match name {
                "kind" => Value::from(kind.as_str()),
                "subject" => Value::from(subject.as_str()),
                "reference" => Value::from(reference.as_str()),
                "offer" => Value::from(offer.as_str()),
                "offer_link" => Value::from(offer_link.as_str()),
                _ => return None,
            }),
            ItemFacts::Case {
                words,
                score,
                due,
                customer_phone,
                customer_email,
                ..
            } => Some(match name {
                "words" => Value::from(words.as_str()),
                "words_in_short" => Value::from(cut(words, SHORT)),
                "score" => Value::from(score.as_str()),
                "due_date" => Value::from(self.locale.date(due.date(), self.today)),
                "due_time" => Value::from(self.locale.time(due.time())),
                "customer_phone" => Value::from(customer_phone.as_str()),
                "customer_email" => Value::from(customer_email.as_str()),
                _ => return None,
            }),
            ItemFacts::Reply { .. } => None,
        }
    }
}

impl ItemFacts {
    fn new(about: &About<'_>) -> Self {
        match about.item {
            AboutItem::Booking {
                service,
                vehicle,
                starts,
                was,
                confirmed,
            } => Self::Booking {
                service: line(service),
                vehicle: line(vehicle),
                starts,
                was,
                confirmed,
            },
            AboutItem::Renewal {
                kind,
                subject,
                reference,
                ends_on,
                offer,
            } => Self::Renewal {
                kind: one_line(kind),
                subject: line(subject),
                reference: line(reference),
                ends_on,
                offer: offer
                    .map(|offer| one_line(&about.locale.money(offer.amount, offer.currency)))
                    .unwrap_or_default(),
                offer_link: line(offer.and_then(|offer| offer.url)),
            },
            AboutItem::Case {
                words,
                score,
                opened,
                due,
                customer_phone,
                customer_email,
            } => Self::Case {
                words: line(words),
                score: score.map_or_else(String::new, |(scale, score)| format!("{score}/{}", scale.range().end())),
                opened,
                due,
                customer_phone: line(customer_phone),
                customer_email: line(customer_email),
            },
            AboutItem::Reply { written } => Self::Reply { written },
        }
    }
}

/// Missing is empty, not undefined: `{% if phone %}` must work, and a misspelled name must fail.
fn empty() -> Value {
    Value::from("")
}

/// The beginning of a text, to a whole word, with three plain dots where something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(most).collect();
    let words = beginning
        .rsplit_once(' ')
        .map_or(beginning.as_str(), |(words, _)| words);
    format!("{words}...")
}

fn joined(first: &str, second: &str) -> String {
    let comma = if first.is_empty() || second.is_empty() {
        ""
    } else {
        ", "
    };
    format!("{first}{comma}{second}")
}

impl Object for Facts {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        key.as_str().and_then(|name| self.get_value_by_str(name))
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        self.common(name).or_else(|| self.of_item(name))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let item = match self.item {
            ItemFacts::Booking { .. } => Item::Booking,
            ItemFacts::Renewal { .. } => Item::Renewal,
            ItemFacts::Case { .. } => Item::Case,
            ItemFacts::Reply { .. } => Item::Any,
        };
        Enumerator::Values(names(item).map(Value::from).collect())
    }
}
