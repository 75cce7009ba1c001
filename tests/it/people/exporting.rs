//! Everything that is stored about a customer, and no more, in one file.

use daybefore::domain::message::Channel;
use daybefore::store::export::{LEFT_OUT, LEFT_OUT_COLUMNS, PARTS};
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::{STAFF, ana, desk};
use crate::support::test_app::{EMAIL, TestApp};

/// By what a row refers to a customer, a thing of theirs, or an address.
const REFERENCES: [&str; 13] = [
    "customer_id",
    "message_id",
    "attempt_id",
    "booking_id",
    "renewal_id",
    "case_id",
    "reply_id",
    "item_id",
    "about_id",
    "address",
    "address_hash",
    "phone",
    "sender",
];

#[tokio::test]
async fn every_table_that_refers_to_a_customer_is_in_the_export_or_left_out_for_a_reason() {
    let app = TestApp::garage().start().await;
    let options = SqliteConnectOptions::new().filename(app.app.store().path());
    let mut connection = options.connect().await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for table in &tables {
        let statement = format!("SELECT name FROM pragma_table_info('{table}')");
        let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(statement))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let part = PARTS.iter().find(|part| part.table == table);
        let left_out = LEFT_OUT
            .iter()
            .any(|(name, reason)| name == table && !reason.is_empty());
        let refers = columns.iter().any(|column| REFERENCES.contains(&column.as_str()));
        assert!(
            !refers || part.is_some() || left_out,
            "{table} refers to a customer: put it into `PARTS` or `LEFT_OUT` of src/store/export.rs"
        );
        let Some(part) = part else { continue };
        assert!(!left_out, "{table} is both");
        for column in &columns {
            let mut reasons = LEFT_OUT_COLUMNS.iter();
            let left_out = reasons.any(|(of, name, _)| (of == table || *of == "*") && name == column);
            assert!(
                part.columns().contains(&column.as_str()) != left_out,
                "{table}.{column}: put it into the part of {table}, or into `LEFT_OUT_COLUMNS`, and not into both"
            );
        }
    }
    for (table, ..) in LEFT_OUT {
        assert!(tables.iter().any(|known| known == table), "{table} is no table");
    }
}

/// Ana was written to, answered, rated, complained, was noted about; Tom has things of his own.
async fn lived() -> (TestApp, Value, String) {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    app.import_bookings(
        "external_id,name,phone,vehicle,starts_at\nB-9,Tom Weiß,+491713920055,B-TW 1,2026-12-15 10:00\n",
    )
    .await;
    app.renew("R-1", "warranty", "2027-02-01", "active").await;
    app.run_until("2026-12-14 18:00").await;
    app.customer_replies("C").await;
    app.book_as("B-1", "2026-12-15 09:00", "completed").await;
    app.run_until("2026-12-16 12:00").await;
    app.customer_replies("1, the brakes squeal").await;
    app.customer_opts_out(EMAIL, Some(Channel::Email)).await;
    eva.does(&app, &format!("/customers/{id}/notes"), &[("text", "wears a red hat")])
        .await;
    eva.changes(&app, &id, &[("notes", "tea, no sugar")]).await;
    let answer = eva.get(&app, &format!("/customers/{id}/export.json")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"customer-")
    );
    let text = eva.get(&app, &format!("/customers/{id}/export.txt")).await;
    assert_eq!(text.status, 200);
    (app, serde_json::from_str(&answer.body).unwrap(), text.body)
}

#[tokio::test]
async fn the_export_has_what_was_said_done_and_noted_and_nothing_of_others() {
    let (_, export, text) = lived().await;
    assert_eq!(export["form"], "daybefore-customer-1");
    assert_eq!(export["customer"]["name"], "Ana Košir");
    assert_eq!(export["customer"]["notes"], "tea, no sugar");
    for part in [
        "bookings",
        "renewals",
        "messages",
        "attempts",
        "questions",
        "replies",
        "replies_understood",
        "ratings",
        "cases",
        "notes",
        "consent",
        "history",
    ] {
        let rows = export[part].as_array().unwrap_or_else(|| panic!("{part}"));
        assert!(!rows.is_empty(), "{part} is empty");
    }
    let whole = export.to_string();
    for said in ["the brakes squeal", "wears a red hat", "Oil change", "Reply C"] {
        assert!(whole.contains(said), "{said} in {whole}");
        assert!(text.contains(said), "{said} in {text}");
    }
    assert!(!whole.contains("Weiß") && !whole.contains("B-TW 1") && !text.contains("Weiß"));
    assert!(!whole.contains("token_hash"));
    assert_eq!(export["consent"][0]["given"], Value::Bool(false));
    let made = export["notes"][0]["at"].as_str().unwrap();
    assert!(made.starts_with("2026-12-16T") && made.ends_with('Z'), "{made}");
    assert!(text.starts_with("Garage Müller (Europe/Berlin)\nEverything that is stored about one customer"));
}

#[tokio::test]
async fn looking_at_it_changes_nothing() {
    let (app, _, _) = lived().await;
    let path = app.app.store().path();
    let mut eva = app.signed_in("ida", STAFF).await;
    let id = ana(&app).await.id;
    eva.get(&app, "/").await;
    let before = crate::store::dump(&path).await;
    eva.get(&app, &format!("/customers/{id}/export.json")).await;
    assert_eq!(crate::store::dump(&path).await, before);
}
