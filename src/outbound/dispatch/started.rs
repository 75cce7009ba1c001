//! Which calls were begun, for the process after a crash: an attempt that was surely never handed to its carrier is due
//! again at once, without asking anybody (`store/call_record.rs` says when that is believed).
//!
//! What is noted and does not arrive has to be asked about for minutes, so a call is noted as late as its carrier can tell
//! (`carrier::Leaving`). One write for each call would cost when there are thousands a second: then one write also notes
//! those that are about to leave. Where the record can't be kept everything works without it: the carrier is asked, as
//! after a crash of the machine.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use crate::carrier::Leaving;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::ids::new_id;
use crate::domain::instant::Instant;
use crate::store::call_record::{self, CallRecord, Earlier};

/// Calls that follow each other faster than this are noted several in a write.
const BUSY: Duration = Duration::from_micros(200);

/// The record of this process, and what the one before has left.
#[derive(Clone, Debug, Default)]
pub struct Started(Arc<Mutex<Inside>>);

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
    /// About to leave, not noted yet.
    waiting: HashSet<String>,
    /// The last write.
    wrote: Option<Moment>,
}

/// A call that is about to be made.
#[derive(Debug)]
struct Call {
    started: Started,
    attempt_id: String,
}

impl Leaving for Call {
    fn now(&self) -> bool {
        self.started.inside().leaves(&self.attempt_id)
    }
}

impl Drop for Call {
    /// It may have ended without leaving.
    fn drop(&mut self) {
        self.started.inside().waiting.remove(&self.attempt_id);
    }
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
                tracing::warn!(%error, "the record of calls can't be used: after a crash the carrier is asked");
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

