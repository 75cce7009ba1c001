//! A form is taken only from a page of ours, in the session that the page was made for.

use axum::http::Method;
use daybefore::domain::user::Role;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];

#[tokio::test]
async fn a_form_without_its_sessions_field_changes_nothing() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let mut ben = app.signed_in("ben", OWNER).await;
    let own = anna.csrf(&app).await;
    let others = ben.csrf(&app).await;
    assert_ne!(own, others);
    assert_eq!(anna.csrf(&app).await, own, "the same on each page");
    let half = &own[..32];
    for fields in [
        vec![],
        vec![("csrf", "")],
        vec![("csrf", half)],
        vec![("csrf", others.as_str())],
        vec![("other", own.as_str())],
        vec![("csrf", others.as_str()), ("csrf", own.as_str())],
    ] {
        let answer = anna.post(&app, "/sign-out", &fields).await;
        assert_eq!(answer.status, 403, "{fields:?}");
        assert_eq!(anna.get(&app, "/").await.status, 200, "{fields:?}");
    }
    assert_eq!(anna.post(&app, "/sign-out", &[("csrf", &own)]).await.status, 303);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_also_with_the_right_field() {
    let app = TestApp::garage().start().await;
    let mut browser = app.signed_in("anna", OWNER).await;
    let csrf = browser.csrf(&app).await;
    for (header, value, status) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://desk.example.com", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 303),
    ] {
        let mut there = browser.clone().saying(header, value);
        let answer = there.post(&app, "/sign-out", &[("csrf", &csrf)]).await;
        assert_eq!(answer.status, status, "{header}: {value}");
    }
    let mut another = app.signed_in("ben", OWNER).await;
    let csrf = another.csrf(&app).await;
    let mut here = another
        .clone()
        .saying("origin", "http://10.0.0.5:8080")
        .saying("host", "10.0.0.5:8080");
    assert_eq!(here.post(&app, "/sign-out", &[("csrf", &csrf)]).await.status, 303);
}

#[tokio::test]
async fn a_form_that_is_too_large_or_of_another_kind_is_refused() {
    let app = TestApp::garage().start().await;
    let mut browser = app.signed_in("anna", OWNER).await;
    let csrf = browser.csrf(&app).await;
    let large = "x".repeat(70_000);
    let answer = browser
        .post(&app, "/sign-out", &[("csrf", &csrf), ("more", &large)])
        .await;
    assert_eq!(answer.status, 413);
    let cookie = browser.cookie.clone().unwrap();
    let headers = [("cookie", cookie.as_str()), ("content-type", "text/plain")];
    let answer = app
        .visit(Method::POST, "/sign-out", &headers, &format!("csrf={csrf}"))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(browser.get(&app, "/").await.status, 200);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_sign_in_or_refused() {
    let app = TestApp::garage().start().await;
    app.user("anna", OWNER).await;
    for cookie in [
        None,
        Some("__Host-daybefore="),
        Some("__Host-daybefore=nonsense"),
        Some("daybefore=x"),
    ] {
        let mut browser = Browser::new();
        browser.cookie = cookie.map(str::to_owned);
        for path in ["/", "/users", "/days/2026-12-01", "/messages/x"] {
            let answer = browser.get(&app, path).await;
            assert_eq!(answer.status, 303, "{path}");
            assert!(answer.header("location").starts_with("/sign-in?next=%2F"), "{path}");
            assert_eq!(answer.body, "");
        }
        let answer = browser.post(&app, "/sign-out", &[("csrf", "x")]).await;
        assert_eq!(answer.status, 401);
    }
}
