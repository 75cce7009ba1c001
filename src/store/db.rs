//! The database handle and the transaction, each an enum over the driver.
//!
//! `on!` pastes one statement under every arm, so that nothing is written twice when a second driver comes
//! (docs/writing-sql.md).

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::error::StoreError;

/// How long a writer waits for another process's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Readers at a time; writers are always one.
const READERS: u32 = 4;

/// How many bytes of the file readers see in place. A page of the desk reads some thousand rows that lie anywhere in the
/// file; fetching each one's page by a call of its own took five times as long. No memory is set aside for it.
const MAPPED: &str = "2147418112";

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writing connection, so that writers queue here and not in busy loops; readers beside it (WAL).
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        path: PathBuf,
    },
}

/// A transaction: everything a step does commits together or not at all.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
}

/// Runs one statement on a transaction, whatever its driver.
macro_rules! on {
    ($tx:expr, $connection:ident => $statement:expr) => {
        match $tx {
            $crate::store::db::Tx::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $statement
            }
        }
    };
}
pub(crate) use on;

impl Db {
    /// Opens the file, making it where `create` allows. Never migrates.
    pub(super) async fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        if !create && !path.exists() {
            return Err(StoreError::NoDatabase);
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: what is committed survives a power cut; a provider's answer must not be forgotten.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Only a new file takes it: a commit writes whole pages, and half as many of them cost less.
            .page_size(8192)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory")
            // What is blanked or moved leaves no copy behind in its page; FAST costs no write of its own.
            .pragma("secure_delete", "fast")
            .pragma("wal_autocheckpoint", "4000")
            // Rows come from the database's thread; a longer queue means fewer waits between the two.
            .row_buffer_size(512)
            .statement_cache_capacity(300);
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let write = pool(1).connect_with(options.clone()).await?;
        let read = pool(READERS).connect_with(options.pragma("mmap_size", MAPPED)).await?;
        Ok(Self::Sqlite {
            write,
            read,
            path: path.to_owned(),
        })
    }

    /// A transaction that may write. It takes the write lock at once: a plain BEGIN that reads first fails with "busy"
    /// where somebody else has written in between.
    pub(super) async fn write(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { write, .. } => Ok(Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?)),
        }
    }

    /// A transaction that only reads, on one snapshot.
    pub(super) async fn read(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { read, .. } => Ok(Tx::Sqlite(read.begin().await?)),
        }
    }

    /// A counter that rises when another process has written: always asked of the one writing connection, which never
    /// sees its own writes in it (`PRAGMA data_version`).
    pub(super) async fn foreign_writes(&self) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite { write, .. } => Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(write).await?),
        }
    }

    /// A consistent copy of the whole database in a new file.
    pub(super) async fn copy_to(&self, target: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { read, .. } => {
                sqlx::query("VACUUM INTO $1")
                    .bind(target.to_string_lossy().as_ref())
                    .execute(read)
                    .await?;
                Ok(())
            }
        }
    }

    /// Brings the write-ahead log into the database and empties it. A reader under way keeps some of it: no error.
    pub(super) async fn flush_log(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { write, .. } => {
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await?;
                Ok(())
            }
        }
    }

    /// Gives most of the writing connection's page cache back (the pragma counts in KiB where it is negative).
    pub(super) async fn keep_cache_small(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { write, .. } => {
                sqlx::query("PRAGMA cache_size = -8192").execute(write).await?;
                Ok(())
            }
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

impl Tx {
    /// From here on, pages that become free are overwritten too: for an erasure.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overwrite_what_goes(&mut self) -> Result<(), StoreError> {
        on!(self, c => sqlx::query("PRAGMA secure_delete = on").execute(c).await)?;
        Ok(())
    }

    /// Makes everything that was done in it last.
    ///
    /// # Errors
    /// When it could not be written; then nothing of it was.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(transaction) => Ok(transaction.commit().await?),
        }
    }
}
