//! What has happened, step by step, and the plans that follow from it: read at once, made one after the other, written
//! at once. An import hands over the steps of all its rows; whoever plans a single item hands over one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::facts::Surroundings;
use super::sheet::Sheet;
use super::{Desk, Hints, Planning};
use crate::domain::consent::ConsentLine;
use crate::domain::customer::Customer;
use crate::domain::instant::Instant;
use crate::domain::item::Item;
use crate::outbound::distinct::distinct;
use crate::store::{self, StoreError, Tx};

/// How many plans are read and written together: what is in memory does not grow with what there is to plan.
const TOGETHER: usize = 500;

/// Something that has happened, as far as plans depend on it.
#[derive(Clone, Debug)]
pub enum Step {
    /// An item is new or has changed: it is planned for this customer.
    Item {
        item: Box<Item>,
        customer: Arc<Customer>,
        hints: Hints,
    },
    /// A customer has changed: everything of theirs is planned again.
    Customer(Arc<Customer>),
    /// The ledger has something new to say of a customer, and the line is not written yet.
    Heard { customer_id: String, line: ConsentLine },
}

/// The same, down to single items.
#[derive(Debug)]
pub(super) enum Task {
    Plan {
        item: Box<Item>,
        customer: Arc<Customer>,
        hints: Hints,
    },
    Heard {
        customer_id: String,
        line: ConsentLine,
    },
}

/// Plans what the steps ask for, in their order, each as if those after it had not happened. The customers must stand in
/// the database; items may stand there as they are now or as they were before all steps.
///
/// # Errors
/// When the database fails; then the caller's transaction must not be committed.
pub async fn plan_all(tx: &mut Tx, desk: &Desk, steps: Vec<Step>, now: Instant) -> Result<Planning, StoreError> {
    make_plans(tx, desk, steps, Keep::Plans, now).await
}

/// Says what `plan_all` would do, and only reads: the customers need not stand in the database.
///
/// # Errors
/// When the database fails.
pub async fn preview_all(tx: &mut Tx, desk: &Desk, steps: Vec<Step>, now: Instant) -> Result<Planning, StoreError> {
    make_plans(tx, desk, steps, Keep::Nothing, now).await
}

/// What becomes of plans that were made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Plans,
    Nothing,
}

async fn make_plans(
    tx: &mut Tx,
    desk: &Desk,
    steps: Vec<Step>,
    keep: Keep,
    now: Instant,
) -> Result<Planning, StoreError> {
    let mut planning = Planning::default();
    let mut heard = Vec::new();
    let together = match keep {
        Keep::Plans => TOGETHER,
        // What nobody writes can't be read again by those that come next.
        Keep::Nothing => usize::MAX,
    };
    for tasks in spell_out(tx, steps).await?.chunks(together) {
        let mut surroundings = Surroundings::load(tx, desk, tasks).await?;
        surroundings.hear_all(&heard);
        let mut sheet = Sheet::load(tx, desk, tasks, now).await?;
        for task in tasks {
            match task {
                Task::Heard { customer_id, line } => {
                    heard.push((customer_id.as_str(), line));
                    surroundings.hear(customer_id, line);
                }
                Task::Plan { item, customer, hints } => {
                    planning += sheet.plan(&surroundings, item, customer, *hints);
                }
            }
        }
        if keep == Keep::Plans {
            sheet.save(tx).await?;
        }
    }
    Ok(planning)
}

/// Puts a changed customer's items in the customer's place.
async fn spell_out(tx: &mut Tx, steps: Vec<Step>) -> Result<Vec<Task>, StoreError> {
    let mut theirs = items_of_changed(tx, &steps).await?;
    // An item that a step was about is whose and what that step says.
    let mut told: BTreeMap<String, Item> = BTreeMap::new();
    let mut tasks = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Heard { customer_id, line } => tasks.push(Task::Heard { customer_id, line }),
            Step::Item { item, customer, hints } => {
                if !theirs.is_empty() {
                    told.insert(item.id().to_owned(), (*item).clone());
                }
                tasks.push(Task::Plan { item, customer, hints });
            }
            Step::Customer(customer) => {
                let stored = theirs.entry(customer.id.clone()).or_default();
                stored.retain(|item| !told.contains_key(item.id()));
                let as_told = told.values().filter(|item| item.customer_id() == customer.id);
                tasks.extend(stored.iter().chain(as_told).map(|item| Task::Plan {
                    item: Box::new(item.clone()),
                    customer: Arc::clone(&customer),
                    hints: Hints::default(),
                }));
            }
        }
    }
    Ok(tasks)
}

/// The items of the customers that have changed, by customer, as they are stored.
async fn items_of_changed(tx: &mut Tx, steps: &[Step]) -> Result<HashMap<String, Vec<Item>>, StoreError> {
    let mut theirs: HashMap<String, Vec<Item>> = HashMap::new();
    let changed = steps.iter().filter_map(|step| match step {
        Step::Customer(customer) => Some(customer.id.as_str()),
        _ => None,
    });
    let changed = distinct(changed);
    if changed.is_empty() {
        return Ok(theirs);
    }
    for id in &changed {
        theirs.insert((*id).to_owned(), Vec::new());
    }
    for item in store::item::of_customers(tx, &changed).await? {
        if let Some(items) = theirs.get_mut(item.customer_id()) {
            items.push(item);
        }
    }
    Ok(theirs)
}
