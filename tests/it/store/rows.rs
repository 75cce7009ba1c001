//! A forgotten bind is a silent NULL: every row is written with every column set to a value of its own, and read back.

use daybefore::domain::business::{Business, BusinessKind};
use daybefore::domain::customer::Customer;
use daybefore::domain::item::{Booking, BookingStatus, Item, ItemKind, Renewal, RenewalKind, RenewalStatus};
use daybefore::domain::message::{Channel, Purpose, Reason, State};
use daybefore::domain::quiet_hours::QuietHours;
use daybefore::domain::rule::Rules;
use daybefore::store::customer::Sought;
use daybefore::store::lane::PausedLane;
use daybefore::store::ledger::NewConsent;
use daybefore::store::message::Planned;
use daybefore::store::receipt::NewReceipt;
use daybefore::store::report::Filter;
use daybefore::store::text_override::TextOverride;
use daybefore::store::{self};

use super::fixtures::*;

/// A line of the ledger about one purpose on one channel, at one address of one customer.
const CONSENT: NewConsent<'static> = NewConsent {
    business_id: "b-1",
    customer_id: Some("c-1"),
    address: Some("+1"),
    channel: Some(Channel::Call),
    purpose: Some(Purpose::Marketing),
    given: true,
    source: "source",
    wording: None,
};

#[tokio::test]
async fn a_business_a_customer_and_items_are_kept_whole() {
    let database = database().await;
    let quiet = serde_json::to_string(&QuietHours::default()).unwrap();
    let row = database.row("business", "id = 'b-1'").await;
    assert_eq!(
        row.join(" "),
        format!(
            "id=b-1 kind=insurance name=name zone=Europe/Paris locale=fr region=FR phone=phone email=email address=address sms_from=sms-from email_from=email-from quiet_hours={quiet} holidays=[\"2026-12-25\"] surveys_need_consent=1 created_at=101 updated_at=101 review_url=https://review.example"
        )
    );
    let row = database.row("customer", "id = 'c-1'").await;
    assert_eq!(
        row.join(" "),
        "id=c-1 business_id=b-1 external_id=c-external name=Ana  Košir name_key=ana košir phone=+1 phone_raw=raw phone_texts=1 email=a@b.example locale=de channel=email standing=standing notes=notes erased=1 created_at=102 updated_at=102"
    );
    let row = database.row("booking", "id = 'i-1'").await;
    assert_eq!(
        row.join(" "),
        "id=i-1 business_id=b-1 customer_id=c-1 external_id=i-external service=service vehicle=vehicle starts=2026-12-15T09:00 starts_at=1 duration_minutes=2 status=no_show revision=3 booked_at=4 changed_at=5 completed_at=6 updated_at=103"
    );
    let row = database.row("renewal", "id = 'r-1'").await;
    assert_eq!(
        row.join(" "),
        "id=r-1 business_id=b-1 customer_id=c-1 external_id=r-external kind=warranty subject=subject reference=reference ends_on=2027-02-28 offer_amount=412.50 offer_currency=EUR offer_url=https://offer.example status=lapsed revision=7 booked_at=8 changed_at=9 completed_at=10 updated_at=104"
    );
}

