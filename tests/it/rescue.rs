//! After a crash between the commit of an attempt and the carrier's answer: nothing is lost, nothing goes twice.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use daybefore::carrier::{Failure, Found, Outcome, Receipt, Stage};
use daybefore::domain::attempt::{Attempt, AttemptState};
use daybefore::domain::ids::new_id;
use daybefore::domain::instant::Instant;
use daybefore::domain::message::{Channel, State};
use daybefore::outbound::dispatch::drain;
use daybefore::outbound::rescue;
use daybefore::store::claim::Claimed;
use daybefore::store::{self, call_record};
use futures::FutureExt as _;
use tokio::sync::Notify;

use crate::support::claiming::{begin_attempts, claim};
use crate::support::meanwhile::Meanwhile;
use crate::support::test_app::{EMAIL, PHONE, TestApp};
use crate::support::twilio_server::Answer;

fn found(provider_id: &str) -> Found {
    let receipt = Receipt {
        status: "sent".to_owned(),
        stage: Stage::Sent,
        failure: None,
    };
    Found {
        provider_id: provider_id.to_owned(),
        receipt,
    }
}

/// Dies while the text of a visit is on its way, and starts again.
async fn crash_while_sending(app: TestApp) -> TestApp {
    app.book("B-1", "2026-12-15 09:00").await;
    crash_in_the_call(app).await
}

/// Dies while the text that is due is on its way, and starts again.
async fn crash_in_the_call(mut app: TestApp) -> TestApp {
    let called = Arc::new(Notify::new());
    let calling = called.clone();
    app.texts_go_to(Meanwhile::new(move |_| {
        calling.notify_one();
        std::future::pending().boxed()
    }));
    // Dropped while the carrier is being called: the attempt is committed, nothing after it happens.
    tokio::select! {
        _ = drain(&app.app.dispatcher, "sms") => panic!("it waits for the carrier"),
        () = called.notified() => {}
    }
    assert_eq!(app.state("B-1", "confirmation").await, State::Sending);
    app.restart().await
}

#[tokio::test]
async fn a_message_that_a_crash_left_in_doubt_is_adopted_when_the_carrier_has_it() {
    let app = crash_while_sending(TestApp::garage().start().await).await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
    app.sms.set_found(vec![found("SM-found")]);
    app.run_until("2026-12-01 12:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(confirmation.state, State::Accepted);
    assert_eq!(
        app.attempts(&confirmation.message_id).await[0].provider_id.as_deref(),
        Some("SM-found")
    );
    assert_eq!(app.sent(), [], "not once more");
}

#[tokio::test]
async fn a_message_that_never_reached_the_carrier_goes_once_after_it_was_asked_twice() {
    let app = crash_while_sending(TestApp::garage().start().await).await;
    app.run_until("2026-12-01 09:02").await;
    assert_eq!(app.sent(), []);
    app.run_until("2026-12-02 12:00").await;
    assert_eq!(app.sent().len(), 1);
    assert!(app.sms.lookups().len() >= 2);
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn a_callback_that_comes_before_the_second_try_makes_it_needless() {
    let app = crash_while_sending(TestApp::garage().at("2026-12-01 19:58").start().await).await;
    app.run_until("2026-12-01 22:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(
        (confirmation.state, confirmation.due_local.as_str()),
        (State::Planned, "2026-12-02T08:00:00")
    );
    let attempt = app.attempts(&confirmation.message_id).await[0].id.clone();
    app.receive_status(&attempt, "SM-late", "delivered", None).await;
    app.run_until("2026-12-02 12:00").await;
    assert_eq!(app.sent(), []);
    assert_eq!(app.state("B-1", "confirmation").await, State::Delivered);
}

#[tokio::test]
async fn a_second_crash_with_the_same_message_leaves_it_to_a_person() {
    let mut app = crash_while_sending(TestApp::garage().start().await).await;
    app.texts_go_to(Meanwhile::new(|_| {
        async {
            Outcome::Unknown {
                failure: Failure {
                    code: Some(500),
                    text: "?".to_owned(),
                },
            }
        }
        .boxed()
    }));
    app.run_until("2026-12-02 12:00").await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(confirmation.state, State::Failed);
    assert_eq!(app.attempts(&confirmation.message_id).await.len(), 2);
}

#[tokio::test]
async fn a_message_in_doubt_that_is_of_no_use_any_more_is_not_sent_again() {
    let app = TestApp::garage().start().await;
    let app = crash_while_sending(app).await;
    app.book_as("B-1", "2026-12-15 09:00", "cancelled").await;
    app.run_until("2026-12-01 12:00").await;
    let said: Vec<_> = app.sent().iter().map(|sent| sent.text.contains("cancelled")).collect();
    assert_eq!(
        said,
        [true],
        "they may have read the confirmation: {}",
        app.conversation()
    );
}

#[tokio::test]
async fn a_claim_without_an_attempt_is_simply_given_back() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let mut tx = app.app.store().write().await.unwrap();
    let lease_until = app.at("2026-12-01 09:02");
    let claimed = claim(&mut tx, "sms", "dead", 10, app.now(), lease_until).await.unwrap();
    assert_eq!(claimed.len(), 1);
    tx.commit().await.unwrap();
    let app = app.restart().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Planned);
    app.dispatch().await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test]
