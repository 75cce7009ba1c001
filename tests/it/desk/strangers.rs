//! Somebody writes whom nobody knows: every business that may be meant sees it, and somebody says who it is.

use daybefore::domain::user::Role;
use daybefore::store;

use super::talk::with_phone;
use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const STRANGER: &str = "+491700000000";
const WORDS: &str = "Is my car ready?";

const OWNER: &[(&str, Role)] = &[(BUSINESS, Role::Owner)];
const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
const OTHERS: &[(&str, Role)] = &[("other", Role::Owner)];

/// Two garages that share a number, and somebody whom neither knows has written to it.
async fn shared() -> (TestApp, Browser, Browser) {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.text_from(STRANGER, WORDS).await;
    let olga = app.signed_in("olga", OWNER).await;
    let otto = app.signed_in("otto", OTHERS).await;
    (app, olga, otto)
}

/// The conversation that a list leads to.
fn first_talk(list: &str) -> String {
    let (_, rest) = list.split_once("<td><a href=\"/inbox/").expect("a row");
    format!("/inbox/{}", rest.split('?').next().unwrap_or_default())
}

#[tokio::test]
async fn the_one_business_sees_it_and_so_does_its_staff() {
    let app = TestApp::garage().start().await;
    app.text_from(STRANGER, WORDS).await;
    app.text_from(STRANGER, "Hello?").await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let list = eva.sees(&app, "/inbox").await;
    assert_eq!(list.matches("somebody unknown").count(), 1, "one conversation: {list}");
    assert!(list.contains(STRANGER), "{list}");
    let page = eva.sees(&app, &first_talk(&list)).await;
    assert!(
        page.contains(WORDS) && page.contains("Hello?") && page.contains("Who is it?"),
        "{page}"
    );
    assert!(
        !page.contains("<textarea"),
        "nobody is written to who is not known: {page}"
    );
}

#[tokio::test]
async fn all_who_may_be_meant_see_it_but_only_their_owners() {
    let (app, mut olga, mut otto) = shared().await;
    let mut eva = app.signed_in("eva", STAFF).await;
    for owner in [&mut olga, &mut otto] {
        let list = owner.sees(&app, "/inbox").await;
        assert!(
            list.contains(WORDS) && list.contains("perhaps meant for another business"),
            "{list}"
        );
        let talk = first_talk(&list);
        let page = owner.sees(&app, &talk).await;
        assert!(page.contains(WORDS) && !page.contains("Ana"), "{page}");
        assert_eq!(eva.get(&app, &talk).await.status, 404);
    }
    let row = app
        .inbox()
        .await
        .into_iter()
        .find(|row| row.business_id.as_deref() == Some(BUSINESS))
        .unwrap();
    for path in ["/inbox", "/", "/inbox/new", "/inbox?show=done"] {
        let page = eva.get(&app, path).await;
        assert!(
            page.status == 200 && !page.body.contains(WORDS) && !page.body.contains("new: 1"),
            "{path}"
        );
    }
    let csrf = eva.csrf(&app).await;
    let answer = eva
        .post(&app, &format!("/inbox/{}", row.id), &[("csrf", &csrf), ("act", "done")])
        .await;
    assert_eq!(answer.status, 404);
    // Neither sees the other's.
    let own = first_talk(&olga.sees(&app, "/inbox").await);
    assert_eq!(otto.get(&app, &own).await.status, 404);
}

#[tokio::test]
async fn a_number_of_its_own_is_seen_by_its_business_alone() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let mut tx = app.app.store().write().await.unwrap();
    let mut other = store::business::find(&mut tx, "other").await.unwrap().unwrap();
    other.sms_from = Some("+4915100000000".to_owned());
    store::business::save(&mut tx, &other, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.text_from(STRANGER, WORDS).await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let mut otto = app.signed_in("otto", OTHERS).await;
    assert!(eva.sees(&app, "/inbox").await.contains(WORDS));
    assert!(!otto.sees(&app, "/inbox").await.contains(WORDS));
}

#[tokio::test]
async fn a_number_that_nobody_sends_from_any_more_loses_nothing() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let webhook = crate::support::texting::Webhook::text(STRANGER, WORDS).with("To", "+15550000000");
    app.receive_webhook(&webhook).await;
    for (login, belongs) in [("olga", OWNER), ("otto", OTHERS)] {
        let mut owner = app.signed_in(login, belongs).await;
        assert!(owner.sees(&app, "/inbox").await.contains(WORDS), "{login}");
    }
}

#[tokio::test]
async fn it_is_a_customer_and_then_nobody_elses() {
    let (app, mut olga, mut otto) = shared().await;
    let ana = with_phone(&app, PHONE).await;
    let talk = first_talk(&olga.sees(&app, "/inbox").await);
    let found = olga.sees(&app, &format!("{talk}?q=kosir")).await;
    assert!(found.contains("It is Ana Košir"), "{found}");
    let page = olga.does(&app, &format!("{talk}/who"), &[("customer", &ana)]).await;
    assert!(
        page.contains("Now we know who it is.") && page.contains(WORDS) && page.contains("Ana Košir"),
        "{page}"
    );
    let list = otto.sees(&app, "/inbox").await;
    assert!(!list.contains(WORDS) && !list.contains(STRANGER), "{list}");
    assert!(!otto.sees(&app, "/inbox?show=done").await.contains(STRANGER));
    let theirs = app.dump().await;
    let others: Vec<_> = theirs
        .lines()
        .filter(|line| line.contains("'other'") && line.contains(WORDS))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    let row = app.inbox().await.remove(0);
    assert_eq!((row.customer_id.as_ref(), app.inbox().await.len()), (Some(&ana), 1));
    // Her number stays hers: nobody said that she moved.
    assert_eq!(with_phone(&app, PHONE).await, ana);
    assert!(
        olga.sees(&app, &talk).await.contains("Ana Košir"),
        "the old address leads there"
    );
}

