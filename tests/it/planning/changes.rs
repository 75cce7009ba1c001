//! What becomes of messages when their item changes.

use daybefore::domain::message::{Reason, State};
use insta::assert_snapshot;

use crate::support::test_app::{EMAIL, PHONE, TestApp};

#[tokio::test]
async fn a_moved_visit_that_was_announced_gets_a_correction_and_a_new_reminder() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book("B-1", "2026-12-17 11:00").await;
    app.run_until("2026-12-18 00:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-01 09:00  B-1/1 confirmation: accepted sms
    2026-12-02 12:00  B-1/2 changed: accepted sms
    2026-12-14 17:00  B-1/1 day-before: skipped superseded
    2026-12-16 17:00  B-1/2 day-before: accepted sms
    ");
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:00 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-16 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Thursday, December 17, at 11:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn a_moved_visit_that_was_not_announced_yet_is_confirmed_at_its_new_time_only() {
    let app = TestApp::garage().at("2026-12-01 22:00").start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book("B-1", "2026-12-17 11:00").await;
    app.run_until("2026-12-02 12:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-02 08:00  B-1/1 confirmation: skipped superseded
    2026-12-02 08:00  B-1/2 confirmation: accepted sms
    2026-12-14 17:00  B-1/1 day-before: skipped superseded
    2026-12-16 17:00  B-1/2 day-before: planned sms
    ");
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_visit_that_is_moved_back_before_the_correction_left_is_not_spoken_of() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 22:00").await;
    app.book("B-1", "2026-12-17 11:00").await;
    app.advance_to("2026-12-02 22:10");
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-20 00:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-01 09:00  B-1/1 confirmation: accepted sms
    2026-12-03 08:00  B-1/2 changed: skipped superseded
    2026-12-14 17:00  B-1/1 day-before: skipped superseded
    2026-12-14 17:00  B-1/3 day-before: accepted sms
    2026-12-16 17:00  B-1/2 day-before: skipped superseded
    ");
    assert_eq!(app.sent().len(), 2, "confirmation and reminder");
}

#[tokio::test]
async fn a_visit_that_is_moved_back_after_the_correction_left_is_corrected_again() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book("B-1", "2026-12-17 11:00").await;
    app.run_until("2026-12-02 13:00").await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 14:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:00 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-02 13:00 sms to +491713920012: Garage Müller: new time for your visit: Tuesday, December 15, 9:00 AM (was Thursday, December 17, 11:00 AM).
    ");
}

#[tokio::test]
async fn a_cancelled_visit_that_was_announced_is_taken_back_once() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.run_until("2026-12-03 12:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.replan().await;
    app.run_until("2026-12-20 12:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2026-12-01 09:00  B-1/1 confirmation: accepted sms
    2026-12-02 12:00  B-1/2 cancelled: accepted sms
    2026-12-14 17:00  B-1/1 day-before: skipped item_cancelled
    ");
    assert_eq!(app.sent().len(), 2);
}

#[tokio::test]
async fn a_cancelled_visit_that_was_never_announced_is_not_spoken_of() {
    let app = TestApp::garage().at("2026-12-01 22:00").start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.sent(), []);
    assert!(
        app.plan()
            .await
            .iter()
            .all(|line| line.reason == Some(Reason::ItemCancelled))
    );
}

#[tokio::test]
async fn a_cancelled_visit_that_is_booked_again_is_confirmed_again() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.run_until("2026-12-03 12:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "booked").await;
    app.run_until("2026-12-15 12:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:00 sms to +491713920012: Garage Müller: your visit on Tuesday, December 15, at 9:00 AM (Oil change) is cancelled.
    2026-12-03 12:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-14 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn a_visit_that_is_cancelled_and_made_anew_under_another_id_is_not_left_cancelled_in_the_customers_mind() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    app.book_as("B-1", "2026-12-02 09:00", "cancelled").await;
    app.run_until("2026-12-01 17:30").await;
    app.book("B-2", "2026-12-02 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you tomorrow, Wednesday, December 2, at 9:00 AM (Oil change).
    2026-12-01 10:00 sms to +491713920012: Garage Müller: your visit tomorrow, Wednesday, December 2, at 9:00 AM (Oil change) is cancelled.
    2026-12-01 17:30 sms to +491713920012: Garage Müller: thank you for booking. See you tomorrow, Wednesday, December 2, at 9:00 AM (Oil change).
    ");
    assert_eq!(app.state("B-2", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn a_finished_visit_silences_its_reminder() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    for (status, silenced) in [
        ("in_progress", true),
        ("booked", false),
        ("no_show", true),
        ("booked", false),
    ] {
        app.book_as("B-1", "2026-12-15 09:00", status).await;
        let expected = silenced.then_some(Reason::ItemDone);
        assert_eq!(app.message("B-1", "day-before").await.reason, expected, "{status}");
    }
}

#[tokio::test]
async fn a_visit_that_was_completed_by_mistake_is_not_asked_about() {
    let app = TestApp::garage().start().await;
    app.book_as("B-1", "2026-12-02 09:00", "completed").await;
    app.book_as("B-1", "2026-12-02 09:00", "booked").await;
    assert_eq!(
        app.message("B-1", "satisfaction").await.reason,
        Some(Reason::Superseded)
    );
    app.book_as("B-1", "2026-12-02 09:00", "completed").await;
    assert_eq!(app.state("B-1", "satisfaction").await, State::Planned);
}

#[tokio::test]
async fn a_pending_change_holds_the_reminder_until_it_is_settled() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "change_requested").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    app.book_as("B-1", "2026-12-15 09:00", "confirmed").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}

#[tokio::test]
async fn a_visit_that_the_desk_moves_is_open_again_though_its_file_has_no_status() {
    for asked in ["change_requested", "confirmed"] {
        let app = TestApp::garage().start().await;
        app.book_as("B-1", "2026-12-15 09:00", asked).await;
        app.run_until("2026-12-02 12:00").await;
        app.book("B-1", "2026-12-17 11:00").await;
        app.run_until("2026-12-18 00:00").await;
        assert_eq!(
            app.state("B-1", "day-before").await,
            State::Accepted,
            "{asked}: a yes or a wish was for the old time"
        );
    }
}

#[tokio::test]
async fn importing_the_same_file_again_changes_nothing() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let before = app.plan_lines().await;
    let again = app.book("B-1", "2026-12-15 09:00").await;
    assert_eq!((again.unchanged, again.changed, again.added), (1, 0, 0));
    assert_eq!(app.plan_lines().await, before);
    app.run_until("2026-12-16 00:00").await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.replan().await;
    app.run_until("2026-12-17 00:00").await;
    assert_eq!(app.sent().len(), 2);
}

#[tokio::test]
async fn a_row_that_is_missing_from_a_later_file_is_no_cancellation() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book("B-2", "2026-12-16 09:00").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
}

#[tokio::test]
async fn a_visit_that_goes_over_to_another_customer_is_told_to_that_one_as_new() {
    let app = TestApp::garage().start().await;
    let row = |name: &str, phone: &str, starts: &str| {
        format!("external_id,name,phone,starts_at\nB-1,{name},{phone},{starts}\n")
    };
    app.import_bookings(&row("Ana Košir", PHONE, "2026-12-15 09:00")).await;
    app.run_until("2026-12-02 12:00").await;
    app.import_bookings(&row("Ben Maier", "+491713920013", "2026-12-15 09:00"))
        .await;
    app.run_until("2026-12-03 12:00").await;
    app.import_bookings(&row("Ben Maier", "+491713920013", "2026-12-16 09:00"))
        .await;
    app.run_until("2026-12-17 12:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM.
    2026-12-02 12:00 sms to +491713920013: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM.
    2026-12-03 12:00 sms to +491713920013: Garage Müller: new time for your visit: Wednesday, December 16, 9:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-15 17:00 sms to +491713920013: Garage Müller: see you tomorrow, Wednesday, December 16, at 9:00 AM. Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn edited_rules_are_planned_again_and_repeat_nothing_that_was_sent() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    let preset = daybefore::domain::rule::Rules::preset("garage").unwrap();
    let edited = preset
        .replace(r#"days = -1, at = "17:00""#, r#"days = -2, at = "12:00""#)
        .replace("\"confirmation\"", "\"welcome\"");
    let rules = daybefore::domain::rule::Rules::parse(&edited).unwrap();
    let mut tx = app.app.store().write().await.unwrap();
    daybefore::store::rule::replace(&mut tx, crate::support::test_app::BUSINESS, &rules)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let planning = app.replan().await;
    assert_eq!((planning.moved, planning.planned), (1, 0));
    app.run_until("2026-12-16 12:00").await;
    assert_snapshot!(app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-13 12:00 sms to +491713920012: Garage Müller: see you on Tuesday, December 15, at 9:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn a_message_that_a_person_holds_stays_held_when_its_item_moves_on_the_clock() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let reminder = app.message("B-1", "day-before").await;
    assert!(app.operator_holds(&reminder.message_id, true).await);
    app.import_bookings(&format!(
        "external_id,name,phone,email,starts_at,service\nB-1,Ana Košir,{PHONE},{EMAIL},2026-12-15 09:00,Brakes\n"
    ))
    .await;
    app.replan().await;
    app.run_until("2026-12-14 18:00").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    assert!(app.operator_holds(&reminder.message_id, false).await);
    app.run_until("2026-12-14 18:01").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Accepted);
}
