//! Users, sessions and their links: every column is kept, and found by what it is asked for.

use daybefore::domain::link::Token;
use daybefore::domain::session::Session;
use daybefore::domain::user::{Membership, Role, User};
use daybefore::store;

use super::fixtures::{at, business, database};

fn user() -> User {
    User {
        id: "u-1".to_owned(),
        login: "login".to_owned(),
        name: "name".to_owned(),
        locale: "pl".to_owned(),
        created_at: at(70),
        ended_at: None,
        has_password: false,
    }
}

#[tokio::test]
async fn a_user_is_kept_whole_once_and_ends_for_good() {
    let database = database().await;
    let mut tx = database.write().await;
    assert!(!store::user::any(&mut tx).await.unwrap());
    assert!(store::user::add(&mut tx, &user()).await.unwrap());
    assert!(store::user::any(&mut tx).await.unwrap());
    let again = User {
        id: "u-2".to_owned(),
        ..user()
    };
    assert!(!store::user::add(&mut tx, &again).await.unwrap(), "the login is taken");
    assert_eq!(store::user::find(&mut tx, "u-1").await.unwrap(), Some(user()));
    assert_eq!(store::user::credentials(&mut tx, "login").await.unwrap(), None);
    assert!(store::user::set_password(&mut tx, "u-1", "hash").await.unwrap());
    let with_password = User {
        has_password: true,
        ..user()
    };
    assert_eq!(
        store::user::of_login(&mut tx, "login").await.unwrap(),
        Some(with_password.clone())
    );
    assert_eq!(
        store::user::credentials(&mut tx, "login").await.unwrap(),
        Some(("u-1".to_owned(), "hash".to_owned()))
    );
    assert!(store::user::end(&mut tx, "u-1", at(71)).await.unwrap());
    assert!(!store::user::end(&mut tx, "u-1", at(72)).await.unwrap());
    assert!(!store::user::set_password(&mut tx, "u-1", "other").await.unwrap());
    assert_eq!(store::user::find(&mut tx, "u-1").await.unwrap(), None);
    assert_eq!(store::user::credentials(&mut tx, "login").await.unwrap(), None);
    let ended = User {
        ended_at: Some(at(71)),
        ..with_password
    };
    assert_eq!(store::user::all(&mut tx).await.unwrap(), [ended]);
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("desk_user", "TRUE").await.join(" "),
        "id=u-1 login=login name=name locale=pl password_hash=hash created_at=70 ended_at=71"
    );
}

#[tokio::test]
async fn a_user_belongs_to_businesses_each_with_one_role() {
    let database = database().await;
    let mut tx = database.write().await;
    store::user::add(&mut tx, &user()).await.unwrap();
    store::user::allow(&mut tx, "u-1", "b-1", Role::Staff).await.unwrap();
    store::user::allow(&mut tx, "u-1", "b-1", Role::Owner).await.unwrap();
    let membership = Membership {
        business_id: "b-1".to_owned(),
        role: Role::Owner,
    };
    assert_eq!(store::user::memberships(&mut tx, "u-1").await.unwrap(), [membership]);
    assert_eq!(store::user::memberships(&mut tx, "other").await.unwrap(), []);
    assert_eq!(store::business::of_user(&mut tx, "u-1").await.unwrap(), [business()]);
    assert_eq!(store::business::of_user(&mut tx, "other").await.unwrap(), []);
    assert_eq!(
        store::user::of_business(&mut tx, "b-1").await.unwrap(),
        [(user(), Role::Owner)]
    );
    assert_eq!(store::user::of_business(&mut tx, "other").await.unwrap(), []);
    assert!(!store::user::deny(&mut tx, "u-1", "other").await.unwrap());
    assert!(store::user::deny(&mut tx, "u-1", "b-1").await.unwrap());
    assert_eq!(store::user::memberships(&mut tx, "u-1").await.unwrap(), []);
    store::user::allow(&mut tx, "u-1", "b-1", Role::Staff).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("user_business", "TRUE").await.join(" "),
        "user_id=u-1 business_id=b-1 role=staff"
    );
}

#[tokio::test]
async fn a_session_is_kept_whole_until_it_ends() {
    let database = database().await;
    let mut tx = database.write().await;
    store::user::add(&mut tx, &user()).await.unwrap();
    let session = Session {
        expires_at: at(90),
        ..Session::new(&Token::new([3; 20]), "u-1".to_owned(), at(80))
    };
    let hash = session.token_hash.clone();
    store::session::add(&mut tx, &session).await.unwrap();
    assert_eq!(
        store::session::find(&mut tx, &hash, at(89)).await.unwrap(),
        Some(session.clone())
    );
    assert_eq!(store::session::find(&mut tx, &hash, at(90)).await.unwrap(), None);
    assert_eq!(store::session::find(&mut tx, "other", at(89)).await.unwrap(), None);
    let used = Session {
        seen_at: at(85),
        expires_at: at(95),
        ..session.clone()
    };
    store::session::used(&mut tx, &used).await.unwrap();
    store::session::used(&mut tx, &session).await.unwrap();
    assert_eq!(
        store::session::find(&mut tx, &hash, at(90)).await.unwrap(),
        Some(used),
        "an earlier use changes nothing"
    );
    assert_eq!(store::session::prune(&mut tx, at(95)).await.unwrap(), 0);
    assert_eq!(store::session::end_all(&mut tx, "other").await.unwrap(), 0);
    assert_eq!(store::session::end_all(&mut tx, "u-1").await.unwrap(), 1);
    store::session::add(&mut tx, &session).await.unwrap();
    store::session::end(&mut tx, "other").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("session", "TRUE").await.join(" "),
        format!("token_hash={hash} user_id=u-1 created_at=80 seen_at=80 expires_at=90")
    );
    let mut tx = database.write().await;
    store::session::end(&mut tx, &hash).await.unwrap();
    assert_eq!(store::session::find(&mut tx, &hash, at(81)).await.unwrap(), None);
    store::session::add(&mut tx, &session).await.unwrap();
    assert_eq!(store::session::prune(&mut tx, at(91)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_link_to_choose_a_password_is_kept_until_it_ends() {
    let database = database().await;
    let mut tx = database.write().await;
    store::user::add(&mut tx, &user()).await.unwrap();
    for hash in ["hash-1", "hash-2"] {
        store::user_link::add(&mut tx, hash, "u-1", at(90)).await.unwrap();
    }
    assert_eq!(
        store::user_link::find(&mut tx, "hash-1", at(89))
            .await
            .unwrap()
            .as_deref(),
        Some("u-1")
    );
    assert_eq!(store::user_link::find(&mut tx, "hash-1", at(90)).await.unwrap(), None);
    assert_eq!(store::user_link::find(&mut tx, "other", at(89)).await.unwrap(), None);
    assert_eq!(store::user_link::end_all(&mut tx, "other").await.unwrap(), 0);
    assert_eq!(store::user_link::end_all(&mut tx, "u-1").await.unwrap(), 2);
    store::user_link::add(&mut tx, "hash-3", "u-1", at(90)).await.unwrap();
    assert_eq!(store::user_link::prune(&mut tx, at(90)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("user_link", "TRUE").await.join(" "),
        "token_hash=hash-3 user_id=u-1 expires_at=90"
    );
    let mut tx = database.write().await;
    assert_eq!(store::user_link::prune(&mut tx, at(91)).await.unwrap(), 1);
}