    /// A call of an attempt that is about to be made; its carrier says when. None where nothing is recorded.
    pub(super) fn call(&self, attempt_id: &str) -> Option<Arc<dyn Leaving>> {
        let mut inside = self.inside();
        inside.record.as_ref()?;
        inside.waiting.insert(attempt_id.to_owned());
        Some(Arc::new(Call {
            started: self.clone(),
            attempt_id: attempt_id.to_owned(),
        }))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Whether an attempt may leave: it is in the record, or nobody will believe that.
    fn leaves(&mut self, attempt_id: &str) -> bool {
        if self.waiting.remove(attempt_id) {
            let mut noted = vec![attempt_id.to_owned()];
            if self.wrote.is_some_and(|wrote| wrote.elapsed() < BUSY) {
                noted.extend(self.waiting.drain());
            }
            self.write(&noted);
            self.wrote = Some(Moment::now());
        }
        !self.blocked
    }

    fn write(&mut self, attempts: &[String]) {
        if self.record.as_ref().is_some_and(CallRecord::is_long) {
            self.begin();
        }
        let Some(record) = &mut self.record else { return };
        // Once a call is missing in it, it is not gone on with: others may have been noted with that one.
        let noted = if self.blocked {
            Err(std::io::Error::other("a call is missing in it"))
        } else {
            record.note(attempts, machine_time())
        };
        if let Err(error) = noted {
            self.give_up(&error);
        }
    }

    fn begin(&mut self) {
        self.generation = None;
        let Some(record) = &mut self.record else { return };
        match record.begin(machine_time()) {
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

/// The time that the file's own times are compared with, whatever clock the program lives by.
fn machine_time() -> Instant {
    SystemClock::new().now()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;
    use std::path::PathBuf;

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

    fn recording(database: &Path) -> Started {
        let started = Started::default();
        started.take_over(database);
        started.begin();
        started
    }

    /// Whether a call may be made that nobody else makes at the same time.
    fn leaves(started: &Started, attempt_id: &str) -> bool {
        started.call(attempt_id).is_none_or(|call| call.now())
    }

    #[test]
    fn a_call_is_noted_when_it_leaves_and_not_before() {
        let (_folder, database) = database();
        let started = recording(&database);
        let calls = ["a", "b", "c"].map(|id| started.call(id).unwrap());
        assert!(calls[0].now());
        assert!(calls[0].now(), "twice is once");
        let owner = started.owner(Instant::from_millis(0));
        drop((started, calls));
        let next = Started::default();
        next.take_over(&database);
        let never_called = ["a", "b", "c"].map(|id| next.was_never_called(&owner, id));
        assert_eq!(never_called, [false, true, true]);
    }

    #[test]
    fn of_calls_in_quick_succession_one_write_notes_all() {
        let (_folder, database) = database();
        let started = recording(&database);
        let ids: Vec<_> = (0..32).map(|number| format!("attempt-{number}")).collect();
        let calls: Vec<_> = ids.iter().map(|id| started.call(id).unwrap()).collect();
        // One that never leaves, its connection failed: nobody waits for it.
        drop(started.call("failed"));
        started.inside().wrote = Some(Moment::now() + Duration::from_hours(1));
        assert!(calls.iter().all(|call| call.now()));
        assert_eq!(lines(&database), 2, "the header and one line");
        drop(calls);
        let owner = started.owner(Instant::from_millis(0));
        drop(started);
        let next = Started::default();
        next.take_over(&database);
        assert!(ids.iter().all(|id| !next.was_never_called(&owner, id)));
        assert!(next.was_never_called(&owner, "another"));
        assert!(next.was_never_called(&owner, "failed"));
        next.begin();
        assert!(!next.was_never_called(&owner, "another"), "it was looked after");
    }

    #[test]
    fn two_processes_on_one_database_leave_each_other_alone() {
        let (_folder, database) = database();
        let (first, second) = (recording(&database), recording(&database));
        let owner = first.owner(Instant::from_millis(0));
        assert!(!second.was_never_called(&owner, "attempt"));
        assert!(leaves(&second, "attempt"));
        assert!(
            !second.owner(Instant::from_millis(0)).contains('/'),
            "it keeps no record"
        );
        assert_eq!(lines(&database), 1);
    }

    #[test]
    fn without_a_record_everything_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        std::fs::write(&database, "").unwrap();
        std::fs::create_dir(call_record::path(&database)).unwrap();
        let started = recording(&database);
        assert!(leaves(&started, "attempt"));
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
        Started(Arc::new(Mutex::new(inside)))
    }

    #[test]
    fn a_full_disk_ends_the_record_and_not_the_sending() {
        // A file that can be emptied and can't grow.
        let file = memfd_create("full", MemfdFlags::ALLOW_SEALING).unwrap();
        let mut file = File::from(file);
        file.write_all(b"what was believed\n").unwrap();
        fcntl_add_seals(&file, SealFlags::GROW).unwrap();
        let left = file.try_clone().unwrap();
        let started = in_file(file);
        assert!(leaves(&started, "attempt"));
        assert_eq!(left.metadata().unwrap().len(), 0, "nobody believes it any more");
        assert!(!started.owner(Instant::from_millis(0)).contains('/'));
        assert!(leaves(&started, "another"));
    }

    #[test]
    fn what_can_be_neither_recorded_nor_disowned_is_not_called() {
        let (_folder, database) = database();
        std::fs::write(&database, "what is believed\n").unwrap();
        let started = in_file(File::open(&database).unwrap());
        assert!(!leaves(&started, "attempt"));
        assert!(!started.owner(Instant::from_millis(0)).contains('/'));
        assert!(!leaves(&started, "another"));
        // It can be written again: first it is emptied, since calls may be missing in it.
        let file = File::options().append(true).open(&database).unwrap();
        started.inside().record = Some(CallRecord::in_file(file));
        assert!(leaves(&started, "attempt"));
        assert_eq!(std::fs::read_to_string(&database).unwrap(), "");
    }

    #[test]
    fn a_record_that_ended_in_order_says_nothing() {
        let (_folder, database) = database();
        let started = recording(&database);
        let owner = started.owner(Instant::from_millis(0));
        started.end();
        assert!(leaves(&started, "attempt"));
        let next = Started::default();
        next.take_over(&database);
        assert!(!next.was_never_called(&owner, "attempt"));
    }
}
