//! The schema itself refuses what must not be, whoever writes it.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::support::test_app::TestApp;

async fn connect(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true);
    SqliteConnection::connect_with(&options).await.expect("a connection")
}

/// Runs a statement past the store.
pub async fn raw(path: &Path, statement: &str) -> Result<u64, sqlx::Error> {
    let mut connection = connect(path).await;
    let done = connection
        .execute(AssertSqlSafe(statement.to_owned()))
        .await?
        .rows_affected();
    connection.close().await?;
    Ok(done)
}

/// Every row of every table, a line each, in the order of the tables and of all columns.
pub async fn dump(path: &Path) -> String {
    let mut connection = connect(path).await;
    let statement = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
    let tables: Vec<String> = sqlx::query_scalar(statement)
        .fetch_all(&mut connection)
        .await
        .expect("tables");
    let mut lines = Vec::new();
    for table in tables {
        let statement = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
        let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .fetch_all(&mut connection)
            .await
            .expect("columns");
        let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let row = quoted.join(" || ',' || ");
        let statement = format!("SELECT {row} FROM {table} ORDER BY 1");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .fetch_all(&mut connection)
            .await
            .expect("rows");
        lines.extend(rows.iter().map(|row| format!("{table}: {row}")));
    }
    lines.join("\n")
}

/// The one row of a table as (column, value as text), NULLs as none.
pub async fn only_row(path: &Path, table: &str, id: &str) -> Vec<(String, Option<String>)> {
    let mut connection = connect(path).await;
    let statement = format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
    let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement))
        .fetch_all(&mut connection)
        .await
        .expect("columns");
    let texts: Vec<_> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
    let statement = format!("SELECT {} FROM {table} WHERE {id}", texts.join(", "));
    let rows = sqlx::query(AssertSqlSafe(statement))
        .fetch_all(&mut connection)
        .await
        .expect("rows");
    assert_eq!(rows.len(), 1, "{table} where {id}");
    let value = |at: usize| rows[0].get::<Option<String>, _>(at);
    columns
        .iter()
        .enumerate()
        .map(|(at, column)| (column.clone(), value(at)))
        .collect()
}

#[tokio::test]
async fn a_row_in_an_impossible_state_is_refused() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let path = app.app.store().path();
    for (what, change) in [
        ("an unknown state", "UPDATE message SET state = 'lost'"),
        ("skipped without a reason", "UPDATE message SET state = 'skipped'"),
        (
            "a reason without being skipped",
            "UPDATE message SET reason = 'too_late'",
        ),
        (
            "a reason that is not on the list",
            "UPDATE message SET state = 'skipped', reason = 'weather'",
        ),
        ("held by nobody", "UPDATE message SET state = 'held'"),
        ("held and planned", "UPDATE message SET hold = 'person'"),
        ("sending without a lease", "UPDATE message SET state = 'sending'"),
        (
            "leased and planned",
            "UPDATE message SET lease_owner = 'x', lease_until = 1",
        ),
        (
            "a lease without an end",
            "UPDATE message SET state = 'sending', lease_owner = 'x'",
        ),
        ("sent again twice", "UPDATE message SET resends = 2"),
        ("another channel", "UPDATE message SET channel = 'pigeon'"),
        ("no such customer", "UPDATE message SET customer_id = 'nobody'"),
        (
            "the same message twice",
            "INSERT INTO message SELECT 'other', business_id, customer_id, item_kind, item_id, item_revision, rule_id, anchor, template, purpose, asks, only_if, channels, channel, lane, told, told_before, state, reason, hold, wanted_at, due_at, useful_until, attempts, resends, lease_owner, lease_until, created_at, updated_at FROM message LIMIT 1",
        ),
        ("a booking in no status", "UPDATE booking SET status = 'maybe'"),
        ("a revision of nought", "UPDATE booking SET revision = 0"),
        (
            "a consent of nobody",
            "INSERT INTO consent (id, business_id, given, source, at) VALUES ('c', 'shop', TRUE, 'desk', 1)",
        ),
    ] {
        assert!(raw(&path, change).await.is_err(), "{what}: {change}");
    }
    let healthy = raw(&path, "UPDATE message SET state = 'skipped', reason = 'by_hand'")
        .await
        .unwrap();
    assert_eq!(healthy, 2);
}

/// SQLite builds a list of three or more anew for each row (docs/writing-sql.md).
#[tokio::test]
async fn no_constraint_holds_a_list() {
    let app = TestApp::garage().start().await;
    let mut connection = connect(&app.app.store().path()).await;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
            .fetch_all(&mut connection)
            .await
            .expect("tables");
    let lists = tables.iter().flat_map(|table| table.split(" IN (").skip(1));
    let lists: Vec<&str> = lists.filter_map(|list| list.split(')').next()).collect();
    assert!(tables.len() > 20 && !lists.is_empty(), "{tables:?}");
    let long: Vec<_> = lists.iter().filter(|list| list.split(',').count() > 2).collect();
    assert!(long.is_empty(), "{long:#?}");
}
