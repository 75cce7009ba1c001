//! The ladder up to the end of a policy, and what falls due on a date.

use daybefore::domain::message::{Reason, State};
use insta::assert_snapshot;

use crate::support::test_app::{EMAIL, PHONE, TestApp};

#[tokio::test]
async fn a_policy_has_its_ladder_and_a_call_for_the_agent() {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2027-02-15", "").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2027-01-16 10:00  P-1/1 policy-month: planned email
    2027-02-08 10:00  P-1/1 policy-week: planned sms
    2027-02-08 11:00  P-1/1 policy-call: planned call
    2027-02-14 10:00  P-1/1 policy-day: planned sms
    2027-02-16 10:00  P-1/1 policy-lapsed: planned call
    ");
}

#[tokio::test]
async fn a_renewed_policy_is_asked_about_and_not_reminded_of() {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2027-02-15", "").await;
    app.run_until("2027-02-09 12:00").await;
    app.renew("P-1", "policy", "2027-02-15", "renewed").await;
    app.run_until("2027-03-15 12:00").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2027-01-16 10:00  P-1/1 policy-month: accepted email
    2027-02-08 10:00  P-1/1 policy-week: accepted sms
    2027-02-08 11:00  P-1/1 policy-call: accepted call
    2027-02-10 10:00  P-1/1 satisfaction: accepted sms
    2027-02-14 10:00  P-1/1 policy-day: skipped item_done
    2027-02-16 10:00  P-1/1 policy-lapsed: skipped item_done
    ");
}

#[tokio::test]
async fn a_policy_heard_of_late_gets_the_rungs_that_are_left() {
    let app = TestApp::agency().at("2027-02-10 09:00").start().await;
    app.renew("P-1", "policy", "2027-02-15", "").await;
    assert_eq!(app.message("P-1", "policy-month").await.reason, Some(Reason::TooLate));
    assert_eq!(app.message("P-1", "policy-week").await.reason, Some(Reason::TooLate));
    assert_eq!(app.state("P-1", "policy-day").await, State::Planned);
}

#[tokio::test]
async fn an_offer_is_shown_only_to_those_who_agreed_to_offers() {
    for (consent, shown) in [("yes", true), ("no", false), ("", false)] {
        let app = TestApp::agency().start().await;
        let header = "external_id,name,email,kind,ends_on,offer_amount,offer_currency,consent_marketing";
        app.import_renewals(&format!(
            "{header}\nP-1,Ana,{EMAIL},policy,2027-02-15,412.50,EUR,{consent}\n"
        ))
        .await;
        app.run_until("2027-01-16 12:00").await;
        assert_eq!(
            app.sent()[0].text.contains("412"),
            shown,
            "consent {consent:?}: {}",
            app.conversation()
        );
    }
}

#[tokio::test]
async fn months_count_from_the_original_date() {
    let rules = |months: i32| {
        format!(
            "[[rule]]\nid = \"months\"\nabout = \"renewal\"\nwhen = {{ months = {months}, at = \"10:00\" }}\nchannels = [\"sms\"]\n\
             template = \"inspection_due\"\npurpose = \"service\"\nuseful_until = {{ months = 24 }}\n"
        )
    };
    for (ends_on, months, due) in [
        ("2027-05-31", -1, "2027-04-30"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2028-03-31", -1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", -12, "2027-02-28"),
        ("2028-02-29", -1, "2028-01-29"),
        ("2027-01-31", 1, "2027-02-28"),
        ("2027-01-31", 2, "2027-03-31"),
        ("2027-12-31", 2, "2028-02-29"),
    ] {
        let app = TestApp::garage().rules(&rules(months)).start().await;
        app.renew("R-1", "inspection", ends_on, "").await;
        assert_eq!(
            app.message("R-1", "months").await.due_local,
            format!("{due}T10:00:00"),
            "{ends_on} {months:+}"
        );
    }
}

#[tokio::test]
async fn an_inspection_on_the_last_of_february_has_its_rungs_on_real_days() {
    let app = TestApp::garage().at("2027-12-01 09:00").start().await;
    app.renew("I-1", "inspection", "2028-02-29", "").await;
    assert_snapshot!(app.plan_lines().await, @r"
    2028-01-30 10:00  I-1/1 inspection-month: planned email
    2028-02-22 10:00  I-1/1 inspection-week: planned sms
    2028-02-28 10:00  I-1/1 inspection-day: planned sms
    ");
}

#[tokio::test]
async fn a_renewal_that_is_prolonged_starts_its_ladder_anew() {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2027-02-15", "").await;
    app.run_until("2027-02-14 12:00").await;
    app.renew("P-1", "policy", "2028-02-15", "").await;
    app.run_until("2028-02-20 12:00").await;
    let sent = app.sent();
    let texts: std::collections::HashSet<_> = sent.iter().map(|sent| sent.text.clone()).collect();
    assert_eq!(texts.len(), sent.len(), "no words twice");
    assert_eq!(sent.len(), 6, "{}", app.conversation());
}

#[tokio::test]
async fn the_call_list_has_one_call_a_policy_however_often_it_is_planned() {
    let app = TestApp::agency().start().await;
    app.import_renewals(&format!(
        "external_id,name,phone,kind,ends_on\nP-1,Ana,{PHONE},policy,2027-02-15\n"
    ))
    .await;
    app.run_until("2027-02-08 12:00").await;
    app.replan().await;
    app.run_until("2027-02-08 13:00").await;
    let calls = daybefore::store::call::open_calls(&mut app.app.store().read().await.unwrap(), None)
        .await
        .unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].phone.as_str(), calls[0].done_at), (PHONE, None));
}
