//! What the customer's clicks do, and what the page says when something has changed meanwhile.

use axum::http::StatusCode;
use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::{Channel, Purpose, State};
use daybefore::store;

use crate::support::setup::Setup;
use crate::support::test_app::{BUSINESS, TestApp};

const HEADER: &str = "external_id,customer_id,name,email,locale,service,vehicle,starts_at,status";

fn visit(starts: &str, status: &str) -> String {
    format!("{HEADER}\nB-1,C-1,Ana,ana@example.com,,Oil change,Golf B-AB 12,{starts},{status}\n")
}

/// Ana has been reminded by mail of her visit on 15 December.
async fn reminded_in(setup: Setup) -> TestApp {
    let app = setup.start().await;
    app.import_bookings(&visit("2026-12-15 09:00", "")).await;
    app.run_until("2026-12-14 18:00").await;
    app
}

async fn reminded() -> TestApp {
    reminded_in(TestApp::garage()).await
}

async fn status(app: &TestApp) -> BookingStatus {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let booking = store::item::bookings_by_external_id(&mut tx, BUSINESS, &["B-1"])
        .await
        .expect("read");
    booking[0].status
}

async fn inbox(app: &TestApp) -> Vec<(DeskKind, Option<String>)> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let waiting = store::desk_item::waiting(&mut tx, Some(BUSINESS)).await.expect("read");
    waiting.into_iter().map(|row| (row.kind, row.words)).collect()
}

#[tokio::test]
async fn the_page_says_who_writes_and_what_about_in_the_customers_language() {
    let app = reminded_in(TestApp::garage().locale("pl", "PL")).await;
    let page = app.get(&app.link("/r/")).await;
    assert!(page.body.contains("<html lang=\"pl\">"));
    let text = page.text();
    for words in [
        "Garage Müller",
        "Zapraszamy",
        "15 grudnia",
        "Oil change",
        "Golf B-AB 12",
        "Tak, będę",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains("ana@example.com") && !text.contains("Ana"), "{text}");
}

#[tokio::test]
async fn a_click_confirms_and_a_second_one_changes_nothing() {
    let app = reminded().await;
    let link = app.link("/r/");
    let answer = app.press(&link, "accept", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.text().contains("Thank you, your visit is confirmed."),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("Yes, I am coming"));
    assert_eq!(status(&app).await, BookingStatus::Confirmed);
    let before = app.database().await;
    let again = app
        .post(&link, &[("do", "accept"), ("revision", &answer.revision())])
        .await;
    assert_eq!(again, answer);
    assert!(app.database().await == before);
}

#[tokio::test]
async fn another_time_is_asked_for_in_the_customers_own_words() {
    let app = reminded().await;
    let link = app.link("/r/");
    let words = "Thursday <b>afternoon</b>\r\nor Friday";
    let answer = app.press(&link, "ask", &[("words", words)]).await;
    assert!(answer.text().contains("We have your message"), "{}", answer.text());
    assert_eq!(status(&app).await, BookingStatus::ChangeRequested);
    let said = words.replace("\r\n", "\n");
    assert_eq!(inbox(&app).await, [(DeskKind::Change, Some(said))]);
    app.post(&link, &[("do", "ask"), ("revision", "1"), ("words", words)])
        .await;
    assert_eq!(inbox(&app).await.len(), 1, "the same words are one wish");
}

