//! A record is made and changed; where messages go follows at once, and what it does is said before.

use std::sync::Arc;

use daybefore::carrier::Outcome;
use daybefore::domain::desk_item::DeskKind;
use daybefore::domain::message::{Channel, Reason, State};
use daybefore::domain::user::Role;
use daybefore::store;
use futures::FutureExt as _;

use super::{OTHER_PHONE, STAFF, ana, at, borrowed, by_id, desk};
use crate::support::meanwhile::Meanwhile;
use crate::support::test_app::{BUSINESS, EMAIL, PHONE, TestApp};

#[tokio::test]
async fn a_corrected_number_gets_what_is_planned_and_the_old_one_nothing_more() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    let before = app.sent().len();
    let (asked, after) = eva.changes(&app, &id, &[("phone", "0171 392 00 99")]).await;
    assert!(
        asked.contains("To the new address or by the new way: 1") && asked.contains("reminder"),
        "{asked}"
    );
    assert!(after.contains("Saved.") && after.contains(OTHER_PHONE), "{after}");
    let kept = by_id(&app, &id).await;
    assert_eq!(
        (kept.phone.as_deref(), kept.phone_raw.as_deref(), kept.phone_texts),
        (Some(OTHER_PHONE), Some("0171 392 00 99"), true)
    );
    app.run_until("2026-12-14 18:00").await;
    let sent = app.sent();
    let texts: Vec<_> = sent[before..].iter().map(|sent| sent.to.as_str()).collect();
    assert_eq!(texts, [OTHER_PHONE], "{}", app.conversation());
    app.run_until("2026-12-16 18:00").await;
    assert!(app.sent()[before..].iter().all(|sent| sent.to != PHONE));
}

#[tokio::test]
async fn nothing_is_saved_before_somebody_has_said_so() {
    let (app, mut eva) = desk().await;
    let before = ana(&app).await;
    let fields = eva.typing(&app, &before.id, &[("phone", OTHER_PHONE)]).await;
    let path = format!("/customers/{}/edit", before.id);
    let asked = eva.acts(&app, &path, &borrowed(&fields)).await;
    assert_eq!(asked.status, 200);
    assert!(
        asked.body.contains(&format!("value=\"{OTHER_PHONE}\"")),
        "what was typed stays"
    );
    assert_eq!(ana(&app).await, before);
    // A yes to another number is none to this one.
    let mut other = fields.clone();
    other.retain(|(name, _)| name != "phone");
    other.push(("phone".to_owned(), "+491713920098".to_owned()));
    other.push(("sure".to_owned(), super::hidden(&asked, "sure")));
    assert_eq!(eva.acts(&app, &path, &borrowed(&other)).await.status, 200);
    assert_eq!(ana(&app).await, before);
}

#[tokio::test]
async fn what_is_on_its_way_is_not_touched() {
    let mut app = TestApp::garage().start().await;
    app.texts_go_to(Meanwhile::new(|_| {
        let failure = daybefore::carrier::Failure {
            code: None,
            text: "no answer".to_owned(),
        };
        async { Outcome::Unknown { failure } }.boxed()
    }) as Arc<_>);
    app.book("B-1", "2026-12-02 18:00").await;
    app.dispatch().await;
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = ana(&app).await.id;
    let (asked, _) = eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    assert!(
        asked.contains("Is on its way already, to the old address: 1"),
        "{asked}"
    );
    assert_eq!(app.state("B-1", "confirmation").await, State::Unknown);
}

#[tokio::test]
async fn a_number_of_the_family_is_shown_and_allowed_if_somebody_says_so() {
    let (app, mut eva) = desk().await;
    app.import_bookings("external_id,name,phone,starts_at\nB-2,Tom Košir,+491713920099,2026-12-16 09:00\n")
        .await;
    let tom = at(&app, OTHER_PHONE).await;
    let (asked, after) = eva.changes(&app, &tom.id, &[("phone", PHONE)]).await;
    assert!(
        asked.contains("+491713920012 is also the address of Ana Košir"),
        "{asked}"
    );
    assert!(after.contains("Saved."));
    assert_eq!(by_id(&app, &tom.id).await.phone.as_deref(), Some(PHONE));
}

