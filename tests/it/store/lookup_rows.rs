//! What the desk looks up: every bound column is read back, and every bind is told apart from the others.

use daybefore::domain::customer::Customer;
use daybefore::domain::item::{Booking, BookingStatus, Item, Renewal, RenewalKind, RenewalStatus};
use daybefore::domain::local::LocalDate;
use daybefore::domain::message::{Channel, State};
use daybefore::store::lookup::{Hits, Order};
use daybefore::store::thread::{EntryKind, SentMessage, WrittenReply};
use daybefore::store::{self, Open, Store};

use super::fixtures::*;
use super::schema::raw;
use crate::support::claiming::begin_attempts;

fn kept() -> (Customer, Booking, Renewal) {
    let customer = Customer {
        erased: false,
        ..customer()
    };
    match (booking(), renewal()) {
        (Item::Booking(booking), Item::Renewal(renewal)) => (customer, booking, renewal),
        _ => panic!("a booking and a renewal"),
    }
}

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

#[tokio::test]
async fn customers_are_found_by_each_of_what_is_known_of_them() {
    let database = database().await;
    let (customer, ..) = kept();
    let mut tx = database.write().await;
    let none = store::lookup::customers(&mut tx, "b-1", ("", ""), 9).await.unwrap();
    assert_eq!(none, [], "erased");
    store::customer::save(&mut tx, &customer, at(105)).await.unwrap();
    for (business, after, limit, found) in [
        ("b-1", ("", ""), 9, true),
        ("b-1", ("ana košir", "c-0"), 9, true),
        ("b-1", ("ana košir", "c-1"), 9, false),
        ("b-1", ("b", ""), 9, false),
        ("b-2", ("", ""), 9, false),
        ("b-1", ("", ""), 0, false),
    ] {
        let rows = store::lookup::customers(&mut tx, business, after, limit).await.unwrap();
        let expected: Vec<_> = found.then(|| customer.clone()).into_iter().collect();
        assert_eq!(rows, expected, "{business} {after:?} {limit}");
    }
    for (business, phone, email, external_id, found) in [
        ("b-1", Some("+1"), None, "", true),
        ("b-1", None, Some("a@b.example"), "", true),
        ("b-1", Some("a@b.example"), Some("+1"), "", false),
        ("b-1", None, None, "c-external", true),
        ("b-1", None, None, "i-external", true),
        ("b-1", None, None, "r-external", true),
        ("b-2", Some("+1"), Some("a@b.example"), "i-external", false),
        ("b-1", None, None, "", false),
    ] {
        let ids = store::lookup::customers_by(&mut tx, business, phone, email, external_id, 9)
            .await
            .unwrap();
        assert_eq!(
            ids.len(),
            usize::from(found),
            "{business} {phone:?} {email:?} {external_id}"
        );
    }
    assert_eq!(
        store::lookup::customers_of_ids(&mut tx, &["c-1", "c-2"]).await.unwrap(),
        std::slice::from_ref(&customer)
    );
    assert_eq!(
        store::lookup::owners(&mut tx, &["i-1", "r-1", "x"]).await.unwrap(),
        ["c-1"]
    );
    assert_eq!(store::lookup::owners(&mut tx, &["x"]).await.unwrap(), [""; 0]);
    assert_eq!(store::lookup::known_since(&mut tx, "c-1").await.unwrap(), Some(at(102)));
    assert_eq!(store::customer::page(&mut tx, "b-1", "", 9).await.unwrap(), [customer]);
    assert_eq!(store::customer::page(&mut tx, "b-1", "c-1", 9).await.unwrap(), []);
}

fn by(customers: &[&str], items: &[&str]) -> Hits {
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Hits {
        customers: owned(customers),
        items: owned(items),
    }
}

