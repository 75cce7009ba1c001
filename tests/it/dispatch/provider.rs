//! Against a server that speaks Twilio's API: every answer, and receipts in every order, end in the right state.

use axum::http::StatusCode;
use daybefore::domain::attempt::AttemptState;
use daybefore::domain::message::{Channel, Reason, State};

use crate::support::test_app::TestApp;
use crate::support::twilio_server::Answer;

/// A visit whose first text gets this answer, dispatched once.
async fn answered(answer: Answer) -> TestApp {
    let app = TestApp::garage()
        .twilio()
        .setting("sms.timeout_seconds", "1")
        .start()
        .await;
    provider(&app).next(answer);
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    provider(&app).assert_requests_valid();
    app
}

fn provider(app: &TestApp) -> &crate::support::twilio_server::TwilioServer {
    app.provider.as_ref().expect("a provider")
}

/// What one of Twilio's codes must lead to for a customer who has a mail address too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Mail,
    AnotherTry,
    OptOut,
    Failure,
    Stop,
}

#[tokio::test]
async fn every_code_of_a_refusal_leads_where_it_should() {
    use End::{AnotherTry, Failure, Mail, OptOut, Stop};
    let table = [
        (
            Mail,
            vec![21211, 21612, 21614, 30005, 30006, 30036, 63003, 63024, 21999],
        ),
        (
            AnotherTry,
            vec![21611, 30001, 30003, 30008, 30017, 30022, 30023, 30027, 30450, 30500],
        ),
        (OptOut, vec![21610, 30004]),
        (Failure, vec![21602, 21617, 21619, 21620, 21623]),
        (
            Stop,
            vec![
                20003, 20404, 21212, 21408, 21603, 21606, 21608, 21609, 21703, 21705, 30002, 30018, 30024, 30032,
                30034, 30035, 63007, 63015, 63016,
            ],
        ),
    ];
    for (leads, codes) in table {
        for code in codes {
            let app = answered(Answer::Error(400, code)).await;
            let confirmation = app.message("B-1", "confirmation").await;
            let tries = app.tries(&confirmation.message_id).await;
            let stopped = app.stopped_senders().await;
            let met = match (confirmation.state, confirmation.channel, confirmation.reason) {
                (State::Accepted, Some(Channel::Email), None) if stopped.is_empty() => Mail,
                (State::Planned, Some(Channel::Sms), None) if stopped.is_empty() => AnotherTry,
                (State::Skipped, _, Some(Reason::OptedOut)) => OptOut,
                (State::Failed, _, None) if stopped.is_empty() => Failure,
                (State::Planned, Some(Channel::Sms), None) if stopped == ["sms"] && tries == 0 => Stop,
                other => panic!("{code}: {other:?}, {tries} tries, stopped {stopped:?}"),
            };
            assert_eq!(met, leads, "{code}");
        }
    }
}

