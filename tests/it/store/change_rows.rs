//! Changes at the desk: every bound column is read back.

use daybefore::domain::desk_item::{DeskItem, DeskKind};
use daybefore::domain::item::{Booking, Item, ItemKind, Renewal};
use daybefore::store;
use daybefore::store::desk_change::DeskChange;

use super::fixtures::*;
use super::schema::raw;

fn change() -> DeskChange {
    DeskChange {
        id: "d-1".to_owned(),
        business_id: "b-1".to_owned(),
        item_kind: ItemKind::Booking,
        item_id: booking().id().to_owned(),
        revision: 4,
        before: Some(booking()),
        after: in_revision(booking(), 4),
        questions: vec!["q-1".to_owned(), "q-2".to_owned()],
        made_by: "Eva".to_owned(),
        made_at: at(201),
        undo_until: at(202),
        undone_at: Some(at(203)),
    }
}

fn in_revision(item: Item, revision: i64) -> Item {
    match item {
        Item::Booking(booking) => Item::Booking(Booking { revision, ..booking }),
        Item::Renewal(renewal) => Item::Renewal(Renewal { revision, ..renewal }),
        other => other,
    }
}

#[tokio::test]
async fn a_change_is_kept_whole_and_found_by_its_id() {
    let database = database().await;
    let mut tx = database.write().await;
    let of_renewal = DeskChange {
        id: "d-2".to_owned(),
        item_kind: ItemKind::Renewal,
        item_id: renewal().id().to_owned(),
        before: None,
        after: renewal(),
        questions: Vec::new(),
        undone_at: None,
        ..change()
    };
    for change in [change(), of_renewal] {
        store::desk_change::add(&mut tx, &change).await.unwrap();
        let found = store::desk_change::find(&mut tx, &change.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&change));
    }
    assert_eq!(store::desk_change::find(&mut tx, "d-3").await.unwrap(), None);
}

#[tokio::test]
async fn the_last_change_that_stands_is_found_and_undone_once() {
    let database = database().await;
    let mut tx = database.write().await;
    let id = booking().id().to_owned();
    for (name, made_at, revision) in [("d-1", 201, 4), ("d-3", 301, 5), ("d-2", 251, 4)] {
        let one = DeskChange {
            id: name.to_owned(),
            made_at: at(made_at),
            undo_until: at(made_at + 100),
            undone_at: None,
            revision,
            ..change()
        };
        store::desk_change::add(&mut tx, &one).await.unwrap();
    }
    let latest = |found: Option<DeskChange>| found.map(|change| change.id);
    assert_eq!(
        latest(store::desk_change::latest(&mut tx, &id).await.unwrap()).as_deref(),
        Some("d-3")
    );
    assert_eq!(latest(store::desk_change::latest(&mut tx, "i-2").await.unwrap()), None);
    let mut until = store::desk_change::undo_until(&mut tx, &[&id, "i-2"]).await.unwrap();
    until.sort();
    assert_eq!(until, [(id.clone(), 4, at(351)), (id.clone(), 5, at(401))]);
    assert!(store::desk_change::undone(&mut tx, "d-3", at(310)).await.unwrap());
    assert!(!store::desk_change::undone(&mut tx, "d-3", at(311)).await.unwrap());
    let undone = store::desk_change::find(&mut tx, "d-3").await.unwrap().unwrap();
    assert_eq!(undone.undone_at, Some(at(310)));
    assert_eq!(
        latest(store::desk_change::latest(&mut tx, &id).await.unwrap()).as_deref(),
        Some("d-2")
    );
    store::desk_change::carry_over(&mut tx, &id, 4, 6).await.unwrap();
    let until = store::desk_change::undo_until(&mut tx, &[&id]).await.unwrap();
    assert_eq!(until, [(id, 6, at(351))]);
    assert_eq!(store::desk_change::prune(&mut tx, at(301)).await.unwrap(), 0);
    assert_eq!(store::desk_change::prune(&mut tx, at(352)).await.unwrap(), 2);
}

#[tokio::test]
async fn what_a_file_said_is_kept_once_and_then_as_it_says_anew() {
    let database = database().await;
    let mut tx = database.write().await;
    let changed = [in_revision(booking(), 8), in_revision(renewal(), 9)];
    let ids = [booking().id().to_owned(), renewal().id().to_owned()];
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    assert_eq!(store::desk_change::said(&mut tx, &ids).await.unwrap(), []);
    for item in [booking(), renewal()].iter().chain(&changed) {
        store::desk_change::keep_said(&mut tx, item).await.unwrap();
    }
    assert_eq!(
        store::desk_change::said(&mut tx, &ids).await.unwrap(),
        [booking(), renewal()]
    );
    store::desk_change::said_anew(&mut tx, &changed).await.unwrap();
    assert_eq!(store::desk_change::said(&mut tx, &ids).await.unwrap(), changed);
    assert_eq!(
        store::desk_change::said(&mut tx, &ids[..1]).await.unwrap(),
        changed[..1]
    );
}

#[tokio::test]
async fn what_a_change_closed_in_the_inbox_is_opened_again() {
    let database = database().await;
    let mut tx = database.write().await;
    for (id, done_at) in [("w-1", 301), ("w-2", 302)] {
        let row = DeskItem {
            id: id.to_owned(),
            business_id: Some("b-1".to_owned()),
            customer_id: None,
            item_kind: Some(ItemKind::Booking),
            item_id: Some("i-1".to_owned()),
            reply_id: None,
            kind: DeskKind::Change,
            words: None,
            holds: false,
            opened_at: at(201),
            due_at: at(202),
            done_at: None,
            done_by: None,
            outcome: None,
        };
        store::desk_item::open(&mut tx, &row).await.unwrap();
        store::desk_item::done(&mut tx, id, "Eva", Some("moved"), at(done_at))
            .await
            .unwrap();
    }
    assert_eq!(store::desk_item::reopen(&mut tx, "i-2", at(301)).await.unwrap(), 0);
    assert_eq!(store::desk_item::reopen(&mut tx, "i-1", at(301)).await.unwrap(), 1);
    let open = store::desk_item::waiting_about(&mut tx, "i-1").await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].id.as_str(), &open[0].done_by, &open[0].outcome),
        ("w-1", &None, &None)
    );
}

#[tokio::test]
async fn a_change_of_nothing_that_is_changed_at_the_desk_is_refused() {
    let database = database().await;
    let mut tx = database.write().await;
    store::desk_change::add(&mut tx, &change()).await.unwrap();
    tx.commit().await.unwrap();
    for wrong in ["item_kind = 'case'", "revision = 0", "business_id = 'nobody'"] {
        let statement = format!("UPDATE desk_change SET {wrong}");
        assert!(raw(&database.store.path(), &statement).await.is_err(), "{wrong}");
    }
}
