//! The schema: embedded, applied only when asked, except on a file that holds nothing yet.

use std::collections::HashSet;

use sqlx::migrate::{Migrate, Migrator};

use super::db::Db;
use super::error::StoreError;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// What the schema needs before this program can work with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// No table at all.
    Empty,
    Current,
    /// That many migrations are not applied yet.
    Behind(usize),
}

/// Compares the file's migrations with the embedded ones.
///
/// # Errors
/// `NewerDatabase` when the file has one that this program does not know.
pub async fn schema(db: &Db) -> Result<Schema, StoreError> {
    let Db::Sqlite { read, .. } = db;
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table'")
        .fetch_one(read)
        .await?;
    if tables == 0 {
        return Ok(Schema::Empty);
    }
    let mut connection = read.acquire().await?;
    let applied: HashSet<i64> = match connection.list_applied_migrations("_sqlx_migrations").await {
        Ok(applied) => applied.into_iter().map(|migration| migration.version).collect(),
        // Tables, but none of ours: somebody else's database.
        Err(_) => {
            return Err(StoreError::Damaged(
                "it holds other tables, and no migration of daybefore".to_owned(),
            ));
        }
    };
    let known: HashSet<i64> = SQLITE.iter().map(|migration| migration.version).collect();
    if let Some(newer) = applied.difference(&known).max() {
        return Err(StoreError::NewerDatabase(*newer));
    }
    match known.difference(&applied).count() {
        0 => Ok(Schema::Current),
        behind => Ok(Schema::Behind(behind)),
    }
}

/// Applies what is not applied yet.
///
/// # Errors
/// When a migration fails; it is rolled back, the ones before it stay.
pub async fn migrate(db: &Db) -> Result<(), StoreError> {
    let Db::Sqlite { write, .. } = db;
    SQLITE.run(write).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => StoreError::NewerDatabase(version),
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            error.into()
        }
        other => StoreError::Other(sqlx::Error::Migrate(Box::new(other))),
    })
}
