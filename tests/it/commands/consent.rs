//! `daybefore consent`.

use daybefore::domain::message::{Reason, State};

use crate::support::test_app::{EMAIL, PHONE, TestApp};

/// The lines without the moment at which they were written: that is the machine's.
fn without_times(lines: &str) -> String {
    let rest = |line: &str| line.split_at("2026-12-01 09:00".len()).1.trim_start().to_owned();
    lines.lines().map(rest).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_withdrawal_is_written_shown_and_undone() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    assert_eq!(
        app.daybefore(&format!("consent show {PHONE}")).said(),
        "the ledger says nothing: service messages may go, marketing may not\n"
    );
    let withdraw = [
        "consent",
        "withdraw",
        "0171 3920012",
        "--channel",
        "sms",
        "--wording",
        "no texts",
        "--by",
        "Eva",
    ];
    assert_eq!(
        app.daybefore_with(&withdraw).said(),
        format!("withdrawn: everything by sms for {PHONE} (shop)\n")
    );
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        reminder.channel.map(|channel| channel.to_string()).as_deref(),
        Some("email")
    );
    assert_eq!(
        app.daybefore(&format!("consent give {PHONE} --channel sms")).said(),
        format!("given back: what a withdrawal of everything took for {PHONE} (shop)\n")
    );
    assert_eq!(
        app.daybefore(&format!("consent give {EMAIL} --purpose marketing"))
            .said(),
        format!("given: marketing by every channel for {EMAIL} (shop)\n")
    );
    let shown = app.daybefore(&format!("consent show {PHONE}")).said();
    insta::assert_snapshot!(without_times(&shown), @"
    withdrawn  everything by sms for +491713920012 (Eva: no texts)
    given      service by sms for +491713920012 (desk)
    given      survey by sms for +491713920012 (desk)
    given      marketing by every channel for ana@example.com (desk)
    ");
    let json = app.daybefore(&format!("consent show {PHONE} --json")).json();
    assert_eq!(
        (&json[0]["address"], &json[0]["given"], &json[0]["wording"]),
        (&PHONE.into(), &false.into(), &"no texts".into())
    );
}

#[tokio::test]
async fn all_addresses_of_somebody_are_withdrawn_at_once() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!("external_id,name,phone,email\nK-1,Ana,{PHONE},{EMAIL}\n"))
        .await;
    app.import_bookings(&format!(
        "external_id,customer_id,name,phone,email,starts_at\nB-1,K-1,Ana,{PHONE},{EMAIL},2026-12-15 09:00\n"
    ))
    .await;
    assert_eq!(
        app.daybefore("consent withdraw K-1").said(),
        format!(
            "withdrawn: everything by every channel for {PHONE} (shop)\n\
             withdrawn: everything by every channel for {EMAIL} (shop)\n"
        )
    );
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
}

#[tokio::test]
async fn an_address_that_no_customer_has_yet_needs_its_business() {
    let app = TestApp::garage().start().await;
    assert_eq!(
        app.daybefore("consent withdraw +4915112345678").refused(),
        "`+4915112345678` is no customer with an address here; for an address that nobody has yet name the business as \
         well (--business ID)"
    );
    app.daybefore("consent withdraw 0151/12345678 --business shop").said();
    let shown = app.daybefore("consent show +4915112345678").said();
    assert_eq!(
        without_times(&shown),
        "withdrawn  everything by every channel for +4915112345678 (desk)"
    );
    assert_eq!(
        app.daybefore("consent withdraw nobody --business shop").refused(),
        "`nobody` is no customer with an address here; for an address that nobody has yet name the business as well \
         (--business ID)"
    );
    assert_eq!(
        app.daybefore("consent withdraw +4915112345678 --business shpo")
            .refused(),
        "there is no business `shpo`: `daybefore business list` shows them"
    );
}

#[tokio::test]
async fn somebody_unknown_is_named_and_a_typo_is_told_what_there_is() {
    let app = TestApp::garage().start().await;
    for line in ["consent show nope", "consent show nope --json"] {
        assert_eq!(
            app.daybefore(line).refused(),
            "`nope` is no customer here, and the ledger says nothing of such an address"
        );
    }
    let told = app.daybefore("consent withdraw X --channel smss").mistyped();
    assert!(told.contains("[possible values: sms, email, call]"), "{told}");
    assert!(told.ends_with("tip: a similar value exists: 'sms'"), "{told}");
}
