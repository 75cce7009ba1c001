//! A customer is forgotten; what they said no to is not, however they come back.

use daybefore::domain::message::{Channel, Purpose, Reason, State};
use daybefore::outbound::erasure::{Erased, erase};
use daybefore::outbound::import::{self, Import, ImportKind};
use daybefore::store;
use daybefore::store::ledger::NewConsent;

use crate::support::test_app::{BUSINESS, EMAIL, PHONE, TestApp};

/// Ana's id in our books.
async fn ana(app: &TestApp) -> String {
    let mut tx = app.app.store().read().await.expect("a transaction");
    let ids = store::ledger::customers_at(&mut tx, BUSINESS, PHONE)
        .await
        .expect("read");
    ids.into_iter().next().expect("Ana")
}

async fn erase_ana(app: &TestApp) -> Erased {
    erase(&app.app.dispatcher, &ana(app).await, app.now())
        .await
        .expect("erased")
        .expect("a customer")
}

/// A line of the ledger.
async fn says(app: &TestApp, customer: Option<&str>, address: Option<&str>, channel: Option<Channel>, given: bool) {
    let line = NewConsent {
        business_id: BUSINESS,
        customer_id: customer,
        address,
        channel,
        purpose: None,
        given,
        source: "desk",
        wording: Some("on the phone, +491713920012"),
    };
    let mut tx = app.app.store().write().await.expect("a transaction");
    store::ledger::add(&mut tx, &line, app.now()).await.expect("added");
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn nothing_of_the_person_stays_in_the_file() {
    let app = TestApp::garage().start().await;
    app.import_customers(
        "external_id,name,phone,email,notes\nKD-4711,Ana Košir,+491713920012,ana@example.com,afraid of dogs\n",
    )
    .await;
    app.import_bookings(
        "external_id,customer_id,name,phone,email,service,vehicle,starts_at\n\
         B-1,KD-4711,Ana Košir,+491713920012,ana@example.com,Oil change,B-AK 4711,2026-12-15 09:00\n",
    )
    .await;
    app.import_renewals(
        "external_id,customer_id,name,email,kind,subject,reference,ends_on\n\
         R-1,KD-4711,Ana Košir,ana@example.com,warranty,Golf B-AK 4711,W-998877,2026-12-31\n",
    )
    .await;
    app.run_until("2026-12-14 18:00").await;
    app.import_bookings("external_id,customer_id,vehicle,starts_at\nB-1,KD-4711,Golf B-AK 4711,2026-12-15 09:00\n")
        .await;
    let page = app.link("/r/");
    app.press(&page, "ask", &[("words", "my dog ate the key")]).await;
    let (hash, ana) = (daybefore::domain::link::hash(&page[3..]), ana(&app).await);
    says(&app, Some(&ana), Some(EMAIL), Some(Channel::Email), false).await;
    says(&app, None, Some(PHONE), Some(Channel::Sms), false).await;
    let traces = [
        "Ana Ko",
        "ana ko",
        PHONE,
        EMAIL,
        "afraid of dogs",
        "4711",
        "998877",
        "ate the key",
        &hash,
        "on the phone",
    ];
    for trace in traces {
        assert!(app.is_on_disk(trace), "{trace} is there before");
    }

    let erased = erase_ana(&app).await;
    assert_eq!((erased.items, erased.addresses, erased.withdrawals), (2, 2, 6));
    for trace in traces {
        assert!(!app.is_on_disk(trace), "{trace} is still there");
    }
    assert!(app.get(&page).await.text().contains("This link does not work"));
    let again = erase(&app.app.dispatcher, &ana, app.now()).await.expect("no error");
    assert_eq!(again, None, "nobody is left to erase");
}

#[tokio::test]
async fn what_was_planned_does_not_go_and_the_figures_stay() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    let sent = app.sent().len();
    let messages = app.plan().await.len();
    erase_ana(&app).await;
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::Erased))
    );
    assert_eq!(app.state("B-1", "confirmation").await, State::Accepted);
    assert_eq!(app.plan().await.len(), messages);
    app.run_until("2026-12-16 12:00").await;
    assert_eq!(app.sent().len(), sent);
    app.replan().await;
    assert!(app.plan().await.iter().all(|line| line.state != State::Planned));
}

