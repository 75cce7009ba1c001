//! Ratings, cases, calls and what holds messages: every bound column is read back.

use daybefore::domain::call::CallOutcome;
use daybefore::domain::case::{Case, CaseSource, Cause};
use daybefore::domain::item::ItemKind;
use daybefore::domain::message::{Channel, Reason, State};
use daybefore::domain::plan::Waits;
use daybefore::domain::rating::Scale;
use daybefore::domain::replan::Hold;
use daybefore::store::message::Planned;
use daybefore::store::rating::Rating;
use daybefore::store::{self, Listed};

use super::fixtures::*;

fn rating(id: &str, score: i64, counts: bool, millis: i64) -> Rating {
    Rating {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        item_kind: ItemKind::Booking,
        item_id: "i-1".to_owned(),
        message_id: "m-1".to_owned(),
        scale: Scale::Nps,
        version: "version".to_owned(),
        score,
        raw: Some("raw".to_owned()),
        comment: Some("comment".to_owned()),
        channel: Channel::Call,
        counts,
        at: at(millis),
    }
}

fn case() -> Case {
    Case {
        id: "k-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        item_kind: Some(ItemKind::Booking),
        item_id: Some("i-1".to_owned()),
        rating_id: Some("r-2".to_owned()),
        scale: Some(Scale::Nps),
        score: Some(3),
        source: CaseSource::Link,
        words: Some("words".to_owned()),
        owner: Some("owner".to_owned()),
        revision: 7,
        opened_at: at(81),
        changed_at: at(82),
        due_at: at(83),
        closed_at: None,
        cause: None,
        note: Some("note".to_owned()),
        solved: Some(false),
    }
}

#[tokio::test]
async fn a_rating_is_kept_whole_and_the_later_one_counts() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let (first, second) = (rating("r-1", 9, true, 71), rating("r-2", 3, true, 72));
    store::rating::add(&mut tx, &first).await.unwrap();
    store::rating::add(&mut tx, &second).await.unwrap();
    let overtaken = Rating { counts: false, ..first };
    let kept = [overtaken, second];
    assert_eq!(store::rating::of_message(&mut tx, "m-1").await.unwrap(), kept);
    assert_eq!(store::rating::of_customer(&mut tx, "c-1").await.unwrap(), kept);
    assert_eq!(
        store::rating::first_about(&mut tx, &["i-1", "i-2"]).await.unwrap(),
        [("i-1".to_owned(), at(71))]
    );
    assert_eq!(store::rating::blank_words(&mut tx, at(72)).await.unwrap(), 1);
    assert_eq!(store::rating::blank_customer(&mut tx, "c-1").await.unwrap(), 2);
    let words: Vec<_> = store::rating::of_message(&mut tx, "m-1").await.unwrap();
    assert!(
        words
            .iter()
            .all(|rating| rating.raw.is_none() && rating.comment.is_none())
    );
    tx.commit().await.unwrap();
    let row = database.row("rating", "id = 'r-2'").await;
    assert_eq!(
        row.join(" "),
        "id=r-2 business_id=b-1 customer_id=c-1 item_kind=booking item_id=i-1 message_id=m-1 scale=nps version=version score=3 raw=NULL comment=NULL channel=call counts=1 at=72"
    );
}

#[tokio::test]
async fn what_was_asked_is_read_with_its_service_and_its_answer() {
    let database = database().await;
    let mut tx = database.write().await;
    let sent = Planned {
        state: State::Delivered,
        ..planned()
    };
    insert_message(&mut tx, "m-1", sent).await;
    store::rating::add(&mut tx, &rating("r-1", 9, true, 71)).await.unwrap();
    let asked = store::rating::asked(&mut tx, "b-1", at(11), at(12)).await.unwrap();
    assert_eq!(asked.len(), 1);
    let only = &asked[0];
    assert_eq!(
        (only.channel, only.state, only.asked_at),
        (Some(Channel::Email), State::Delivered, at(11))
    );
    assert_eq!(
        (only.service.as_deref(), only.scale, only.score),
        (Some("service"), Some(Scale::Nps), Some(9))
    );
    for (business, from, to) in [("other", 11, 12), ("b-1", 12, 13), ("b-1", 0, 11)] {
        let none = store::rating::asked(&mut tx, business, at(from), at(to)).await.unwrap();
        assert!(none.is_empty(), "{business} {from} {to}");
    }
}

