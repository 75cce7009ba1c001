//! What owners set at the desk: every column is kept, and found by what it is asked for.

use daybefore::domain::api_key::ApiKey;
use daybefore::domain::import_run::{ImportKind, ImportRun, ImportState};
use daybefore::domain::item::ItemKind;
use daybefore::domain::link::Token;
use daybefore::domain::message::Channel;
use daybefore::domain::session::Session;
use daybefore::domain::test_message::{TestMessage, TestState};
use daybefore::domain::user::User;
use daybefore::store;
use daybefore::store::replan::Replan;

use super::fixtures::{at, database};

#[tokio::test]
async fn how_far_new_plans_have_come_is_kept_and_asking_again_begins_anew() {
    let database = database().await;
    let mut tx = database.write().await;
    assert_eq!(store::replan::find(&mut tx, "b-1").await.unwrap(), None);
    store::replan::ask(&mut tx, "b-1", at(10)).await.unwrap();
    assert_eq!(store::replan::open(&mut tx).await.unwrap(), ["b-1"]);
    let begun = store::replan::find(&mut tx, "b-1").await.unwrap().unwrap();
    let ended = Replan {
        business_id: "b-1".to_owned(),
        asked_at: at(11),
        kind: ItemKind::Case,
        after_id: "after".to_owned(),
        done: 1,
        planned: 2,
        moved: 3,
        skipped: 4,
        ended_at: Some(at(12)),
    };
    store::replan::save(&mut tx, &ended).await.unwrap();
    assert_eq!(store::replan::find(&mut tx, "b-1").await.unwrap(), Some(ended));
    assert!(store::replan::open(&mut tx).await.unwrap().is_empty());
    store::replan::ask(&mut tx, "b-1", at(10)).await.unwrap();
    assert_eq!(store::replan::find(&mut tx, "b-1").await.unwrap(), Some(begun));
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("replan", "TRUE").await.join(" "),
        "business_id=b-1 asked_at=10 kind=booking after_id= done=0 planned=0 moved=0 skipped=0 ended_at=NULL"
    );
}

#[tokio::test]
async fn a_key_is_kept_by_its_hash_until_it_is_revoked() {
    let database = database().await;
    let mut tx = database.write().await;
    let key = ApiKey {
        id: "k-1".to_owned(),
        business_id: "b-1".to_owned(),
        name: "name".to_owned(),
        made_by: "anna".to_owned(),
        made_at: at(20),
        used_at: None,
        revoked_at: None,
    };
    assert!(store::api_key::add(&mut tx, &key, "hash").await.unwrap());
    let doubled = ApiKey {
        id: "k-2".to_owned(),
        ..key.clone()
    };
    assert!(
        !store::api_key::add(&mut tx, &doubled, "other").await.unwrap(),
        "the name is taken"
    );
    assert_eq!(store::api_key::find(&mut tx, "hash").await.unwrap(), Some(key.clone()));
    assert_eq!(store::api_key::find(&mut tx, "other").await.unwrap(), None);
    store::api_key::used(&mut tx, "k-1", at(21)).await.unwrap();
    let used = ApiKey {
        used_at: Some(at(21)),
        ..key
    };
    assert_eq!(store::api_key::of_business(&mut tx, "b-1").await.unwrap(), [used]);
    assert_eq!(store::api_key::of_business(&mut tx, "other").await.unwrap(), []);
    assert!(!store::api_key::revoke(&mut tx, "other", "k-1", at(22)).await.unwrap());
    assert!(store::api_key::revoke(&mut tx, "b-1", "k-1", at(22)).await.unwrap());
    assert!(!store::api_key::revoke(&mut tx, "b-1", "k-1", at(23)).await.unwrap());
    assert_eq!(store::api_key::find(&mut tx, "hash").await.unwrap(), None);
    assert_eq!(store::api_key::of_business(&mut tx, "b-1").await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("api_key", "TRUE").await.join(" "),
        "id=k-1 business_id=b-1 name=name token_hash=hash made_by=anna made_at=20 used_at=21 revoked_at=22"
    );
    let mut tx = database.write().await;
    assert!(
        store::api_key::add(&mut tx, &doubled, "other").await.unwrap(),
        "the name is free again"
    );
}

