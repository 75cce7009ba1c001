//! After an outage: what is still of use goes, once, in hours, and never with yesterday's words.

use daybefore::domain::message::{Reason, State};
use insta::assert_snapshot;

use crate::support::test_app::TestApp;

#[tokio::test]
async fn a_reminder_that_an_outage_held_up_says_today_on_the_day() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 14:00").await;
    app.run_until("2026-12-13 22:00").await;
    app.advance_to("2026-12-15 10:00");
    let app = app.restart().await;
    app.run_until("2026-12-15 15:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 2:00 PM (Oil change).
    2026-12-15 10:00 sms to +491713920012: Garage Müller: see you today, Tuesday, December 15, at 2:00 PM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn after_an_outage_of_36_hours_the_last_word_on_a_visit_speaks_for_all() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 14:00").await;
    app.run_until("2026-12-13 21:00").await;
    app.book("B-1", "2026-12-15 16:00").await;
    app.advance_to("2026-12-15 09:00");
    let app = app.restart().await;
    app.run_until("2026-12-16 00:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-01 09:00  B-1/1 confirmation: accepted sms
    2026-12-14 08:00  B-1/2 changed: skipped superseded
    2026-12-14 17:00  B-1/1 day-before: skipped superseded
    2026-12-14 17:00  B-1/2 day-before: accepted sms
    ");
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 2:00 PM (Oil change).
    2026-12-15 09:00 sms to +491713920012: Garage Müller: see you today, Tuesday, December 15, at 4:00 PM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn an_outage_that_ends_at_night_wakes_nobody() {
    let app = TestApp::garage().start().await;
    app.book("early", "2026-12-15 08:30").await;
    app.book("late", "2026-12-15 15:00").await;
    app.run_until("2026-12-13 22:00").await;
    app.advance_to("2026-12-15 03:00");
    let app = app.restart().await;
    app.run_until("2026-12-15 16:00").await;
    assert_eq!(app.message("early", "day-before").await.reason, Some(Reason::TooLate));
    assert_eq!(app.state("late", "day-before").await, State::Accepted);
    let last = app.sent().pop().unwrap();
    assert_eq!(app.local(last.at), "2026-12-15 08:00");
}

#[tokio::test]
async fn a_cancelled_visit_is_named_by_the_time_that_the_customer_knows() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 14:00").await;
    app.dispatch().await;
    app.advance_to("2026-12-03 09:00");
    app.book("B-1", "2026-12-16 14:00").await;
    app.book_as("B-1", "2026-12-16 14:00", "cancelled").await;
    app.run_until("2026-12-20 09:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 2:00 PM (Oil change).
    2026-12-03 09:00 sms to +491713920012: Garage Müller: your visit on Tuesday, December 15, at 2:00 PM (Oil change) is cancelled.
    ");
}
