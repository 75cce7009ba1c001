//! What opening a database does to it, and what it refuses.

use daybefore::store::{Open, Store, StoreError};

use super::schema::raw;

#[tokio::test]
async fn a_missing_file_becomes_a_database_only_where_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    assert!(matches!(
        Store::open(&path, Open::Existing).await,
        Err(StoreError::NoDatabase)
    ));
    assert!(!path.exists(), "looking leaves nothing behind");
    Store::open(&path, Open::CreateIfEmpty).await.unwrap().close().await;
    Store::open(&path, Open::Existing).await.unwrap();
}

#[tokio::test]
async fn an_empty_file_becomes_a_database_only_where_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, "").unwrap();
    assert!(matches!(
        Store::open(&path, Open::Existing).await,
        Err(StoreError::NoDatabase)
    ));
    Store::open(&path, Open::CreateIfEmpty).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear customer, ".repeat(1000);
    std::fs::write(&path, &letter).unwrap();
    for how in [Open::Existing, Open::CreateIfEmpty, Open::Migrate] {
        assert!(
            matches!(Store::open(&path, how).await, Err(StoreError::Damaged(_))),
            "{how:?}"
        );
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn somebody_elses_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    raw(&path, "CREATE TABLE song (title TEXT)").await.unwrap();
    for how in [Open::Existing, Open::CreateIfEmpty, Open::Migrate] {
        assert!(
            matches!(Store::open(&path, how).await, Err(StoreError::Damaged(_))),
            "{how:?}"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.db");
    Store::open(&path, Open::CreateIfEmpty).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)";
    raw(&path, newer).await.unwrap();
    for how in [Open::Existing, Open::CreateIfEmpty, Open::Migrate] {
        let refusal = Store::open(&path, how).await.err().unwrap();
        assert!(matches!(refusal, StoreError::NewerDatabase(9999)), "{how:?}: {refusal}");
    }
}

#[tokio::test]
async fn pending_migrations_are_refused_until_somebody_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("older.db");
    Store::open(&path, Open::CreateIfEmpty).await.unwrap().close().await;
    raw(&path, "DELETE FROM _sqlx_migrations").await.unwrap();
    for how in [Open::Existing, Open::CreateIfEmpty] {
        let refusal = Store::open(&path, how).await.err().unwrap();
        assert!(
            matches!(refusal, StoreError::PendingMigrations(_)),
            "{how:?}: {refusal}"
        );
        assert!(refusal.to_string().contains("daybefore migrate"), "{refusal}");
    }
}

#[tokio::test]
async fn a_copy_holds_what_the_original_held() {
    let app = crate::support::test_app::TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.db");
    app.app.store().copy_to(&path).await.unwrap();
    let copy = Store::open(&path, Open::Existing).await.unwrap();
    let mut tx = copy.read().await.unwrap();
    let found = daybefore::store::item::bookings_by_external_id(&mut tx, "shop", &["B-1"])
        .await
        .unwrap();
    assert_eq!(found[0].starts.to_string(), "2026-12-15T09:00");
}

#[tokio::test]
async fn one_process_at_a_time_sends_from_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.db");
    let first = daybefore::store::SenderLock::take(&path).unwrap();
    assert!(daybefore::store::SenderLock::take(&path).is_err());
    drop(first);
    assert!(daybefore::store::SenderLock::take(&path).is_ok());
}
