//! A closed case asks the customer once more whether it is solved.

use daybefore::domain::case::Cause;
use daybefore::domain::message::{Reason, State};
use daybefore::inbound::act::Acted;
use insta::assert_snapshot;

use crate::support::test_app::TestApp;

/// Ana has complained at the desk, and Ben has called her and closed the case.
async fn closed() -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-20 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let customer = app.plan().await[0].customer.clone();
    app.complains(&customer, "The brakes still squeal").await;
    app.run_until("2026-12-01 15:00").await;
    assert!(app.closes_the_case(Cause::WorkQuality).await);
    app
}

#[tokio::test]
async fn the_day_after_the_customer_is_asked_and_a_yes_ends_it() {
    let app = closed().await;
    app.run_until("2026-12-02 12:00").await;
    let case = app.cases().await.remove(0);
    assert_snapshot!(app.sent().last().unwrap().text, @"Garage Müller: you told us that something was not right. Is it settled now? Reply C for yes, R for a call from us.");
    app.answers_solved(&case.id, true, None).await;
    let case = app.cases().await.remove(0);
    assert_eq!(
        (case.solved, case.is_open(), case.cause),
        (Some(true), false, Some(Cause::WorkQuality))
    );
    assert_eq!(case.status(), "solved");
    app.run_until("2026-12-19 18:00").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Accepted);
}

#[tokio::test]
async fn any_other_answer_opens_it_again_and_closing_asks_again() {
    let app = closed().await;
    app.run_until("2026-12-02 12:00").await;
    let case = app.cases().await.remove(0);
    assert_eq!(
        app.answers_solved(&case.id, false, Some("Still the same")).await,
        Acted::Done
    );
    let again = app.cases().await.remove(0);
    assert_eq!((again.is_open(), again.revision, again.solved), (true, 2, Some(false)));
    assert_eq!(again.words.as_deref(), Some("The brakes still squeal\nStill the same"));
    assert_eq!(app.local(again.due_at), "2026-12-02 20:00");
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    app.run_until("2026-12-03 15:00").await;
    app.closes_the_case(Cause::Damage).await;
    app.run_until("2026-12-04 12:00").await;
    let asked = app.message(&case.id, "case-solved").await;
    assert_eq!((asked.item.revision, asked.state), (2, State::Accepted));
    assert_eq!(
        app.message(&case.id, "case-alert").await.item.revision,
        2,
        "the business is told again"
    );
}

#[tokio::test]
async fn who_is_unhappy_again_is_not_asked_about_the_case_before() {
    let app = closed().await;
    let before = app.cases().await.remove(0);
    app.complains(&before.customer_id, "Now it is the wipers").await;
    app.run_until("2026-12-02 12:00").await;
    assert_eq!(app.cases().await.len(), 2);
    // Both are about cases, so neither waits; the question is about what was closed.
    assert_eq!(app.state(&before.id, "case-solved").await, State::Accepted);
    app.answers_solved(&before.id, false, Some("No")).await;
    let cases = app.cases().await;
    assert_eq!(cases.len(), 2, "the open one speaks for both");
    assert_eq!(cases[1].words.as_deref(), Some("Now it is the wipers\nNo"));
}

#[tokio::test]
async fn a_case_closed_twice_is_closed_once() {
    let app = closed().await;
    let case = app.cases().await.remove(0);
    let closing = daybefore::inbound::case::Closing {
        cause: Cause::Price,
        note: None,
        by: "Eva",
    };
    let mut tx = app.app.store().write().await.unwrap();
    let closed = daybefore::inbound::case::close(&mut tx, &app.app.dispatcher.zones, &case, &closing, app.now()).await;
    assert!(!closed.unwrap());
}

#[tokio::test]
async fn an_apology_goes_at_once_where_the_rules_have_it() {
    let preset = daybefore::domain::rule::Rules::preset("garage").unwrap();
    let without_mark = |line| {
        let rest: Option<&str> = str::strip_prefix(line, "# ");
        rest.filter(|rest| rest.starts_with("[[") || rest.contains(" = "))
            .unwrap_or(line)
    };
    let apologising = preset.lines().map(without_mark).collect::<Vec<_>>().join("\n");
    let app = TestApp::garage().rules(&apologising).start().await;
    app.book("B-1", "2026-12-20 09:00").await;
    app.run_until("2026-12-01 10:00").await;
    let customer = app.plan().await[0].customer.clone();
    let case = app.complains(&customer, "Too late").await.unwrap();
    app.run_until("2026-12-01 10:05").await;
    assert_eq!(app.state(&case.id, "case-apology").await, State::Accepted);
    assert_snapshot!(app.sent().last().unwrap().text, @"Garage Müller: we are sorry that something went wrong. Thank you for telling us; somebody will call you about it.");
}

#[tokio::test]
async fn an_alert_that_was_not_sent_before_the_case_was_closed_is_not_needed() {
    let app = TestApp::garage()
        .reached_at(None, Some("boss@garage.example"))
        .at("2026-12-01 22:00")
        .start()
        .await;
    app.book("B-1", "2026-12-20 09:00").await;
    let customer = app.plan().await[0].customer.clone();
    let case = app.complains(&customer, "Too late").await.unwrap();
    assert_eq!(app.state(&case.id, "case-alert").await, State::Planned);
    app.closes_the_case(Cause::Delay).await;
    assert_eq!(app.message(&case.id, "case-alert").await.reason, Some(Reason::ItemDone));
}
