//! Which customer a row means, and what the row adds to what is known of them.
//!
//! With a `customer_id` that is simple. Without one, the name must match, and a phone or an address that both know;
//! never a phone alone, since families share one.

use super::cells::{CellProblem, Row};
use super::known::Known;
use super::ledger::Line;
use super::{Taking, withdrawals};
use crate::domain::business::Business;
use crate::domain::customer::Customer;
use crate::domain::email_address;
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::domain::locale::Locale;
use crate::domain::message::{Channel, Purpose};
use crate::domain::phone::{self, Phone};
use crate::domain::record::{Field, name_key};

/// Where a line of the ledger comes from that an import has added.
pub(super) const IMPORT: &str = "import";

/// What a row says of a customer; empty cells say nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub customer_id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub phone_raw: Option<String>,
    pub email: Option<String>,
    pub locale: Option<String>,
    pub channel: Option<Channel>,
    pub standing: Option<String>,
    pub notes: Option<String>,
    consents: Vec<(Purpose, bool)>,
}

/// The customer a row means.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    pub customer: Customer,
    /// Something that plans depend on has changed: an address, a wish, a consent.
    pub changed: bool,
    pub is_new: bool,
}

impl Person {
    /// Reads the customer's cells of a row.
    pub(super) fn read(row: &mut Row, business: &Business, id_column: &str) -> Result<Self, CellProblem> {
        let phone = row.parsed("phone", |text| {
            phone::parse(text, &business.region).map_err(|error| error.to_string())
        })?;
        if let Some(warning) = phone.as_ref().and_then(|phone| phone.warning.clone()) {
            row.warn("phone", warning);
        }
        let locale = match row.text("locale").map(Locale::parse) {
            Some(Ok(locale)) => Some(locale.tag().to_owned()),
            Some(Err(error)) => {
                let remedy = error.to_string();
                if !looks_like_a_tag(row.text("locale").unwrap_or_default()) {
                    return Err(row.problem("locale", remedy));
                }
                row.warn("locale", format!("{remedy}; texts go in the business's own language"));
                None
            }
            None => None,
        };
        let mut consents = Vec::new();
        for (column, purpose) in [
            ("consent_service", Purpose::Service),
            ("consent_survey", Purpose::Survey),
            ("consent_marketing", Purpose::Marketing),
        ] {
            consents.extend(row.parsed(column, yes_or_no)?.map(|given| (purpose, given)));
        }
        Ok(Self {
            customer_id: row.plain(id_column),
            name: row.plain("name"),
            phone_raw: row.text("phone").map(str::to_owned),
            phone,
            email: row.parsed("email", |text| {
                email_address::parse(text).map_err(|error| error.to_string())
            })?,
            locale,
            channel: row.one_of("channel", &["sms", "email", "call"])?,
            standing: row.plain("standing"),
            notes: row.text("notes").map(str::to_owned),
            consents,
        })
    }

    /// Finds or makes the customer this row means. `current` is the one its item has so far.
    pub(super) fn find(&self, known: &mut Known, taking: &Taking<'_>, current: Option<Customer>) -> Matched {
        // Whoever was erased is nobody: a row about their booking tells of somebody new.
        let current = current.filter(|customer| !customer.erased);
        let namesake = current
            .clone()
            .filter(|current| self.name.is_some() && self.names(known, current));
        let (matched, before) = match self.existing(known, current) {
            Some((customer, overwrite)) => {
                let matched = self.update(known, &customer, overwrite);
                (matched, Some(customer))
            }
            None => (self.create(known, taking), None),
        };
        let withdrawn = withdrawals::heed(known, &matched.customer, before.as_ref(), taking.now);
        if let Some(before) = namesake.filter(|before| matched.is_new && before.id != matched.customer.id) {
            withdrawals::carry(known, &before, &matched.customer, taking.now);
        }
        let consented = self.note_consents(known, &matched.customer, taking.now);
        Matched {
            changed: matched.changed || consented || withdrawn,
            ..matched
        }
    }

    /// The customer meant, and whether the row may overwrite what is known of them.
    fn existing(&self, known: &Known, current: Option<Customer>) -> Option<(Customer, bool)> {
        if let Some(external_id) = &self.customer_id {
            if let Some(customer) = known.customer_named(external_id) {
                return Some((customer.clone(), true));
            }
            // Somebody who came in without an id of their own: this row gives them one.
            let nameless = |customer: &Customer| customer.external_id.is_none() && self.fits(known, customer);
            if let Some(customer) = current.filter(|customer| nameless(customer) && self.names(known, customer)) {
                return Some((customer, true));
            }
            return self.namesake(known, nameless).map(|customer| (customer, true));
        }
        if let Some(customer) = current
            .as_ref()
            .filter(|customer| self.names(known, customer) && self.fits(known, customer))
        {
            let alone = known.item_count(&customer.id) <= 1;
            return Some((customer.clone(), alone));
        }
        if let Some(customer) = self.namesake(known, |customer| self.fits(known, customer)) {
            return Some((customer, false));
        }
        // A corrected name or number of somebody who has no other item: the same person. Otherwise somebody else.
        let corrected = |customer: &Customer| {
            (self.names(known, customer) || self.shares(customer)) && known.item_count(&customer.id) <= 1
        };
        current.filter(corrected).map(|customer| (customer, true))
    }