#[tokio::test]
async fn refused_credentials_stop_the_sender_and_burn_no_attempt() {
    let app = answered(Answer::Error(401, 20003)).await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(app.stopped_senders().await, ["sms"]);
    assert_eq!(
        (confirmation.state, app.tries(&confirmation.message_id).await),
        (State::Planned, 0)
    );
    let app = app.restart().await;
    assert_eq!(app.stopped_senders().await, [""; 0], "a start gives it another chance");
    app.dispatch().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn too_many_requests_are_repeated_after_the_wait_that_was_asked_for() {
    for (wait, least) in [(Some("7"), 7), (None, 12)] {
        let app = answered(Answer::TooMany(wait)).await;
        let confirmation = app.message("B-1", "confirmation").await;
        assert_eq!(
            (confirmation.state, app.tries(&confirmation.message_id).await),
            (State::Planned, 0)
        );
        assert!(confirmation.due_at.since(app.now()).num_seconds() >= least, "{wait:?}");
        app.run_until("2026-12-01 09:05").await;
        assert_eq!(provider(&app).messages().len(), 1);
        assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
    }
}

#[tokio::test]
async fn what_the_provider_stored_without_a_clear_answer_is_adopted_and_not_sent_again() {
    for answer in [
        Answer::StoreThen500,
        Answer::StoreThenHang,
        Answer::StoreThenCut,
        Answer::Raw(201, "text/html", "<p>ok"),
    ] {
        let stored = !matches!(answer, Answer::Raw(..));
        let app = answered(answer.clone()).await;
        assert_eq!(app.state("B-1", "confirmation").await, State::Unknown, "{answer:?}");
        app.run_until("2026-12-01 12:00").await;
        let confirmation = app.message("B-1", "confirmation").await;
        assert_eq!(confirmation.state, State::Accepted, "{answer:?}");
        let messages = provider(&app).messages();
        assert_eq!(
            messages.len(),
            1,
            "{answer:?}: adopted, or sent once where nothing was stored"
        );
        let attempts = app.attempts(&confirmation.message_id).await;
        assert_eq!(
            attempts.last().unwrap().provider_id.as_deref(),
            Some(messages[0].sid.as_str())
        );
        assert_eq!(attempts.len(), if stored { 1 } else { 2 }, "{answer:?}");
    }
}

#[tokio::test]
async fn what_the_provider_never_got_is_sent_again_once() {
    let app = answered(Answer::Cut).await;
    app.run_until("2026-12-01 09:02").await;
    assert_eq!(
        provider(&app).messages().len(),
        0,
        "not before it was asked twice, minutes apart"
    );
    app.run_until("2026-12-01 09:10").await;
    assert_eq!(provider(&app).messages().len(), 1);
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn what_stays_in_doubt_after_one_more_try_is_left_to_a_person() {
    let app = answered(Answer::Cut).await;
    provider(&app).always(Answer::Cut);
    app.run_until("2026-12-02 09:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(confirmation.state, State::Failed);
    assert_eq!(app.attempts(&confirmation.message_id).await.len(), 2);
}

#[tokio::test]
async fn receipts_in_any_order_and_number_end_in_delivered() {
    let orders: [&[&str]; 5] = [
        &["queued", "sending", "sent", "delivered"],
        &["delivered", "sent", "queued"],
        &["sent", "sent", "delivered", "delivered", "sent"],
        &["delivered", "undelivered"],
        &["sent", "delivered", "read"],
    ];
    for order in orders {
        let app = answered(Answer::Accept).await;
        let sid = provider(&app).messages()[0].sid.clone();
        let attempt = attempt_id(&app).await;
        for status in order {
            let code = (*status == "undelivered").then_some(30005);
            app.receive_status(&attempt, &sid, status, code).await;
        }
        assert_eq!(app.state("B-1", "confirmation").await, State::Delivered, "{order:?}");
        assert_eq!(provider(&app).messages().len(), 1);
        assert_eq!(app.sent(), [], "no mail besides");
    }
}

async fn attempt_id(app: &TestApp) -> String {
    let message = app.message("B-1", "confirmation").await.message_id;
    app.attempts(&message).await[0].id.clone()
}

#[tokio::test]
async fn a_receipt_that_comes_before_the_answer_settles_the_message() {
    for (status, code, state) in [
        ("sent", None, State::Accepted),
        ("delivered", None, State::Delivered),
        ("undelivered", Some(30005), State::Accepted),
    ] {
        let app = answered(Answer::StoreThenCut).await;
        let sid = provider(&app).messages()[0].sid.clone();
        let attempt = attempt_id(&app).await;
        app.receive_status(&attempt, &sid, status, code).await;
        app.dispatch().await;
        let confirmation = app.message("B-1", "confirmation").await;
        assert_eq!(confirmation.state, state, "{status}");
        let first = app.attempts(&confirmation.message_id).await[0].clone();
        assert_eq!(first.provider_id.as_deref(), Some(sid.as_str()), "{status}");
        app.run_until("2026-12-01 12:00").await;
        assert_eq!(provider(&app).messages().len(), 1, "{status}: never a second text");
        assert_eq!(
            app.sent().len(),
            usize::from(code.is_some()),
            "{status}: a mail where the text did not arrive"
        );
    }
}

#[tokio::test]
async fn every_code_of_a_late_failure_leads_where_it_should() {
    for (code, state, reason) in [
        (Some(21610), State::Skipped, Some(Reason::OptedOut)),
        (Some(30004), State::Skipped, Some(Reason::OptedOut)),
        (Some(30003), State::Planned, None),
        (Some(30005), State::Accepted, None),
        (Some(30006), State::Accepted, None),
        (Some(30007), State::Failed, None),
        (Some(30034), State::Planned, None),
        (Some(99999), State::Accepted, None),
        (None, State::Accepted, None),
    ] {
        let app = answered(Answer::Accept).await;
        let sid = provider(&app).messages()[0].sid.clone();
        app.receive_status(&attempt_id(&app).await, &sid, "undelivered", code)
            .await;
        app.dispatch().await;
        let confirmation = app.message("B-1", "confirmation").await;
        assert_eq!((confirmation.state, confirmation.reason), (state, reason), "{code:?}");
        assert_eq!(
            app.sent().len(),
            usize::from(state == State::Accepted),
            "{code:?}: a mail follows"
        );
    }
}

#[tokio::test]
async fn a_receipt_with_a_wrong_signature_or_about_nobody_changes_nothing() {
    let app = answered(Answer::Accept).await;
    let sid = provider(&app).messages()[0].sid.clone();
    let attempt = attempt_id(&app).await;
    assert_eq!(
        app.post_status(&attempt, &sid, "delivered", None, "guessed").await,
        StatusCode::FORBIDDEN
    );
    app.receive_status(&attempt, "SM-of-somebody-else", "delivered", None)
        .await;
    app.receive_status("no-such-attempt", "SM-unknown", "delivered", None)
        .await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn a_receipt_that_does_not_come_is_asked_for() {
    let app = answered(Answer::Accept).await;
    let sid = provider(&app).messages()[0].sid.clone();
    provider(&app).set_status(&sid, "delivered", None);
    app.run_until("2026-12-01 10:05").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Delivered);
}

#[tokio::test]
async fn a_text_in_doubt_that_was_found_is_asked_about_when_its_receipt_does_not_come() {
    let app = answered(Answer::StoreThen500).await;
    app.run_until("2026-12-01 09:05").await;
    let sid = provider(&app).messages()[0].sid.clone();
    provider(&app).set_status(&sid, "undelivered", Some(30005));
    app.run_until("2026-12-01 12:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    let states: Vec<_> = app
        .attempts(&confirmation.message_id)
        .await
        .iter()
        .map(|attempt| attempt.state)
        .collect();
    assert_eq!(states, [AttemptState::Rejected, AttemptState::Accepted]);
    assert_eq!(app.sent().len(), 1, "a mail in its place");
}
