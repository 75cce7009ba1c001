//! What users do at the desk: a row of the inbox, a case, a call, each in one form.

use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::{Reason, State};
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

/// Ana has answered the reminder in her own words; Eva sits at the desk.
async fn answered(words: &str) -> (TestApp, Browser) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 17:30").await;
    app.customer_replies(words).await;
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

impl Browser {
    /// Presses a button on the page of the only row of the inbox. Returns what the page after it says.
    async fn settles(&mut self, app: &TestApp, act: &str) -> String {
        let id = app.inbox().await.remove(0).id;
        self.presses(app, &format!("/inbox/{id}"), &[("act", act), ("note", "phoned her")])
            .await
    }

    /// Sends a form with this session's field, and goes where it leads.
    async fn presses(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> String {
        let csrf = self.csrf(app).await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        let answer = self.post(app, path, &fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        let next = answer.header("location").to_owned();
        let page = self.get(app, &next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.body);
        page.html()
    }
}

#[tokio::test]
async fn what_waits_is_shown_with_the_customers_words_and_done_in_one_click() {
    let (app, mut eva) = answered("Can we do Thursday instead?").await;
    let row = app.inbox().await.remove(0);
    let list = eva.get(&app, "/inbox").await.html();
    assert!(
        list.contains("Can we do Thursday instead?") && list.contains("wants another time or a call"),
        "{list}"
    );
    let page = eva.get(&app, &format!("/inbox/{}", row.id)).await.html();
    assert!(page.contains("Confirm the visit") && page.contains("B-1"), "{page}");
    let after = eva.settles(&app, "done").await;
    assert!(after.contains("Done.") && after.contains("Nothing waits"), "{after}");
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked, "the time stays");
    let mut tx = app.app.store().read().await.unwrap();
    let done = store::desk_item::find(&mut tx, &row.id).await.unwrap().unwrap();
    assert_eq!(
        (done.done_by.as_deref(), done.outcome.as_deref()),
        (Some("The eva"), Some("phoned her"))
    );
}

#[tokio::test]
async fn a_visit_is_confirmed_or_cancelled_from_the_inbox() {
    let (app, mut eva) = answered("yes if my boss lets me go").await;
    let after = eva.settles(&app, "confirm").await;
    assert!(after.contains("The visit is confirmed."), "{after}");
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);

    let (app, mut eva) = answered("please cancel my appointment").await;
    let after = eva.settles(&app, "cancel").await;
    assert!(after.contains("The visit is cancelled."), "{after}");
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Cancelled);
    assert!(app.inbox().await.is_empty());
}

#[tokio::test]
async fn no_more_messages_ends_all_and_an_unhappy_customer_gets_a_case() {
    let (app, mut eva) = answered("who gave you my number, I wonder").await;
    eva.settles(&app, "opt_out").await;
    app.book("B-2", "2026-12-08 09:00").await;
    assert_eq!(app.message("B-2", "day-before").await.reason, Some(Reason::OptedOut));

    let (app, mut eva) = answered("Can we do Thursday instead?").await;
    let after = eva.settles(&app, "open_case").await;
    assert!(after.contains("A case is open."), "{after}");
    let case = app.cases().await.remove(0);
    assert!(case.is_open());
    assert_eq!(case.words.as_deref(), Some("Can we do Thursday instead?"));
}

#[tokio::test]
async fn what_somebody_has_done_is_not_done_again() {
    let (app, mut eva) = answered("Can we do Thursday instead?").await;
    let id = app.inbox().await.remove(0).id;
    assert!(app.desk_settles(&id).await);
    let after = eva
        .presses(&app, &format!("/inbox/{id}"), &[("act", "cancel"), ("note", "")])
        .await;
    assert!(after.contains("Somebody had done that already."), "{after}");
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
}

/// Ana has complained; Eva sits at the desk.
async fn unhappy() -> (TestApp, Browser, String) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-20 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let customer = app.plan().await[0].customer.clone();
    let case = app
        .complains(&customer, "The brakes <b>still</b> squeal")
        .await
        .unwrap();
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva, case.id)
}

