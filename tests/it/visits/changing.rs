//! What users change, and that the customer is told what they were shown.

use daybefore::domain::item::BookingStatus;
use daybefore::domain::message::State;
use insta::assert_snapshot;

use super::announced;
use crate::support::test_app::TestApp;
use crate::support::visits::{Desk, hidden};

#[tokio::test]
async fn a_moved_visit_is_shown_with_all_that_follows_before_it_is_saved() {
    let mut desk = announced().await;
    let path = format!("/bookings/{}/change", desk.booking("B-1").await.id);
    let before = desk.app.dump().await;
    let fields = desk.form(&path, &[("date", "2026-12-17"), ("time", "11:00")]).await;
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let preview = desk.previews(&path, &fields).await;
    let text = preview.text();
    for part in [
        "Thu 17 Dec 2026, 11:00 (was Tue 15 Dec 2026, 09:00)",
        "The customer is told: change of time",
        "by text to +491713920012, 2 minutes after saving",
        "new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM)",
        "reminder: Mon 14 Dec, 17:00 → Wed 16 Dec, 17:00",
        "You can undo it for 2 minutes",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The sign-in of the session is the only thing that may have been noted.
    assert_eq!(desk.app.dump().await, before, "a preview changes nothing");
    let saved = desk.presses_save(&path, &preview).await;
    assert_eq!(saved.status, 303);
    desk.app.run_until("2026-12-18 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: new time for your visit: Thursday, December 17, 11:00 AM (was Tuesday, December 15, 9:00 AM).
    2026-12-16 17:00 sms to +491713920012: Garage Müller: see you tomorrow, Thursday, December 17, at 11:00 AM (Oil change). Reply C to confirm, R to change.
    ");
}

#[tokio::test]
async fn a_cancelled_visit_is_told_once_and_never_spoken_of_again() {
    let mut desk = announced().await;
    let page = desk.becomes("B-1", "cancelled").await;
    assert!(
        page.text().contains("Saved.") && page.text().contains("Undo"),
        "{}",
        page.text()
    );
    desk.app.run_until("2026-12-20 00:00").await;
    assert_snapshot!(desk.app.conversation(), @r"
    2026-12-01 09:00 sms to +491713920012: Garage Müller: thank you for booking. See you on Tuesday, December 15, at 9:00 AM (Oil change).
    2026-12-02 12:02 sms to +491713920012: Garage Müller: your visit on Tuesday, December 15, at 9:00 AM (Oil change) is cancelled.
    ");
}

#[tokio::test]
async fn two_clicks_on_save_are_one_change() {
    let mut desk = announced().await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    for _ in 0..2 {
        let answer = desk.presses_save(&path, &preview).await;
        assert_eq!(answer.status, 303);
        assert!(
            answer.header("location").ends_with("said=saved"),
            "{}",
            answer.header("location")
        );
    }
    assert_eq!(desk.booking("B-1").await.revision, 2);
    desk.app.run_until("2026-12-20 00:00").await;
    assert_eq!(desk.app.sent().len(), 2);
}

#[tokio::test]
async fn two_clicks_at_the_very_same_moment_are_one_change() {
    let mut desk = announced().await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    let fields = hidden(&preview);
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.push(("step", "save"));
    let (mut one, mut other) = (desk.eva.clone(), desk.eva.clone());
    let (one, other) = tokio::join!(
        one.post(&desk.app, &path, &fields),
        other.post(&desk.app, &path, &fields)
    );
    assert_eq!((one.status.as_u16(), other.status.as_u16()), (303, 303));
    assert_eq!(desk.booking("B-1").await.revision, 2);
}

#[tokio::test]
async fn what_has_changed_since_it_was_shown_is_shown_anew_and_not_saved() {
    let mut desk = announced().await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    desk.app.book("B-1", "2026-12-16 10:00").await;
    let answer = desk.presses_save(&path, &preview).await;
    assert_eq!(answer.status, 409);
    let text = answer.text();
    assert!(
        text.contains("Something has changed since you looked") && text.contains("16 Dec"),
        "{text}"
    );
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Booked);
    // What is shown now can be saved.
    assert_eq!(desk.presses_save(&path, &answer).await.status, 303);
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Cancelled);
}

#[tokio::test]
async fn what_was_shown_as_unannounced_is_shown_anew_once_it_was_announced() {
    let app = TestApp::garage().at("2026-12-01 07:30").start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let mut desk = Desk::of(app).await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    assert!(!preview.text().contains("The customer is told"), "{}", preview.text());
    desk.app.run_until("2026-12-01 08:30").await;
    let answer = desk.presses_save(&path, &preview).await;
    assert_eq!(answer.status, 409);
    assert!(
        answer.text().contains("The customer is told: cancellation"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn two_users_who_change_different_things_at_once_lose_neither() {
    let mut desk = announced().await;
    let path = format!("/bookings/{}/change", desk.booking("B-1").await.id);
    // Both open the form; one moves the visit, the other has typed another service.
    let typed = desk.form(&path, &[("service", "Brakes")]).await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    let typed: Vec<_> = typed
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = desk.send(&path, &typed).await;
    assert_eq!(answer.status, 409);
    let page = answer.html();
    assert!(page.contains("Somebody has changed this meanwhile"), "{page}");
    assert!(
        page.contains("value=\"2026-12-17\"") && page.contains("value=\"Brakes\""),
        "{page}"
    );
    desk.edits(&path, &[("service", "Brakes")]).await;
    let booking = desk.booking("B-1").await;
    assert_eq!(
        (booking.starts.to_string().as_str(), booking.service.as_deref()),
        ("2026-12-17T11:00", Some("Brakes"))
    );
}

#[tokio::test]
async fn a_visit_that_is_done_is_asked_about_and_one_that_nobody_came_to_is_not() {
    for (status, asked) in [("completed", true), ("no_show", false)] {
        let app = TestApp::garage().start().await;
        app.book("B-1", "2026-12-02 09:00").await;
        app.run_until("2026-12-02 12:00").await;
        let mut desk = Desk::of(app).await;
        desk.becomes("B-1", status).await;
        desk.app.run_until("2026-12-04 00:00").await;
        let surveys = desk
            .app
            .plan()
            .await
            .iter()
            .filter(|line| line.rule == "satisfaction")
            .count();
        assert_eq!(surveys == 1, asked, "{status}");
        if asked {
            assert_eq!(desk.app.state("B-1", "satisfaction").await, State::Accepted);
        }
    }
}

#[tokio::test]
async fn what_takes_place_after_all_is_confirmed_again() {
    let mut desk = announced().await;
    desk.becomes("B-1", "cancelled").await;
    desk.wait(600).await;
    let page = desk.becomes("B-1", "booked").await;
    assert!(page.text().contains("booked"), "{}", page.text());
    desk.wait(600).await;
    let sent = desk.app.sent();
    assert!(
        sent.last()
            .is_some_and(|sent| sent.text.contains("thank you for booking")),
        "{sent:?}"
    );
    assert_eq!(sent.len(), 3);
}

#[tokio::test]
async fn a_wish_for_another_time_is_answered_by_the_move_and_its_reminder_goes() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-14 17:30").await;
    desk.app.customer_replies("Can we do Thursday instead?").await;
    let row = desk.app.inbox().await.remove(0);
    let page = desk.eva.get(&desk.app, &format!("/inbox/{}", row.id)).await.html();
    let id = desk.booking("B-1").await.id;
    assert!(page.contains(&format!("/bookings/{id}/change")), "{page}");
    desk.moves("B-1", "2026-12-17", "11:00").await;
    assert!(desk.app.inbox().await.is_empty(), "the move is the answer");
    assert_eq!(desk.booking("B-1").await.status, BookingStatus::Booked);
    desk.app.run_until("2026-12-17 00:00").await;
    assert_eq!(desk.app.state("B-1", "day-before").await, State::Accepted);
}

#[tokio::test]
async fn a_time_that_is_none_is_not_taken_and_one_that_has_passed_is_asked_about() {
    let app = TestApp::garage().at("2026-03-01 09:00").start().await;
    app.book("B-1", "2026-03-10 09:00").await;
    let mut desk = Desk::of(app).await;
    let path = format!("/bookings/{}/change", desk.booking("B-1").await.id);
    for (date, time, said) in [
        ("2026-03-29", "02:30", "the clocks go forward"),
        ("2026-02-20", "09:00", "This time has passed"),
        ("2026-02-30", "09:00", "Day and time: give both"),
        ("2026-03-12", "", "Day and time: give both"),
    ] {
        let fields = desk
            .form(&path, &[("date", date), ("time", time), ("service", "Tyres <b>")])
            .await;
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = desk.send(&path, &fields).await;
        assert_eq!(answer.status, 422, "{date} {time}");
        assert!(answer.text().contains(said), "{date} {time}: {}", answer.text());
        assert!(
            answer.body.contains(&format!("value=\"{date}\"")),
            "what was typed is kept"
        );
        assert!(answer.body.contains("Tyres &lt;b&gt;") && !answer.body.contains("Tyres <b>"));
    }
    desk.edits(&path, &[("date", "2026-02-20"), ("past", "yes")]).await;
    assert_eq!(desk.booking("B-1").await.starts.to_string(), "2026-02-20T09:00");
}

#[tokio::test]
async fn what_would_be_useless_after_the_time_to_undo_goes_at_once_and_says_so() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.run_until("2026-12-02 08:59").await;
    let mut desk = Desk::of(app).await;
    let path = format!("/bookings/{}/become", desk.booking("B-1").await.id);
    let preview = desk.previews(&path, &[("status", "cancelled")]).await;
    assert!(
        preview.text().contains("at once") && !preview.text().contains("You can undo"),
        "{}",
        preview.text()
    );
    desk.presses_save(&path, &preview).await;
    let page = desk
        .eva
        .get(&desk.app, &format!("/bookings/{}", desk.booking("B-1").await.id))
        .await;
    assert!(!page.text().contains("Nothing was sent yet"), "{}", page.text());
    desk.wait(1).await;
    assert!(
        desk.app
            .sent()
            .last()
            .is_some_and(|sent| sent.text.contains("cancelled"))
    );
}

#[tokio::test]
async fn a_change_late_in_the_evening_is_told_in_the_morning() {
    let mut desk = announced().await;
    desk.app.run_until("2026-12-02 19:59").await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    desk.app.run_until("2026-12-03 07:59").await;
    assert_eq!(desk.app.sent().len(), 1);
    desk.app.run_until("2026-12-03 08:01").await;
    assert_eq!(desk.app.sent().len(), 2);
}

#[tokio::test]
async fn the_history_says_who_did_what_and_when() {
    let mut desk = announced().await;
    desk.moves("B-1", "2026-12-17", "11:00").await;
    let page = desk.becomes("B-1", "cancelled").await;
    let text = page.text();
    for part in [
        "Wed 2 Dec 2026, 12:00 moved time Tue 15 Dec, 09:00 → Thu 17 Dec, 11:00 The eva",
        "cancelled standing booked → cancelled The eva",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
