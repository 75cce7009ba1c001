//! What a carrier can answer, and where it leads: state, next channel, ledger, bad addresses, stopped senders.

use std::time::Duration;

use daybefore::carrier::memory::Memory;
use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::attempt::AttemptState;
use daybefore::domain::message::{Channel, Reason, State};

use crate::support::setup::Setup;
use crate::support::test_app::{PHONE, TestApp};

fn failure(code: i64) -> Failure {
    Failure {
        code: Some(code),
        text: "no".to_owned(),
    }
}

fn retry(limit: Option<u32>, whole_sender: bool) -> Outcome {
    Outcome::Retry {
        after: None,
        limit,
        whole_sender,
        failure: failure(1),
    }
}

fn rejected(bad_address: bool) -> Outcome {
    Outcome::Rejected {
        bad_address,
        failure: failure(21614),
    }
}

/// A visit in a fortnight, whose texts get these answers in order and are accepted after that.
async fn with_answers(setup: Setup, answers: &[Outcome]) -> TestApp {
    let app = setup.start().await;
    for answer in answers {
        app.sms.then(answer.clone());
    }
    app.book("B-1", "2026-12-15 09:00").await;
    app
}

#[tokio::test]
async fn a_rejected_text_is_followed_by_a_mail_at_once() {
    let app = with_answers(TestApp::garage(), &[rejected(false)]).await;
    app.dispatch().await;
    let channels: Vec<_> = app.sent().iter().map(|sent| sent.channel).collect();
    assert_eq!(channels, [Channel::Sms, Channel::Email]);
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(
        (confirmation.state, confirmation.channel),
        (State::Accepted, Some(Channel::Email))
    );
    let states: Vec<_> = app
        .attempts(&confirmation.message_id)
        .await
        .iter()
        .map(|attempt| attempt.state)
        .collect();
    assert_eq!(states, [AttemptState::Rejected, AttemptState::Accepted]);
    assert_eq!(
        confirmation.to.as_deref(),
        Some("ana@example.com"),
        "the list shows the try that went"
    );
}

#[tokio::test]
async fn a_bad_address_is_not_tried_again_for_any_message() {
    let app = with_answers(TestApp::garage(), &[rejected(true)]).await;
    app.dispatch().await;
    app.run_until("2026-12-15 12:00").await;
    let channels: Vec<_> = app.sent().iter().map(|sent| sent.channel).collect();
    assert_eq!(channels, [Channel::Sms, Channel::Email, Channel::Email]);
}

#[tokio::test]
async fn a_bad_address_without_another_channel_ends_the_message_and_the_next_says_why() {
    let app = TestApp::garage().start().await;
    app.sms.then(rejected(true));
    app.import_bookings(&format!(
        "external_id,name,phone,starts_at\nB-1,Ana,{PHONE},2026-12-15 09:00\n"
    ))
    .await;
    app.run_until("2026-12-15 12:00").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Failed);
    assert_eq!(
        app.message("B-1", "day-before").await.reason,
        Some(Reason::Undeliverable)
    );
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn an_opt_out_at_the_carrier_stands_in_the_ledger_and_in_every_plan() {
    let app = with_answers(
        TestApp::garage(),
        &[Outcome::OptedOut {
            failure: failure(21610),
        }],
    )
    .await;
    app.dispatch().await;
    assert_eq!(app.message("B-1", "confirmation").await.reason, Some(Reason::OptedOut));
    assert_eq!(
        app.message("B-1", "day-before").await.channel,
        Some(Channel::Email),
        "mail was not opted out of"
    );
    app.book("B-2", "2026-12-16 09:00").await;
    app.run_until("2026-12-17 12:00").await;
    let texts = app.sent().iter().filter(|sent| sent.channel == Channel::Sms).count();
    assert_eq!(texts, 1, "{}", app.conversation());
}

