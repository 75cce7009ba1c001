//! The inbox as conversations: what is one, who sees to it, in which order they come, and what opens one again.

use daybefore::domain::item::BookingStatus;
use daybefore::domain::user::Role;
use daybefore::store;

use crate::support::desk::Browser;
use crate::support::test_app::{BUSINESS, PHONE, TestApp};

const STAFF: &[(&str, Role)] = &[(BUSINESS, Role::Staff)];
const BEN: &str = "+491713920099";

impl Browser {
    pub(super) async fn sees(&mut self, app: &TestApp, path: &str) -> String {
        let page = self.get(app, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.html()
    }
}

/// The customer with that number.
pub(super) async fn with_phone(app: &TestApp, phone: &str) -> String {
    let mut tx = app.app.store().read().await.unwrap();
    let customers = store::customer::with_phone(&mut tx, phone).await.unwrap();
    customers.first().expect("a customer").id.clone()
}

/// Ana was asked whether she comes, and has written that.
pub(super) async fn asked(words: &str) -> (TestApp, Browser, String) {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-04 09:00").await;
    app.run_until("2026-12-03 17:30").await;
    app.customer_replies(words).await;
    let eva = app.signed_in("eva", STAFF).await;
    let ana = with_phone(&app, PHONE).await;
    (app, eva, ana)
}

#[tokio::test]
async fn several_rows_of_one_customer_are_one_conversation() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    app.customer_replies("and who will see to the car?").await;
    assert_eq!(app.inbox().await.len(), 2);
    let list = eva.sees(&app, "/inbox").await;
    assert_eq!(list.matches(&format!("/inbox/{ana}")).count(), 1, "{list}");
    assert!(list.contains("and who will see to the car?"), "the last words: {list}");
    assert!(list.contains("wants another time or a call"), "what waits: {list}");
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    for part in [
        "Can we do Thursday instead?",
        "and who will see",
        "understood as: wants another time",
        "reminder",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let after = eva.does(&app, &format!("/inbox/{ana}/done"), &[]).await;
    assert!(after.contains("Nothing waits for an answer."), "{after}");
    assert!(app.inbox().await.is_empty());
    assert_eq!(
        app.booking_status("B-1").await,
        BookingStatus::Booked,
        "what waited holds nothing any more"
    );
    let done = eva.sees(&app, "/inbox?show=done").await;
    assert!(done.contains(&format!("/inbox/{ana}")), "{done}");
}

#[tokio::test]
async fn the_address_of_a_row_still_leads_to_it() {
    let (app, mut eva, _) = asked("Can we do Thursday instead?").await;
    let row = app.inbox().await.remove(0).id;
    let page = eva.sees(&app, &format!("/inbox/{row}")).await;
    assert!(page.contains("Can we do Thursday instead?"), "{page}");
    let page = eva
        .does(&app, &format!("/inbox/{row}"), &[("act", "confirm"), ("stay", "1")])
        .await;
    assert!(
        page.contains("The visit is confirmed.") && page.contains("Write"),
        "{page}"
    );
}

#[tokio::test]
async fn the_visit_is_moved_to_what_the_customer_has_named() {
    let (app, mut eva, ana) = asked("Can we do Thursday at 15:30 instead?").await;
    let page = eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        page.contains("/change?business=shop&amp;date=2026-12-10&amp;time=15%3A30\""),
        "{page}"
    );
}

#[tokio::test]
async fn somebody_sees_to_it_and_everybody_sees_who() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let ben_id = app.user("ben", STAFF).await;
    let mut ben = Browser::new();
    ben.sign_in(&app, "ben", crate::support::desk::PASSWORD).await;
    let path = format!("/inbox/{ana}");
    let eva_id = me(&eva.sees(&app, &path).await);
    let page = eva.does(&app, &format!("{path}/assign"), &[("owner", &eva_id)]).await;
    assert!(
        page.contains("You see to it now.") && page.contains("You see to it."),
        "{page}"
    );
    let shown = |list: &str| list.contains(&path);
    assert!(shown(&eva.sees(&app, "/inbox?show=mine").await));
    assert!(!shown(&ben.sees(&app, "/inbox?show=mine").await));
    assert!(!shown(&ben.sees(&app, "/inbox?show=nobodys").await));
    assert!(ben.sees(&app, "/inbox").await.contains("The eva"));
    eva.does(&app, &format!("{path}/assign"), &[("owner", &ben_id)]).await;
    assert!(shown(&ben.sees(&app, "/inbox?show=mine").await));
    // What comes in again is still his.
    ben.does(&app, &format!("{path}/done"), &[]).await;
    assert!(!shown(&ben.sees(&app, "/inbox").await));
    app.customer_replies("are you still there?").await;
    assert!(
        shown(&ben.sees(&app, "/inbox?show=mine").await),
        "a new message opens it again"
    );
    // Unless he has left.
    let mut tx = app.app.store().write().await.unwrap();
    store::user::deny(&mut tx, &ben_id, BUSINESS).await.unwrap();
    tx.commit().await.unwrap();
    let list = eva.sees(&app, "/inbox?show=nobodys").await;
    assert!(shown(&list) && list.contains("nobody yet"), "{list}");
    let csrf = eva.csrf(&app).await;
    for owner in [ben_id.as_str(), "somebody"] {
        let fields = [("csrf", csrf.as_str()), ("owner", owner)];
        let answer = eva.post(&app, &format!("{path}/assign"), &fields).await;
        assert_eq!(answer.status, 400, "{owner}");
    }
    let page = eva.does(&app, &format!("{path}/assign"), &[("owner", "")]).await;
    assert!(page.contains("Nobody sees to it now."), "{page}");
}

