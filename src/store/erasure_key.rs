//! The key of erased people's hashes, in a file of its own beside the database: a copy of the database alone does not
//! tell whose hashes it holds.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::error::StoreError;
use crate::domain::erasure::{ErasureKey, KEY_BYTES};

/// Where the key lies: `daybefore.db` has `daybefore.db-erasure-key`.
#[must_use]
pub fn path(database: &Path) -> std::path::PathBuf {
    format!("{}-erasure-key", database.display()).into()
}

/// The key, if there is one.
pub(super) fn load(database: &Path) -> Result<Option<ErasureKey>, StoreError> {
    let path = path(database);
    let unusable = |why: &str| StoreError::ErasureKey {
        path: path.display().to_string(),
        why: why.to_owned(),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => ErasureKey::parse(&text)
            .map(Some)
            .ok_or_else(|| unusable("it does not hold a key")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(&error.to_string())),
    }
}

/// The key; a new one where there is none yet.
pub(super) fn load_or_make(database: &Path) -> Result<ErasureKey, StoreError> {
    if let Some(key) = load(database)? {
        return Ok(key);
    }
    let path = path(database);
    let key = ErasureKey::new(rand::random::<[u8; KEY_BYTES]>());
    write(&path, &key).map_err(|error| StoreError::ErasureKey {
        path: path.display().to_string(),
        why: error.to_string(),
    })?;
    Ok(key)
}

fn write(path: &Path, key: &ErasureKey) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", key.to_text())?;
    // Hashes that can't be made again are worth nothing: the key lasts before they are written.
    file.sync_all()
}

/// Copies the key beside a copy of its database.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let Some(key) = load(from)? else { return Ok(()) };
    let path = path(to);
    write(&path, &key).map_err(|error| StoreError::ErasureKey {
        path: path.display().to_string(),
        why: error.to_string(),
    })
}