#[tokio::test]
async fn bookings_are_listed_by_business_state_time_and_search() {
    let database = database().await;
    let (_, booking, _) = kept();
    let mut tx = database.write().await;
    let states = [BookingStatus::Booked, BookingStatus::NoShow];
    for (business, states, hits, order, after, limit, found) in [
        ("b-1", &states[..], None, Order::NextFirst, (at(1), "i-0"), 9, true),
        ("b-1", &states, None, Order::NextFirst, (at(1), "i-1"), 9, false),
        ("b-1", &states, None, Order::LastFirst, (at(1), "i-2"), 9, true),
        ("b-1", &states, None, Order::LastFirst, (at(1), "i-1"), 9, false),
        ("b-1", &states[..1], None, Order::NextFirst, (at(0), ""), 9, false),
        ("b-2", &states, None, Order::NextFirst, (at(0), ""), 9, false),
        ("b-1", &states, None, Order::NextFirst, (at(0), ""), 0, false),
        (
            "b-1",
            &states,
            Some(by(&["c-1"], &[])),
            Order::NextFirst,
            (at(0), ""),
            9,
            true,
        ),
        (
            "b-1",
            &states,
            Some(by(&["i-1"], &["c-1"])),
            Order::NextFirst,
            (at(0), ""),
            9,
            false,
        ),
        (
            "b-1",
            &states,
            Some(by(&[], &["i-1"])),
            Order::LastFirst,
            (at(2), ""),
            9,
            true,
        ),
        (
            "b-1",
            &states,
            Some(by(&[], &["i-1"])),
            Order::LastFirst,
            (at(1), ""),
            9,
            false,
        ),
        (
            "b-2",
            &states,
            Some(by(&["c-1"], &["i-1"])),
            Order::NextFirst,
            (at(0), ""),
            9,
            false,
        ),
        (
            "b-1",
            &states[..1],
            Some(by(&["c-1"], &["i-1"])),
            Order::NextFirst,
            (at(0), ""),
            9,
            false,
        ),
    ] {
        let rows = store::lookup::bookings(&mut tx, business, states, hits.as_ref(), order, after, limit)
            .await
            .unwrap();
        let expected: Vec<_> = found.then(|| booking.clone()).into_iter().collect();
        assert_eq!(
            rows, expected,
            "{business} {states:?} {hits:?} {order:?} {after:?} {limit}"
        );
    }
}

#[tokio::test]
async fn renewals_are_listed_by_business_kind_state_date_and_search() {
    let database = database().await;
    let (.., renewal) = kept();
    let mut tx = database.write().await;
    let (day, next) = (date("2027-02-28"), date("2027-03-01"));
    let (kinds, states) = (
        [RenewalKind::Warranty, RenewalKind::Policy],
        [RenewalStatus::Lapsed, RenewalStatus::Active],
    );
    for (business, which, hits, order, after, found) in [
        (
            "b-1",
            (&kinds[..], &states[..]),
            None,
            Order::NextFirst,
            (day, "r-0"),
            true,
        ),
        ("b-1", (&kinds, &states), None, Order::NextFirst, (day, "r-1"), false),
        ("b-1", (&kinds, &states), None, Order::LastFirst, (next, ""), true),
        ("b-1", (&kinds[1..], &states), None, Order::LastFirst, (next, ""), false),
        ("b-1", (&kinds, &states[1..]), None, Order::LastFirst, (next, ""), false),
        ("b-2", (&kinds, &states), None, Order::LastFirst, (next, ""), false),
        (
            "b-1",
            (&kinds, &states),
            Some(by(&["c-1"], &[])),
            Order::NextFirst,
            (day, ""),
            true,
        ),
        (
            "b-1",
            (&kinds, &states),
            Some(by(&[], &["r-1"])),
            Order::LastFirst,
            (next, ""),
            true,
        ),
        (
            "b-1",
            (&kinds[1..], &states),
            Some(by(&["c-1"], &["r-1"])),
            Order::LastFirst,
            (next, ""),
            false,
        ),
        (
            "b-1",
            (&kinds, &states),
            Some(by(&["r-1"], &["c-1"])),
            Order::LastFirst,
            (next, ""),
            false,
        ),
    ] {
        let rows = store::lookup::renewals(&mut tx, business, which, hits.as_ref(), order, after, 9)
            .await
            .unwrap();
        let expected: Vec<_> = found.then(|| renewal.clone()).into_iter().collect();
        assert_eq!(rows, expected, "{business} {which:?} {hits:?} {order:?} {after:?}");
    }
}