#[tokio::test]
async fn a_case_is_taken_and_closed_with_a_cause() {
    let (app, mut eva, id) = unhappy().await;
    let list = eva.get(&app, "/cases").await;
    assert!(
        list.body.contains("nobody yet") && !list.body.contains("<b>still"),
        "{}",
        list.body
    );
    let page = eva
        .presses(&app, &format!("/cases/{id}/assign"), &[("owner", " Eva ")])
        .await;
    assert!(page.contains("Noted who sees to it."), "{page}");
    assert_eq!(app.cases().await[0].owner.as_deref(), Some("Eva"));
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    let fields = [("cause", "work_quality"), ("note", "new pads")];
    let page = eva.presses(&app, &format!("/cases/{id}/close"), &fields).await;
    assert!(
        page.contains("The case is closed.") && page.contains("Nobody is unhappy."),
        "{page}"
    );
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    let page = eva.presses(&app, &format!("/cases/{id}/close"), &fields).await;
    assert!(page.contains("Somebody had done that already."), "{page}");
    let closed = eva.get(&app, "/cases?closed=1").await.html();
    assert!(closed.contains("quality of work"), "{closed}");
    assert_eq!(eva.get(&app, &format!("/cases/{id}")).await.status, 200);
}

#[tokio::test]
async fn a_case_is_not_closed_without_a_cause() {
    let (app, mut eva, id) = unhappy().await;
    let csrf = eva.csrf(&app).await;
    for cause in ["", "weather"] {
        let fields = [("csrf", csrf.as_str()), ("cause", cause)];
        let answer = eva.post(&app, &format!("/cases/{id}/close"), &fields).await;
        assert_eq!(answer.status, 400, "{cause}");
    }
    assert!(app.cases().await[0].is_open());
}

#[tokio::test]
async fn another_businesss_rows_can_be_neither_seen_nor_settled() {
    let (app, _, id) = unhappy().await;
    app.text_from(PHONE, "Can we do Thursday instead?").await;
    let row = app.inbox().await.remove(0);
    assert_ne!(row.kind, DeskKind::UnknownSender);
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let csrf = stranger.csrf(&app).await;
    for list in ["/inbox", "/cases", "/calls"] {
        let shown = stranger.get(&app, list).await;
        assert_eq!(shown.status, 200, "{list}");
        assert!(
            !shown.body.contains("squeal") && !shown.body.contains("Thursday"),
            "{list}"
        );
        assert_eq!(
            stranger.get(&app, &format!("{list}?business={BUSINESS}")).await.status,
            404,
            "{list}"
        );
    }
    for path in [format!("/inbox/{}", row.id), format!("/cases/{id}")] {
        assert_eq!(stranger.get(&app, &path).await.status, 404, "{path}");
    }
    for (path, field) in [
        (format!("/inbox/{}", row.id), ("act", "done")),
        (format!("/cases/{id}/assign"), ("owner", "me")),
        (format!("/cases/{id}/close"), ("cause", "other")),
    ] {
        let answer = stranger.post(&app, &path, &[("csrf", &csrf), field]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert!(app.cases().await[0].is_open());
    assert!(!app.inbox().await.is_empty());
}

#[tokio::test]
async fn every_page_speaks_every_language() {
    let (app, _, id) = unhappy().await;
    app.text_from(PHONE, "Can we do Thursday instead?").await;
    let row = app.inbox().await.remove(0).id;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        for path in [
            "/".to_owned(),
            "/inbox".to_owned(),
            format!("/inbox/{row}"),
            "/cases".to_owned(),
            "/cases?closed=1&said=closed".to_owned(),
            format!("/cases/{id}"),
            "/calls".to_owned(),
            "/calls?made=1&said=nothing-of-ours".to_owned(),
        ] {
            let page = reader.get(&app, &path).await;
            assert_eq!(page.status, 200, "{language} {path}: {}", page.body);
            assert!(
                page.body.contains(&format!("<html lang=\"{language}\">")),
                "{language} {path}"
            );
        }
    }
}
