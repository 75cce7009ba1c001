//! Mail scanners and previews fetch every link before the customer does (RFC 8058 exists for that reason).

use axum::http::{Method, StatusCode};

use crate::support::browser::Answer;
use crate::support::test_app::TestApp;

/// A visit confirmed by mail, its satisfaction check, and a policy: everything that a mail can link to.
async fn with_every_mail() -> (TestApp, Vec<String>) {
    let garage = TestApp::garage().start().await;
    garage
        .import_bookings(
            "external_id,name,email,service,starts_at\nB-1,Ana,ana@example.com,Oil change,2026-12-15 09:00\n",
        )
        .await;
    garage.run_until("2026-12-14 18:00").await;
    garage
        .import_bookings(
            "external_id,name,email,service,starts_at,status\nB-2,Zoe,zoe@example.com,Oil change,2026-12-13 09:00,completed\n",
        )
        .await;
    garage.run_until("2026-12-16 12:00").await;
    let mut paths = Vec::new();
    for link in garage.links("/r/") {
        for query in [
            "",
            "?score=4",
            "?page=cancel",
            "?page=preferences",
            "?page=none&score=-9",
        ] {
            paths.push(format!("{link}{query}"));
        }
    }
    paths.extend(garage.links("/u/"));
    paths.extend(
        garage
            .links("/u/")
            .iter()
            .map(|link| format!("{link}?List-Unsubscribe=One-Click")),
    );
    paths.push("/r/page.css".to_owned());
    assert!(paths.len() > 10, "{paths:?}");
    (garage, paths)
}

#[tokio::test]
async fn whatever_looks_at_a_link_changes_nothing() {
    let (app, paths) = with_every_mail().await;
    let before = app.database().await;
    let accepts = [
        "text/html",
        "*/*",
        "application/json",
        "image/*;q=0.1",
        "text/calendar, application/signed-exchange",
        "",
    ];
    for path in &paths {
        for accept in accepts {
            let headers = [
                ("accept", accept),
                ("user-agent", "Mozilla/5.0 (compatible; scanner)"),
                ("purpose", "prefetch"),
                ("cookie", "a=b"),
            ];
            let seen = app.visit(Method::GET, path, &headers, "").await;
            assert_eq!(seen.status, StatusCode::OK, "{path} {accept}");
            let head = app.visit(Method::HEAD, path, &headers, "").await;
            assert_eq!(
                (head.status, head.body.as_str()),
                (StatusCode::OK, ""),
                "{path} {accept}"
            );
            assert_eq!(
                app.visit(Method::GET, path, &headers, "").await,
                seen,
                "{path} differs the second time"
            );
        }
    }
    assert!(app.database().await == before, "looking has written something");
}

#[tokio::test]
async fn many_scanners_at_once_change_nothing() {
    let (app, paths) = with_every_mail().await;
    let before = app.database().await;
    let looks = paths.iter().cycle().take(paths.len() * 4).map(|path| app.get(path));
    let answers: Vec<Answer> = futures::future::join_all(looks).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert!(app.database().await == before, "looking has written something");
}

#[tokio::test]
async fn other_methods_are_refused_and_change_nothing() {
    let (app, paths) = with_every_mail().await;
    let before = app.database().await;
    for path in &paths {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let answer = app
                .visit(method.clone(), path, &[], "do=cancel&revision=1&scope=all")
                .await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    assert!(app.database().await == before);
}

#[tokio::test]
async fn a_form_that_says_nothing_changes_nothing() {
    let (app, _) = with_every_mail().await;
    let before = app.database().await;
    for path in [app.link("/r/"), app.link("/u/")] {
        for body in [
            "",
            "do=",
            "scope=",
            "x=y",
            "List-Unsubscribe=",
            "do=cancel",
            "do=rate&score=5",
        ] {
            let kind = ("content-type", "application/x-www-form-urlencoded");
            let answer = app.visit(Method::POST, &path, &[kind], body).await;
            assert!(
                answer.status.is_success() || answer.status.is_client_error(),
                "{path} {body}"
            );
        }
        let long = format!("do=ask&revision=1&words={}", "x".repeat(100_000));
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let answer = app.visit(Method::POST, &path, &[kind], &long).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert!(app.database().await == before);
}

#[tokio::test]
async fn every_page_keeps_its_link_to_itself() {
    let (app, paths) = with_every_mail().await;
    let gone = "/r/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    for path in paths.iter().chain([&gone]).filter(|path| !path.contains("page.css")) {
        let answer = app.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(answer.header("set-cookie"), "");
        for forbidden in [
            "<script",
            "<style",
            "style=",
            "onclick",
            "javascript:",
            "http://",
            "https://",
        ] {
            assert!(!answer.body.contains(forbidden), "{path} has {forbidden}");
        }
    }
    let style = app.get("/r/page.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(style.header("cache-control"), "no-cache");
}
