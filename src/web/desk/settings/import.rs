//! A file of the business's own system comes in: handed over, looked through, and imported once its user has said yes.

use std::fs::File;

use axum::extract::{Path, Query, State};
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::acted::Acted;
use super::super::super::error::WebError;
use super::super::super::staff::Staff;
use super::super::super::uploaded::{Part, Uploaded};
use super::super::acting::back;
use super::{Errors, LARGEST_FILE, Said, owned, page, shown, wait_a_little, zone_of};
use crate::app::App;
use crate::domain::business::Business;
use crate::domain::import_run::{ImportKind, ImportRun, ImportState};
use crate::domain::item::ItemKind;
use crate::domain::link::Token;
use crate::outbound::import::handed_over::{look, take_in};
use crate::outbound::import::uploads::Running;
use crate::outbound::import::{LEFT, header_row};
use crate::store::{self, Tx};

/// How many of the last files are listed, and how many refused rows a page shows.
const LISTED: i64 = 10;
const SHOWN: usize = 50;

/// Longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// `GET /import`.
pub(super) async fn show(staff: Staff, State(app): State<App>, Query(said): Query<Said>) -> Result<Response, WebError> {
    let business = owned(&staff)?;
    let known = is_first(&mut app.store().read().await?, business).await?;
    form(&app, &staff, (None, known), &Errors::new(), said.notice()).await
}

/// The customers of a business's first bookings know of them already.
async fn is_first(tx: &mut Tx, business: &Business) -> Result<bool, WebError> {
    let any = store::item::page(tx, ItemKind::Booking, &business.id, "", 1).await?;
    Ok(any.is_empty())
}

async fn form(
    app: &App,
    staff: &Staff,
    (kind, known): (Option<ImportKind>, bool),
    errors: &Errors,
    notice: Option<&str>,
) -> Result<Response, WebError> {
    let business = owned(staff)?;
    let zone = zone_of(&app.dispatcher.zones, business)?;
    let last = store::import_run::last(&mut app.store().read().await?, &business.id, LISTED).await?;
    let one = |run: &ImportRun| {
        json!({
            "id": run.id, "at": zone.local(run.made_at), "kind": run.kind, "file": run.file_name, "by": run.made_by,
            "state": run.state, "mine": run.user_id.as_deref() == Some(staff.user.id.as_str()), "sums": sums(run),
        })
    };
    let mut page = page(staff, "import", notice);
    page["kinds"] = json!(ImportKind::ALL);
    page["kind"] = json!(kind);
    page["known"] = json!(known);
    page["last"] = last.iter().map(one).collect();
    page["largest"] = json!(LARGEST_FILE / 1024 / 1024);
    shown("import.html", staff, errors, page)
}

/// What it did or would do.
fn sums(run: &ImportRun) -> Value {
    let summary = run.summary.as_deref().and_then(|text| serde_json::from_str(text).ok());
    summary.unwrap_or(Value::Null)
}

/// What was handed over.
#[derive(Default)]
struct HandedOver {
    kind: Option<ImportKind>,
    known: bool,
    file: Option<(String, tempfile::NamedTempFile, u64)>,
}

/// `POST /import`.
pub(super) async fn hand_over(State(app): State<App>, mut uploaded: Uploaded) -> Result<Response, WebError> {
    owned(&uploaded.staff)?;
    let mut given = HandedOver::default();
    while let Some(part) = uploaded.next(LARGEST_FILE, || app.uploads.new_file()).await? {
        match part {
            Part::Text(name, value) if name == "kind" => given.kind = value.parse().ok(),
            Part::Text(name, _) if name == "known" => given.known = true,
            Part::Text(..) => {}
            Part::File { name, file, size } => given.file = Some((name, file, size)),
        }
    }
    let staff = uploaded.staff;
    let mut errors = Errors::new();
    if given.kind.is_none() {
        errors.insert("kind", "import_kind_missing");
    }
    match &given.file {
        Some((name, _, 0)) if name.is_empty() => errors.insert("file", "import_file_missing"),
        Some((_, _, 0)) => errors.insert("file", "import_file_empty"),
        Some(_) => None,
        None => errors.insert("file", "import_file_missing"),
    };
    let (Some(kind), Some((name, file, size)), true) = (given.kind, given.file, errors.is_empty()) else {
        return form(&app, &staff, (given.kind, given.known), &errors, None).await;
    };
    let business = owned(&staff)?;
    let now = app.dispatcher.clock.now();
    let run = ImportRun {
        id: Token::new(rand::random()).as_str().to_owned(),
        business_id: business.id.clone(),
        user_id: Some(staff.user.id.clone()),
        made_by: staff.user.name.clone(),
        kind,
        file_name: name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        known: given.known,
        state: ImportState::Looking,
        summary: None,
        problem: None,
        made_at: now,
        changed_at: now,
    };
    let Some(running) = app.uploads.begin(&business.id, &run.id) else {
        return Ok(back("/import", business, "busy").into_response());
    };
    app.uploads.keep(file, &run.id)?;
    let mut tx = app.store().write().await?;
    put_aside(&mut tx, &app, &run).await?;
    store::import_run::add(&mut tx, &run).await?;
    tx.commit().await?;
    let path = format!("/import/{}", run.id);
    go_on(&app, run, running).await;
    Ok(to(&path, business).into_response())
}

/// A newer file takes the place of those that the same user has not said yes to.
async fn put_aside(tx: &mut Tx, app: &App, new: &ImportRun) -> Result<(), WebError> {
    for mut run in store::import_run::last(tx, &new.business_id, LISTED).await? {
        if run.state == ImportState::Ready && run.user_id == new.user_id {
            run.state = ImportState::Expired;
            run.changed_at = new.made_at;
            store::import_run::change(tx, &run, ImportState::Ready).await?;
            app.uploads.remove(&run.id);
        }
    }
    Ok(())
}