#[tokio::test]
async fn another_businesss_customer_with_the_same_number_is_neither_shown_nor_touched() {
    let (app, mut eva) = desk().await;
    app.another_business("other").await;
    let mut theirs = ana(&app).await;
    "theirs".clone_into(&mut theirs.id);
    "other".clone_into(&mut theirs.business_id);
    "Secret Person".clone_into(&mut theirs.name);
    theirs.phone = Some(OTHER_PHONE.to_owned());
    let mut tx = app.app.store().write().await.unwrap();
    store::customer::save(&mut tx, &theirs, app.now()).await.unwrap();
    store::held_number::hold(&mut tx, "other", OTHER_PHONE, app.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.customer_opts_out(EMAIL, Some(Channel::Email)).await;
    let id = ana(&app).await.id;
    let (asked, after) = eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    assert!(!asked.contains("Secret") && !asked.contains("is also"), "{asked}");
    assert!(!asked.contains("not the customer"), "their hold is theirs: {asked}");
    assert!(after.contains("Saved."));
    assert_eq!(by_id(&app, "theirs").await, theirs);
}

#[tokio::test]
async fn a_new_number_starts_with_what_was_said_there() {
    let (app, mut eva) = desk().await;
    app.customer_opts_out(OTHER_PHONE, Some(Channel::Sms)).await;
    let id = ana(&app).await.id;
    let (asked, _) = eva.changes(&app, &id, &[("phone", OTHER_PHONE), ("email", "")]).await;
    assert!(asked.contains("At +491713920099 somebody has said no to"), "{asked}");
    assert!(asked.contains("Will not go any more"), "{asked}");
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut))
    );
}

#[tokio::test]
async fn an_edit_to_and_fro_does_not_bring_back_what_was_withdrawn() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    app.customer_opts_out(PHONE, Some(Channel::Sms)).await;
    app.replan().await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    let (asked, _) = eva.changes(&app, &id, &[("phone", OTHER_PHONE), ("email", "")]).await;
    assert!(asked.contains("For the address before"), "{asked}");
    // While the other number is there, an import gives what it may give: the ledger is silent about that number.
    app.import_bookings(
        "external_id,name,phone,starts_at,consent_service,consent_survey,consent_marketing\n\
         B-1,Ana Košir,+491713920099,2026-12-15 09:00,yes,yes,yes\n",
    )
    .await;
    app.clock.advance_to(app.now() + chrono::TimeDelta::minutes(1));
    eva.changes(&app, &id, &[("phone", PHONE)]).await;
    let reminder = app.message("B-1", "day-before").await;
    assert_eq!(
        (reminder.state, reminder.reason),
        (State::Skipped, Some(Reason::OptedOut)),
        "the number said no, whatever an import gave since"
    );
    let before = app.sent().len();
    app.run_until("2026-12-17 12:00").await;
    assert_eq!(app.sent().len(), before, "{}", app.conversation());
}

#[tokio::test]
async fn a_no_goes_along_to_the_new_number_where_somebody_ticks_that() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    app.customer_opts_out(PHONE, Some(Channel::Sms)).await;
    app.replan().await;
    let (_, after) = eva
        .changes(&app, &id, &[("phone", OTHER_PHONE), ("email", ""), ("carry", "1")])
        .await;
    assert!(after.contains("Saved."));
    assert_eq!(app.message("B-1", "day-before").await.reason, Some(Reason::OptedOut));
}

#[tokio::test]
async fn a_number_that_is_somebody_elses_is_released_or_corrected() {
    let (app, mut eva) = desk().await;
    app.text_from(PHONE, "wrong number").await;
    let id = ana(&app).await.id;
    assert_eq!(app.inbox().await[0].kind, DeskKind::WrongPerson);
    let page = eva.get(&app, &format!("/customers/{id}")).await.html();
    assert!(page.contains("The number is right: use it again"), "{page}");
    let after = eva.does(&app, &format!("/customers/{id}/number"), &[]).await;
    assert!(after.contains("counts as right again"), "{after}");
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert!(app.inbox().await.is_empty());

    app.text_from(PHONE, "wrong number").await;
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
    eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    assert_eq!(app.state("B-1", "day-before").await, State::Planned);
    assert!(app.inbox().await.is_empty());
    let (asked, _) = eva.changes(&app, &id, &[("phone", PHONE)]).await;
    assert!(asked.contains("Somebody at +491713920012 has said"), "{asked}");
    assert_eq!(app.state("B-1", "day-before").await, State::Held);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
    let (app, mut eva) = desk().await;
    let before = ana(&app).await;
    let typed = [("name", ""), ("phone", "0171"), ("email", "ana<b>at</b>example")];
    let fields = eva.typing(&app, &before.id, &typed).await;
    let path = format!("/customers/{}/edit", before.id);
    let answer = eva.acts(&app, &path, &borrowed(&fields)).await;
    assert_eq!(answer.status, 422);
    for part in ["Write the customer’s name.", "is too short", "is no mail address"] {
        assert!(answer.text().contains(part), "{part} in {}", answer.text());
    }
    assert!(answer.body.contains("value=\"0171\"") && !answer.body.contains("<b>at</b>"));
    assert_eq!(ana(&app).await, before);
}

