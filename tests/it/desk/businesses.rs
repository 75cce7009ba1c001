//! A user sees their own businesses, and of others not even that they are there.

use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

/// Every page of the desk, about one business and one of its messages.
fn pages(business: &str, message: &str) -> Vec<String> {
    vec![
        format!("/?business={business}"),
        format!("/days/2026-12-14?business={business}"),
        format!("/users?business={business}"),
        format!("/messages/{message}"),
    ]
}

/// An app with a booking in the one business, its message, and a user who belongs only to the other.
async fn two_businesses() -> (TestApp, String, Browser) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.another_business("other").await;
    let message = app.message("B-1", "day-before").await.message_id;
    let stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    (app, message, stranger)
}

#[tokio::test]
async fn another_businesss_pages_are_not_there() {
    let (app, message, mut stranger) = two_businesses().await;
    let mut anna = app.signed_in("anna", &[(BUSINESS, Role::Owner)]).await;
    for path in pages(BUSINESS, &message) {
        assert_eq!(anna.get(&app, &path).await.status, 200, "{path}");
        let refused = stranger.get(&app, &path).await;
        let unknown = stranger
            .get(&app, &path.replace(BUSINESS, "nothing").replace(&message, "nothing"))
            .await;
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(refused.body, unknown.body, "as if it did not exist");
    }
    // By whatever name the story can be asked for.
    for name in ["B-1", &app.message("B-1", "day-before").await.customer] {
        assert_eq!(anna.get(&app, &format!("/messages/{name}")).await.status, 200, "{name}");
        assert_eq!(
            stranger.get(&app, &format!("/messages/{name}")).await.status,
            404,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_first_page_names_only_the_users_businesses() {
    let (app, _, mut stranger) = two_businesses().await;
    let page = stranger.get(&app, "/").await;
    assert!(page.body.contains("Another Garage"));
    assert!(
        !page.body.contains("Garage Müller") && !page.body.contains(BUSINESS),
        "{}",
        page.body
    );
    let mut both = app
        .signed_in("both", &[("other", Role::Staff), (BUSINESS, Role::Owner)])
        .await;
    let page = both.get(&app, "/").await;
    assert!(page.body.contains("Another Garage") && page.body.contains("Garage Müller"));
}

#[tokio::test]
async fn whoever_belongs_nowhere_sees_nothing() {
    let (app, message, _) = two_businesses().await;
    let mut nobody = app.signed_in("nobody", &[]).await;
    let page = nobody.get(&app, "/").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("No business yet") && !page.body.contains("Garage"));
    for path in pages(BUSINESS, &message) {
        assert_eq!(nobody.get(&app, &path).await.status, 404, "{path}");
    }
    assert_eq!(nobody.get(&app, "/days/2026-12-14").await.status, 404);
}

#[tokio::test]
async fn who_is_let_in_or_out_notices_at_the_next_page() {
    let (app, message, mut stranger) = two_businesses().await;
    let path = format!("/messages/{message}");
    let mut tx = app.app.store().write().await.unwrap();
    let id = store::user::of_login(&mut tx, "stranger").await.unwrap().unwrap().id;
    store::user::allow(&mut tx, &id, BUSINESS, Role::Staff).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stranger.get(&app, &path).await.status, 200);
    let mut tx = app.app.store().write().await.unwrap();
    store::user::deny(&mut tx, &id, BUSINESS).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stranger.get(&app, &path).await.status, 404);
}

#[tokio::test]
async fn what_only_owners_may_do_is_refused_to_staff() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut staff = app
        .signed_in("staff", &[(BUSINESS, Role::Staff), ("other", Role::Owner)])
        .await;
    let answer = staff.get(&app, &format!("/users?business={BUSINESS}")).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.body.contains("staff</td>"));
    let answer = staff.get(&app, "/users?business=other").await;
    assert_eq!(answer.status, 200, "the role is of the business");
    assert!(
        answer.text().contains("The staff staff everything can sign in"),
        "{}",
        answer.text()
    );
    assert!(
        !staff
            .get(&app, &format!("/?business={BUSINESS}"))
            .await
            .body
            .contains("/users")
    );
}

#[tokio::test]
async fn a_sender_of_another_business_that_is_stopped_is_not_told() {
    let (app, _, mut stranger) = two_businesses().await;
    let mut tx = app.app.store().write().await.unwrap();
    for lane in ["sms", "email/shop", "sms/other"] {
        let paused = store::lane::PausedLane {
            lane: lane.to_owned(),
            code: None,
            failure: format!("{lane} is refused"),
            at: app.now(),
        };
        store::lane::pause(&mut tx, &paused).await.unwrap();
    }
    tx.commit().await.unwrap();
    let page = stranger.get(&app, "/").await.html();
    // The other business sends by what all share: that it has no sender of its own, a row of one does not change.
    assert!(page.contains("sms is refused"), "{page}");
    assert!(!page.contains("email/shop") && !page.contains("mails"), "{page}");
}
