//! One-time links by which a password is chosen.

use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
const NEW: &str = "a new long password";

#[tokio::test]
async fn an_invited_user_chooses_a_password_and_signs_in_with_it() {
    let app = TestApp::garage().start().await;
    let id = app.invited("anna", OWNER).await;
    let path = app.welcome_link(&id).await;
    let mut browser = Browser::new();
    for _ in 0..2 {
        let page = browser.get(&app, &path).await;
        assert_eq!(page.status, 200, "looking uses nothing up");
        assert!(page.text().contains("Welcome, The anna"), "{}", page.text());
    }
    let answer = browser.post(&app, &path, &[("password", NEW)]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/sign-in?chosen=true")
    );
    assert!(
        browser
            .get(&app, "/sign-in?chosen=true")
            .await
            .text()
            .contains("Your password is set")
    );
    assert_eq!(browser.sign_in(&app, "anna", NEW).await.status, 303);
    assert!(
        !app.is_on_disk(path.trim_start_matches("/welcome/")),
        "only the hash is kept"
    );
}

#[tokio::test]
async fn a_link_works_once_and_so_do_all_others_of_the_user() {
    let app = TestApp::garage().start().await;
    let id = app.invited("anna", OWNER).await;
    let [one, other] = [app.welcome_link(&id).await, app.welcome_link(&id).await];
    assert_eq!(Browser::new().post(&app, &one, &[("password", NEW)]).await.status, 303);
    for path in [&one, &other] {
        assert_eq!(Browser::new().get(&app, path).await.status, 404);
        let answer = Browser::new()
            .post(&app, path, &[("password", "somebody else's")])
            .await;
        assert_eq!(answer.status, 404);
        assert!(answer.text().contains("does not work any more"), "{}", answer.text());
    }
    assert_eq!(Browser::new().sign_in(&app, "anna", NEW).await.status, 303);
}

#[tokio::test]
async fn a_link_ends_after_a_week_and_with_its_user() {
    let app = TestApp::garage().at("2026-12-01 09:00").start().await;
    let anna = app.invited("anna", OWNER).await;
    let ben = app.invited("ben", OWNER).await;
    let (annas, bens) = (app.welcome_link(&anna).await, app.welcome_link(&ben).await);
    let mut tx = app.app.store().write().await.unwrap();
    store::user::end(&mut tx, &ben, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(Browser::new().post(&app, &bens, &[("password", NEW)]).await.status, 404);
    app.advance_to("2026-12-08 08:59");
    assert_eq!(Browser::new().get(&app, &annas).await.status, 200);
    app.advance_to("2026-12-08 09:00");
    assert_eq!(Browser::new().get(&app, &annas).await.status, 404);
    assert_eq!(
        Browser::new().post(&app, &annas, &[("password", NEW)]).await.status,
        404
    );
    assert_eq!(Browser::new().get(&app, "/welcome/nonsense").await.status, 404);
}

#[tokio::test]
async fn a_password_that_does_not_do_is_told_beside_the_field_and_uses_nothing_up() {
    let app = TestApp::garage().start().await;
    let id = app.invited("anna", OWNER).await;
    let path = app.welcome_link(&id).await;
    for (password, told) in [
        ("ninechars", "That is too short".to_owned()),
        (&*"x".repeat(201), "That is too long".to_owned()),
    ] {
        let answer = Browser::new().post(&app, &path, &[("password", password)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(&told), "{}", answer.text());
        assert!(!answer.body.contains(password));
    }
    assert_eq!(Browser::new().post(&app, &path, &[("password", NEW)]).await.status, 303);
}

#[tokio::test]
async fn a_new_password_signs_out_everywhere_and_the_old_one_is_over() {
    let app = TestApp::garage().start().await;
    let mut thief = app.signed_in("anna", OWNER).await;
    let mut tx = app.app.store().read().await.unwrap();
    let id = store::user::of_login(&mut tx, "anna").await.unwrap().unwrap().id;
    drop(tx);
    let path = app.welcome_link(&id).await;
    let mut there = Browser::new().saying("origin", "https://evil.example");
    assert_eq!(there.post(&app, &path, &[("password", NEW)]).await.status, 403);
    assert_eq!(Browser::new().post(&app, &path, &[("password", NEW)]).await.status, 303);
    assert_eq!(thief.get(&app, "/").await.status, 303);
    assert_eq!(Browser::new().sign_in(&app, "anna", PASSWORD).await.status, 422);
    assert_eq!(Browser::new().sign_in(&app, "anna", NEW).await.status, 303);
}