#[tokio::test]
async fn a_wish_without_words_is_asked_for_again() {
    let app = reminded().await;
    let answer = app.press(&app.link("/r/"), "ask", &[("words", " \r\n ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("Please write a few words."));
    assert_eq!(status(&app).await, BookingStatus::Booked);
}

#[tokio::test]
async fn a_visit_is_cancelled_after_a_second_look() {
    let app = reminded().await;
    let link = app.link("/r/");
    assert!(app.get(&link).await.body.contains("href=\"?page=cancel\""));
    let sure = app.get(&format!("{link}?page=cancel")).await;
    assert!(sure.text().contains("Do you really want to cancel your visit"));
    let answer = app
        .post(&link, &[("do", "cancel"), ("revision", &sure.revision())])
        .await;
    assert!(answer.text().contains("Your visit is cancelled."), "{}", answer.text());
    assert_eq!(status(&app).await, BookingStatus::Cancelled);
    assert_eq!(inbox(&app).await[0].0, DeskKind::VisitCancelled);
    let before = app.database().await;
    let stale = app
        .post(&link, &[("do", "cancel"), ("revision", &sure.revision())])
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(app.database().await == before);
}

#[tokio::test]
async fn a_page_that_is_not_true_any_more_shows_what_holds_and_does_nothing() {
    let app = reminded().await;
    let link = app.link("/r/");
    let seen = app.get(&link).await.revision();
    app.import_bookings(&visit("2026-12-17 14:00", "booked")).await;
    for (act, more) in [("accept", ""), ("ask", "Friday"), ("cancel", "")] {
        let answer = app
            .post(&link, &[("do", act), ("revision", &seen), ("words", more)])
            .await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{act}");
        let text = answer.text();
        assert!(text.contains("Something has changed in the meantime."), "{act}: {text}");
        assert!(
            text.contains("has been moved") && text.contains("December 17, at 2:00 PM"),
            "{act}: {text}"
        );
    }
    assert_eq!(status(&app).await, BookingStatus::Booked);
    assert_eq!(inbox(&app).await, []);
    let answer = app.press(&link, "accept", &[]).await;
    assert!(answer.text().contains("confirmed"), "{}", answer.text());
    assert_eq!(status(&app).await, BookingStatus::Confirmed);
}

#[tokio::test]
async fn a_cancelled_visit_says_so_and_can_only_be_asked_about() {
    let app = reminded().await;
    let link = app.link("/r/");
    app.import_bookings(&visit("2026-12-15 09:00", "cancelled")).await;
    let page = app.get(&link).await;
    let text = page.text();
    assert!(
        text.contains("is cancelled.") && text.contains("Ask for a new date"),
        "{text}"
    );
    assert!(
        !text.contains("Yes, I am coming") && !page.body.contains("page=cancel"),
        "{text}"
    );
    let refused = app
        .post(&link, &[("do", "accept"), ("revision", &page.revision())])
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(status(&app).await, BookingStatus::Cancelled);
    app.press(&link, "ask", &[("words", "In January")]).await;
    assert_eq!(status(&app).await, BookingStatus::Cancelled);
    assert_eq!(inbox(&app).await, [(DeskKind::Change, Some("In January".to_owned()))]);
}

#[tokio::test]
async fn when_the_visit_has_begun_nothing_is_left_to_answer() {
    let app = reminded().await;
    let link = app.link("/r/");
    let seen = app.get(&link).await.revision();
    app.advance_to("2026-12-15 09:00");
    let page = app.get(&link).await;
    assert!(page.text().contains("This was about your visit"), "{}", page.text());
    let before = app.database().await;
    for act in ["accept", "cancel"] {
        let answer = app.post(&link, &[("do", act), ("revision", &seen)]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
    }
    assert!(app.database().await == before);
}

#[tokio::test]
async fn what_a_business_and_a_customer_are_called_is_never_markup() {
    let app = TestApp::garage().start().await;
    let evil = "<script>alert(1)</script> \"' {{ business }} {when}";
    let row = evil.replace('"', "\"\"");
    app.import_bookings(&format!(
        "{HEADER}\nB-1,C-1,Ana,ana@example.com,,\"{row}\",\"{row}\",2026-12-15 09:00,\n"
    ))
    .await;
    app.dispatch().await;
    let link = app.link("/r/");
    for page in [app.get(&link).await, app.press(&link, "ask", &[("words", evil)]).await] {
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(page.body.contains("&lt;script&gt;"), "{}", page.body);
        assert!(page.body.contains("{when}"), "{}", page.body);
    }
}

#[tokio::test]
async fn the_customer_chooses_what_to_get() {
    let app = TestApp::garage().start().await;
    let csv = "external_id,customer_id,name,phone,email,starts_at\nB-1,C-1,Ana,+491713920012,ana@example.com,2026-12-15 09:00\n";
    app.import_customers("external_id,name,phone,email,channel\nC-1,Ana,+491713920012,ana@example.com,email\n")
        .await;
    app.import_bookings(csv).await;
    app.dispatch().await;
    let link = app.link("/r/");
    let page = app.get(&format!("{link}?page=preferences")).await;
    assert_eq!(page.body.matches("type=\"checkbox\"").count(), 6, "{}", page.body);
    let shown = [
        "sms.service",
        "sms.survey",
        "email.service",
        "email.survey",
        "email.marketing",
    ];
    for name in shown {
        assert!(
            page.body.contains(&format!("name=\"shown\" value=\"{name}\"")),
            "{name}"
        );
    }
    // Offers by text were never agreed to, and a mail does not prove who has the phone.
    assert!(!page.body.contains("value=\"sms.marketing\""));

    let mut fields = vec![
        ("do", "preferences"),
        ("on", "email.service"),
        ("on", "email.marketing"),
        ("on", "sms.marketing"),
    ];
    fields.extend(shown.map(|name| ("shown", name)));
    fields.push(("shown", "sms.marketing"));
    let answer = app.post(&link, &fields).await;
    assert!(answer.text().contains("Saved."), "{}", answer.text());
    let mut tx = app.app.store().read().await.expect("a transaction");
    let customer = store::customer::by_external_id(&mut tx, BUSINESS, "C-1")
        .await
        .expect("read")
        .expect("Ana");
    let mut lines: Vec<_> = store::ledger::lines_of(&mut tx, &customer)
        .await
        .expect("lines")
        .into_iter()
        .map(|line| (line.channel, line.purpose, line.given))
        .collect();
    lines.sort();
    drop(tx);
    assert_eq!(
        lines,
        [
            (Some(Channel::Sms), Some(Purpose::Service), false),
            (Some(Channel::Sms), Some(Purpose::Survey), false),
            (Some(Channel::Email), Some(Purpose::Survey), false),
            (Some(Channel::Email), Some(Purpose::Marketing), true),
        ]
    );
    let before = app.database().await;
    app.post(&link, &fields).await;
    assert!(app.database().await == before, "the same wishes once more are no news");
    app.run_until("2026-12-14 18:00").await;
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.channel),
        (State::Accepted, Some(Channel::Email))
    );
}