    /// Somebody of the same name who shares a number or an address with the row, or did before the desk changed it, and
    /// of whom `also` holds.
    fn namesake(&self, known: &Known, also: impl Fn(&Customer) -> bool) -> Option<Customer> {
        let shared = |customer: &Customer| self.shares(customer) || self.shared_before(known, customer);
        let mut namesakes = known.namesakes(self.name.as_ref()?);
        namesakes.find(|customer| shared(customer) && also(customer)).cloned()
    }

    fn names(&self, known: &Known, customer: &Customer) -> bool {
        self.name.as_ref().is_none_or(|name| {
            let name = name_key(name);
            customer.name.is_empty() || name == name_key(&customer.name) || known.was_named(&customer.id, &name)
        })
    }

    /// Nothing that both know differs, but for what the desk has changed.
    fn fits(&self, known: &Known, customer: &Customer) -> bool {
        let agree = |field: Field, ours: Option<&str>, theirs: Option<&str>| {
            let (Some(ours), Some(theirs)) = (ours, theirs) else {
                return true;
            };
            ours == theirs || known.is_overruled(&customer.id, field, ours)
        };
        agree(Field::Phone, self.number(), customer.phone.as_deref())
            && agree(Field::Email, self.email.as_deref(), customer.email.as_deref())
    }

    /// Something that identifies a person is known to both and the same.
    fn shares(&self, customer: &Customer) -> bool {
        let same = |ours: Option<&str>, theirs: Option<&str>| ours.is_some() && ours == theirs;
        same(self.number(), customer.phone.as_deref()) || same(self.email.as_deref(), customer.email.as_deref())
    }

    fn shared_before(&self, known: &Known, customer: &Customer) -> bool {
        let before =
            |field: Field, ours: Option<&str>| ours.is_some_and(|ours| known.is_overruled(&customer.id, field, ours));
        before(Field::Phone, self.number()) || before(Field::Email, self.email.as_deref())
    }

    pub(super) fn number(&self) -> Option<&str> {
        self.phone.as_ref().map(|phone| phone.e164.as_str())
    }

    fn create(&self, known: &mut Known, taking: &Taking<'_>) -> Matched {
        let mut customer = Customer::unknown(new_id(taking.now), taking.desk.business.id.clone());
        self.fill(&mut customer, true);
        known.save(&customer);
        Matched {
            customer,
            changed: false,
            is_new: true,
        }
    }

    fn update(&self, known: &mut Known, before: &Customer, overwrite: bool) -> Matched {
        let mut customer = before.clone();
        let (news, left_out) = self.without_overruled(known, before);
        known.left_out.extend(left_out);
        news.fill(&mut customer, overwrite);
        let changed = customer != *before;
        if changed {
            known.save(&customer);
        }
        Matched {
            customer,
            changed,
            is_new: false,
        }
    }

    /// Puts what the row says into what is not known yet; where `overwrite`, also in place of what is.
    fn fill(&self, customer: &mut Customer, overwrite: bool) {
        let put = |slot: &mut Option<String>, value: &Option<String>| {
            if value.is_some() && (overwrite || slot.is_none()) {
                slot.clone_from(value);
            }
        };
        put(&mut customer.external_id, &self.customer_id);
        put(&mut customer.email, &self.email);
        put(&mut customer.locale, &self.locale);
        put(&mut customer.standing, &self.standing);
        put(&mut customer.notes, &self.notes);
        if let Some(name) = self.name.as_ref().filter(|_| overwrite || customer.name.is_empty()) {
            customer.name.clone_from(name);
        }
        if let Some(phone) = self.phone.as_ref().filter(|_| overwrite || customer.phone.is_none()) {
            if customer.phone.as_deref() != Some(&phone.e164) {
                customer.phone_raw.clone_from(&self.phone_raw);
            }
            customer.phone = Some(phone.e164.clone());
            customer.phone_texts = phone.can_text();
        }
        if self.channel.is_some() && (overwrite || customer.channel.is_none()) {
            customer.channel = self.channel;
        }
    }

    /// Adds the row's consents where the ledger lets an import speak. True: a line was added.
    fn note_consents(&self, known: &mut Known, customer: &Customer, now: Instant) -> bool {
        let mut added = false;
        for (purpose, given) in &self.consents {
            let lines = known.ledger.of_customer(customer);
            let may_add = match (lines.iter().rev().find(|line| line.is_about(*purpose)), given) {
                (None, _) => true,
                (Some(_), true) => false,
                // A no takes back what an import gave, and nothing that the customer said since.
                (Some(last), false) => last.given && last.source == IMPORT,
            };
            if may_add {
                let line = Line {
                    channel: None,
                    purpose: Some(*purpose),
                    given: *given,
                    source: IMPORT.to_owned(),
                    at: now,
                };
                known.hear(customer, line);
                added = true;
            }
        }
        added
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err("write yes or no, or leave it empty".to_owned()),
    }
}

/// Whether a text has the shape of a language tag, known to us or not: `sl`, `pt-BR`.
fn looks_like_a_tag(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    parts
        .next()
        .is_some_and(|language| (2..=3).contains(&language.len()) && language.chars().all(|c| c.is_ascii_alphabetic()))
        && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}
