//! Rows of conversations and of what people at the desk write: every column that is bound is read back.

use daybefore::domain::conversation::{Answer, Conversation};
use daybefore::domain::desk_item::{DeskItem, DeskKind};
use daybefore::domain::item::{Item, ItemKind};
use daybefore::domain::message::{Asks, Channel, Purpose, State};
use daybefore::domain::rule::{Anchor, OnlyIf};
use daybefore::store;
use daybefore::store::answer::{Answered, Kept, NewAnswer};
use daybefore::store::conversation::Whose;
use daybefore::store::inbound::NewInbound;
use daybefore::store::message::{NewMessage, Planned};
use daybefore::store::reply::Reply;
use daybefore::store::{StoreError, Tx};

use super::fixtures::{at, attempt, business, customer, database, insert_message, planned};
use super::schema::raw;
use crate::support::claiming::begin_attempts;

const MINUTE: i64 = 60_000;

fn row(id: &str, business: &str, customer: Option<&str>, reply: Option<&str>, opened: i64, due: i64) -> DeskItem {
    DeskItem {
        id: id.to_owned(),
        business_id: Some(business.to_owned()),
        customer_id: customer.map(str::to_owned),
        item_kind: None,
        item_id: None,
        reply_id: reply.map(str::to_owned),
        kind: DeskKind::Question,
        words: Some(format!("words of {id}")),
        holds: false,
        opened_at: at(opened),
        due_at: at(due),
        done_at: None,
        done_by: None,
        outcome: None,
    }
}

/// Somebody unknown has written to both businesses.
async fn reply(tx: &mut Tx, provider_id: &str, sender: &str) -> String {
    let inbound = NewInbound {
        carrier: "carrier",
        provider_id,
        channel: Channel::Email,
        sender,
        recipient: "+2",
        body: "body",
        media: 0,
        opt_out_type: "",
        pairs: "[[\"Subject\",\"s\"]]",
        received_at: at(5),
    };
    store::inbound::store(tx, &inbound, at(6)).await.unwrap();
    let id = store::inbound::of_sender(tx, sender, 1).await.unwrap().remove(0).id;
    let reply = Reply {
        id: id.clone(),
        business_id: None,
        customer_id: None,
        question_id: None,
        item_kind: None,
        item_id: None,
        intent: "question".to_owned(),
        score: None,
        action: "desk".to_owned(),
        certainty: 9,
        at: at(7),
    };
    store::reply::insert(tx, &reply).await.unwrap();
    id
}

pub(super) async fn second_business(tx: &mut Tx) {
    let mut other = business();
    "b-2".clone_into(&mut other.id);
    store::business::save(tx, &other, at(1)).await.unwrap();
}

async fn known(tx: &mut Tx) -> Result<Option<Conversation>, StoreError> {
    store::conversation::find(tx, "c-1").await
}

#[tokio::test]
async fn a_conversation_says_what_waits_of_a_customer() {
    let database = database().await;
    let mut tx = database.write().await;
    assert_eq!(known(&mut tx).await.unwrap(), None);
    assert_eq!(store::conversation::version(&mut tx, "b-1").await.unwrap(), 0);
    let due = 5 * MINUTE;
    for item in [
        row("d-1", "b-1", Some("c-1"), None, 20, due + 7),
        row("d-2", "b-1", Some("c-1"), None, 30, due + MINUTE),
    ] {
        store::desk_item::open(&mut tx, &item).await.unwrap();
    }
    let expected = Conversation {
        id: "c-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: Some("c-1".to_owned()),
        address: None,
        shared: false,
        owner_id: None,
        due_at: Some(at(due)),
        place: 2,
        waits_since: Some(at(20)),
        last_at: at(30),
        seen_at: None,
        done_at: None,
    };
    assert_eq!(
        known(&mut tx).await.unwrap(),
        Some(expected.clone()),
        "due to the minute"
    );
    assert!(
        store::desk_item::done(&mut tx, "d-1", "eva", None, at(40))
            .await
            .unwrap()
    );
    let later = Conversation {
        due_at: Some(at(due + MINUTE)),
        waits_since: Some(at(30)),
        done_at: Some(at(40)),
        ..expected
    };
    assert_eq!(known(&mut tx).await.unwrap(), Some(later.clone()));
    store::desk_item::done(&mut tx, "d-2", "eva", None, at(50))
        .await
        .unwrap();
    let done = Conversation {
        due_at: None,
        waits_since: None,
        done_at: Some(at(50)),
        ..later
    };
    assert_eq!(known(&mut tx).await.unwrap(), Some(done));
    assert_eq!(store::conversation::version(&mut tx, "b-1").await.unwrap(), 4);
    let latest = store::desk_item::latest_of_customers(&mut tx, &["c-1"]).await.unwrap();
    assert_eq!(latest.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["d-2"]);
    let vip = daybefore::domain::customer::Customer {
        standing: Some("vip".to_owned()),
        ..customer()
    };
    store::customer::save(&mut tx, &vip, at(51)).await.unwrap();
    store::desk_item::open(&mut tx, &row("d-3", "b-1", Some("c-1"), None, 60, due))
        .await
        .unwrap();
    let again = known(&mut tx).await.unwrap().unwrap();
    assert_eq!(
        (again.place, again.last_at, again.waits_since),
        (0, at(60), Some(at(60)))
    );
    let latest = store::desk_item::latest_of_customers(&mut tx, &["c-1", "c-2"])
        .await
        .unwrap();
    assert_eq!(latest.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["d-3"]);
}

