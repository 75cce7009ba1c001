//! Notes: every bound column is read back.

use daybefore::domain::note::Note;
use daybefore::store;

use super::fixtures::*;

fn note(id: &str, millis: i64) -> Note {
    Note {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        user_id: "user".to_owned(),
        author: "author".to_owned(),
        text: Some("text".to_owned()),
        at: at(millis),
        struck_at: None,
        struck_by: None,
    }
}

#[tokio::test]
async fn a_note_is_kept_whole_and_struck_once() {
    let database = database().await;
    let mut tx = database.write().await;
    let (early, late) = (note("n-2", 51), note("n-1", 52));
    store::note::add(&mut tx, &late).await.unwrap();
    store::note::add(&mut tx, &early).await.unwrap();
    let both = [late.clone(), early.clone()];
    assert_eq!(store::note::of_customer(&mut tx, "c-1", 9).await.unwrap(), both);
    assert_eq!(store::note::of_customer(&mut tx, "c-1", 1).await.unwrap(), both[..1]);
    assert_eq!(store::note::of_customer(&mut tx, "c-2", 9).await.unwrap(), []);
    assert_eq!(store::note::find(&mut tx, "n-1").await.unwrap(), Some(late));
    assert_eq!(store::note::find(&mut tx, "n-3").await.unwrap(), None);
    assert!(store::note::strike(&mut tx, "n-2", "Ida", at(53)).await.unwrap());
    assert!(!store::note::strike(&mut tx, "n-2", "Tom", at(54)).await.unwrap());
    assert!(!store::note::strike(&mut tx, "n-3", "Ida", at(53)).await.unwrap());
    let struck = Note {
        struck_at: Some(at(53)),
        struck_by: Some("Ida".to_owned()),
        ..early
    };
    assert_eq!(store::note::of_ids(&mut tx, &["n-2", "x"]).await.unwrap(), [struck]);
    tx.commit().await.unwrap();
    let row = database.row("note", "id = 'n-2'").await;
    assert_eq!(
        row.join(" "),
        "id=n-2 business_id=b-1 customer_id=c-1 user_id=user author=author text=text at=51 struck_at=53 struck_by=Ida"
    );
}