#[tokio::test]
async fn what_is_kept_is_what_is_read() {
    let database = database().await;
    let mut tx = database.store.read().await.unwrap();
    assert_eq!(store::business::find(&mut tx, "b-1").await.unwrap(), Some(business()));
    assert_eq!(store::business::all(&mut tx).await.unwrap(), [business()]);
    assert_eq!(store::customer::find(&mut tx, "c-1").await.unwrap(), Some(customer()));
    assert_eq!(
        store::customer::by_external_id(&mut tx, "b-1", "c-external")
            .await
            .unwrap(),
        Some(customer())
    );
    let sought = |ids, external_ids, namesakes| Sought {
        ids,
        external_ids,
        namesakes,
    };
    let ana = "ana košir".to_owned();
    for (sought, found) in [
        (sought(vec!["c-1"], vec![], vec![]), true),
        (sought(vec!["c-2"], vec!["c-external"], vec![]), true),
        (sought(vec![], vec![], vec![(ana.clone(), Some("+1"), None)]), true),
        (
            sought(vec![], vec![], vec![(ana.clone(), None, Some("a@b.example"))]),
            true,
        ),
        (
            sought(vec![], vec![], vec![(ana, Some("+2"), Some("b@b.example"))]),
            false,
        ),
        (
            sought(vec![], vec![], vec![("ben".to_owned(), Some("+1"), None)]),
            false,
        ),
    ] {
        let expected: Vec<_> = found.then(customer).into_iter().collect();
        assert_eq!(
            store::customer::find_all(&mut tx, "b-1", &sought).await.unwrap(),
            expected,
            "{sought:?}"
        );
    }
    assert_eq!(
        store::customer::item_counts(&mut tx, &["c-1"]).await.unwrap(),
        [("c-1".to_owned(), 2)]
    );
    assert_eq!(
        store::item::find(&mut tx, ItemKind::Booking, "i-1").await.unwrap(),
        Some(booking())
    );
    assert_eq!(
        store::item::find(&mut tx, ItemKind::Renewal, "r-1").await.unwrap(),
        Some(renewal())
    );
    assert_eq!(
        store::item::of_customer(&mut tx, "c-1").await.unwrap(),
        [booking(), renewal()]
    );
    assert_eq!(
        store::item::page(&mut tx, ItemKind::Booking, "b-1", "", 9)
            .await
            .unwrap(),
        [booking()]
    );
    assert_eq!(
        store::item::page(&mut tx, ItemKind::Booking, "b-1", "i-1", 9)
            .await
            .unwrap(),
        []
    );
    let found = store::item::renewals_by_external_id(&mut tx, "b-1", &["r-external", "other"])
        .await
        .unwrap();
    assert_eq!(found.into_iter().map(Item::Renewal).collect::<Vec<_>>(), [renewal()]);
    let found = store::item::bookings_by_external_id(&mut tx, "b-1", &["i-external"])
        .await
        .unwrap();
    assert_eq!(found.into_iter().map(Item::Booking).collect::<Vec<_>>(), [booking()]);
    let found = store::item::bookings_by_external_id(&mut tx, "other", &["i-external"])
        .await
        .unwrap();
    assert_eq!(found, [], "somebody else's business");
}

#[tokio::test]
async fn a_changed_row_is_changed_in_every_column() {
    let database = database().await;
    let other = Customer {
        name: "Ben".to_owned(),
        phone: Some("+2".to_owned()),
        phone_raw: None,
        phone_texts: false,
        email: None,
        locale: None,
        channel: None,
        standing: None,
        notes: None,
        erased: false,
        external_id: None,
        ..customer()
    };
    let Item::Booking(before) = booking() else {
        panic!("a booking")
    };
    let moved = Item::Booking(Booking {
        service: None,
        vehicle: None,
        starts: "2027-01-01T10:30".parse().unwrap(),
        starts_at: at(31),
        duration_minutes: None,
        status: BookingStatus::Booked,
        revision: 4,
        changed_at: at(32),
        completed_at: None,
        ..before
    });
    let Item::Renewal(before) = renewal() else {
        panic!("a renewal")
    };
    let prolonged = Item::Renewal(Renewal {
        kind: RenewalKind::Policy,
        subject: None,
        reference: None,
        ends_on: "2028-02-29".parse().unwrap(),
        offer_amount: None,
        offer_currency: None,
        offer_url: None,
        status: RenewalStatus::Active,
        revision: 8,
        changed_at: at(33),
        completed_at: None,
        ..before
    });
    let renamed = Business {
        kind: BusinessKind::Garage,
        name: "other".to_owned(),
        zone: "UTC".to_owned(),
        locale: "en".to_owned(),
        region: "GB".to_owned(),
        phone: None,
        email: None,
        address: None,
        sms_from: None,
        email_from: None,
        holidays: [].into(),
        surveys_need_consent: false,
        review_url: None,
        ..business()
    };
    let mut tx = database.write().await;
    store::customer::save(&mut tx, &other, at(201)).await.unwrap();
    store::item::save(&mut tx, &moved, at(202)).await.unwrap();
    store::item::save(&mut tx, &prolonged, at(203)).await.unwrap();
    store::business::save(&mut tx, &renamed, at(204)).await.unwrap();
    assert_eq!(store::customer::find(&mut tx, "c-1").await.unwrap(), Some(other));
    assert_eq!(
        store::item::find(&mut tx, ItemKind::Booking, "i-1").await.unwrap(),
        Some(moved)
    );
    assert_eq!(
        store::item::find(&mut tx, ItemKind::Renewal, "r-1").await.unwrap(),
        Some(prolonged)
    );
    assert_eq!(store::business::find(&mut tx, "b-1").await.unwrap(), Some(renamed));
    tx.commit().await.unwrap();
    let row = database.row("customer", "id = 'c-1'").await.join(" ");
    assert!(
        row.contains("name_key=ben") && row.ends_with("created_at=102 updated_at=201"),
        "{row}"
    );
}