/// Ana has said STOP, is erased, and her business's system sends her again.
async fn comes_back(kind: ImportKind, csv: &str) -> TestApp {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.dispatch().await;
    says(&app, None, Some(PHONE), None, false).await;
    erase_ana(&app).await;
    app.import(kind, csv, false).await;
    app
}

async fn is_silent(app: &TestApp, until: &str) {
    let before = app.sent().len();
    app.run_until(until).await;
    assert_eq!(app.sent().len(), before, "{}", app.conversation());
}

#[tokio::test]
async fn a_withdrawal_survives_erasure_in_every_import() {
    let bookings = "external_id,name,phone,email,starts_at,consent_service,consent_marketing\n\
        B-2,Ana,+49 171 3920012,,2026-12-20 09:00,yes,yes\nB-3,A. Kosir,,ana@example.com,2026-12-21 09:00,yes,yes\n\
        B-1,Ana Košir,+491713920012,ana@example.com,2026-12-15 09:00,yes,\n";
    let app = comes_back(ImportKind::Bookings, bookings).await;
    for (item, rule) in [
        ("B-2", "confirmation"),
        ("B-3", "confirmation"),
        ("B-2", "day-before"),
        ("B-3", "day-before"),
    ] {
        let message = app.message(item, rule).await;
        assert_eq!(
            (message.state, message.reason),
            (State::Skipped, Some(Reason::OptedOut)),
            "{item} {rule}"
        );
    }
    is_silent(&app, "2026-12-23 12:00").await;

    let renewals =
        "external_id,name,phone,kind,ends_on,consent_service\nR-1,Ana,0171 3920012,warranty,2026-12-31,yes\n";
    let app = comes_back(ImportKind::Renewals, renewals).await;
    is_silent(&app, "2027-01-02 12:00").await;

    let customers = "external_id,name,phone,email,consent_service\nC-9,Ana,,ana@example.com,yes\n";
    let app = comes_back(ImportKind::Customers, customers).await;
    app.import_bookings("external_id,customer_id,starts_at\nB-9,C-9,2026-12-20 09:00\n")
        .await;
    is_silent(&app, "2026-12-22 12:00").await;
}

#[tokio::test]
async fn somebody_who_takes_over_an_address_later_is_met_by_it_too() {
    let customers = "external_id,name,email\nC-9,Ana,other@example.com\n";
    let app = comes_back(ImportKind::Customers, customers).await;
    let booking = |id: &str| format!("external_id,customer_id,starts_at\n{id},C-9,2026-12-20 09:00\n");
    app.import_bookings(&booking("B-9")).await;
    assert_eq!(app.state("B-9", "confirmation").await, State::Planned);
    app.import_customers("external_id,name,email\nC-9,Ana,ana@example.com\n")
        .await;
    is_silent(&app, "2026-12-22 12:00").await;
}

#[tokio::test]
async fn a_yes_after_the_return_counts_and_a_further_import_does_not_undo_it() {
    let customers = "external_id,name,phone,email\nC-9,Ana,+491713920012,ana@example.com\n";
    let app = comes_back(ImportKind::Customers, customers).await;
    app.advance_to("2026-12-02 09:00");
    says(&app, Some(&ana(&app).await), None, None, true).await;
    app.import_customers("external_id,name,phone,email\nC-9,Ana,+491713920013,ana@example.com\n")
        .await;
    app.import_customers(customers).await;
    app.import_bookings("external_id,customer_id,starts_at\nB-9,C-9,2026-12-20 09:00\n")
        .await;
    assert_eq!(app.state("B-9", "confirmation").await, State::Planned);
}

