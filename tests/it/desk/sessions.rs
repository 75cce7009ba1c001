//! Sessions: their cookie, how long they last, and what ends them.

use daybefore::domain::link;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::garage().start().await;
    app.user("anna", OWNER).await;
    let answer = Browser::new().sign_in(&app, "anna", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    let (name, token) = cookie.split_once('=').unwrap();
    assert_eq!(name, "__Host-daybefore");
    let (token, attributes) = token.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure");
    assert!(!app.is_on_disk(token), "only the hash is kept");
    assert!(app.is_on_disk(&link::hash(token)));
}

#[tokio::test]
async fn without_https_the_cookie_asks_for_none() {
    for url in ["", "http://desk.local"] {
        let app = TestApp::garage().setting("server.public_url", url).start().await;
        let mut browser = app.signed_in("anna", OWNER).await;
        assert!(
            browser
                .cookie
                .as_deref()
                .is_some_and(|cookie| cookie.starts_with("daybefore="))
        );
        assert_eq!(browser.get(&app, "/").await.status, 200);
    }
}

#[tokio::test]
async fn a_token_that_was_put_into_the_browser_before_is_worth_nothing() {
    let app = TestApp::garage().start().await;
    app.user("anna", OWNER).await;
    let planted = format!("__Host-daybefore={}", "a".repeat(32));
    let mut victim = Browser::new();
    victim.cookie = Some(planted.clone());
    victim.sign_in(&app, "anna", PASSWORD).await;
    assert_ne!(victim.cookie.as_ref(), Some(&planted));
    let mut attacker = Browser::new();
    attacker.cookie = Some(planted);
    assert_eq!(attacker.get(&app, "/").await.status, 303);
    let first = victim.clone();
    victim.sign_in(&app, "anna", PASSWORD).await;
    assert_ne!(victim.cookie, first.cookie, "a new one at each sign-in");
    assert_eq!(
        first.clone().get(&app, "/").await.status,
        303,
        "and the one before ends"
    );
    assert_eq!(victim.get(&app, "/").await.status, 200);
}

#[tokio::test]
async fn a_session_lasts_thirty_days_from_its_last_use() {
    let app = TestApp::garage().at("2026-12-01 09:00").start().await;
    let mut used = app.signed_in("anna", OWNER).await;
    let mut unused = app.signed_in("ben", OWNER).await;
    app.advance_to("2026-12-30 09:00");
    assert_eq!(used.get(&app, "/").await.status, 200);
    app.advance_to("2026-12-31 09:00");
    assert_eq!(unused.get(&app, "/").await.status, 303);
    app.advance_to("2027-01-29 08:59");
    assert_eq!(used.get(&app, "/").await.status, 200);
}

#[tokio::test]
async fn signing_out_ends_this_session_alone() {
    let app = TestApp::garage().start().await;
    let mut here = app.signed_in("anna", OWNER).await;
    let mut elsewhere = Browser::new();
    elsewhere.sign_in(&app, "anna", PASSWORD).await;
    let before = here.clone();
    let csrf = here.csrf(&app).await;
    let answer = here.post(&app, "/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in"));
    assert_eq!(here.cookie, None);
    assert_eq!(
        before.clone().get(&app, "/").await.status,
        303,
        "also with the old cookie"
    );
    assert_eq!(elsewhere.get(&app, "/").await.status, 200);
}

#[tokio::test]
async fn an_ended_user_is_out_at_once() {
    let app = TestApp::garage().start().await;
    let mut browser = app.signed_in("anna", OWNER).await;
    let mut tx = app.app.store().write().await.unwrap();
    let anna = store::user::of_login(&mut tx, "anna").await.unwrap().unwrap();
    store::user::end(&mut tx, &anna.id, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browser.get(&app, "/").await.status, 303);
    assert_eq!(browser.post(&app, "/sign-out", &[]).await.status, 401);
    assert_eq!(Browser::new().sign_in(&app, "anna", PASSWORD).await.status, 422);
}