async fn a_living_sender_keeps_its_claim_until_the_lease_ends() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let mut tx = app.app.store().write().await.unwrap();
    let lease_until = app.at("2026-12-01 09:02");
    claim(&mut tx, "sms", "slow", 10, app.now(), lease_until).await.unwrap();
    tx.commit().await.unwrap();
    app.advance_to("2026-12-01 09:01");
    assert_eq!(app.rescue().await, 0);
    app.advance_to("2026-12-01 09:02");
    assert_eq!(app.rescue().await, 1);
}

#[tokio::test]
async fn an_answer_that_comes_after_the_lease_has_run_out_settles_the_message() {
    for askable in [true, false] {
        let mut app = TestApp::garage().start().await;
        let (dispatcher, clock) = (app.app.dispatcher.clone(), app.clock.clone());
        let late = app.at("2026-12-01 09:03");
        let slow = move |outgoing: daybefore::carrier::Outgoing| {
            let (dispatcher, clock) = (dispatcher.clone(), clock.clone());
            async move {
                clock.advance_to(late);
                rescue::rescue(&dispatcher, late).await.expect("rescued");
                Outcome::Accepted {
                    provider_id: format!("slow-{}", outgoing.message_id),
                }
            }
            .boxed()
        };
        let carrier = if askable {
            Meanwhile::new(slow)
        } else {
            Meanwhile::unaskable(slow)
        };
        app.texts_go_to(carrier.clone());
        app.book("B-1", "2026-12-15 09:00").await;
        app.dispatch().await;
        let confirmation = app.message("B-1", "confirmation").await;
        assert_eq!(confirmation.state, State::Accepted, "askable: {askable}");
        carrier.set_found(vec![found(&format!("slow-{}", confirmation.message_id))]);
        app.run_until("2026-12-02 12:00").await;
        assert_eq!(carrier.sent().len(), 1, "askable: {askable}");
    }
}

#[tokio::test]
async fn a_mail_of_unknown_outcome_goes_once_more_under_the_same_message_id() {
    let mut app = TestApp::garage().start().await;
    let carrier = Meanwhile::unaskable(|_| {
        async {
            Outcome::Unknown {
                failure: Failure {
                    code: None,
                    text: "cut".to_owned(),
                },
            }
        }
        .boxed()
    });
    app.mails_go_to(carrier.clone());
    app.import_bookings(&format!(
        "external_id,name,email,starts_at\nB-1,Ana,{EMAIL},2026-12-15 09:00\n"
    ))
    .await;
    app.run_until("2026-12-01 09:09").await;
    assert_eq!(carrier.sent().len(), 1, "not before ten minutes");
    app.run_until("2026-12-01 12:00").await;
    let sent = carrier.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].message_id, sent[1].message_id);
    assert_eq!(app.state("B-1", "confirmation").await, State::Failed);
}

