//! What the first page and the sandbox phone read: every bound column is read back, and every bind is told apart.

use daybefore::domain::attempt::AttemptState;
use daybefore::domain::item::{BookingStatus, Item, ItemKind, RenewalStatus};
use daybefore::domain::local::LocalDate;
use daybefore::domain::message::{Asks, Channel, State};
use daybefore::domain::question::{Question, QuestionState};
use daybefore::domain::rating::Scale;
use daybefore::domain::rule::Anchor;
use daybefore::store;
use daybefore::store::attempt::AttemptEnd;
use daybefore::store::inbound::NewInbound;
use daybefore::store::message::Planned;
use daybefore::store::reply::Reply;
use daybefore::store::sandbox_phone::{Arrived, Written};

use super::fixtures::*;
use crate::support::claiming::begin_attempts;

#[tokio::test]
async fn visits_and_what_ends_are_found_by_business_state_and_time_and_counted() {
    let database = database().await;
    let mut tx = database.write().await;
    let states = [BookingStatus::Booked, BookingStatus::NoShow];
    for (business, states, span, limit, found, counted) in [
        ("b-1", &states[..], (at(1), at(2)), 9, 1, 1),
        ("b-1", &states, (at(1), at(1)), 9, 0, 0),
        ("b-1", &states, (at(2), at(9)), 9, 0, 0),
        ("b-1", &states[..1], (at(1), at(2)), 9, 0, 0),
        ("b-2", &states, (at(1), at(2)), 9, 0, 0),
        ("b-1", &states, (at(1), at(2)), 0, 0, 1),
    ] {
        let (rows, count) = store::lookup::bookings_between(&mut tx, business, states, span, limit)
            .await
            .unwrap();
        assert_eq!(
            (rows.len(), count),
            (found, counted),
            "{business} {states:?} {span:?} {limit}"
        );
        for row in rows {
            assert_eq!(Item::Booking(row), booking());
        }
    }
    let date = |text: &str| -> LocalDate { text.parse().unwrap() };
    let (before, day, after) = (date("2027-02-27"), date("2027-02-28"), date("2027-03-01"));
    let states = [RenewalStatus::Active, RenewalStatus::Lapsed];
    for (business, states, span, limit, found, counted) in [
        ("b-1", &states[..], (day, day), 9, 1, 1),
        ("b-1", &states, (before, before), 9, 0, 0),
        ("b-1", &states, (after, after), 9, 0, 0),
        ("b-1", &states[..1], (day, day), 9, 0, 0),
        ("b-2", &states, (day, day), 9, 0, 0),
        ("b-1", &states, (before, after), 0, 0, 1),
    ] {
        let (rows, count) = store::lookup::renewals_between(&mut tx, business, states, span, limit)
            .await
            .unwrap();
        assert_eq!(
            (rows.len(), count),
            (found, counted),
            "{business} {states:?} {span:?} {limit}"
        );
        for row in rows {
            assert_eq!(Item::Renewal(row), renewal());
        }
    }
}

#[tokio::test]
async fn messages_of_items_late_ones_and_the_last_that_went_are_found() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let gone = Planned {
        state: State::Accepted,
        due_at: at(10),
        ..planned()
    };
    insert_message(&mut tx, "m-2", gone).await;
    let ids = |lines: Vec<store::report::Line>| lines.into_iter().map(|line| line.id).collect::<Vec<_>>();
    assert_eq!(
        ids(store::report::of_items(&mut tx, &["i-1", "x"]).await.unwrap()),
        ["m-2", "m-1"]
    );
    assert!(store::report::of_items(&mut tx, &["r-1"]).await.unwrap().is_empty());
    for (business, lanes, before, limit, found) in [
        ("b-1", &["email/b-1", "sms"][..], at(12), 9, (1, Some(at(11)))),
        ("b-1", &["email/b-1"], at(11), 9, (0, None)),
        ("b-1", &["sms"], at(12), 9, (0, None)),
        ("b-2", &["email/b-1"], at(12), 9, (0, None)),
        ("b-1", &["email/b-1"], at(12), 0, (0, None)),
    ] {
        let late = store::report::overdue_of(&mut tx, business, lanes, before, limit)
            .await
            .unwrap();
        assert_eq!(late, found, "{business} {lanes:?} {before:?} {limit}");
    }
    for (business, since, now, limit, found) in [
        ("b-1", at(1), at(20), 9, Some(at(10))),
        ("b-1", at(11), at(20), 9, None),
        ("b-1", at(1), at(9), 9, None),
        ("b-2", at(1), at(20), 9, None),
        // The one message that is looked at is still to go.
        ("b-1", at(1), at(20), 1, None),
    ] {
        let last = store::report::last_gone(&mut tx, business, since, now, limit)
            .await
            .unwrap();
        assert_eq!(last, found, "{business} {since:?} {now:?} {limit}");
    }
    assert!(
        !store::message::bring_forward(&mut tx, "m-1", at(11)).await.unwrap(),
        "due already"
    );
    assert!(
        !store::message::bring_forward(&mut tx, "m-2", at(5)).await.unwrap(),
        "gone"
    );
    assert!(store::message::bring_forward(&mut tx, "m-1", at(10)).await.unwrap());
    let lines = store::report::of_items(&mut tx, &["i-1"]).await.unwrap();
    assert!(lines.iter().all(|line| line.due_at == at(10)), "{lines:?}");
}

