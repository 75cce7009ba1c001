//! Which calls were begun, for the process after a crash: an attempt that was surely never handed to its carrier is due
//! again at once, without asking anybody (`store/call_record.rs` says when that is believed).
//!
//! Calls that begin together are noted together, in one write. Where the record can't be kept everything works without
//! it: the carrier is asked, as after a crash of the machine.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::store::call_record::{self, CallRecord, Earlier};

/// The record of this process, and what the one before has left.
#[derive(Debug, Default)]
pub struct Started(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    /// None: no record is kept.
    record: Option<CallRecord>,
    /// Of the claims that are made now; none before `begin` and after a failure.
    generation: Option<String>,
    claims: u64,
    /// The record can neither be written nor emptied: a call that it does not name would be believed not to be made.
    blocked: bool,
    earlier: Option<Earlier>,
    /// About to be called, not noted yet.
    waiting: Vec<String>,
    /// How many have waited in all, and how many of these were noted.
    arrived: u64,
    noted: u64,
}

impl Started {
    /// Takes the record of a database over from whoever wrote it. Only the process that alone may send does this.
    pub fn take_over(&self, database: &Path) {
        let mut inside = self.inside();
        if inside.record.is_some() {
            return;
        }
        match CallRecord::open(database) {
            Ok(Some((record, earlier))) => (inside.record, inside.earlier) = (Some(record), earlier),
            Ok(None) => tracing::info!("no record of calls can be kept here: after a crash the carrier is asked"),
            Err(error) => {
                tracing::warn!(%error, "the record of calls can't be used: after a crash the carrier is asked")
            }
        }
    }

    /// Whether an attempt of an earlier process was surely never handed to its carrier.
    #[must_use]
    pub fn was_never_called(&self, lease_owner: &str, attempt_id: &str) -> bool {
        let inside = self.inside();
        let earlier = inside.earlier.as_ref();
        earlier.is_some_and(|earlier| earlier.was_never_called(lease_owner, attempt_id))
    }

    /// Forgets the earlier process, whose messages are looked after, and begins a record of this one.
    pub fn begin(&self) {
        let mut inside = self.inside();
        inside.earlier = None;
        inside.begin();
    }

    /// Ends the record in order: nothing is under way any more.
    pub fn end(&self) {
        let mut inside = self.inside();
        inside.generation = None;
        if let Some(mut record) = inside.record.take()
            && let Err(error) = record.empty()
        {
            tracing::warn!(%error, "the record of calls can't be emptied");
        }
    }

    /// The name of a claim made now.
    #[must_use]
    pub fn owner(&self, now: Instant) -> String {
        let mut inside = self.inside();
        inside.claims += 1;
        match &inside.generation {
            Some(generation) => call_record::owner(generation, inside.claims),
            None => new_id(now),
        }
    }

