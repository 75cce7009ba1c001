//! What every row about an item comes to, once it has been read: the item is written, its messages are planned.

use std::sync::Arc;

use super::customer_match::Matched;
use super::known::Known;
use super::{RowResult, Taking};
use crate::domain::item::{Item, ItemKind};
use crate::outbound::plan::{Hints, Step};

/// What an item was before a row, and how it differs now; an empty text says that it does not.
pub(super) struct Before<'a> {
    pub customer_id: &'a str,
    pub difference: String,
}

/// Takes in an item that is new (there is no `before`), has changed, or has not.
pub(super) fn take_in(
    known: &mut Known,
    taking: &Taking<'_>,
    item: Item,
    matched: Matched,
    before: Option<Before<'_>>,
) -> RowResult {
    let changed = before.as_ref().is_none_or(|before| !before.difference.is_empty());
    if changed {
        let first = if item.kind() == ItemKind::Booking {
            "booked"
        } else {
            "added"
        };
        let (event, detail) = before.as_ref().map_or_else(
            || (first, told(&item, taking.by)),
            |before| ("changed", before.difference.clone()),
        );
        known.save_item(&item, before.as_ref().map(|before| before.customer_id));
        known.note((item.kind().as_str(), item.id()), event, detail);
        known.changes.steps.push(Step::Item {
            item: Box::new(item),
            customer: Arc::new(matched.customer.clone()),
            hints: Hints {
                is_new: before.is_none(),
                known_to_customer: taking.known_to_customers,
            },
        });
    }
    if matched.changed {
        known.changes.steps.push(Step::Customer(Arc::new(matched.customer)));
    }
    match before {
        None => RowResult::Added,
        Some(before) if changed => RowResult::Changed(before.difference),
        Some(_) if matched.changed => RowResult::Changed("customer".to_owned()),
        Some(_) => RowResult::Unchanged,
    }
}

/// What an item that is new tells, and who has typed it.
fn told(item: &Item, by: Option<&str>) -> String {
    by.map_or_else(|| item.told(), |by| format!("{}; by {by}", item.told()))
}
