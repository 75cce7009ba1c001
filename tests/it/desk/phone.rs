//! The sandbox phone: what a customer got, answered in the customer's place, and never for a real customer.

use std::fmt::Write as _;
use std::sync::Arc;

use daybefore::carrier::sandbox::{Sandbox, Settings};
use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::setup::Setup;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

pub(super) const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];

/// An app whose texts and mails reach nobody, and somebody at its desk.
pub(super) async fn sandboxed(setup: Setup) -> (TestApp, Browser) {
    let mut app = setup.start().await;
    let sandbox = Arc::new(Sandbox::new(Settings::default()).unwrap());
    app.texts_go_to(sandbox.clone());
    app.mails_go_to(sandbox);
    let eva = app.signed_in("eva", STAFF).await;
    (app, eva)
}

/// Ana has just been reminded of tomorrow's visit; and her id.
async fn reminded() -> (TestApp, Browser, String) {
    let (app, eva) = sandboxed(TestApp::garage()).await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 17:00").await;
    let ana = app.plan().await[0].customer.clone();
    (app, eva, ana)
}

impl Browser {
    /// Texts something as the customer. Returns the page after it.
    pub(super) async fn texts(&mut self, app: &TestApp, customer: &str, words: &str) -> String {
        let csrf = self.csrf(app).await;
        let path = format!("/phone/{customer}");
        let answer = self.post(app, &path, &[("words", words), ("csrf", &csrf)]).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let next = answer.header("location").to_owned();
        let page = self.get(app, &next).await;
        assert_eq!(page.status, 200, "{next}: {}", page.body);
        page.html()
    }
}

#[tokio::test]
async fn an_open_phone_shows_what_arrives_and_works_without_the_script() {
    let (app, mut eva, ana) = reminded().await;
    let path = format!("/phone/{ana}");
    let page = eva.sees(&app, &path).await;
    for part in ["phone-list", "received", "short-answers"] {
        let live = format!("id=\"{part}\" data-live=\"messages inbox\"");
        assert!(page.contains(&live), "{live}: {page}");
    }
    assert!(
        page.contains(&format!("data-customer=\"{ana}\"")),
        "whose messages are followed: {page}"
    );
    let (_, version) = page.split_once("data-version=\"").expect("what the page knows of");
    assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{version}");
    assert!(page.contains("/desk.js?v=") && page.contains("Anything new?"), "{page}");
}

#[tokio::test]
async fn where_customers_are_real_there_is_no_phone() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 17:00").await;
    let ana = app.plan().await[0].customer.clone();
    let attempt = app
        .attempts(&app.message("B-1", "day-before").await.message_id)
        .await
        .remove(0);
    let mut eva = app.signed_in("eva", STAFF).await;
    let csrf = eva.csrf(&app).await;
    for path in ["/phone".to_owned(), format!("/phone/{ana}")] {
        assert_eq!(eva.get(&app, &path).await.status, 404, "{path}");
    }
    let answer = eva
        .post(&app, &format!("/phone/{ana}"), &[("words", "C"), ("csrf", &csrf)])
        .await;
    assert_eq!(answer.status, 404);
    let fields = [
        ("attempt", attempt.id.as_str()),
        ("purpose", "respond"),
        ("csrf", &csrf),
    ];
    assert_eq!(eva.post(&app, &format!("/phone/{ana}/open"), &fields).await.status, 404);
    assert!(!eva.get(&app, "/").await.html().contains("/phone"));
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
}

#[tokio::test]
async fn where_only_mails_are_tried_out_nobody_texts_in_a_real_customers_name() {
    let mut app = TestApp::garage().start().await;
    app.mails_go_to(Arc::new(Sandbox::new(Settings::default()).unwrap()));
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 17:00").await;
    let ana = app.plan().await[0].customer.clone();
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.get(&app, &format!("/phone/{ana}")).await.html();
    assert!(
        page.contains("No text can be sent from here") && !page.contains("tomorrow"),
        "{page}"
    );
    let csrf = eva.csrf(&app).await;
    let answer = eva
        .post(&app, &format!("/phone/{ana}"), &[("words", "C"), ("csrf", &csrf)])
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
}

#[tokio::test]
async fn a_reminder_is_answered_with_c_and_the_visit_is_confirmed() {
    let (app, mut eva, ana) = reminded().await;
    let page = eva.get(&app, "/phone").await.html();
    assert!(page.contains("Ana Košir") && page.contains("tomorrow"), "{page}");
    assert!(page.contains("asks: are you coming?"), "{page}");
    for button in ["C", "R", "STOP"] {
        assert!(
            page.contains(&format!("name=\"words\" value=\"{button}\"")),
            "{button}: {page}"
        );
    }
    assert!(!page.contains("value=\"1\""), "no rating is asked: {page}");
    let after = eva.texts(&app, &ana, "C").await;
    assert!(
        after.contains("Sent. The business has it.") && after.contains("Nothing is asked"),
        "{after}"
    );
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);
    let kept = app.last_reply(PHONE).await;
    assert_eq!(kept.business_id.as_deref(), Some(BUSINESS));
}

