//! Senders: shown without secrets, let go on, and tried out by a message to oneself.

use daybefore::carrier::memory::Memory;
use daybefore::carrier::{Failure, Outcome};
use daybefore::domain::message::Channel;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::test_app::TestApp;
use crate::support::uploading::OWNER;

const ME: &str = "+491713920099";

async fn tests_herself(app: &TestApp, anna: &mut Browser, to: &str) -> String {
    anna.does(app, "/settings/senders/test", &[("channel", "sms"), ("to", to)])
        .await
}

#[tokio::test]
async fn a_test_goes_the_real_way_and_counts_nowhere() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = tests_herself(&app, &mut anna, "0171 3920099").await;
    assert!(page.contains("taken over by the carrier"), "{page}");
    let sent = app.sms.sent();
    assert_eq!(
        (sent.len(), sent[0].to.as_str(), sent[0].from.as_str()),
        (1, ME, "+15017122661")
    );
    assert!(
        app.conversation().contains("Garage Müller: this is a test"),
        "{}",
        app.conversation()
    );
    assert!(app.plan().await.is_empty(), "it is no message of the outbox");
    let mut tx = app.app.store().read().await.unwrap();
    let counted = store::report::attempts_since(&mut tx, app.at("2026-01-01 00:00"))
        .await
        .unwrap();
    assert_eq!(counted, [], "no figure counts it");
    drop(tx);
    app.receive_status(&sent[0].attempt_id, "SM1", "delivered", None).await;
    // The carrier in memory has named it otherwise: another message's callback is not believed.
    assert!(!anna.get(&app, "/settings/senders").await.html().contains("delivered"));
    let provider_id = format!("memory-{}", sent[0].attempt_id);
    app.receive_status(&sent[0].attempt_id, &provider_id, "delivered", None)
        .await;
    let page = anna.get(&app, "/settings/senders").await.html();
    assert!(page.contains("delivered"), "{page}");
    let page = anna
        .does(
            &app,
            "/settings/senders/test",
            &[("channel", "email"), ("to", "anna@example.com")],
        )
        .await;
    assert!(page.contains("anna@example.com") && app.email.count() == 1, "{page}");
}

#[tokio::test]
async fn whoever_has_opted_out_gets_no_test_either() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    app.customer_opts_out(ME, Some(Channel::Sms)).await;
    let page = tests_herself(&app, &mut anna, ME).await;
    assert!(page.contains("(STOP)") && app.sms.count() == 0, "{page}");
    let bad = "+491713920098";
    let mut tx = app.app.store().write().await.unwrap();
    store::ledger::add_bad_address(&mut tx, Channel::Sms, bad, Some(30005), "unknown", app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = tests_herself(&app, &mut anna, bad).await;
    assert!(page.contains("can’t be reached") && app.sms.count() == 0, "{page}");
}

#[tokio::test]
async fn an_opt_out_that_the_carrier_tells_of_a_test_is_kept() {
    let opted_out = Memory::answering(|_| Outcome::OptedOut {
        failure: Failure {
            code: Some(21610),
            text: "unsubscribed".to_owned(),
        },
    });
    let app = TestApp::garage().sms(opted_out).start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = tests_herself(&app, &mut anna, ME).await;
    assert!(page.contains("failed") && page.contains("unsubscribed"), "{page}");
    let page = tests_herself(&app, &mut anna, ME).await;
    assert!(page.contains("(STOP)") && app.sms.count() == 1, "{page}");
}

#[tokio::test]
async fn five_tests_an_hour_are_enough() {
    let app = TestApp::garage().start().await;
    let mut anna = app.signed_in("anna", OWNER).await;
    for _ in 0..5 {
        tests_herself(&app, &mut anna, ME).await;
    }
    let page = tests_herself(&app, &mut anna, ME).await;
    assert!(
        page.contains("enough tests for one hour") && app.sms.count() == 5,
        "{page}"
    );
    app.advance_to("2026-12-01 10:01");
    tests_herself(&app, &mut anna, ME).await;
    assert_eq!(app.sms.count(), 6);
    let answer = anna
        .acts(
            &app,
            "/settings/senders/test",
            &[("channel", "sms"), ("to", "nobody \"><b>")],
        )
        .await;
    assert!(
        answer.status == 422 && answer.html().contains("That is no mobile number.") && !answer.body.contains("<b>")
    );
}

#[tokio::test]
async fn a_stopped_sender_is_shown_with_its_cause_and_goes_on() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut tx = app.app.store().write().await.unwrap();
    for lane in ["sms", "sms/other"] {
        let paused = store::lane::PausedLane {
            lane: lane.to_owned(),
            code: Some(20003),
            failure: "wrong <b>token".to_owned(),
            at: app.now(),
        };
        store::lane::pause(&mut tx, &paused).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna.get(&app, "/settings/senders").await.html();
    assert!(
        page.contains("wrong &lt;b&gt;token") && page.contains("20003"),
        "{page}"
    );
    assert!(
        !page.contains(crate::support::twilio_server::SECRET),
        "no secret is shown"
    );
    let page = anna.does(&app, "/settings/senders/resume", &[("channel", "sms")]).await;
    assert!(page.contains("The sender goes on."), "{page}");
    assert_eq!(app.stopped_senders().await, ["sms/other"], "another's stays");
}

#[tokio::test]
async fn a_sender_of_ones_own_is_a_lane_of_its_own_and_nobody_elses() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    app.book("B-1", "2026-12-15 09:00").await;
    let mut anna = app.signed_in("anna", OWNER).await;
    let page = anna
        .does(
            &app,
            "/settings/senders",
            &[("sms_from", "+49 171 3920077"), ("email_from", "")],
        )
        .await;
    assert!(
        page.contains("Saved.") && page.contains("+491713920077") && page.contains("your own"),
        "{page}"
    );
    assert!(app.app.new_lanes.take(), "somebody has to work it");
    app.run_until("2026-12-14 18:00").await;
    assert!(app.sms.sent().iter().any(|sent| sent.from == "+491713920077"));
    let mut ben = app.signed_in("ben", &[("other", Role::Owner)]).await;
    let answer = ben
        .acts(&app, "/settings/senders", &[("sms_from", "0171 3920077")])
        .await;
    assert!(answer.status == 422 && answer.html().contains("Another business sends from this number"));
    let page = answer.html();
    assert!(!page.contains("business=shop"), "it is not said whose it is: {page}");
}