/// The user's own id, as the button that takes a conversation has it.
fn me(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"owner\" value=\"").expect("a button");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_nobody_has_looked_at_is_marked() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let is_new = |list: &str| list.contains("class=\"unread\"");
    assert!(is_new(&eva.sees(&app, "/inbox").await));
    assert_eq!(eva.get(&app, "/inbox/new").await.body, "new: 1");
    eva.sees(&app, &format!("/inbox/{ana}")).await;
    assert!(
        is_new(&eva.sees(&app, "/inbox").await),
        "nothing is done by looking alone"
    );
    eva.does(&app, &format!("/inbox/{ana}/seen"), &[]).await;
    assert!(!is_new(&eva.sees(&app, "/inbox").await));
    assert_eq!(eva.get(&app, "/inbox/new").await.body, "");
    app.advance_to("2026-12-03 17:45");
    app.customer_replies("hello?").await;
    assert!(is_new(&eva.sees(&app, "/inbox").await), "there is something new again");
}

#[tokio::test]
async fn who_waits_longest_comes_first_and_regulars_where_the_clock_is_the_same() {
    let app = TestApp::garage().start().await;
    let header = "external_id,name,phone,standing";
    let row = |(at, standing): (usize, &str)| format!("\nK-{at},Customer {at},+49171392010{at},{standing}");
    let rows: String = ["", "regular", "vip", ""].into_iter().enumerate().map(row).collect();
    app.import_customers(&format!("{header}{rows}\n")).await;
    app.advance_to("2026-12-01 11:00");
    app.text_from("+491713920103", "when are you open?").await;
    app.advance_to("2026-12-01 22:00");
    for at in 0..3 {
        app.text_from(&format!("+49171392010{at}"), "do you have tyres?").await;
    }
    // All three of the night are due at the same minute.
    let mut tx = app.app.store().write().await.unwrap();
    let rows = store::desk_item::waiting(&mut tx, Some(BUSINESS)).await.unwrap();
    assert_eq!(rows.len(), 4);
    drop(tx);
    crate::store::raw(
        &app.app.store().path(),
        "UPDATE conversation SET due_at = 1796209200000 WHERE due_at > 1796209200000",
    )
    .await
    .unwrap();
    let mut eva = app.signed_in("eva", STAFF).await;
    let list = eva.sees(&app, "/inbox").await;
    let at = |name: &str| list.find(name).unwrap_or_else(|| panic!("{name}: {list}"));
    let order = ["Customer 3", "Customer 2", "Customer 1", "Customer 0"].map(at);
    assert!(order.is_sorted(), "{order:?} {list}");
}

#[tokio::test]
async fn a_long_inbox_is_read_page_by_page() {
    let app = TestApp::garage().start().await;
    let row = |at: i32| format!("\nK-{at},Customer {at:03},+4917139201{at:02}");
    let rows: String = (0..120).map(row).collect();
    let rows = format!("external_id,name,phone{rows}\n");
    app.import_customers(&rows).await;
    for at in 0..120 {
        app.text_from(&format!("+4917139201{at:02}"), "do you have tyres?")
            .await;
    }
    let mut eva = app.signed_in("eva", STAFF).await;
    let mut next = "/inbox".to_owned();
    let mut met = Vec::new();
    loop {
        let page = eva.sees(&app, &next).await;
        met.extend(
            page.match_indices("Customer ")
                .map(|(at, _)| page[at..at + 12].to_owned()),
        );
        let Some((before, _)) = page.split_once("\">Next page") else {
            break;
        };
        next = before.rsplit("href=\"").next().unwrap().replace("&amp;", "&");
    }
    assert_eq!(met.len(), 120);
    met.sort();
    met.dedup();
    assert_eq!(met.len(), 120, "each once");
    for at in 0..60 {
        let id = with_phone(&app, &format!("+4917139201{at:02}")).await;
        let csrf = eva.csrf(&app).await;
        eva.post(&app, &format!("/inbox/{id}/done"), &[("csrf", &csrf)]).await;
    }
    let first = eva.sees(&app, "/inbox?show=done").await;
    let (before, _) = first.split_once("\">Next page").expect("a next page");
    let next = before.rsplit("href=\"").next().unwrap().replace("&amp;", "&");
    let second = eva.sees(&app, &next).await;
    assert_eq!(second.matches("Customer ").count(), 10, "{second}");
}

