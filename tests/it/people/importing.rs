//! What the desk has changed is not set back by a file that goes on saying what it said.

use daybefore::outbound::import::{ImportKind, RowResult};
use daybefore::store;

use super::{OTHER_PHONE, STAFF, ana, by_id, desk};
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const HEADER: &str = "external_id,name,phone,email,locale,channel,standing,notes";
const ANA: &str = "C-1,ana košir,+491713920012,ana@example.com,de,email,new,afraid of dogs";

#[tokio::test]
async fn a_row_that_says_what_it_said_changes_nothing() {
    let app = TestApp::garage().start().await;
    let file = format!("{HEADER}\n{ANA}\n");
    app.import_customers(&file).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = ana(&app).await.id;
    let typed = [
        ("name", "Ana Košir"),
        ("phone", OTHER_PHONE),
        ("email", "anna@example.com"),
        ("locale", "fr"),
        ("channel", "sms"),
        ("standing", "regular"),
        ("notes", "likes cats"),
    ];
    let (_, after) = eva.changes(&app, &id, &typed).await;
    assert!(after.contains("Saved."), "{after}");
    let changed = by_id(&app, &id).await;
    assert_eq!(changed.name, "Ana Košir");
    let (summary, rows) = app.import(ImportKind::Customers, &file, false).await;
    assert_eq!((summary.unchanged, summary.warnings), (1, 7), "{rows:?}");
    assert_eq!(rows[0].result, RowResult::Unchanged);
    assert_eq!(by_id(&app, &id).await, changed);
    // Again, and again by hand.
    eva.changes(&app, &id, &[("phone", "+491713920098")]).await;
    app.import_customers(&file).await;
    assert_eq!(by_id(&app, &id).await.phone.as_deref(), Some("+491713920098"));
}

#[tokio::test]
async fn a_row_with_news_is_taken() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!("{HEADER}\n{ANA}\n")).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = ana(&app).await.id;
    eva.changes(&app, &id, &[("phone", OTHER_PHONE), ("notes", "")]).await;
    let news = ANA.replace("+491713920012", "+491713920055");
    app.import_customers(&format!("{HEADER}\n{news}\n")).await;
    let kept = by_id(&app, &id).await;
    assert_eq!(kept.phone.as_deref(), Some("+491713920055"));
    assert_eq!(kept.notes, None, "what the desk has taken away stays away");
}

#[tokio::test]
async fn what_the_desk_has_put_back_holds_again() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!("{HEADER}\n{ANA}\n")).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = ana(&app).await.id;
    eva.changes(&app, &id, &[("standing", "regular")]).await;
    eva.changes(&app, &id, &[("standing", "new")]).await;
    let (summary, rows) = app
        .import(ImportKind::Customers, &format!("{HEADER}\n{ANA}\n"), false)
        .await;
    assert_eq!((summary.unchanged, summary.warnings), (1, 0), "{rows:?}");
}

#[tokio::test]
async fn a_booking_without_a_customer_id_still_finds_whose_it_is() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    eva.changes(&app, &id, &[("phone", OTHER_PHONE), ("name", "Ana Novak")])
        .await;
    // The same row once more, a move of the visit, and another visit: all with the old name and number.
    let summary = app.book("B-1", "2026-12-15 09:00").await;
    assert_eq!((summary.added, summary.changed), (0, 0));
    app.book("B-1", "2026-12-16 09:00").await;
    app.book("B-2", "2026-12-20 09:00").await;
    let kept = by_id(&app, &id).await;
    assert_eq!(
        (kept.name.as_str(), kept.phone.as_deref()),
        ("Ana Novak", Some(OTHER_PHONE))
    );
    let mut tx = app.app.store().read().await.unwrap();
    assert_eq!(store::item::of_customer(&mut tx, &id).await.unwrap().len(), 2);
    let customers = store::customer::page(&mut tx, BUSINESS, "", 9).await.unwrap();
    assert_eq!(customers.len(), 1, "{customers:?}");
    drop(tx);
    app.run_until("2026-12-19 18:00").await;
    let later: Vec<_> = app
        .sent()
        .into_iter()
        .filter(|sent| sent.at > app.at("2026-12-02 00:00"))
        .collect();
    assert!(
        !later.is_empty() && later.iter().all(|sent| sent.to != PHONE),
        "{}",
        app.conversation()
    );
}

#[tokio::test]
async fn somebody_else_with_the_old_number_is_somebody_else() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    app.import_bookings("external_id,name,phone,starts_at\nB-2,Tom Weiß,+491713920012,2026-12-16 09:00\n")
        .await;
    assert_eq!(by_id(&app, &id).await.name, "Ana Košir");
    assert_eq!(ana(&app).await.name, "Tom Weiß", "the old number is his");
}