#[tokio::test]
async fn two_people_do_not_overwrite_each_other_unseen() {
    let (app, mut eva) = desk().await;
    let id = ana(&app).await.id;
    let late = eva.typing(&app, &id, &[("notes", "likes tea")]).await;
    let (_, after) = eva.changes(&app, &id, &[("standing", "vip")]).await;
    assert!(after.contains("very important"), "{after}");
    let answer = eva.acts(&app, &format!("/customers/{id}/edit"), &borrowed(&late)).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("Somebody has changed this customer meanwhile"));
    let kept = by_id(&app, &id).await;
    assert_eq!((kept.standing.as_deref(), kept.notes), (Some("vip"), None));
}

#[tokio::test]
async fn somebody_new_is_added_and_found() {
    let (app, mut eva) = desk().await;
    let fields = [
        ("name", "Zoë <b>Neu</b>"),
        ("phone", "0171 3920099"),
        ("email", ""),
        ("channel", "sms"),
    ];
    let page = eva.does(&app, "/customers", &fields).await;
    assert!(
        page.contains("The customer is added.") && !page.contains("<b>Neu"),
        "{page}"
    );
    let zoe = at(&app, OTHER_PHONE).await;
    assert_eq!(
        (zoe.channel, zoe.email, zoe.business_id.as_str()),
        (Some(Channel::Sms), None, BUSINESS)
    );
    assert!(eva.get(&app, "/customers?q=zoe").await.body.contains("Zoë"));
    // Somebody of the same number is added when that is meant.
    let again = [("name", "Kim"), ("phone", "0171 3920099")];
    let asked = eva.acts(&app, "/customers", &again).await;
    assert_eq!(asked.status, 200);
    let sure = super::hidden(&asked, "sure");
    eva.does(&app, "/customers", &[again[0], again[1], ("sure", &sure)])
        .await;
}

#[tokio::test]
async fn somebody_who_was_erased_and_comes_back_by_hand_still_gets_nothing() {
    let (app, mut eva) = desk().await;
    app.customer_opts_out(PHONE, None).await;
    let id = ana(&app).await.id;
    daybefore::outbound::erasure::erase(&app.app.dispatcher, &id, app.now())
        .await
        .unwrap();
    eva.does(&app, "/customers", &[("name", "Ana"), ("phone", PHONE)]).await;
    let mut tx = app.app.store().read().await.unwrap();
    let back = store::customer::with_phone(&mut tx, PHONE).await.unwrap().remove(0);
    let lines = store::ledger::lines_of(&mut tx, &back).await.unwrap();
    assert!(
        lines
            .iter()
            .any(|line| !line.given && line.source == "before the erasure"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn calls_that_are_to_be_made_go_to_the_new_number() {
    let app = TestApp::agency().start().await;
    app.renew("R-1", "policy", "2026-12-08", "active").await;
    app.run_until("2026-12-01 12:00").await;
    let mut eva = app.signed_in("eva", STAFF).await;
    let id = ana(&app).await.id;
    let mut tx = app.app.store().read().await.unwrap();
    let before = store::call::open_calls(&mut tx, Some(BUSINESS)).await.unwrap();
    drop(tx);
    assert_eq!(before.len(), 1, "{}", app.plan_lines().await);
    eva.changes(&app, &id, &[("phone", OTHER_PHONE)]).await;
    let mut tx = app.app.store().read().await.unwrap();
    let calls = store::call::open_calls(&mut tx, Some(BUSINESS)).await.unwrap();
    assert_eq!(calls[0].phone, OTHER_PHONE);
}

#[tokio::test]
async fn nobody_else_can_change_anything() {
    let (app, mut eva) = desk().await;
    app.another_business("other").await;
    let before = ana(&app).await;
    let id = before.id.clone();
    let mut stranger = app.signed_in("stranger", &[("other", Role::Owner)]).await;
    let fields = eva.typing(&app, &id, &[("name", "Nobody")]).await;
    let own = [("name", "Somebody")];
    for (path, fields) in [
        (format!("/customers/{id}/edit"), borrowed(&fields)),
        (format!("/customers/{id}/number"), vec![]),
        (format!("/customers/{id}/edit?business={BUSINESS}"), borrowed(&fields)),
        (format!("/customers?business={BUSINESS}"), own.to_vec()),
    ] {
        assert_eq!(stranger.acts(&app, &path, &fields).await.status, 404, "{path}");
        let without: Vec<_> = fields.iter().copied().chain([("csrf", "wrong")]).collect();
        let path = path.replace("/edit", "/edit?x=1");
        assert!(!eva.post(&app, &path, &without).await.status.is_success(), "{path}");
    }
    for path in ["edit", "consent", "export.json", "export.txt", "erase"] {
        let path = format!("/customers/{id}/{path}");
        assert_eq!(stranger.get(&app, &path).await.status, 404, "{path}");
    }
    let new = stranger.get(&app, &format!("/customers/new?business={BUSINESS}")).await;
    assert_eq!(new.status, 404);
    assert_eq!(ana(&app).await, before);
}