#[tokio::test]
async fn the_rating_asked_for_last_is_found_while_it_can_be_given() {
    let database = database().await;
    let mut tx = database.write().await;
    let rating = Planned {
        asks: Asks::Rating,
        ..planned()
    };
    insert_message(&mut tx, "m-1", rating).await;
    let question = Question {
        id: "q-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        message_id: "m-1".to_owned(),
        channel: Channel::Sms,
        sender: "+2".to_owned(),
        address: "+1".to_owned(),
        asks: Asks::Rating,
        scale: Some(Scale::Csat),
        item_kind: ItemKind::Booking,
        item_id: "i-1".to_owned(),
        item_revision: 3,
        state: QuestionState::Open,
        asked_at: at(11),
        closes_at: at(20),
        answered_at: None,
    };
    store::question::ask_all(&mut tx, std::slice::from_ref(&question))
        .await
        .unwrap();
    for (business, now, limit, found) in [
        ("b-1", at(19), 9, true),
        ("b-1", at(20), 9, false),
        ("b-1", at(10), 9, false),
        ("b-2", at(19), 9, false),
        ("b-1", at(19), 0, false),
    ] {
        let last = store::question::last_open_rating(&mut tx, business, now, limit)
            .await
            .unwrap();
        assert_eq!(last, found.then(|| question.clone()), "{business} {now:?} {limit}");
    }
    store::question::close_all(&mut tx, &["q-1"]).await.unwrap();
    assert_eq!(
        store::question::last_open_rating(&mut tx, "b-1", at(19), 9)
            .await
            .unwrap(),
        None
    );
}

fn arrived(id: &str, started: i64) -> Arrived {
    Arrived {
        id: id.to_owned(),
        message_id: "m-1".to_owned(),
        customer_id: "c-1".to_owned(),
        template: "template".to_owned(),
        item_kind: ItemKind::Booking,
        item_id: "i-1".to_owned(),
        anchor: Anchor::Changed,
        channel: Channel::Email,
        sender: "sender".to_owned(),
        address: "address".to_owned(),
        subject: Some("subject".to_owned()),
        text: Some("text".to_owned()),
        at: at(started),
    }
}

