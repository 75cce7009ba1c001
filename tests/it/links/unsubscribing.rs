//! Ending mails with one click (RFC 8058).

use axum::http::{Method, StatusCode, header};
use daybefore::domain::message::{Channel, Purpose, Reason, State};
use daybefore::store;

use crate::support::browser::{Answer, ONE_CLICK};
use crate::support::test_app::{EMAIL, TestApp};

const BOOKED: &str = "external_id,customer_id,name,email,starts_at\nB-1,C-1,Ana,ana@example.com,2026-12-15 09:00\n";

async fn booked() -> TestApp {
    let app = TestApp::garage().start().await;
    app.import_bookings(BOOKED).await;
    app.dispatch().await;
    app
}

/// What a mail program sends.
async fn one_click(app: &TestApp, path: &str, kind: &str, body: &str) -> Answer {
    app.visit(Method::POST, path, &[(header::CONTENT_TYPE.as_str(), kind)], body)
        .await
}

async fn lines(app: &TestApp) -> Vec<(Option<Channel>, Option<Purpose>, bool, String)> {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let customer = store::customer::by_external_id(&mut tx, "shop", "C-1")
        .await
        .expect("read")
        .expect("Ana");
    store::ledger::lines_of(&mut tx, &customer)
        .await
        .expect("lines")
        .into_iter()
        .map(|line| (line.channel, line.purpose, line.given, line.source))
        .collect()
}

#[tokio::test]
async fn one_click_ends_the_mails_of_that_purpose_at_once() {
    let multipart =
        "--XyZ\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--XyZ--\r\n";
    for (kind, body) in [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        ("multipart/form-data; boundary=XyZ", multipart),
    ] {
        let app = booked().await;
        let path = app.link("/u/");
        let answer = one_click(&app, &path, kind, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{kind}");
        assert_eq!((answer.header("location"), answer.header("set-cookie")), ("", ""));
        assert!(
            answer.text().contains("You will get no more mails of this kind."),
            "{}",
            answer.text()
        );
        let service = (Some(Channel::Email), Some(Purpose::Service), false, "link".to_owned());
        assert_eq!(lines(&app).await, [service]);
        let reminder = app.message("B-1", "day-before").await;
        assert_eq!(
            (reminder.state, reminder.reason),
            (State::Skipped, Some(Reason::OptedOut))
        );
        app.run_until("2026-12-15 12:00").await;
        assert_eq!(app.sent().len(), 1, "nothing was sent after it");
    }
}

#[tokio::test]
async fn a_second_click_changes_nothing() {
    let app = booked().await;
    let path = app.link("/u/");
    let first = one_click(&app, &path, "application/x-www-form-urlencoded", ONE_CLICK).await;
    let before = app.database().await;
    let second = one_click(&app, &path, "application/x-www-form-urlencoded", ONE_CLICK).await;
    assert_eq!(first, second);
    assert!(app.database().await == before);
    assert!(
        app.get(&path)
            .await
            .text()
            .contains("You will get no more mails of this kind.")
    );
}

#[tokio::test]
async fn a_person_may_end_all_mails_and_texts_go_on() {
    let app = TestApp::garage().start().await;
    app.import_bookings(BOOKED).await;
    app.dispatch().await;
    let path = app.link("/u/");
    let page = app.get(&path).await.text();
    assert!(
        page.contains("No more mails of this kind") && page.contains("No more mails at all"),
        "{page}"
    );
    let answer = app.post(&path, &[("scope", "all")]).await;
    assert!(answer.text().contains("You will get no more mails."));
    let all = (Some(Channel::Email), None, false, "link".to_owned());
    assert_eq!(lines(&app).await, [all]);
    app.import_bookings("external_id,customer_id,name,phone,starts_at\nB-1,C-1,Ana,+491713920012,2026-12-15 09:00\n")
        .await;
    app.run_until("2026-12-15 08:00").await;
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.channel),
        (State::Accepted, Some(Channel::Sms))
    );
}

#[tokio::test]
async fn a_surveys_link_ends_surveys_and_not_reminders() {
    let app = TestApp::garage().start().await;
    app.import_bookings(
        "external_id,customer_id,name,email,starts_at,status\nB-1,C-1,Ana,ana@example.com,2026-12-01 08:00,completed\n\
         B-2,C-1,Ana,ana@example.com,2026-12-15 09:00,booked\n",
    )
    .await;
    app.run_until("2026-12-02 18:00").await;
    let survey = app.links("/u/").pop().expect("the survey's link");
    assert!(app.get(&survey).await.text().contains("ask how it went"));
    one_click(&app, &survey, "application/x-www-form-urlencoded", ONE_CLICK).await;
    assert_eq!(lines(&app).await[0].1, Some(Purpose::Survey));
    assert_eq!(app.state("B-2", "day-before").await, State::Planned);
}

#[tokio::test]
async fn whoever_shares_the_mailbox_gets_no_more_mails_either() {
    let app = booked().await;
    app.import_bookings(&format!(
        "external_id,name,email,starts_at\nB-2,Tom,{EMAIL},2026-12-16 09:00\n"
    ))
    .await;
    one_click(&app, &app.link("/u/"), "application/x-www-form-urlencoded", ONE_CLICK).await;
    let reminder = app.message("B-2", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
}