fn run() -> ImportRun {
    ImportRun {
        id: "i-1".to_owned(),
        business_id: "b-1".to_owned(),
        user_id: Some("u-1".to_owned()),
        made_by: "anna".to_owned(),
        kind: ImportKind::Renewals,
        file_name: "list.csv".to_owned(),
        size: 30,
        known: false,
        state: ImportState::Looking,
        summary: None,
        problem: None,
        made_at: at(31),
        changed_at: at(31),
    }
}

#[tokio::test]
async fn a_file_is_kept_whole_and_moves_only_from_the_state_it_was_in() {
    let database = database().await;
    let mut tx = database.write().await;
    store::import_run::add(&mut tx, &run()).await.unwrap();
    assert_eq!(store::import_run::find(&mut tx, "i-1").await.unwrap(), Some(run()));
    assert_eq!(store::import_run::find(&mut tx, "other").await.unwrap(), None);
    let changed = ImportRun {
        known: true,
        state: ImportState::Ready,
        summary: Some("sum".to_owned()),
        problem: Some("problem".to_owned()),
        changed_at: at(32),
        ..run()
    };
    assert!(
        !store::import_run::change(&mut tx, &changed, ImportState::Ready)
            .await
            .unwrap()
    );
    assert!(
        store::import_run::change(&mut tx, &changed, ImportState::Looking)
            .await
            .unwrap()
    );
    assert_eq!(store::import_run::last(&mut tx, "b-1", 5).await.unwrap(), [changed]);
    assert_eq!(store::import_run::last(&mut tx, "b-1", 0).await.unwrap(), []);
    assert_eq!(store::import_run::last(&mut tx, "other", 5).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("import_run", "TRUE").await.join(" "),
        "id=i-1 business_id=b-1 user_id=u-1 made_by=anna kind=renewals file_name=list.csv size=30 known=1 state=ready \
         summary=sum problem=problem made_at=31 changed_at=32"
    );
}

#[tokio::test]
async fn files_expire_are_interrupted_and_forgotten() {
    let database = database().await;
    let mut tx = database.write().await;
    for (id, state) in [
        ("a", ImportState::Ready),
        ("b", ImportState::Importing),
        ("c", ImportState::Done),
        ("d", ImportState::Looking),
    ] {
        let run = ImportRun {
            id: id.to_owned(),
            state,
            ..run()
        };
        store::import_run::add(&mut tx, &run).await.unwrap();
    }
    store::import_run::expire(&mut tx, at(31), at(40)).await.unwrap();
    let state = async |tx: &mut store::Tx, id: &str| {
        let run = store::import_run::find(tx, id).await.unwrap().unwrap();
        (run.state, run.changed_at)
    };
    assert_eq!(state(&mut tx, "a").await, (ImportState::Ready, at(31)));
    store::import_run::expire(&mut tx, at(32), at(40)).await.unwrap();
    assert_eq!(state(&mut tx, "a").await, (ImportState::Expired, at(40)));
    assert_eq!(store::import_run::interrupt(&mut tx, at(41)).await.unwrap(), 1);
    assert_eq!(state(&mut tx, "b").await, (ImportState::Interrupted, at(41)));
    assert_eq!(state(&mut tx, "c").await, (ImportState::Done, at(31)));
    assert_eq!(state(&mut tx, "d").await, (ImportState::Expired, at(41)));
    assert_eq!(store::import_run::prune(&mut tx, at(31)).await.unwrap(), 0);
    assert_eq!(store::import_run::prune(&mut tx, at(32)).await.unwrap(), 4);
}

