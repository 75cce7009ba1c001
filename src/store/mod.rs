//! All SQL, one file a table family. One concrete `Store`; the databases behind it are told apart in `db` and `dialect`.

mod alike;
pub mod answer;
pub mod api_key;
pub mod attempt;
pub mod business;
pub mod call;
pub mod call_record;
pub mod claim;
pub mod conversation;
pub mod customer;
pub mod customer_case;
mod db;
pub mod desk_change;
pub mod desk_item;
mod dialect;
pub mod disk;
pub mod erasure;
mod erasure_key;
mod error;
pub mod export;
pub mod held_number;
pub mod history;
pub mod holds;
pub mod import_run;
pub mod import_seen;
pub mod inbound;
pub mod item;
pub mod lane;
pub mod ledger;
pub mod link;
mod lock;
pub mod lookup;
pub mod message;
mod migrate;
pub mod note;
pub mod outbox;
pub mod outbox_list;
pub mod overruled;
mod packed;
pub mod policy_change;
pub mod question;
pub mod rating;
pub mod receipt;
pub mod replan;
pub mod reply;
pub mod report;
pub mod rule;
pub mod sandbox_phone;
pub mod search_word;
pub mod session;
pub mod setting;
pub mod test_message;
pub mod text_override;
pub mod thread;
mod types;
pub mod user;
pub mod user_link;

use std::path::{Path, PathBuf};

use crate::domain::erasure::ErasureKey;
use db::Db;
pub use db::Tx;
pub use error::StoreError;
pub use lock::{LockError, SenderLock};
pub use packed::Listed;

/// What opening a database may do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It must be there and current.
    Existing,
    /// A missing or empty file becomes a database; one that needs migrations is refused.
    CreateIfEmpty,
    /// Whatever it needs to be current is done.
    Migrate,
}

/// The open database.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
}

impl Store {
    /// Opens the database file at `path`.
    ///
    /// # Errors
    /// When it is missing, needs migrations, is newer than this program, or can't be read or written.
    pub async fn open(path: &Path, how: Open) -> Result<Self, StoreError> {
        let db = Db::open(path, how != Open::Existing).await?;
        match (migrate::schema(&db).await?, how) {
            (migrate::Schema::Current, _) => {}
            (migrate::Schema::Empty, Open::Existing) => return Err(StoreError::NoDatabase),
            (migrate::Schema::Behind(count), Open::Existing | Open::CreateIfEmpty) => {
                return Err(StoreError::PendingMigrations(count));
            }
            (migrate::Schema::Empty, _) => migrate::migrate(&db).await?,
            (migrate::Schema::Behind(_), Open::Migrate) => {
                migrate::migrate(&db).await?;
                let mut tx = db.write().await?;
                search_word::fill(&mut tx).await?;
                tx.commit().await?;
            }
        }
        Ok(Self { db })
    }

    /// A transaction that may write; nothing of it lasts until it is committed.
    ///
    /// # Errors
    /// When another process keeps the database locked for long.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        self.db.write().await
    }

    /// A transaction that reads, on one snapshot.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        self.db.read().await
    }

    /// A counter that rises when another process has written.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn foreign_writes(&self) -> Result<i64, StoreError> {
        self.db.foreign_writes().await
    }

    /// A consistent copy of everything in a new file.
    ///
    /// # Errors
    /// When the target exists or can't be written.
    pub async fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        self.db.copy_to(target).await?;
        erasure_key::copy(&self.path(), target)
    }

    /// The key of erased people's hashes; none where nobody was ever erased.
    ///
    /// # Errors
    /// When its file can't be read, or holds no key.
    pub fn erasure_key(&self) -> Result<Option<ErasureKey>, StoreError> {
        erasure_key::load(&self.path())
    }

    /// The same, made where there is none yet.
    ///
    /// # Errors
    /// When its file can't be read or written.
    pub fn make_erasure_key(&self) -> Result<ErasureKey, StoreError> {
        erasure_key::load_or_make(&self.path())
    }

    /// Where that key lies.
    #[must_use]
    pub fn erasure_key_path(&self) -> PathBuf {
        erasure_key::path(&self.path())
    }

    /// Takes what was erased out of the write-ahead log too, as far as no reader still needs it.
    ///
    /// # Errors
    /// When the file can't be written.
    pub async fn flush_log(&self) -> Result<(), StoreError> {
        self.db.flush_log().await
    }

    /// For a command that goes through much and seldom comes back to what it has written: memory for pages that it will
    /// not need again brings nothing.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn keep_cache_small(&self) -> Result<(), StoreError> {
        self.db.keep_cache_small().await
    }

    /// Where the database file is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match &self.db {
            Db::Sqlite { path, .. } => path.clone(),
        }
    }

    /// Closes every connection, so that the file is whole without its side files.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
