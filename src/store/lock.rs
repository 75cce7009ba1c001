//! The lock that makes one process the sender of a database file: whoever holds it knows that no other lease is alive.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held as long as it lives; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub struct SenderLock {
    _file: File,
}

/// Why the lock can't be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("another `daybefore serve` is using this database: stop it first")]
    Taken,
    #[error("the lock file {path} can't be used: {source}")]
    File { path: String, source: std::io::Error },
}

impl SenderLock {
    /// Takes the lock beside the database file: `daybefore.db` has `daybefore.db-lock`. A file of its own, since closing
    /// another handle on the database would drop SQLite's own locks (sqlite.org/howtocorrupt.html, 2.2).
    ///
    /// # Errors
    /// When another process holds it, or the file can't be made.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = format!("{}-lock", database.display());
        let failed = |source| LockError::File {
            path: path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
