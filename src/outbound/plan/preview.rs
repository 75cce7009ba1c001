//! What changed rules would do to the messages of the coming days: the plan itself, made of the items that are there and
//! written nowhere.

mod candidates;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use self::candidates::candidates;
use super::facts::Surroundings;
use super::sheet::wanted;
use super::steps::Task;
use super::{Desk, Hints};
use crate::domain::closed_list::closed_list;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::plan::{Intent, Wanted};
use crate::domain::replan::{Change, Existing, changes, settings, told};
use crate::domain::rule::{Rule, Rules};
use crate::store::customer::Sought;
use crate::store::{self, StoreError, Tx};

/// How far ahead it looks.
pub const AHEAD: TimeDelta = TimeDelta::days(30);

/// How many examples are shown of each thing that happens by a rule.
const EXAMPLES: u64 = 3;

/// How many items are read together.
const TOGETHER: usize = 500;

closed_list! {
    /// What becomes of a message.
    Effect {
        /// It goes as soon as the rules are saved.
        AtOnce = "at_once",
        Anew = "anew",
        Moved = "moved",
        /// At the same time, but in other words, on another channel, or of use until another moment.
        Altered = "altered",
        /// It was planned and will not go.
        Dropped = "dropped",
    }
}

/// One message as an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    pub effect: Effect,
    pub customer: String,
    pub customer_id: String,
    pub item: String,
    pub item_id: String,
    pub item_kind: ItemKind,
    /// When it was to go, on the business's wall clock; none: it was not.
    pub from: Option<NaiveDateTime>,
    /// When it goes; none: it does not.
    pub to: Option<NaiveDateTime>,
}

/// What happens by one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleEffect {
    pub counts: BTreeMap<String, u64>,
    pub examples: Vec<Example>,
}

/// What would happen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// By the rules' ids.
    pub rules: BTreeMap<String, RuleEffect>,
    /// How many items were looked at.
    pub looked_at: usize,
    /// There are more: only the next ones in time were looked at.
    pub cut: bool,
}

/// The rules that are not the same in both, as they would be; of one that would be gone, as it was and turned off.
fn changed(before: &Rules, after: &Rules) -> Vec<Rule> {
    let find = |rules: &Rules, id: &str| rules.rule.iter().find(|rule| rule.id == id).cloned();
    let gone = before.rule.iter().filter(|rule| find(after, &rule.id).is_none());
    let gone = gone.map(|rule| Rule {
        enabled: false,
        ..rule.clone()
    });
    let differs = after
        .rule
        .iter()
        .filter(|rule| find(before, &rule.id).as_ref() != Some(rule));
    differs.cloned().chain(gone).collect()
}

/// Plans what the change touches, and tells what would be different. Only reads.
///
/// # Errors
/// When the database fails.
pub async fn preview(
    tx: &mut Tx,
    desk: &Desk,
    before: &Rules,
    after: &Rules,
    now: Instant,
) -> Result<Preview, StoreError> {
    let changed = changed(before, after);
    let ids: HashSet<&str> = changed.iter().map(|rule| rule.id.as_str()).collect();
    let was = before.rule.iter().filter(|rule| ids.contains(rule.id.as_str()));
    let touching: Vec<&Rule> = changed.iter().chain(was).filter(|rule| rule.enabled).collect();
    let (items, cut) = candidates(tx, desk, &touching, now).await?;
    let mut preview = Preview {
        looked_at: items.len(),
        cut,
        ..Preview::default()
    };
    let mut would_be = Desk {
        rules: changed.clone(),
        ..desk.clone()
    };
    would_be.leave_out_what_is_never_sent();
    for items in items.chunks(TOGETHER) {
        let tasks = tasks(tx, desk, items).await?;
        let surroundings = Surroundings::load(tx, &would_be, &tasks).await?;
        let mut existing = messages(tx, items).await?;
        for task in &tasks {
            if let Task::Plan { item, customer, .. } = task {
                let existing = existing.remove(item.id()).unwrap_or_default();
                let told = told(&existing, item.customer_id());
                let wanted = wanted(
                    &would_be,
                    &surroundings,
                    item,
                    customer,
                    Hints::default(),
                    told.as_ref(),
                );
                let of_changed = existing
                    .into_iter()
                    .filter(|message| ids.contains(message.rule_id.as_str()));
                let existing: Vec<_> = of_changed.collect();
                let look = Look {
                    desk,
                    item,
                    customer,
                    now,
                };
                for change in changes(item, &existing, wanted) {
                    look.note(&mut preview, &existing, &change);
                }
            }
        }
    }
    Ok(preview)
}