#[tokio::test]
async fn a_case_is_kept_whole_with_the_score_of_its_rating() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    store::rating::add(&mut tx, &rating("r-2", 3, true, 72)).await.unwrap();
    store::customer_case::save(&mut tx, &case(), at(84)).await.unwrap();
    assert_eq!(store::customer_case::find(&mut tx, "k-1").await.unwrap(), Some(case()));
    assert_eq!(
        store::customer_case::open_of(&mut tx, "c-1").await.unwrap(),
        Some(case())
    );
    assert_eq!(
        store::customer_case::of_customers(&mut tx, &["c-1"]).await.unwrap(),
        [case()]
    );
    assert_eq!(
        store::customer_case::of_ids(&mut tx, &["k-1", "k-2"]).await.unwrap(),
        [case()]
    );
    assert_eq!(
        store::customer_case::page(&mut tx, "b-1", "", 9).await.unwrap(),
        [case()]
    );
    assert_eq!(store::customer_case::page(&mut tx, "b-1", "k-1", 9).await.unwrap(), []);
    assert_eq!(
        store::customer_case::open_cases(&mut tx, Some("b-1"), 9).await.unwrap(),
        [case()]
    );
    assert_eq!(
        store::customer_case::open_cases(&mut tx, Some("other"), 9)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store::customer_case::open_cases(&mut tx, Some("b-1"), 0).await.unwrap(),
        []
    );
    assert_eq!(store::customer_case::closed_cases(&mut tx, None, 9).await.unwrap(), []);
    assert_eq!(store::customer_case::open_count(&mut tx, "b-1").await.unwrap(), 1);
    tx.commit().await.unwrap();
    let row = database.row("customer_case", "id = 'k-1'").await;
    assert_eq!(
        row.join(" "),
        "id=k-1 business_id=b-1 customer_id=c-1 item_kind=booking item_id=i-1 rating_id=r-2 source=link words=words owner=owner revision=7 opened_at=81 changed_at=82 due_at=83 closed_at=NULL cause=NULL note=note solved=0 updated_at=84"
    );
    let closed = Case {
        item_kind: Some(ItemKind::Renewal),
        item_id: Some("r-1".to_owned()),
        rating_id: None,
        scale: None,
        score: None,
        words: Some("other words".to_owned()),
        owner: None,
        revision: 8,
        changed_at: at(91),
        due_at: at(92),
        closed_at: Some(at(93)),
        cause: Some(Cause::Delay),
        note: Some("other note".to_owned()),
        solved: Some(true),
        ..case()
    };
    let mut tx = database.write().await;
    store::customer_case::save(&mut tx, &closed, at(94)).await.unwrap();
    assert_eq!(
        store::customer_case::find(&mut tx, "k-1").await.unwrap(),
        Some(closed.clone())
    );
    assert_eq!(
        store::customer_case::closed_cases(&mut tx, Some("b-1"), 9)
            .await
            .unwrap(),
        [closed]
    );
    assert_eq!(store::customer_case::open_of(&mut tx, "c-1").await.unwrap(), None);
    for (business, since, limit, count) in [
        ("b-1", 93, 9, 1),
        ("b-1", 94, 9, 0),
        ("other", 93, 9, 0),
        ("b-1", 93, 0, 0),
    ] {
        let found = store::customer_case::closed_since(&mut tx, business, at(since), limit)
            .await
            .unwrap();
        assert_eq!(found.len(), count, "{business} {since} {limit}");
    }
    assert_eq!(store::customer_case::blank_words(&mut tx, at(93)).await.unwrap(), 0);
    assert_eq!(store::customer_case::blank_words(&mut tx, at(94)).await.unwrap(), 1);
    assert_eq!(store::customer_case::blank_customer(&mut tx, "c-1").await.unwrap(), 1);
}

#[tokio::test]
async fn a_customer_has_one_open_case_at_most() {
    let database = database().await;
    let mut tx = database.write().await;
    let alone = Case {
        rating_id: None,
        ..case()
    };
    store::customer_case::save(&mut tx, &alone, at(84)).await.unwrap();
    let second = Case {
        id: "k-2".to_owned(),
        ..alone
    };
    assert!(store::customer_case::save(&mut tx, &second, at(85)).await.is_err());
}