#[tokio::test]
async fn own_words_reach_the_inbox_and_a_bad_rating_opens_a_case() {
    let (app, mut eva, ana) = reminded().await;
    eva.texts(&app, &ana, "Can we do Thursday instead?").await;
    assert_eq!(app.inbox_kinds().await, [DeskKind::Change]);
    let page = eva.get(&app, &format!("/phone/{ana}")).await.html();
    assert!(page.contains("Can we do Thursday instead?"), "{page}");

    let (app, mut eva) = sandboxed(TestApp::garage()).await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.advance_to("2026-12-04 12:00");
    app.book_as("B-1", "2026-12-04 09:00", "completed").await;
    app.run_until("2026-12-05 11:00").await;
    let ana = app.plan().await[0].customer.clone();
    let page = eva.get(&app, &format!("/phone/{ana}")).await.html();
    assert!(
        page.contains("asks: how was it?") && page.contains("name=\"words\" value=\"5\""),
        "{page}"
    );
    eva.texts(&app, &ana, "1").await;
    assert!(app.cases().await.remove(0).is_open());
}

#[tokio::test]
async fn a_link_opens_the_customers_own_page_and_nothing_that_was_not_sent_is_opened() {
    let (app, mut eva) = sandboxed(TestApp::garage()).await;
    app.import_bookings("external_id,name,email,starts_at\nB-1,Ana,ana@example.com,2026-12-04 09:00\n")
        .await;
    app.run_until("2026-12-03 17:00").await;
    let ana = app.plan().await[0].customer.clone();
    let attempt = app
        .attempts(&app.message("B-1", "day-before").await.message_id)
        .await
        .remove(0);
    let page = eva.get(&app, &format!("/phone/{ana}")).await.html();
    assert!(
        page.contains("entry for the calendar") && page.contains(&attempt.id),
        "{page}"
    );
    let csrf = eva.csrf(&app).await;
    let open = format!("/phone/{ana}/open");
    let fields = [
        ("attempt", attempt.id.as_str()),
        ("purpose", "respond"),
        ("csrf", &csrf),
    ];
    let opened = eva.post(&app, &open, &fields).await;
    assert_eq!(opened.status, 303);
    let link = opened.header("location").to_owned();
    assert!(link.starts_with("/r/"), "{link}");
    let own = app.press(&link, "accept", &[]).await;
    assert_eq!(own.status, 200, "{}", own.body);
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);
    for (attempt, purpose) in [(attempt.id.as_str(), "everything"), ("nothing", "respond")] {
        let fields = [("attempt", attempt), ("purpose", purpose), ("csrf", &csrf)];
        assert_eq!(eva.post(&app, &open, &fields).await.status, 404, "{attempt} {purpose}");
    }
}

/// Another business whose customer has Ana's number and was reminded too, and whoever works there.
async fn neighbours() -> (TestApp, Browser, String, Browser, String) {
    let (app, eva, ana) = reminded().await;
    app.another_business("other").await;
    let request = daybefore::outbound::import::Import {
        business_id: "other",
        kind: daybefore::outbound::import::ImportKind::Bookings,
        known_to_customers: false,
        now: app.now(),
    };
    let mut tx = app.app.store().write().await.unwrap();
    let rules = daybefore::domain::rule::Rules::preset("garage").unwrap();
    let rules = daybefore::domain::rule::Rules::parse(rules).unwrap();
    store::rule::replace(&mut tx, "other", &rules).await.unwrap();
    tx.commit().await.unwrap();
    let dispatcher = &app.app.dispatcher;
    let csv = format!("external_id,name,phone,service,starts_at\nX-1,Annie,{PHONE},Secret,2026-12-05 09:00\n");
    daybefore::outbound::import::run(
        &dispatcher.store,
        &dispatcher.zones,
        &request,
        csv.as_bytes(),
        |_| {},
        |_| {},
    )
    .await
    .unwrap();
    app.run_until("2026-12-04 18:00").await;
    let annie = app
        .plan()
        .await
        .into_iter()
        .find(|line| line.business == "other")
        .unwrap()
        .customer;
    let stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    (app, eva, ana, stranger, annie)
}

