//! A business's rules and its own texts: what it edits as files and we keep as rows.

use super::business::{json, to_json};
use super::db::{Tx, on};
use super::error::StoreError;
use crate::domain::rule::{Rule, Rules};

/// A business's rules, in their order.
pub async fn of_business(tx: &mut Tx, business_id: &str) -> Result<Vec<Rule>, StoreError> {
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT definition FROM rule WHERE business_id = $1 ORDER BY position",
    ).bind(business_id).fetch_all(c).await)?;
    rows.iter()
        .map(|definition| json("rule.definition", definition))
        .collect()
}

/// Puts these rules in place of the ones the business had.
pub async fn replace(tx: &mut Tx, business_id: &str, rules: &Rules) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM rule WHERE business_id = $1").bind(business_id).execute(c).await)?;
    for (position, rule) in (0_i64..).zip(&rules.rule) {
        let definition = to_json(rule)?;
        on!(tx, c => sqlx::query("INSERT INTO rule (business_id, id, position, definition) VALUES ($1, $2, $3, $4)")
            .bind(business_id).bind(&rule.id).bind(position).bind(definition).execute(c).await)?;
    }
    Ok(())
}
