//! Undoing: the customer notices nothing, or the user is told the truth.

use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::State;
use daybefore::outbound::erasure::erase;
use insta::assert_snapshot;

use super::announced;
use crate::support::test_app::TestApp;
use crate::support::visits::{Desk, hidden};

#[tokio::test]
async fn a_move_that_is_undone_in_time_leaves_no_trace_with_the_customer() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(110).await;
    let page = desk.undoes("B-1").await;
    assert!(page.text().contains("Undone: it is as it was."), "{}", page.text());
    let booking = desk.booking("B-1").await;
    assert_eq!(booking.starts.to_string(), "2026-12-15T09:00");
    assert_eq!(
        booking.revision, 3,
        "a revision that only the desk has seen is never used again"
    );
    desk.app.run_until("2026-12-20 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-14 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Tuesday, December 15, at 9:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn a_cancellation_that_is_undone_loses_no_reminder_that_fell_due_meanwhile() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-14 16:59").await;
    desk.becomes("B-1", "cancelled").await;
    desk.wait(90).await;
    desk.undoes("B-1").await;
    desk.wait(1).await;
    assert_eq!(desk.app.state("B-1", "day-before").await, State::Accepted);
    // The answer to it counts, too.
    desk.app.customer_replies("C").await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Confirmed);
    desk.app.run_until("2026-12-20 00:00").await;
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn a_reminder_that_was_sent_before_the_slip_is_not_sent_again_and_its_answer_counts() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-14 18:00").await;
    assert_eq!(desk.app.sent().len(), 2);
    desk.becomes("B-1", "cancelled").await;
    desk.wait(30).await;
    desk.undoes("B-1").await;
    desk.app.customer_replies("C").await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Confirmed);
    desk.app.run_until("2026-12-20 00:00").await;
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn undoing_does_not_outlive_a_restart_nor_is_it_lost_by_one() {
    let mut desk = announced().await;
    desk.becomes("B-1", "cancelled").await;
    let Desk { app, eva } = desk;
    let app = app.restart().await;
    app.dispatch().await;
    assert_eq!(app.sent().len(), 1, "the notice waits in its row");
    let mut desk = Desk { app, eva };
    desk.wait(60).await;
    desk.app.replan().await;
    desk.app.dispatch().await;
    assert_eq!(desk.app.sent().len(), 1, "also when everything is planned again");
    desk.undoes("B-1").await;
    desk.app.run_until("2026-12-03 00:00").await;
    assert_eq!(desk.app.sent().len(), 1);

    desk.becomes("B-1", "cancelled").await;
    let Desk { app, eva } = desk;
    let app = app.restart().await;
    let desk = Desk { app, eva };
    desk.app.run_until("2026-12-04 00:00").await;
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn the_page_says_until_when_by_the_clock_it_can_be_undone() {
    let mut desk = announced().await;
    let until = desk.app.now() + chrono::TimeDelta::seconds(120);
    let page = desk.becomes("B-1", "cancelled").await;
    let clock = desk.app.local(until);
    let (_, clock) = clock.split_once(' ').expect("a day and a time");
    let said = format!("It can be undone until {clock}:00 by the clock.");
    assert!(page.text().contains(&said), "{said}: {}", page.text());
}

#[tokio::test]
async fn after_the_time_it_is_not_offered_and_not_done() {
    let mut desk = announced().await;
    let page = desk.becomes("B-1", "cancelled").await;
    let (_, change) = hidden(&page).into_iter().find(|(name, _)| name == "change").unwrap();
    let id = desk.booking("B-1").await.id;
    // The message waits: its sender is stopped. The time is over all the same.
    desk.app
        .clock
        .advance_to(desk.app.now() + chrono::TimeDelta::seconds(120));
    let page = desk.eva.get(&desk.app, &format!("/bookings/{id}")).await;
    assert!(!page.text().contains("It can be undone"), "{}", page.text());
    let page = desk.presses_undo(&id, &change).await;
    assert!(page.text().contains("The time to undo it is over."), "{}", page.text());
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
}

#[tokio::test]
async fn whoever_presses_undo_when_the_notice_has_left_is_told_so() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.run_until("2026-12-02 08:59").await;
    let mut desk = Desk::of(app).await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    let (_, change) = hidden(&preview).into_iter().find(|(name, _)| name == "change").unwrap();
    desk.presses_save(&path, &preview).await;
    desk.app.dispatch().await;
    let id = desk.booking("B-1").await.id;
    let page = desk.presses_undo(&id, &change).await;
    assert!(
        page.text().contains("a message about it has left already"),
        "{}",
        page.text()
    );
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
}

#[tokio::test]
async fn two_who_undo_the_same_do_it_once() {
    let mut desk = announced().await;
    let page = desk.moves("B-1", "2026-12-17", "11:00").await;
    let (_, change) = hidden(&page).into_iter().find(|(name, _)| name == "change").unwrap();
    let id = desk.booking("B-1").await.id;
    assert!(desk.presses_undo(&id, &change).await.text().contains("Undone"));
    let again = desk.presses_undo(&id, &change).await;
    assert!(again.text().contains("It was undone already."), "{}", again.text());
    assert_eq!(desk.booking("B-1").await.revision, 3);
}

