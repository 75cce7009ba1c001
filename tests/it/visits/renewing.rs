//! Renewals: added, renewed with their new end, not wanted, run out.

use daybefore::domain::item::RenewalStatus;
use daybefore::domain::message::{Reason, State};
use daybefore::store;

use crate::support::test_app::{BUSINESS, TestApp};
use crate::support::visits::Desk;

async fn policy() -> Desk {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2026-12-31", "active").await;
    Desk::of(app).await
}

async fn path(desk: &Desk, what: &str) -> String {
    format!("/renewals/{}/{what}", desk.renewal("P-1").await.id)
}

#[tokio::test]
async fn a_renewal_is_added_with_its_ladder() {
    let mut desk = Desk::of(TestApp::agency().start().await).await;
    let fields = [
        ("name", "Ben Maier"),
        ("phone", "0171 3920013"),
        ("email", "ben@example.com"),
        ("kind", "policy"),
        ("ends_on", "2027-03-31"),
        ("subject", "Golf"),
        ("offer_amount", "412,50"),
        ("offer_currency", "eur"),
        ("number", "P-9"),
    ];
    let page = desk.saves("/renewals/new", &fields).await;
    assert!(page.text().contains("412.50 EUR"), "{}", page.text());
    assert_eq!(desk.app.state("P-9", "policy-week").await, State::Planned);
}

#[tokio::test]
async fn a_renewed_one_is_asked_how_it_went_and_never_reminded() {
    let mut desk = policy().await;
    let path = path(&desk, "become").await;
    desk.saves(&path, &[("status", "renewed")]).await;
    assert_eq!(desk.renewal("P-1").await.status, RenewalStatus::Renewed);
    assert_eq!(
        desk.app.message("P-1", "policy-week").await.reason,
        Some(Reason::ItemDone)
    );
    assert_eq!(desk.app.state("P-1", "satisfaction").await, State::Planned);
}

#[tokio::test]
async fn with_its_new_end_the_next_ladder_is_planned_and_how_it_went_is_asked_all_the_same() {
    let mut desk = policy().await;
    let path = path(&desk, "become").await;
    let preview = desk
        .previews(&path, &[("status", "renewed"), ("ends_on", "2027-12-31")])
        .await;
    assert!(
        preview.text().contains("Fri 31 Dec 2027 (was Thu 31 Dec 2026)"),
        "{}",
        preview.text()
    );
    desk.presses_save(&path, &preview).await;
    let renewal = desk.renewal("P-1").await;
    assert_eq!(
        (renewal.status, renewal.ends_on.to_string().as_str()),
        (RenewalStatus::Active, "2027-12-31")
    );
    assert_eq!(renewal.offer_amount, None, "that offer was for the term that begins");
    // The file has not heard of it.
    desk.app.renew("P-1", "policy", "2026-12-31", "active").await;
    assert_eq!(desk.renewal("P-1").await.ends_on.to_string(), "2027-12-31");
    desk.app.run_until("2026-12-03 12:00").await;
    assert_eq!(desk.app.state("P-1", "satisfaction").await, State::Accepted);
    desk.app.run_until("2027-12-25 12:00").await;
    assert_eq!(desk.app.state("P-1", "policy-week").await, State::Accepted);
    let texts = desk.app.sent().iter().filter(|sent| sent.text.contains("2026")).count();
    assert_eq!(texts, 0, "{}", desk.app.conversation());
}

#[tokio::test]
async fn a_new_end_that_is_none_is_refused_beside_its_field() {
    let mut desk = policy().await;
    let path = path(&desk, "become").await;
    for (ends_on, said) in [("2026-12-31", "must be later"), ("soon", "End: give a day")] {
        let answer = desk.send(&path, &[("status", "renewed"), ("ends_on", ends_on)]).await;
        assert_eq!(answer.status, 422, "{ends_on}");
        assert!(
            answer.text().contains(said) && answer.body.contains(&format!("value=\"{ends_on}\"")),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_is_not_wanted_or_has_run_out_is_silent_and_can_be_opened_again() {
    for status in ["declined", "lapsed"] {
        let mut desk = policy().await;
        let path = path(&desk, "become").await;
        desk.saves(&path, &[("status", status)]).await;
        desk.app.renew("P-1", "policy", "2026-12-31", "active").await;
        assert_eq!(
            desk.app.message("P-1", "policy-week").await.reason,
            Some(Reason::ItemDone),
            "{status}"
        );
        desk.saves(&path, &[("status", "active")]).await;
        assert_eq!(desk.app.state("P-1", "policy-week").await, State::Planned, "{status}");
    }
}

#[tokio::test]
async fn what_was_declined_on_the_telephone_stays_so_though_the_file_has_not_heard_of_it() {
    let mut desk = policy().await;
    desk.app.run_until("2026-12-24 12:00").await;
    let mut tx = desk.app.app.store().read().await.unwrap();
    let call = store::call::open_calls(&mut tx, Some(BUSINESS))
        .await
        .unwrap()
        .remove(0);
    drop(tx);
    desk.send(
        &format!("/calls/{}", call.id),
        &[("outcome", "declined"), ("note", ""), ("again", "")],
    )
    .await;
    assert_eq!(desk.renewal("P-1").await.status, RenewalStatus::Declined);
    desk.app.renew("P-1", "policy", "2026-12-31", "active").await;
    assert_eq!(desk.renewal("P-1").await.status, RenewalStatus::Declined);
}

#[tokio::test]
async fn a_moved_end_moves_the_ladder() {
    let mut desk = policy().await;
    let path = path(&desk, "change").await;
    desk.edits(&path, &[("ends_on", "2027-01-31")]).await;
    assert_eq!(
        desk.app.message("P-1", "policy-week").await.due_local,
        "2027-01-24T10:00:00"
    );
}