#[tokio::test]
async fn who_sees_to_it_and_who_has_seen_it_is_kept() {
    let database = database().await;
    let mut tx = database.write().await;
    let talk = Conversation {
        id: "c-1".to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: Some("c-1".to_owned()),
        address: None,
        shared: true,
        owner_id: Some("eva".to_owned()),
        due_at: Some(at(1)),
        place: 2,
        waits_since: Some(at(3)),
        last_at: at(4),
        seen_at: Some(at(5)),
        done_at: Some(at(6)),
    };
    store::conversation::save(&mut tx, &talk).await.unwrap();
    assert_eq!(known(&mut tx).await.unwrap(), Some(talk.clone()));
    let changed = Conversation {
        owner_id: None,
        seen_at: Some(at(9)),
        ..talk
    };
    store::conversation::save(&mut tx, &changed).await.unwrap();
    assert_eq!(known(&mut tx).await.unwrap(), Some(changed));
    assert_eq!(store::conversation::version(&mut tx, "b-1").await.unwrap(), 2);
}

/// The ids of a list.
async fn list(tx: &mut Tx, whose: Whose<'_>, owner: bool, after: Option<(i64, i64, &str)>) -> String {
    let after = after.map(|(due, place, id)| (at(due), place, id.to_owned()));
    let found = store::conversation::waiting(tx, "b-1", whose, owner, after, 9)
        .await
        .unwrap();
    found.into_iter().map(|talk| talk.id).collect()
}

#[tokio::test]
async fn lists_go_by_clock_then_place_and_show_whose_they_are() {
    let database = database().await;
    let mut tx = database.write().await;
    for (id, due, place, owner, shared, seen) in [
        ("a", Some(20), 2, Some("eva"), false, None),
        ("b", Some(10), 2, None, false, Some(9)),
        ("c", Some(10), 1, Some("gone"), false, None),
        ("d", Some(10), 3, None, true, None),
        ("e", None, 2, None, false, None),
        ("f", None, 2, None, true, None),
    ] {
        let talk = Conversation {
            id: id.to_owned(),
            business_id: "b-1".to_owned(),
            customer_id: None,
            address: Some(format!("+{id}")),
            shared,
            owner_id: owner.map(str::to_owned),
            due_at: due.map(at),
            place,
            waits_since: due.map(at),
            last_at: at(5),
            seen_at: seen.map(at),
            done_at: due.is_none().then_some(at(7)),
        };
        store::conversation::save(&mut tx, &talk).await.unwrap();
    }
    assert_eq!(list(&mut tx, Whose::Everybodys, true, None).await, "cbda");
    assert_eq!(list(&mut tx, Whose::Everybodys, false, None).await, "cba");
    assert_eq!(list(&mut tx, Whose::Everybodys, true, Some((10, 2, "b"))).await, "da");
    assert_eq!(list(&mut tx, Whose::Mine("eva"), true, None).await, "a");
    assert_eq!(list(&mut tx, Whose::Nobodys(&["eva"]), true, None).await, "cbd");
    let first = store::conversation::waiting(&mut tx, "b-1", Whose::Everybodys, true, None, 1)
        .await
        .unwrap();
    assert_eq!(first.len(), 1);
    let none = store::conversation::waiting(&mut tx, "b-2", Whose::Everybodys, true, None, 9)
        .await
        .unwrap();
    assert!(none.is_empty());
    let ids = |talks: Vec<Conversation>| talks.into_iter().map(|talk| talk.id).collect::<String>();
    assert_eq!(
        ids(store::conversation::done(&mut tx, "b-1", true, None, 9).await.unwrap()),
        "fe"
    );
    assert_eq!(
        ids(store::conversation::done(&mut tx, "b-1", false, None, 9).await.unwrap()),
        "e"
    );
    let before = Some((at(7), "f".to_owned()));
    assert_eq!(
        ids(store::conversation::done(&mut tx, "b-1", true, before, 1)
            .await
            .unwrap()),
        "e"
    );
    assert_eq!(
        store::conversation::counts(&mut tx, "b-1", true, 9).await.unwrap(),
        (4, 3)
    );
    assert_eq!(
        store::conversation::counts(&mut tx, "b-1", false, 9).await.unwrap(),
        (3, 2)
    );
    assert_eq!(
        store::conversation::counts(&mut tx, "b-1", true, 2).await.unwrap(),
        (2, 1)
    );
    store::conversation::remove(&mut tx, "a").await.unwrap();
    assert_eq!(store::conversation::find(&mut tx, "a").await.unwrap(), None);
}

