//! Calls: to-dos with a script, an outcome, and a next step.

use daybefore::domain::call::CallOutcome;
use daybefore::domain::item::{Item, ItemKind, RenewalStatus};
use daybefore::domain::message::{Reason, State};
use daybefore::inbound::call::{self, CallError, Called};
use daybefore::outbound::story;
use daybefore::store;
use daybefore::store::call::Call;

use crate::support::test_app::{BUSINESS, TestApp};

/// A policy ends on the 20th; on the 13th the agent has a call to make.
async fn agency() -> TestApp {
    let app = TestApp::agency().start().await;
    app.renew("P-1", "policy", "2026-12-20", "active").await;
    app.run_until("2026-12-13 12:00").await;
    app
}

async fn open_calls(app: &TestApp) -> Vec<Call> {
    let mut tx = app.app.store().read().await.unwrap();
    store::call::open_calls(&mut tx, Some(BUSINESS)).await.unwrap()
}

async fn note(app: &TestApp, call: &Call, outcome: CallOutcome, again: Option<&str>) -> Result<(), CallError> {
    let called = Called {
        outcome,
        note: Some("at work until five"),
        by: "Eva",
        again: again.map(|at| app.at(at)),
    };
    let mut tx = app.app.store().write().await.unwrap();
    call::made(&mut tx, &app.app.dispatcher.zones, call, &called, app.now()).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn status(app: &TestApp) -> RenewalStatus {
    let id = store::item::renewals_by_external_id(&mut app.app.store().read().await.unwrap(), BUSINESS, &["P-1"])
        .await
        .unwrap()
        .remove(0)
        .id;
    let item = store::item::find(&mut app.app.store().read().await.unwrap(), ItemKind::Renewal, &id).await;
    match item.unwrap() {
        Some(Item::Renewal(renewal)) => renewal.status,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_that_nobody_answered_is_on_the_list_again_for_the_agreed_time() {
    let app = agency().await;
    let first = open_calls(&app).await.remove(0);
    note(&app, &first, CallOutcome::CallBack, Some("2026-12-14 17:30"))
        .await
        .unwrap();
    let open = open_calls(&app).await;
    assert_eq!(open.len(), 1);
    assert_eq!(
        (&open[0].script, &open[0].message_id),
        (&first.script, &first.message_id)
    );
    assert_eq!(app.local(open[0].call_at.unwrap()), "2026-12-14 17:30");
    assert_eq!(open[0].due_at, first.due_at, "the policy's end has not moved");
    let mut tx = app.app.store().read().await.unwrap();
    assert_eq!(
        store::call::open_count(&mut tx, BUSINESS, app.now()).await.unwrap(),
        0,
        "not yet"
    );
    let then = app.at("2026-12-14 17:30");
    assert_eq!(
        store::call::most_urgent(&mut tx, BUSINESS, then, 5)
            .await
            .unwrap()
            .len(),
        1
    );
    drop(tx);
    note(&app, &open[0], CallOutcome::NoAnswer, None).await.unwrap();
    assert!(open_calls(&app).await.is_empty());
    assert!(matches!(
        note(&app, &first, CallOutcome::Reached, None).await,
        Err(CallError::Made(_))
    ));
}

#[tokio::test]
async fn who_renews_on_the_telephone_hears_no_more_of_the_end() {
    for (outcome, status_after, asked) in [
        (CallOutcome::Renewed, RenewalStatus::Renewed, true),
        (CallOutcome::Declined, RenewalStatus::Declined, false),
    ] {
        let app = agency().await;
        let call = open_calls(&app).await.remove(0);
        note(&app, &call, outcome, None).await.unwrap();
        assert_eq!(status(&app).await, status_after);
        app.run_until("2026-12-22 12:00").await;
        assert_eq!(app.message("P-1", "policy-day").await.reason, Some(Reason::ItemDone));
        assert_eq!(app.message("P-1", "policy-lapsed").await.reason, Some(Reason::ItemDone));
        let asks = app.plan_lines().await.contains("satisfaction: accepted");
        assert_eq!(asks, asked, "{outcome}");
    }
}

#[tokio::test]
async fn only_a_renewal_is_renewed_on_the_telephone() {
    let rules = "[[rule]]\nid = \"call\"\nabout = \"case\"\nwhen = { hours = 0 }\nchannels = [\"call\"]\n\
                 template = \"policy_call\"\npurpose = \"service\"\nuseful_until = { days = 1, at = \"18:00\" }\n";
    // Templates are checked at import; here the row alone matters.
    let app = TestApp::agency().rules(rules).start().await;
    app.renew("P-1", "policy", "2026-12-20", "active").await;
    let customer = store::item::renewals_by_external_id(&mut app.app.store().read().await.unwrap(), BUSINESS, &["P-1"])
        .await
        .unwrap()
        .remove(0)
        .customer_id;
    let case = app.complains(&customer, "Nobody calls back").await.unwrap();
    let message = app.message(&case.id, "call").await;
    let mut tx = app.app.store().write().await.unwrap();
    let new = store::call::NewCall {
        business_id: BUSINESS,
        customer_id: &customer,
        message_id: &message.message_id,
        phone: "+491713920012",
        script: "Sorry",
        call_at: None,
        due_at: app.at("2026-12-02 18:00"),
    };
    store::call::open(&mut tx, new, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let call = open_calls(&app).await.remove(0);
    let refused = note(&app, &call, CallOutcome::Renewed, None).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a call about a case can't end as `renewed`: that is for renewals"
    );
    assert_eq!(open_calls(&app).await.len(), 1, "it is still to be made");
}

#[tokio::test]
async fn a_wrong_number_is_not_used_any_more() {
    let app = agency().await;
    let call = open_calls(&app).await.remove(0);
    note(&app, &call, CallOutcome::WrongNumber, None).await.unwrap();
    app.run_until("2026-12-19 18:00").await;
    assert_eq!(app.state("P-1", "policy-day").await, State::Held);
}

#[tokio::test]
async fn the_story_tells_who_called_and_what_came_of_it() {
    let app = agency().await;
    let call = open_calls(&app).await.remove(0);
    note(&app, &call, CallOutcome::CallBack, Some("2026-12-14 17:30"))
        .await
        .unwrap();
    let story = story::stories(&app.app.dispatcher, &call.message_id)
        .await
        .unwrap()
        .remove(0);
    let story = story::in_english(&story);
    let told: Vec<_> = story.events.iter().map(|event| event.what.as_str()).collect();
    assert!(
        told.contains(&"called by Eva: wants to be called again: at work until five"),
        "{told:#?}"
    );
    assert!(
        told.contains(&"on the call list not before 2026-12-14 17:30:00"),
        "{told:#?}"
    );
}
