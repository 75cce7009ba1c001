//! Files that were handed over and are not done with: they lie in a folder beside the database, readable by its owner
//! alone, and go when they are done with, after an hour, or at the next start.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// Begins the name of a file that is still coming in.
const NEW: &str = "new-";

/// Ends the name of what was refused.
const REFUSED: &str = "-refused";

/// What is being read now, and where files lie.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    /// By business: what is read for it, and how many bytes of it are.
    running: Mutex<HashMap<String, (String, Arc<AtomicU64>)>>,
}

/// A business's one file that is being read; others wait until this is dropped.
#[derive(Debug)]
pub struct Running {
    uploads: Arc<Uploads>,
    business_id: String,
    bytes: Arc<AtomicU64>,
}

impl Uploads {
    /// The files beside that database: `daybefore.db` has `daybefore.db-uploads`.
    #[must_use]
    pub fn beside(database: &Path) -> Self {
        Self {
            folder: format!("{}-uploads", database.display()).into(),
            running: Mutex::default(),
        }
    }

    /// A new file, which goes when it is dropped unless it is kept.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new_file(&self) -> io::Result<NamedTempFile> {
        std::fs::create_dir_all(&self.folder)?;
        Builder::new().prefix(NEW).tempfile_in(&self.folder)
    }

    /// Keeps a file under an id.
    ///
    /// # Errors
    /// When it can't be moved there.
    pub fn keep(&self, file: NamedTempFile, id: &str) -> io::Result<()> {
        file.persist(self.file(id)).map(drop).map_err(|error| error.error)
    }

    /// Where the file of an id lies.
    #[must_use]
    pub fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.csv"))
    }

    /// Where the rows of it lie that were refused.
    #[must_use]
    pub fn refused(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}{REFUSED}.csv"))
    }

    /// Takes away the file of an id, and what was refused of it.
    pub fn remove(&self, id: &str) {
        for path in [self.file(id), self.refused(id)] {
            remove(&path);
        }
    }

    /// Takes away the file of an id; what was refused of it can still be fetched.
    pub fn remove_file(&self, id: &str) {
        remove(&self.file(id));
    }

    /// Takes away everything.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn clear(&self) -> io::Result<()> {
        self.paths()?.iter().for_each(|path| remove(path));
        Ok(())
    }

    /// The ids of which something is kept.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn ids(&self) -> io::Result<BTreeSet<String>> {
        let paths = self.paths()?;
        let names = paths.iter().filter_map(|path| path.file_stem()?.to_str());
        let kept = names.filter(|name| !name.starts_with(NEW));
        Ok(kept.map(|name| name.trim_end_matches(REFUSED).to_owned()).collect())
    }

    fn paths(&self) -> io::Result<Vec<PathBuf>> {
        match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            entries => entries?.map(|entry| Ok(entry?.path())).collect(),
        }
    }

    /// Begins to read a file for a business. None: another one is being read for it.
    #[must_use]
    pub fn begin(self: &Arc<Self>, business_id: &str, id: &str) -> Option<Running> {
        let mut running = self.running();
        if running.contains_key(business_id) {
            return None;
        }
        let bytes = Arc::<AtomicU64>::default();
        running.insert(business_id.to_owned(), (id.to_owned(), Arc::clone(&bytes)));
        Some(Running {
            uploads: Arc::clone(self),
            business_id: business_id.to_owned(),
            bytes,
        })
    }

    /// How many bytes of a business's file are read; none: that one is not being read.
    #[must_use]
    pub fn bytes_read(&self, business_id: &str, id: &str) -> Option<u64> {
        let running = self.running();
        let (_, bytes) = running.get(business_id).filter(|(known, _)| known == id)?;
        Some(bytes.load(Ordering::Relaxed))
    }

    /// Nothing that is done under this lock can be half done.
    fn running(&self) -> MutexGuard<'_, HashMap<String, (String, Arc<AtomicU64>)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Notes how far it has come.
    pub fn note(&self, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.uploads.running().remove(&self.business_id);
    }
}

/// A file that is not there is gone already; one that stays is looked at again at the next start.
fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "a file that was handed over can't be removed yet");
        }
        _ => {}
    }
}
