//! Links and what outlives an erasure: every column is kept, and found by what it is asked for.

use daybefore::domain::erasure::Withdrawal;
use daybefore::domain::link::LinkPurpose;
use daybefore::domain::message::{Channel, Purpose};
use daybefore::store;
use daybefore::store::link::Link;

use super::fixtures::{at, database, insert_message, planned};

fn link(hash: &str, purpose: LinkPurpose, channel: Channel) -> Link {
    Link {
        token_hash: hash.to_owned(),
        purpose,
        business_id: "b-1".to_owned(),
        customer_id: "c-1".to_owned(),
        message_id: "m-1".to_owned(),
        channel,
        address: "address".to_owned(),
        created_at: at(50),
        expires_at: at(60),
    }
}

#[tokio::test]
async fn links_are_kept_whole_and_found_by_hash_purpose_and_time() {
    let database = database().await;
    let mut tx = database.write().await;
    insert_message(&mut tx, "m-1", planned()).await;
    let links: Vec<_> = (0..70)
        .map(|at| link(&format!("hash-{at}"), LinkPurpose::Respond, Channel::Email))
        .chain([link("unsubscribe", LinkPurpose::Unsubscribe, Channel::Sms)])
        .collect();
    store::link::insert_all(&mut tx, &[]).await.unwrap();
    store::link::insert_all(&mut tx, &links).await.unwrap();
    for kept in &links {
        let found = store::link::find(&mut tx, &kept.token_hash, kept.purpose, at(59))
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(kept));
    }
    for (hash, purpose, when) in [
        ("hash-1", LinkPurpose::Unsubscribe, 59),
        ("unsubscribe", LinkPurpose::Respond, 59),
        ("hash-1", LinkPurpose::Respond, 60),
        ("hash", LinkPurpose::Respond, 59),
    ] {
        let found = store::link::find(&mut tx, hash, purpose, at(when)).await.unwrap();
        assert_eq!(found, None, "{hash} {purpose} {when}");
    }
    assert_eq!(store::link::prune(&mut tx, at(60), 100).await.unwrap(), 0);
    assert_eq!(store::link::prune(&mut tx, at(61), 70).await.unwrap(), 70);
    assert_eq!(store::link::prune(&mut tx, at(61), 70).await.unwrap(), 1);
}

#[tokio::test]
async fn a_withdrawal_is_kept_once_and_the_later_one_counts() {
    let database = database().await;
    let mut tx = database.write().await;
    let no = |when| Withdrawal {
        channel: Channel::Call,
        purpose: Purpose::Survey,
        at: at(when),
    };
    assert!(!store::erasure::any_kept(&mut tx, "b-1").await.unwrap());
    for when in [51, 53, 52] {
        store::erasure::keep(&mut tx, "b-1", "hash", &no(when)).await.unwrap();
    }
    assert!(store::erasure::any_kept(&mut tx, "b-1").await.unwrap());
    assert!(!store::erasure::any_kept(&mut tx, "other").await.unwrap());
    assert_eq!(
        store::erasure::kept(&mut tx, "b-1", &["hash", "other"]).await.unwrap(),
        [("hash".to_owned(), no(53))]
    );
    assert_eq!(store::erasure::kept(&mut tx, "other", &["hash"]).await.unwrap(), []);
    tx.commit().await.unwrap();
    let row = database.row("erased_withdrawal", "TRUE").await;
    assert_eq!(
        row.join(" "),
        "address_hash=hash business_id=b-1 channel=call purpose=survey at=53"
    );
}
