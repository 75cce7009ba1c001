//! The ledger of consent while a batch is taken in: what it says, and the lines that the batch adds.

use std::collections::HashMap;

use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::message::{Channel, Purpose};
use crate::store::ledger::{NewConsent, Spoken};

/// A line of it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub channel: Option<Channel>,
    pub purpose: Option<Purpose>,
    pub given: bool,
    pub source: String,
    pub at: Instant,
}

/// A line that the batch adds: of a customer, whatever the address.
#[derive(Clone, Debug)]
pub(super) struct NewLine {
    pub customer_id: String,
    pub line: Line,
}

/// What one business's ledger says of everybody and every address that a batch is about.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Oldest first, as are those that were added since.
    lines: Vec<Line>,
    of_customer: HashMap<String, Vec<usize>>,
    of_address: HashMap<String, Vec<usize>>,
}

impl Line {
    pub(super) const fn spoken(&self) -> ConsentLine {
        ConsentLine {
            channel: self.channel,
            purpose: self.purpose,
            given: self.given,
            at: self.at,
        }
    }

    /// Whether it speaks of that purpose, on whatever channel.
    pub(super) fn is_about(&self, purpose: Purpose) -> bool {
        self.purpose.is_none_or(|scope| scope == purpose)
    }
}

impl NewLine {
    pub(super) fn as_stored<'a>(&'a self, business_id: &'a str) -> (NewConsent<'a>, Instant) {
        let consent = NewConsent {
            business_id,
            customer_id: Some(&self.customer_id),
            address: None,
            channel: self.line.channel,
            purpose: self.line.purpose,
            given: self.line.given,
            source: &self.line.source,
            wording: None,
        };
        (consent, self.line.at)
    }
}

impl Ledger {
    pub(super) fn new(spoken: Vec<Spoken>) -> Self {
        let mut ledger = Self::default();
        for spoken in spoken {
            let at = ledger.lines.len();
            if let Some(customer_id) = spoken.customer_id {
                ledger.of_customer.entry(customer_id).or_default().push(at);
            }
            if let Some(address) = spoken.address {
                ledger.of_address.entry(address).or_default().push(at);
            }
            ledger.lines.push(Line {
                channel: spoken.channel,
                purpose: spoken.purpose,
                given: spoken.given,
                source: spoken.source,
                at: spoken.at,
            });
        }
        ledger
    }

    pub(super) fn add(&mut self, new: &NewLine) {
        let lines = self.of_customer.entry(new.customer_id.clone()).or_default();
        lines.push(self.lines.len());
        self.lines.push(new.line.clone());
    }

    /// What speaks of a customer, by id and by both addresses, oldest first.
    pub(super) fn of_customer(&self, customer: &Customer) -> Vec<&Line> {
        let addresses = [&customer.phone, &customer.email].into_iter().flatten();
        let by_address = addresses.filter_map(|address| self.of_address.get(address));
        let by_id = self.of_customer.get(&customer.id);
        let mut found: Vec<_> = by_id.into_iter().chain(by_address).flatten().copied().collect();
        found.sort_by_key(|at| (self.lines[*at].at, *at));
        found.dedup();
        found.into_iter().map(|at| &self.lines[at]).collect()
    }

    /// What speaks of an address, whoever has it.
    pub(super) fn of_address(&self, address: &str) -> Vec<ConsentLine> {
        let found = self.of_address.get(address);
        found.into_iter().flatten().map(|at| self.lines[*at].spoken()).collect()
    }
}
