//! A file at the desk: looked through, imported when its user says so, once, and into no other business.

use std::fs;

use daybefore::domain::import_run::{ImportRun, ImportState};
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::{OWNER, STAFF};

const FILE: &str =
    "\u{feff}external_id,name,phone,starts_at\nB-1,Ana,+491713920012,2026-12-15 09:00\nB-2,\"=Bo <b>\",12,soon\n";

async fn bookings(app: &TestApp, business: &str) -> usize {
    let mut tx = app.app.store().read().await.unwrap();
    let kind = daybefore::domain::item::ItemKind::Booking;
    store::item::page(&mut tx, kind, business, "", 10_000)
        .await
        .unwrap()
        .len()
}

async fn run(app: &TestApp, path: &str) -> ImportRun {
    let id = path.trim_start_matches("/import/");
    let mut tx = app.app.store().read().await.unwrap();
    store::import_run::find(&mut tx, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_file_is_shown_first_and_imported_when_its_user_says_so() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let (path, page) = anna.uploads(&app, "bookings", false, FILE).await;
    let text = page.text();
    assert!(text.contains("1 new 0 changed 0 the same 1 not taken"), "{text}");
    assert!(text.contains("1 of them go out as soon as you import."), "{text}");
    let html = page.html();
    assert!(
        html.contains("soon") && html.contains("Line 3") && html.contains("write it like 2026-12-15 09:00"),
        "{html}"
    );
    assert_eq!(bookings(&app, BUSINESS).await, 0, "nothing is changed yet");
    let csv = anna.get(&app, &format!("{path}/refused.csv")).await;
    assert!(csv.body.contains("3,starts_at,soon,") && csv.header("content-disposition").contains("attachment"));
    let page = anna.does(&app, &path, &[("act", "import")]).await;
    assert!(
        page.contains("Imported") && page.contains("1 of them go out now."),
        "{page}"
    );
    assert_eq!(bookings(&app, BUSINESS).await, 1);
    assert!(
        !app.uploads().iter().any(|name| !name.ends_with("-refused.csv")),
        "{:?}",
        app.uploads()
    );
    app.dispatch().await;
    assert_eq!(app.sms.count(), 1, "the confirmation went");
    assert!(
        anna.get(&app, "/import")
            .await
            .text()
            .contains("1 new, 0 changed, 0 the same, 1 not taken")
    );
}

#[tokio::test]
async fn customers_who_know_already_get_no_confirmation() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let form = anna.get(&app, "/import").await.html();
    assert!(
        form.contains(r#"name="known" value="yes" checked"#),
        "ticked for the very first file: {form}"
    );
    let (path, page) = anna.uploads(&app, "bookings", true, FILE).await;
    assert!(!page.text().contains("go out as soon"), "{}", page.text());
    // Looked at again with the other answer.
    let page = anna.does(&app, &path, &[("act", "look")]).await;
    assert!(page.contains("1 of them go out as soon as you import."), "{page}");
    anna.does(&app, &path, &[("act", "import"), ("known", "yes")]).await;
    app.dispatch().await;
    assert_eq!(app.sms.count(), 0);
    let form = anna.get(&app, "/import").await.html();
    assert!(!form.contains(r#"name="known" value="yes" checked"#), "{form}");
}

#[tokio::test]
async fn the_same_file_confirmed_twice_is_imported_once() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let (path, _) = anna.uploads(&app, "bookings", true, FILE).await;
    let csrf = anna.csrf(&app).await;
    let fields = [("act", "import"), ("csrf", csrf.as_str())];
    let (mut first, mut second) = (anna.clone(), anna.clone());
    let (one, other) = tokio::join!(first.post(&app, &path, &fields), second.post(&app, &path, &fields));
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (303, 303));
    anna.waits(&app, &path).await;
    assert_eq!(anna.post(&app, &path, &fields).await.status, 303);
    let imported = history(&app).await.iter().filter(|event| *event == "imported").count();
    assert_eq!((imported, bookings(&app, BUSINESS).await), (1, 1));
    assert_eq!(run(&app, &path).await.state, ImportState::Done);
}

async fn history(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.store().read().await.unwrap();
    let lines = store::history::of(&mut tx, BUSINESS).await.unwrap();
    lines.into_iter().map(|line| line.event).collect()
}

#[tokio::test]
async fn what_changed_in_between_does_not_matter() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let (path, page) = anna.uploads(&app, "bookings", true, FILE).await;
    assert!(page.text().contains("1 new"));
    app.import_known_bookings(FILE).await;
    let page = anna.does(&app, &path, &[("act", "import"), ("known", "yes")]).await;
    assert!(
        page.contains("Imported") && bookings(&app, BUSINESS).await == 1,
        "{page}"
    );
}

