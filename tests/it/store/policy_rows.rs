//! How rules and texts have changed: every column is kept, and a page begins where the last one ended.

use daybefore::domain::policy::{PolicyChange, PolicyKind};
use daybefore::store;
use daybefore::store::text_override::TextOverride;

use super::fixtures::{at, database};

fn change(id: &str, what: PolicyKind) -> PolicyChange {
    PolicyChange {
        id: id.to_owned(),
        business_id: "b-1".to_owned(),
        what,
        was: "was".to_owned(),
        became: "became".to_owned(),
        changed_by: Some("changed-by".to_owned()),
        at: at(31),
    }
}

#[tokio::test]
async fn a_change_is_kept_whole_and_found_by_its_business() {
    let database = database().await;
    let mut tx = database.write().await;
    let first = change("p-1", PolicyKind::Rules);
    let second = PolicyChange {
        changed_by: None,
        ..change("p-2", PolicyKind::Texts)
    };
    for change in [&first, &second] {
        store::policy_change::add(&mut tx, change).await.unwrap();
    }
    assert_eq!(
        store::policy_change::find(&mut tx, "p-1").await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(store::policy_change::find(&mut tx, "other").await.unwrap(), None);
    let all = store::policy_change::page(&mut tx, "b-1", None, 9).await.unwrap();
    assert_eq!(all, [second.clone(), first.clone()]);
    assert_eq!(
        store::policy_change::page(&mut tx, "b-1", None, 1).await.unwrap(),
        [second]
    );
    assert_eq!(
        store::policy_change::page(&mut tx, "b-1", Some("p-2"), 9)
            .await
            .unwrap(),
        [first]
    );
    assert_eq!(store::policy_change::page(&mut tx, "other", None, 9).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("policy_change", "id = 'p-1'").await.join(" "),
        "id=p-1 business_id=b-1 what=rules was=was became=became changed_by=changed-by at=31"
    );
}

#[tokio::test]
async fn one_own_text_is_written_changed_and_taken_away() {
    let database = database().await;
    let mut tx = database.write().await;
    let text = |part: &str, body: &str| TextOverride {
        business_id: "b-1".to_owned(),
        template: "template".to_owned(),
        locale: "de".to_owned(),
        part: part.to_owned(),
        body: body.to_owned(),
    };
    store::text_override::put(&mut tx, &text("sms", "before"))
        .await
        .unwrap();
    store::text_override::put(&mut tx, &text("sms", "body")).await.unwrap();
    store::text_override::put(&mut tx, &text("subject", "subject"))
        .await
        .unwrap();
    let kept = store::text_override::of_business(&mut tx, "b-1").await.unwrap();
    assert_eq!(kept, [text("sms", "body"), text("subject", "subject")]);
    assert_eq!(store::text_override::of_business(&mut tx, "other").await.unwrap(), []);
    for other in [
        ("other", "de", "subject"),
        ("template", "en", "subject"),
        ("template", "de", "body"),
    ] {
        store::text_override::remove(&mut tx, "b-1", other).await.unwrap();
    }
    store::text_override::remove(&mut tx, "other", ("template", "de", "subject"))
        .await
        .unwrap();
    assert_eq!(store::text_override::of_business(&mut tx, "b-1").await.unwrap(), kept);
    store::text_override::remove(&mut tx, "b-1", ("template", "de", "subject"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        database.row("text_override", "TRUE").await.join(" "),
        "business_id=b-1 template=template locale=de part=sms body=body"
    );
}

#[tokio::test]
async fn settings_are_found_by_how_their_names_begin() {
    let database = database().await;
    let mut tx = database.write().await;
    for name in ["a/1", "a/2", "b/1", "a"] {
        store::setting::put(&mut tx, name, "value").await.unwrap();
    }
    let pair = |name: &str| (name.to_owned(), "value".to_owned());
    assert_eq!(
        store::setting::named(&mut tx, "a/").await.unwrap(),
        [pair("a/1"), pair("a/2")]
    );
}

#[tokio::test]
async fn the_languages_of_a_businesss_customers_are_known() {
    let database = database().await;
    let mut tx = database.write().await;
    assert_eq!(store::lookup::locales(&mut tx, "b-1", 10).await.unwrap(), ["de"]);
    assert_eq!(store::lookup::locales(&mut tx, "b-1", 0).await.unwrap(), [""; 0]);
    assert_eq!(store::lookup::locales(&mut tx, "other", 10).await.unwrap(), [""; 0]);
}
