//! `daybefore erase`.

use crate::support::program::with_short_ids;
use crate::support::test_app::{PHONE, TestApp};

#[tokio::test]
async fn it_says_what_it_would_do_and_does_it_when_told_to() {
    let app = TestApp::garage().start().await;
    app.book("B-1", "2026-12-15 09:00").await;
    app.daybefore(&format!("consent withdraw {PHONE} --purpose marketing"))
        .said();
    let asked = app.daybefore(&format!("erase {PHONE}")).said();
    insta::assert_snapshot!(with_short_ids(&asked), @"
    customer ID-1 of shop: Ana Košir
    Name, addresses, notes, vehicles, words of messages and answers would be gone for good; what was sent when, and ratings without comments, stay for the figures. Messages that are planned would not go.
    Nothing was changed. Run this again with --yes to do it.
    ");
    let done = app.daybefore(&format!("erase {PHONE} --yes")).said();
    insta::assert_snapshot!(with_short_ids(&done), @"
    customer ID-1 is erased: 2 addresses forgotten, 1 booking or renewal without a name, 3 withdrawals kept as hashes
    The hashes' key is test.db-erasure-key: back it up, apart from the database.
    Copies made before, the log of the mail server, and the provider's own lists still have the person; see docs/operating.md.
    ");
    assert!(!app.dump().await.contains(PHONE));
    assert_eq!(
        app.daybefore(&format!("erase {PHONE}")).refused(),
        format!(
            "`{PHONE}` is no customer here: name a customer by our id or your own, by phone (+49…) or by mail address; \
             `daybefore why BOOKING` tells whose one is"
        )
    );
    // Found by our id, which stays.
    let id = asked.split(' ').nth(1).expect("an id");
    assert_eq!(
        app.daybefore(&format!("erase {id}")).said(),
        format!("customer {id} was erased before\n")
    );
}

#[tokio::test]
async fn of_two_people_with_one_number_one_has_to_be_named() {
    let app = TestApp::garage().start().await;
    app.import_customers(&format!(
        "external_id,name,phone\nK-1,Ana Košir,{PHONE}\nK-2,Ben Košir,{PHONE}\n"
    ))
    .await;
    let told = with_short_ids(&app.daybefore(&format!("erase {PHONE} --yes")).refused());
    assert_eq!(
        told,
        format!("`{PHONE}` can mean several customers; name one by our id: ID-1 (shop), ID-2 (shop)")
    );
    app.daybefore("erase K-2 --yes").said();
    let left = app.daybefore(&format!("erase {PHONE}")).said();
    assert!(left.contains("Ana Košir"), "{left}");
}

#[test]
fn without_a_customer_it_says_what_is_missing() {
    let told = super::without_database("erase").mistyped();
    assert!(told.contains("<CUSTOMER>"), "{told}");
}
