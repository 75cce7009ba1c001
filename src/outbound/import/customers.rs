//! Rows of a customers file.

use std::sync::Arc;

use super::customer_match::Person;
use super::known::Known;
use super::{RowResult, Taking};
use crate::outbound::plan::Step;

/// The documented columns. A customer's own id is `external_id`, here as in the `customer_id` column of other files.
pub(super) const COLUMNS: &[&str] = &[
    "external_id",
    "name",
    "phone",
    "email",
    "locale",
    "channel",
    "standing",
    "notes",
    "consent_service",
    "consent_survey",
    "consent_marketing",
];

/// Takes in one row.
pub(super) fn take(known: &mut Known, taking: &Taking<'_>, person: &Person, external_id: &str) -> RowResult {
    let matched = person.find(known, taking, None);
    let about = ("customer", matched.customer.id.as_str());
    if matched.is_new {
        known.note(about, "added", external_id.to_owned());
        return RowResult::Added;
    }
    if !matched.changed {
        return RowResult::Unchanged;
    }
    known.note(about, "changed", external_id.to_owned());
    known.changes.steps.push(Step::Customer(Arc::new(matched.customer)));
    RowResult::Changed("customer".to_owned())
}
