//! Notes stay as they were written, in their place in the conversation; a mistaken one is struck.

use daybefore::domain::user::Role;
use daybefore::store;

use super::{OWNER, STAFF, ana, desk};
use crate::support::test_app::{BUSINESS, TestApp};

async fn only_note(app: &TestApp) -> String {
    let customer = ana(app).await;
    let mut tx = app.app.store().read().await.unwrap();
    let mut notes = store::note::of_customer(&mut tx, &customer.id, 9).await.unwrap();
    assert_eq!(notes.len(), 1);
    notes.remove(0).id
}

#[tokio::test]
async fn a_note_stands_on_the_customers_page_and_in_the_thread() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}", ana(&app).await.id);
    let page = eva
        .does(
            &app,
            &format!("{path}/notes"),
            &[("text", "Brakes <b>squeal</b>\nwhen wet")],
        )
        .await;
    assert!(
        page.contains("The note is there.") && !page.contains("<b>squeal"),
        "{page}"
    );
    let (above, thread) = page.split_once("What was said").unwrap();
    assert!(above.contains("The eva") && above.contains("when wet"), "{above}");
    assert!(
        thread.contains("Note by The eva") && thread.contains("when wet"),
        "{thread}"
    );
    // The confirmation went before.
    assert!(thread.find("Note by") < thread.find("confirmation"), "{thread}");
    for text in ["", " \n ", &"x".repeat(2_001)] {
        let page = eva.does(&app, &format!("{path}/notes"), &[("text", text)]).await;
        assert!(page.contains("The note was"), "{page}");
    }
    only_note(&app).await;
}

#[tokio::test]
async fn a_mistaken_note_is_struck_by_its_author_or_an_owner_and_can_be_read() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}", ana(&app).await.id);
    eva.does(&app, &format!("{path}/notes"), &[("text", "drives a Fiat")])
        .await;
    let strike = format!("{path}/notes/{}/strike", only_note(&app).await);
    let mut tom = app.signed_in("tom", STAFF).await;
    assert!(!tom.get(&app, &path).await.html().contains("/strike"));
    assert_eq!(tom.acts(&app, &strike, &[]).await.status, 403);
    let page = eva.does(&app, &strike, &[]).await;
    assert!(
        page.contains("<s>drives a Fiat</s>") && page.contains("struck by The eva"),
        "{page}"
    );
    let page = eva.does(&app, &strike, &[]).await;
    assert!(page.contains("Somebody had done that already."), "{page}");

    eva.does(&app, &format!("{path}/notes"), &[("text", "likes tea")]).await;
    let customer = ana(&app).await;
    let mut tx = app.app.store().read().await.unwrap();
    let latest = store::note::of_customer(&mut tx, &customer.id, 1)
        .await
        .unwrap()
        .remove(0);
    drop(tx);
    let mut olga = app.signed_in("olga", OWNER).await;
    olga.does(&app, &format!("{path}/notes/{}/strike", latest.id), &[])
        .await;
}

#[tokio::test]
async fn nobody_notes_or_strikes_elsewhere() {
    let (app, mut eva) = desk().await;
    let path = format!("/customers/{}", ana(&app).await.id);
    eva.does(&app, &format!("{path}/notes"), &[("text", "drives a Fiat")])
        .await;
    let note = only_note(&app).await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let strike = format!("{path}/notes/{note}/strike");
    for (path, fields) in [
        (format!("{path}/notes"), vec![("text", "mine")]),
        (strike.clone(), vec![]),
        (format!("{strike}?business={BUSINESS}"), vec![]),
    ] {
        assert_eq!(stranger.acts(&app, &path, &fields).await.status, 404, "{path}");
        assert_eq!(eva.post(&app, &path, &fields).await.status, 403, "{path}");
    }
    // A note of one customer is none of another's.
    app.import_customers("external_id,name\nC-2,Tom\n").await;
    let mut tx = app.app.store().read().await.unwrap();
    let tom = store::customer::by_external_id(&mut tx, BUSINESS, "C-2")
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    let path = format!("/customers/{}/notes/{note}/strike", tom.id);
    assert_eq!(eva.acts(&app, &path, &[]).await.status, 404);
    let mut tx = app.app.store().read().await.unwrap();
    assert_eq!(
        store::note::find(&mut tx, &note).await.unwrap().unwrap().struck_at,
        None
    );
}