/// Looks through it, or imports it, beside the page; which waits a little for small files.
async fn go_on(app: &App, run: ImportRun, running: Running) {
    let (reading, there) = (app.reading(), app.clone());
    let work = tokio::spawn(async move {
        let done = match run.state {
            ImportState::Importing => take_in(&reading, run, running).await,
            _ => look(&reading, run, running).await,
        };
        if let Err(error) = done {
            tracing::error!(%error, "what became of a file could not be written");
        }
        there.tell_senders();
    });
    wait_a_little(work).await;
}

fn to(path: &str, business: &Business) -> Redirect {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("business", &business.id)
        .finish();
    Redirect::to(&format!("{path}?{query}"))
}

/// `GET /import/{id}`.
pub(super) async fn run(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, WebError> {
    let run = found(&app, &staff, &id).await?;
    let bytes = app.uploads.bytes_read(&run.business_id, &run.id);
    let percent = bytes.map(|bytes| bytes.saturating_mul(100) / run.size.max(1).unsigned_abs());
    let mut page = page(&staff, "import", said.notice());
    page["run"] = json!({
        "id": run.id, "kind": run.kind, "file": run.file_name, "known": run.known, "state": run.state,
        "percent": percent.map(|percent| percent.min(100)), "sums": sums(&run),
        // Where nobody is at it any more it has broken down.
        "broken": run.state.is_under_way() && bytes.is_none(),
        "problem": run.problem.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok()),
    });
    page["refused"] = refused_rows(&app, &run);
    let mut response = shown("import_run.html", &staff, &Errors::new(), page)?;
    if run.state.is_under_way() && bytes.is_some() {
        // Works where scripts do not.
        let again = (
            HeaderName::from_static("refresh"),
            header::HeaderValue::from_static("2"),
        );
        response.headers_mut().extend([(Some(again.0), again.1)]);
    }
    Ok(response)
}

/// The first rows that were not taken, or not whole; nothing once the file that holds them is gone.
fn refused_rows(app: &App, run: &ImportRun) -> Value {
    let Ok(file) = File::open(app.uploads.refused(&run.id)) else {
        return Value::Null;
    };
    let mut rows = csv::Reader::from_reader(file);
    let rows = rows.records().filter_map(Result::ok).take(SHOWN);
    rows.map(|row| {
        let cell = |at: usize| row.get(at).unwrap_or_default().to_owned();
        json!({
            "line": cell(0), "column": cell(1), "value": cell(2), "remedy": cell(3), "taken": cell(4) == "yes",
            "right": right(&cell(1), &cell(3)),
        })
    })
    .collect()
}

/// What would be right in a cell of that column, as a phrase: the exact words are the import's own English.
fn right(column: &str, remedy: &str) -> String {
    let of = match column {
        _ if remedy == LEFT => "left",
        "customer_id" => "external_id",
        "consent_service" | "consent_survey" | "consent_marketing" => "consent",
        "external_id" | "name" | "phone" | "email" | "locale" | "channel" | "starts_at" | "duration_minutes"
        | "status" | "kind" | "ends_on" | "offer_amount" | "offer_currency" | "offer_url" => column,
        _ => "row",
    };
    format!("import_right_{of}")
}

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    /// `import`, or look through it once more.
    act: String,
    known: Option<String>,
}

/// `POST /import/{id}`: imports what was looked through, or looks through it again with the other answer.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    Acted { staff, form }: Acted<Decision>,
) -> Result<Redirect, WebError> {
    let mut run = found(&app, &staff, &id).await?;
    let business = owned(&staff)?;
    let path = format!("/import/{}", run.id);
    let Some(running) = app.uploads.begin(&run.business_id, &run.id) else {
        return Ok(back(&path, business, "busy"));
    };
    run.known = form.known.is_some();
    run.changed_at = app.dispatcher.clock.now();
    run.state = if form.act == "import" {
        ImportState::Importing
    } else {
        ImportState::Looking
    };
    let mut tx = app.store().write().await?;
    // Pressed twice, it is done once.
    let is_first = store::import_run::change(&mut tx, &run, ImportState::Ready).await?;
    tx.commit().await?;
    if is_first {
        go_on(&app, run, running).await;
    }
    Ok(to(&path, business))
}

/// `GET /import/{id}/refused.csv`.
pub(super) async fn refused(
    staff: Staff,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let run = found(&app, &staff, &id).await?;
    let rows = tokio::fs::read(app.uploads.refused(&run.id)).await;
    Ok(download("refused", rows.map_err(|_| WebError::NotFound)?))
}

/// `GET /import/templates/{kind}`: a file with the columns, to fill in.
pub(super) async fn template(staff: Staff, Path(kind): Path<String>) -> Result<Response, WebError> {
    owned(&staff)?;
    let kind: ImportKind = kind.parse().map_err(|_| WebError::NotFound)?;
    Ok(download(
        kind.as_str(),
        format!("{}\r\n", header_row(kind)).into_bytes(),
    ))
}

/// A CSV file. Its first three bytes tell spreadsheets that it is UTF-8.
fn download(name: &str, csv: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
    ];
    (headers, [b"\xef\xbb\xbf".to_vec(), csv].concat()).into_response()
}

/// A file that this user has handed over for this business; any other is not there.
async fn found(app: &App, staff: &Staff, id: &str) -> Result<ImportRun, WebError> {
    let business = owned(staff)?;
    let run = store::import_run::find(&mut app.store().read().await?, id).await?;
    run.filter(|run| run.business_id == business.id && run.user_id.as_deref() == Some(staff.user.id.as_str()))
        .ok_or(WebError::NotFound)
}