#[tokio::test]
async fn a_phone_shows_what_one_business_has_sent_and_what_was_answered_to_it() {
    let (app, mut eva, ana, mut stranger, annie) = neighbours().await;
    // Annie answers the other business, by the number that Ana has too.
    let page = stranger.texts(&app, &annie, "C, my secret answer").await;
    assert!(page.contains("my secret answer") && page.contains("Annie"), "{page}");
    for path in ["/phone".to_owned(), format!("/phone/{ana}")] {
        let page = eva.get(&app, &path).await.html();
        assert!(page.contains("Ana Košir"), "{page}");
        for secret in ["Annie", "Secret", "secret answer", "Another Garage", &annie] {
            assert!(!page.contains(secret), "{path} has {secret}: {page}");
        }
    }
    let page = stranger.get(&app, "/phone").await.html();
    assert!(!page.contains("Ana Košir") && !page.contains("Garage Müller"), "{page}");
}

#[tokio::test]
async fn another_businesss_phones_are_not_there_and_a_form_of_nobodys_does_nothing() {
    let (app, mut eva, ana, mut stranger, annie) = neighbours().await;
    let attempt = app
        .attempts(&app.message("B-1", "day-before").await.message_id)
        .await
        .remove(0);
    let csrf = stranger.csrf(&app).await;
    for path in [
        format!("/phone?business={BUSINESS}"),
        format!("/phone/{ana}"),
        format!("/phone/{ana}?business={BUSINESS}"),
    ] {
        assert_eq!(stranger.get(&app, &path).await.status, 404, "{path}");
    }
    let fields = [
        ("attempt", attempt.id.as_str()),
        ("purpose", "respond"),
        ("csrf", &csrf),
        ("words", "C"),
    ];
    for path in [
        format!("/phone/{ana}"),
        format!("/phone/{ana}?business={BUSINESS}"),
        format!("/phone/{ana}/open"),
        // Their own customer, but the message of another's.
        format!("/phone/{annie}/open"),
    ] {
        assert_eq!(stranger.post(&app, &path, &fields).await.status, 404, "{path}");
    }
    for csrf in ["", "nothing"] {
        let answer = eva
            .post(&app, &format!("/phone/{ana}"), &[("words", "C"), ("csrf", csrf)])
            .await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
    let nobody = Browser::new().get(&app, "/phone").await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.header("location")),
        (303, "/sign-in?next=%2Fphone")
    );
}

#[tokio::test]
async fn what_was_typed_is_shown_as_it_is_and_nothing_is_sent_without_words() {
    let (app, mut eva, ana) = reminded().await;
    let page = eva.texts(&app, &ana, "<b>x</b> https://evil.example/\"><script>").await;
    assert!(
        page.contains("&lt;b&gt;x") && !page.contains("<b>x") && !page.contains("<script>"),
        "{page}"
    );
    assert!(
        !page.contains("href=\"https://evil"),
        "what was written is no link: {page}"
    );
    let page = eva.texts(&app, &ana, "  ").await;
    assert!(page.contains("Write something first."), "{page}");
    let page = eva.texts(&app, &ana, &"x".repeat(1_601)).await;
    assert!(page.contains("too long"), "{page}");
    let mut tx = app.app.store().read().await.unwrap();
    assert_eq!(store::inbound::of_sender(&mut tx, PHONE, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_list_goes_on_page_by_page_and_has_everybody_once() {
    let (app, mut eva) = sandboxed(TestApp::garage()).await;
    let mut csv = "external_id,name,phone,starts_at\n".to_owned();
    for n in 0..45 {
        writeln!(
            csv,
            "B-{n},Customer {n:02},+4917139200{n:02},2026-12-{:02} 09:00",
            4 + n % 2
        )
        .unwrap();
    }
    app.import_bookings(&csv).await;
    app.run_until("2026-12-06 09:00").await;
    let mut path = "/phone".to_owned();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = eva.get(&app, &path).await.html();
        let (_, list) = page.split_once("phone-list").unwrap();
        let (list, rest) = list.split_once("</ul>").unwrap();
        seen.extend((0..45).filter(|n| list.contains(&format!("Customer {n:02}<"))));
        let next = rest
            .split("href=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap();
        path = next.replace("&amp;", "&");
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..45).collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_was_erased_has_no_phone_any_more() {
    let (app, mut eva, ana) = reminded().await;
    daybefore::outbound::erasure::erase(&app.app.dispatcher, &ana, app.now())
        .await
        .unwrap();
    assert_eq!(eva.get(&app, &format!("/phone/{ana}")).await.status, 404);
    let page = eva.get(&app, "/phone").await.html();
    assert!(page.contains("Nobody has got anything yet."), "{page}");
}

#[tokio::test]
async fn the_phone_speaks_every_language() {
    let (app, _, ana) = reminded().await;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        for path in ["/phone".to_owned(), format!("/phone/{ana}?said=phone_sent")] {
            let page = reader.get(&app, &path).await;
            assert_eq!(page.status, 200, "{language} {path}: {}", page.body);
            assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{language}");
        }
    }
}
