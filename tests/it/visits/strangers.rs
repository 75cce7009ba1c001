//! Another business's bookings are not there, and a form of nobody's session changes nothing.

use daybefore::domain::user::Role;

use super::announced;
use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::visits::Desk;

#[tokio::test]
async fn another_businesss_items_can_be_neither_seen_nor_changed() {
    let mut desk = announced().await;
    let id = desk.booking("B-1").await.id;
    let customer = desk.booking("B-1").await.customer_id;
    desk.app.another_business("other").await;
    let mut stranger = desk.app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let csrf = stranger.csrf(&desk.app).await;
    let before = desk.app.dump().await;
    for path in [
        format!("/bookings/{id}/change"),
        format!("/renewals/{id}/change"),
        format!("/bookings/new?customer={customer}"),
        format!("/bookings/new?business={BUSINESS}"),
        format!("/renewals/new?business={BUSINESS}"),
    ] {
        assert_eq!(stranger.get(&desk.app, &path).await.status, 404, "{path}");
    }
    let time = [("date", "2026-12-17"), ("time", "11:00")];
    for (path, field) in [
        (format!("/bookings/{id}/change"), ("step", "preview")),
        (format!("/bookings/{id}/become"), ("status", "cancelled")),
        (format!("/renewals/{id}/become"), ("status", "renewed")),
        (format!("/renewals/{id}/change"), ("ends_on", "2027-01-01")),
        (format!("/bookings/{id}/undo"), ("change", "x")),
        (format!("/renewals/{id}/undo"), ("change", "x")),
        ("/bookings/new".to_owned(), ("customer", customer.as_str())),
        ("/renewals/new".to_owned(), ("customer", customer.as_str())),
        (format!("/bookings/new?business={BUSINESS}"), ("name", "x")),
    ] {
        let mut fields = vec![("csrf", csrf.as_str()), field, ("kind", "policy")];
        fields.extend(time);
        if field.0 != "ends_on" {
            fields.push(("ends_on", "2027-01-01"));
        }
        let answer = stranger.post(&desk.app, &path, &fields).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    let found = stranger.get(&desk.app, "/bookings/new?find=kosir").await;
    assert!(!found.body.contains("Ana"), "{}", found.body);
    assert_eq!(desk.app.dump().await, before);
    // Nor can a change of another business be taken for one of one's own.
    let path = format!("/bookings/{id}/become");
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    desk.presses_save(&path, &preview).await;
    let (_, change) = crate::support::visits::hidden(&preview)
        .into_iter()
        .find(|(name, _)| name == "change")
        .unwrap();
    let fields = [("csrf", csrf.as_str()), ("step", "save"), ("change", change.as_str())];
    let answer = stranger.post(&desk.app, "/bookings/new", &fields).await;
    assert_eq!(answer.status, 400);
    assert!(!answer.body.contains(&id));
}

#[tokio::test]
async fn a_form_without_its_sessions_field_changes_nothing() {
    let mut desk = announced().await;
    let id = desk.booking("B-1").await.id;
    desk.eva.csrf(&desk.app).await;
    let before = desk.app.dump().await;
    for path in [
        "/bookings/new".to_owned(),
        "/renewals/new".to_owned(),
        format!("/bookings/{id}/change"),
        format!("/bookings/{id}/become"),
        format!("/bookings/{id}/undo"),
        format!("/renewals/{id}/change"),
        format!("/renewals/{id}/become"),
        format!("/renewals/{id}/undo"),
    ] {
        for csrf in [None, Some("x")] {
            let mut fields = vec![
                ("step", "save"),
                ("status", "cancelled"),
                ("change", "x"),
                ("name", "x"),
            ];
            fields.extend(csrf.map(|csrf| ("csrf", csrf)));
            let answer = desk.eva.post(&desk.app, &path, &fields).await;
            assert_eq!(answer.status, 403, "{path}");
        }
        let answer = desk.app.post(&path, &[("step", "save")]).await;
        assert_eq!(answer.status, 401, "{path}");
    }
    assert_eq!(desk.app.dump().await, before);
}

#[tokio::test]
async fn every_page_speaks_every_language_and_marks_in_names_are_no_marks() {
    let app = TestApp::garage().start().await;
    let rows = "external_id,name,phone,starts_at,service,vehicle\n\
        B-1,<b>Ana</b>,0171 3920012,2026-12-15 09:00,\"\"\"><script>x</script>\",<i>\n";
    app.import_bookings(rows).await;
    app.run_until("2026-12-02 12:00").await;
    let desk = Desk::of(app).await;
    let id = desk.booking("B-1").await.id;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = desk
            .app
            .signed_in(&format!("reads-{language}"), &[(BUSINESS, Role::Staff)])
            .await;
        let csrf = reader.csrf(&desk.app).await;
        let mut pages = Vec::new();
        for path in [
            "/bookings/new",
            "/renewals/new",
            "/bookings/new?find=ana",
            "/bookings/new?find=nobody",
        ] {
            pages.push(reader.get(&desk.app, path).await);
        }
        pages.push(reader.get(&desk.app, &format!("/bookings/{id}/change")).await);
        for (path, fields) in [
            (format!("/bookings/{id}/become"), vec![("status", "cancelled")]),
            (format!("/bookings/{id}/become"), vec![("status", "completed")]),
            (
                format!("/bookings/{id}/change"),
                vec![
                    ("date", "2026-12-17"),
                    ("time", "11:00"),
                    ("service", "\"><script>y</script>"),
                ],
            ),
        ] {
            let fields: Vec<_> = fields.into_iter().chain([("csrf", csrf.as_str())]).collect();
            pages.push(reader.post(&desk.app, &path, &fields).await);
        }
        pages.push(reader.get(&desk.app, &format!("/bookings/{id}?said=undone")).await);
        for page in pages {
            assert_eq!(page.status, 200, "{language}: {}", page.body);
            assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{language}");
            for mark in ["<b>Ana", "<script>", "<i>"] {
                assert!(!page.body.contains(mark), "{language}: {mark} in {}", page.body);
            }
        }
    }
}
