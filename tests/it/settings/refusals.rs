//! What is refused: files of the wrong kind, forms that are not ours, strangers and staff.

use daybefore::domain::user::Role;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::{OWNER, Part, STAFF};

/// Every form of the settings, with what it needs.
fn forms() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    vec![
        ("/settings", vec![("name", "Stolen"), ("zone", "Europe/Paris")]),
        ("/settings/holidays", vec![("dates", "2026-12-24")]),
        ("/settings/senders", vec![("sms_from", "+491713920077")]),
        ("/settings/senders/resume", vec![("channel", "sms")]),
        (
            "/settings/senders/test",
            vec![("channel", "sms"), ("to", "+491713920099")],
        ),
        ("/settings/senders/tests/x", vec![]),
        ("/settings/keys", vec![("name", "Stolen")]),
        ("/settings/keys/x/revoke", vec![]),
        (
            "/users",
            vec![("login", "x"), ("name", "X"), ("locale", "en"), ("role", "owner")],
        ),
        ("/users/x/role", vec![("role", "owner")]),
        ("/users/x/link", vec![]),
        ("/users/x/out", vec![]),
        ("/users/x/end", vec![]),
        ("/import/x", vec![("act", "import")]),
    ]
}

const PAGES: [&str; 8] = [
    "/settings",
    "/settings/holidays",
    "/settings/senders",
    "/settings/keys",
    "/users",
    "/users/x",
    "/import",
    "/import/x",
];

#[tokio::test]
async fn staff_and_strangers_change_and_see_no_settings() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    app.signed_in("anna", OWNER).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let before = app.database().await;
    for (browser, status) in [(&mut eva, 403), (&mut stranger, 404)] {
        for page in PAGES {
            let answer = browser.get(&app, &format!("{page}?business={BUSINESS}")).await;
            assert_eq!(answer.status, status, "{page}");
        }
        for (path, fields) in forms() {
            let answer = browser
                .acts(&app, &format!("{path}?business={BUSINESS}"), &fields)
                .await;
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
        }
        let csrf = browser.csrf(&app).await;
        let answer = browser
            .send_parts(&app, &format!("/import?business={BUSINESS}"), &upload(&csrf))
            .await;
        assert_eq!(answer.status, status);
    }
    assert_eq!(app.database().await, before);
    assert_eq!((app.sms.count(), app.uploads().len()), (0, 0));
}

fn upload(csrf: &str) -> [Part<'_>; 3] {
    [
        ("csrf", None, csrf.as_bytes()),
        ("kind", None, b"customers"),
        ("file", Some("a.csv"), b"external_id,name\nC-1,Ana\n"),
    ]
}

#[tokio::test]
async fn a_form_without_its_sessions_field_changes_nothing() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let others = app.signed_in("ben", OWNER).await.csrf(&app).await;
    let before = app.database().await;
    for (path, fields) in forms().into_iter().chain([
        ("/profile", vec![("name", "Stolen"), ("locale", "de")]),
        ("/profile/password", vec![("old", "x"), ("new", "y")]),
        ("/profile/sessions", vec![]),
    ]) {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", others.as_str())]).collect();
        assert_eq!(anna.post(&app, path, &fields).await.status, 403, "{path}");
    }
    assert_eq!(app.database().await, before);
}

#[tokio::test]
async fn a_form_with_a_file_is_taken_only_from_a_page_of_this_session() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let others = app.signed_in("ben", OWNER).await.csrf(&app).await;
    let own = anna.csrf(&app).await;
    let [token, kind, file] = upload(&own);
    for parts in [
        vec![kind, file],
        vec![file, kind, token],
        vec![("csrf", None, others.as_bytes()), kind, file],
        vec![("csrf", None, b"".as_slice()), token, kind, file],
        vec![("csrf", Some("csrf.txt"), own.as_bytes()), kind, file],
        vec![],
    ] {
        let answer = anna.send_parts(&app, "/import", &parts).await;
        assert_eq!(answer.status, 403, "{parts:?}");
    }
    let long = "x".repeat(2_000);
    let parts = [("csrf", None, long.as_bytes()), kind, file];
    assert_eq!(anna.send_parts(&app, "/import", &parts).await.status, 413);
    let mut cross = anna.clone().saying("sec-fetch-site", "cross-site");
    assert_eq!(cross.send_parts(&app, "/import", &upload(&own)).await.status, 403);
    let answer = anna.acts(&app, "/import", &[("kind", "customers")]).await;
    assert_eq!(answer.status, 400, "it has no file");
    assert_eq!(
        Browser::new().send_parts(&app, "/import", &upload(&own)).await.status,
        401
    );
    assert_eq!(app.uploads(), Vec::<String>::new());
    assert_eq!(anna.send_parts(&app, "/import", &upload(&own)).await.status, 303);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_gone() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let csrf = anna.csrf(&app).await;
    let huge = vec![b'x'; 64 * 1024 * 1024 + 1];
    let parts: [Part<'_>; 3] = [
        ("csrf", None, csrf.as_bytes()),
        ("kind", None, b"customers"),
        ("file", Some("a.csv"), &huge),
    ];
    assert_eq!(anna.send_parts(&app, "/import", &parts).await.status, 413);
    assert_eq!(app.uploads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_of_the_wrong_kind_is_refused_in_clear_words() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("reads-de", OWNER).await;
    for (file, words) in [
        ("PK\u{3}\u{4}...", "Das ist eine Tabelle, keine CSV-Datei."),
        ("%PDF-1.7", "Das ist ein PDF, keine CSV-Datei."),
        ("external_id;name\n1;x\n", "Die Spalten sind durch ; getrennt."),
        ("name\nx\n", "Die Spalte external_id fehlt."),
        ("external_id,name,name\n", "Die Spalte name steht zweimal"),
        ("\n\n", "Sie hat keine Zeilen."),
    ] {
        let (_, page) = anna.uploads(&app, "customers", false, file).await;
        assert!(page.html().contains(words), "{words}: {}", page.text());
    }
    let csrf = anna.csrf(&app).await;
    let [token, kind, _] = upload(&csrf);
    for (file, words) in [
        (("file", Some(""), b"".as_slice()), "Wählen Sie eine Datei."),
        (("file", Some("a.csv"), b"".as_slice()), "Die Datei ist leer."),
    ] {
        let answer = anna.send_parts(&app, "/import", &[token, kind, file]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.html().contains(words), "{words}");
    }
    let latin = [
        token,
        kind,
        ("file", Some("a.csv"), b"external_id,name\nC-1,M\xfcller\n".as_slice()),
    ];
    let answer = anna.send_parts(&app, "/import", &latin).await;
    let path = answer.header("location").to_owned();
    let page = anna.waits(&app, &path).await;
    assert!(page.html().contains("not UTF-8 text"), "{}", page.text());
    let answer = anna.send_parts(&app, "/import", &[token]).await;
    assert!(answer.html().contains("Wählen Sie, was in der Datei steht."));
}
