//! Everything of a business is planned again: its rules, holidays, hours or zone have changed.
//!
//! A command does it while its user waits. At the desk it is asked for in the transaction that changes the settings, begun
//! at once, and ended by a worker (`work_again`): how far it has come stands in the database, batch by batch, so that it
//! goes on after a crash, and nobody's page waits for a hundred thousand bookings.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::{Desk, Hints, PlanError, Planning, Step, plan_all};
use crate::clock::Clock;
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::domain::zone::Zones;
use crate::store::claim::Claimed;
use crate::store::customer::Sought;
use crate::store::replan::Replan;
use crate::store::{self, Store, StoreError, Tx};

/// How many items one transaction re-plans.
const BATCH: i64 = 200;

/// How many batches whoever asks waits for: a small business sees at once what has come of it.
const AT_ONCE: usize = 5;

/// After a batch that could not be written (a full disk), the next try waits this long.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// What has items, in the order in which they are planned.
const KINDS: [ItemKind; 3] = [ItemKind::Booking, ItemKind::Renewal, ItemKind::Case];

/// Wakes the worker that plans again: somebody has asked for more than could be done at once.
#[derive(Clone, Debug, Default)]
pub struct Again(Arc<Notify>);

impl Again {
    /// Wakes the worker.
    pub fn asked(&self) {
        self.0.notify_one();
    }
}

/// Asks for everything of a business to be planned again, in the transaction that changes its settings.
///
/// # Errors
/// When the database fails.
pub async fn ask_again(tx: &mut Tx, business_id: &str, now: Instant) -> Result<(), StoreError> {
    store::replan::ask(tx, business_id, now).await
}

/// Does the first batches of what was asked for. False: the worker has to do the rest.
///
/// # Errors
/// When the database fails; the batches done so far stay, and the worker does the others.
pub async fn begin_again(store: &Store, zones: &Zones, business_id: &str, now: Instant) -> Result<bool, PlanError> {
    for _ in 0..AT_ONCE {
        if !go_on(store, zones, business_id, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does the next batch of what was asked for, and notes it, in one transaction. False: nothing is left.
///
/// # Errors
/// When the database fails; then the batch is done again.
pub async fn go_on(store: &Store, zones: &Zones, business_id: &str, now: Instant) -> Result<bool, PlanError> {
    let mut tx = store.write().await?;
    let replan = store::replan::find(&mut tx, business_id).await?;
    let Some(mut replan) = replan.filter(|replan| replan.ended_at.is_none()) else {
        return Ok(false);
    };
    let desk = Desk::load(&mut tx, zones, business_id).await?;
    match batch(&mut tx, &desk, replan.kind, &replan.after_id, now).await? {
        Some(done) => replan.note(done),
        None => match KINDS.iter().skip_while(|kind| **kind != replan.kind).nth(1) {
            Some(next) => (replan.kind, replan.after_id) = (*next, String::new()),
            None => replan.ended_at = Some(now),
        },
    }
    store::replan::save(&mut tx, &replan).await?;
    tx.commit().await?;
    Ok(replan.ended_at.is_none())
}

impl Replan {
    fn note(&mut self, Batch { last, items, planning }: Batch) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.after_id = last;
        self.done += count(items);
        self.planned += count(planning.planned);
        self.moved += count(planning.moved);
        self.skipped += count(planning.skipped);
    }
}

/// Does all of what was asked for while the caller waits. `progress` is told after each batch how many items are done.
///
/// # Errors
/// When the database fails; the batches done so far stay, and the worker of `serve` does the others.
pub async fn to_the_end(
    store: &Store,
    zones: &Zones,
    business_id: &str,
    now: Instant,
    mut progress: impl FnMut(i64),
) -> Result<Planning, PlanError> {
    while go_on(store, zones, business_id, now).await? {
        let replan = store::replan::find(&mut store.read().await?, business_id).await?;
        progress(replan.map_or(0, |replan| replan.done));
    }
    let replan = store::replan::find(&mut store.read().await?, business_id).await?;
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(replan.map_or_else(Planning::default, |replan| Planning {
        planned: count(replan.planned),
        moved: count(replan.moved),
        skipped: count(replan.skipped),
        due_now: 0,
    }))
}

/// Whether a business is not planned to the end yet.
///
/// # Errors
/// When the database fails.
pub async fn is_wanted(tx: &mut Tx, business_id: &str) -> Result<bool, StoreError> {
    let replan = store::replan::find(tx, business_id).await?;
    Ok(replan.is_some_and(|replan| replan.ended_at.is_none()))
}

/// The messages of a lane that are due. Of a business that is still to be planned again, what they are about is planned
/// first: what is turned off must not leave.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &mut Tx, zones: &Zones, lane: &str, limit: i64, now: Instant) -> Result<Vec<Claimed>, PlanError> {
    let mut planned = HashSet::new();
    loop {
        let due = store::claim::due(tx, lane, limit, now).await?;
        if due.is_empty() || !plan_first(tx, zones, &due, &mut planned, now).await? {
            return Ok(due);
        }
    }
}

/// Plans the items of due messages that are not `planned` yet. False: there was nothing to do.
async fn plan_first(
    tx: &mut Tx,
    zones: &Zones,
    due: &[Claimed],
    planned: &mut HashSet<String>,
    now: Instant,
) -> Result<bool, PlanError> {
    let mut any = false;
    for business_id in store::replan::open(tx).await? {
        let mut items = Vec::new();
        for message in due.iter().filter(|message| message.business_id == business_id) {
            if planned.insert(message.item_id.clone()) && message.item_kind != ItemKind::Reply {
                items.extend(store::item::find(tx, message.item_kind, &message.item_id).await?);
            }
        }
        if !items.is_empty() {
            let desk = Desk::load(tx, zones, &business_id).await?;
            refresh(tx, &desk, items, now).await?;
            any = true;
        }
    }
    Ok(any)
}

/// Does whatever is asked for, and was when the process before ended, until `stop` says so.
pub async fn work_again(
    store: Store,
    zones: Arc<Zones>,
    clock: Arc<dyn Clock>,
    again: Again,
    done: impl Fn() + Send,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let worked = work_once(&store, &zones, clock.now()).await;
        let wait = match worked {
            Ok(true) => {
                done();
                continue;
            }
            Ok(false) => None,
            Err(error) => {
                tracing::error!(%error, "plans could not be made again after a change of settings; it is tried again");
                Some(AFTER_ERROR)
            }
        };
        let wait = futures::future::OptionFuture::from(wait.map(tokio::time::sleep));
        tokio::select! {
            () = again.0.notified() => {}
            Some(()) = wait => {}
            _ = stop.changed() => {}
        }
    }
}

