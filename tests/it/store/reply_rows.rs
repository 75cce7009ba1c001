//! Rows of what comes back: every column that is bound is read back.

use daybefore::domain::desk_item::{DeskItem, DeskKind};
use daybefore::domain::item::ItemKind;
use daybefore::domain::message::{Asks, Channel};
use daybefore::domain::question::{Question, QuestionState};
use daybefore::domain::rating::Scale;
use daybefore::store::inbound::NewInbound;
use daybefore::store::reply::Reply;
use daybefore::store::{self, Listed};

use super::fixtures::{at, customer, database, insert_message, planned};

fn inbound(provider_id: &str, received: i64) -> NewInbound<'_> {
    NewInbound {
        carrier: "carrier",
        provider_id,
        channel: Channel::Sms,
        sender: "+1",
        recipient: "+2",
        body: "body",
        media: 3,
        opt_out_type: "HELP",
        pairs: "[]",
        received_at: at(received),
    }
}

fn question(id: &str, message_id: &str) -> Question {
    Question {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        message_id: message_id.to_owned(),
        channel: Channel::Sms,
        sender: "+2".to_owned(),
        address: "+1".to_owned(),
        asks: Asks::Rating,
        scale: Some(Scale::Nps),
        item_kind: ItemKind::Renewal,
        item_id: "r-1".to_owned(),
        item_revision: 4,
        state: QuestionState::Open,
        asked_at: at(10),
        closes_at: at(20),
        answered_at: None,
    }
}

#[tokio::test]
async fn what_came_in_is_stored_once_and_taken_once() {
    let database = database().await;
    let mut tx = database.write().await;
    assert!(
        store::inbound::store(&mut tx, &inbound("SM-1", 5), at(6))
            .await
            .unwrap()
    );
    assert!(
        !store::inbound::store(&mut tx, &inbound("SM-1", 7), at(8))
            .await
            .unwrap()
    );
    assert!(
        store::inbound::store(&mut tx, &inbound("SM-2", 4), at(6))
            .await
            .unwrap()
    );
    let unread = store::inbound::unread(&mut tx, 9).await.unwrap();
    assert_eq!(unread.len(), 2);
    let first = store::inbound::take(&mut tx, &unread[0], at(9)).await.unwrap().unwrap();
    assert_eq!(first.provider_id, "SM-2", "the oldest comes first");
    assert_eq!(store::inbound::take(&mut tx, &unread[0], at(9)).await.unwrap(), None);
    assert_eq!(store::inbound::unread(&mut tx, 9).await.unwrap(), unread[1..]);
    assert_eq!(store::inbound::find(&mut tx, &unread[0]).await.unwrap(), Some(first));
    assert_eq!(
        store::inbound::of_sender(&mut tx, "+1", 1).await.unwrap()[0].provider_id,
        "SM-1"
    );
    assert_eq!(store::inbound::recipients_since(&mut tx, at(5)).await.unwrap(), ["+2"]);
    assert!(
        store::inbound::recipients_since(&mut tx, at(6))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store::inbound::blank_bodies(&mut tx, at(100)).await.unwrap(),
        1,
        "only what was read"
    );
    tx.commit().await.unwrap();
    let row = database.row("inbound", "provider_id = 'SM-2'").await;
    assert_eq!(
        row[1..],
        [
            "carrier=carrier",
            "provider_id=SM-2",
            "channel=sms",
            "sender=+1",
            "recipient=+2",
            "body=NULL",
            "media=3",
            "opt_out_type=HELP",
            "pairs=[]",
            "received_at=4",
            "read_at=9",
        ]
    );
}

