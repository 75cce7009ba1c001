//! No page reads a table whole, however many rows it has.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::StatusCode;
use daybefore::carrier::sandbox::{Sandbox, Settings};
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
const SMALL: [&str; 3] = ["business", "paused_lane", "text_override"];

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
    let mut app = open(TestApp::garage()).await;
    // The phone is only there where nothing is sent.
    app.texts_go_to(Arc::new(Sandbox::new(Settings::default()).unwrap()));
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
    everybody_waits(&pool).await;
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&pool)
        .await
        .unwrap();
    let pages = pages();
    // What a changed rule would do is a form's answer.
    let csrf = app.app.door.nobodys_csrf();
    let act = |rule| vec![("csrf", csrf.as_str()), ("act", "off"), ("id", rule)];
    let forms = [
        "day-before",
        "satisfaction",
        "confirmation",
        "inspection-week",
        "case-alert",
    ]
    .map(act);
    for analyzed in [false, true] {
        if analyzed {
            sqlx::query("ANALYZE").execute(&pool).await.unwrap();
        }
        let look = pages.iter().map(|page| (page.as_str(), None));
        let path = format!("/rules/change?business={BUSINESS}");
        for (page, form) in look.chain(forms.iter().map(|form| (path.as_str(), Some(form)))) {
            SEEN.lock().unwrap().clear();
            let answer = match form {
                None => app.get(page).instrument(info_span!(WATCHED)).await,
                Some(form) => app.post(page, form).instrument(info_span!(WATCHED)).await,
            };
            assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
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

/// Every customer has written, half of them wait, and so does somebody unknown.
async fn everybody_waits(pool: &SqlitePool) {
    for statement in [
        "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at) \
            SELECT 'talk-' || id, 'x', id, 'sms', CASE id WHEN 'c-0000001' THEN '+0' ELSE phone END, '+1', 'words', 0, '', '[]', 1 \
            FROM customer WHERE phone IS NOT NULL",
        "INSERT INTO reply (id, business_id, customer_id, intent, action, certainty, at) \
            SELECT 'talk-' || id, business_id, CASE WHEN id <> 'c-0000001' THEN id END, 'question', 'desk', 50, 1 \
            FROM customer WHERE phone IS NOT NULL",
        "INSERT INTO desk_item (id, business_id, customer_id, reply_id, kind, words, holds, opened_at, due_at) \
            SELECT 'd-' || id, business_id, CASE WHEN id <> 'c-0000001' THEN id END, \
                CASE WHEN phone IS NOT NULL THEN 'talk-' || id END, 'question', 'words', FALSE, 1, 2 FROM customer",
        "INSERT INTO conversation (id, business_id, customer_id, address, shared, due_at, place, waits_since, last_at, done_at, version) \
            SELECT CASE id WHEN 'c-0000001' THEN 'd-c-0000001' ELSE id END, business_id, \
                CASE WHEN id <> 'c-0000001' THEN id END, CASE id WHEN 'c-0000001' THEN '+0' END, FALSE, \
                CASE WHEN rowid % 2 = 1 THEN rowid END, 2, CASE WHEN rowid % 2 = 1 THEN 1 END, 1, rowid, rowid FROM customer",
    ] {
        sqlx::query(statement).execute(pool).await.unwrap();
    }
}

fn pages() -> Vec<String> {
    let paths = [
        "/?",
        "/days/2026-12-01?",
        "/phone?",
        "/phone?list_before=a-m-0000100-1&",
        "/phone/c-0000001?",
        "/phone/c-0000001?before=1800000000000&before_id=a-m-1&",
        "/customers?",
        "/customers?after=be&after_id=c-0000001&",
        "/customers?q=ulm&",
        "/customers?q=ulm+an&after=ulman&after_id=c-0000001&",
        "/customers?q=0171+1000004&",
        "/customers?q=c4@example.com&",
        "/customers?q=B-XY+17&",
        "/customers/c-0000001?",
        "/customers/c-0000001?before=1800000000000&before_id=m-1&before_kind=message&",
        "/customers/c-0000001/edit?",
        "/customers/c-0000001/consent?",
        "/customers/c-0000001/export.json?",
        "/customers/c-0000001/erase?",
        "/inbox?",
        "/inbox?show=mine&",
        "/inbox?show=nobodys&after=100&after_place=2&after_id=c-0000009&",
        "/inbox?show=done&after=100&after_id=c-0000009&",
        "/inbox/c-0000003?",
        "/inbox/d-c-0000001?",
        "/inbox/d-c-0000001?q=ulm&",
        "/inbox/new?",
        "/bookings?",
        "/bookings?part=past&state=change_requested&",
        "/bookings?part=all&q=ulm&",
        "/bookings?q=B-XY+17&after=1700000000000&after_id=i-1&",
        "/bookings/i-0000001-0?",
        "/bookings/new?",
        "/bookings/new?find=ulm&",
        "/bookings/new?customer=c-0000001&",
        "/bookings/i-0000001-0/change?",
        "/renewals/r-0000001/change?",
        "/renewals?",
        "/renewals?part=past&kind=policy&state=active&",
        "/renewals?part=all&q=P+17&",
        "/renewals?after=2026-12-24&after_id=r-1&",
        "/renewals/r-0000001?",
        "/rules?",
        "/rules/edit/day-before?",
        "/texts?",
        "/texts/booking_reminder/sms?",
        "/texts/satisfaction_check/email?",
        "/texts/policy_ends/sms?",
        "/texts/case_alert/sms?",
        "/changes?",
        "/changes?before=0190&",
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
        "/?",
        "/phone?",
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