#[tokio::test]
async fn a_test_is_kept_whole_and_counted_by_its_hour() {
    let database = database().await;
    let mut tx = database.write().await;
    let begun = TestMessage {
        id: "t-1".to_owned(),
        business_id: "b-1".to_owned(),
        channel: Channel::Email,
        carrier: "smtp".to_owned(),
        sender: "sender".to_owned(),
        address: "address".to_owned(),
        state: TestState::Started,
        provider_id: None,
        provider_status: None,
        code: None,
        failure: None,
        made_by: "anna".to_owned(),
        made_at: at(50),
        changed_at: at(50),
    };
    store::test_message::add(&mut tx, &begun).await.unwrap();
    assert_eq!(
        store::test_message::find(&mut tx, "t-1").await.unwrap(),
        Some(begun.clone())
    );
    assert_eq!(store::test_message::find(&mut tx, "other").await.unwrap(), None);
    let ended = TestMessage {
        state: TestState::Failed,
        provider_id: Some("p".to_owned()),
        provider_status: Some("undelivered".to_owned()),
        code: Some(51),
        failure: Some("failure".to_owned()),
        changed_at: at(52),
        ..begun
    };
    assert!(
        !store::test_message::change(&mut tx, &ended, TestState::Accepted)
            .await
            .unwrap()
    );
    assert!(
        store::test_message::change(&mut tx, &ended, TestState::Started)
            .await
            .unwrap()
    );
    assert_eq!(store::test_message::last(&mut tx, "b-1", 5).await.unwrap(), [ended]);
    assert_eq!(store::test_message::last(&mut tx, "other", 5).await.unwrap(), []);
    assert_eq!(
        store::test_message::count_since(&mut tx, "b-1", at(49)).await.unwrap(),
        1
    );
    assert_eq!(
        store::test_message::count_since(&mut tx, "b-1", at(50)).await.unwrap(),
        0
    );
    assert_eq!(
        store::test_message::count_since(&mut tx, "other", at(49))
            .await
            .unwrap(),
        0
    );
    store::ledger::add_bad_address(&mut tx, Channel::Email, "address", Some(1), "gone", at(53))
        .await
        .unwrap();
    let bad = store::test_message::called_bad(&mut tx, Channel::Email, "address")
        .await
        .unwrap();
    assert_eq!(bad.as_deref(), Some("gone"));
    assert_eq!(
        store::test_message::called_bad(&mut tx, Channel::Sms, "address")
            .await
            .unwrap(),
        None
    );
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("test_message", "TRUE").await.join(" "),
        "id=t-1 business_id=b-1 channel=email carrier=smtp sender=sender address=address state=failed provider_id=p \
         provider_status=undelivered code=51 failure=failure made_by=anna made_at=50 changed_at=52"
    );
    let mut tx = database.write().await;
    assert_eq!(store::test_message::prune(&mut tx, at(50)).await.unwrap(), 0);
    assert_eq!(store::test_message::prune(&mut tx, at(51)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_user_changes_their_name_and_ends_their_other_sessions() {
    let database = database().await;
    let mut tx = database.write().await;
    let user = User {
        id: "u-1".to_owned(),
        login: "login".to_owned(),
        name: "name".to_owned(),
        locale: "pl".to_owned(),
        created_at: at(60),
        ended_at: None,
        has_password: false,
    };
    store::user::add(&mut tx, &user).await.unwrap();
    store::user::change(&mut tx, "u-1", "Other", "de").await.unwrap();
    let changed = store::user::find(&mut tx, "u-1").await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.locale.as_str()), ("Other", "de"));
    let session = |byte: u8, now| Session::new(&Token::new([byte; 20]), "u-1".to_owned(), at(now));
    let (first, second) = (session(1, 61), session(2, 62));
    for session in [&first, &second] {
        store::session::add(&mut tx, session).await.unwrap();
    }
    let both = [second.clone(), first.clone()];
    assert_eq!(store::session::of_user(&mut tx, "u-1", at(63)).await.unwrap(), both);
    assert_eq!(
        store::session::of_user(&mut tx, "u-1", second.expires_at)
            .await
            .unwrap(),
        []
    );
    assert_eq!(store::session::of_user(&mut tx, "other", at(63)).await.unwrap(), []);
    assert_eq!(
        store::session::end_others(&mut tx, "other", &first.token_hash)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store::session::end_others(&mut tx, "u-1", &first.token_hash)
            .await
            .unwrap(),
        1
    );
    assert_eq!(store::session::of_user(&mut tx, "u-1", at(63)).await.unwrap(), [first]);
}