#[tokio::test]
async fn without_the_key_nobody_is_imported() {
    let app = comes_back(ImportKind::Customers, "external_id,name\nC-8,Tom\n").await;
    let key = app.app.store().erasure_key_path();
    let text = std::fs::read_to_string(&key).expect("a key");
    std::fs::remove_file(&key).expect("removed");
    let request = Import {
        business_id: BUSINESS,
        kind: ImportKind::Customers,
        known_to_customers: false,
        now: app.now(),
    };
    let dispatcher = &app.app.dispatcher;
    let csv = "external_id,name,phone\nC-9,Ana,+491713920012\n";
    let refused = import::run(
        &dispatcher.store,
        &dispatcher.zones,
        &request,
        csv.as_bytes(),
        |_| {},
        |_| {},
    )
    .await;
    let error = refused.expect_err("an error").to_string();
    assert!(error.contains("erasure-key") && error.contains("Restore it"), "{error}");
    std::fs::write(&key, "nonsense").expect("written");
    assert!(app.app.store().erasure_key().is_err());
    std::fs::write(&key, text).expect("written");
    app.import_customers(csv).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_is_its_owners_alone_and_goes_with_copies_for_rehearsals() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = comes_back(ImportKind::Customers, "external_id,name\nC-8,Tom\n").await;
    let key = app.app.store().erasure_key_path();
    assert_eq!(
        std::fs::metadata(&key).expect("a key").permissions().mode() & 0o777,
        0o600
    );
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    app.app.store().copy_to(&copy).await.expect("copied");
    let copied = std::fs::read_to_string(folder.path().join("copy.db-erasure-key")).expect("a key");
    assert_eq!(copied, std::fs::read_to_string(&key).expect("a key"));
    assert!(!app.is_on_disk(PHONE));
}

#[tokio::test]
async fn what_another_customer_of_the_same_number_said_stays() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    let ana = ana(&app).await;
    app.import_bookings("external_id,name,phone,starts_at\nB-2,Tom Košir,+491713920012,2026-12-16 09:00\n")
        .await;
    says(&app, None, Some(PHONE), Some(Channel::Sms), false).await;
    erase(&app.app.dispatcher, &ana, app.now()).await.expect("erased");
    app.replan().await;
    let reminder = app.message("B-2", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
    let mut tx = app.app.store().read().await.expect("a transaction");
    let lines = store::ledger::of_address(&mut tx, BUSINESS, PHONE).await.expect("read");
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].purpose, None::<Purpose>);
}

#[tokio::test]
async fn an_import_never_undoes_what_was_said_at_an_address() {
    let app = TestApp::garage().start().await;
    // The number has said no, long before it is Tom's.
    says(&app, None, Some(PHONE), Some(Channel::Sms), false).await;
    app.advance_to("2026-12-02 09:00");
    let tom =
        |phone: &str| format!("external_id,name,phone,consent_service,consent_marketing\nC-1,Tom,{phone},yes,yes\n");
    app.import_customers(&tom("+491713920099")).await;
    app.import_bookings("external_id,customer_id,starts_at\nB-1,C-1,2026-12-15 09:00\n")
        .await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Planned);
    app.import_customers(&tom(PHONE)).await;
    for rule in ["confirmation", "day-before"] {
        let message = app.message("B-1", rule).await;
        assert_eq!(
            (message.state, message.reason),
            (State::Skipped, Some(Reason::OptedOut)),
            "{rule}"
        );
    }
    is_silent(&app, "2026-12-17 12:00").await;

    // Whoever comes in new at that number is not given back either.
    app.import_customers(&format!(
        "external_id,name,phone,consent_service,consent_survey\nC-2,Zoe,{PHONE},yes,yes\n"
    ))
    .await;
    app.import_bookings("external_id,customer_id,starts_at\nB-2,C-2,2026-12-29 09:00\n")
        .await;
    is_silent(&app, "2026-12-31 12:00").await;
}
