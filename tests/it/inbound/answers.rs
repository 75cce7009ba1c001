//! What an answer does: yes, another time, no, late, how it was, and words that are nobody's.

use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::item::{BookingStatus, RenewalStatus};
use daybefore::domain::message::{Reason, State};
use daybefore::domain::replan::Hold;
use daybefore::store;

use crate::support::test_app::{BUSINESS, PHONE, TestApp};
use crate::support::texting::{Webhook, asked_how_it_was};
use crate::support::twilio_server::SECRET;

const STRANGER: &str = "+4915112345678";

/// Ana has a visit tomorrow at nine and was asked about it.
async fn asked() -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 18:00").await;
    app
}

#[tokio::test]
async fn a_clear_yes_confirms() {
    for yes in ["C", "c.", "Yes", "👍", "ok see you tomorrow"] {
        let app = asked().await;
        app.customer_replies(yes).await;
        assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed, "{yes}");
        assert_eq!(app.inbox_kinds().await, [], "{yes}");
        let question = app.asked_by("B-1", "day-before").await;
        assert_eq!(question.state.as_str(), "answered");
    }
}

#[tokio::test]
async fn thanks_and_digits_and_machines_are_no_yes() {
    for no_yes in [
        "Thanks",
        "1",
        "5",
        "10",
        "I'm driving right now - I'll get back to you later",
    ] {
        let app = asked().await;
        app.customer_replies(no_yes).await;
        assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked, "{no_yes}");
    }
}

#[tokio::test]
async fn another_time_waits_for_a_person_with_the_customers_words() {
    let app = asked().await;
    app.customer_replies("Can we do Thursday instead?").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::ChangeRequested);
    let inbox = app.inbox().await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].kind, DeskKind::Change);
    assert_eq!(inbox[0].words.as_deref(), Some("Can we do Thursday instead?"));
    assert!(inbox[0].due_at > app.now());
    assert!(app.desk_settles(&inbox[0].id).await);
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked, "the time stays");
    assert!(!app.desk_settles(&inbox[0].id).await, "done is done");
}

#[tokio::test]
async fn a_no_holds_and_cancels_nothing() {
    let app = asked().await;
    app.customer_replies("please cancel my appointment").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::ChangeRequested);
    assert_eq!(app.inbox_kinds().await, [DeskKind::Decline]);
}

#[tokio::test]
async fn the_second_answer_within_a_day_counts_and_both_are_kept() {
    let app = asked().await;
    app.customer_replies("C").await;
    app.customer_replies("R").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::ChangeRequested);
    app.customer_replies("C").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);
    assert_eq!(app.inbox_kinds().await, [], "the wish is void");
    let mut tx = app.app.store().read().await.expect("a transaction");
    assert_eq!(
        store::inbound::of_sender(&mut tx, PHONE, 9).await.expect("read").len(),
        3
    );
}

#[tokio::test]
async fn an_answer_a_day_after_the_first_goes_to_a_person() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-14 17:30").await;
    app.customer_replies("R").await;
    let id = app.inbox().await[0].id.clone();
    app.desk_settles(&id).await;
    app.advance_to("2026-12-15 08:50");
    app.customer_replies("C").await;
    assert_eq!(
        app.booking_status("B-1").await,
        BookingStatus::Confirmed,
        "within the day it counts"
    );
}

#[tokio::test]
async fn running_late_is_for_the_desk_at_once() {
    let app = asked().await;
    app.advance_to("2026-12-15 08:50");
    app.customer_replies("Stuck in traffic, 15 minutes late").await;
    let inbox = app.inbox().await;
    assert_eq!(inbox.len(), 1);
    assert_eq!((inbox[0].kind, inbox[0].due_at), (DeskKind::RunningLate, app.now()));
}

#[tokio::test]
async fn an_answer_after_the_visit_began_confirms_nothing() {
    let app = asked().await;
    app.advance_to("2026-12-15 09:30");
    app.customer_replies("C").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
    assert_eq!(app.inbox_kinds().await, [DeskKind::LateAnswer]);
    assert_eq!(app.last_reply(PHONE).await.intent, "accept");
}

#[tokio::test]
async fn a_yes_to_the_old_time_is_no_yes_to_the_new_one() {
    let app = asked().await;
    app.book("B-1", "2026-12-16 11:00").await;
    app.customer_replies("C").await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
    assert_eq!(app.inbox_kinds().await, [DeskKind::LateAnswer]);
}

#[tokio::test]
async fn a_rating_is_kept_and_the_latest_of_a_day_counts() {
    let (app, question) = asked_how_it_was().await;
    app.customer_replies("5").await;
    app.advance_to("2026-12-16 11:05");
    app.customer_replies("4, a bit slow").await;
    let mut tx = app.app.store().read().await.expect("a transaction");
    let ratings = store::rating::of_message(&mut tx, &question.message_id)
        .await
        .expect("read");
    let kept: Vec<_> = ratings.iter().map(|rating| (rating.score, rating.counts)).collect();
    assert_eq!(kept, [(5, false), (4, true)]);
    assert_eq!(ratings[1].comment.as_deref(), Some("a bit slow"));
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Completed);
}