    /// Notes that an attempt is about to be handed to its carrier, together with others that are. False: it must not be,
    /// since the record can't be kept from saying that it was not.
    pub(super) async fn note(&self, attempt_id: &str) -> bool {
        let Some(ticket) = self.inside().wait(attempt_id) else {
            return true;
        };
        // Whoever else is about to call comes to it first, so that one write serves all.
        tokio::task::yield_now().await;
        let mut inside = self.inside();
        if inside.noted < ticket {
            inside.write();
        }
        !inside.blocked
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// The number in the queue; none where nothing is recorded.
    fn wait(&mut self, attempt_id: &str) -> Option<u64> {
        self.record.as_ref()?;
        self.waiting.push(attempt_id.to_owned());
        self.arrived += 1;
        Some(self.arrived)
    }

    /// Notes all that wait.
    fn write(&mut self) {
        self.noted = self.arrived;
        let waiting = std::mem::take(&mut self.waiting);
        if self.record.as_ref().is_some_and(CallRecord::is_long) {
            self.begin();
        }
        let Some(record) = &mut self.record else { return };
        // Once a call is missing in it, it is not gone on with: those who wait for their turn may not be in it.
        let noted = match self.blocked {
            true => Err(std::io::Error::other("a call is missing in it")),
            false => record.note(&waiting),
        };
        if let Err(error) = noted {
            self.give_up(&error);
        }
    }

    fn begin(&mut self) {
        self.generation = None;
        let Some(record) = &mut self.record else { return };
        match record.begin() {
            Ok(generation) => self.generation = Some(generation),
            Err(error) => self.give_up(&error),
        }
    }

    /// A record that lacks a call must not be believed: it is emptied, and no further one is kept. Where even that can't
    /// be done, nothing is called.
    fn give_up(&mut self, error: &std::io::Error) {
        self.generation = None;
        let Some(record) = &mut self.record else { return };
        if let Err(worse) = record.empty() {
            self.blocked = true;
            tracing::error!(%error, %worse, "the record of calls can be neither written nor emptied: nothing is sent until it can");
            return;
        }
        if self.blocked {
            tracing::info!("the record of calls could be emptied: sending goes on");
        }
        (self.blocked, self.record) = (false, None);
        tracing::warn!(%error, "calls are not recorded any more: after a crash the carrier will be asked");
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;
    use std::path::PathBuf;

    use futures::future::join_all;
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    use super::*;

    fn database() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        std::fs::write(&database, "").unwrap();
        (folder, database)
    }

    fn lines(database: &Path) -> usize {
        let text = std::fs::read_to_string(call_record::path(database)).unwrap();
        text.lines().count()
    }

    #[tokio::test]
    async fn calls_that_begin_together_are_one_write() {
        let (_folder, database) = database();
        let started = Started::default();
        started.take_over(&database);
        started.begin();
        let ids: Vec<_> = (0..32).map(|number| format!("attempt-{number}")).collect();
        assert!(
            join_all(ids.iter().map(|id| started.note(id)))
                .await
                .into_iter()
                .all(|noted| noted)
        );
        assert_eq!(lines(&database), 2, "the header and one line");
        let owner = started.owner(Instant::from_millis(0));
        drop(started);
        let next = Started::default();
        next.take_over(&database);
        assert!(ids.iter().all(|id| !next.was_never_called(&owner, id)));
        assert!(next.was_never_called(&owner, "another"));
        next.begin();
        assert!(!next.was_never_called(&owner, "another"), "it was looked after");
    }

    #[tokio::test]
    async fn two_processes_on_one_database_leave_each_other_alone() {
        let (_folder, database) = database();
        let (first, second) = (Started::default(), Started::default());
        first.take_over(&database);
        first.begin();
        second.take_over(&database);
        second.begin();
        let owner = first.owner(Instant::from_millis(0));
        assert!(!second.was_never_called(&owner, "attempt"));
        assert!(second.note("attempt").await);
        assert!(
            !second.owner(Instant::from_millis(0)).contains('/'),
            "it keeps no record"
        );
        assert_eq!(lines(&database), 1);
    }

    #[tokio::test]
    async fn without_a_record_everything_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        std::fs::write(&database, "").unwrap();
        std::fs::create_dir(call_record::path(&database)).unwrap();
        let started = Started::default();
        started.take_over(&database);
        started.begin();
        assert!(started.note("attempt").await);
        assert!(!started.owner(Instant::from_millis(0)).contains('/'));
        assert!(!started.was_never_called("claim", "attempt"));
        started.end();
    }

    /// A record in that file, as if it had been begun there.
    fn in_file(file: File) -> Started {
        let inside = Inside {
            record: Some(CallRecord::in_file(file)),
            generation: Some("generation".to_owned()),
            ..Inside::default()
        };
        Started(Mutex::new(inside))
    }

    #[tokio::test]
    async fn a_full_disk_ends_the_record_and_not_the_sending() {
        // A file that can be emptied and can't grow.
        let file = memfd_create("full", MemfdFlags::ALLOW_SEALING).unwrap();
        let mut file = File::from(file);
        file.write_all(b"what was believed\n").unwrap();
        fcntl_add_seals(&file, SealFlags::GROW).unwrap();
        let left = file.try_clone().unwrap();
        let started = in_file(file);
        assert!(started.note("attempt").await);
        assert_eq!(left.metadata().unwrap().len(), 0, "nobody believes it any more");
        assert!(!started.owner(Instant::from_millis(0)).contains('/'));
        assert!(started.note("another").await);
    }

    #[tokio::test]
    async fn what_can_be_neither_recorded_nor_disowned_is_not_called() {
        let (_folder, database) = database();
        std::fs::write(&database, "what is believed\n").unwrap();
        let started = in_file(File::open(&database).unwrap());
        assert!(!started.note("attempt").await);
        assert!(!started.owner(Instant::from_millis(0)).contains('/'));
        assert!(!started.note("another").await);
        // It can be written again: first it is emptied, since calls may be missing in it.
        let file = File::options().append(true).open(&database).unwrap();
        started.inside().record = Some(CallRecord::in_file(file));
        assert!(started.note("attempt").await);
        assert_eq!(std::fs::read_to_string(&database).unwrap(), "");
    }

    #[tokio::test]
    async fn a_record_that_ended_in_order_says_nothing() {
        let (_folder, database) = database();
        let started = Started::default();
        started.take_over(&database);
        started.begin();
        let owner = started.owner(Instant::from_millis(0));
        started.end();
        assert!(started.note("attempt").await);
        let next = Started::default();
        next.take_over(&database);
        assert!(!next.was_never_called(&owner, "attempt"));
    }
}
