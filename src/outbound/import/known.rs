//! What is known while a batch is taken in: what the database says of everything its rows are about, and what the rows so
//! far have made of it. A row is taken in without a look at the database; all that it changes is written with the batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ledger::{Ledger, Line, NewLine};
use crate::domain::customer::Customer;
use crate::domain::erasure::Withdrawal;
use crate::domain::item::Item;
use crate::domain::record::Field;
use crate::outbound::plan::Step;
use crate::store::customer::name_key;
use crate::store::history::NewHistory;

/// What the rows of a batch look up and change.
#[derive(Debug, Default)]
pub(super) struct Known {
    customers: HashMap<String, Customer>,
    by_external_id: HashMap<String, String>,
    /// Ids by the name's key, so that the oldest comes first.
    by_name: HashMap<String, BTreeSet<String>>,
    /// By customer: what stood there before somebody at the desk changed it.
    overruled: HashMap<String, Vec<(Field, String)>>,
    /// What the row that is being taken in says and the desk has changed.
    pub(super) left_out: Vec<Field>,
    /// By the id of the business's own system.
    pub(super) items: HashMap<String, Item>,
    /// How many items the customers of those have.
    pub(super) item_counts: HashMap<String, i64>,
    pub(super) ledger: Ledger,
    /// By address: what people said no to there before they were erased.
    pub(super) withdrawals: HashMap<String, Vec<Withdrawal>>,
    /// Visits that their customers have cancelled, of which nobody has taken note yet.
    pub(super) cancelled: HashSet<String>,
    /// By item: how its file left it before somebody at the desk changed it.
    pub(super) said: HashMap<String, Item>,
    /// The lines of the file at which ids stood.
    pub(super) lines: HashMap<String, i64>,
    pub(super) changes: Changes,
}

/// What is to be written, in order.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub customers: BTreeSet<String>,
    pub items: Vec<Item>,
    pub consents: Vec<NewLine>,
    pub history: Vec<NewHistory<'static>>,
    pub lines: Vec<(String, i64)>,
    /// What the file says now of items that were changed at the desk.
    pub said: Vec<Item>,
    pub steps: Vec<Step>,
}

impl Known {
    pub(super) fn customer(&self, id: &str) -> Option<&Customer> {
        self.customers.get(id)
    }

    pub(super) fn customers(&self) -> impl Iterator<Item = &Customer> {
        self.customers.values()
    }

    /// The customer with that id in the business's own system.
    pub(super) fn customer_named(&self, external_id: &str) -> Option<&Customer> {
        self.customer(self.by_external_id.get(external_id)?)
    }

    /// Takes in what the desk has changed: whoever had another name before is still found by it.
    pub(super) fn overrule(&mut self, customer_id: String, field: Field, value: String) {
        if field == Field::Name {
            self.by_name
                .entry(name_key(&value))
                .or_default()
                .insert(customer_id.clone());
        }
        self.overruled.entry(customer_id).or_default().push((field, value));
    }

    /// Whether the desk has changed a field that said so before.
    pub(super) fn is_overruled(&self, customer_id: &str, field: Field, value: &str) -> bool {
        let theirs = self.overruled.get(customer_id);
        theirs.is_some_and(|theirs| theirs.iter().any(|(of, before)| *of == field && before == value))
    }

    /// Whether a customer had a name of that key before the desk changed it.
    pub(super) fn was_named(&self, customer_id: &str, key: &str) -> bool {
        let theirs = self.overruled.get(customer_id);
        theirs.is_some_and(|theirs| {
            let names = theirs.iter().filter(|(of, _)| *of == Field::Name);
            names.into_iter().any(|(_, name)| name_key(name) == key)
        })
    }

    /// Everybody of that name, oldest first.
    pub(super) fn namesakes(&self, name: &str) -> impl Iterator<Item = &Customer> {
        let ids = self.by_name.get(&name_key(name));
        ids.into_iter().flatten().filter_map(|id| self.customer(id))
    }

    /// Takes in a customer as the database has them, or as they are now.
    pub(super) fn put(&mut self, customer: Customer) {
        if let Some(before) = self.customers.get(&customer.id) {
            if let Some(ids) = self.by_name.get_mut(&name_key(&before.name)) {
                ids.remove(&before.id);
            }
            if let Some(external_id) = &before.external_id {
                self.by_external_id.remove(external_id);
            }
        }
        let ids = self.by_name.entry(name_key(&customer.name)).or_default();
        ids.insert(customer.id.clone());
        if let Some(external_id) = &customer.external_id {
            self.by_external_id.insert(external_id.clone(), customer.id.clone());
        }
        self.customers.insert(customer.id.clone(), customer);
    }

    /// The same, to be written.
    pub(super) fn save(&mut self, customer: &Customer) {
        self.changes.customers.insert(customer.id.clone());
        self.put(customer.clone());
    }

    /// How many items a customer has who had one of the batch's.
    pub(super) fn item_count(&self, customer_id: &str) -> i64 {
        self.item_counts.get(customer_id).copied().unwrap_or_default()
    }

    /// Takes in an item as it is now, to be written; `before` it was that customer's.
    pub(super) fn save_item(&mut self, item: &Item, before: Option<&str>) {
        for (customer_id, more) in [(before, -1), (Some(item.customer_id()), 1)] {
            if let Some(count) = customer_id.and_then(|id| self.item_counts.get_mut(id)) {
                *count += more;
            }
        }
        self.changes.items.push(item.clone());
    }

    /// Adds a line to the ledger.
    pub(super) fn hear(&mut self, customer: &Customer, line: Line) {
        self.changes.steps.push(Step::Heard {
            customer_id: customer.id.clone(),
            line: line.spoken(),
        });
        let new = NewLine {
            customer_id: customer.id.clone(),
            line,
        };
        self.ledger.add(&new);
        self.changes.consents.push(new);
    }

    /// Notes what happened to a thing of that kind.
    pub(super) fn note(&mut self, (kind, id): (&'static str, &str), event: &'static str, detail: String) {
        self.changes.history.push(NewHistory {
            about: (kind, id.to_owned()),
            event,
            detail,
        });
    }

    /// Notes the line at which an id stands. Some line: it stood there before.
    pub(super) fn meet(&mut self, external_id: &str, line: i64) -> Option<i64> {
        if let Some(before) = self.lines.get(external_id) {
            return Some(*before);
        }
        self.lines.insert(external_id.to_owned(), line);
        self.changes.lines.push((external_id.to_owned(), line));
        None
    }

    /// Whoever has changed, as they are now.
    pub(super) fn changed_customers(&self) -> Vec<&Customer> {
        let ids = self.changes.customers.iter();
        ids.filter_map(|id| self.customer(id)).collect()
    }
}