#[tokio::test]
async fn from_then_on_she_is_written_to_there_where_somebody_says_so() {
    let (app, mut olga, _) = shared().await;
    let ana = with_phone(&app, PHONE).await;
    let talk = first_talk(&olga.sees(&app, "/inbox").await);
    olga.does(
        &app,
        &format!("{talk}/who"),
        &[("customer", &ana), ("writes_there", "1")],
    )
    .await;
    assert_eq!(with_phone(&app, STRANGER).await, ana);
    app.text_from(STRANGER, "And what does it cost?").await;
    assert!(
        app.inbox()
            .await
            .iter()
            .all(|row| row.customer_id.as_ref() == Some(&ana))
    );
    app.run_until("2026-12-14 18:00").await;
    assert!(
        app.sent().iter().any(|sent| sent.to == STRANGER),
        "the reminder goes there"
    );
    assert!(
        app.sent()
            .iter()
            .all(|sent| sent.to != PHONE || sent.at < app.at("2026-12-02 00:00"))
    );
}

#[tokio::test]
async fn it_is_somebody_new() {
    let (app, mut olga, mut otto) = shared().await;
    let talk = first_talk(&olga.sees(&app, "/inbox").await);
    let page = olga.does(&app, &format!("{talk}/who"), &[("name", " ")]).await;
    assert!(page.contains("Write the name of the new customer."), "{page}");
    let page = olga
        .does(&app, &format!("{talk}/who"), &[("name", " Zoe <b>Park</b> ")])
        .await;
    assert!(
        page.contains("Now we know who it is.") && page.contains("Zoe &lt;b&gt;Park"),
        "{page}"
    );
    let zoe = with_phone(&app, STRANGER).await;
    assert!(olga.sees(&app, "/customers?q=zoe").await.contains(&zoe));
    assert!(!otto.sees(&app, "/customers?q=zoe").await.contains(&zoe));
    assert!(page.contains("<textarea"), "and can be written to: {page}");
}

#[tokio::test]
async fn another_businesss_customer_can_not_be_named() {
    let (app, _, mut otto) = shared().await;
    let ana = with_phone(&app, PHONE).await;
    let talk = first_talk(&otto.sees(&app, "/inbox").await);
    let csrf = otto.csrf(&app).await;
    let answer = otto
        .post(&app, &format!("{talk}/who"), &[("csrf", &csrf), ("customer", &ana)])
        .await;
    assert_eq!(answer.status, 404);
    assert!(!otto.sees(&app, &format!("{talk}?q=kosir")).await.contains("Košir"));
    assert!(otto.sees(&app, "/inbox").await.contains(WORDS));
}

#[tokio::test]
async fn it_is_nobody_we_know_and_the_other_business_still_sees_it() {
    let (app, mut olga, mut otto) = shared().await;
    let talk = first_talk(&olga.sees(&app, "/inbox").await);
    let page = olga
        .does(&app, &format!("{talk}/done"), &[("note", "nobody we know")])
        .await;
    assert!(page.contains("Nothing waits for an answer."), "{page}");
    let list = otto.sees(&app, "/inbox").await;
    assert!(
        list.contains(WORDS) && !list.contains("perhaps meant for another"),
        "only they are left: {list}"
    );
    app.text_from(STRANGER, "Still nobody?").await;
    let list = olga.sees(&app, "/inbox").await;
    assert!(list.contains("Still nobody?"), "it is opened again: {list}");
    assert_eq!(first_talk(&list), talk, "in the same conversation");
}

#[tokio::test]
async fn two_customers_with_one_phone_are_proposed_and_others_not() {
    let app = TestApp::garage().start().await;
    app.another_business("other").await;
    let header = "external_id,name,phone,starts_at";
    app.import_bookings(&format!(
        "{header}\nB-1,Ana,{PHONE},2026-12-15 09:00\nB-2,Ben,{PHONE},2026-12-16 09:00\n"
    ))
    .await;
    app.customer_replies("please cancel my appointment").await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let talk = first_talk(&eva.sees(&app, "/inbox").await);
    let page = eva.sees(&app, &talk).await;
    assert!(page.contains("It is Ana") && page.contains("It is Ben"), "{page}");
}

#[tokio::test]
async fn an_unknown_number_can_be_opted_out() {
    let app = TestApp::garage().start().await;
    app.text_from(STRANGER, WORDS).await;
    let row = app.inbox().await.remove(0).id;
    let mut eva = app.signed_in("eva", STAFF).await;
    let page = eva.does(&app, &format!("/inbox/{row}"), &[("act", "opt_out")]).await;
    assert!(page.contains("Nothing more goes to this customer."), "{page}");
    app.import_bookings(&format!(
        "external_id,name,phone,starts_at\nB-7,Zoe,{STRANGER},2026-12-15 09:00\n"
    ))
    .await;
    app.run_until("2026-12-14 18:00").await;
    assert!(app.sent().iter().all(|sent| sent.to != STRANGER));
}