async fn tasks(tx: &mut Tx, desk: &Desk, items: &[Item]) -> Result<Vec<Task>, StoreError> {
    let ids = items.iter().map(Item::customer_id).collect();
    let sought = Sought {
        ids,
        ..Sought::default()
    };
    let customers = store::customer::find_all(tx, &desk.business.id, &sought).await?;
    let customers: HashMap<_, _> = customers
        .into_iter()
        .map(|found| (found.id.clone(), Arc::new(found)))
        .collect();
    let task = |item: &Item| {
        let customer = Arc::clone(customers.get(item.customer_id())?);
        Some(Task::Plan {
            item: Box::new(item.clone()),
            customer,
            hints: Hints::default(),
        })
    };
    Ok(items.iter().filter_map(task).collect())
}

async fn messages(tx: &mut Tx, items: &[Item]) -> Result<HashMap<String, Vec<Existing>>, StoreError> {
    let ids: Vec<_> = items.iter().map(Item::id).collect();
    let mut messages: HashMap<String, Vec<Existing>> = HashMap::new();
    for message in store::message::of_items(tx, &ids).await? {
        messages.entry(message.item_id.clone()).or_default().push(message);
    }
    Ok(messages)
}

/// An item that is looked at.
struct Look<'a> {
    desk: &'a Desk,
    item: &'a Item,
    customer: &'a Customer,
    now: Instant,
}

impl Look<'_> {
    /// Counts what a step of the plan does, where it does something within the days that are looked at.
    fn note(&self, preview: &mut Preview, existing: &[Existing], change: &Change<'_>) {
        let find = |id: &str| existing.iter().find(|message| message.id == id);
        let goes = |wanted: &Wanted<'_>| !matches!(wanted.intent, Intent::Skip(_)) && wanted.useful_until >= self.now;
        match change {
            Change::Insert(wanted) | Change::Revive { wanted, .. } if goes(wanted) => {
                let effect = if wanted.due_at <= self.now {
                    Effect::AtOnce
                } else {
                    Effect::Anew
                };
                self.count(preview, &wanted.rule.id, effect, None, Some(wanted.due_at));
            }
            Change::Move { id, wanted } => {
                let Some(message) = find(id) else { return };
                let effect = match message.wanted_at == wanted.due_at {
                    _ if wanted.due_at <= self.now && message.wanted_at > self.now => Effect::AtOnce,
                    false => Effect::Moved,
                    true if message.settings == settings(wanted) && message.useful_until == wanted.useful_until => {
                        return;
                    }
                    true => Effect::Altered,
                };
                let (from, to) = (Some(message.wanted_at), Some(wanted.due_at));
                self.count(preview, &wanted.rule.id, effect, from, to);
            }
            Change::Skip { id, .. } => {
                if let Some(message) = find(id) {
                    self.count(
                        preview,
                        &message.rule_id,
                        Effect::Dropped,
                        Some(message.wanted_at),
                        None,
                    );
                }
            }
            Change::Insert(_) | Change::Revive { .. } | Change::Hold { .. } | Change::Release { .. } => {}
        }
    }

    fn count(&self, preview: &mut Preview, rule_id: &str, effect: Effect, from: Option<Instant>, to: Option<Instant>) {
        if from.into_iter().chain(to).all(|at| at > self.now + AHEAD) {
            return;
        }
        let of_rule = preview.rules.entry(rule_id.to_owned()).or_default();
        let count = of_rule.counts.entry(effect.to_string()).or_default();
        *count += 1;
        if *count <= EXAMPLES {
            let local = |at: Instant| self.desk.calendar.zone.local(at);
            of_rule.examples.push(Example {
                effect,
                customer: self.customer.name.clone(),
                customer_id: self.customer.id.clone(),
                item: self.item.external_id().to_owned(),
                item_id: self.item.id().to_owned(),
                item_kind: self.item.kind(),
                from: from.map(local),
                to: to.map(local),
            });
        }
    }
}
