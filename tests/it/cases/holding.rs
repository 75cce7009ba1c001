//! An unhappy customer is somebody's case, and hears nothing else until it is closed.

use daybefore::domain::case::{CaseSource, Cause};
use daybefore::domain::message::{Reason, State};
use daybefore::domain::rating::Scale;
use insta::assert_snapshot;

use crate::support::test_app::{EMAIL, PHONE, TestApp};

/// Ana was there on the 2nd and is asked on the 3rd; her next visit is on the 10th.
async fn asked() -> TestApp {
    let app = TestApp::garage()
        .reached_at(Some("0171 3920099"), Some("boss@garage.example"))
        .start()
        .await;
    app.book_as("B-1", "2026-12-02 09:00", "").await;
    app.book("B-2", "2026-12-10 09:00").await;
    app.run_until("2026-12-02 10:30").await;
    app.book_as("B-1", "2026-12-02 09:00", "completed").await;
    app.run_until("2026-12-03 10:30").await;
    assert_eq!(app.state("B-1", "satisfaction").await, State::Accepted);
    app
}

#[tokio::test]
async fn a_one_opens_one_case_tells_the_business_and_holds_everything_else() {
    let app = asked().await;
    app.rates("B-1", 1, Some("The brakes still squeal")).await;
    let cases = app.cases().await;
    assert_eq!(cases.len(), 1);
    let case = &cases[0];
    assert_eq!((case.scale, case.score), (Some(Scale::Csat), Some(1)));
    assert_eq!(case.words.as_deref(), Some("The brakes still squeal"));
    assert_eq!(case.source, CaseSource::Rating);
    assert_eq!(app.local(case.due_at), "2026-12-03 18:30", "eight open hours");
    app.run_until("2026-12-09 18:00").await;
    assert_eq!(app.state("B-2", "day-before").await, State::Held);
    assert_eq!(app.state(&case.id, "case-alert").await, State::Accepted);
    let told: Vec<_> = app
        .sent()
        .into_iter()
        .filter(|sent| sent.to == "boss@garage.example")
        .collect();
    assert_eq!(told.len(), 1);
    assert_snapshot!(told[0].text, @r#"
    Ana Košir is unhappy and gave 1/5. In their words:

    "The brakes still squeal"

    Please call by 6:30 PM, Thursday, December 3.
    Phone: +491713920012
    Mail: ana@example.com

    Nothing else is sent to this customer until the case is closed, with its cause.
    "#);
}

#[tokio::test]
async fn a_second_unhappy_answer_adds_to_the_open_case() {
    let app = asked().await;
    app.rates("B-1", 2, Some("Late")).await;
    app.rates("B-1", 1, Some("And dirty")).await;
    let cases = app.cases().await;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].words.as_deref(), Some("Late\nAnd dirty"));
    assert_eq!((cases[0].revision, cases[0].score), (1, Some(1)));
    app.complains(&cases[0].customer_id, "Nobody has called").await;
    assert_eq!(app.cases().await.len(), 1);
}

#[tokio::test]
async fn a_content_customer_is_nobodys_case() {
    for score in 3..=5 {
        let app = asked().await;
        app.rates("B-1", score, None).await;
        assert!(app.cases().await.is_empty(), "{score}");
        assert_eq!(app.state("B-2", "day-before").await, State::Planned);
    }
}

#[tokio::test]
async fn without_a_mail_address_the_business_gets_a_text_and_without_both_the_case_waits_at_the_desk() {
    for (phone, reached) in [
        (Some("0171 3920099"), true),
        (Some("030 2312501"), false),
        (None, false),
    ] {
        let app = TestApp::garage().reached_at(phone, None).start().await;
        app.book_as("B-1", "2026-12-01 08:00", "").await;
        let customer = app.plan().await[0].customer.clone();
        let case = app.complains(&customer, "Never again").await.expect("a case");
        app.run_until("2026-12-01 12:00").await;
        let alert = app.message(&case.id, "case-alert").await;
        assert_eq!(alert.reason, (!reached).then_some(Reason::NoAddress), "{phone:?}");
        let texts = app.sent().iter().filter(|sent| sent.to == "+491713920099").count();
        assert_eq!(texts, usize::from(reached), "{phone:?}");
    }
}

#[tokio::test]
async fn a_customer_who_wants_no_texts_does_not_silence_the_alert() {
    let app = asked().await;
    app.customer_opts_out(EMAIL, None).await;
    app.customer_opts_out(PHONE, None).await;
    app.rates("B-1", 1, None).await;
    app.run_until("2026-12-03 12:00").await;
    let case = &app.cases().await[0];
    assert_eq!(app.state(&case.id, "case-alert").await, State::Accepted);
}

