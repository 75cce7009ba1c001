//! What everybody sets for themselves.

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::TestApp;
use crate::support::uploading::STAFF;

const NEW: &str = "quite another secret";

#[tokio::test]
async fn staff_change_their_own_name_and_language() {
    let app = TestApp::garage().start().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva
        .does(&app, "/profile", &[("name", "Eva \"><b>"), ("locale", "de")])
        .await;
    assert!(page.contains("Gespeichert.") && !page.contains("<b>"), "{page}");
    let answer = eva.acts(&app, "/profile", &[("name", " "), ("locale", "xx")]).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_the_old_one() {
    let app = TestApp::garage().start().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let mut elsewhere = Browser::new();
    elsewhere.sign_in(&app, "eva", PASSWORD).await;
    for (old, new, words) in [
        ("wrong wrong wrong", NEW, "That is not your present password."),
        (PASSWORD, "short", "at least 10 characters"),
    ] {
        let answer = eva.acts(&app, "/profile/password", &[("old", old), ("new", new)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.html().contains(words) && !answer.body.contains(old), "{words}");
    }
    let page = eva
        .does(&app, "/profile/password", &[("old", PASSWORD), ("new", NEW)])
        .await;
    assert!(page.contains("The new password counts"), "{page}");
    assert_eq!(elsewhere.get(&app, "/").await.status, 303, "signed out everywhere else");
    assert_eq!(Browser::new().sign_in(&app, "eva", PASSWORD).await.status, 422);
    assert_eq!(Browser::new().sign_in(&app, "eva", NEW).await.status, 303);
}

#[tokio::test]
async fn whoever_tries_old_passwords_at_an_open_desk_is_stopped() {
    let app = TestApp::garage().start().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    for _ in 0..10 {
        eva.acts(&app, "/profile/password", &[("old", "guess"), ("new", NEW)])
            .await;
    }
    let answer = eva
        .acts(&app, "/profile/password", &[("old", PASSWORD), ("new", NEW)])
        .await;
    assert!(answer.html().contains("Too many tries."), "{}", answer.html());
}

#[tokio::test]
async fn one_signs_out_everywhere_else() {
    let app = TestApp::garage().start().await;
    let mut here = app.signed_in("eva", STAFF).await;
    let mut there = Browser::new();
    there.sign_in(&app, "eva", PASSWORD).await;
    let mut ben = app.signed_in("ben", STAFF).await;
    let page = here.get(&app, "/profile").await.html();
    assert_eq!(page.matches("Signed in ").count(), 2 + 1, "{page}");
    let page = here.does(&app, "/profile/sessions", &[]).await;
    assert!(page.contains("signed out everywhere else"), "{page}");
    assert_eq!(there.get(&app, "/").await.status, 303);
    assert_eq!(ben.get(&app, "/").await.status, 200, "others stay");
}