/// Does a batch of the business that has waited longest. False: none waits.
///
/// # Errors
/// When the database fails.
async fn work_once(store: &Store, zones: &Zones, now: Instant) -> Result<bool, PlanError> {
    let next = store::replan::open(&mut store.read().await?).await?.into_iter().next();
    match next {
        Some(business_id) => {
            go_on(store, zones, &business_id, now).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Re-plans everything of one business, in batches, while the caller waits. `progress` is told after each batch how many
/// items are done.
///
/// # Errors
/// When the database fails; the batches done so far stay.
pub async fn replan_business(
    store: &Store,
    zones: &Zones,
    business_id: &str,
    now: Instant,
    mut progress: impl FnMut(u64),
) -> Result<Planning, PlanError> {
    let mut planning = Planning::default();
    let mut done = 0;
    for kind in KINDS {
        let mut after = String::new();
        loop {
            let mut tx = store.write().await?;
            let desk = Desk::load(&mut tx, zones, business_id).await?;
            let Some(batch) = batch(&mut tx, &desk, kind, &after, now).await? else {
                break;
            };
            tx.commit().await?;
            after = batch.last;
            done += batch.items;
            planning += batch.planning;
            progress(done);
        }
    }
    Ok(planning)
}

/// What a batch has done, and the item it has ended with.
struct Batch {
    last: String,
    items: u64,
    planning: Planning,
}

/// Re-plans the items of a kind that follow `after`; none: there are no more.
async fn batch(
    tx: &mut Tx,
    desk: &Desk,
    kind: ItemKind,
    after: &str,
    now: Instant,
) -> Result<Option<Batch>, StoreError> {
    let items = store::item::page(tx, kind, &desk.business.id, after, BATCH).await?;
    let Some(last) = items.last().map(|last| last.id().to_owned()) else {
        return Ok(None);
    };
    Ok(Some(Batch {
        last,
        items: items.len() as u64,
        planning: refresh(tx, desk, items, now).await?,
    }))
}

/// Derives the items' instants again from their local times, then re-plans them.
async fn refresh(tx: &mut Tx, desk: &Desk, mut items: Vec<Item>, now: Instant) -> Result<Planning, StoreError> {
    let mut moved = Vec::new();
    for (at, item) in items.iter_mut().enumerate() {
        if let Item::Booking(booking) = item {
            let starts_at = desk.calendar.zone.instant(booking.starts.0);
            if starts_at != booking.starts_at {
                booking.starts_at = starts_at;
                moved.push(at);
            }
        }
    }
    let moved: Vec<_> = moved.into_iter().map(|at| &items[at]).collect();
    store::item::save_all(tx, &moved, now).await?;
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
    let step = |item: Item| match customers.get(item.customer_id()).cloned() {
        Some(customer) => Ok(Step::Item {
            item: Box::new(item),
            customer,
            hints: Hints::default(),
        }),
        None => Err(StoreError::Inconsistent(format!("item {} has no customer", item.id()))),
    };
    let steps = items.into_iter().map(step).collect::<Result<_, _>>()?;
    plan_all(tx, desk, steps, now).await
}
