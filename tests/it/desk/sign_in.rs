//! Signing in: one answer to every failure, a limit on tries, and no way to another site.

use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::{Browser, PASSWORD};
use crate::support::test_app::{BUSINESS, TestApp};

const ANNA: (&str, &[(&str, Role)]) = ("anna@example.com", &[(BUSINESS, Role::Owner)]);

#[tokio::test]
async fn a_user_signs_in_however_the_login_is_typed_and_sees_the_desk() {
    let app = TestApp::garage().start().await;
    app.user(ANNA.0, ANNA.1).await;
    let mut browser = Browser::new();
    let answer = browser.get(&app, "/days/2026-12-01?business=shop").await;
    assert_eq!(answer.status, 303);
    let sign_in = answer.header("location").to_owned();
    assert_eq!(sign_in, "/sign-in?next=%2Fdays%2F2026-12-01%3Fbusiness%3Dshop");
    let page = browser.get(&app, &sign_in).await;
    assert!(
        page.html().contains(r#"value="/days/2026-12-01?business=shop""#),
        "{}",
        page.body
    );
    let fields = [
        ("login", " Anna@Example.COM "),
        ("password", PASSWORD),
        ("next", "/days/2026-12-01?business=shop"),
    ];
    let answer = browser.post(&app, "/sign-in", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, fields[2].1));
    let desk = browser.get(&app, "/").await;
    assert_eq!(desk.status, 200);
    assert!(desk.body.contains("Garage Müller") && desk.body.contains("Signed in as The anna@example.com"));
    assert_eq!(
        browser.get(&app, &sign_in).await.status,
        303,
        "nothing to do here any more"
    );
}

#[tokio::test]
async fn every_failure_has_one_answer_and_keeps_the_login_but_never_the_password() {
    let app = TestApp::garage().start().await;
    let ended = app.user("ended@example.com", ANNA.1).await;
    let mut tx = app.app.store().write().await.unwrap();
    store::user::end(&mut tx, &ended, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.user(ANNA.0, ANNA.1).await;
    app.invited("invited@example.com", ANNA.1).await;
    let mut seen = Vec::new();
    for (login, password) in [
        ("anna@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
        ("invited@example.com", PASSWORD),
        ("ended@example.com", PASSWORD),
        ("anna@example.com", ""),
    ] {
        let mut browser = Browser::new();
        let answer = browser.sign_in(&app, login, password).await;
        assert_eq!(answer.status, 422, "{login}");
        assert_eq!(browser.cookie, None, "{login}");
        assert!(answer.body.contains(&format!(r#"value="{login}""#)), "{}", answer.body);
        assert!(password.is_empty() || !answer.body.contains(password));
        seen.push(answer.body.replace(login, "LOGIN"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[tokio::test]
async fn the_page_speaks_the_browsers_language() {
    let app = TestApp::garage().start().await;
    app.user(ANNA.0, ANNA.1).await;
    for (wanted, heading) in [
        ("de-AT, en;q=0.5", "Anmelden"),
        ("pl", "Zaloguj się"),
        ("sl", "Sign in"),
    ] {
        let page = Browser::new()
            .saying("accept-language", wanted)
            .get(&app, "/sign-in")
            .await;
        assert!(
            page.body.contains(&format!("<h1>{heading}</h1>")),
            "{wanted}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn too_many_tries_of_one_login_wait_wherever_they_come_from() {
    let app = TestApp::garage().at("2026-12-01 09:00").start().await;
    app.user(ANNA.0, ANNA.1).await;
    for _ in 0..10 {
        let answer = Browser::new().sign_in(&app, ANNA.0, "not the password").await;
        assert_eq!(answer.status, 422);
    }
    for address in ["203.0.113.5:1", "198.51.100.9:1"] {
        let answer = Browser::at(address).sign_in(&app, ANNA.0, PASSWORD).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "900"));
        assert!(answer.text().contains("Wait 15 min"), "{}", answer.text());
    }
    app.advance_to("2026-12-01 09:14");
    let answer = Browser::new().sign_in(&app, ANNA.0, PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "60"));
    app.advance_to("2026-12-01 09:15");
    assert_eq!(Browser::new().sign_in(&app, ANNA.0, PASSWORD).await.status, 303);
    let answer = Browser::new().sign_in(&app, ANNA.0, "not the password").await;
    assert_eq!(answer.status, 422, "who was right starts anew");
}

#[tokio::test]
async fn too_many_tries_from_one_address_wait_whoever_they_are_for() {
    let app = TestApp::garage().start().await;
    app.user(ANNA.0, ANNA.1).await;
    let now = app.now();
    for login in 0..50 {
        let tried = app
            .app
            .door
            .try_now(&login.to_string(), "203.0.113.5".parse().ok(), now);
        assert_eq!(tried, Ok(()));
    }
    assert_eq!(Browser::new().sign_in(&app, ANNA.0, PASSWORD).await.status, 429);
    let mut believed = Browser::new().saying("x-forwarded-for", "198.51.100.9");
    assert_eq!(
        believed.sign_in(&app, ANNA.0, PASSWORD).await.status,
        429,
        "a stranger's word"
    );
    let mut by_proxy = Browser::at("127.0.0.1:1").saying("x-forwarded-for", "203.0.113.5");
    assert_eq!(
        by_proxy.sign_in(&app, ANNA.0, PASSWORD).await.status,
        429,
        "the proxy's"
    );
    let mut elsewhere = Browser::at("127.0.0.1:1").saying("x-forwarded-for", "198.51.100.9");
    assert_eq!(elsewhere.sign_in(&app, ANNA.0, PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_sign_in_never_leads_to_another_site() {
    let app = TestApp::garage().start().await;
    app.user(ANNA.0, ANNA.1).await;
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/.//evil.example",
        "/\t/x",
    ] {
        let mut browser = Browser::new();
        let fields = [("login", ANNA.0), ("password", PASSWORD), ("next", next)];
        let answer = browser.post(&app, "/sign-in", &fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/"),
            "{next}"
        );
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        let answer = browser.get(&app, &format!("/sign-in?{query}")).await;
        assert_eq!(answer.header("location"), "/", "{next}");
        let page = Browser::new().get(&app, &format!("/sign-in?{query}")).await;
        assert!(page.html().contains(r#"name="next" value="/""#), "{next}");
    }
}

#[tokio::test]
async fn another_site_can_sign_nobody_in() {
    let app = TestApp::garage().start().await;
    app.user(ANNA.0, ANNA.1).await;
    let mut evil = Browser::new().saying("origin", "https://evil.example");
    assert_eq!(evil.sign_in(&app, ANNA.0, PASSWORD).await.status, 403);
    let mut ours = Browser::new().saying("origin", "https://desk.example.com");
    assert_eq!(ours.sign_in(&app, ANNA.0, PASSWORD).await.status, 303);
}
