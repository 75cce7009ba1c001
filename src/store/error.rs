//! What can go wrong with the database, in words that name the remedy.
//!
//! Store functions return `StoreError`; it is logged once, where it is handled. A missing row is `Option`, never an error.

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no database yet: `daybefore serve` or `daybefore business add` makes one")]
    NoDatabase,
    #[error("the database needs {0} migration(s) first: make a copy of it, then run `daybefore migrate`")]
    PendingMigrations(usize),
    #[error(
        "the database was made by a newer daybefore (it has migration {0}): run that version, or restore the copy you made before"
    )]
    NewerDatabase(i64),
    #[error(
        "the disk that holds the database is full: free some space and run this again; nothing of this step was written"
    )]
    DiskFull,
    #[error("the database can't be written: give this user the right to write the file and its folder")]
    ReadOnly,
    #[error("the database file can't be opened: check that its folder exists and that this user may write there ({0})")]
    CantOpen(String),
    #[error("the file is not a daybefore database, or it is damaged: restore a copy ({0})")]
    Damaged(String),
    #[error("another program keeps the database locked: stop it, or try again ({0})")]
    Busy(String),
    #[error(
        "{path}, the key of erased customers' hashes, can't be used: {why}. Restore it from the backup of this database"
    )]
    ErasureKey { path: String, why: String },
    #[error("{0} changed meanwhile: nothing was done to it")]
    Stale(&'static str),
    #[error("a row does not fit its type: {0}")]
    Inconsistent(String),
    #[error("database: {0}")]
    Other(sqlx::Error),
}

/// SQLite's primary result codes (sqlite.org/rescode.html).
const READONLY: i32 = 8;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;
/// Extended codes that a full disk gives where SQLite writes past the database itself.
const IOERR_WRITE: i32 = 778;
const IOERR_SHMSIZE: i32 = 4874;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<i32>().ok());
        let Some(code) = code else {
            return match error {
                sqlx::Error::ColumnDecode { index, source } => Self::Inconsistent(format!("{index}: {source}")),
                other => Self::Other(other),
            };
        };
        match (code, code & 0xff) {
            (IOERR_WRITE | IOERR_SHMSIZE, _) | (_, FULL) => Self::DiskFull,
            (_, READONLY) => Self::ReadOnly,
            (_, CANTOPEN) => Self::CantOpen(error.to_string()),
            (_, CORRUPT | NOTADB) => Self::Damaged(error.to_string()),
            (_, BUSY | LOCKED) => Self::Busy(error.to_string()),
            _ => Self::Other(error),
        }
    }
}
