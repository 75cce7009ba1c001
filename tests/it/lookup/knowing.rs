//! What the desk shows of one customer, one booking, one renewal; and to whom.

use axum::http::StatusCode;
use daybefore::app::DeskAccess;
use daybefore::domain::case::Cause;
use daybefore::domain::message::Channel;
use daybefore::domain::user::Role;
use daybefore::store;

use super::open;
use crate::support::test_app::{BUSINESS, EMAIL, PHONE, TestApp};

/// Ana was reminded, came, complained, was called, and has another visit ahead.
async fn ana() -> (TestApp, String) {
    let app = open(TestApp::garage()).await;
    app.book("B-1", "2026-12-05 09:00").await;
    app.run_until("2026-12-04 17:30").await;
    app.customer_replies("C").await;
    app.run_until("2026-12-05 12:00").await;
    app.book_as("B-1", "2026-12-05 09:00", "completed").await;
    app.run_until("2026-12-06 12:30").await;
    app.customer_replies("1, two hours late <b>").await;
    app.book("B-2", "2026-12-20 09:00").await;
    app.renew("R-1", "inspection", "2027-02-28", "active").await;
    let customer = app.plan().await[0].customer.clone();
    (app, customer)
}

#[tokio::test]
async fn a_customer_is_shown_with_everything_that_was_said() {
    let (app, id) = ana().await;
    app.customer_opts_out(EMAIL, Some(Channel::Email)).await;
    let page = app.get(&format!("/customers/{id}?business={BUSINESS}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for part in [
        "Ana Košir",
        PHONE,
        EMAIL,
        "Known since Tue 1 Dec 2026",
        "A complaint is open.",
        "Sun 20 Dec 2026, 09:00",
        "inspection",
        "Fri 4 Dec 2026, 17:00 reminder , text: sent",
        "They wrote (text) understood as: yes",
        "1 of 5",
        "complaint opened",
        "no: opted out desk, Sun 6 Dec 2026",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!page.body.contains("late <b>"), "their words are no marks");
    let order = [
        "complaint opened",
        "1 of 5",
        "understood as: yes",
        "confirmation , text",
    ]
    .map(|part| text.find(part));
    assert!(order.is_sorted() && order[0].is_some(), "{order:?} of {text}");
}

#[tokio::test]
async fn what_keeps_messages_waiting_is_told_until_it_is_gone() {
    let (app, id) = ana().await;
    let path = format!("/customers/{id}");
    assert!(app.get(&path).await.text().contains("Messages wait, or do not arrive"));
    assert!(app.closes_the_case(Cause::Delay).await);
    let text = app.get(&path).await.text();
    assert!(
        !text.contains("Messages wait") && text.contains("complaint closed : delay"),
        "{text}"
    );
    let mut tx = app.app.store().write().await.unwrap();
    store::held_number::hold(&mut tx, BUSINESS, PHONE, app.now())
        .await
        .unwrap();
    store::ledger::add_bad_address(&mut tx, Channel::Email, EMAIL, None, "gone", app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let text = app.get(&path).await.text();
    assert!(
        text.contains("somebody else’s") && text.contains("ana@example.com does not work"),
        "{text}"
    );
}

#[tokio::test]
async fn an_item_is_shown_with_its_messages_and_why() {
    let (app, id) = ana().await;
    let mut tx = app.app.store().read().await.unwrap();
    let items = store::item::of_customer(&mut tx, &id).await.unwrap();
    drop(tx);
    let text = app.get(&format!("/bookings/{}", items[0].id())).await.text();
    for part in [
        "Booking B-1",
        "Sat 5 Dec 2026, 09:00 (60 min)",
        "completed",
        "Oil change",
        "reminder by text",
        "Reply C",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = app.get(&format!("/renewals/{}", items[2].id())).await.text();
    for part in [
        "inspection R-1",
        "Sun 28 Feb 2027",
        "active",
        "412.50 EUR",
        "inspection due",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn the_thread_goes_on_where_the_page_ended() {
    let (app, id) = ana().await;
    for number in 0..40 {
        app.customer_replies(&format!("question number {number}?")).await;
        app.clock.advance_to(app.now() + chrono::TimeDelta::seconds(1));
    }
    let first = app.get(&format!("/customers/{id}?business={BUSINESS}")).await;
    let second = first
        .body
        .split("&amp;before=")
        .nth(1)
        .unwrap()
        .split('#')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let second = app
        .get(&format!("/customers/{id}?business={BUSINESS}&before={second}"))
        .await;
    let texts = [first.text(), second.text()];
    for number in 0..40 {
        let said = format!("question number {number}?");
        // Once at the top too, where they wait for an answer.
        let seen = texts
            .iter()
            .filter(|text| text.split("What was said").nth(1).unwrap().contains(&said));
        assert_eq!(seen.count(), 1, "{said}");
    }
    assert!(texts[1].contains("confirmation"), "{}", texts[1]);
}

#[tokio::test]
async fn what_belongs_to_another_business_is_not_found() {
    let (app, id) = ana().await;
    let mut tx = app.app.store().write().await.unwrap();
    let shop = store::business::find(&mut tx, BUSINESS).await.unwrap().unwrap();
    let other = daybefore::domain::business::Business {
        id: "other".to_owned(),
        ..shop
    };
    store::business::save(&mut tx, &other, app.now()).await.unwrap();
    let items = store::item::of_customer(&mut tx, &id).await.unwrap();
    tx.commit().await.unwrap();
    let (booking, renewal) = (items[0].id(), items[2].id());
    for path in [
        format!("/customers/{id}"),
        format!("/bookings/{booking}"),
        format!("/renewals/{renewal}"),
    ] {
        let own = app.get(&format!("{path}?business={BUSINESS}")).await;
        let others = app.get(&format!("{path}?business=other")).await;
        assert_eq!(
            (own.status, others.status),
            (StatusCode::OK, StatusCode::NOT_FOUND),
            "{path}"
        );
    }
    for path in [
        "/customers?q=kosir&",
        "/bookings?q=kosir&part=all&",
        "/renewals?",
        "/customers?q=B-1&",
    ] {
        let others = app.get(&format!("{path}business=other")).await;
        assert!(!others.body.contains("Košir"), "{path}");
    }
}

#[tokio::test]
async fn a_user_of_another_business_finds_nothing_of_this_one() {
    let (mut app, id) = ana().await;
    app.app.desk = DeskAccess::Users;
    app.another_business("elsewhere").await;
    let mut tx = app.app.store().read().await.unwrap();
    let items = store::item::of_customer(&mut tx, &id).await.unwrap();
    drop(tx);
    let mut ben = app.signed_in("ben", &[("elsewhere", Role::Owner)]).await;
    let paths = [
        format!("/customers/{id}"),
        format!("/bookings/{}", items[0].id()),
        format!("/renewals/{}", items[2].id()),
    ];
    for path in &paths {
        assert_eq!(
            app.get(path).await.status,
            StatusCode::SEE_OTHER,
            "nobody signed in: {path}"
        );
        for address in [path.clone(), format!("{path}?business={BUSINESS}")] {
            assert_eq!(ben.get(&app, &address).await.status, StatusCode::NOT_FOUND, "{address}");
        }
    }
    for path in ["/customers", "/bookings", "/renewals"] {
        let others = ben.get(&app, &format!("{path}?business={BUSINESS}&q=kosir")).await;
        assert_eq!(others.status, StatusCode::NOT_FOUND, "{path}");
        let own = ben.get(&app, &format!("{path}?q=B-1")).await;
        assert!(own.status == StatusCode::OK && !own.body.contains("Košir"), "{path}");
    }
}