#[tokio::test]
async fn what_corrects_something_said_before_goes_all_the_same() {
    let app = asked().await;
    app.rates("B-1", 1, None).await;
    app.book("B-2", "2026-12-11 11:00").await;
    app.run_until("2026-12-03 12:00").await;
    assert_eq!(app.state("B-2", "changed").await, State::Accepted);
    app.book_as("B-2", "2026-12-11 11:00", "cancelled").await;
    app.run_until("2026-12-03 13:00").await;
    assert_eq!(app.state("B-2", "cancelled").await, State::Accepted);
}

#[tokio::test]
async fn a_visit_booked_while_the_case_is_open_waits_too() {
    let app = asked().await;
    app.rates("B-1", 1, None).await;
    app.book("B-3", "2026-12-20 09:00").await;
    assert_eq!(app.state("B-3", "confirmation").await, State::Held);
    assert_eq!(app.state("B-3", "day-before").await, State::Held);
}

#[tokio::test]
async fn closing_lets_everything_go_that_is_still_of_use() {
    let app = asked().await;
    app.rates("B-1", 1, None).await;
    app.run_until("2026-12-05 10:00").await;
    assert_eq!(app.state("B-2", "day-before").await, State::Held);
    assert!(app.closes_the_case(Cause::WorkQuality).await);
    assert_eq!(app.state("B-2", "day-before").await, State::Planned);
    app.run_until("2026-12-09 18:00").await;
    assert_eq!(app.state("B-2", "day-before").await, State::Accepted);
}

#[tokio::test]
async fn what_the_case_held_for_too_long_is_not_sent_afterwards() {
    let app = asked().await;
    app.rates("B-1", 1, None).await;
    app.run_until("2026-12-10 12:00").await;
    let reminder = app.message("B-2", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::CaseOpen))
    );
    app.closes_the_case(Cause::Other).await;
    app.run_until("2026-12-10 18:00").await;
    assert_eq!(app.message("B-2", "day-before").await.reason, Some(Reason::CaseOpen));
}

#[tokio::test]
async fn what_a_person_or_a_wish_held_for_too_long_is_too_late() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-05 09:00").await;
    app.book("B-2", "2026-12-06 09:00").await;
    app.run_until("2026-12-01 12:00").await;
    app.book_as("B-1", "2026-12-05 09:00", "change_requested").await;
    let held = app.message("B-2", "day-before").await;
    assert!(app.operator_holds(&held.message_id, true).await);
    app.run_until("2026-12-05 08:00").await;
    assert_eq!(app.message("B-1", "day-before").await.reason, Some(Reason::TooLate));
    assert_eq!(app.state("B-2", "day-before").await, State::Held);
    app.book_as("B-1", "2026-12-05 09:00", "confirmed").await;
    app.run_until("2026-12-06 08:00").await;
    assert_eq!(
        app.message("B-1", "day-before").await.reason,
        Some(Reason::TooLate),
        "not revived"
    );
    assert_eq!(app.message("B-2", "day-before").await.reason, Some(Reason::TooLate));
}

#[tokio::test]
async fn nobody_is_asked_how_it_went_while_a_case_is_open_nor_within_sixty_days() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-02 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    let customer = app.plan().await[0].customer.clone();
    app.complains(&customer, "Nobody was there").await;
    app.book_as("B-1", "2026-12-02 09:00", "completed").await;
    app.run_until("2026-12-03 12:00").await;
    assert_eq!(app.state("B-1", "satisfaction").await, State::Held);
    app.run_until("2026-12-07 12:00").await;
    assert_eq!(app.message("B-1", "satisfaction").await.reason, Some(Reason::CaseOpen));
    app.closes_the_case(Cause::Staff).await;
    app.run_until("2026-12-08 12:00").await;
    let case = app.cases().await.remove(0);
    app.answers_solved(&case.id, true, None).await;
    app.book_as("B-2", "2026-12-08 09:00", "completed").await;
    app.run_until("2026-12-09 12:00").await;
    assert_eq!(app.state("B-2", "satisfaction").await, State::Accepted);
    app.advance_to("2027-01-20 09:00");
    app.book_as("B-3", "2027-01-20 08:00", "completed").await;
    app.run_until("2027-01-21 12:00").await;
    assert_eq!(
        app.message("B-3", "satisfaction").await.reason,
        Some(Reason::ContactCap)
    );
}

#[tokio::test]
async fn what_was_on_its_way_when_the_case_opened_is_stopped_when_it_comes_back() {
    let app = asked().await;
    // Held by the plan, let go by hand past it: only the last look can stop it now.
    app.rates("B-1", 1, None).await;
    let held = app.message("B-2", "day-before").await;
    assert!(app.operator_holds(&held.message_id, false).await);
    app.run_until("2026-12-09 18:00").await;
    assert_eq!(app.state("B-2", "day-before").await, State::Held);
}

#[tokio::test]
async fn for_somebody_who_is_erased_no_case_is_opened() {
    let app = asked().await;
    let customer = app.message("B-1", "satisfaction").await.customer;
    app.erases(&customer).await;
    assert_eq!(app.complains(&customer, "Who am I?").await, None);
    app.rates("B-1", 1, None).await;
    assert!(app.cases().await.is_empty());
}
