//! No page reads a table whole, however many rows it has.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::{Method, StatusCode};
use daybefore::carrier::sandbox::{Sandbox, Settings};
use daybefore::domain::session::csrf;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument as _, Subscriber, info_span};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use crate::support::browser::Answer;
use crate::support::crowd::{Crowd, fill, token};
use crate::support::pages::{OF_OTHER, PAGES, RULES};
use crate::support::test_app::{BUSINESS, TestApp};

const CUSTOMERS: i64 = 10_000;
const MESSAGES_EACH: i64 = 10;

/// Tables of a few rows, whatever the installation does; reading those whole can be the quicker way.
const SMALL: [&str; 5] = ["business", "held_number", "paused_lane", "session", "text_override"];

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

/// What is asked for: a page, or what turning a rule off would do.
fn asked() -> Vec<(String, Option<&'static str>)> {
    let number = 143;
    let filled = |page: &str, business| {
        page.replace("{n}", &format!("{number:07}"))
            .replace("{k}", &number.to_string())
            .replace("{phone}", &format!("{:07}", 1_000_000 + number))
            .replace("{day}", "2026-12-01")
            .replace("{last}", "2026-11-01")
            .replace("{now}", "1796300000000")
            + "business="
            + business
    };
    let ours = PAGES.iter().map(|page| (filled(page, BUSINESS), None));
    let of_other = OF_OTHER.iter().map(|page| (filled(page, "other"), None));
    let change = format!("/rules/change?business={BUSINESS}");
    let rules = RULES.iter().map(|rule| (change.clone(), Some(*rule)));
    ours.chain(of_other).chain(rules).collect()
}

/// Asks as the owner of both businesses.
async fn ask(app: &TestApp, path: &str, rule: Option<&str>) -> Answer {
    let token = token();
    let cookie = format!("__Host-daybefore={}", token.as_str());
    let signed_in = ("cookie", cookie.as_str());
    match rule {
        None => app.visit(Method::GET, path, &[signed_in], "").await,
        Some(rule) => {
            let form = format!("csrf={}&act=off&id={rule}", csrf(token.as_str()));
            let kind = ("content-type", "application/x-www-form-urlencoded");
            app.visit(Method::POST, path, &[signed_in, kind], &form).await
        }
    }
}

#[tokio::test]
async fn no_page_reads_a_table_whole() {
    watch();
    let mut app = TestApp::garage().start().await;
    // The phone is only there where nothing is sent.
    app.texts_go_to(Arc::new(Sandbox::new(Settings::default()).unwrap()));
    let options = SqliteConnectOptions::new()
        .filename(app.app.store().path())
        .foreign_keys(false);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .unwrap();
    let crowd = Crowd {
        business: BUSINESS,
        customers: CUSTOMERS,
        messages_each: MESSAGES_EACH,
        now: app.now().millis(),
    };
    fill(&pool, crowd).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&pool)
        .await
        .unwrap();
    let mut bad = Vec::new();
    for analyzed in [false, true] {
        if analyzed {
            sqlx::query("ANALYZE").execute(&pool).await.unwrap();
        }
        for (page, rule) in asked() {
            SEEN.lock().unwrap().clear();
            let answer = ask(&app, &page, rule).instrument(info_span!(WATCHED)).await;
            assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
            let statements = std::mem::take(&mut *SEEN.lock().unwrap());
            assert!(statements.len() >= 2, "{page}: {statements:?}");
            // A connection that is opened meanwhile has settings of its own.
            for statement in statements.iter().filter(|statement| !is_of_the_connection(statement)) {
                let steps = plan(&pool, statement).await;
                let whole: Vec<_> = steps.iter().filter(|step| reads_whole(step, &tables)).collect();
                if !whole.is_empty() {
                    bad.push(format!(
                        "{page} (analyzed: {analyzed}): {whole:?} of {steps:#?} of {statement}"
                    ));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Whether a statement is about the connection or a transaction, and reads no table.
fn is_of_the_connection(statement: &str) -> bool {
    ["PRAGMA", "BEGIN", "COMMIT", "ROLLBACK"]
        .iter()
        .any(|start| statement.starts_with(start))
}

#[test]
fn the_list_of_pages_has_every_page_of_the_desk() {
    let sources = [
        include_str!("../../../src/web/mod.rs"),
        include_str!("../../../src/web/desk/visits/mod.rs"),
        include_str!("../../../src/web/desk/settings/mod.rs"),
    ];
    let routes: Vec<&str> = sources.iter().flat_map(|source| got(source)).collect();
    assert!(routes.len() > 50, "{routes:?}");
    let listed = |route: &str| {
        let is_value = |part: &str| part.starts_with('{');
        PAGES.iter().any(|page| {
            let path = page.split('?').next().unwrap_or_default();
            let parts = || path.split('/').zip(route.split('/'));
            path.split('/').count() == route.split('/').count()
                && parts().all(|(one, other)| is_value(other) || one == other)
        })
    };
    let missing: Vec<_> = routes
        .into_iter()
        .filter(|route| !listed(route) && !NO_PAGES.contains(route))
        .collect();
    assert!(missing.is_empty(), "in no test of what pages read: {missing:?}");
}

/// The routes of a source that answer GET.
fn got(source: &'static str) -> Vec<&'static str> {
    let routes = source.split(".route(").skip(1);
    let got = routes.filter(|route| {
        let end = route.find(".route(").unwrap_or(route.len());
        route[..end].contains("get(")
    });
    got.filter_map(|route| route.split('"').nth(1)).collect()
}

/// What asks nothing of the database, or is asked by nobody at the desk; a stream that does not end; and a file that is
/// there for as long as nobody has decided about an import.
const NO_PAGES: [&str; 9] = [
    "/desk.css",
    "/desk.js",
    "/text_preview.js",
    "/webhooks/twilio/message",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/events",
    "/import/{id}/refused.csv",
];
