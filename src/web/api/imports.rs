//! A file that the business's own system hands over: the same as `daybefore import`.

use std::fs::File;
use std::io::BufReader;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

use super::Problem;
use super::keyed::Keyed;
use crate::app::App;
use crate::domain::api_key::ApiKey;
use crate::domain::ids::new_id;
use crate::domain::import_run::{ImportKind, ImportRun, ImportState};
use crate::outbound::import::handed_over::Reading;
use crate::outbound::import::uploads::Running;
use crate::outbound::import::{Import, ImportError, RowReport, RowResult, Summary, preview, run};
use crate::store;

/// Largest file that is taken.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How many rows that were refused, or not taken whole, an answer lists.
const LISTED: usize = 1_000;

/// After how many seconds a business whose other file is being read may try again.
const AGAIN: u32 = 15;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct How {
    /// Only says what would change.
    dry_run: bool,
    /// The customers know of these bookings already.
    no_confirmations: bool,
}

/// `POST /api/v1/imports/{kind}`, the file as its body.
pub(super) async fn import(
    State(app): State<App>,
    Keyed(key): Keyed,
    Path(kind): Path<String>,
    how: Result<Query<How>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind: ImportKind = kind.parse().map_err(|_| {
        let detail = "there are imports of bookings, renewals and customers";
        Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
    })?;
    let Ok(Query(how)) = how else {
        let detail = "dry_run and no_confirmations are true or false";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_query", detail));
    };
    if length(&headers).is_some_and(|length| length > LARGEST) {
        return Err(Problem::too_large(LARGEST));
    }
    let now = app.dispatcher.clock.now();
    let id = new_id(now);
    let Some(running) = app.uploads.begin(&key.business_id, &id) else {
        let detail = "another file of this business is being read: hand this one over when that is done";
        return Err(Problem::new(StatusCode::CONFLICT, "busy", detail).later(AGAIN));
    };
    let file = app.uploads.new_file()?;
    let size = write(body, &file).await?;
    let work = Work {
        app,
        key,
        kind,
        how,
        id,
        file,
        size,
        running,
    };
    // Whoever hangs up leaves no half of a file behind: it is read to its end.
    let answer = tokio::spawn(work.read()).await??;
    let mut response = Json(answer).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn write(body: Body, file: &NamedTempFile) -> Result<u64, Problem> {
    let mut target = tokio::fs::File::from_std(file.reopen()?);
    let mut chunks = body.into_data_stream();
    let mut size = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            let detail = "the file did not come in whole: send it once more";
            Problem::new(StatusCode::BAD_REQUEST, "broken_off", detail)
        })?;
        size += chunk.len() as u64;
        if size > LARGEST {
            return Err(Problem::too_large(LARGEST));
        }
        target.write_all(&chunk).await?;
    }
    target.flush().await?;
    Ok(size)
}

/// One file on its way in.
struct Work {
    app: App,
    key: ApiKey,
    kind: ImportKind,
    how: How,
    id: String,
    file: NamedTempFile,
    size: u64,
    running: Running,
}

impl Work {
    async fn read(self) -> Result<Value, Problem> {
        let Reading {
            store, zones, clock, ..
        } = self.app.reading();
        let import = Import {
            business_id: &self.key.business_id,
            kind: self.kind,
            known_to_customers: self.how.no_confirmations,
            now: clock.now(),
        };
        let source = BufReader::new(File::open(self.file.path())?);
        let mut listed = Listed::default();
        let report = |row: &RowReport| listed.note(row);
        let progress = |bytes| self.running.note(bytes);
        let done = if self.how.dry_run {
            preview(&store, &zones, &import, source, report, progress).await
        } else {
            run(&store, &zones, &import, source, report, progress).await
        };
        self.app.tell_senders();
        let (summary, ignored) = match done {
            Ok(done) => done,
            Err(ImportError::File(error)) => {
                let detail = error.to_string();
                return Err(Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "not_such_a_file",
                    detail,
                ));
            }
            Err(error) => return Err(error.into()),
        };
        if !self.how.dry_run {
            self.note(summary, &ignored).await?;
        }
        Ok(listed.answer(self.how.dry_run, summary, &ignored))
    }

    /// Beside the files that were handed over at the desk.
    async fn note(&self, summary: Summary, ignored: &[String]) -> Result<(), Problem> {
        let now = self.app.dispatcher.clock.now();
        let mut kept = serde_json::to_value(summary)?;
        kept["ignored"] = json!(ignored);
        let run = ImportRun {
            id: self.id.clone(),
            business_id: self.key.business_id.clone(),
            user_id: None,
            made_by: self.key.name.clone(),
            kind: self.kind,
            file_name: String::new(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            known: self.how.no_confirmations,
            state: ImportState::Done,
            summary: Some(kept.to_string()),
            problem: None,
            made_at: now,
            changed_at: now,
        };
        let mut tx = self.app.store().write().await?;
        store::import_run::add(&mut tx, &run).await?;
        Ok(tx.commit().await?)
    }
}

/// What an answer lists of the rows.
#[derive(Default)]
struct Listed {
    refusals: Vec<Value>,
    warnings: Vec<Value>,
}

impl Listed {
    fn note(&mut self, row: &RowReport) {
        if let RowResult::Refused(problem) = &row.result {
            keep(&mut self.refusals, json!(problem), &row.external_id);
        }
        for problem in &row.warnings {
            keep(&mut self.warnings, json!(problem), &row.external_id);
        }
    }

    fn answer(self, dry_run: bool, summary: Summary, ignored: &[String]) -> Value {
        let planning = summary.planning;
        json!({
            "dry_run": dry_run, "rows": summary.rows, "added": summary.added, "changed": summary.changed,
            "unchanged": summary.unchanged, "refused": summary.refused, "warned": summary.warnings,
            "messages": {
                "planned": planning.planned, "moved": planning.moved, "skipped": planning.skipped,
                "due_now": planning.due_now,
            },
            "ignored_columns": ignored, "refusals": self.refusals, "warnings": self.warnings,
        })
    }
}

fn keep(list: &mut Vec<Value>, mut problem: Value, external_id: &str) {
    if list.len() < LISTED {
        problem["external_id"] = json!(external_id);
        list.push(problem);
    }
}