#[tokio::test]
async fn a_question_is_asked_answered_and_taken_back() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    insert_message(&mut tx, "m-2", planned()).await;
    let first = question("q-1", "m-1");
    store::question::ask_all(&mut tx, std::slice::from_ref(&first))
        .await
        .unwrap();
    assert_eq!(
        store::question::find(&mut tx, "q-1").await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(
        store::question::of_message(&mut tx, "m-1").await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(
        store::question::open_at(&mut tx, &Listed::of(&["+1", "x"]).unwrap())
            .await
            .unwrap(),
        std::slice::from_ref(&first)
    );
    let doubled = store::question::ask_all(&mut tx, &[question("q-2", "m-2")]).await;
    assert!(doubled.is_err(), "two open questions at one number");
    drop(tx);
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let mail = Question {
        channel: Channel::Email,
        ..question("q-1", "m-1")
    };
    store::question::ask_all(&mut tx, &[first]).await.unwrap();
    store::question::ask_all(&mut tx, std::slice::from_ref(&mail))
        .await
        .unwrap();
    assert_eq!(store::question::find(&mut tx, "q-1").await.unwrap(), Some(mail));
    store::question::take_back(&mut tx, &["m-1"]).await.unwrap();
    let taken_back = store::question::find(&mut tx, "q-1").await.unwrap().unwrap();
    assert_eq!(
        (taken_back.state, taken_back.closes_at),
        (QuestionState::Closed, at(10))
    );
    store::question::answer(&mut tx, "q-1", at(12)).await.unwrap();
    store::question::answer(&mut tx, "q-1", at(15)).await.unwrap();
    let answered = store::question::find(&mut tx, "q-1").await.unwrap().unwrap();
    assert_eq!(
        (answered.state, answered.answered_at),
        (QuestionState::Answered, Some(at(12)))
    );
    store::question::ask_all(&mut tx, &[question("q-1", "m-1")])
        .await
        .unwrap();
    let still = store::question::find(&mut tx, "q-1").await.unwrap().unwrap();
    assert_eq!(
        still.state,
        QuestionState::Answered,
        "an answer is not forgotten by another try"
    );
}

#[tokio::test]
async fn answers_about_an_item_count_for_their_revision() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let confirm = Question {
        asks: Asks::Renewal,
        scale: None,
        ..question("q-1", "m-1")
    };
    store::question::ask_all(&mut tx, &[confirm]).await.unwrap();
    assert_eq!(store::question::answered_about(&mut tx, &["r-1"]).await.unwrap(), []);
    store::question::answer(&mut tx, "q-1", at(12)).await.unwrap();
    assert_eq!(
        store::question::answered_about(&mut tx, &["r-1"]).await.unwrap(),
        [("r-1".to_owned(), 4)]
    );
    assert_eq!(store::question::asked_of(&mut tx, "+1", at(19)).await.unwrap().len(), 1);
    assert_eq!(store::question::asked_of(&mut tx, "+1", at(20)).await.unwrap().len(), 0);
}

#[tokio::test]
async fn questions_are_closed_by_id_and_by_item() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    store::question::ask_all(&mut tx, &[question("q-1", "m-1")])
        .await
        .unwrap();
    store::question::close_of_item(&mut tx, "r-1").await.unwrap();
    assert_eq!(
        store::question::open_at(&mut tx, &Listed::of(&["+1"]).unwrap())
            .await
            .unwrap()
            .len(),
        1,
        "ratings outlive their item"
    );
    store::question::close_all(&mut tx, &["q-1"]).await.unwrap();
    assert_eq!(
        store::question::open_at(&mut tx, &Listed::of(&["+1"]).unwrap())
            .await
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test]
async fn a_reading_is_read_back_whole() {
    let database = database().await;
    let mut tx = database.write().await;
    store::inbound::store(&mut tx, &inbound("SM-1", 5), at(6))
        .await
        .unwrap();
    insert_message(&mut tx, "m-1", planned()).await;
    store::question::ask_all(&mut tx, &[question("q-1", "m-1")])
        .await
        .unwrap();
    let reply = Reply {
        id: store::inbound::unread(&mut tx, 1).await.unwrap()[0].clone(),
        business_id: Some("b-1".to_owned()),
        customer_id: Some("c-1".to_owned()),
        question_id: Some("q-1".to_owned()),
        item_kind: Some(ItemKind::Booking),
        item_id: Some("i-1".to_owned()),
        intent: "rating".to_owned(),
        score: Some(4),
        action: "desk".to_owned(),
        certainty: 70,
        at: at(7),
    };
    store::reply::insert(&mut tx, &reply).await.unwrap();
    assert_eq!(
        store::reply::find(&mut tx, &reply.id).await.unwrap(),
        Some(reply.clone())
    );
    assert_eq!(
        store::reply::of_customer(&mut tx, "c-1", 9).await.unwrap(),
        std::slice::from_ref(&reply)
    );
    let item = store::item::find(&mut tx, ItemKind::Reply, &reply.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.customer_id(), item.business_id()), ("c-1", "b-1"));
    store::inbound::take(&mut tx, &reply.id, at(8)).await.unwrap();
    tx.commit().await.unwrap();
}