#[tokio::test]
async fn what_holds_is_told_of_many_items_at_once() {
    let database = database().await;
    let mut tx = database.write().await;
    let free = Waits::default();
    let alone = Case {
        rating_id: None,
        ..case()
    };
    store::customer_case::save(&mut tx, &alone, at(84)).await.unwrap();
    assert!(store::held_number::hold(&mut tx, "b-1", "+1", at(85)).await.unwrap());
    store::ledger::add_bad_address(&mut tx, Channel::Email, "a@b.example", None, "failure", at(86))
        .await
        .unwrap();
    let held = Waits {
        case: true,
        change: false,
        number: true,
    };
    let [customers, items, addresses] =
        [&["c-1"] as &[_], &["i-1"], &["+1", "a@b.example"]].map(|list| Listed::of(list).unwrap());
    let standing = store::claim::standing(&mut tx, &customers, &items, &addresses);
    let (_, obstacles) = standing.await.unwrap().read().unwrap();
    assert_eq!(obstacles.waits("i-1", &customer()), held);
    assert_eq!(obstacles.bad_addresses, [(Channel::Email, "a@b.example".to_owned())]);
    let elsewhere = daybefore::domain::customer::Customer {
        id: "c-2".to_owned(),
        business_id: "b-2".to_owned(),
        ..customer()
    };
    assert_eq!(obstacles.waits("i-2", &elsewhere), free, "another business's customer");
}

#[tokio::test]
async fn held_messages_past_their_use_are_skipped_by_what_held_them() {
    let database = database().await;
    let mut tx = database.write().await;
    for (id, hold) in [
        ("m-1", Hold::Case),
        ("m-2", Hold::Person),
        ("m-3", Hold::Number),
        ("m-4", Hold::Change),
    ] {
        let held = Planned {
            state: State::Held,
            hold: Some(hold),
            useful_until: at(if id == "m-4" { 20 } else { 12 }),
            ..planned()
        };
        insert_message(&mut tx, id, held).await;
    }
    assert_eq!(store::message::next_overdue_held(&mut tx).await.unwrap(), Some(at(12)));
    assert_eq!(
        store::message::skip_overdue_held(&mut tx, at(12)).await.unwrap(),
        0,
        "of use until then"
    );
    assert_eq!(store::message::skip_overdue_held(&mut tx, at(13)).await.unwrap(), 3);
    let mut reasons = Vec::new();
    for id in ["m-1", "m-2", "m-3", "m-4"] {
        reasons.push(store::report::message(&mut tx, id).await.unwrap().unwrap().reason);
    }
    let late = Some(Reason::TooLate);
    assert_eq!(reasons, [Some(Reason::CaseOpen), late, late, None]);
}

#[tokio::test]
async fn a_call_is_kept_whole_and_done_once() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    store::call::open(&mut tx, CALL, at(62)).await.unwrap();
    store::call::open(&mut tx, CALL, at(63)).await.unwrap();
    let open = store::call::open_calls(&mut tx, Some("b-1")).await.unwrap();
    assert_eq!(open.len(), 1, "one open call a message");
    let id = open[0].id.clone();
    assert_eq!(store::call::find(&mut tx, &id).await.unwrap().as_ref(), Some(&open[0]));
    assert_eq!(
        store::call::most_urgent(&mut tx, "b-1", at(59), 9).await.unwrap(),
        [],
        "not yet"
    );
    assert_eq!(store::call::most_urgent(&mut tx, "b-1", at(60), 9).await.unwrap(), open);
    assert_eq!(store::call::open_count(&mut tx, "b-1", at(61)).await.unwrap(), 1);
    assert_eq!(
        store::call::open_count(&mut tx, "b-1", at(62)).await.unwrap(),
        0,
        "of no use any more"
    );
    let outcome = CallOutcome::NoAnswer;
    assert!(
        store::call::done(&mut tx, &id, outcome, Some("note"), "by", at(64))
            .await
            .unwrap()
    );
    assert!(
        !store::call::done(&mut tx, &id, outcome, None, "by", at(65))
            .await
            .unwrap()
    );
    store::call::open(&mut tx, CALL, at(66)).await.unwrap();
    let calls = store::call::of_message(&mut tx, "m-1").await.unwrap();
    assert_eq!(calls.len(), 2, "a next one");
    assert_eq!(store::call::made(&mut tx, Some("b-1"), 9).await.unwrap(), calls[..1]);
    tx.commit().await.unwrap();
    let row = database.row("call", &format!("id = '{id}'")).await;
    assert_eq!(
        row[1..].join(" "),
        "business_id=b-1 customer_id=c-1 message_id=m-1 phone=phone script=script opened_at=62 due_at=61 done_at=64 outcome=no_answer note=note done_by=by call_at=60"
    );
}
