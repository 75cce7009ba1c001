//! Hours, days off, zone: saved, and what was planned follows.

use daybefore::outbound::plan::{ask_again, begin_again, go_on};
use daybefore::store;

use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::uploading::OWNER;

/// Every field of the form, as the page has them.
fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "Garage Müller"),
        ("phone", "0171 3920012"),
        ("email", "desk@garage.example"),
        ("address", "Street 1"),
        ("zone", "Europe/Berlin"),
        ("locale", "en"),
        ("region", "DE"),
        ("review_url", ""),
        ("service_from", "08:00"),
        ("service_to", "20:00"),
        ("survey_from", "09:00"),
        ("survey_to", "20:00"),
    ]
}

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields = fields();
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

#[tokio::test]
async fn hours_that_change_move_what_is_planned_and_the_page_says_so() {
    let app = TestApp::garage().start().await;
    app.import_known_bookings(&bookings(3)).await;
    let mut anna = app.signed_in("anna", OWNER).await;
    assert!(app.plan_lines().await.contains("2026-12-14 17:00  B-0/1 day-before"));
    let page = anna.does(&app, "/settings", &with(&[("service_to", "16:00")])).await;
    assert!(page.contains("Saved.") && page.contains("3 moved"), "{page}");
    let plan = app.plan_lines().await;
    assert!(!plan.contains("2026-12-14 17:00"), "{plan}");
    assert!(page.contains(r#"value="16:00""#), "{page}");
}

#[tokio::test]
async fn days_off_are_pasted_and_removed_and_messages_follow() {
    let app = TestApp::garage().start().await;
    app.import_known_bookings(&bookings(1)).await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna
        .does(
            &app,
            "/settings/holidays",
            &[("dates", "14.12.2026, 2026-12-25\n26.12.2026")],
        )
        .await;
    assert!(
        page.contains("Added.") && page.contains("1 moved") && page.contains("Fri 25 Dec 2026"),
        "{page}"
    );
    assert!(!app.plan_lines().await.contains("2026-12-14 17:00"));
    let page = anna.does(&app, "/settings/holidays", &[("remove", "2026-12-14")]).await;
    assert!(page.contains("Removed.") && !page.contains("Mon 14 Dec 2026"), "{page}");
    assert!(app.plan_lines().await.contains("2026-12-14 17:00"));
    let answer = anna
        .acts(&app, "/settings/holidays", &[("dates", "2026-12-31 Silvester <b>")])
        .await;
    assert_eq!(answer.status, 422);
    assert!(answer.html().contains("Silvester, &lt;b&gt;"), "{}", answer.html());
    let page = anna.get(&app, "/settings/holidays").await.html();
    assert!(!page.contains("31 Dec"), "nothing of it was added");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_saved() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let before = app.database().await;
    let wrong = with(&[
        ("name", " "),
        ("zone", "Mars/Base"),
        ("phone", "call us"),
        ("review_url", "g.page"),
        ("service_from", "21:00"),
        ("address", "\"><b>x</b>"),
    ]);
    let answer = anna.acts(&app, "/settings", &wrong).await;
    assert_eq!(answer.status, 422);
    let page = answer.html();
    for words in [
        "Write the name that your customers know.",
        "That time zone is not known.",
        "That is no phone number.",
        "Write a whole web address",
        "Write a time of day in both",
        "value=\"call us\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("<b>x</b>"), "{page}");
    assert_eq!(app.database().await, before);
}

#[tokio::test]
async fn a_name_and_an_address_need_no_new_plans() {
    let app = TestApp::garage()
        .reached_at(Some("0171 3920012"), Some("desk@garage.example"))
        .start()
        .await;
    app.import_known_bookings(&bookings(1)).await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna
        .does(
            &app,
            "/settings",
            &with(&[("name", "Garage Möller"), ("address", "Street 2")]),
        )
        .await;
    assert!(page.contains("Saved.") && !page.contains("The last change"), "{page}");
    let page = anna
        .does(
            &app,
            "/settings",
            &with(&[("name", "Garage Möller"), ("address", "Street 2")]),
        )
        .await;
    assert!(page.contains("Nothing was different"), "{page}");
}

#[tokio::test]
async fn what_takes_long_goes_on_beside_the_page_and_after_a_crash() {
    let app = TestApp::garage().start().await;
    app.import_known_bookings(&bookings(1_100)).await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna.does(&app, "/settings", &with(&[("service_to", "16:00")])).await;
    assert!(page.contains("1000 bookings, renewals and cases so far"), "{page}");
    // Else the start would plan again for zone data of another version.
    let mut tx = app.app.store().write().await.unwrap();
    let version = app.app.dispatcher.zones.version();
    store::setting::put(&mut tx, store::setting::ZONE_VERSION, version)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let app = app.restart().await;
    let (store, zones) = (app.app.store(), &app.app.dispatcher.zones);
    let open = store::replan::open(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(open, [BUSINESS]);
    while go_on(store, zones, BUSINESS, app.now()).await.unwrap() {}
    let replan = store::replan::find(&mut store.read().await.unwrap(), BUSINESS)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (replan.done, replan.moved, replan.ended_at),
        (1_100, 1_100, Some(app.now()))
    );
    assert!(!app.plan_lines().await.contains(" 17:00 "));
    // Asked for once more while it is under way, it begins anew.
    let mut tx = store.write().await.unwrap();
    ask_again(&mut tx, BUSINESS, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!begin_again(store, zones, BUSINESS, app.now()).await.unwrap());
}

/// Bookings on 15 December, each of its own customer, whom the day before is told at five.
fn bookings(count: usize) -> String {
    let row = |n| format!("B-{n},Customer {n},+491713{n:06},2026-12-15 09:00");
    let rows = (0..count).map(row).collect::<Vec<_>>().join("\n");
    format!("external_id,name,phone,starts_at\n{rows}\n")
}