#[tokio::test]
async fn a_faulty_text_is_not_tried_anywhere_else() {
    let app = with_answers(
        TestApp::garage(),
        &[Outcome::Faulty {
            failure: failure(21617),
        }],
    )
    .await;
    app.dispatch().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Failed);
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_stopped_sender_burns_no_attempt_and_goes_on_when_somebody_has_acted() {
    let stop = Outcome::Stop {
        spent: false,
        failure: failure(20003),
    };
    // Both leave in one round, in either order.
    let app = with_answers(TestApp::garage(), &[stop.clone(), stop]).await;
    app.book("B-2", "2026-12-16 09:00").await;
    app.run_until("2026-12-01 11:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(app.stopped_senders().await, ["sms"]);
    assert_eq!(confirmation.state, State::Planned);
    assert_eq!(app.tries(&confirmation.message_id).await, 0);
    let tried = app.sent().len();
    assert_eq!(app.operator_resumes().await, 1);
    app.run_until("2026-12-01 11:01").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
    assert_eq!(app.state("B-2", "confirmation").await, State::Accepted);
    assert!(app.sent().len() > tried);
}

#[tokio::test]
async fn a_stopped_sender_of_texts_leaves_mails_alone() {
    let app = TestApp::garage().start().await;
    app.sms.then(Outcome::Stop {
        spent: false,
        failure: failure(20003),
    });
    app.book("B-1", "2026-12-15 09:00").await;
    app.import_bookings("external_id,name,email,starts_at\nB-2,Ben,ben@example.com,2026-12-15 09:00\n")
        .await;
    app.dispatch().await;
    assert_eq!(app.state("B-2", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn a_text_that_was_filtered_is_never_repeated_and_stops_its_sender() {
    let app = with_answers(
        TestApp::garage(),
        &[Outcome::Stop {
            spent: true,
            failure: failure(30007),
        }],
    )
    .await;
    app.dispatch().await;
    app.operator_resumes().await;
    app.run_until("2026-12-02 09:00").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Failed);
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_retry_comes_after_its_backoff_and_no_sooner() {
    let app = with_answers(TestApp::garage(), &[retry(None, false), retry(None, false)]).await;
    app.run_until("2026-12-01 10:00").await;
    let at: Vec<_> = app.sent().iter().map(|sent| sent.at).collect();
    assert_eq!(at.len(), 3);
    let waits: Vec<_> = at
        .windows(2)
        .map(|pair| pair[1].since(pair[0]).num_milliseconds())
        .collect();
    assert!((12_000..=18_000).contains(&waits[0]), "{waits:?}");
    assert!((24_000..=36_000).contains(&waits[1]), "{waits:?}");
}

#[tokio::test]
async fn a_provider_that_asks_for_a_wait_gets_it() {
    let wait = Outcome::Retry {
        after: Some(Duration::from_mins(30)),
        limit: Some(2),
        whole_sender: false,
        failure: failure(30003),
    };
    let app = with_answers(TestApp::garage(), &[wait.clone(), wait.clone(), wait]).await;
    app.run_until("2026-12-01 12:00").await;
    let sent = app.sent();
    let texts: Vec<_> = sent.iter().filter(|sent| sent.channel == Channel::Sms).collect();
    assert_eq!(texts.len(), 3, "once and twice again");
    assert!(
        texts
            .windows(2)
            .all(|pair| pair[1].at.since(pair[0].at).num_minutes() >= 30)
    );
    assert_eq!(sent.last().map(|sent| sent.channel), Some(Channel::Email));
}

#[tokio::test]
async fn a_message_that_is_tried_as_often_as_allowed_falls_on_to_the_next_channel() {
    let setup = TestApp::garage()
        .setting("dispatch.max_attempts", "3")
        .sms(Memory::answering(|_| retry(None, false)));
    let app = with_answers(setup, &[]).await;
    app.run_until("2026-12-01 12:00").await;
    let channels: Vec<_> = app.sent().iter().map(|sent| sent.channel).collect();
    assert_eq!(channels, [Channel::Sms, Channel::Sms, Channel::Sms, Channel::Email]);
}

#[tokio::test]
async fn retries_end_where_the_message_stops_being_useful() {
    let app = TestApp::garage()
        .setting("dispatch.max_attempts", "1000")
        .sms(Memory::answering(|_| retry(None, false)))
        .start()
        .await;
    app.import_bookings(&format!(
        "external_id,name,phone,starts_at\nB-1,Ana,{PHONE},2026-12-01 12:00\n"
    ))
    .await;
    app.run_until("2026-12-02 12:00").await;
    let useful_until = app.at("2026-12-01 11:00");
    assert!(app.sent().iter().all(|sent| sent.at <= useful_until));
    assert_eq!(app.state("B-1", "confirmation").await, State::Failed);
}

#[tokio::test]
async fn a_whole_sender_that_fails_costs_no_message_its_attempts() {
    let answers: Vec<_> = (0..60).map(|_| retry(None, true)).collect();
    let app = with_answers(TestApp::garage().setting("dispatch.max_attempts", "3"), &answers).await;
    app.run_until("2026-12-02 12:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(
        (confirmation.state, confirmation.channel),
        (State::Accepted, Some(Channel::Sms))
    );
}

#[tokio::test]
async fn a_limit_counts_segments_and_not_messages() {
    let app = TestApp::garage()
        .locale("pl", "DE")
        .setting("sms.messages_per_second", "2")
        .start()
        .await;
    for number in 0..6 {
        app.import_bookings(&format!(
            "external_id,name,phone,starts_at,service\nB-{number},Ana {number},+4917139200{number}2,2026-12-15 09:00,Przegląd okresowy hamulców i zawieszenia z wymianą oleju\n"
        ))
        .await;
    }
    let mut lane_sent = Vec::new();
    app.dispatch().await;
    lane_sent.push(app.sent().len());
    let segments: i64 = app.plan().await.iter().find_map(|line| line.segments).unwrap();
    assert!(segments >= 2, "long and with Polish letters");
    assert!(
        lane_sent[0] <= 2,
        "two segments a second are no six texts of {segments}: {lane_sent:?}"
    );
}

#[tokio::test]
async fn what_was_moved_between_planning_and_sending_goes_with_its_new_time_only() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book("B-1", "2026-12-17 09:00").await;
    app.dispatch().await;
    assert_eq!(app.sent().len(), 1);
    assert!(app.sent()[0].text.contains("December 17"), "{}", app.conversation());
}

#[tokio::test]
async fn what_was_cancelled_between_planning_and_sending_does_not_go() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.dispatch().await;
    assert_eq!(app.sent(), []);
}

#[tokio::test]
async fn what_was_moved_while_it_waits_for_a_retry_is_not_sent_about_its_old_time() {
    let app = with_answers(TestApp::garage(), &[retry(None, false)]).await;
    app.dispatch().await;
    app.book("B-1", "2026-12-17 09:00").await;
    app.run_until("2026-12-18 12:00").await;
    let old = app
        .sent()
        .iter()
        .skip(1)
        .filter(|sent| sent.text.contains("15"))
        .count();
    assert_eq!(old, 0, "{}", app.conversation());
}

#[tokio::test]
async fn nobody_is_asked_twice_in_sixty_days_how_it_went() {
    let app = TestApp::garage().start().await;
    for (id, day) in [("B-1", "2026-12-02"), ("B-2", "2026-12-20"), ("B-3", "2027-02-10")] {
        app.book_as(id, &format!("{day} 09:00"), "booked").await;
        app.run_until(&format!("{day} 12:00")).await;
        app.book_as(id, &format!("{day} 09:00"), "completed").await;
    }
    app.run_until("2027-03-01 12:00").await;
    assert_eq!(app.state("B-1", "satisfaction").await, State::Accepted);
    assert_eq!(
        app.message("B-2", "satisfaction").await.reason,
        Some(Reason::ContactCap)
    );
    assert_eq!(app.state("B-3", "satisfaction").await, State::Accepted);
}

#[tokio::test]
async fn two_visits_of_one_day_are_asked_about_once() {
    let app = TestApp::garage().start().await;
    for id in ["B-1", "B-2"] {
        app.book_as(id, "2026-12-01 08:00", "completed").await;
    }
    app.run_until("2026-12-10 12:00").await;
    assert_eq!(app.sent().len(), 1);
    let capped = app
        .plan()
        .await
        .iter()
        .filter(|line| line.reason == Some(Reason::ContactCap))
        .count();
    assert_eq!(capped, 1);
}

#[tokio::test]
async fn the_same_words_about_two_visits_are_said_once() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.book("B-2", "2026-12-15 09:00").await;
    app.dispatch().await;
    assert_eq!(app.sent().len(), 1);
    let doubled = app
        .plan()
        .await
        .iter()
        .filter(|line| line.reason == Some(Reason::Duplicate))
        .count();
    assert_eq!(doubled, 1);
}

#[tokio::test]
async fn a_held_message_waits_for_the_hand_that_holds_it() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let id = app.message("B-1", "confirmation").await.message_id;
    assert!(app.operator_holds(&id, true).await);
    assert!(!app.operator_holds(&id, true).await, "it is held already");
    app.run_until("2026-12-02 12:00").await;
    assert_eq!(app.sent(), []);
    assert!(app.operator_holds(&id, false).await);
    app.dispatch().await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_call_is_put_on_the_list_once_and_goes_to_no_carrier() {
    let app = TestApp::agency().start().await;
    app.import_renewals(&format!(
        "external_id,name,phone,kind,ends_on\nP-1,Ana,{PHONE},policy,2026-12-08\n"
    ))
    .await;
    app.run_until("2026-12-01 12:00").await;
    let app = app.restart().await;
    app.run_until("2026-12-01 13:00").await;
    let calls = daybefore::store::call::open_calls(&mut app.app.store().read().await.unwrap(), None)
        .await
        .unwrap();
    assert_eq!(calls.len(), 1);
    assert!(app.sent().iter().all(|sent| sent.channel == Channel::Sms));
}
