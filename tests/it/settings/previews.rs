//! A preview only reads, and says what the import then does.

use std::path::Path;

use daybefore::outbound::import::{self, Import, ImportKind, RowReport, Summary};

use crate::support::test_app::{BUSINESS, TestApp};

async fn preview(app: &TestApp, kind: ImportKind, file: &str) -> (Summary, Vec<RowReport>) {
    let request = Import {
        business_id: BUSINESS,
        kind,
        known_to_customers: false,
        now: app.now(),
    };
    let mut rows = Vec::new();
    let dispatcher = &app.app.dispatcher;
    let note = |row: &RowReport| rows.push(row.clone());
    let done = import::preview(
        &dispatcher.store,
        &dispatcher.zones,
        &request,
        file.as_bytes(),
        note,
        |_| {},
    )
    .await;
    (done.expect("a preview").0, rows)
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    std::fs::read_to_string(path).expect("an example")
}

#[tokio::test]
async fn what_a_preview_says_is_what_the_import_does() {
    let app = TestApp::garage().at("2026-11-02 07:00").start().await;
    for (kind, name) in [
        (ImportKind::Customers, "garage/customers.csv"),
        (ImportKind::Bookings, "garage/bookings.csv"),
        (ImportKind::Renewals, "garage/renewals.csv"),
        (ImportKind::Bookings, "garage/bookings.csv"),
    ] {
        let file = example(name);
        let before = app.database().await;
        let said = preview(&app, kind, &file).await;
        assert_eq!(app.database().await, before, "{name}: a preview writes nothing");
        let done = app.import(kind, &file, false).await;
        assert_eq!(said.0, done.0, "{name}");
        assert_eq!(said.1, done.1, "{name}");
    }
}

#[tokio::test]
async fn a_preview_notices_an_id_that_stands_twice_however_far_apart() {
    let app = TestApp::garage().start().await;
    let row = |n| format!("B-{},Customer {n},2026-12-15 09:00", n % 1_250);
    let rows = (0..1_300).map(row).collect::<Vec<_>>().join("\n");
    let file = format!("external_id,name,starts_at\n{rows}\n");
    let (said, rows) = preview(&app, ImportKind::Bookings, &file).await;
    assert_eq!((said.rows, said.added, said.refused), (1_300, 1_250, 50));
    let done = app.import(ImportKind::Bookings, &file, false).await;
    assert_eq!((said, rows), done);
}

#[tokio::test]
async fn a_preview_waits_for_no_writer_and_no_writer_for_it() {
    let app = TestApp::garage().start().await;
    let writer = app.app.store().write().await.unwrap();
    let file = "external_id,name,starts_at\nB-1,Ana,2026-12-15 09:00\n";
    let (said, _) = preview(&app, ImportKind::Bookings, file).await;
    assert_eq!(said.added, 1);
    drop(writer);
}

#[tokio::test]
async fn an_import_forgets_nothing_that_another_one_under_way_has_met() {
    let app = TestApp::garage().start().await;
    let store = app.app.store();
    let mut tx = store.write().await.unwrap();
    let (old, young) = ("0190-older".to_owned(), daybefore::domain::ids::new_id(app.now()));
    for id in [&old, &young] {
        daybefore::store::import_seen::note_all(&mut tx, id, &[("B-1", 2)])
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    app.book("B-9", "2026-12-15 09:00").await;
    let mut tx = store.write().await.unwrap();
    let met = daybefore::store::import_seen::met(&mut tx, &young, &["B-1"])
        .await
        .unwrap();
    assert_eq!(met, [("B-1".to_owned(), 2)]);
    let met = daybefore::store::import_seen::met(&mut tx, &old, &["B-1"])
        .await
        .unwrap();
    assert_eq!(met, [], "of one that was killed long ago nothing stays");
}
