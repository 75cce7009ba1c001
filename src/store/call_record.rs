//! Which attempts were handed to their carrier: an append-only file beside the database, for the next process after a
//! crash of this one. `daybefore.db` has `daybefore.db-calls`.
//!
//! A call is noted with one write(2) before it is made. What a process has written is in the kernel's hands and outlives
//! it, so that an attempt that the file does not name was surely never handed over. That is only true where nothing but
//! the process has ended, and where the file is the very one that it wrote; whatever speaks against it, the file is not
//! believed (`Earlier::read`), and nobody knows, as if there were none.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use rustix::fs::fstatfs;

use crate::domain::instant::Instant;

/// The first word of the file, with the version of its form.
const FORM: &str = "daybefore-calls-1";

/// Where Linux names the time since the machine was started. Another one: what was written may not have lasted.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// A file longer than this begins anew: some 28,000 calls.
const LONGEST: u64 = 1 << 20;

/// The file was last changed when its last line says, but for this long: by nobody else since, such as a backup that
/// was copied over it.
const UNTOUCHED: TimeDelta = TimeDelta::seconds(2);

/// File systems that keep what was written when only the writer dies: ext, xfs, btrfs, zfs, f2fs, bcachefs, tmpfs,
/// overlay. Others (network, FUSE) may buffer it where we can't see.
const LOCAL: [u64; 8] = [
    0xef53,
    0x5846_5342,
    0x9123_683e,
    0x2fc1_2fc1,
    0xf2f5_2010,
    0xca45_1a4e,
    0x0102_1994,
    0x794c_7630,
];

/// Where the record lies.
#[must_use]
pub fn path(database: &Path) -> PathBuf {
    format!("{}-calls", database.display()).into()
}

/// The file, locked as long as this lives: who can lock it knows that nobody else writes it any more.
#[derive(Debug)]
pub struct CallRecord {
    file: File,
    /// What makes the file known as ours: boot, database, and the file itself.
    place: String,
    length: u64,
}

/// What an earlier process has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    generation: String,
    called: HashSet<String>,
}

impl Earlier {
    /// Whether an attempt of that claim was surely never handed to a carrier.
    #[must_use]
    pub fn was_never_called(&self, lease_owner: &str, attempt_id: &str) -> bool {
        generation_of(lease_owner) == Some(self.generation.as_str()) && !self.called.contains(attempt_id)
    }

    fn read(text: &str, place: &str, changed: Instant) -> Option<Self> {
        // A line that was cut off may name anything.
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let header: Vec<_> = lines.next()?.split(' ').collect();
        let [FORM, generation, its_place, begun] = header[..] else {
            return None;
        };
        let mut last = begun;
        let mut called = HashSet::new();
        for line in lines {
            let mut words = line.split(' ');
            last = words.next()?;
            called.extend(words.map(str::to_owned));
        }
        let last = Instant::from_millis(last.parse().ok()?);
        (its_place == place && changed.since(last).abs() <= UNTOUCHED).then(|| Self {
            generation: generation.to_owned(),
            called,
        })
    }
}

impl CallRecord {
    /// Opens the record of a database, and reads what is believed of it. None: no record can be kept here.
    ///
    /// # Errors
    /// When the file can't be opened, read or locked: another process may be writing it.
    pub fn open(database: &Path) -> io::Result<Option<(Self, Option<Earlier>)>> {
        let Ok(boot) = std::fs::read_to_string(BOOT_ID) else {
            return Ok(None);
        };
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .mode(0o600)
            .open(path(database))?;
        file.try_lock()?;
        if !fstatfs(&file).is_ok_and(|system| u64::try_from(system.f_type).is_ok_and(|kind| LOCAL.contains(&kind))) {
            return Ok(None);
        }
        let (own, of) = (file.metadata()?, std::fs::metadata(database)?);
        let place = format!("{}/{}.{}/{}.{}", boot.trim(), of.dev(), of.ino(), own.dev(), own.ino());
        // Says so where an earlier write has failed to reach the disk: the kernel may have dropped it since.
        file.sync_all()?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let changed = Instant::from_millis(own.ctime() * 1_000 + own.ctime_nsec() / 1_000_000);
        let earlier = Earlier::read(&String::from_utf8_lossy(&text), &place, changed);
        let record = Self { file, place, length: 0 };
        Ok(Some((record, earlier)))
    }

    /// A record in any file, to see what becomes of one that can't be written.
    #[cfg(test)]
    pub(crate) const fn in_file(file: File) -> Self {
        Self {
            file,
            place: String::new(),
            length: 0,
        }
    }

    /// Begins anew, with nothing called. Returns the name of this generation, which the claims made from now on bear. `now`
    /// is the machine's own time.
    ///
    /// # Errors
    /// When the file can't be written; then it is empty, which nobody believes, or as it was.
    pub fn begin(&mut self, now: Instant) -> io::Result<String> {
        self.file.set_len(0)?;
        self.length = 0;
        let generation = format!("{:016x}", rand::random::<u64>());
        let header = format!("{FORM} {generation} {} {}\n", self.place, now.millis());
        match self.append(&header) {
            Ok(()) => Ok(generation),
            Err(error) => {
                self.file.set_len(0)?;
                Err(error)
            }
        }
    }

    /// Notes that these attempts are about to be handed to their carriers.
    ///
    /// # Errors
    /// When that can't be written whole. The file must then be emptied before any of them is.
    pub fn note(&mut self, attempts: &[String], now: Instant) -> io::Result<()> {
        let mut line = now.millis().to_string();
        for id in attempts {
            write!(line, " {id}").map_err(io::Error::other)?;
        }
        line.push('\n');
        self.append(&line)
    }

    /// Whether it is time to begin anew.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.length > LONGEST
    }

    /// Empties it, so that nobody believes it.
    ///
    /// # Errors
    /// When the file can't be changed at all.
    pub fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)
    }

    /// One write, whole or not at all.
    fn append(&mut self, text: &str) -> io::Result<()> {
        let written = self.file.write(text.as_bytes())?;
        if written < text.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.length += text.len() as u64;
        Ok(())
    }
}

/// The owner of the claim of that number in a generation.
#[must_use]
pub fn owner(generation: &str, claim: u64) -> String {
    format!("{generation}/{claim}")
}

fn generation_of(lease_owner: &str) -> Option<&str> {
    lease_owner.split_once('/').map(|(generation, _)| generation)
}

#[cfg(test)]
mod tests;