#[tokio::test]
async fn an_unknown_number_is_one_conversation_at_each_business_until_somebody_knows_it() {
    let database = database().await;
    let mut tx = database.write().await;
    second_business(&mut tx).await;
    let one = reply(&mut tx, "SM-1", "+9").await;
    let own = row("d-1", "b-1", None, Some(&one), 20, MINUTE);
    let theirs = row("d-2", "b-2", None, Some(&one), 20, 2 * MINUTE);
    for item in [&own, &theirs] {
        store::desk_item::open(&mut tx, item).await.unwrap();
    }
    store::conversation::refresh_sharing(&mut tx, &one).await.unwrap();
    let talk = store::conversation::of_address(&mut tx, "b-1", "+9")
        .await
        .unwrap()
        .unwrap();
    let expected = ("d-1", None, Some("+9"), true, Some(at(MINUTE)), 3);
    assert_eq!(
        (
            talk.id.as_str(),
            talk.customer_id.as_ref(),
            talk.address.as_deref(),
            talk.shared,
            talk.due_at,
            talk.place
        ),
        expected
    );
    assert_eq!(store::conversation::of_row(&mut tx, &own).await.unwrap(), Some(talk));
    let both = store::desk_item::of_reply(&mut tx, &one).await.unwrap();
    assert_eq!(both, [own.clone(), theirs.clone()]);
    assert_eq!(
        store::desk_item::of_sender(&mut tx, "b-2", "+9", 9).await.unwrap(),
        [theirs]
    );

    store::desk_item::give(&mut tx, std::slice::from_ref(&own), "b-1", "c-1")
        .await
        .unwrap();
    let given = store::desk_item::find(&mut tx, "d-1").await.unwrap().unwrap();
    assert_eq!(given.customer_id.as_deref(), Some("c-1"));
    let read = store::reply::find(&mut tx, &one).await.unwrap().unwrap();
    assert_eq!(
        (read.business_id.as_deref(), read.customer_id.as_deref()),
        (Some("b-1"), Some("c-1"))
    );
    let taken = store::desk_item::take_from_others(&mut tx, &[&one], "b-1", at(99))
        .await
        .unwrap();
    assert_eq!(taken.len(), 1);
    let taken = &taken[0];
    assert_eq!(
        (taken.id.as_str(), taken.words.as_ref(), taken.done_at),
        ("d-2", None, Some(at(99)))
    );
    assert_eq!(taken.done_by.as_deref(), Some("another business"));
    store::conversation::refresh(&mut tx, taken).await.unwrap();
    let other = store::conversation::of_address(&mut tx, "b-2", "+9")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((other.due_at, other.shared), (None, false));
}

fn answer() -> Answer {
    Answer {
        subject: Some("subject".to_owned()),
        words: Some("words".to_owned()),
        in_reply_to: Some("<m@x>".to_owned()),
        asked_at: Some(at(3)),
        written_by: "Eva".to_owned(),
    }
}