#[tokio::test]
async fn what_the_customer_has_answered_meanwhile_is_not_undone() {
    let mut desk = announced().await;
    let page = desk.moves("B-1", "2026-12-17", "11:00").await;
    let (_, change) = hidden(&page).into_iter().find(|(name, _)| name == "change").unwrap();
    desk.app.book("B-1", "2026-12-18 08:00").await;
    let id = desk.booking("B-1").await.id;
    let page = desk.presses_undo(&id, &change).await;
    assert!(page.text().contains("it was changed again since"), "{}", page.text());
    assert_eq!(desk.booking("B-1").await.starts.to_string(), "2026-12-18T08:00");
}

#[tokio::test]
async fn a_change_after_an_undone_one_is_told_as_it_is() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.undoes("B-1").await;
    desk.moves("B-1", "2026-12-18", "08:00").await;
    desk.app.run_until("2026-12-19 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: new time for your visit: Friday, December 18, 8:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-17 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Friday, December 18, at 8:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn two_changes_in_a_row_are_undone_one_after_the_other() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.moves("B-1", "2026-12-18", "08:00").await;
    desk.undoes("B-1").await;
    assert_eq!(desk.booking("B-1").await.starts.to_string(), "2026-12-17T11:00");
    desk.app.run_until("2026-12-02 13:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    ");
}

#[tokio::test]
async fn a_visit_that_is_cancelled_from_the_inbox_can_be_undone_and_the_row_is_open_again() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-14 17:30").await;
    desk.app.customer_replies("please cancel my appointment").await;
    let row = desk.app.inbox().await.remove(0);
    let answer = desk
        .send(&format!("/inbox/{}", row.id), &[("act", "cancel"), ("note", "")])
        .await;
    let id = desk.booking("B-1").await.id;
    assert!(
        answer.header("location").starts_with(&format!("/bookings/{id}")),
        "{}",
        answer.header("location")
    );
    desk.wait(60).await;
    assert_eq!(desk.app.sent().len(), 2, "not cancelled for the customer yet");
    desk.undoes("B-1").await;
    assert_eq!(desk.app.inbox_kinds().await, [row.kind], "somebody must still answer");
    assert_ne!(row.kind, DeskKind::VisitCancelled);
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::ChangeRequested);
    desk.app.run_until("2026-12-20 00:00").await;
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn what_the_customer_does_is_as_fast_as_before() {
    let desk = announced().await;
    desk.app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    desk.app.dispatch().await;
    assert_eq!(desk.app.sent().len(), 2, "an import's notice waits for nobody");
}

#[tokio::test]
async fn whoever_presses_undo_while_a_notice_is_claimed_gets_one_of_two_whole_answers() {
    // The notice is due at the very moment: the claim and the undoing take turns in the database, whichever comes first.
    for seconds in [119, 120] {
        let mut desk = announced().await;
        let page = desk.becomes("B-1", "cancelled").await;
        let (_, change) = hidden(&page).into_iter().find(|(name, _)| name == "change").unwrap();
        let id = desk.booking("B-1").await.id;
        let csrf = desk.eva.csrf(&desk.app).await;
        desk.app
            .clock
            .advance_to(desk.app.now() + chrono::TimeDelta::seconds(seconds));
        let path = format!("/bookings/{id}/undo");
        let fields = [("csrf", csrf.as_str()), ("change", change.as_str())];
        let (answer, ()) = tokio::join!(desk.eva.post(&desk.app, &path, &fields), desk.app.dispatch());
        let undone = answer.header("location").ends_with("said=undone");
        desk.wait(600).await;
        let told = desk.app.sent().len() == 2;
        assert_ne!(undone, told, "{seconds}: {}", answer.header("location"));
        let stands = desk.booking("B-1").await.status == BookingStatus::Booked;
        assert_eq!(stands, undone, "{seconds}");
    }
}

#[tokio::test]
async fn an_old_row_of_a_file_in_the_time_to_undo_changes_nothing() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(60).await;
    desk.app.book("B-1", "2026-12-15 09:00").await;
    desk.app.dispatch().await;
    assert_eq!(desk.app.sent().len(), 1);
    desk.undoes("B-1").await;
    desk.app.book("B-1", "2026-12-15 09:00").await;
    desk.app.run_until("2026-12-03 00:00").await;
    assert_eq!(desk.app.sent().len(), 1, "{}", desk.app.conversation());
}

#[tokio::test]
async fn whoever_is_erased_is_erased_from_what_was_changed() {
    let app = TestApp::garage().start().await;
    let rows = "external_id,name,phone,starts_at,vehicle\nB-1,Ana,0171 3920012,2026-12-15 09:00,B-XY 1789\n";
    app.import_bookings(rows).await;
    let mut desk = Desk::of(app).await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    assert!(desk.app.dump().await.contains("B-XY 1789"));
    let customer = desk.booking("B-1").await.customer_id;
    erase(&desk.app.app.dispatcher, &customer, desk.app.now())
        .await
        .unwrap();
    let dump = desk.app.dump().await;
    assert!(!dump.contains("B-XY 1789"), "{dump}");
    let page = desk
        .eva
        .get(&desk.app, &format!("/bookings/{}", desk.booking("B-1").await.id))
        .await;
    assert!(!page.text().contains("It can be undone"), "{}", page.text());
}