#[tokio::test]
async fn what_one_customer_has_is_listed_both_ways() {
    let database = database().await;
    let (_, booking, renewal) = kept();
    let (day, next) = (date("2027-02-28"), date("2027-03-01"));
    let mut tx = database.write().await;
    for (order, from, to) in [(Order::NextFirst, at(0), day), (Order::LastFirst, at(2), next)] {
        let rows = store::lookup::bookings_of(&mut tx, "c-1", order, (from, ""), 9)
            .await
            .unwrap();
        assert_eq!(rows, std::slice::from_ref(&booking), "{order:?}");
        let rows = store::lookup::renewals_of(&mut tx, "c-1", order, (to, ""), 9)
            .await
            .unwrap();
        assert_eq!(rows, std::slice::from_ref(&renewal), "{order:?}");
        assert_eq!(
            store::lookup::bookings_of(&mut tx, "c-2", order, (from, ""), 9)
                .await
                .unwrap(),
            []
        );
        assert_eq!(
            store::lookup::renewals_of(&mut tx, "c-1", order, (to, ""), 0)
                .await
                .unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn words_are_kept_anew_with_each_change_and_found_in_pages() {
    let database = database().await;
    let (customer, booking, _) = kept();
    let mut tx = database.write().await;
    store::customer::save(&mut tx, &customer, at(105)).await.unwrap();
    let own = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (business, kind, prefixes, after, limit, found) in [
        ("b-1", "customer", "ana", None, 9, Some(("anakosir", "c-1"))),
        ("b-1", "customer", "kos ana", None, 9, Some(("kosir", "c-1"))),
        ("b-1", "customer", "kos ben", None, 9, None),
        (
            "b-1",
            "customer",
            "kos",
            Some(("kosir", "c-0")),
            9,
            Some(("kosir", "c-1")),
        ),
        ("b-1", "customer", "kos", Some(("kosir", "c-1")), 9, None),
        ("b-1", "booking", "vehic", None, 9, Some(("vehicle", "i-1"))),
        ("b-1", "renewal", "ref", None, 9, Some(("referencesubject", "r-1"))),
        ("b-1", "renewal", "sub", None, 9, Some(("subject", "r-1"))),
        ("b-1", "booking", "ana", None, 9, None),
        ("b-2", "customer", "ana", None, 9, None),
        ("b-1", "customer", "ana", None, 0, None),
    ] {
        let ids = store::search_word::find(&mut tx, business, kind, &own(prefixes), after, limit)
            .await
            .unwrap();
        let expected: Vec<_> = found
            .map(|(word, id)| (word.to_owned(), id.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(ids, expected, "{business} {kind} {prefixes} {after:?} {limit}");
    }
    assert_eq!(
        store::search_word::find(&mut tx, "b-1", "customer", &[], None, 9)
            .await
            .unwrap(),
        []
    );
    let twice = Customer {
        name: "Ana Anaba".to_owned(),
        ..customer
    };
    store::customer::save(&mut tx, &twice, at(106)).await.unwrap();
    let found = store::search_word::find(&mut tx, "b-1", "customer", &own("ana"), None, 9)
        .await
        .unwrap();
    assert_eq!(
        found,
        [("anaanaba".to_owned(), "c-1".to_owned())],
        "once, by the first of its words"
    );
    let other = Item::Booking(Booking {
        vehicle: Some("Fiat".to_owned()),
        ..booking
    });
    store::item::save(&mut tx, &other, at(107)).await.unwrap();
    for (prefix, found) in [("vehicle", 0), ("fiat", 1)] {
        let ids = store::search_word::find(&mut tx, "b-1", "booking", &own(prefix), None, 9)
            .await
            .unwrap();
        assert_eq!(ids.len(), found, "{prefix}");
    }
}

#[tokio::test]
async fn those_of_a_rare_word_are_found_among_thousands_of_a_frequent_one() {
    let database = database().await;
    let mut tx = database.write().await;
    store::customer::save(&mut tx, &kept().0, at(105)).await.unwrap();
    tx.commit().await.unwrap();
    let path = database.store.path();
    raw(
        &path,
        "INSERT INTO search_word WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001) \
         SELECT 'b-1', 'customer', printf('ana%05d', i), 'x-' || i FROM n \
         UNION ALL SELECT 'b-1', 'customer', 'bell', 'x-1999' UNION ALL SELECT 'b-1', 'customer', 'kosel', 'x-2000' \
         UNION ALL SELECT 'b-1', 'customer', 'anana', 'x-2000' UNION ALL SELECT 'b-1', 'booking', 'kosel', 'x-7'",
    )
    .await
    .unwrap();
    let mut tx = database.store.read().await.unwrap();
    let found = |word: &str, id: &str| (word.to_owned(), id.to_owned());
    let (one, other) = (found("ana02000", "x-2000"), found("anakosir", "c-1"));
    let after = |found: &(String, String)| Some(found.clone());
    for (prefixes, after, limit, expected) in [
        ("ana kos", None, 9, vec![one.clone(), other.clone()]),
        ("ana kos", None, 1, vec![one.clone()]),
        ("ana kos", after(&one), 9, vec![other.clone()]),
        ("ana kos", after(&other), 9, vec![]),
        ("ana kos bell", None, 9, vec![]),
        ("ana b", None, 9, vec![found("ana01999", "x-1999")]),
        ("ana z", None, 9, vec![]),
        (
            "kos ana",
            None,
            9,
            vec![found("kosel", "x-2000"), found("kosir", "c-1")],
        ),
    ] {
        let prefixes: Vec<_> = prefixes.split(' ').map(str::to_owned).collect();
        let after = after.as_ref().map(|(word, id)| (word.as_str(), id.as_str()));
        let ids = store::search_word::find(&mut tx, "b-1", "customer", &prefixes, after, limit)
            .await
            .unwrap();
        assert_eq!(ids, expected, "{prefixes:?} {after:?} {limit}");
    }
}

#[tokio::test]
async fn a_database_from_before_gets_its_words_when_it_is_migrated() {
    let database = database().await;
    let mut tx = database.write().await;
    store::customer::save(&mut tx, &kept().0, at(105)).await.unwrap();
    tx.commit().await.unwrap();
    let path = database.store.path();
    database.store.close().await;
    raw(&path, "DROP TABLE search_word").await.unwrap();
    for index in ["customer_name", "customer_email", "booking_list", "renewal_list"] {
        raw(&path, &format!("DROP INDEX {index}")).await.unwrap();
    }
    raw(&path, "CREATE INDEX customer_name ON customer (business_id, name_key)")
        .await
        .unwrap();
    raw(&path, "DELETE FROM _sqlx_migrations WHERE version = 6")
        .await
        .unwrap();
    let store = Store::open(&path, Open::Migrate).await.unwrap();
    let mut tx = store.read().await.unwrap();
    for (kind, word, id) in [
        ("customer", "kosir", "c-1"),
        ("booking", "vehicle", "i-1"),
        ("renewal", "subject", "r-1"),
    ] {
        let found = store::search_word::find(&mut tx, "b-1", kind, &[word.to_owned()], None, 9)
            .await
            .unwrap();
        assert_eq!(found, [(word.to_owned(), id.to_owned())], "{kind}");
    }
}

#[tokio::test]
async fn a_thread_has_everything_in_its_time() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    insert_message(&mut tx, "m-2", planned()).await;
    begin_attempts(&mut tx, &[attempt("a-1")]).await.unwrap();
    tx.commit().await.unwrap();
    let path = database.store.path();
    raw(&path, "UPDATE message SET state = 'accepted' WHERE id = 'm-1'")
        .await
        .unwrap();
    for statement in [
        "INSERT INTO inbound (id, carrier, provider_id, channel, sender, recipient, body, media, opt_out_type, pairs, received_at) VALUES ('n-1', 'x', 'x', 'sms', '+1', '+2', 'body', 0, '', '[]', 30)",
        "INSERT INTO reply (id, business_id, customer_id, intent, action, certainty, at) VALUES ('n-1', 'b-1', 'c-1', 'intent', 'action', 9, 31)",
        "INSERT INTO rating (id, business_id, customer_id, item_kind, item_id, message_id, scale, version, score, channel, counts, at) VALUES ('s-1', 'b-1', 'c-1', 'booking', 'i-1', 'm-1', 'csat', '1', 4, 'sms', TRUE, 32)",
        "INSERT INTO call (id, business_id, customer_id, message_id, phone, script, opened_at, due_at) VALUES ('l-1', 'b-1', 'c-1', 'm-1', '+1', 'script', 33, 99)",
        "INSERT INTO customer_case (id, business_id, customer_id, source, revision, opened_at, changed_at, due_at, closed_at, cause, updated_at) VALUES ('k-1', 'b-1', 'c-1', 'desk', 1, 34, 34, 99, 35, 'delay', 35)",
        "INSERT INTO note (id, business_id, customer_id, user_id, author, text, at) VALUES ('t-1', 'b-1', 'c-1', 'u-1', 'Ida', 'text', 36)",
    ] {
        raw(&path, statement).await.unwrap();
    }
    let mut tx = database.store.read().await.unwrap();
    let all = store::thread::page(&mut tx, "c-1", None, 9).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|entry| (entry.at.millis(), entry.id.as_str(), entry.kind))
        .collect();
    let expected = [
        (36, "t-1", EntryKind::Note),
        (35, "k-1", EntryKind::CaseClosed),
        (34, "k-1", EntryKind::CaseOpened),
        (33, "l-1", EntryKind::Call),
        (32, "s-1", EntryKind::Rating),
        (31, "n-1", EntryKind::Reply),
        (23, "m-1", EntryKind::Message),
    ];
    assert_eq!(told, expected, "the message when it was tried, the planned one not");
    let before = Some((at(33), "l-1", "call"));
    assert_eq!(store::thread::page(&mut tx, "c-1", before, 2).await.unwrap(), all[4..6]);
    assert_eq!(store::thread::page(&mut tx, "c-2", None, 9).await.unwrap(), []);
    let sent = SentMessage {
        id: "m-1".to_owned(),
        item_kind: daybefore::domain::item::ItemKind::Booking,
        item_id: "i-1".to_owned(),
        template: "template".to_owned(),
        channel: Some(Channel::Email),
        state: State::Accepted,
        reason: None,
        text: Some("text".to_owned()),
        written_by: None,
        due_at: at(11),
    };
    assert_eq!(store::thread::messages(&mut tx, &["m-1"]).await.unwrap(), [sent]);
    let reply = WrittenReply {
        id: "n-1".to_owned(),
        channel: Channel::Sms,
        body: Some("body".to_owned()),
        intent: "intent".to_owned(),
        action: "action".to_owned(),
    };
    assert_eq!(store::thread::replies(&mut tx, &["n-1"]).await.unwrap(), [reply]);
    assert_eq!(store::rating::of_ids(&mut tx, &["s-1"]).await.unwrap().len(), 1);
    assert_eq!(store::call::of_ids(&mut tx, &["l-1"]).await.unwrap().len(), 1);
    let coming = store::report::coming_to(&mut tx, "c-1", 9).await.unwrap();
    assert_eq!(coming.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["m-2"]);
    assert!(store::report::coming_to(&mut tx, "c-1", 0).await.unwrap().is_empty());
}