#[tokio::test]
async fn what_has_arrived_is_found_by_business_customer_carrier_and_place() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let mut later = attempt("a-2");
    later.started_at = at(24);
    begin_attempts(&mut tx, &[attempt("a-1"), later, attempt("a-3")])
        .await
        .unwrap();
    // What has not left yet has not arrived.
    for id in ["a-1", "a-2"] {
        assert_eq!(store::sandbox_phone::find(&mut tx, id, "carrier").await.unwrap(), None);
        let end = AttemptEnd::new(id, AttemptState::Accepted, at(25));
        assert!(
            store::attempt::settle(&mut tx, &end, AttemptState::Started)
                .await
                .unwrap()
        );
    }
    let found = store::sandbox_phone::find(&mut tx, "a-1", "carrier").await.unwrap();
    assert_eq!(found, Some(arrived("a-1", 23)));
    assert_eq!(
        store::sandbox_phone::find(&mut tx, "a-1", "twilio").await.unwrap(),
        None
    );
    for (customers, carrier, before, limit, expected) in [
        (&["c-1", "c-2"][..], "carrier", (at(99), ""), 9, &["a-2", "a-1"][..]),
        (&["c-1"], "carrier", (at(24), "a-2"), 9, &["a-1"]),
        (&["c-1"], "carrier", (at(23), "a-1"), 9, &[]),
        (&["c-1"], "carrier", (at(99), ""), 1, &["a-2"]),
        (&["c-2"], "carrier", (at(99), ""), 9, &[]),
        (&["c-1"], "twilio", (at(99), ""), 9, &[]),
    ] {
        let rows = store::sandbox_phone::arrived_at(&mut tx, customers, carrier, before, limit)
            .await
            .unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, expected, "{customers:?} {carrier} {before:?} {limit}");
    }
    for (business, carrier, alerts, before, limit, expected) in [
        ("b-1", "carrier", &[][..], None, 9, &["a-2"][..]),
        // The last of each customer is on one page only.
        ("b-1", "carrier", &[], Some("a-2"), 9, &[]),
        ("b-1", "carrier", &["template"], None, 9, &[]),
        ("b-1", "twilio", &[], None, 9, &[]),
        ("b-2", "carrier", &[], None, 9, &[]),
    ] {
        let (rows, next) = store::sandbox_phone::latest(&mut tx, business, carrier, alerts, before, limit)
            .await
            .unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(
            (ids.as_slice(), next),
            (expected, None),
            "{business} {carrier} {alerts:?} {before:?}"
        );
    }
    let (rows, next) = store::sandbox_phone::latest(&mut tx, "b-1", "carrier", &[], None, 0)
        .await
        .unwrap();
    assert_eq!((rows.len(), next), (0, None), "no page, and so none behind it");
}

#[tokio::test]
async fn what_was_written_is_found_by_number_business_and_place() {
    let database = database().await;
    let mut tx = database.write().await;
    let inbound = |provider_id| NewInbound {
        carrier: "carrier",
        provider_id,
        channel: Channel::Sms,
        sender: "+1",
        recipient: "+2",
        body: "body",
        media: 0,
        opt_out_type: "",
        pairs: "[]",
        received_at: at(5),
    };
    for provider_id in ["phone:b-1:x", "phone:b-11:y", "read"] {
        assert!(
            store::inbound::store(&mut tx, &inbound(provider_id), at(5))
                .await
                .unwrap()
        );
    }
    let all = store::inbound::of_sender(&mut tx, "+1", 9).await.unwrap();
    let id_of = |provider_id: &str| {
        let row = all.iter().find(|row| row.provider_id == provider_id);
        row.unwrap().id.clone()
    };
    let (own, read) = (id_of("phone:b-1:x"), id_of("read"));
    let reply = Reply {
        id: read.clone(),
        business_id: Some("b-1".to_owned()),
        customer_id: Some("c-1".to_owned()),
        question_id: None,
        item_kind: None,
        item_id: None,
        intent: "unclear".to_owned(),
        score: None,
        action: "desk".to_owned(),
        certainty: 0,
        at: at(6),
    };
    store::reply::insert(&mut tx, &reply).await.unwrap();
    let written = |id: &str| Written {
        id: id.to_owned(),
        words: Some("body".to_owned()),
        at: at(5),
    };
    let both = vec![written(&read), written(&own)];
    for (number, business, own_ids, before, limit, expected) in [
        ("+1", "b-1", "phone:b-1:", (at(9), ""), 9, both.clone()),
        ("+1", "b-1", "phone:b-1:", (at(5), read.as_str()), 9, both[1..].to_vec()),
        ("+1", "b-1", "phone:b-1:", (at(9), ""), 1, both[..1].to_vec()),
        // Nobody has read it, and it was written to another business.
        ("+1", "b-1", "phone:b-2:", (at(9), ""), 9, both[..1].to_vec()),
        ("+1", "b-2", "phone:b-1:", (at(9), ""), 9, both[1..].to_vec()),
        ("+3", "b-1", "phone:b-1:", (at(9), ""), 9, vec![]),
    ] {
        let rows = store::sandbox_phone::written_by(&mut tx, number, business, own_ids, before, limit)
            .await
            .unwrap();
        assert_eq!(rows, expected, "{number} {business} {own_ids} {before:?} {limit}");
    }
}
