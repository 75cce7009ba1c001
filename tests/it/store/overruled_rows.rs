//! What the desk has changed: every bound column is read back, and customers are found by what stood there before.

use daybefore::domain::customer::Customer;
use daybefore::domain::record::Field;
use daybefore::store;
use daybefore::store::customer::Sought;

use super::fixtures::*;

#[tokio::test]
async fn what_no_longer_holds_is_kept_once_and_forgotten_by_itself() {
    let database = database().await;
    let mut tx = database.write().await;
    let values = [
        (Field::Name, "Ana  Kosir".to_owned()),
        (Field::Phone, "+9".to_owned()),
        (Field::Email, "z@b.example".to_owned()),
    ];
    store::overruled::note_all(&mut tx, "b-1", "c-1", &values, at(61))
        .await
        .unwrap();
    store::overruled::note_all(&mut tx, "b-1", "c-1", &values[1..2], at(62))
        .await
        .unwrap();
    let mut kept = store::overruled::of_customers(&mut tx, &["c-1", "c-2"]).await.unwrap();
    kept.sort_by_key(|(_, field, _)| *field);
    let expected = values.clone().map(|(field, value)| ("c-1".to_owned(), field, value));
    assert_eq!(kept, expected);
    assert_eq!(store::overruled::of_customers(&mut tx, &["c-2"]).await.unwrap(), []);
    tx.commit().await.unwrap();
    let row = database.row("overruled", "field = 'name'").await;
    assert_eq!(
        row.join(" "),
        "customer_id=c-1 business_id=b-1 field=name value=Ana  Kosir sought=ana kosir at=61"
    );

    let mut tx = database.write().await;
    let sought = |name: &str, phone, email| Sought {
        namesakes: vec![(name.to_owned(), phone, email)],
        ..Sought::default()
    };
    for (business, sought, found) in [
        ("b-1", sought("ana kosir", None, None), true),
        ("b-1", sought("x", Some("+9"), None), true),
        ("b-1", sought("x", None, Some("z@b.example")), true),
        ("b-1", sought("x", Some("z@b.example"), Some("+9")), false),
        ("b-2", sought("ana kosir", Some("+9"), None), false),
    ] {
        let customers = store::customer::find_all(&mut tx, business, &sought).await.unwrap();
        let expected: Vec<Customer> = found.then(customer).into_iter().collect();
        assert_eq!(customers, expected, "{business} {sought:?}");
    }
    for (customer, field, value) in [
        ("c-2", Field::Phone, "+9"),
        ("c-1", Field::Email, "+9"),
        ("c-1", Field::Phone, "+8"),
    ] {
        store::overruled::forget(&mut tx, customer, field, value).await.unwrap();
    }
    assert_eq!(
        store::overruled::of_customers(&mut tx, &["c-1"]).await.unwrap().len(),
        3
    );
    store::overruled::forget(&mut tx, "c-1", Field::Phone, "+9")
        .await
        .unwrap();
    assert_eq!(
        store::overruled::of_customers(&mut tx, &["c-1"]).await.unwrap().len(),
        2
    );
    let past = store::erasure::past_addresses(&mut tx, "c-1").await.unwrap();
    assert_eq!(past, ["z@b.example"]);
}

#[tokio::test]
async fn open_calls_are_redirected_and_unsettled_messages_listed() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let call = store::call::NewCall {
        business_id: "b-1",
        customer_id: "c-1",
        message_id: "m-1",
        phone: "+1",
        script: "script",
        call_at: None,
        due_at: at(99),
    };
    store::call::open(&mut tx, call, at(71)).await.unwrap();
    store::call::redirect(&mut tx, "c-2", "+3").await.unwrap();
    let phones = |calls: Vec<store::call::Call>| calls.into_iter().map(|call| call.phone).collect::<Vec<_>>();
    assert_eq!(phones(store::call::of_message(&mut tx, "m-1").await.unwrap()), ["+1"]);
    store::call::redirect(&mut tx, "c-1", "+2").await.unwrap();
    assert_eq!(phones(store::call::of_message(&mut tx, "m-1").await.unwrap()), ["+2"]);
    let lines = store::report::unsettled_of(&mut tx, "c-1").await.unwrap();
    assert_eq!(lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["m-1"]);
    assert!(store::report::unsettled_of(&mut tx, "c-2").await.unwrap().is_empty());
    for part in store::export::PARTS {
        let rows = store::export::rows(&mut tx, part, "c-1").await.unwrap();
        let one_each = ["customer", "bookings", "renewals", "messages", "calls"].contains(&part.name);
        assert_eq!(rows.len(), usize::from(one_each), "{}", part.name);
        let rows = store::export::rows(&mut tx, part, "c-2").await.unwrap();
        assert!(rows.is_empty(), "{}", part.name);
    }
}
