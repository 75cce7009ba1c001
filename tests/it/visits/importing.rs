//! What came from a file and was changed at the desk: the old row leaves it alone, a new one wins.

use daybefore::domain::item::BookingStatus;
use daybefore::outbound::import::{ImportKind, RowResult};
use insta::assert_snapshot;

use super::announced;
use crate::support::test_app::{EMAIL, PHONE};

fn row(starts: &str, service: &str, status: &str) -> String {
    format!(
        "external_id,name,phone,email,service,starts_at,duration_minutes,status\n\
         B-1,Ana Košir,{PHONE},{EMAIL},{service},{starts},60,{status}\n"
    )
}

const OLD: &str = "2026-12-15 09:00";

#[tokio::test]
async fn an_old_row_does_not_move_a_visit_back_that_the_desk_has_moved() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(600).await;
    for status in ["", "booked"] {
        let (summary, _) = desk
            .app
            .import(ImportKind::Bookings, &row(OLD, "Oil change", status), false)
            .await;
        assert_eq!((summary.unchanged, summary.changed), (1, 0), "{status}");
    }
    desk.app.run_until("2026-12-18 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-16 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Thursday, December 17, at 11:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn an_old_row_does_not_bring_a_cancelled_visit_back_to_life() {
    let mut desk = announced().await;
    desk.becomes("B-1", "cancelled").await;
    desk.app.import_bookings(&row(OLD, "Oil change", "booked")).await;
    desk.wait(600).await;
    desk.app.import_bookings(&row(OLD, "Oil change", "booked")).await;
    desk.app.run_until("2026-12-20 00:00").await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn neither_does_one_that_was_cancelled_from_the_inbox() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-14 17:30").await;
    desk.app.customer_replies("please cancel my appointment").await;
    let inbox = desk.app.inbox().await.remove(0);
    desk.send(&format!("/inbox/{}", inbox.id), &[("act", "cancel")]).await;
    desk.wait(600).await;
    desk.app.import_bookings(&row(OLD, "Oil change", "booked")).await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
}

#[tokio::test]
async fn a_row_that_has_changed_since_wins_and_is_told() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(600).await;
    let (_, rows) = desk
        .app
        .import(ImportKind::Bookings, &row("2026-12-18 08:00", "Oil change", ""), false)
        .await;
    assert!(matches!(rows[0].result, RowResult::Changed(_)), "{rows:?}");
    // And the row that won is the old one from now on.
    desk.wait(600).await;
    desk.moves("B-1", "2026-12-21", "10:00").await;
    desk.app
        .import_bookings(&row("2026-12-18 08:00", "Oil change", ""))
        .await;
    desk.app.run_until("2026-12-03 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-02 12:10 sms to +491713920012: Garage Müller: new time for your visit: Friday, December 18, 8:00 AM (was Thursday, December 17, 11:00 AM).
    2026-12-02 12:22 sms to +491713920012: Garage Müller: new time for your visit: Monday, December 21, 10:00 AM (was Friday, December 18, 8:00 AM).
    ");
}

#[tokio::test]
async fn a_row_that_changes_one_thing_leaves_the_rest_to_the_desk() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(600).await;
    desk.app.import_bookings(&row(OLD, "Brakes", "booked")).await;
    let booking = desk.booking("B-1").await;
    assert_eq!(
        (booking.starts.to_string().as_str(), booking.service.as_deref()),
        ("2026-12-17T11:00", Some("Brakes"))
    );
    desk.wait(600).await;
    assert_eq!(desk.app.sent().len(), 2, "{}", desk.app.conversation());
}

#[tokio::test]
async fn a_visit_that_its_own_system_moves_takes_place_though_the_desk_had_cancelled_it() {
    let mut desk = announced().await;
    desk.becomes("B-1", "cancelled").await;
    desk.wait(600).await;
    desk.app
        .import_bookings(&row("2026-12-18 08:00", "Oil change", ""))
        .await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Booked);
    desk.wait(600).await;
    assert!(
        desk.app
            .sent()
            .last()
            .is_some_and(|sent| sent.text.contains("Friday, December 18"))
    );
}

#[tokio::test]
async fn a_cancellation_in_the_file_wins_over_a_move_at_the_desk() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.wait(600).await;
    desk.app.import_bookings(&row(OLD, "Oil change", "cancelled")).await;
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
    desk.wait(600).await;
    let sent = desk.app.sent();
    assert!(
        sent.last()
            .is_some_and(|sent| sent.text.contains("Thursday, December 17") && sent.text.contains("cancelled")),
        "{sent:?}"
    );
}
