//! Planning a whole business again when its rules have changed. How far that is stands in a setting, written with each
//! batch: whoever dies, the next one goes on, and nothing waits for the end. What is claimed meanwhile is planned first.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Desk, PlanError, Planning, batch, refresh};
use crate::clock::Clock;
use crate::domain::instant::Instant;
use crate::domain::item::ItemKind;
use crate::domain::zone::Zones;
use crate::store::claim::Claimed;
use crate::store::{self, Store, StoreError, Tx};

/// What the settings begin with in which it stands how far a business is planned again.
const MARK: &str = "replan/";

/// A mark that nobody has moved for so long was left by somebody who died.
const LEFT_AFTER: chrono::TimeDelta = chrono::TimeDelta::seconds(10);

/// How many batches of a business are planned before the others have their turn, and senders are woken.
const A_TURN: usize = 50;

/// The kinds of items, in the order in which they are planned again.
const KINDS: [ItemKind; 3] = [ItemKind::Booking, ItemKind::Renewal, ItemKind::Case];

/// How far it is.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    kind: ItemKind,
    /// The last item that is done.
    after: String,
    /// When somebody was last at it, in milliseconds; 0: nobody is.
    touched_at: i64,
}

fn name(business_id: &str) -> String {
    format!("{MARK}{business_id}")
}

async fn find(tx: &mut Tx, business_id: &str) -> Result<Option<Mark>, StoreError> {
    let found = store::setting::get(tx, &name(business_id)).await?;
    found.as_deref().map(read).transpose()
}

fn read(text: &str) -> Result<Mark, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Inconsistent(format!("setting {MARK}: {error}")))
}

async fn put(tx: &mut Tx, business_id: &str, mark: &Mark) -> Result<(), StoreError> {
    let text = serde_json::to_string(mark).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    store::setting::put(tx, &name(business_id), &text).await
}

/// Notes in the transaction that changes what plans are made from that everything of the business is to be planned again.
///
/// # Errors
/// When the database fails.
pub async fn want(tx: &mut Tx, business_id: &str, now: Instant) -> Result<(), StoreError> {
    let mark = Mark {
        kind: KINDS[0],
        after: String::new(),
        touched_at: now.millis(),
    };
    put(tx, business_id, &mark).await
}

/// Whether a business is not planned to the end yet.
///
/// # Errors
/// When the database fails.
pub async fn is_wanted(tx: &mut Tx, business_id: &str) -> Result<bool, StoreError> {
    Ok(find(tx, business_id).await?.is_some())
}

/// Plans a business again, at most so many batches of it; then others may go on. `progress` is told how many items are done.
///
/// # Errors
/// When the database fails; the batches done so far stay.
pub async fn some(
    store: &Store,
    zones: &Zones,
    clock: &dyn Clock,
    business_id: &str,
    most: usize,
    mut progress: impl FnMut(u64),
) -> Result<Planning, PlanError> {
    let mut planning = Planning::default();
    let mut done = 0;
    for at in 1.. {
        let mut tx = store.write().await?;
        let Some(mark) = find(&mut tx, business_id).await? else {
            return Ok(planning);
        };
        let now = clock.now();
        let desk = Desk::load(&mut tx, zones, business_id).await?;
        let (planned, items, last) = batch(&mut tx, &desk, mark.kind, &mark.after, now).await?;
        planning += planned;
        done += items;
        let touched_at = if at < most { now.millis() } else { 0 };
        match next(mark.kind, last) {
            Some((kind, after)) => {
                let mark = Mark {
                    kind,
                    after,
                    touched_at,
                };
                put(&mut tx, business_id, &mark).await?;
            }
            None => store::setting::remove(&mut tx, &name(business_id)).await?,
        }
        tx.commit().await?;
        progress(done);
        if at >= most {
            break;
        }
    }
    Ok(planning)
}

/// Where it goes on: after the last item of a kind, or with the next kind.
fn next(kind: ItemKind, last: Option<String>) -> Option<(ItemKind, String)> {
    if let Some(after) = last {
        return Some((kind, after));
    }
    let next = KINDS.iter().skip_while(|known| **known != kind).nth(1);
    next.map(|kind| (*kind, String::new()))
}

/// Goes on, a turn long, with every business that nobody is at. How many items were planned.
///
/// # Errors
/// When the database fails; what is done stays.
pub async fn go_on(store: &Store, zones: &Zones, clock: &dyn Clock) -> Result<u64, PlanError> {
    let marks = store::setting::named(&mut store.read().await?, MARK).await?;
    let mut all = 0;
    for (name, text) in marks {
        let touched = Instant::from_millis(read(&text)?.touched_at);
        if clock.now().since(touched) < LEFT_AFTER {
            continue;
        }
        let mut done = 0;
        let business_id = name.trim_start_matches(MARK);
        let planning = some(store, zones, clock, business_id, A_TURN, |items| done = items).await?;
        tracing::info!(
            business = business_id,
            items = done,
            planned = planning.planned,
            moved = planning.moved,
            skipped = planning.skipped,
            "planned again"
        );
        all += done;
    }
    Ok(all)
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
    for (name, _) in store::setting::named(tx, MARK).await? {
        let business_id = name.trim_start_matches(MARK);
        let mut items = Vec::new();
        for message in due.iter().filter(|message| message.business_id == business_id) {
            if planned.insert(message.item_id.clone()) && message.item_kind != ItemKind::Reply {
                items.extend(store::item::find(tx, message.item_kind, &message.item_id).await?);
            }
        }
        if !items.is_empty() {
            let desk = Desk::load(tx, zones, business_id).await?;
            refresh(tx, &desk, items, now).await?;
            any = true;
        }
    }
    Ok(any)
}
