//! To whom, on which channel, and to whom not.

use daybefore::domain::message::{Channel, Reason, State};

use crate::support::test_app::{EMAIL, PHONE, TestApp};

const HEADER: &str = "external_id,customer_id,name,phone,email,starts_at,status,consent_service,consent_survey";

#[tokio::test]
async fn an_opt_out_beats_everything_that_is_planned() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-02 12:00").await;
    app.customer_opts_out(PHONE, None).await;
    app.replan().await;
    assert_eq!(app.message("B-1", "day-before").await.reason, Some(Reason::OptedOut));
    app.book("B-2", "2026-12-16 09:00").await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.sent().len(), 1, "only what left before");
}

#[tokio::test]
async fn an_opt_out_of_texts_leaves_mail() {
    let app = TestApp::garage().start().await;
    app.customer_opts_out(PHONE, Some(Channel::Sms)).await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.run_until("2026-12-20 12:00").await;
    assert!(app.sent().iter().all(|sent| sent.channel == Channel::Email));
    assert_eq!(app.sent().len(), 2);
}

#[tokio::test]
async fn an_opt_out_between_planning_and_sending_counts() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.customer_opts_out(PHONE, None).await;
    app.dispatch().await;
    assert_eq!(app.sent(), []);
    assert_eq!(app.message("B-1", "confirmation").await.reason, Some(Reason::OptedOut));
}

#[tokio::test]
async fn an_import_never_undoes_a_withdrawal() {
    let app = TestApp::garage().start().await;
    let row = |id: &str, consent: &str| format!("{HEADER}\n{id},C-1,Ana,{PHONE},,2026-12-15 09:00,,{consent},\n");
    app.import_bookings(&row("B-1", "no")).await;
    app.import_bookings(&row("B-1", "yes")).await;
    app.import_bookings(&row("B-2", "yes")).await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.sent(), []);
}

#[tokio::test]
async fn a_withdrawal_follows_the_person_to_a_corrected_number() {
    let app = TestApp::garage().start().await;
    let row = |id: &str, phone: &str, consent: &str| {
        format!("{HEADER}\n{id},,Ana Košir,{phone},,2026-12-15 09:00,,{consent},\n")
    };
    app.import_bookings(&row("B-1", PHONE, "no")).await;
    app.import_bookings(&row("B-2", PHONE, "")).await;
    app.import_bookings(&row("B-1", "+491713920013", "")).await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.sent(), []);
}

#[tokio::test]
async fn surveys_ask_first_where_the_business_says_so() {
    for (consent, state) in [("", State::Skipped), ("yes", State::Planned), ("no", State::Skipped)] {
        let app = TestApp::garage().surveys_need_consent().start().await;
        app.import_bookings(&format!(
            "{HEADER}\nB-1,,Ana,{PHONE},,2026-12-01 08:00,completed,,{consent}\n"
        ))
        .await;
        assert_eq!(app.state("B-1", "satisfaction").await, state, "consent {consent:?}");
    }
}

#[tokio::test]
async fn the_channel_that_a_customer_wishes_for_comes_first() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!(
        "external_id,name,phone,email,channel\nC-1,Ana Košir,{PHONE},{EMAIL},email\n"
    ))
    .await;
    app.import_bookings(&format!(
        "{HEADER}\nB-1,C-1,Ana Košir,{PHONE},{EMAIL},2026-12-15 09:00,,,\n"
    ))
    .await;
    app.dispatch().await;
    assert_eq!(app.sent()[0].channel, Channel::Email);
}

#[tokio::test]
async fn a_changed_wish_moves_what_is_planned() {
    let app = TestApp::garage().start().await;
    let wish =
        |channel: &str| format!("external_id,name,phone,email,channel\nC-1,Ana Košir,{PHONE},{EMAIL},{channel}\n");
    app.import_customers(&wish("sms")).await;
    app.import_bookings(&format!(
        "{HEADER}\nB-1,C-1,Ana Košir,{PHONE},{EMAIL},2026-12-15 09:00,,,\n"
    ))
    .await;
    app.import_customers(&wish("email")).await;
    assert_eq!(app.message("B-1", "day-before").await.channel, Some(Channel::Email));
}

#[tokio::test]
async fn nobody_without_an_address_is_forgotten_silently() {
    let app = TestApp::garage().start().await;
    app.import_bookings(&format!("{HEADER}\nB-1,,Ana,,,2026-12-15 09:00,,,\n"))
        .await;
    let plan = app.plan().await;
    assert_eq!(plan.len(), 2);
    assert!(plan.iter().all(|line| line.reason == Some(Reason::NoAddress)));
    app.import_bookings(&format!("{HEADER}\nB-1,,Ana,{PHONE},,2026-12-15 09:00,,,\n"))
        .await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.sent().len(), 2, "both are revived by the number");
}

#[tokio::test]
async fn a_landline_gets_mail() {
    let app = TestApp::garage().start().await;
    app.import_bookings(&format!(
        "{HEADER}\nB-1,,Ana,030 23125000,{EMAIL},2026-12-15 09:00,,,\n"
    ))
    .await;
    app.dispatch().await;
    assert_eq!(app.sent()[0].channel, Channel::Email);
}

#[tokio::test]
async fn bookings_that_customers_know_of_are_only_reminded_of() {
    let app = TestApp::garage().start().await;
    app.import_known_bookings(&format!("{HEADER}\nB-1,,Ana,{PHONE},,2026-12-15 09:00,,,\n"))
        .await;
    app.replan().await;
    app.run_until("2026-12-20 12:00").await;
    assert_eq!(app.message("B-1", "confirmation").await.reason, Some(Reason::ByHand));
    assert_eq!(app.sent().len(), 1);
}
