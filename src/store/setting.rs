//! What the installation remembers of itself, by name.

use super::db::{Tx, on};
use super::error::StoreError;

/// The zone data that the plan was last made with.
pub const ZONE_VERSION: &str = "zone_version";

/// The last attempt whose text retention has blanked.
pub const TEXTS_BLANKED: &str = "texts_blanked";

/// A remembered value.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT value FROM setting WHERE name = $1").bind(name).fetch_optional(c).await)?,
    )
}

/// Remembers a value in place of the one before.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    ).bind(name).bind(value).execute(c).await)?;
    Ok(())
}

/// The remembered values whose names begin so, by name.
pub async fn named(tx: &mut Tx, beginning: &str) -> Result<Vec<(String, String)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT name, value FROM setting WHERE name >= $1 AND name < $1 || '~' ORDER BY name",
    ).bind(beginning).fetch_all(c).await)?)
}
