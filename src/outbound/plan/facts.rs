//! What plans depend on besides their items and the messages that exist, for many of them at once.

use std::collections::{HashMap, HashSet};

use super::Desk;
use super::steps::Task;
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::desk_item::DeskKind;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind, Standing};
use crate::domain::rule::{Anchor, OnlyIf};
use crate::outbound::recipient::desk_of;
use crate::store::holds::Obstacles;
use crate::store::{self, Listed, StoreError, Tx};

/// What holds of the customers and items of some plans.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    of_customer: HashMap<String, Vec<ConsentLine>>,
    of_address: HashMap<String, Vec<ConsentLine>>,
    pub obstacles: Obstacles,
    /// Items whose question has an answer, with the revision the answer is for.
    answered: HashSet<(String, i64)>,
    /// When the customer last asked for an item to be renewed.
    renewal_wanted: HashMap<String, Instant>,
    rated: HashMap<String, Instant>,
    /// By item and revision.
    undo_until: HashMap<(String, i64), Instant>,
}

impl Surroundings {
    pub(super) async fn load(tx: &mut Tx, desk: &Desk, tasks: &[Task]) -> Result<Self, StoreError> {
        let mut asked = Asked::default();
        for task in tasks {
            if let Task::Plan { item, customer, hints } = task {
                asked.about(desk, item, customer, hints.is_new);
            }
        }
        let mut surroundings = Self::default();
        if asked.items.is_empty() {
            return Ok(surroundings);
        }
        let alert_addresses = asked.alert_addresses.iter().map(String::as_str);
        let addresses: Vec<_> = asked.addresses.iter().copied().chain(alert_addresses).collect();
        let [customers, items] = [asked.customers, asked.items].map(Vec::from_iter);
        let [customers, items, addresses] = [Listed::of(&customers)?, Listed::of(&items)?, Listed::of(&addresses)?];
        let standing = store::claim::standing(tx, &customers, &items, &addresses).await?;
        let (lines, obstacles) = standing.read()?;
        surroundings.obstacles = obstacles;
        for line in lines {
            if let Some(customer_id) = &line.customer_id {
                surroundings.hear(customer_id, &line.line());
            }
            if let Some(address) = line.address.as_ref().filter(|_| line.business_id == desk.business.id) {
                let there = surroundings.of_address.entry(address.clone()).or_default();
                there.push(line.line());
            }
        }
        if !asked.listening.is_empty() {
            let items: Vec<_> = asked.listening.into_iter().collect();
            let wanted = DeskKind::RenewalWanted;
            surroundings.answered = store::question::answered_about(tx, &items).await?.into_iter().collect();
            surroundings.renewal_wanted = store::desk_item::opened_about(tx, &items, wanted)
                .await?
                .into_iter()
                .collect();
        }
        if !asked.changed.is_empty() {
            let items: Vec<_> = asked.changed.into_iter().collect();
            let until = store::desk_change::undo_until(tx, &items).await?;
            surroundings.undo_until = until
                .into_iter()
                .map(|(id, revision, at)| ((id, revision), at))
                .collect();
        }
        if !asked.rated.is_empty() {
            let items: Vec<_> = asked.rated.into_iter().collect();
            surroundings.rated = store::rating::first_about(tx, &items).await?.into_iter().collect();
        }
        Ok(surroundings)
    }

    /// Takes a line that the ledger does not have yet for one of its own.
    pub(super) fn hear(&mut self, customer_id: &str, line: &ConsentLine) {
        let lines = self.of_customer.entry(customer_id.to_owned()).or_default();
        lines.push(line.clone());
    }

    pub(super) fn hear_all(&mut self, heard: &[(&str, &ConsentLine)]) {
        for (customer_id, line) in heard {
            self.hear(customer_id, line);
        }
    }

    /// What the ledger says of a customer, by id and by both addresses.
    pub(super) fn consent(&self, customer: &Customer) -> Vec<ConsentLine> {
        let addresses = [&customer.phone, &customer.email].into_iter().flatten();
        let by_address = addresses.filter_map(|address| self.of_address.get(address));
        let by_id = self.of_customer.get(&customer.id);
        by_id.into_iter().chain(by_address).flatten().cloned().collect()
    }

    /// Whether the customer has answered what was asked of the item as it is now, by text or link.
    pub(super) fn answered(&self, item: &Item) -> bool {
        let wanted = self.renewal_wanted.get(item.id());
        wanted.is_some_and(|at| *at >= item.known_at())
            || (!self.answered.is_empty() && self.answered.contains(&(item.id().to_owned(), item.revision())))
    }

    /// Until when whoever made the item what it is can undo that.
    pub(super) fn undo_until(&self, item: &Item) -> Option<Instant> {
        let none = self.undo_until.is_empty();
        let known = || self.undo_until.get(&(item.id().to_owned(), item.revision())).copied();
        if none { None } else { known() }
    }

    /// When the customer first said how it went, where a rule counts from that.
    pub(super) fn rated_at(&self, item: &Item) -> Option<Instant> {
        let rated = self.rated.get(item.id()).copied();
        rated.filter(|_| item.standing() == Standing::Done)
    }
}

/// What has to be looked up, each once.
#[derive(Default)]
struct Asked<'a> {
    items: HashSet<&'a str>,
    customers: HashSet<&'a str>,
    addresses: HashSet<&'a str>,
    /// The business's own, where it is told of cases.
    alert_addresses: Vec<String>,
    /// Items of which a rule asks whether there is an answer.
    listening: HashSet<&'a str>,
    /// Items that a rule counts from the rating of.
    rated: HashSet<&'a str>,
    /// Items that somebody at the desk may have changed.
    changed: HashSet<&'a str>,
}

impl<'a> Asked<'a> {
    fn about(&mut self, desk: &Desk, item: &'a Item, customer: &'a Customer, is_new: bool) {
        self.items.insert(item.id());
        self.customers.insert(&customer.id);
        self.addresses.extend(
            [&customer.phone, &customer.email]
                .into_iter()
                .flatten()
                .map(String::as_str),
        );
        if item.kind() == ItemKind::Case && self.alert_addresses.is_empty() {
            let business = desk_of(&desk.business, customer);
            self.alert_addresses.extend(business.phone);
            self.alert_addresses.extend(business.email);
        }
        let rules = || desk.rules.iter().filter(|rule| rule.enabled);
        if !is_new && rules().any(|rule| rule.about == item.kind() && rule.only_if == OnlyIf::Unanswered) {
            self.listening.insert(item.id());
        }
        if !is_new && matches!(item.kind(), ItemKind::Booking | ItemKind::Renewal) {
            self.changed.insert(item.id());
        }
        if item.standing() == Standing::Done && rules().any(|rule| rule.anchor() == Anchor::Rated) {
            self.rated.insert(item.id());
        }
    }
}
