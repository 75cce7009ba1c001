//! Import: rows of the business's own system become customers, items and their messages, in batches that commit whole.
//!
//! Importing the same file again changes nothing. A row that is missing from a later file is never a cancellation.

mod batch;
mod bookings;
mod cells;
mod csv;
mod customer_match;
mod customers;
pub mod handed_over;
mod items;
mod known;
mod ledger;
mod new_address;
mod overruled;
mod reading;
mod renewals;
pub(super) mod typed;
pub mod uploads;
mod withdrawals;

use std::collections::HashMap;
use std::io::Read;

use chrono::TimeDelta;
use serde::Serialize;

use super::distinct::distinct;
use super::plan::{Desk, PlanError, Planning, preview_all};
use crate::domain::ids::{first_id, new_id};
pub use crate::domain::import_run::ImportKind;
use crate::domain::instant::Instant;
use crate::domain::zone::Zones;
use crate::store::{self, Store, StoreError, Tx};
pub use cells::{CellProblem, FileError};
use cells::{Line, Row};
use known::Known;
pub use new_address::heed;
use reading::{About, Reading, Said};

/// Rows that commit together: enough to make a commit cheap, few enough that sending never waits long for the lock.
const BATCH: usize = 500;

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowResult {
    Added,
    /// What changed, as a person reads it.
    Changed(String),
    Unchanged,
    Refused(CellProblem),
}

/// A row and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowReport {
    pub line: u64,
    pub external_id: String,
    pub result: RowResult,
    /// Taken, but something in it is to be looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<CellProblem>,
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub refused: u64,
    pub warnings: u64,
    #[serde(flatten)]
    pub planning: Planning,
}

/// Why an import ended before its file did.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(
        "stopped in lines {from} to {to}: {cause}. What stands before line {from} is in; run the same import again \
         afterwards, it goes on where it stopped"
    )]
    Stopped { from: u64, to: u64, cause: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to import and how.
#[derive(Clone, Debug)]
pub struct Import<'a> {
    pub business_id: &'a str,
    pub kind: ImportKind,
    /// The customers know of these bookings already: no confirmations.
    pub known_to_customers: bool,
    pub now: Instant,
}

/// Reads a CSV file into the database. `report` hears of every row, `progress` of the bytes read after each batch.
///
/// # Errors
/// When the file is not such a file at all, or the database fails; whole batches before that stay.
pub async fn run(
    store: &Store,
    zones: &Zones,
    import: &Import<'_>,
    file: impl Read,
    report: impl FnMut(&RowReport),
    progress: impl FnMut(u64),
) -> Result<(Summary, Vec<String>), ImportError> {
    run_in_batches(store, zones, import, BATCH, file, report, progress).await
}

/// The same with so many rows a batch; what comes of it is the same with any number.
///
/// # Errors
/// As above.
pub async fn run_in_batches(
    store: &Store,
    zones: &Zones,
    import: &Import<'_>,
    rows: usize,
    file: impl Read,
    report: impl FnMut(&RowReport),
    progress: impl FnMut(u64),
) -> Result<(Summary, Vec<String>), ImportError> {
    let import_id = new_id(import.now);
    let (summary, ignored) =
        go_through(store, zones, import, rows, file, Mode::In(&import_id), report, progress).await?;
    let mut tx = store.write().await?;
    // An import that was begun yesterday and has not ended was killed.
    let before = first_id(import.now - TimeDelta::days(1));
    store::import_seen::forget(&mut tx, &import_id, &before).await?;
    let detail = serde_json::to_string(&summary).unwrap_or_default();
    let about = ("business", import.business_id);
    store::history::add(
        &mut tx,
        Some(import.business_id),
        about,
        "imported",
        &detail,
        import.now,
    )
    .await?;
    tx.commit().await?;
    Ok((summary, ignored))
}

/// Says what an import of the file would do, and writes nothing: it only reads, batch by batch, so that nobody waits for
/// it. Each batch is seen as if those before it had not been taken in, save that an id which stands twice is noticed: where
/// a customer's rows lie far apart, a few more may be called changed than there are.
///
/// # Errors
/// As above.
pub async fn preview(
    store: &Store,
    zones: &Zones,
    import: &Import<'_>,
    file: impl Read,
    report: impl FnMut(&RowReport),
    progress: impl FnMut(u64),
) -> Result<(Summary, Vec<String>), ImportError> {
    let mut met = HashMap::new();
    go_through(
        store,
        zones,
        import,
        BATCH,
        file,
        Mode::Nothing(&mut met),
        report,
        progress,
    )
    .await
}

/// Whether what a file says is taken in.
enum Mode<'a> {
    /// By the import of that id.
    In(&'a str),
    /// It is a preview, which has met these ids at these lines.
    Nothing(&'a mut HashMap<String, i64>),
}

#[expect(
    clippy::too_many_arguments,
    reason = "what its two callers are asked for, and which of them it is"
)]
async fn go_through(
    store: &Store,
    zones: &Zones,
    import: &Import<'_>,
    rows: usize,
    file: impl Read,
    mut mode: Mode<'_>,
    mut report: impl FnMut(&RowReport),
    mut progress: impl FnMut(u64),
) -> Result<(Summary, Vec<String>), ImportError> {
    let mut reader = csv::Reader::new(file, headers(import.kind))?;
    let ignored = reader.ignored().to_vec();
    let desk = Desk::load(&mut store.read().await?, zones, import.business_id).await?;
    let mut summary = Summary::default();
    loop {
        let batch = reader.batch(rows);
        if batch.is_empty() {
            break;
        }
        let lines = (batch.first().map_or(0, Line::line), batch.last().map_or(0, Line::line));
        let (part, reports) = one_batch(store, &desk, import, &mut mode, batch)
            .await
            .map_err(|cause| ImportError::Stopped {
                from: lines.0,
                to: lines.1,
                cause,
            })?;
        reports.iter().for_each(&mut report);
        summary = summary.and(&part);
        progress(reader.bytes_read());
    }
    Ok((summary, ignored))
}

