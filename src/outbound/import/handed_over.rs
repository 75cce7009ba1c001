//! A file that was handed over at the desk: looked through first, and imported once its user has said yes. Both take as long
//! as they take, beside whatever asks for them; how they ended stands in the database.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::json;

use super::uploads::{Running, Uploads};
use super::{CellProblem, Import, ImportError, RowReport, RowResult, Summary, preview, run};
use crate::clock::Clock;
use crate::domain::import_run::{ImportRun, ImportState};
use crate::domain::instant::Instant;
use crate::domain::zone::Zones;
use crate::store::{self, Store, StoreError};

/// How long a file waits for its user's yes.
pub const WAITS: TimeDelta = TimeDelta::hours(1);

/// What reading a file needs.
#[derive(Clone)]
pub struct Reading {
    pub store: Store,
    pub zones: Arc<Zones>,
    pub clock: Arc<dyn Clock>,
    pub uploads: Arc<Uploads>,
}

/// What is kept of an import: numbers, and nothing of anybody.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    summary: Summary,
    ignored: &'a [String],
}

/// Looks through a file and notes what an import of it would do.
///
/// # Errors
/// When the database fails.
pub async fn look(reading: &Reading, run: ImportRun, running: Running) -> Result<(), StoreError> {
    go(reading, run, running, ImportState::Ready).await
}

/// Imports a file, and notes what it did.
///
/// # Errors
/// When the database fails; whole batches before that stay.
pub async fn take_in(reading: &Reading, run: ImportRun, running: Running) -> Result<(), StoreError> {
    go(reading, run, running, ImportState::Done).await
}

async fn go(reading: &Reading, mut file: ImportRun, running: Running, to: ImportState) -> Result<(), StoreError> {
    let from = file.state;
    let read = read(reading, &file, &running, to).await;
    file.changed_at = reading.clock.now();
    match read {
        Ok((summary, ignored)) => {
            let kept = Kept {
                summary,
                ignored: &ignored,
            };
            file.summary = serde_json::to_string(&kept).ok();
            file.state = to;
        }
        Err(error) => {
            tracing::warn!(%error, business = %file.business_id, "a file that was handed over could not be read to its end");
            file.state = if matches!(error, ReadError::Import(ImportError::File(_))) {
                ImportState::Refused
            } else {
                ImportState::Stopped
            };
            file.problem = Some(problem(&error));
        }
    }
    if file.state != ImportState::Ready {
        let keeps_refused = file.state == ImportState::Done;
        let uploads = &reading.uploads;
        if keeps_refused {
            uploads.remove_file(&file.id);
        } else {
            uploads.remove(&file.id);
        }
    }
    let mut tx = reading.store.write().await?;
    store::import_run::change(&mut tx, &file, from).await?;
    tx.commit().await
}

/// Why a file could not be read to its end.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("the file that was handed over can't be used: {0}")]
    File(#[from] io::Error),
}

fn problem(error: &ReadError) -> String {
    match error {
        ReadError::Import(ImportError::File(error)) => serde_json::to_string(error).unwrap_or_default(),
        ReadError::Import(ImportError::Stopped { from, .. }) => json!({ "what": "stopped", "value": from }).to_string(),
        ReadError::Import(_) | ReadError::File(_) => json!({ "what": "failed" }).to_string(),
    }
}

async fn read(
    reading: &Reading,
    file: &ImportRun,
    running: &Running,
    to: ImportState,
) -> Result<(Summary, Vec<String>), ReadError> {
    let import = Import {
        business_id: &file.business_id,
        kind: file.kind,
        known_to_customers: file.known,
        now: reading.clock.now(),
    };
    let source = BufReader::new(File::open(reading.uploads.file(&file.id))?);
    let mut refused = RefusedRows::new(&reading.uploads.refused(&file.id))?;
    let report = |row: &RowReport| refused.note(row);
    let progress = |bytes| running.note(bytes);
    let (store, zones) = (&reading.store, &reading.zones);
    let done = if to == ImportState::Done {
        run(store, zones, &import, source, report, progress).await?
    } else {
        preview(store, zones, &import, source, report, progress).await?
    };
    refused.end()?;
    Ok(done)
}

/// The rows that were refused, and what was left out of others, as a file for whoever puts it right.
struct RefusedRows {
    rows: csv::Writer<File>,
    failed: Option<io::Error>,
}

impl RefusedRows {
    fn new(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut rows = csv::Writer::from_writer(options.open(path)?);
        rows.write_record(["line", "column", "value", "remedy", "taken"])?;
        Ok(Self { rows, failed: None })
    }

    fn note(&mut self, row: &RowReport) {
        let refused = match &row.result {
            RowResult::Refused(problem) => Some((problem, "no")),
            _ => None,
        };
        let warned = row.warnings.iter().map(|problem| (problem, "yes"));
        for (problem, taken) in refused.into_iter().chain(warned) {
            if self.failed.is_none() {
                self.failed = self.write(problem, taken).err();
            }
        }
    }

    fn write(&mut self, problem: &CellProblem, taken: &str) -> io::Result<()> {
        let CellProblem {
            line,
            column,
            value,
            remedy,
        } = problem;
        self.rows
            .write_record([&line.to_string(), column, &harmless(value), remedy, taken])?;
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        match self.failed {
            Some(error) => Err(error),
            None => self.rows.into_inner().map_err(csv::IntoInnerError::into_error)?.flush(),
        }
    }
}

/// A spreadsheet takes for a formula what begins so: it is to show it.
fn harmless(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@']) {
        format!("'{value}")
    } else {
        value.to_owned()
    }
}

/// What is over when a process has ended: files that nobody can say yes to any more, imports that stopped in between.
///
/// # Errors
/// When the database fails.
pub async fn tidy_at_start(store: &Store, now: Instant) -> Result<(), StoreError> {
    let uploads = Uploads::beside(&store.path());
    if let Err(error) = uploads.clear() {
        tracing::warn!(%error, "files that were handed over before this start can't be removed");
    }
    let mut tx = store.write().await?;
    let interrupted = store::import_run::interrupt(&mut tx, now).await?;
    tx.commit().await?;
    if interrupted > 0 {
        tracing::warn!(
            interrupted,
            "imports were interrupted by the end of the process before: hand their files over again"
        );
    }
    Ok(())
}

/// Takes away what has waited too long for its user's yes, and what was refused long enough ago.
///
/// # Errors
/// When the database fails.
pub async fn expire(store: &Store, now: Instant) -> Result<(), StoreError> {
    let before = now - WAITS;
    let mut tx = store.write().await?;
    store::import_run::expire(&mut tx, before, now).await?;
    let uploads = Uploads::beside(&store.path());
    let kept = uploads.ids().unwrap_or_else(|error| {
        tracing::warn!(%error, "files that were handed over can't be looked at");
        BTreeSet::new()
    });
    for id in kept {
        let run = store::import_run::find(&mut tx, &id).await?;
        if run.is_none_or(|run| run.state == ImportState::Expired || is_old(&run, before)) {
            uploads.remove(&id);
        }
    }
    tx.commit().await
}

fn is_old(run: &ImportRun, before: Instant) -> bool {
    !run.state.is_under_way() && run.changed_at < before
}
