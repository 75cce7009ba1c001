//! A new business, with the rules of a preset to begin with.

use crate::domain::business::Business;
use crate::domain::instant::Instant;
use crate::domain::rule::{RuleErrors, Rules};
use crate::domain::zone::Zones;
use crate::store::{self, StoreError, Tx};

/// Why a business could not be written; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// Its id is taken.
    #[error("there is a business `{0}` already: `daybefore business set {0}` changes it")]
    Taken(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Rules(#[from] RuleErrors),
}

/// Writes the business and the rules of its kind's preset. Returns how many rules that are.
///
/// # Errors
/// When there is one of that id, or the database fails.
pub async fn found(tx: &mut Tx, zones: &Zones, business: &Business, now: Instant) -> Result<usize, FoundingError> {
    let preset = business.kind.as_str();
    let rules = Rules::parse(Rules::preset(preset).unwrap_or_default())?;
    if store::business::find(tx, &business.id).await?.is_some() {
        return Err(FoundingError::Taken(business.id.clone()));
    }
    store::business::save(tx, business, now).await?;
    store::rule::replace(tx, &business.id, &rules).await?;
    let about = ("business", business.id.as_str());
    store::history::add(tx, Some(&business.id), about, "added", preset, now).await?;
    // The first plans are made with this zone data: a later start with other data makes them again.
    let version = store::setting::get(tx, store::setting::ZONE_VERSION).await?;
    if version.is_none() {
        store::setting::put(tx, store::setting::ZONE_VERSION, zones.version()).await?;
    }
    Ok(rules.rule.len())
}