#[tokio::test]
async fn who_says_yes_to_a_renewal_is_not_asked_again_and_nothing_is_renewed_by_that() {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2027-01-15", "active").await;
    app.run_until("2027-01-08 18:00").await;
    let question = app.asked_by("P-1", "policy-week").await;
    assert_eq!(question.asks.as_str(), "renewal");
    app.customer_replies("C").await;
    assert_eq!(
        app.renewal_status("P-1").await,
        RenewalStatus::Active,
        "only the agency renews"
    );
    assert_eq!(app.inbox_kinds().await, [DeskKind::RenewalWanted]);
    let last_day = app.message("P-1", "policy-day").await;
    assert_eq!(
        (last_day.state, last_day.reason),
        (State::Skipped, Some(Reason::Answered))
    );
    // Whoever at the agency forgets it is told, not the customer.
    assert_eq!(app.state("P-1", "policy-lapsed").await, State::Planned);
}

#[tokio::test]
async fn a_renewal_that_the_customer_wants_to_talk_about_is_held_until_somebody_did() {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2027-01-15", "active").await;
    app.run_until("2027-01-08 18:00").await;
    app.customer_replies("R").await;
    assert_eq!(app.inbox_kinds().await, [DeskKind::Change]);
    let open: Vec<_> = app
        .plan()
        .await
        .into_iter()
        .filter(|line| line.state == State::Planned)
        .collect();
    assert_eq!(open, [], "nothing about it goes while a person has to call");
    let id = app.inbox().await[0].id.clone();
    app.desk_settles(&id).await;
    assert!(app.plan().await.iter().all(|line| line.state != State::Held));
}

#[tokio::test]
async fn nobody_known_is_kept_and_shown() {
    let app = TestApp::garage().start().await;
    app.text_from(STRANGER, "Hello, is my car ready?").await;
    let inbox = app.inbox().await;
    assert_eq!(inbox.len(), 1);
    assert_eq!(inbox[0].kind, DeskKind::UnknownSender);
    assert_eq!(
        inbox[0].business_id.as_deref(),
        Some(BUSINESS),
        "only one business sends from this number"
    );
    assert_eq!(inbox[0].words.as_deref(), Some("Hello, is my car ready?"));
    assert_eq!(app.last_reply(STRANGER).await.customer_id, None);
}

#[tokio::test]
async fn two_customers_with_one_phone_and_no_question_are_not_guessed_between() {
    let app = TestApp::garage().start().await;
    let header = "external_id,name,phone,starts_at";
    app.import_bookings(&format!(
        "{header}\nB-1,Ana,{PHONE},2026-12-15 09:00\nB-2,Ben,{PHONE},2026-12-16 09:00\n"
    ))
    .await;
    app.customer_replies("please cancel my appointment").await;
    let inbox = app.inbox().await;
    assert_eq!((inbox.len(), inbox[0].kind), (1, DeskKind::Decline));
    assert_eq!(
        (inbox[0].customer_id.as_deref(), inbox[0].item_id.as_deref()),
        (None, None)
    );
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
    assert_eq!(app.booking_status("B-2").await, BookingStatus::Booked);
}

#[tokio::test]
async fn the_wrong_person_gets_nothing_more_until_somebody_has_looked() {
    let app = asked().await;
    app.book("B-2", "2026-12-20 09:00").await;
    app.customer_replies("Wrong number, I don't know any Ana").await;
    assert_eq!(app.inbox_kinds().await, [DeskKind::WrongPerson]);
    let reminder = app.message("B-2", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.hold.map(Hold::as_str)),
        (State::Held, Some("number"))
    );
    app.book("B-3", "2026-12-21 09:00").await;
    assert_eq!(
        app.state("B-3", "day-before").await,
        State::Held,
        "also what is planned later"
    );
    let id = app.inbox().await[0].id.clone();
    app.desk_settles(&id).await;
    assert_eq!(app.state("B-2", "day-before").await, State::Planned);
}

#[tokio::test]
async fn what_was_stored_and_not_read_is_read_at_the_next_start() {
    let app = asked().await;
    let mut tx = app.app.store().write().await.expect("a transaction");
    let received = daybefore::carrier::twilio_inbound::received(&Webhook::text(PHONE, "C").pairs).expect("a text");
    daybefore::inbound::receive::receive(&mut tx, "memory", &received, app.now())
        .await
        .expect("stored");
    tx.commit().await.expect("committed");
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Booked);
    let app = app.restart().await;
    assert_eq!(app.booking_status("B-1").await, BookingStatus::Confirmed);
    assert_eq!(app.read_replies().await, 0);
}

#[tokio::test]
async fn replaying_every_webhook_in_any_order_changes_nothing() {
    let app = asked().await;
    let webhooks: Vec<_> = [
        "C",
        "R",
        "Thanks",
        "Can we do Thursday?",
        "stop texting me",
        "start",
        "C",
    ]
    .iter()
    .map(|body| Webhook::text(PHONE, body))
    .chain([Webhook::text(STRANGER, "hello")])
    .collect();
    for webhook in &webhooks {
        app.receive_webhook(webhook).await;
    }
    let sent = app.sent().last().expect("a text").clone();
    let provider_id = format!("memory-{}", sent.attempt_id);
    for status in ["sent", "delivered"] {
        app.receive_status(&sent.attempt_id, &provider_id, status, None).await;
    }
    let before = app.dump().await;
    for round in 0..3 {
        let mut shuffled = webhooks.clone();
        shuffled.rotate_left(round * 3 + 1);
        shuffled.reverse();
        for webhook in &shuffled {
            assert_eq!(app.ask(webhook.get(SECRET)).await.status, axum::http::StatusCode::OK);
            app.receive_status(&sent.attempt_id, &provider_id, "delivered", None)
                .await;
            app.receive_webhook(webhook).await;
            app.receive_status(&sent.attempt_id, &provider_id, "sent", None).await;
        }
    }
    assert_eq!(app.dump().await, before);
}