#[tokio::test]
async fn mails_that_a_server_names_alike_do_not_stop_the_lane() {
    let mut app = TestApp::garage().start().await;
    app.mails_go_to(Meanwhile::new(|_| {
        async {
            Outcome::Accepted {
                provider_id: "queued".to_owned(),
            }
        }
        .boxed()
    }));
    app.import_bookings(
        "external_id,name,email,starts_at\nB-1,Ana,ana@example.com,2026-12-15 09:00\nB-2,Ben,ben@example.com,2026-12-15 10:00\n",
    )
    .await;
    app.dispatch().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
    assert_eq!(app.state("B-2", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn a_carrier_that_cannot_be_asked_now_is_asked_later() {
    let app = TestApp::garage()
        .twilio()
        .setting("sms.timeout_seconds", "1")
        .start()
        .await;
    let provider = app.provider.as_ref().unwrap();
    provider.next(Answer::StoreThen500);
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    provider.lead_pages_to("https://elsewhere.example.com");
    provider.limit_pages(0);
    app.run_until("2026-12-01 09:30").await;
    assert_eq!(
        app.state("B-1", "confirmation").await,
        State::Unknown,
        "a list that can't be read proves nothing"
    );
    assert_eq!(provider.messages().len(), 1);
    provider.limit_pages(100);
    app.run_until("2026-12-01 09:40").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
}

#[tokio::test]
async fn the_same_words_to_one_phone_are_not_taken_for_each_other() {
    let app = TestApp::garage().twilio().start().await;
    let provider = app.provider.as_ref().unwrap();
    provider.always(Answer::StoreThen500);
    let row = |id: &str, name: &str| format!("{id},{name},{PHONE},2026-12-15 09:00\n");
    app.import_bookings(&format!(
        "external_id,name,phone,starts_at\n{}{}",
        row("B-1", "Ana"),
        row("B-2", "Ben")
    ))
    .await;
    app.run_until("2026-12-01 12:00").await;
    assert_eq!(provider.messages().len(), 2, "one each");
    let mut ids = Vec::new();
    for booking in ["B-1", "B-2"] {
        let message = app.message(booking, "confirmation").await;
        assert_eq!(message.state, State::Accepted);
        let attempts = app.attempts(&message.message_id).await;
        assert_eq!(attempts[0].state, AttemptState::Accepted);
        ids.push(attempts[0].provider_id.clone());
    }
    assert_ne!(ids[0], ids[1]);
}

/// An app that records its calls, as every `serve` does from its start on.
async fn recording() -> TestApp {
    TestApp::garage().start().await.restart().await
}

/// A visit's text is claimed and its attempt committed; the carrier is not called.
async fn claim_without_a_call(app: &TestApp) {
    app.book("B-1", "2026-12-15 09:00").await;
    let owner = app.app.dispatcher.started.owner(app.now());
    let lease_until = app.at("2026-12-01 09:02");
    let mut tx = app.app.store().write().await.expect("a transaction");
    let claimed = claim(&mut tx, "sms", &owner, 10, app.now(), lease_until)
        .await
        .expect("claimed");
    let attempts: Vec<_> = claimed.iter().map(|message| started(message, app.now())).collect();
    begin_attempts(&mut tx, &attempts).await.expect("inserted");
    tx.commit().await.expect("committed");
    assert_eq!(attempts.len(), 1);
}

fn started(message: &Claimed, now: Instant) -> Attempt {
    Attempt {
        id: new_id(now),
        message_id: message.id.clone(),
        business_id: message.business_id.clone(),
        number: message.attempts,
        channel: Channel::Sms,
        carrier: "memory".to_owned(),
        sender: "+15017122661".to_owned(),
        address: PHONE.to_owned(),
        subject: None,
        text: Some("Hello".to_owned()),
        segments: 1,
        state: AttemptState::Started,
        provider_id: None,
        stage: None,
        provider_status: None,
        code: None,
        failure: None,
        started_at: now,
        settled_at: None,
        look_at: None,
        looks: 0,
    }
}

#[tokio::test]
async fn what_was_surely_never_called_is_due_again_at_once_and_nobody_is_asked() {
    let app = recording().await;
    claim_without_a_call(&app).await;
    let app = app.restart().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Planned);
    app.dispatch().await;
    let confirmation = app.message("B-1", "confirmation").await;
    assert_eq!(confirmation.state, State::Accepted);
    let attempts = app.attempts(&confirmation.message_id).await;
    let ends: Vec<_> = attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(ends, [AttemptState::PutBack, AttemptState::Accepted]);
    assert_eq!((app.sent().len(), app.sms.lookups().len()), (1, 0));
    let mut tx = app.app.store().read().await.expect("a transaction");
    let resends = store::outbox::resends(&mut tx, &confirmation.message_id).await;
    assert_eq!(resends.expect("read"), 0, "its one resend is left");
}

#[tokio::test]
async fn what_was_being_called_is_asked_about_all_the_same() {
    let app = crash_while_sending(recording().await).await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
    app.sms.set_found(vec![found("SM-found")]);
    app.run_until("2026-12-01 12:00").await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
    assert_eq!(app.sent(), [], "not once more");
}

#[tokio::test]
async fn a_second_crash_before_the_call_changes_nothing() {
    let app = recording().await;
    claim_without_a_call(&app).await;
    let app = crash_in_the_call(app.restart().await).await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
}

#[tokio::test]
async fn a_record_that_cannot_be_believed_leaves_it_to_the_carrier() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 5] = [
        ("deleted", |record| fs::remove_file(record).unwrap()),
        ("emptied", |record| fs::write(record, "").unwrap()),
        ("cut off", |record| {
            let text = fs::read_to_string(record).unwrap();
            fs::write(record, text.trim_end()).unwrap();
        }),
        ("copied back", |record| {
            let copy = record.with_extension("copy");
            fs::copy(record, &copy).unwrap();
            fs::rename(&copy, record).unwrap();
        }),
        ("another boot", |record| {
            let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
            let text = fs::read_to_string(record).unwrap();
            fs::write(record, text.replace(boot.trim(), "another")).unwrap();
        }),
    ];
    for (name, change) in changes {
        let app = recording().await;
        claim_without_a_call(&app).await;
        change(&call_record::path(&app.app.store().path()));
        let app = app.restart().await;
        assert_eq!(app.state("B-1", "confirmation").await, State::Unknown, "{name}");
        app.run_until("2026-12-01 12:00").await;
        assert!(app.sms.lookups().len() >= 2, "{name}");
        assert_eq!(app.sent().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn what_a_living_process_has_claimed_is_not_taken_for_never_called() {
    let app = recording().await;
    claim_without_a_call(&app).await;
    // Somebody has deleted the lock file, and a second `serve` starts.
    let alive = app.app.dispatcher.started.clone();
    let app = app.restart().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
    drop(alive);
}

#[tokio::test]
async fn more_than_one_batch_is_rescued_at_a_start() {
    let app = recording().await;
    let row = |number| format!("B-{number},Customer {number},+49171392{number:04},2026-12-15 09:00");
    let rows: Vec<_> = (0..450).map(row).collect();
    app.import_bookings(&format!("external_id,name,phone,starts_at\n{}\n", rows.join("\n")))
        .await;
    let owner = app.app.dispatcher.started.owner(app.now());
    let mut tx = app.app.store().write().await.expect("a transaction");
    let lease_until = app.at("2026-12-01 09:02");
    let claimed = claim(&mut tx, "sms", &owner, 1_000, app.now(), lease_until)
        .await
        .expect("claimed");
    let attempts: Vec<_> = claimed.iter().map(|message| started(message, app.now())).collect();
    begin_attempts(&mut tx, &attempts).await.expect("inserted");
    tx.commit().await.expect("committed");
    assert_eq!(attempts.len(), 450);
    let app = app.restart().await;
    let sending = app
        .plan()
        .await
        .iter()
        .filter(|line| line.state == State::Sending)
        .count();
    assert_eq!(sending, 0);
}