#[tokio::test]
async fn another_businesss_conversation_is_not_there_whatever_is_pressed() {
    let (app, _, ana) = asked("Can we do Thursday instead?").await;
    app.another_business("other").await;
    let stranger_id = app.user("stranger", &[("other", Role::Owner)]).await;
    let mut stranger = Browser::new();
    stranger.sign_in(&app, "stranger", crate::support::desk::PASSWORD).await;
    let before = app.dump().await;
    let row = app.inbox().await.remove(0).id;
    let csrf = stranger.csrf(&app).await;
    for id in [&ana, &row] {
        assert_eq!(stranger.get(&app, &format!("/inbox/{id}")).await.status, 404);
        for (act, fields) in [
            ("assign", vec![("owner", stranger_id.as_str())]),
            ("done", vec![]),
            ("seen", vec![]),
            ("who", vec![("name", "Me")]),
            (
                "answer",
                vec![("act", "send"), ("token", "t"), ("channel", "sms"), ("words", "hello")],
            ),
            (
                "answer",
                vec![
                    ("act", "preview"),
                    ("token", "t"),
                    ("channel", "sms"),
                    ("words", "hello"),
                ],
            ),
        ] {
            let mut fields = fields;
            fields.push(("csrf", &csrf));
            let answer = stranger.post(&app, &format!("/inbox/{id}/{act}"), &fields).await;
            assert_eq!(answer.status, 404, "{act}");
        }
    }
    assert_eq!(stranger.get(&app, "/inbox/new").await.body, "");
    assert!(!stranger.sees(&app, "/inbox?show=done").await.contains("Thursday"));
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn a_form_without_its_sessions_field_does_nothing() {
    let (app, mut eva, ana) = asked("Can we do Thursday instead?").await;
    let before = app.dump().await;
    for (act, field) in [
        ("assign", ("owner", "")),
        ("done", ("note", "")),
        ("seen", ("x", "")),
        ("who", ("name", "Me")),
        ("answer", ("words", "hello")),
    ] {
        let fields = [
            ("csrf", "wrong"),
            ("act", "send"),
            ("token", "t"),
            ("channel", "sms"),
            field,
        ];
        let answer = eva.post(&app, &format!("/inbox/{ana}/{act}"), &fields).await;
        assert_eq!(answer.status, 403, "{act}");
    }
    assert_eq!(app.dump().await, before);
}

#[tokio::test]
async fn names_and_words_show_as_they_were_written_and_do_nothing() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!(
        "external_id,name,phone\nK-1,\"<b>Ben</b>\"\"><script>x()</script>\",{BEN}\n"
    ))
    .await;
    app.text_from(BEN, "<script>alert(1)</script> \"><img src=x>").await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let ben = with_phone(&app, BEN).await;
    for path in ["/inbox".to_owned(), format!("/inbox/{ben}"), "/".to_owned()] {
        let page = eva.get(&app, &path).await.body;
        assert!(
            !page.contains("<b>Ben") && !page.contains("<script>") && !page.contains("<img"),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    }
}

#[tokio::test]
async fn every_page_speaks_every_language() {
    let (app, _, ana) = asked("Can we do Thursday instead?").await;
    app.text_from("+491700000000", "Hello?").await;
    let stranger = app
        .inbox()
        .await
        .into_iter()
        .find(|row| row.customer_id.is_none())
        .unwrap()
        .id;
    for language in ["en", "de", "fr", "es", "pl"] {
        let mut reader = app.signed_in(&format!("reads-{language}"), STAFF).await;
        for show in ["all", "mine", "nobodys", "done"] {
            reader.sees(&app, &format!("/inbox?show={show}")).await;
        }
        reader.sees(&app, &format!("/inbox/{ana}?said=answer_later")).await;
        reader.sees(&app, &format!("/inbox/{stranger}?q=an")).await;
        let csrf = reader.csrf(&app).await;
        let fields = [
            ("csrf", csrf.as_str()),
            ("act", "preview"),
            ("token", "t"),
            ("channel", "sms"),
            ("words", "See https://x.example … reply STOP"),
        ];
        let page = reader.post(&app, &format!("/inbox/{ana}/answer"), &fields).await;
        assert_eq!(page.status, 200, "{language}: {}", page.body);
    }
}
