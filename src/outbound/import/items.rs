//! What every row about an item comes to, once it has been read: the item is written, its messages are planned.

use super::customer_match::Matched;
use super::{RowOutcome, RowResult};
use crate::domain::instant::Instant;
use crate::domain::item::{Item, ItemKind};
use crate::outbound::plan::{Desk, Hints, Planning, replan_customer, replan_item};
use crate::store::{self, Tx};

/// Writes an item that is new (`difference` is none), has changed, or has not (`difference` is empty).
pub(super) async fn take_in(
    tx: &mut Tx,
    desk: &Desk,
    item: &Item,
    matched: &Matched,
    difference: Option<String>,
    hints: Hints,
    now: Instant,
) -> RowOutcome {
    let changed = difference.as_ref().is_none_or(|difference| !difference.is_empty());
    let mut planning = Planning::default();
    if changed {
        store::item::save(tx, item, now).await?;
        let first = if item.kind() == ItemKind::Booking {
            "booked"
        } else {
            "added"
        };
        let (event, detail) = difference
            .as_ref()
            .map_or_else(|| (first, item.told()), |what| ("changed", what.clone()));
        let about = (item.kind().as_str(), item.id());
        store::history::add(tx, Some(&desk.business.id), about, event, &detail, now).await?;
        let is_new = difference.is_none();
        planning += replan_item(tx, desk, item, &matched.customer, Hints { is_new, ..hints }, now).await?;
    }
    if matched.changed {
        planning += replan_customer(tx, desk, &matched.customer, now).await?;
    }
    let result = match difference {
        None => RowResult::Added,
        Some(what) if changed => RowResult::Changed(what),
        Some(_) if matched.changed => RowResult::Changed("customer".to_owned()),
        Some(_) => RowResult::Unchanged,
    };
    Ok((result, planning))
}
