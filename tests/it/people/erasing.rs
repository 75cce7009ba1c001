//! An owner forgets a customer for good: the same act as `daybefore erase`.

use daybefore::carrier::Outcome;
use daybefore::domain::message::State;
use daybefore::domain::user::Role;
use daybefore::outbound::erasure::erase;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::{OTHER_PHONE, OWNER, ana, at, desk};
use crate::support::meanwhile::Meanwhile;
use crate::support::test_app::{BUSINESS, EMAIL, PHONE, TestApp};

#[tokio::test]
async fn an_owner_who_types_the_name_erases_the_customer_and_nothing_goes_out() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    let path = format!("/customers/{id}/erase");
    assert_eq!(eva.get(&app, &path).await.status, 403);
    assert_eq!(eva.acts(&app, &path, &[("name", "Ana Košir")]).await.status, 403);
    let mut olga = app.signed_in("olga", OWNER).await;
    eva.does(&app, &format!("/customers/{id}/notes"), &[("text", "wears a red hat")])
        .await;
    let page = olga.get(&app, &path).await.text();
    assert!(page.contains("What goes") && page.contains("Type Ana Košir"), "{page}");
    let answer = olga.acts(&app, &path, &[("name", "Ana")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("Nothing was erased."), "{}", answer.text());
    assert!(!ana(&app).await.erased);

    let before = app.sent().len();
    let page = olga.does(&app, &path, &[("name", " ana  KOŠIR ")]).await;
    assert!(
        page.contains("The customer’s data are erased.") && !page.contains("Košir"),
        "{page}"
    );
    for page in ["", "/edit", "/consent", "/export.json", "/export.txt", "/erase"] {
        let path = format!("/customers/{id}{page}");
        assert_eq!(olga.get(&app, &path).await.status, 404, "{path}");
    }
    for (path, field) in [
        ("notes", ("text", "x")),
        ("consent", ("given", "no")),
        ("erase", ("name", "x")),
    ] {
        let path = format!("/customers/{id}/{path}");
        assert_eq!(olga.acts(&app, &path, &[field]).await.status, 404, "{path}");
    }
    assert!(!app.is_on_disk("red hat") && !app.is_on_disk(PHONE));
    app.run_until("2026-12-18 12:00").await;
    assert_eq!(app.sent().len(), before, "{}", app.conversation());
}

#[tokio::test]
async fn a_number_from_before_an_edit_is_forgotten_too() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    let no = [("given", "no"), ("sms", "1"), ("marketing", "1")];
    eva.does(&app, &format!("/customers/{id}/consent"), &no).await;
    eva.changes(&app, &id, &[("phone", "+491713920055"), ("email", "other@example.com")])
        .await;
    for trace in [PHONE, OTHER_PHONE, EMAIL] {
        assert!(app.is_on_disk(trace), "{trace} is there before");
    }
    erase(&app.app.dispatcher, &id, app.now()).await.unwrap().unwrap();
    for trace in [PHONE, OTHER_PHONE, EMAIL, "+491713920055", "other@example.com", "Košir"] {
        assert!(!app.is_on_disk(trace), "{trace} is still there");
    }
    // The no at the number in between is still met.
    app.import_customers("external_id,name,phone,consent_marketing\nC-9,Ana,+491713920099,yes\n")
        .await;
    let back = at(&app, OTHER_PHONE).await;
    let mut tx = app.app.store().read().await.unwrap();
    let lines = daybefore::store::ledger::lines_of(&mut tx, &back).await.unwrap();
    assert!(lines.iter().any(|line| !line.given), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_before_the_erasure_is_not_handed_over_after_it() {
    let mut app = TestApp::garage().setting("dispatch.concurrency", "2").start().await;
    app.import_known_bookings(
        "external_id,name,phone,starts_at\nB-1,Ana Košir,+491713920012,2026-12-15 09:00\n\
         B-2,Tom Weiß,+491713920099,2026-12-15 10:00\n",
    )
    .await;
    app.advance_to("2026-12-14 17:00");
    let ids = [ana(&app).await.id, at(&app, OTHER_PHONE).await.id];
    let (dispatcher, now) = (app.app.dispatcher.clone(), app.now());
    // While the first text is on its way both are claimed; then both are erased.
    let carrier = Meanwhile::new(move |outgoing| {
        block_in_place(|| {
            Handle::current().block_on(async {
                for id in &ids {
                    erase(&dispatcher, id, now).await.expect("no error");
                }
            });
        });
        Box::pin(async move {
            Outcome::Accepted {
                provider_id: outgoing.attempt_id,
            }
        })
    });
    app.texts_go_to(carrier.clone());
    app.dispatch().await;
    assert_eq!(carrier.sent().len(), 1, "the other was not handed over");
    let states: Vec<_> = app.plan().await.iter().map(|line| line.state).collect();
    assert!(
        states
            .iter()
            .all(|state| matches!(state, State::Skipped | State::Accepted)),
        "{states:?}"
    );
}

#[tokio::test]
async fn only_an_owner_of_this_business_erases_and_only_by_their_own_form() {
    let (app, _) = desk().await;
    app.another_business("other").await;
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let mut olga = app.signed_in("olga", OWNER).await;
    let id = ana(&app).await.id;
    let fields = [("name", "Ana Košir")];
    for path in [
        format!("/customers/{id}/erase"),
        format!("/customers/{id}/erase?business={BUSINESS}"),
    ] {
        assert_eq!(stranger.acts(&app, &path, &fields).await.status, 404, "{path}");
        assert_eq!(olga.post(&app, &path, &fields).await.status, 403, "{path}");
    }
    assert!(!ana(&app).await.erased);
}
