//! Rows of a customers file.

use super::cells::Row;
use super::customer_match::Person;
use super::{RowOutcome, RowResult, Taking};
use crate::outbound::plan::{Planning, replan_customer};
use crate::store::{self, Tx};

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
pub(super) async fn take(tx: &mut Tx, taking: &Taking<'_>, row: &mut Row, external_id: &str) -> RowOutcome {
    let (desk, now) = (taking.desk, taking.now);
    row.required("name", "write the customer's name")?;
    let person = Person::read(row, &desk.business, "external_id")?;
    let matched = person.find(tx, taking, None).await?;
    let about = ("customer", matched.customer.id.as_str());
    if matched.is_new {
        store::history::add(tx, Some(&desk.business.id), about, "added", external_id, now).await?;
        return Ok((RowResult::Added, Planning::default()));
    }
    if !matched.changed {
        return Ok((RowResult::Unchanged, Planning::default()));
    }
    store::history::add(tx, Some(&desk.business.id), about, "changed", external_id, now).await?;
    let planning = replan_customer(tx, desk, &matched.customer, now).await?;
    Ok((RowResult::Changed("customer".to_owned()), planning))
}