#[tokio::test]
async fn a_setting_is_kept_in_place_of_the_one_before() {
    let database = database().await;
    let mut tx = database.write().await;
    store::setting::put(&mut tx, "name", "before").await.unwrap();
    store::setting::put(&mut tx, "name", "value").await.unwrap();
    assert_eq!(
        store::setting::get(&mut tx, "name").await.unwrap().as_deref(),
        Some("value")
    );
    tx.commit().await.unwrap();
    assert_eq!(database.row("setting", "1").await.join(" "), "name=name value=value");
}

#[tokio::test]
async fn texts_and_rules_are_kept_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    let text = TextOverride {
        business_id: "b-1".to_owned(),
        template: "t".to_owned(),
        locale: "en".to_owned(),
        part: "sms".to_owned(),
        body: "body".to_owned(),
    };
    store::text_override::put(&mut tx, &text).await.unwrap();
    assert_eq!(store::text_override::all(&mut tx).await.unwrap(), [text]);
    let rules = Rules::parse(Rules::preset("garage").unwrap()).unwrap();
    store::rule::replace(&mut tx, "b-1", &rules).await.unwrap();
    assert_eq!(store::rule::of_business(&mut tx, "b-1").await.unwrap(), rules.rule);
}

#[tokio::test]
async fn the_smaller_tables_are_kept_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let line = NewConsent {
        wording: Some("wording"),
        ..CONSENT
    };
    store::ledger::add(&mut tx, &line, at(65)).await.unwrap();
    store::ledger::add_bad_address(&mut tx, Channel::Sms, "+1", Some(66), "failure", at(67))
        .await
        .unwrap();
    let receipt = NewReceipt {
        attempt_id: Some("a-1"),
        provider_id: "p-1",
        status: "sent",
        code: "68",
        pairs: "[]",
    };
    assert!(store::receipt::store(&mut tx, &receipt, at(69)).await.unwrap());
    assert!(
        !store::receipt::store(&mut tx, &receipt, at(70)).await.unwrap(),
        "the same once more"
    );
    let unread = store::receipt::unread(&mut tx, 9).await.unwrap();
    assert_eq!(unread.len(), 1);
    store::receipt::mark_read(&mut tx, &unread[0].id, at(71)).await.unwrap();
    let paused = PausedLane {
        lane: "sms".to_owned(),
        code: Some(72),
        failure: "failure".to_owned(),
        at: at(73),
    };
    assert!(store::lane::pause(&mut tx, &paused).await.unwrap());
    assert!(!store::lane::pause(&mut tx, &paused).await.unwrap());
    assert_eq!(store::lane::paused(&mut tx).await.unwrap(), [paused]);
    store::history::add(&mut tx, Some("b-1"), ("kind", "about"), "event", "detail", at(74))
        .await
        .unwrap();
    store::import_seen::note_all(&mut tx, "import", &[("row", 75)])
        .await
        .unwrap();
    assert_eq!(
        store::import_seen::met(&mut tx, "import", &["row", "other"])
            .await
            .unwrap(),
        [("row".to_owned(), 75)]
    );
    tx.commit().await.unwrap();

    let without_id = |row: Vec<String>| {
        row.into_iter()
            .filter(|cell| !cell.starts_with("id="))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        without_id(database.row("consent", "1").await),
        "business_id=b-1 customer_id=c-1 address=+1 channel=call purpose=marketing given=1 source=source wording=wording at=65"
    );
    assert_eq!(
        without_id(database.row("bad_address", "1").await),
        "channel=sms address=+1 code=66 failure=failure at=67"
    );
    assert_eq!(
        without_id(database.row("receipt", "1").await),
        "attempt_id=a-1 provider_id=p-1 status=sent code=68 pairs=[] received_at=69 read_at=71"
    );
    assert_eq!(
        without_id(database.row("paused_lane", "1").await),
        "lane=sms code=72 failure=failure at=73"
    );
    assert_eq!(
        without_id(database.row("history", "1").await),
        "business_id=b-1 about_kind=kind about_id=about event=event detail=detail at=74"
    );
    assert_eq!(
        database.row("import_seen", "1").await.join(" "),
        "import_id=import external_id=row line=75"
    );
}