/// The only row that waits is found by its item.
async fn all_that_waits(tx: &mut store::Tx, row: &DeskItem) {
    let about = store::desk_item::waiting_about_all(tx, &["r-2", "r-1"]).await.unwrap();
    assert_eq!(about, std::slice::from_ref(row));
    assert_eq!(store::desk_item::waiting_about_all(tx, &["r-2"]).await.unwrap(), []);
}

#[tokio::test]
async fn a_row_of_the_inbox_is_read_back_and_done_once() {
    let database = database().await;
    let mut tx = database.write().await;
    let row = DeskItem {
        id: "d-1".to_owned(),
        business_id: Some("b-1".to_owned()),
        customer_id: Some("c-1".to_owned()),
        item_kind: Some(ItemKind::Renewal),
        item_id: Some("r-1".to_owned()),
        reply_id: None,
        kind: DeskKind::RenewalWanted,
        words: Some("words".to_owned()),
        holds: true,
        opened_at: at(5),
        due_at: at(6),
        done_at: None,
        done_by: None,
        outcome: None,
    };
    store::desk_item::open(&mut tx, &row).await.unwrap();
    assert_eq!(store::desk_item::find(&mut tx, "d-1").await.unwrap(), Some(row.clone()));
    assert_eq!(
        store::desk_item::waiting(&mut tx, None).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert_eq!(
        store::desk_item::waiting(&mut tx, Some("b-1")).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert!(
        store::desk_item::waiting(&mut tx, Some("b-2"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store::desk_item::waiting_about(&mut tx, "r-1").await.unwrap(),
        std::slice::from_ref(&row)
    );
    all_that_waits(&mut tx, &row).await;
    assert_eq!(
        store::desk_item::waiting_for(&mut tx, "c-1").await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert_eq!(
        store::desk_item::opened_about(&mut tx, &["r-1", "r-2"], DeskKind::RenewalWanted)
            .await
            .unwrap(),
        [("r-1".to_owned(), at(5))]
    );
    let waiting = async |tx: &mut store::Tx, kind| {
        store::desk_item::waiting_of_kind(tx, &["r-1", "r-2"], kind)
            .await
            .unwrap()
    };
    assert_eq!(waiting(&mut tx, DeskKind::RenewalWanted).await, ["r-1"]);
    assert!(waiting(&mut tx, DeskKind::VisitCancelled).await.is_empty());
    assert!(
        store::desk_item::done(&mut tx, "d-1", "Petra", Some("called"), at(9))
            .await
            .unwrap()
    );
    assert!(
        !store::desk_item::done(&mut tx, "d-1", "Ben", None, at(10))
            .await
            .unwrap()
    );
    let done = DeskItem {
        done_at: Some(at(9)),
        done_by: Some("Petra".to_owned()),
        outcome: Some("called".to_owned()),
        ..row
    };
    assert_eq!(store::desk_item::find(&mut tx, "d-1").await.unwrap(), Some(done));
    assert!(store::desk_item::waiting(&mut tx, None).await.unwrap().is_empty());
    store::inbound::blank_bodies(&mut tx, at(6)).await.unwrap();
    assert_eq!(
        store::desk_item::find(&mut tx, "d-1").await.unwrap().unwrap().words,
        None
    );
}

#[tokio::test]
async fn a_number_is_held_for_one_business_until_it_is_released() {
    let database = database().await;
    let mut tx = database.write().await;
    assert!(store::held_number::hold(&mut tx, "b-1", "+1", at(5)).await.unwrap());
    assert!(!store::held_number::hold(&mut tx, "b-1", "+1", at(6)).await.unwrap());
    assert!(store::held_number::is_held(&mut tx, "b-1", "+1").await.unwrap());
    assert!(!store::held_number::is_held(&mut tx, "b-1", "+2").await.unwrap());
    assert!(store::held_number::release(&mut tx, "b-1", "+1").await.unwrap());
    assert!(!store::held_number::release(&mut tx, "b-1", "+1").await.unwrap());
    assert_eq!(
        store::customer::with_phone(&mut tx, "+1").await.unwrap(),
        [],
        "the erased are nobody"
    );
    let alive = daybefore::domain::customer::Customer {
        erased: false,
        ..customer()
    };
    store::customer::save(&mut tx, &alive, at(7)).await.unwrap();
    assert_eq!(store::customer::with_phone(&mut tx, "+1").await.unwrap(), [alive]);
}
