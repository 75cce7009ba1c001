//! A database from before there were conversations: what waits in it is found again.

use daybefore::store::{self, Open, Store};
use sqlx::Connection as _;

use super::fixtures::{at, database};
use super::schema::raw;
use super::talk_rows::second_business;

#[tokio::test]
async fn what_stood_in_no_businesss_inbox_before_stands_in_that_of_each_that_may_be_meant() {
    let database = database().await;
    let mut tx = database.write().await;
    second_business(&mut tx).await;
    tx.commit().await.unwrap();
    let path = database.store.path();
    database.store.close().await;
    // As it was before: a business with a sender of its own (+2), one without, and rows of no business.
    for statement in [
        "DROP TABLE conversation",
        "DROP TABLE answer",
        "DROP INDEX desk_item_reply",
        "DELETE FROM _sqlx_migrations WHERE version = 12",
        "UPDATE business SET sms_from = CASE id WHEN 'b-1' THEN '+2' END",
        "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at) VALUES \
            ('n-1', 'x', 'x1', 'sms', '+9', '+2', 'b', 0, '', '[]', 30), ('n-2', 'x', 'x2', 'sms', '+9', '+3', 'b', 0, '', '[]', 31), \
            ('n-3', 'x', 'x3', 'sms', '+8', '+3', 'b', 0, '', '[]', 32)",
        "INSERT INTO reply (id, intent, action, certainty, at) SELECT id, 'question', 'desk', 9, 33 FROM inbound",
        "INSERT INTO desk_item (id, reply_id, kind, words, holds, opened_at, due_at) \
            SELECT 'd-' || id, id, 'unknown_sender', 'words', FALSE, 34, 60005 FROM inbound",
        "INSERT INTO desk_item (id, business_id, customer_id, kind, words, holds, opened_at, due_at) \
            VALUES ('d-9', 'b-1', 'c-1', 'question', 'words', FALSE, 35, 120005)",
    ] {
        raw(&path, statement).await.unwrap();
    }
    let store = Store::open(&path, Open::Migrate).await.unwrap();
    let mut tx = store.read().await.unwrap();
    for (business, address, rows) in [("b-1", "+9", 1), ("b-2", "+9", 1), ("b-2", "+8", 1), ("b-1", "+8", 0)] {
        let found = store::desk_item::of_sender(&mut tx, business, address, 9)
            .await
            .unwrap();
        assert_eq!(found.len(), rows, "{business} {address}");
        let talk = store::conversation::of_address(&mut tx, business, address)
            .await
            .unwrap();
        assert_eq!(
            talk.and_then(|talk| talk.due_at),
            (rows > 0).then_some(at(60_000)),
            "{business} {address}"
        );
    }
    assert_eq!(store::desk_item::waiting(&mut tx, None).await.unwrap().len(), 4);
    let ana = store::conversation::find(&mut tx, "c-1").await.unwrap().unwrap();
    assert_eq!(
        (ana.due_at, ana.waits_since, ana.last_at),
        (Some(at(120_000)), Some(at(35)), at(35))
    );
    let mut connection = sqlx::sqlite::SqliteConnection::connect(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    let orphans: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM desk_item WHERE business_id IS NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(orphans, 0);
}
