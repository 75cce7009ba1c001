//! No page reads a table whole, however many rows it has.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use axum::http::StatusCode;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument as _, Subscriber, info_span};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::open;
use crate::support::crowd::{Crowd, fill};
use crate::support::test_app::{BUSINESS, TestApp};

const CUSTOMERS: i64 = 20_000;

/// Tables of a few rows, whatever the installation does.
const SMALL: [&str; 3] = ["business", "text_override", "paused_lane"];

/// Where statements run that are looked at.
const WATCHED: &str = "watched";

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes every statement that is run within a watched span.
struct Statements;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let text = Some(statement.whole).filter(|whole| !whole.is_empty());
        let text = text.unwrap_or(statement.summary).trim().to_owned();
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
    }
}

/// Short statements are their own summary.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

fn watch() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let filter = dynamic_filter_fn(|about, context| {
            let within = || context.lookup_current().is_some_and(|span| span.name() == WATCHED);
            (about.is_span() && about.name() == WATCHED) || (about.target() == "sqlx::query" && within())
        });
        let layer = Statements.with_filter(filter);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).expect("the only one");
    });
}

/// What SQLite does for a statement, a line a step.
async fn plan(pool: &SqlitePool, statement: &str) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(explain))
        .fetch_all(pool)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    rows.into_iter().map(|row| row.3).collect()
}

/// Whether a step reads a table of any size whole. What is made on the way, from lists and parts, is no table.
fn reads_whole(step: &str, tables: &[String]) -> bool {
    let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
    table.is_some_and(|table| tables.iter().any(|name| name == table) && !SMALL.contains(&table))
}

#[tokio::test]
async fn no_page_reads_a_table_whole() {
    watch();
    let app = open(TestApp::garage()).await;
    let options = SqliteConnectOptions::new().filename(app.app.store().path());
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .unwrap();
    let crowd = Crowd {
        business: BUSINESS,
        customers: CUSTOMERS,
        messages_each: 3,
        now: app.now().millis(),
    };
    fill(&pool, crowd).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&pool)
        .await
        .unwrap();
    let pages = pages();
    for analyzed in [false, true] {
        if analyzed {
            sqlx::query("ANALYZE").execute(&pool).await.unwrap();
        }
        for page in &pages {
            SEEN.lock().unwrap().clear();
            let answer = app.get(page).instrument(info_span!(WATCHED)).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            let statements = std::mem::take(&mut *SEEN.lock().unwrap());
            assert!(statements.len() >= 2, "{page}: {statements:?}");
            // A connection that is opened meanwhile has settings of its own.
            for statement in statements.iter().filter(|statement| statement.starts_with("SELECT")) {
                let steps = plan(&pool, statement).await;
                let whole: Vec<_> = steps.iter().filter(|step| reads_whole(step, &tables)).collect();
                assert!(
                    whole.is_empty(),
                    "{page} (analyzed: {analyzed}): {whole:?} of {steps:#?} of {statement}"
                );
            }
        }
    }
}

fn pages() -> Vec<String> {
    let paths = [
        "/customers?",
        "/customers?after=be&after_id=c-0000001&",
        "/customers?q=ulm&",
        "/customers?q=ulm+an&after=ulman&after_id=c-0000001&",
        "/customers?q=0171+1000004&",
        "/customers?q=c4@example.com&",
        "/customers?q=B-XY+17&",
        "/customers/c-0000001?",
        "/customers/c-0000001?before=1800000000000&before_id=m-1&before_kind=message&",
        "/bookings?",
        "/bookings?part=past&state=change_requested&",
        "/bookings?part=all&q=ulm&",
        "/bookings?q=B-XY+17&after=1700000000000&after_id=i-1&",
        "/bookings/i-0000001-0?",
        "/renewals?",
        "/renewals?part=past&kind=policy&state=active&",
        "/renewals?part=all&q=P+17&",
        "/renewals?after=2026-12-24&after_id=r-1&",
        "/renewals/r-0000001?",
        "/outbox?",
        "/outbox?show=sent&",
        "/outbox?show=failed&",
        "/outbox?show=held&channel=sms&",
        "/outbox?show=unknown&after=1700000000000&after_id=m-1&",
        "/outbox?show=not_sent&template=case_alert&",
        "/outbox?show=all&from=2026-11-01&to=2026-12-24&after=1796000000000&after_id=m-1&",
        "/outbox/tomorrow?",
        "/outbox/tomorrow?after=1796300000000&after_id=m-1&",
        "/satisfaction?",
        "/satisfaction?months=24&before=1796300000000&before_id=rt-1&",
        "/satisfaction.csv?",
        "/cases?",
        "/cases?closed=1&",
        "/cases?closed=1&after=1796300000000&after_id=k-1&",
        "/calls?",
        "/calls?made=1&after=1796300000000&after_id=ca-1&",
    ];
    let of_other = [
        "/customers?",
        "/bookings?",
        "/renewals?q=ulm&",
        "/customers/c-0000005?",
        "/outbox?",
        "/satisfaction?",
    ];
    let shop = paths.iter().map(|path| format!("{path}business={BUSINESS}"));
    shop.chain(of_other.iter().map(|path| format!("{path}business=other")))
        .collect()
}
