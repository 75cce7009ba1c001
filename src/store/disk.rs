//! How much room is left where the database lies.

use std::path::Path;

/// Less free space than this is worth a warning, in bytes.
pub const LITTLE_SPACE: u64 = 200 * 1024 * 1024;

/// The free space at the database file `database`, in bytes.
///
/// # Errors
/// When the file system can't be asked.
pub fn free_space(database: &Path) -> std::io::Result<u64> {
    let folder = folder(database);
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The folder that a database file lies in.
#[must_use]
pub fn folder(database: &Path) -> &Path {
    let parent = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    parent.unwrap_or_else(|| Path::new("."))
}
