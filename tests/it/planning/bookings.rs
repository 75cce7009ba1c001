//! The rules of a garage: when each message of a visit goes.

use daybefore::domain::message::{Reason, State};
use insta::assert_snapshot;

use crate::support::test_app::TestApp;

#[tokio::test]
async fn a_visit_is_confirmed_at_once_and_reminded_of_the_day_before_at_five() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-01 09:00  B-1/1 confirmation: planned sms
    2026-12-14 17:00  B-1/1 day-before: planned sms
    ");
}

#[tokio::test]
async fn what_the_customer_of_a_visit_reads_from_booking_to_survey() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-15 11:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "completed").await;
    app.run_until("2026-12-20 00:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-14 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM (Oil change). Reply C to confirm, R to change.
    2026-12-16 10:00 sms to +491713920012: Garage Müller: thank you for your visit. Was everything all right? Reply 1 to 5 (1 = bad, 5 = great).
    ");
    assert!(app.plan().await.iter().all(|line| line.state == State::Accepted));
}

#[tokio::test]
async fn a_visit_booked_inside_the_lead_time_gets_the_confirmation_only() {
    let app = TestApp::garage().at("2026-12-14 17:01").start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-15 09:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-14 17:00  B-1/1 day-before: skipped too_late
    2026-12-14 17:01  B-1/1 confirmation: accepted sms
    ");
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_visit_that_is_over_when_we_hear_of_it_is_not_spoken_of() {
    let app = TestApp::garage().at("2026-12-14 17:01").start().await;
    app.book("B-1", "2026-12-14 09:00").await;
    app.run_until("2026-12-20 09:00").await;
    assert_eq!(app.sent(), []);
    assert!(app.plan().await.iter().all(|line| line.reason == Some(Reason::TooLate)));
}

#[tokio::test]
async fn what_falls_into_the_night_waits_for_the_morning() {
    let app = TestApp::garage().at("2026-12-13 22:30").start().await;
    app.book("B-1", "2026-12-16 09:00").await;
    assert_eq!(
        app.message("B-1", "confirmation").await.due_local,
        "2026-12-14T08:00:00"
    );
}

#[tokio::test]
async fn what_would_come_too_late_in_the_morning_goes_the_evening_before() {
    let rules = r#"
        [[rule]]
        id = "two-hours"
        about = "booking"
        when = { hours = -2 }
        channels = ["sms"]
        template = "booking_reminder"
        purpose = "service"
        useful_until = { hours = -1 }
    "#;
    let app = TestApp::garage().rules(rules).start().await;
    app.book("B-1", "2026-12-15 08:30").await;
    app.book("B-2", "2026-12-15 09:00").await;
    app.book("B-3", "2026-12-15 12:00").await;
    assert_eq!(
        app.message("B-1", "two-hours").await.due_local,
        "2026-12-14T20:00:00",
        "useful until 7:30"
    );
    assert_eq!(
        app.message("B-2", "two-hours").await.due_local,
        "2026-12-15T08:00:00",
        "useful until 8:00"
    );
    assert_eq!(
        app.message("B-3", "two-hours").await.due_local,
        "2026-12-15T10:00:00",
        "in hours"
    );
}

#[tokio::test]
async fn what_was_learnt_after_closing_and_is_useless_by_opening_is_skipped() {
    let app = TestApp::garage().at("2026-12-14 22:00").start().await;
    app.book("B-1", "2026-12-15 08:30").await;
    app.run_until("2026-12-15 12:00").await;
    assert_eq!(app.message("B-1", "confirmation").await.reason, Some(Reason::TooLate));
    assert_eq!(app.sent(), []);
}

#[tokio::test]
async fn a_survey_that_falls_on_a_sunday_waits_until_noon() {
    let app = TestApp::garage().at("2026-12-12 08:00").start().await;
    app.book_as("B-1", "2026-12-12 09:00", "booked").await;
    app.advance_to("2026-12-12 12:00");
    app.book_as("B-1", "2026-12-12 09:00", "completed").await;
    assert_eq!(
        app.message("B-1", "satisfaction").await.due_local,
        "2026-12-13T12:00:00"
    );
}

#[tokio::test]
async fn a_holiday_moves_a_reminder_to_the_evening_before_it_where_the_morning_is_too_late() {
    let app = TestApp::garage()
        .holiday("2026-12-25")
        .holiday("2026-12-26")
        .start()
        .await;
    app.book("early", "2026-12-27 08:30").await;
    app.book("late", "2026-12-27 15:00").await;
    assert_eq!(
        app.message("early", "day-before").await.due_local,
        "2026-12-24T20:00:00"
    );
    assert_eq!(app.message("late", "day-before").await.due_local, "2026-12-27T08:00:00");
}

#[tokio::test]
async fn holidays_without_end_are_too_late_and_not_a_loop() {
    let mut setup = TestApp::garage();
    for day in 1..=28 {
        for month in ["2026-12", "2027-01", "2027-02"] {
            setup = setup.holiday(&format!("{month}-{day:02}"));
        }
    }
    for day in [
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-29",
        "2027-01-30",
        "2027-01-31",
    ] {
        setup = setup.holiday(day);
    }
    let app = setup.start().await;
    app.book("B-1", "2027-01-20 09:00").await;
    assert!(app.plan().await.iter().all(|line| line.reason == Some(Reason::TooLate)));
}

#[tokio::test]
async fn the_plan_shows_each_message_once_and_each_skipped_one_with_one_reason() {
    let app = TestApp::garage().start().await;
    for day in 2..=30 {
        app.book(&format!("B-{day}"), &format!("2026-12-{day:02} 09:00")).await;
    }
    app.run_until("2026-12-10 12:00").await;
    app.book_as("B-20", "2026-12-20 09:00", "cancelled").await;
    app.book("B-21", "2026-12-22 09:00").await;
    let plan = app.plan().await;
    let mut identities: Vec<_> = plan
        .iter()
        .map(|line| (&line.item, &line.rule, &line.customer))
        .collect();
    identities.sort_by_key(|(item, rule, customer)| (item.external_id.clone(), item.revision, *rule, *customer));
    let all = identities.len();
    identities.dedup();
    assert_eq!(identities.len(), all);
    for line in &plan {
        assert_eq!(line.state == State::Skipped, line.reason.is_some(), "{line:?}");
        assert_eq!(
            line.state == State::Skipped,
            line.channel.is_none() || line.reason.is_some(),
            "{line:?}"
        );
    }
}
