//! One question at a time for each number: two vehicles or two people on it never get each other's answer.

use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::question::QuestionState;
use daybefore::domain::rule::Rules;
use daybefore::store;

use crate::support::test_app::{PHONE, TestApp};
use crate::support::texting::asked_how_it_was;

/// Ana's Golf and Ben's Polo tomorrow, both known by one phone and due for their reminder at five.
async fn two_vehicles() -> TestApp {
    let app = TestApp::garage().start().await;
    let header = "external_id,customer_id,name,phone,vehicle,starts_at";
    app.import_known_bookings(&format!(
        "{header}\nB-1,C-1,Ana,{PHONE},Golf,2026-12-15 09:00\nB-2,C-2,Ben,{PHONE},Polo,2026-12-15 10:00\n"
    ))
    .await;
    app
}

fn texts(app: &TestApp) -> Vec<(String, String)> {
    app.sent()
        .iter()
        .map(|sent| (app.local(sent.at), sent.text.clone()))
        .collect()
}

/// Which of the two was asked about first, and which waits: both are due at the same moment.
fn in_turn(app: &TestApp) -> [&'static str; 2] {
    if texts(app)[0].1.contains("Golf") {
        ["B-1", "B-2"]
    } else {
        ["B-2", "B-1"]
    }
}

#[tokio::test]
async fn the_second_waits_for_the_answer_to_the_first_and_then_asks() {
    let app = two_vehicles().await;
    app.run_until("2026-12-14 17:10").await;
    assert_eq!(texts(&app).len(), 1, "{:?}", texts(&app));
    let [first, second] = in_turn(&app);
    app.customer_replies("C").await;
    app.dispatch().await;
    let sent = texts(&app);
    assert_eq!(sent.len(), 2, "it goes as soon as the number is free");
    assert!(sent[1].1.contains("Reply C"), "{}", sent[1].1);
    assert_eq!(app.booking_status(first).await, BookingStatus::Confirmed);
    assert_eq!(app.booking_status(second).await, BookingStatus::Booked);
    app.customer_replies("R").await;
    assert_eq!(app.booking_status(first).await, BookingStatus::Confirmed);
    assert_eq!(app.booking_status(second).await, BookingStatus::ChangeRequested);
}

#[tokio::test]
async fn the_second_goes_without_its_question_after_an_hour() {
    let app = two_vehicles().await;
    app.run_until("2026-12-14 18:30").await;
    let sent = texts(&app);
    assert_eq!(sent.len(), 2, "{sent:?}");
    let [first, second] = in_turn(&app);
    assert_eq!(sent[1].0, "2026-12-14 18:00");
    assert!(!sent[1].1.contains("Reply C"), "{}", sent[1].1);
    let mut tx = app.app.store().read().await.expect("a transaction");
    let plain = app.message(second, "day-before").await;
    let question = store::question::of_message(&mut tx, &plain.message_id)
        .await
        .expect("read");
    assert_eq!(question, None);
    app.customer_replies("C").await;
    assert_eq!(
        app.booking_status(first).await,
        BookingStatus::Confirmed,
        "only this one asked for a letter"
    );
    assert_eq!(app.booking_status(second).await, BookingStatus::Booked);
}

#[tokio::test]
async fn words_that_may_mean_either_are_for_a_person() {
    for words in ["Yes, see you tomorrow", "I can't make it tomorrow, sorry"] {
        let app = two_vehicles().await;
        app.run_until("2026-12-14 18:30").await;
        app.customer_replies(words).await;
        assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked, "{words}");
        assert_eq!(app.booking_status("B-2").await, BookingStatus::Booked, "{words}");
        assert_eq!(app.inbox().await.len(), 1, "{words}");
    }
}

#[tokio::test]
async fn a_later_message_about_the_same_visit_takes_the_question_over() {
    let once_more = r#"
[[rule]]
id = "two-hours"
about = "booking"
when = { hours = -2 }
channels = ["sms"]
template = "booking_reminder"
purpose = "service"
asks = "confirm"
only_if = "not_confirmed"
useful_until = { hours = -1 }
"#;
    let rules = Rules::preset("garage").expect("a preset").to_owned() + once_more;
    let app = TestApp::garage().rules(&rules).start().await;
    app.book("B-1", "2026-12-15 11:00").await;
    app.run_until("2026-12-15 09:30").await;
    let states = [
        app.asked_by("B-1", "day-before").await.state,
        app.asked_by("B-1", "two-hours").await.state,
    ];
    assert_eq!(states, [QuestionState::Closed, QuestionState::Open]);
    app.customer_replies("C").await;
    assert_eq!(app.asked_by("B-1", "two-hours").await.state, QuestionState::Answered);
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);
}

#[tokio::test]
async fn a_question_that_reached_nobody_is_taken_back() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 12:00").await;
    app.sms.then(Outcome::Rejected {
        bad_address: false,
        failure: Failure {
            code: Some(30003),
            text: "unreachable".to_owned(),
        },
    });
    app.run_until("2026-12-14 17:00").await;
    let question = app.asked_by("B-1", "day-before").await;
    assert_eq!(question.channel.as_str(), "email");
    app.customer_replies("C").await;
    assert_eq!(
        app.booking_status("B-1").await,
        BookingStatus::Booked,
        "no text asked for a letter"
    );
}

#[tokio::test]
async fn a_rating_gives_way_to_a_letter_and_its_digit_still_counts() {
    let (app, _) = asked_how_it_was().await;
    app.book("B-2", "2026-12-17 09:00").await;
    app.run_until("2026-12-16 18:00").await;
    let rating = app.asked_by("B-1", "satisfaction").await;
    let letter = app.asked_by("B-2", "day-before").await;
    assert_eq!(
        (rating.state, letter.state),
        (QuestionState::Closed, QuestionState::Open)
    );
    app.customer_replies("5").await;
    assert_eq!(app.asked_by("B-1", "satisfaction").await.state, QuestionState::Answered);
    assert_eq!(
        app.booking_status("B-2").await,
        BookingStatus::Booked,
        "a digit confirms nothing"
    );
    app.customer_replies("C").await;
    assert_eq!(app.booking_status("B-2").await, BookingStatus::Confirmed);
    assert_eq!(app.inbox_kinds().await, Vec::<DeskKind>::new());
}

#[tokio::test]
async fn a_rating_waits_while_a_letter_is_asked() {
    let app = TestApp::garage().start().await;
    let header = "external_id,customer_id,name,phone,starts_at,status";
    app.import_known_bookings(&format!("{header}\nB-1,C-1,Ana,{PHONE},2026-12-15 09:00,\n"))
        .await;
    app.advance_to("2026-12-15 12:00");
    app.import_known_bookings(&format!(
        "{header}\nB-1,C-1,Ana,{PHONE},2026-12-15 09:00,completed\nB-2,C-2,Ben,{PHONE},2026-12-17 09:00,\n"
    ))
    .await;
    // The reminder of the 16th at five is asked before the rating, which was put off to the evening.
    app.advance_to("2026-12-16 17:00");
    app.dispatch().await;
    let asked: Vec<_> = texts(&app).into_iter().map(|(_, text)| text).collect();
    assert!(asked.iter().any(|text| text.contains("Reply C")), "{asked:?}");
    app.customer_replies("5").await;
    assert_eq!(app.booking_status("B-2").await, BookingStatus::Booked);
}
