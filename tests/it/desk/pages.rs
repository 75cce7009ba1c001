//! What every page of the desk says to browsers; and the demonstration, where nobody signs in.

use daybefore::app::DeskAccess;
use daybefore::domain::user::Role;

use crate::support::browser::Answer;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};

fn is_careful(path: &str, answer: &Answer) {
    for (name, value) in [
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(answer.header(name), value, "{path}");
    }
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    for inline in ["<style", " style=", "<script>", " onclick=", "javascript:"] {
        assert!(!answer.body.contains(inline), "{path} has {inline}");
    }
}

#[tokio::test]
async fn no_page_is_kept_framed_or_runs_what_is_no_file_of_ours() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let set_up = format!("/set-up/{}", app.app.door.open_set_up().as_str());
    let page = Browser::new().get(&app, &set_up).await;
    assert_eq!(page.status, 200);
    is_careful(&set_up, &page);
    let id = app.invited("ben", &[]).await;
    let welcome = app.welcome_link(&id).await;
    let message = app.message("B-1", "day-before").await.message_id;
    let mut anna = app.signed_in("anna", &[(BUSINESS, Role::Owner)]).await;
    let story = format!("/messages/{message}");
    for path in ["/", "/days/2026-12-14", "/users", &story, "/messages/nothing"] {
        let page = anna.get(&app, path).await;
        is_careful(path, &page);
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    for path in ["/", "/sign-in", &welcome, &set_up, "/welcome/nothing"] {
        let page = Browser::new().get(&app, path).await;
        is_careful(path, &page);
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    let style = Browser::new().get(&app, "/desk.css").await;
    assert_eq!(
        (style.status.as_u16(), style.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
    assert_eq!(
        style.header("cache-control"),
        "no-cache",
        "a page of another version asks for it"
    );
}

#[tokio::test]
async fn a_page_names_what_is_in_its_files_and_browsers_keep_them() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", &[(BUSINESS, Role::Owner)]).await;
    let page = anna.sees(&app, "/").await;
    let wording = anna.sees(&app, "/texts/booking_reminder/sms").await;
    let gone = app.get("/r/nothing").await.html();
    for (page, start) in [
        (&page, "href=\"/desk.css"),
        (&page, "src=\"/desk.js"),
        (&wording, "src=\"/text_preview.js"),
        (&gone, "href=\"../r/page.css"),
    ] {
        let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("{start}: {page}"));
        let version = rest.split('"').next().unwrap();
        assert_eq!(version.len(), "?v=".len() + 16, "{version}");
        let path = start.split('"').nth(1).unwrap().trim_start_matches("..");
        let file = app.get(&format!("{path}{version}")).await;
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(
            file.header("cache-control"),
            "public, max-age=31536000, immutable",
            "{path}"
        );
        let old = app.get(&format!("{path}?v=0123456789abcdef")).await;
        assert_eq!(
            (old.status.as_u16(), old.header("cache-control")),
            (200, "no-cache"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_name_is_shown_as_it_is_and_never_as_markup() {
    let app = TestApp::garage().start().await;
    let mut browser = app.signed_in("<b>x</b>", &[(BUSINESS, Role::Owner)]).await;
    for path in ["/", "/users"] {
        let page = browser.get(&app, path).await.body;
        assert!(page.contains("&lt;b&gt;x") && !page.contains("<b>x"), "{path}: {page}");
    }
    let page = Browser::new()
        .sign_in(&app, "\"><script>alert(1)</script>", "x")
        .await
        .body;
    assert!(!page.contains("<script>"), "{page}");
}

#[tokio::test]
async fn in_the_demonstration_everybody_owns_everything_and_forms_are_still_checked() {
    let mut app = TestApp::garage().start().await;
    app.another_business("other").await;
    app.app.desk = DeskAccess::Open;
    let mut browser = Browser::new();
    for path in ["/", "/?business=other", "/users", "/days/2026-12-14"] {
        assert_eq!(browser.get(&app, path).await.status, 200, "{path}");
    }
    assert_eq!(browser.get(&app, "/?business=nothing").await.status, 404);
    assert_eq!(browser.get(&app, "/sign-in").await.header("location"), "/");
    assert_eq!(browser.post(&app, "/sign-out", &[("csrf", "x")]).await.status, 403);
    let csrf = app.app.door.nobodys_csrf();
    assert_eq!(browser.post(&app, "/sign-out", &[("csrf", &csrf)]).await.status, 303);
}

#[tokio::test]
async fn every_main_page_marks_itself_in_the_navigation() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let mut eva = app.signed_in("eva", &[(BUSINESS, Role::Owner)]).await;
    for path in [
        "/",
        "/inbox",
        "/cases",
        "/calls",
        "/customers",
        "/bookings",
        "/renewals",
        "/outbox",
        "/satisfaction",
        "/rules",
        "/texts",
        "/import",
        "/settings",
        "/profile",
    ] {
        let page = eva.get(&app, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(marked(&page.body), [path], "{path}");
    }
}

/// Where the links lead that the head of a page marks as the page itself.
fn marked(html: &str) -> Vec<&str> {
    let (header, _) = html.split_once("<main").expect("a page");
    let links = header.split("<a ").filter(|link| {
        let tag = link.split('>').next().unwrap_or_default();
        tag.contains(r#"aria-current="page""#)
    });
    links
        .filter_map(|link| link.split_once(r#"href=""#)?.1.split(['"', '?']).next())
        .collect()
}
