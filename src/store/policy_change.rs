//! How rules and own texts have changed. Only ever added to.

use super::db::{Tx, on};
use super::error::StoreError;
use super::types::row;
use crate::domain::policy::PolicyChange;

row!(PolicyChange {
    id,
    business_id,
    what,
    was,
    became,
    changed_by,
    at
});

/// Adds a change.
pub async fn add(tx: &mut Tx, change: &PolicyChange) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO policy_change (id, business_id, what, was, became, changed_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    ).bind(&change.id).bind(&change.business_id).bind(change.what).bind(&change.was).bind(&change.became)
    .bind(&change.changed_by).bind(change.at).execute(c).await)?;
    Ok(())
}

/// One change.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<PolicyChange>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, what, was, became, changed_by, at FROM policy_change WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// A page of a business's changes, the last first, from before the one that `before` names.
pub async fn page(
    tx: &mut Tx,
    business_id: &str,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<PolicyChange>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT id, business_id, what, was, became, changed_by, at FROM policy_change \
         WHERE business_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
    ).bind(business_id).bind(before.unwrap_or("~")).bind(limit).fetch_all(c).await)?)
}