#[tokio::test]
async fn an_answer_is_kept_once_for_each_form_and_read_as_what_its_message_is_about() {
    let database = database().await;
    let mut tx = database.write().await;
    let answer = answer();
    let mut new = NewAnswer {
        id: "w-1",
        business_id: "b-1",
        customer_id: "c-1",
        token: "token",
        answer: &answer,
    };
    assert!(store::answer::add(&mut tx, &new, at(8)).await.unwrap());
    new.id = "w-2";
    assert!(!store::answer::add(&mut tx, &new, at(9)).await.unwrap());
    let kept = Kept {
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        subject: answer.subject.clone(),
        words: answer.words.clone(),
        in_reply_to: answer.in_reply_to.clone(),
        asked_at: answer.asked_at,
        written_by: "Eva".to_owned(),
        written_at: at(8),
    };
    assert_eq!(store::answer::of_token(&mut tx, "token").await.unwrap(), Some(kept));
    assert_eq!(store::answer::of_token(&mut tx, "other").await.unwrap(), None);
    let Some(Item::Reply(written)) = store::item::find(&mut tx, ItemKind::Reply, "w-1").await.unwrap() else {
        panic!("an answer");
    };
    assert_eq!(
        (written.customer_id.as_str(), written.at, written.answer),
        ("c-1", at(8), Some(answer))
    );
    assert!(
        store::item::find(&mut tx, ItemKind::Reply, "w-2")
            .await
            .unwrap()
            .is_none()
    );
    let message = NewMessage {
        id: "m-1".to_owned(),
        business_id: "b-1",
        customer_id: "c-1",
        item_kind: ItemKind::Reply,
        item_id: "w-1",
        item_revision: 1,
        rule_id: "answer",
        anchor: Anchor::Opened,
        told: String::new(),
        told_before: None,
        planned: Planned {
            template: "answer".to_owned(),
            purpose: Purpose::Service,
            asks: Asks::Nothing,
            only_if: OnlyIf::Always,
            ..planned()
        },
    };
    store::message::insert(&mut tx, &message, at(8)).await.unwrap();
    let entries = store::thread::page(&mut tx, "c-1", None, 9).await.unwrap();
    assert_eq!(entries.len(), 1, "also before it is sent");
    let shown = store::thread::messages(&mut tx, &["m-1"]).await.unwrap().remove(0);
    assert_eq!(
        (
            shown.text.as_deref(),
            shown.written_by.as_deref(),
            shown.state,
            shown.due_at
        ),
        (Some("words"), Some("Eva"), State::Planned, at(11))
    );
    assert_eq!(store::thread::mark(&mut tx, "c-1").await.unwrap(), (1, 8));
    assert_eq!(store::answer::blank_words(&mut tx, at(8)).await.unwrap(), 0);
    assert_eq!(store::answer::blank_words(&mut tx, at(9)).await.unwrap(), 1);
    let blank = store::answer::of_token(&mut tx, "token").await.unwrap().unwrap();
    assert_eq!((blank.words, blank.subject), (None, None));
}

#[tokio::test]
async fn what_a_mail_answers_is_found() {
    let database = database().await;
    let mut tx = database.write().await;
    assert_eq!(store::answer::last_asked(&mut tx, "c-1").await.unwrap(), None);
    assert_eq!(store::answer::last_mail_from(&mut tx, "c-1").await.unwrap(), None);
    assert_eq!(store::answer::last_mail_to(&mut tx, "c-1").await.unwrap(), None);
    let id = reply(&mut tx, "<id@mail>", "ana@example.com").await;
    let own = row("d-1", "b-1", None, Some(&id), 20, MINUTE);
    store::desk_item::open(&mut tx, &own).await.unwrap();
    store::desk_item::give(&mut tx, &[own], "b-1", "c-1").await.unwrap();
    insert_message(&mut tx, "m-1", planned()).await;
    begin_attempts(&mut tx, &[attempt("t-1")]).await.unwrap();
    tx.commit().await.unwrap();
    let path = database.store.path();
    raw(&path, "UPDATE attempt SET state = 'accepted', provider_id = '<ours@x>'")
        .await
        .unwrap();
    let mut tx = database.write().await;
    assert_eq!(store::answer::last_asked(&mut tx, "c-1").await.unwrap(), Some(at(20)));
    let (mail, pairs) = store::answer::last_mail_from(&mut tx, "c-1").await.unwrap().unwrap();
    assert_eq!((mail.message_id.as_deref(), mail.at), (Some("<id@mail>"), at(7)));
    assert!(pairs.contains("Subject"));
    let ours = Answered {
        message_id: Some("<ours@x>".to_owned()),
        subject: Some("subject".to_owned()),
        at: at(23),
    };
    assert_eq!(store::answer::last_mail_to(&mut tx, "c-1").await.unwrap(), Some(ours));
}