impl Summary {
    fn and(mut self, other: &Self) -> Self {
        self.rows += other.rows;
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.refused += other.refused;
        self.warnings += other.warnings;
        self.planning += other.planning;
        self
    }

    fn count(&mut self, report: &RowReport) {
        self.rows += 1;
        self.warnings += report.warnings.len() as u64;
        match report.result {
            RowResult::Added => self.added += 1,
            RowResult::Changed(_) => self.changed += 1,
            RowResult::Unchanged => self.unchanged += 1,
            RowResult::Refused(_) => self.refused += 1,
        }
    }
}

/// The header row of a kind of file, with every column that is read.
#[must_use]
pub fn header_row(kind: ImportKind) -> String {
    headers(kind).1.join(",")
}

/// The columns of a kind of file: those it must have, and those it may have.
const fn headers(kind: ImportKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ImportKind::Bookings => (&["external_id", "starts_at"], bookings::COLUMNS),
        ImportKind::Renewals => (&["external_id", "kind", "ends_on"], renewals::COLUMNS),
        ImportKind::Customers => (&["external_id", "name"], customers::COLUMNS),
    }
}

/// Takes in a batch of rows in one transaction, or only says what would come of it.
async fn one_batch(
    store: &Store,
    desk: &Desk,
    import: &Import<'_>,
    mode: &mut Mode<'_>,
    batch: Vec<Result<Row, CellProblem>>,
) -> Result<(Summary, Vec<RowReport>), StoreError> {
    let taking = Taking {
        desk,
        known_to_customers: import.known_to_customers,
        by: None,
        now: import.now,
    };
    let read = |row: Row| Reading::new(row, import.kind, &desk.business);
    let (mut readings, mut refused) = (Vec::with_capacity(batch.len()), Vec::new());
    for row in batch {
        match row.and_then(read) {
            Ok(reading) => readings.push(reading),
            Err(problem) => refused.push(RowReport::refused(problem, String::new())),
        }
    }
    let mut tx = match mode {
        Mode::In(_) => store.write().await?,
        Mode::Nothing(_) => store.read().await?,
    };
    let mut known = batch::load(&mut tx, store, import, &readings).await?;
    known.lines = met(&mut tx, mode, &readings).await?;
    let taken = readings.into_iter().map(|reading| take(&mut known, &taking, reading));
    let mut reports: Vec<_> = taken.chain(refused).collect();
    reports.sort_by_key(|report| report.line);
    let mut summary = Summary::default();
    for report in &reports {
        summary.count(report);
    }
    summary.planning = match mode {
        Mode::In(import_id) => {
            let planning = batch::save(&mut tx, desk, import, import_id, known).await?;
            tx.commit().await?;
            planning
        }
        Mode::Nothing(met) => {
            met.extend(known.changes.lines);
            preview_all(&mut tx, desk, known.changes.steps, import.now).await?
        }
    };
    Ok((summary, reports))
}

/// The lines at which ids of the batch have stood before in this file.
async fn met(tx: &mut Tx, mode: &Mode<'_>, readings: &[Reading]) -> Result<HashMap<String, i64>, StoreError> {
    let ids = distinct(readings.iter().map(|row| row.external_id.as_str()));
    Ok(match mode {
        Mode::In(import_id) => {
            let met = store::import_seen::met(tx, import_id, &ids).await?;
            met.into_iter().collect()
        }
        Mode::Nothing(met) => {
            let met = ids.iter().filter_map(|id| met.get_key_value(*id));
            met.map(|(id, line)| (id.clone(), *line)).collect()
        }
    })
}

/// What every row of a batch is taken in with.
pub(super) struct Taking<'a> {
    pub desk: &'a Desk,
    pub known_to_customers: bool,
    /// Who at the desk has typed it.
    pub by: Option<&'a str>,
    pub now: Instant,
}

/// What is said of a cell that the desk knows better.
pub const LEFT: &str =
    "somebody at the desk has changed this since; it was left as it is there: correct your own system";

/// Takes in one row, or refuses it.
fn take(known: &mut Known, taking: &Taking<'_>, reading: Reading) -> RowReport {
    let Reading {
        mut row,
        external_id,
        said,
    } = reading;
    if let Some(line) = known.meet(&external_id, row.line_number()) {
        let remedy = format!("the same id stands at line {line}: keep one of the two rows");
        return RowReport::refused(row.problem("external_id", remedy), external_id);
    }
    let Said { person, about } = match said {
        Ok(said) => said,
        Err(problem) => return RowReport::refused(problem, external_id),
    };
    let result = match about {
        About::Booking(cells) => bookings::take(known, taking, cells, &person, &external_id),
        About::Renewal(cells) => renewals::take(known, taking, cells, &person, &external_id),
        About::Customer => customers::take(known, taking, &person, &external_id),
    };
    for field in known.left_out.drain(..) {
        row.warn(field.as_str(), LEFT);
    }
    RowReport {
        line: row.line,
        external_id,
        result,
        warnings: row.warnings,
    }
}

impl RowReport {
    fn refused(problem: CellProblem, external_id: String) -> Self {
        Self {
            line: problem.line,
            external_id,
            result: RowResult::Refused(problem),
            warnings: Vec::new(),
        }
    }
}
