//! What could not be answered is a page too: in the reader's language, with a way on, and telling nothing.

use daybefore::domain::user::Role;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

#[tokio::test]
async fn what_is_not_there_is_said_in_the_users_language() {
    let app = TestApp::garage().start().await;
    for (login, says) in [
        ("reads-en", "This is not here"),
        ("reads-de", "Hier ist nichts"),
        ("reads-fr", "Il n’y a rien ici"),
        ("reads-es", "Aquí no hay nada"),
        ("reads-pl", "Tu nic nie ma"),
    ] {
        let mut reader = app
            .signed_in(login, STAFF)
            .await
            .saying("accept-language", "it, de;q=0.5");
        for path in [
            "/customers/nobody",
            "/nowhere/at/all",
            "/?business=nothing",
            "/messages/nothing",
        ] {
            let page = reader.get(&app, path).await;
            assert_eq!(page.status, 404, "{path}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
            assert!(
                page.body.contains(says) && page.body.contains("href=\"/\""),
                "{path}: {}",
                page.body
            );
            assert!(
                page.header("content-security-policy").contains("default-src 'none'"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_browser_that_nobody_is_signed_in_with_is_answered_in_its_own_language() {
    let app = TestApp::garage().start().await;
    let mut browser = Browser::new().saying("accept-language", "fr-CA, en;q=0.5");
    let page = browser.get(&app, "/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("Il n’y a rien ici"), "{}", page.body);
    let page = browser
        .post(&app, "/cases/x/close", &[("csrf", "x"), ("cause", "other")])
        .await;
    assert_eq!(page.status, 401);
    assert!(
        page.body.contains("Vous êtes déconnecté") && page.body.contains("href=\"/sign-in\""),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn what_may_not_be_done_says_why_and_leads_back_to_where_it_was_tried() {
    let app = TestApp::garage().start().await;
    let mut reader = app.signed_in("reads-de", STAFF).await;
    let page = reader.get(&app, "/users").await;
    assert_eq!(page.status, 403);
    assert!(
        page.body.contains("Das darf nur, wem dieser Betrieb gehört."),
        "{}",
        page.body
    );
    let mut reader = reader
        .saying("host", "desk.example.com")
        .saying("referer", "https://desk.example.com/calls?business=shop");
    let page = reader
        .post(&app, "/calls/x", &[("csrf", "stale"), ("outcome", "reached")])
        .await;
    assert_eq!(page.status, 403);
    let page = page.html();
    assert!(page.contains("nicht von Ihrer jetzigen Anmeldung"), "{page}");
    assert!(page.contains("href=\"/calls?business=shop\""), "{page}");
}

#[tokio::test]
async fn no_page_leads_to_another_site_and_nothing_that_was_asked_is_repeated() {
    let app = TestApp::garage().start().await;
    for referer in [
        "https://evil.example/calls",
        "https://desk.example.com//evil.example/",
        "https://desk.example.com/\"><script>alert(1)</script>",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new()
            .saying("host", "desk.example.com")
            .saying("referer", referer);
        let page = browser.get(&app, "/%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert_eq!(page.status, 404);
        assert!(
            !page.body.contains("evil") && !page.body.contains("<script>"),
            "{referer}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn programs_are_answered_with_a_line() {
    let app = TestApp::garage().start().await;
    let answer = app.post("/webhooks/twilio/message", &[("Body", "C")]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body, "the signature does not verify\n");
}