#[tokio::test]
async fn a_file_belongs_to_its_user_and_its_business() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let both = [(BUSINESS, Role::Owner), ("other", Role::Owner)];
    let mut anna = app.signed_in("anna", &both).await;
    let upload = anna.csrf(&app).await;
    let parts = [
        ("csrf", None, upload.as_bytes()),
        ("kind", None, b"bookings".as_slice()),
        ("file", Some("a.csv"), FILE.as_bytes()),
    ];
    let answer = anna
        .send_parts(&app, &format!("/import?business={BUSINESS}"), &parts)
        .await;
    let path = answer.header("location").split('?').next().unwrap().to_owned();
    let here = format!("{path}?business={BUSINESS}");
    assert!(anna.waits(&app, &here).await.text().contains("1 new"));
    // By another business of the same owner, by another owner of the same business, by staff.
    let mut ben = app.signed_in("ben", OWNER).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    for (browser, path, status) in [
        (&mut anna, format!("{path}?business=other"), 404),
        (&mut ben, here.clone(), 404),
        (&mut eva, here.clone(), 403),
    ] {
        assert_eq!(browser.get(&app, &path).await.status, status, "{path}");
        let act = browser.acts(&app, &path, &[("act", "import")]).await;
        assert_eq!(act.status, status, "{path}");
        let refused = path.replace('?', "/refused.csv?");
        assert_eq!(browser.get(&app, &refused).await.status, status, "{refused}");
    }
    assert_eq!((bookings(&app, BUSINESS).await, bookings(&app, "other").await), (0, 0));
    anna.does(&app, &here, &[("act", "import")]).await;
    assert_eq!((bookings(&app, BUSINESS).await, bookings(&app, "other").await), (1, 0));
}

#[tokio::test]
async fn a_file_waits_an_hour_and_a_newer_one_takes_its_place() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let (first, _) = anna.uploads(&app, "bookings", true, FILE).await;
    let (second, _) = anna.uploads(&app, "bookings", true, FILE).await;
    assert_eq!(run(&app, &first).await.state, ImportState::Expired);
    assert!(anna.get(&app, &first).await.text().contains("waited too long"));
    app.advance_to("2026-12-01 10:01");
    daybefore::schedule::run(&app.app, daybefore::schedule::Chore::Uploads, app.now())
        .await
        .unwrap();
    assert_eq!(run(&app, &second).await.state, ImportState::Expired);
    assert_eq!(app.uploads(), Vec::<String>::new());
    anna.does(&app, &second, &[("act", "import")]).await;
    assert_eq!(bookings(&app, BUSINESS).await, 0);
}

#[tokio::test]
async fn a_file_that_was_imported_in_part_when_the_program_died_says_so_and_goes_on() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let row = |n| format!("B-{n},Customer {n},2026-12-15 09:00");
    let rows = (0..1_200).map(row).collect::<Vec<_>>().join("\n");
    let file = format!("external_id,name,starts_at\n{rows}\n");
    let (path, _) = anna.uploads(&app, "bookings", true, &file).await;
    // The process dies after the first batch: what it has written is there, and its row still says that it is at it.
    let part: String = file.split_inclusive('\n').take(501).collect();
    app.import_known_bookings(&part).await;
    let mut dying = run(&app, &path).await;
    dying.state = ImportState::Importing;
    let mut tx = app.app.store().write().await.unwrap();
    assert!(
        store::import_run::change(&mut tx, &dying, ImportState::Ready)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert!(
        anna.get(&app, &path).await.text().contains("Daybefore was stopped"),
        "nobody is at it"
    );
    let app = app.restart().await;
    assert_eq!(app.uploads(), Vec::<String>::new(), "the file is gone");
    assert_eq!(run(&app, &path).await.state, ImportState::Interrupted);
    let page = anna.get(&app, &path).await.text();
    assert!(page.contains("Bring the same file in again"), "{page}");
    let (path, page) = anna.uploads(&app, "bookings", true, &file).await;
    assert!(
        page.text().contains("700 new 0 changed 500 the same"),
        "{}",
        page.text()
    );
    anna.does(&app, &path, &[("act", "import"), ("known", "yes")]).await;
    assert_eq!(bookings(&app, BUSINESS).await, 1_200);
}

#[tokio::test]
async fn files_lie_where_nobody_else_reads_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    anna.uploads(&app, "bookings", true, FILE).await;
    let folder = format!("{}-uploads", app.app.store().path().display());
    let names = app.uploads();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        let mode = fs::metadata(format!("{folder}/{name}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[tokio::test]
async fn templates_have_the_columns_of_each_kind() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    for (kind, column) in [
        ("bookings", "starts_at"),
        ("renewals", "ends_on"),
        ("customers", "standing"),
    ] {
        let answer = anna.get(&app, &format!("/import/templates/{kind}")).await;
        assert!(answer.status == 200 && answer.body.contains(column), "{kind}");
        let (_, page) = anna.uploads(&app, kind, false, &answer.body).await;
        assert!(page.text().contains("0 new"), "it can be read: {}", page.text());
    }
    assert_eq!(anna.get(&app, "/import/templates/cars").await.status, 404);
    assert_eq!(Browser::new().get(&app, "/import/templates/bookings").await.status, 303);
}