#[tokio::test]
async fn the_ledger_tells_what_was_said_by_whom_and_where() {
    let database = database().await;
    let mut tx = database.write().await;
    store::ledger::add(&mut tx, &CONSENT, at(65)).await.unwrap();
    for (business, customers, addresses, found) in [
        ("b-1", vec!["c-1"], vec!["+1"], 1),
        ("b-1", vec![], vec!["+1"], 1),
        ("b-2", vec![], vec!["+1"], 0),
    ] {
        let spoken = store::ledger::spoken(&mut tx, business, &customers, &addresses)
            .await
            .unwrap();
        assert_eq!(spoken.len(), found);
        for line in spoken {
            assert_eq!(line.customer_id.as_deref(), Some("c-1"));
            assert_eq!(line.address.as_deref(), Some("+1"));
            assert_eq!(
                (line.channel, line.purpose),
                (Some(Channel::Call), Some(Purpose::Marketing))
            );
            assert_eq!((line.given, line.source.as_str(), line.at), (true, "source", at(65)));
        }
    }
}

#[tokio::test]
async fn lists_and_counts_keep_to_their_filter() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    insert_message(
        &mut tx,
        "m-2",
        Planned {
            due_at: at(20),
            state: State::Skipped,
            reason: Some(Reason::TooLate),
            channel: None,
            ..planned()
        },
    )
    .await;
    for (filter, expected) in [
        (Filter::default(), vec!["m-1", "m-2"]),
        (
            Filter {
                since: Some(at(12)),
                ..Filter::default()
            },
            vec!["m-2"],
        ),
        (
            Filter {
                until: Some(at(12)),
                ..Filter::default()
            },
            vec!["m-1"],
        ),
        (
            Filter {
                state: Some(State::Skipped),
                ..Filter::default()
            },
            vec!["m-2"],
        ),
        (
            Filter {
                business_id: Some("other".to_owned()),
                ..Filter::default()
            },
            vec![],
        ),
    ] {
        let page = store::report::page(&mut tx, &filter, None, 9).await.unwrap();
        assert_eq!(
            page.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(),
            expected,
            "{filter:?}"
        );
    }
    let after = store::report::page(&mut tx, &Filter::default(), Some((at(11), "m-1".to_owned())), 9)
        .await
        .unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(
        store::report::counts(&mut tx, Some("b-1")).await.unwrap(),
        [(State::Planned, 1), (State::Skipped, 1)]
    );
    assert_eq!(
        store::report::skips_since(&mut tx, at(13)).await.unwrap(),
        [(Reason::TooLate, 1)]
    );
    assert_eq!(store::report::overdue(&mut tx, "email/b-1", at(12)).await.unwrap(), 1);
    assert_eq!(
        store::report::meant_by(&mut tx, "i-external").await.unwrap(),
        [("booking".to_owned(), "i-1".to_owned())]
    );
    assert_eq!(store::report::of_item(&mut tx, "i-1").await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_ledgers_lines_are_told_by_the_order_of_writing() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    assert_eq!(store::ledger::last_line(&mut tx).await.unwrap(), 0);
    store::ledger::add(&mut tx, &CONSENT, at(65)).await.unwrap();
    let first = store::ledger::last_line(&mut tx).await.unwrap();
    let later = NewConsent {
        given: false,
        ..CONSENT
    };
    store::ledger::add(&mut tx, &later, at(65)).await.unwrap();
    assert_eq!(store::ledger::lines_after(&mut tx, 0).await.unwrap().len(), 2);
    let late = store::ledger::lines_after(&mut tx, first).await.unwrap().remove(0);
    assert_eq!(late.line, store::ledger::last_line(&mut tx).await.unwrap());
    assert_eq!((late.business_id.as_str(), late.given), ("b-1", false));
    assert_eq!(
        (late.customer_id.as_deref(), late.address.as_deref()),
        (Some("c-1"), Some("+1"))
    );
    assert_eq!(
        (late.channel, late.purpose),
        (Some(Channel::Call), Some(Purpose::Marketing))
    );
}
